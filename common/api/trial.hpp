// A trial of an engine: what is asked for (`engine trial async for 60s unless lag 100ms`), under which conditions it is rolled back,
// and how it stands. One row a condition.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/api/measurement.hpp"
#include "common/base/error.hpp"
#include "common/base/time.hpp"
#include "common/base/token.hpp"

namespace tandem::api {

// "unless WORDS LIMIT": the trial is rolled back when what is measured is more (or `below`: less) than the limit.
struct TrialCondition {
  std::string_view words;    // "lag", "hold margin below"
  std::string_view key;      // of JSON
  Unit unit;
  bool below;
  bool has_limit;            // else any at all is too many
  bool compares;             // with what was measured before, which must be enough
  std::string_view expected; // what a limit looks like
  // None: there is nothing to judge yet.
  std::optional<double> (*measured)(const Measurement& before, const Measurement& during);
};
[[nodiscard]] std::span<const TrialCondition> trial_conditions();

struct TrialLimit {
  const TrialCondition* condition = nullptr;
  double limit = 0;
  [[nodiscard]] bool exceeded(const Measurement& before, const Measurement& during) const;
  [[nodiscard]] std::string text() const;  // "lag 100.0 ms"

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [condition, limit] = self;
    std::string words(condition == nullptr ? std::string_view() : condition->words);
    archive.object(self, "trial_limit")("condition", words)("limit", limit);
    if constexpr (Archive::k_reads) {
      condition = find_condition(words);
      if (condition == nullptr) archive.fail("a trial has a condition that this version of tandem does not know");
    }
  }

 private:
  [[nodiscard]] static const TrialCondition* find_condition(std::string_view words);
};

struct TrialPlan {
  std::string engine;
  base::Duration time{};
  std::vector<TrialLimit> limits;
  bool keep = false;  // after the time; else it goes back
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [engine, time, limits, keep] = self;
    archive.object(self, "trial_plan")("engine", engine)("time", time)("limits", limits)("keep", keep);
  }
};
// "100ms", "1M", "30%", "7"; nothing for what is none.
[[nodiscard]] std::optional<double> read_figure(Unit unit, std::string_view text);
// What stands behind "engine trial". `engines`: those there are.
[[nodiscard]] base::Result<TrialPlan> parse_trial(base::Tokens words, std::span<const std::string> engines);

inline constexpr base::Duration k_trial_least = std::chrono::seconds(1);
inline constexpr base::Duration k_trial_most = std::chrono::hours(24);
// Below it a processor is as good as idle, and a factor of nothing says nothing.
inline constexpr double k_trial_idle = 0.01;
// So long must have been measured before two engines can be compared.
inline constexpr double k_trial_comparable_s = 5;

struct TrialStatus {
  enum class State : std::uint8_t { starting, watching, returning, over };
  friend constexpr State last_of(State) { return State::over; }
  enum class Result : std::uint8_t {
    open,         // not yet over
    kept,         // the time is over, and the engine stays
    returned,     // the time is over, and the one before runs again
    rolled_back,  // a condition was met, or the engine could not go on
    stopped,      // a command has ended it
    refused,      // the engine could not begin
    ended         // with the daemon
  };
  friend constexpr Result last_of(Result) { return Result::ended; }
  std::uint64_t number = 0;    // of the trial
  TrialPlan plan;
  std::string from;            // the engine that ran before
  State state = State::starting;
  Result result = Result::open;
  std::string reason;          // of a result that needs one
  double since = 0;            // wall clock, seconds since 1970, when it was asked for
  double elapsed_s = 0;        // with the engine on trial
  double pause_s = 0;          // that the switch took
  Measurement before;
  Measurement during;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [number, plan, from, state, result, reason, since, elapsed_s, pause_s, before, during] = self;
    archive.object(self, "trial_status")("number", number)("plan", plan)("from", from)("state", state)("result", result)("reason", reason)(
        "since", since)("elapsed", elapsed_s)("pause", pause_s)("before", before)("during", during);
  }
  [[nodiscard]] bool failed() const { return result == Result::rolled_back || result == Result::refused; }
};
[[nodiscard]] std::string_view to_string(TrialStatus::State state);
[[nodiscard]] std::string_view to_string(TrialStatus::Result result);

[[nodiscard]] std::string trial_headline(const TrialStatus& status);  // one line, without its end
void trial_text(const TrialStatus& status, std::string& out);
void trial_json(const TrialStatus& status, base::JsonWriter& json);

}  // namespace tandem::api
