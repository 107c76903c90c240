// What programs cost: their commands, the answers to them, and what they are told.
#include "bench/table/scenario.hpp"

namespace tandem::bench {

namespace {

constexpr Seconds k_limit{120};

// Seconds of processor until `sessions` have been announced `commands` routes by a program that behaves as `word` says.
std::optional<double> commanded(const Stand& stand, const std::string& word, std::size_t commands, std::size_t sessions) {
  auto subject = Subject::make(stand.subject, stand.program);
  FarEnds far_ends;
  Plan plan;
  plan.sessions = sessions;
  plan.program = {stand.self, "program", word, std::to_string(commands)};
  subject->configure(plan, far_ends.port());
  subject->start();
  const auto complete = [&] {
    if (!subject->running()) return true;
    if (far_ends.established() < sessions) return false;
    for (const auto& session : far_ends.sessions()) {
      if (session->announced < commands) return false;
    }
    return true;
  };
  if (!far_ends.run_until(complete, k_limit) || !settle(far_ends, *subject, k_limit)) return std::nullopt;
  return subject->usage().cpu_s;
}

double microseconds(double seconds, std::size_t count) { return seconds * 1e6 / static_cast<double>(count); }

std::optional<Figures> flood(const Stand& stand, std::size_t commands) {
  const auto cpu = commanded(stand, "flood", commands, 1);
  if (!cpu) return std::nullopt;
  return Figures{{"flood.cpu", microseconds(*cpu, commands)}};
}

constexpr std::size_t k_commands = 20'000;

std::optional<Figures> flood_to_many(const Stand& stand, std::size_t sessions) {
  const auto cpu = commanded(stand, "flood", k_commands, sessions);
  if (!cpu) return std::nullopt;
  return Figures{{"shared.cpu", microseconds(*cpu, k_commands * sessions)}};
}

std::optional<Figures> converse(const Stand& stand, std::size_t commands) {
  const auto cpu = commanded(stand, "converse", commands, 1);
  if (!cpu) return std::nullopt;
  return Figures{{"converse.cpu", microseconds(*cpu, commands)}};
}

std::optional<Figures> told(const Stand& stand, std::size_t routes) {
  auto subject = Subject::make(stand.subject, stand.program);
  FarEnds far_ends;
  Plan plan;
  plan.program = {stand.self, "program", "listen"};
  plan.tell = true;
  subject->configure(plan, far_ends.port());
  subject->start();
  if (!far_ends.run_until([&] { return far_ends.established() == 1 || !subject->running(); }, k_limit) || !settle(far_ends, *subject, k_limit)) return std::nullopt;
  const Usage before = subject->usage();
  far_ends.send(*far_ends.sessions().front(), std::make_shared<const Octets>(announcements(k_first_received, routes, 5)));
  if (!settle(far_ends, *subject, k_limit)) return std::nullopt;
  return Figures{{"told.cpu", microseconds(subject->usage().cpu_s - before.cpu_s, routes)}};
}

}  // namespace

std::vector<Scenario> program_scenarios() {
  const std::vector<std::size_t> few{10'000};
  return {
      {"flood", "a program announces routes and waits for nothing", "commands", {1'000, 10'000, 30'000, 100'000, 300'000}, few, Work::programs,
       {{"flood.cpu", "CPU", "us a command", 0.4, 2}}, flood},
      {"shared", "a program announces 20,000 routes to several sessions", "sessions", {2, 5, 10, 20, 50}, {3}, Work::programs,
       {{"shared.cpu", "CPU of each (command, session)", "us", 0.5, 3}}, flood_to_many, k_commands},
      {"converse", "a program with one command outstanding at a time", "commands", {100, 300, 1'000, 3'000, 10'000}, {300}, Work::programs,
       {{"converse.cpu", "CPU", "us a command", 8, 1}}, converse},
      {"told", "received routes told to a program, in JSON", "routes", {1'000, 10'000, 100'000, 300'000, 1'000'000}, few, Work::programs,
       {{"told.cpu", "CPU", "us a prefix", 0.3, 2}}, told},
  };
}

}  // namespace tandem::bench
