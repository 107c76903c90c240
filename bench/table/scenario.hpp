// The rows of the table: a scenario is played with one subject and one size, and gives its figures.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/table/subject.hpp"

namespace tandem::bench {

struct FigureRow {
  std::string_view id;
  std::string_view title;
  std::string_view unit;
  int digits;            // its goals: bench/table/goals.cpp
};

// By the id of a figure; with "ID.at.PERCENT" for the percentiles of a distribution, which the report draws.
using Figures = std::map<std::string, double>;

struct Scenario {
  std::string_view id;
  std::string_view title;
  std::string_view grows;                     // what the size counts
  std::vector<std::size_t> sizes;             // the last one is the size of the table
  std::vector<std::size_t> quick;
  Work work;                                  // what it asks of a subject
  std::vector<FigureRow> figures;
  std::optional<Figures> (*play)(const Stand&, std::size_t size);  // nullopt: not finished in time, or the subject has ended
  std::size_t routes = 0;                     // that it always has, whatever grows
  bool observed = true;                       // its loop can be looked at: by a timeline of one process that is the same from its start to its end
};

[[nodiscard]] const std::vector<Scenario>& scenarios();
// Where its loop is looked at: the work is large enough to be seen, and the timeline small enough to be read.
[[nodiscard]] inline std::size_t loop_size(const Scenario& scenario, bool quick) { return quick ? scenario.quick.back() : scenario.sizes[scenario.sizes.size() / 2]; }

// The parts of the list, by what they look at.
[[nodiscard]] std::vector<Scenario> route_scenarios();
[[nodiscard]] std::vector<Scenario> wait_scenarios();
[[nodiscard]] std::vector<Scenario> session_scenarios();
[[nodiscard]] std::vector<Scenario> program_scenarios();
[[nodiscard]] std::vector<Scenario> control_scenarios();
[[nodiscard]] std::vector<Scenario> recording_scenarios();

}  // namespace tandem::bench
