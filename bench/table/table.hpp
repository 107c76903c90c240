// The tables of what was measured, in Markdown.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "bench/table/results.hpp"

namespace tandem::bench {

struct TableOptions {
  bool quick = false;
  std::size_t size = 0;          // of every row; 0: its own
  std::vector<const SubjectRow*> subjects;
  std::set<std::string> chosen;  // scenarios; empty: all
};

// The sizes that a scenario is measured at: all of them, the last, or the small ones.
[[nodiscard]] bool takes_part(const SubjectRow& row, const Scenario& scenario, std::size_t size);
// The largest size of each scenario: goal, result of each subject, and why a goal is missed.
[[nodiscard]] std::string table(const TableOptions& options, const Results& results);
// What the loops did, a row a figure and scenario.
[[nodiscard]] std::string loop_table(const TableOptions& options, const Results& results);
// `text` in the place of what stands between the two lines of `document` that begin and end a table; false when they are not there.
[[nodiscard]] bool put_into(const std::string& document, const std::string& text);

}  // namespace tandem::bench
