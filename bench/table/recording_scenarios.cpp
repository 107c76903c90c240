// What a recording adds to the work that is recorded: the same with and without it, in turns. Its thread is part of the process, and so of its CPU.
#include <algorithm>
#include <limits>

#include "bench/table/scenario.hpp"

namespace tandem::bench {

namespace {

constexpr double k_percent = 100;

// In percent of what it takes without. What else the machine does only adds to either, so the least of each counts.
std::optional<double> added(const Stand& stand, std::string_view id, const std::string& figure, std::size_t size) {
  const auto scenario = std::find_if(scenarios().begin(), scenarios().end(), [id](const Scenario& each) { return each.id == id; });
  Stand recorded = stand;
  recorded.subject += k_recorded;
  double with = std::numeric_limits<double>::infinity();
  double without = with;
  for (int turns = stand.quick ? 1 : 2; turns > 0; --turns) {
    for (const auto& [each, least] : {std::pair<const Stand*, double*>(&stand, &without), {&recorded, &with}}) {
      const auto figures = scenario->play(*each, size);
      if (!figures) return std::nullopt;
      *least = std::min(*least, figures->at(figure));
    }
  }
  return (with / without - 1) * k_percent;
}

// A command takes a hundred times as long as a route.
std::optional<Figures> recording(const Stand& stand, std::size_t routes) {
  const auto received = added(stand, "received", "received.cpu", routes);
  const auto converse = added(stand, "converse", "converse.cpu", routes / 100);
  if (!received || !converse) return std::nullopt;
  return Figures{{"recording.received", *received}, {"recording.converse", *converse}};
}

}  // namespace

std::vector<Scenario> recording_scenarios() {
  return {
      {"recording", "what --record adds; commands are a hundredth of the routes", "routes", {10'000, 30'000, 100'000, 300'000, 1'000'000}, {10'000}, Work::change,
       {{"recording.received", "to the CPU of routes received and kept", "%", 1}, {"recording.converse", "to that of one command outstanding at a time", "%", 1}},
       recording, 0, false},
  };
}

}  // namespace tandem::bench
