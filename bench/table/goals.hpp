// What is to be reached, a row a goal, and beside each why it is missed where it is: the one place for both.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tandem::bench {

struct GoalRow {
  std::string_view figure;   // its id
  std::string_view engine;   // whose goal it is; empty: of all that have none of their own
  double value;              // at most, at the largest size; less is better everywhere
  bool of_bird;              // the value is a factor of what BIRD needs in the same run
  std::string_view missed;   // why it is missed, in one sentence; empty: it was reached when it was measured last
};

[[nodiscard]] const std::vector<GoalRow>& goals();
[[nodiscard]] std::vector<const GoalRow*> goals_of(std::string_view figure, std::string_view engine);
[[nodiscard]] bool is_missed(const GoalRow& goal, double value, std::optional<double> bird);
[[nodiscard]] std::string to_string(const GoalRow& goal);          // "0.2", "0.3 x BIRD"
[[nodiscard]] std::string_view reason_of(const GoalRow& goal);     // why it is missed

}  // namespace tandem::bench
