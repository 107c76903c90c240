#include "bench/table/goals.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tandem::bench {

const std::vector<GoalRow>& goals() {
  static const std::vector<GoalRow> rows{
      {"many.cpu", "", 0.05, false, ""},
      {"many.memory", "", 1, false, ""},
      {"many.peak", "", 1.3, false, ""},
      {"configured.cpu", "", 0.6, false, ""},
      {"configured.peak", "", 130, false, ""},
      {"received.cpu", "", 0.2, false, ""},
      {"received.cpu", "", 0.3, true, ""},
      {"received.memory", "", 64, false, ""},
      {"received.memory", "", 0.4, true, ""},
      {"received.stays", "", 10, false, ""},
      {"wire.p50", "", 0.06, false, ""},
      {"wire.p99", "", 0.5, false, ""},
      {"loaded.p99", "", 2, false, ""},
      {"announced.p99", "", 2, false, ""},
      {"shown.p99", "", 2, false, ""},
      {"reload.silence", "", 10, false, ""},
      {"bounce.silence", "", 10, false, ""},
      {"flush.silence", "", 10, false, ""},
      {"lost.silence", "", 10, false, ""},
      {"clients.memory", "", 16, false, ""},
      {"clients.silence", "", 10, false, ""},
      {"reload.cpu", "", 0.7, false, ""},
      {"reload.peak", "", 100, false, ""},
      {"refused.silence", "", 10, false, ""},
      {"churn.cpu", "", 0.5, false, ""},
      {"again.cpu", "", 0.1, false, ""},
      {"converse.cpu", "", 8, false, ""},
      {"converse.one", "", 1.5, false, ""},
      {"told.cpu", "", 0.3, false, ""},
      {"keepalives.cpu", "", 0.25, false, ""},
      {"keepalives.cpu", "sync", 0.45, false, ""},
      {"idle.memory", "", 8, false, ""},
      {"idle.up", "", 2, false, ""},
  };
  return rows;
}

std::vector<const GoalRow*> goals_of(std::string_view figure, std::string_view engine) {
  std::vector<const GoalRow*> own;
  std::vector<const GoalRow*> of_all;
  for (const GoalRow& goal : goals()) {
    if (goal.figure != figure) continue;
    if (goal.engine.empty()) of_all.push_back(&goal);
    else if (goal.engine == engine) own.push_back(&goal);
  }
  return own.empty() ? of_all : own;
}

bool is_missed(const GoalRow& goal, double value, std::optional<double> bird) {
  if (!goal.of_bird) return value > goal.value;
  return bird && value > goal.value * *bird;
}

std::string to_string(const GoalRow& goal) { return fmt::format("{:g}{}", goal.value, goal.of_bird ? " x BIRD" : ""); }

std::string_view reason_of(const GoalRow& goal) {
  return goal.missed.empty() ? "it was reached before: either this machine was busy, or something has become slower" : goal.missed;
}

}  // namespace tandem::bench
