// What sessions cost that have nothing to say, and how long many of them take to come up.
#include <cmath>

#include "bench/table/scenario.hpp"

namespace tandem::bench {

namespace {

constexpr Seconds k_limit{120};

struct Crowd {
  Crowd(const Stand& stand, std::size_t sessions, std::uint16_t hold_time_s) : subject(Subject::make(stand)), far_ends(hold_time_s) {
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
  Usage few;
  for (const std::size_t count : {k_few, sessions}) {
    Crowd crowd(stand, count, 180);
    if (!crowd.up(count)) return std::nullopt;
    const double took = Seconds(Clock::now() - crowd.began).count();
    crowd.far_ends.run_for(crowd.subject->pause(1));
    if (crowd.far_ends.established() != count) return std::nullopt;  // lost again
    const Usage usage = crowd.subject->usage();
    const auto further = static_cast<double>(sessions - k_few);
    if (count == sessions) {
      return Figures{{"idle.up", took},
                     {"idle.cpu", (usage.cpu_s - few.cpu_s) * 1e6 / further},
                     {"idle.memory", (usage.memory_kib - few.memory_kib) / further},
                     {"idle.addresses", (usage.addresses_kib - few.addresses_kib) / further}};
    }
    few = usage;
  }
  return std::nullopt;
}

std::optional<Figures> keepalives(const Stand& stand, std::size_t sessions) {
  Crowd crowd(stand, sessions, 9);
  if (!crowd.up(sessions)) return std::nullopt;
  crowd.far_ends.run_for(crowd.subject->pause(1));
  const Usage before = crowd.subject->usage();
  const Seconds time = crowd.subject->pause(12);
  crowd.far_ends.run_for(time);
  const Usage after = crowd.subject->usage();
  if (crowd.far_ends.established() != sessions) return std::nullopt;
  return Figures{{"keepalives.cpu", (after.cpu_s - before.cpu_s) * 60 / time.count()}, {"keepalives.waits", (after.switches - before.switches) / time.count()}};
}

// All of them are closed at once: the daemon loses them, dials, and has them up again, as often as it is allowed to dial.
std::optional<Figures> storm(const Stand& stand, std::size_t sessions) {
  Crowd crowd(stand, sessions, 180);
  if (!crowd.up(sessions)) return std::nullopt;
  crowd.far_ends.run_for(crowd.subject->pause(1));
  const double before = crowd.subject->usage().cpu_s;
  const auto begin = Clock::now();
  crowd.far_ends.close_all();
  if (!crowd.up(sessions)) return std::nullopt;
  const double took = Seconds(Clock::now() - begin).count();
  return Figures{{"storm.up", took}, {"storm.cpu", (crowd.subject->usage().cpu_s - before) * 1e6 / static_cast<double>(sessions)}};
}

}  // namespace

std::vector<Scenario> session_scenarios() {
  return {
      {"idle", "sessions come up and have nothing to say", "sessions", {100, 300, 1'000, 3'000, 10'000}, {50}, Work::listen,
       {{"idle.up", "all of them up, from the start of the process", "s", 2}, {"idle.cpu", "CPU of each", "us", 0}, {"idle.memory", "memory of each", "KiB", 1},
        {"idle.addresses", "addresses mapped for each, stacks among them", "KiB", 1}}, idle},
      {"storm", "all sessions are lost at once and come back", "sessions", {10, 100, 300, 1'000, 3'000}, {50}, Work::listen,
       {{"storm.up", "all of them up again", "s", 2}, {"storm.cpu", "CPU of each", "us", 0}}, storm},
      {"keepalives", "sessions with a KEEPALIVE every three seconds, both ways", "sessions", {100, 200, 300, 500, 1'000}, {20}, Work::listen,
       {{"keepalives.cpu", "CPU a minute", "s", 3}, {"keepalives.waits", "waits a second", "", 0}}, keepalives},
  };
}

}  // namespace tandem::bench
