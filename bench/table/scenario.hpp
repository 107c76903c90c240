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
  double goal;           // at the largest size; less is better
  int digits;
};

// By the id of a figure; with "ID.at.PERCENT" for the percentiles of a distribution, which the report draws.
using Figures = std::map<std::string, double>;

// The subject, the far ends it speaks with, and the words that start this very program as an API program of the subject.
struct Stand {
  std::string subject;   // one of all_subjects()
  std::string program;   // tandem
  std::string self;      // this program
};

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
};

[[nodiscard]] const std::vector<Scenario>& scenarios();

// The parts of the list, by what they look at.
[[nodiscard]] std::vector<Scenario> route_scenarios();
[[nodiscard]] std::vector<Scenario> wait_scenarios();
[[nodiscard]] std::vector<Scenario> session_scenarios();
[[nodiscard]] std::vector<Scenario> program_scenarios();

}  // namespace tandem::bench
