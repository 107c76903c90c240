// What sessions cost that have nothing to say, and how long many of them take to come up.
#include <cmath>

#include "bench/table/scenario.hpp"

namespace tandem::bench {

namespace {

constexpr Seconds k_limit{120};

struct Crowd {
  Crowd(const Stand& stand, std::size_t sessions, std::uint16_t hold_time_s) : subject(Subject::make(stand.subject, stand.program)), far_ends(hold_time_s) {
    Plan plan;
    plan.sessions = 0;
    plan.quiet = sessions;
    plan.hold_time_s = hold_time_s;
    subject->configure(plan, far_ends.port());
    began = Clock::now();
    subject->start();
  }
  bool up(std::size_t sessions) {
    return far_ends.run_until([&] { return far_ends.established() >= sessions || !subject->running(); }, k_limit) && subject->running();
  }
  std::unique_ptr<Subject> subject;
  FarEnds far_ends;
  Clock::time_point began;
};

std::optional<Figures> idle(const Stand& stand, std::size_t sessions) {
  constexpr std::size_t k_few = 10;
  double few_kib = 0;
  for (const std::size_t count : {k_few, sessions}) {
    Crowd crowd(stand, count, 180);
    if (!crowd.up(count)) return std::nullopt;
    const double took = Seconds(Clock::now() - crowd.began).count();
    crowd.far_ends.run_for(Seconds(1));
    if (crowd.far_ends.established() != count) return std::nullopt;  // lost again
    const double kib = crowd.subject->usage().memory_kib;
    if (count == sessions) return Figures{{"idle.up", took}, {"idle.memory", (kib - few_kib) / static_cast<double>(sessions - k_few)}};
    few_kib = kib;
  }
  return std::nullopt;
}

std::optional<Figures> keepalives(const Stand& stand, std::size_t sessions) {
  Crowd crowd(stand, sessions, 9);
  if (!crowd.up(sessions)) return std::nullopt;
  crowd.far_ends.run_for(Seconds(1));
  const Usage before = crowd.subject->usage();
  constexpr double k_seconds = 12;
  crowd.far_ends.run_for(Seconds(k_seconds));
  const Usage after = crowd.subject->usage();
  if (crowd.far_ends.established() != sessions) return std::nullopt;
  return Figures{{"keepalives.cpu", (after.cpu_s - before.cpu_s) * 60 / k_seconds}, {"keepalives.waits", (after.switches - before.switches) / k_seconds}};
}

}  // namespace

std::vector<Scenario> session_scenarios() {
  return {
      {"idle", "sessions come up and have nothing to say", "sessions", {100, 300, 1'000, 3'000, 10'000}, {50}, Work::listen,
       {{"idle.up", "all of them up, from the start of the process", "s", 2, 2}, {"idle.memory", "memory of each", "KiB", 8, 1}}, idle},
      {"keepalives", "sessions with a KEEPALIVE every three seconds, both ways", "sessions", {100, 200, 300, 500, 1'000}, {20}, Work::listen,
       {{"keepalives.cpu", "CPU a minute", "s", 0.25, 3}, {"keepalives.waits", "waits a second", "", 0, 0}}, keepalives},
  };
}

}  // namespace tandem::bench
