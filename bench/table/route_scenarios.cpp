// What routes cost: announced, announced to many, received, withdrawn, sent again.
#include "bench/table/scenario.hpp"

namespace tandem::bench {

namespace {

constexpr Seconds k_limit{120};
constexpr double k_mib = 1024;

// A subject that runs, with its sessions up.
struct Scene {
  Scene(const Stand& stand, const Plan& plan) : subject(Subject::make(stand)), far_ends(plan.hold_time_s), plan(plan) {
    subject->configure(plan, far_ends.port());
    subject->start();
  }
  // Every session has had every route.
  bool announced(std::uint64_t times = 1) {
    return far_ends.run_until(
        [&] {
          if (!subject->running()) return true;
          if (far_ends.established() < plan.sessions + plan.quiet) return false;
          for (std::size_t i = 0; i < plan.sessions; ++i) {
            if (far_ends.at(session_address(i))->announced < times * plan.routes) return false;
          }
          return true;
        },
        k_limit) && subject->running();
  }
  bool settle() { return bench::settle(far_ends, *subject, k_limit); }
  Session& first() { return *far_ends.at(session_address(0)); }

  std::unique_ptr<Subject> subject;
  FarEnds far_ends;
  Plan plan;
};

double microseconds(double seconds, std::size_t count) { return seconds * 1e6 / static_cast<double>(count); }
double octets(double kib, std::size_t count) { return kib * 1024 / static_cast<double>(count); }

std::optional<Figures> configured(const Stand& stand, std::size_t routes) {
  Plan plan;
  plan.routes = routes;
  Scene scene(stand, plan);
  if (!scene.announced() || !scene.settle()) return std::nullopt;
  const Usage after = scene.subject->usage();
  return Figures{{"configured.cpu", microseconds(after.cpu_s, routes)}, {"configured.peak", after.peak_kib / k_mib}, {"configured.after", after.memory_kib / k_mib}};
}

constexpr std::size_t k_told_to_many = 100'000;

// Against one session with the same routes, in the same minute.
std::optional<Figures> to_many(const Stand& stand, std::size_t sessions) {
  Usage one;
  for (const std::size_t count : {std::size_t{1}, sessions}) {
    Plan plan;
    plan.routes = k_told_to_many;
    plan.sessions = count;
    Scene scene(stand, plan);
    if (!scene.announced() || !scene.settle()) return std::nullopt;
    const Usage usage = scene.subject->usage();
    if (count == 1) one = usage;
    else {
      const std::size_t further = k_told_to_many * (count - 1);
      return Figures{{"many.cpu", microseconds(usage.cpu_s - one.cpu_s, further)},
                     {"many.memory", octets(usage.memory_kib - one.memory_kib, further)},
                     {"many.peak", usage.peak_kib / usage.memory_kib}};
    }
  }
  return std::nullopt;
}

std::optional<Figures> received(const Stand& stand, std::size_t routes) {
  Plan plan;
  plan.keep = true;
  Scene scene(stand, plan);
  if (!scene.announced() || !scene.settle()) return std::nullopt;
  const Usage before = scene.subject->usage();
  scene.far_ends.send(scene.first(), std::make_shared<const Octets>(announcements(k_first_received, routes, 5)));
  if (!scene.settle()) return std::nullopt;
  const Usage after = scene.subject->usage();
  scene.far_ends.send(scene.first(), std::make_shared<const Octets>(withdrawals(k_first_received, routes)));
  if (!scene.settle()) return std::nullopt;
  scene.far_ends.run_for(scene.subject->pause(2));  // what is given back later
  const Usage withdrawn = scene.subject->usage();
  return Figures{{"received.cpu", microseconds(after.cpu_s - before.cpu_s, routes)},
                 {"received.memory", octets(after.memory_kib - before.memory_kib, routes)},
                 {"received.stays", (withdrawn.memory_kib - before.memory_kib) / k_mib}};
}

std::optional<Figures> sent_again(const Stand& stand, std::size_t routes) {
  Plan plan;
  plan.routes = routes;
  Scene scene(stand, plan);
  if (!scene.announced() || !scene.settle()) return std::nullopt;
  const Usage before = scene.subject->usage();
  scene.far_ends.close(scene.first());
  if (!scene.announced() || !scene.settle()) return std::nullopt;
  return Figures{{"again.cpu", microseconds(scene.subject->usage().cpu_s - before.cpu_s, routes)}};
}

// A hundred sessions are announced the same, and one of them takes 1 KiB a second: what the others wait for it, and what is kept for it.
std::optional<Figures> slow_reader(const Stand& stand, std::size_t routes) {
  constexpr std::size_t k_sessions = 100;
  double took = 0;
  double memory_kib = 0;
  for (const bool slow : {false, true}) {
    Plan plan;
    plan.routes = routes;
    plan.sessions = k_sessions;
    auto subject = Subject::make(stand);
    FarEnds far_ends;
    if (slow) far_ends.slow_down(session_address(0), 1024);
    subject->configure(plan, far_ends.port());
    const auto begin = Clock::now();
    subject->start();
    const auto others = [&] {
      if (!subject->running()) return true;
      if (far_ends.established() < k_sessions) return false;
      for (std::size_t i = 1; i < k_sessions; ++i) {
        if (far_ends.at(session_address(i))->announced < routes) return false;
      }
      return true;
    };
    if (!far_ends.run_until(others, k_limit) || !subject->running()) return std::nullopt;
    const double now = Seconds(Clock::now() - begin).count();
    far_ends.run_for(subject->pause(0.5));
    const double kib = subject->usage().memory_kib;
    if (slow) return Figures{{"slow.others", now}, {"slow.none", took}, {"slow.memory", (kib - memory_kib) / k_mib}};
    took = now;
    memory_kib = kib;
  }
  return std::nullopt;
}

}  // namespace

std::vector<Scenario> route_scenarios() {
  const std::vector<std::size_t> routes{1'000, 10'000, 100'000, 300'000, 1'000'000};
  const std::vector<std::size_t> few{10'000};
  return {
      {"configured", "configured routes announced to one session, from the start of the process", "routes", routes, few, Work::announce,
       {{"configured.cpu", "CPU", "us a route", 2}, {"configured.peak", "highest memory", "MiB", 0}, {"configured.after", "memory afterwards", "MiB", 0}}, configured},
      {"many", "the same 100,000 routes announced to several sessions", "sessions", {2, 5, 10, 20, 50}, {3}, Work::announce,
       {{"many.cpu", "CPU of each (route, further session)", "us", 3}, {"many.memory", "memory of each", "octets", 1}, {"many.peak", "highest memory by what stays", "", 2}}, to_many, k_told_to_many},
      {"received", "routes received and kept, five to a set of attributes; withdrawn again", "routes", routes, few, Work::listen,
       {{"received.cpu", "CPU", "us a route", 2}, {"received.memory", "memory", "octets a route", 0}, {"received.stays", "memory that stays after the withdraws", "MiB", 1}}, received},
      {"again", "configured routes sent again after the session was lost", "routes", routes, few, Work::announce, {{"again.cpu", "CPU", "us a route", 2}}, sent_again},
      {"slow", "configured routes to a hundred sessions, of which one reads 1 KiB a second", "routes", {300, 1'000, 3'000, 10'000, 30'000}, {1'000}, Work::announce,
       {{"slow.others", "the others have all of them, from the start of the process", "s", 2}, {"slow.none", "the same without the slow one", "s", 2},
        {"slow.memory", "memory over that without it", "MiB", 1}}, slow_reader},
  };
}

}  // namespace tandem::bench
