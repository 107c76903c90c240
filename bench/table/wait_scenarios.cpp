// Who has to wait for what: the longest silence of a hundred sessions while something large is done for another one (each has a
// KEEPALIVE due every second, ten milliseconds behind that of the one before it), and the time from a change to its octets.
#include <fmt/format.h>

#include <algorithm>

#include "bench/table/probe.hpp"
#include "bench/table/scenario.hpp"

namespace tandem::bench {

namespace {

constexpr Seconds k_limit{180};
constexpr std::size_t k_quiet = 100;

// A subject with one large session and a hundred quiet ones, all of them up for two seconds.
class Watched {
 public:
  Watched(const Stand& stand, Plan wanted) : subject(Subject::make(stand.subject, stand.program)), far_ends(3), plan(std::move(wanted)) {
    plan.quiet = k_quiet;
    plan.hold_time_s = 3;
    far_ends.stagger(Seconds(1.0 / k_quiet));
    subject->configure(plan, far_ends.port());
    subject->start();
  }
  bool ready() { return complete(plan.routes) && rest(); }
  // The large session has had so many routes since it came up, and everybody is there.
  bool complete(std::uint64_t routes) {
    return far_ends.run_until([&] { return !subject->running() || (far_ends.established() == 1 + k_quiet && large().announced >= routes); }, k_limit) && subject->running();
  }
  bool rest() {
    far_ends.run_for(Seconds(2));
    far_ends.forget_lateness();
    before = subject->usage();
    return subject->running();
  }
  // In milliseconds; a second more, so that every KEEPALIVE that was held up has come.
  double silence() {
    far_ends.run_for(Seconds(1.5));
    double latest = 0;
    for (const auto& session : far_ends.sessions()) {
      if (session->address != session_address(0)) latest = std::max(latest, session->latest_s);
    }
    return latest * 1000;
  }
  Session& large() { return *far_ends.at(session_address(0)); }
  void configure(const Plan& changed) { subject->configure(changed, far_ends.port()); }

