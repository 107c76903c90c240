// What programs cost: their commands, the answers to them, and what they are told.
#include <sched.h>
#include <unistd.h>

#include "bench/table/loop.hpp"
#include "bench/table/scenario.hpp"

namespace tandem::bench {

namespace {

constexpr Seconds k_limit{120};

// Seconds of processor until `sessions` have been announced `commands` routes by a program that behaves as `word` says.
std::optional<double> commanded(const Stand& stand, const std::string& word, std::size_t commands, std::size_t sessions) {
  auto subject = Subject::make(stand);
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

// The same routes again and again, to ten sessions; how much of it they are told is the daemon's affair, but they are told the last route.
std::optional<Figures> churn(const Stand& stand, std::size_t changes) {
  constexpr std::size_t k_prefixes = 1'000;
  constexpr std::size_t k_sessions = 10;
  auto subject = Subject::make(stand);
  FarEnds far_ends;
  Plan plan;
  plan.sessions = k_sessions;
  plan.program = {stand.self, "program", "churn", std::to_string(k_prefixes), std::to_string(changes / k_prefixes)};
  subject->configure(plan, far_ends.port());
  std::size_t over = 0;
  far_ends.on_route = [&over](std::uint32_t address, Clock::time_point) { over += address == k_first_commanded + k_prefixes ? 1 : 0; };
  subject->start();
  if (!far_ends.run_until([&] { return over == k_sessions || !subject->running(); }, k_limit) || !settle(far_ends, *subject, k_limit)) return std::nullopt;
  return Figures{{"churn.cpu", microseconds(subject->usage().cpu_s, changes)}};
}

// This process, and all that it starts while this lives, on one processor.
class OneProcessor {
 public:
  OneProcessor() {
    ::sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    for (int i = 0; i < CPU_SETSIZE; ++i) {
      if (CPU_ISSET(i, &before_) == 0) continue;
      CPU_SET(i, &one);
      break;
    }
    ::sched_setaffinity(0, sizeof one, &one);
  }
  ~OneProcessor() { ::sched_setaffinity(0, sizeof before_, &before_); }
  OneProcessor(const OneProcessor&) = delete;
  OneProcessor& operator=(const OneProcessor&) = delete;

 private:
  cpu_set_t before_{};
};

// What the start of the process takes is not the commands'.
std::optional<Figures> converse(const Stand& stand, std::size_t commands) {
  const auto apart = commanded(stand, "converse", 1, 1);
  const auto cpu = commanded(stand, "converse", commands + 1, 1);
  if (!apart || !cpu) return std::nullopt;
  const OneProcessor one;
  const auto apart_on_one = commanded(stand, "converse", 1, 1);
  const auto on_one = commanded(stand, "converse", commands + 1, 1);
  if (!apart_on_one || !on_one) return std::nullopt;
  return Figures{{"converse.cpu", microseconds(*cpu - *apart, commands)}, {"converse.one", microseconds(*on_one - *apart_on_one, commands)}};
}

std::optional<Figures> told(const Stand& stand, std::size_t routes) {
  auto subject = Subject::make(stand);
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
       {{"flood.cpu", "CPU", "us a command", 2}}, flood},
      {"shared", "a program announces 20,000 routes to several sessions", "sessions", {2, 5, 10, 20, 50}, {3}, Work::programs,
       {{"shared.cpu", "CPU of each (command, session)", "us", 3}}, flood_to_many, k_commands},
      {"churn", "a program announces and withdraws the same 1,000 prefixes, ten sessions", "commands", {2'000, 10'000, 30'000, 100'000, 300'000}, few, Work::programs,
       {{"churn.cpu", "CPU", "us a command", 2}}, churn},
      {"converse", "a program with one command outstanding at a time", "commands", {100, 300, 1'000, 3'000, 10'000}, {300}, Work::programs,
       {{"converse.cpu", "CPU", "us a command", 1}, {"converse.one", "CPU, everything on one processor", "us a command", 1}}, converse},
      {"told", "received routes told to a program, in JSON", "routes", {1'000, 10'000, 100'000, 300'000, 1'000'000}, few, Work::programs,
       {{"told.cpu", "CPU", "us a prefix", 2}}, told},
  };
}

}  // namespace tandem::bench
