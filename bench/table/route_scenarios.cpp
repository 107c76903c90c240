// What routes cost: announced, announced to many, received, withdrawn, sent again.
#include "bench/table/scenario.hpp"

namespace tandem::bench {

namespace {

constexpr Seconds k_limit{120};
constexpr double k_mib = 1024;

// A subject that runs, with its sessions up.
struct Scene {
  Scene(const Stand& stand, const Plan& plan) : subject(Subject::make(stand.subject, stand.program)), far_ends(plan.hold_time_s), plan(plan) {
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
  scene.far_ends.run_for(Seconds(2));  // what is given back later
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

}  // namespace

std::vector<Scenario> route_scenarios() {
  const std::vector<std::size_t> routes{1'000, 10'000, 100'000, 300'000, 1'000'000};
  const std::vector<std::size_t> few{10'000};
  return {
      {"configured", "configured routes announced to one session, from the start of the process", "routes", routes, few, Work::announce,
       {{"configured.cpu", "CPU", "us a route", 0.6, 2}, {"configured.peak", "highest memory", "MiB", 130, 0}, {"configured.after", "memory afterwards", "MiB", 130, 0}}, configured},
      {"many", "the same 100,000 routes announced to several sessions", "sessions", {2, 5, 10, 20, 50}, {3}, Work::announce,
       {{"many.cpu", "CPU of each (route, further session)", "us", 0.05, 3}, {"many.memory", "memory of each", "octets", 1, 1}, {"many.peak", "highest memory by what stays", "", 1.3, 2}}, to_many, k_told_to_many},
      {"received", "routes received and kept, five to a set of attributes; withdrawn again", "routes", routes, few, Work::listen,
       {{"received.cpu", "CPU", "us a route", 0.2, 2}, {"received.memory", "memory", "octets a route", 64, 0}, {"received.stays", "memory that stays after the withdraws", "MiB", 10, 1}}, received},
      {"again", "configured routes sent again after the session was lost", "routes", routes, few, Work::announce, {{"again.cpu", "CPU", "us a route", 0.1, 2}}, sent_again},
  };
}

}  // namespace tandem::bench