  std::unique_ptr<Subject> subject;
  FarEnds far_ends;
  Plan plan;
  Usage before;
};

std::optional<Figures> reload(const Stand& stand, std::size_t routes) {
  Plan plan;
  plan.routes = routes;
  Watched scene(stand, plan);
  if (!scene.ready()) return std::nullopt;
  Plan changed = scene.plan;
  changed.changed = std::max<std::size_t>(routes / 100, 1);
  scene.configure(changed);
  scene.subject->reload();
  if (!scene.complete(routes + changed.changed)) return std::nullopt;
  const double silence = scene.silence();
  const Usage after = scene.subject->usage();
  return Figures{{"reload.silence", silence},
                 {"reload.cpu", (after.cpu_s - scene.before.cpu_s) * 1e6 / static_cast<double>(routes)},
                 {"reload.peak", (after.peak_kib - scene.before.memory_kib) / 1024}};
}

std::optional<Figures> refused_reload(const Stand& stand, std::size_t routes) {
  Plan plan;
  Watched scene(stand, plan);
  if (!scene.ready()) return std::nullopt;
  Plan broken = scene.plan;
  broken.routes = routes;
  broken.broken = true;
  scene.configure(broken);
  const std::size_t said = scene.subject->log().size();
  scene.subject->reload();
  // Either says why it refuses the file.
  if (!scene.far_ends.run_until([&] { return scene.subject->log().size() > said; }, k_limit)) return std::nullopt;
  return Figures{{"refused.silence", scene.silence()}};
}

std::optional<Figures> bounce(const Stand& stand, std::size_t routes) {
  Plan plan;
  plan.routes = routes;
  Watched scene(stand, plan);
  if (!scene.ready()) return std::nullopt;
  scene.far_ends.close(scene.large());
  if (!scene.complete(routes)) return std::nullopt;
  return Figures{{"bounce.silence", scene.silence()}};
}

std::optional<Figures> lost(const Stand& stand, std::size_t routes) {
  Plan plan;
  plan.keep = true;
  Watched scene(stand, plan);
  if (!scene.ready()) return std::nullopt;
  scene.far_ends.send(scene.large(), std::make_shared<const Octets>(announcements(k_first_received, routes, 5)));
  if (!scene.far_ends.run_until([&] { return scene.far_ends.all_sent(); }, k_limit) || !scene.rest()) return std::nullopt;
  scene.far_ends.close(scene.large());
  return Figures{{"lost.silence", scene.silence()}};
}

// Of the times from a change to its octets, in milliseconds.
Figures percentiles(std::vector<double> samples, const std::string& id) {
  std::sort(samples.begin(), samples.end());
  const auto at = [&](double percent) { return samples[static_cast<std::size_t>(percent / 100 * static_cast<double>(samples.size() - 1))] * 1000; };
  Figures figures{{id + ".p50", at(50)}, {id + ".p99", at(99)}};
  for (const double percent : {0.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 100.0}) figures[fmt::format("{}.at.{:g}", id, percent)] = at(percent);
  return figures;
}

// A program announces one route after the other and leaves some milliseconds between them; a daemon without programs is told by a session
// instead, and tells the next one.
std::optional<std::vector<double>> latencies(const Stand& stand, std::size_t changes, std::size_t other_routes) {
  Moments moments(changes);
  FarEnds far_ends;
  auto subject = Subject::make(stand.subject, stand.program);
  Plan plan;
  plan.keep = other_routes != 0;
  const bool reflects = !find_subject(stand.subject)->can(Work::programs);
  plan.sessions = 2;
  plan.reflect = reflects;
  if (!reflects) plan.program = {stand.self, "program", "announce", moments.path(), std::to_string(changes)};
  subject->configure(plan, far_ends.port());
  std::vector<double> samples;
  std::vector<bool> seen(changes);
  far_ends.on_route = [&](std::uint32_t address, Clock::time_point now) {
    const std::size_t i = address - k_first_announced;
    if (i >= changes || seen[i]) return;
    seen[i] = true;
    samples.push_back(moments.seconds_since(i, now));
  };
  subject->start();
  if (!far_ends.run_until([&] { return far_ends.established() == 2; }, k_limit)) return std::nullopt;
  far_ends.run_for(Seconds(0.3));
  Session& source = *far_ends.at(session_address(0));
  if (other_routes != 0) far_ends.send(source, std::make_shared<const Octets>(announcements(k_first_received, other_routes, 5)));
  moments.allow();
  std::size_t sent = 0;
  auto next = Clock::now();
  const bool complete = far_ends.run_until(
      [&] {
        if (reflects && sent < changes && Clock::now() >= next) {
          moments.mark(sent);
          far_ends.send(source, std::make_shared<const Octets>(announcements(k_first_announced + static_cast<std::uint32_t>(sent), 1, 1)));
          ++sent;
          next = Clock::now() + std::chrono::milliseconds(3 + sent % 7);
        }
        return samples.size() == changes || !subject->running();
      },
      k_limit);
  if (!complete || samples.size() != changes) return std::nullopt;
  return samples;
}

std::optional<Figures> command_to_wire(const Stand& stand, std::size_t changes) {
  const auto samples = latencies(stand, changes, 0);
  if (!samples) return std::nullopt;
  return percentiles(*samples, "wire");
}

std::optional<Figures> command_under_load(const Stand& stand, std::size_t routes) {
  const auto samples = latencies(stand, 100, routes);
  if (!samples) return std::nullopt;
  return percentiles(*samples, "loaded");
}

}  // namespace

std::vector<Scenario> wait_scenarios() {
  const std::vector<std::size_t> routes{1'000, 10'000, 100'000, 300'000, 1'000'000};
  const std::vector<std::size_t> few{10'000};
  return {
      {"wire", "from a command of a program to its octets (without programs: from UPDATE to UPDATE), nothing else going on", "commands", {100, 200, 500, 1'000, 2'000}, {100}, Work::reflect,
       {{"wire.p50", "half of them", "ms", 0.06, 3}, {"wire.p99", "99 of 100", "ms", 0.5, 3}}, command_to_wire},
      {"loaded", "the same, while routes arrive", "routes", routes, few, Work::reflect, {{"loaded.p50", "half of them", "ms", 2, 3}, {"loaded.p99", "99 of 100", "ms", 2, 3}}, command_under_load},
      {"reload", "a reload with one route in a hundred changed", "routes", routes, few, Work::reload,
       {{"reload.silence", "longest silence of another session", "ms", 10, 0}, {"reload.cpu", "CPU", "us a route", 0.7, 2}, {"reload.peak", "highest memory over before", "MiB", 100, 0}}, reload},
      {"refused", "a reload of a file with an error in its last line", "routes", routes, few, Work::reload, {{"refused.silence", "longest silence", "ms", 10, 0}}, refused_reload},
      {"bounce", "configured routes sent again after the session was lost", "routes", routes, few, Work::announce, {{"bounce.silence", "longest silence of another session", "ms", 10, 0}}, bounce},
      {"lost", "a session with received routes is lost", "routes", routes, few, Work::listen, {{"lost.silence", "longest silence of another session", "ms", 10, 0}}, lost},
  };
}

}  // namespace tandem::bench
