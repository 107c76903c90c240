// Who has to wait for what: the longest silence of a hundred sessions while something large is done for another one (each has a
// KEEPALIVE due every second, ten milliseconds behind that of the one before it), and the time from a change to its octets.
#include <fmt/format.h>

#include <algorithm>

#include "bench/table/client.hpp"
#include "bench/table/probe.hpp"
#include "bench/table/watched.hpp"

namespace tandem::bench {

namespace {

constexpr Seconds k_limit = Watched::k_limit;

std::optional<Figures> reload(const Stand& stand, std::size_t routes) {
  Plan plan;
  plan.routes = routes;
  Watched scene(stand, plan);
  if (!scene.complete(routes)) return std::nullopt;
  Plan changed = scene.plan;
  changed.changed = std::max<std::size_t>(routes / 100, 1);
  scene.configure(changed);  // far ends hear nobody while they write a long file: what came meanwhile is not late
  if (!scene.rest()) return std::nullopt;
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
  if (!scene.complete(0)) return std::nullopt;
  Plan broken = scene.plan;
  broken.routes = routes;
  broken.broken = true;
  scene.configure(broken);
  if (!scene.rest()) return std::nullopt;
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

// What else goes on while changes are made.
enum class Load { none, arriving, announced, shown };

// A program announces one route after the other and leaves some milliseconds between them; a daemon without programs is told by a session
// instead, and tells the next one.
class Latencies {
 public:
  Latencies(const Stand& stand, std::size_t changes, Load load, std::size_t routes)
      : load_(load), routes_(routes), changes_(changes), moments_(changes), subject_(Subject::make(stand)), seen_(changes) {
    plan_.keep = load == Load::arriving;
    plan_.routes = load == Load::announced || load == Load::shown ? routes : 0;
    plan_.control = load == Load::shown;
    plan_.reflect = reflects_ = !find_subject(stand.subject)->can(Work::programs);
    plan_.sessions = 3;
    if (!reflects_) plan_.program = {stand.self, "program", "announce", moments_.path(), std::to_string(changes)};
    subject_->configure(plan_, far_ends_.port());
    far_ends_.on_route = [this](std::uint32_t address, Clock::time_point now) { arrived(address - k_first_commanded, now); };
    subject_->start();
  }

  // Seconds, one a change; nullopt: not in time.
  std::optional<std::vector<double>> samples() {
    if (!far_ends_.run_until([this] { return !subject_->running() || complete(); }, k_limit) || !subject_->running()) return std::nullopt;
    far_ends_.run_for(Seconds(0.3));
    if (load_ == Load::arriving) far_ends_.send(session(0), std::make_shared<const Octets>(announcements(k_first_received, routes_, 5)));
    if (load_ == Load::shown) client_.emplace(far_ends_, *subject_);
    moments_.allow();
    next_ = Clock::now();
    const bool over = far_ends_.run_until([this] { return work(), samples_.size() == changes_ || !subject_->running(); }, k_limit);
    if (!over || samples_.size() != changes_ || (client_ && !client_->connected())) return std::nullopt;
    return samples_;
  }

 private:
  Session& session(std::size_t number) { return *far_ends_.at(session_address(number)); }
  bool complete() {
    if (far_ends_.established() != plan_.sessions) return false;
    for (std::size_t i = 0; i < plan_.sessions; ++i) {
      if (session(i).announced < plan_.routes) return false;
    }
    return true;
  }
  void arrived(std::size_t change, Clock::time_point now) {
    if (change >= changes_ || seen_[change]) return;
    seen_[change] = true;
    samples_.push_back(moments_.seconds_since(change, now));
  }
  // What has ended begins again.
  void work() {
    if (load_ == Load::announced && session(2).announced >= asked_ * routes_) {
      ++asked_;
      far_ends_.send(session(2), std::make_shared<const Octets>(route_refresh_message()));
    }
    if (client_ && client_->answered()) client_->ask(subject_->show_routes());
    if (!reflects_ || sent_ == changes_ || Clock::now() < next_) return;
    moments_.mark(sent_);
    far_ends_.send(session(0), std::make_shared<const Octets>(announcements(k_first_commanded + static_cast<std::uint32_t>(sent_), 1, 1)));
    ++sent_;
    next_ = Clock::now() + std::chrono::milliseconds(3 + sent_ % 7);
  }

  Load load_;
  std::size_t routes_;
  std::size_t changes_;
  Moments moments_;
  FarEnds far_ends_;
  std::unique_ptr<Subject> subject_;
  Plan plan_;
  bool reflects_ = false;
  std::optional<Client> client_;
  std::vector<bool> seen_;
  std::vector<double> samples_;
  std::uint64_t asked_ = 1;   // how often the third session has been sent the routes, when it has them
  std::size_t sent_ = 0;
  Clock::time_point next_{};
};

std::optional<Figures> latency(const Stand& stand, std::size_t changes, Load load, std::size_t routes, const std::string& id) {
  const auto samples = Latencies(stand, changes, load, routes).samples();
  if (!samples) return std::nullopt;
  return percentiles(*samples, id);
}

constexpr std::size_t k_changes = 200;

std::optional<Figures> command_to_wire(const Stand& stand, std::size_t changes) { return latency(stand, changes, Load::none, 0, "wire"); }
std::optional<Figures> while_routes_arrive(const Stand& stand, std::size_t routes) { return latency(stand, k_changes, Load::arriving, routes, "loaded"); }
std::optional<Figures> while_routes_are_announced(const Stand& stand, std::size_t routes) { return latency(stand, k_changes, Load::announced, routes, "announced"); }
std::optional<Figures> while_routes_are_shown(const Stand& stand, std::size_t routes) { return latency(stand, k_changes, Load::shown, routes, "shown"); }

std::vector<FigureRow> of_latency(std::string_view p50, std::string_view p99, std::string_view p999) {
  return {{p50, "half of them", "ms", 3}, {p99, "99 of 100", "ms", 3}, {p999, "999 of 1,000", "ms", 3}};
}

}  // namespace

Figures percentiles(std::vector<double> samples, const std::string& id) {
  std::sort(samples.begin(), samples.end());
  const auto at = [&](double percent) { return samples[static_cast<std::size_t>(percent / 100 * static_cast<double>(samples.size() - 1))] * 1000; };
  Figures figures{{id + ".p50", at(50)}, {id + ".p99", at(99)}, {id + ".p999", at(99.9)}};
  for (const double percent : {0.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 100.0}) figures[fmt::format("{}.at.{:g}", id, percent)] = at(percent);
  return figures;
}

std::vector<Scenario> wait_scenarios() {
  const std::vector<std::size_t> routes{1'000, 10'000, 100'000, 300'000, 1'000'000};
  const std::vector<std::size_t> few{10'000};
  return {
      {"wire", "from a command of a program to its octets (without programs: from UPDATE to UPDATE), nothing else going on", "commands", {50, 100, 200, 500, 1'000}, {100}, Work::reflect,
       of_latency("wire.p50", "wire.p99", "wire.p999"), command_to_wire},
      {"loaded", "the same, while routes arrive", "routes", routes, few, Work::reflect, of_latency("loaded.p50", "loaded.p99", "loaded.p999"), while_routes_arrive},
      {"announced", "the same, while another session is announced routes again and again", "routes", routes, few, Work::reflect,
       of_latency("announced.p50", "announced.p99", "announced.p999"), while_routes_are_announced},
      {"shown", "the same, while a client asks for the announced routes again and again", "routes", routes, few, Work::control,
       of_latency("shown.p50", "shown.p99", "shown.p999"), while_routes_are_shown},
      {"reload", "a reload with one route in a hundred changed", "routes", routes, few, Work::reload,
       {{"reload.silence", "longest silence of another session", "ms", 0}, {"reload.cpu", "CPU", "us a route", 2}, {"reload.peak", "highest memory over before", "MiB", 0}}, reload},
      {"refused", "a reload of a file with an error in its last line", "routes", routes, few, Work::reload, {{"refused.silence", "longest silence", "ms", 0}}, refused_reload},
      {"bounce", "configured routes sent again after the session was lost", "routes", routes, few, Work::announce, {{"bounce.silence", "longest silence of another session", "ms", 0}}, bounce},
      {"lost", "a session with received routes is lost", "routes", routes, few, Work::listen, {{"lost.silence", "longest silence of another session", "ms", 0}}, lost},
  };
}

}  // namespace tandem::bench
