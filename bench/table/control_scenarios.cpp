// What a client on the control socket can do to others, and what a live switch does to everybody.
#include <algorithm>

#include "bench/table/client.hpp"
#include "bench/table/watched.hpp"
#include "tandem/engines/engines.hpp"

namespace tandem::bench {

namespace {

constexpr Seconds k_limit = Watched::k_limit;

std::optional<Figures> flush(const Stand& stand, std::size_t routes) {
  Plan plan;
  plan.routes = routes;
  plan.control = true;
  Watched scene(stand, plan);
  if (!scene.ready()) return std::nullopt;
  Client client(scene.far_ends, *scene.subject);
  const std::uint64_t had = scene.large().announced;
  if (!scene.far_ends.run_until([&] { return client.answered() || !client.connected(); }, k_limit)) return std::nullopt;
  client.ask(scene.subject->send_again());
  if (!client.connected() || !scene.complete(had + routes)) return std::nullopt;
  return Figures{{"flush.silence", scene.silence()}};
}

constexpr std::size_t k_shown = 1'000'000;
constexpr std::size_t k_shown_to_few = 10'000;

// `routes` of them shown to `count` clients that read nothing.
std::optional<Figures> unread(const Stand& stand, std::size_t count, std::size_t routes) {
  Plan plan;
  plan.routes = routes;
  plan.control = true;
  Watched scene(stand, plan);
  if (!scene.ready()) return std::nullopt;
  std::vector<std::unique_ptr<Client>> clients;
  for (std::size_t i = 0; i < count; ++i) {
    clients.push_back(std::make_unique<Client>(scene.far_ends, *scene.subject));
    Client& client = *clients.back();
    if (!scene.far_ends.run_until([&] { return client.answered() || !client.connected(); }, k_limit) || !client.connected()) return std::nullopt;
  }
  for (const auto& client : clients) {
    client->stop_reading();
    client->ask(scene.subject->show_routes());
  }
  const double silence = scene.silence();
  return Figures{{"clients.memory", (scene.subject->usage().memory_kib - scene.before.memory_kib) / 1024}, {"clients.silence", silence}};
}

std::optional<Figures> clients(const Stand& stand, std::size_t count) { return unread(stand, count, count < 8 ? k_shown_to_few : k_shown); }

// From the command to the answer to one behind it, which the other engine gives.
std::optional<Figures> switches(const Stand& stand, std::size_t sessions) {
  constexpr int k_times = 20;
  Plan plan;
  plan.sessions = 0;
  plan.quiet = sessions;
  plan.control = true;
  auto subject = Subject::make(stand);
  FarEnds far_ends;
  subject->configure(plan, far_ends.port());
  subject->start();
  if (!far_ends.run_until([&] { return far_ends.established() >= sessions || !subject->running(); }, k_limit) || !subject->running()) return std::nullopt;
  far_ends.run_for(subject->pause(1));
  Client client(far_ends, *subject);
  const auto answered = [&] { return far_ends.run_until([&] { return client.answered() || !client.connected(); }, k_limit) && client.connected(); };
  if (!answered()) return std::nullopt;
  std::vector<double> times;
  std::string engine = stand.subject;
  for (int i = 0; i < k_times; ++i) {
    engine = i % 2 == 0 ? program::next_engine(stand.subject) : stand.subject;
    const auto begin = Clock::now();
    client.ask("engine " + engine + "\n");
    if (!answered()) return std::nullopt;
    client.ask("engine\n");
    if (!answered()) return std::nullopt;
    times.push_back(Seconds(Clock::now() - begin).count());
  }
  far_ends.run_for(Seconds(0.5));
  if (far_ends.established() != sessions) return std::nullopt;  // lost
  std::sort(times.begin(), times.end());
  return Figures{{"switch.half", times[times.size() / 2] * 1000}, {"switch.longest", times.back() * 1000}};
}

std::optional<Figures> record(const Stand& stand, std::size_t routes) {
  Plan plan;
  plan.routes = routes;
  plan.control = true;
  Watched scene(stand, plan);
  if (!scene.ready()) return std::nullopt;
  Client client(scene.far_ends, *scene.subject);
  const auto answered = [&] { return scene.far_ends.run_until([&] { return client.answered() || !client.connected(); }, k_limit) && client.connected(); };
  if (!answered()) return std::nullopt;
  client.ask(scene.subject->begin_recording(0));
  if (!answered() || !client.said("done\n")) return std::nullopt;
  return Figures{{"record.silence", scene.silence()}};
}

// To this very program, with 1,000 sessions that have a KEEPALIVE a second: none may leave before the pause. The look at the state in front of it, while everybody is served, is part of what the answer waits for.
std::optional<Figures> upgrades(const Stand& stand, std::size_t routes) {
  constexpr int k_times = 3;
  Plan plan;
  plan.routes = routes;
  plan.control = true;
  plan.quiet = stand.quick ? Watched::k_quiet : 1'000;
  Watched scene(stand, plan);
  if (!scene.ready()) return std::nullopt;
  Client client(scene.far_ends, *scene.subject);
  const auto answered = [&] { return scene.far_ends.run_until([&] { return client.answered() || !client.connected(); }, k_limit) && client.connected(); };
  if (!answered()) return std::nullopt;
  double longest = 0;
  for (int i = 0; i < k_times; ++i) {
    const auto begin = Clock::now();
    client.ask("upgrade\n");
    if (!answered() || !client.said("done\n")) return std::nullopt;
    longest = std::max(longest, Seconds(Clock::now() - begin).count());
    scene.far_ends.run_for(scene.subject->pause(1));
  }
  const double silence = scene.silence();
  if (scene.far_ends.established() != 1 + plan.quiet) return std::nullopt;  // lost
  return Figures{{"upgrade.silence", silence}, {"upgrade.answer", longest}};
}

}  // namespace

std::vector<Scenario> control_scenarios() {
  const std::vector<std::size_t> routes{1'000, 10'000, 100'000, 300'000, 1'000'000};
  const std::vector<std::size_t> few{10'000};
  return {
      {"flush", "configured routes sent again because a client says so", "routes", routes, few, Work::control, {{"flush.silence", "longest silence of another session", "ms", 0}}, flush},
      {"clients", "clients that ask for 1,000,000 announced routes and read nothing", "clients", {8, 16, 24, 32, 64}, {2}, Work::control,
       {{"clients.memory", "memory over before", "MiB", 1}, {"clients.silence", "longest silence of another session", "ms", 0}}, clients},
      {"switch", "live switch to the next engine and back, to the answer that the other one gives", "sessions", {1, 10, 100, 300, 1'000, 3'000}, {20}, Work::change,
       {{"switch.half", "half of them", "ms", 2}, {"switch.longest", "longest of twenty", "ms", 2}}, switches},
      {"record", "a recording is begun, with the state that there is", "routes", routes, few, Work::change,
       {{"record.silence", "longest silence of another session", "ms", 0}}, record},
      {"upgrade", "another program goes on in the process, with 1,000 other sessions", "routes", routes, few, Work::change,
       {{"upgrade.silence", "longest silence of another session", "ms", 0}, {"upgrade.answer", "longest until the answer, the other program's look at the state included", "s", 2}},
       upgrades, 0, false},
  };
}

}  // namespace tandem::bench
