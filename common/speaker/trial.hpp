// A trial of another engine as a state machine: the switch, the watch, the way back. It asks EngineChoice for switches and is shown
// measurements; time is an input. What happened last stays to be looked at.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/api/trial.hpp"
#include "common/base/error.hpp"
#include "common/base/time.hpp"
#include "common/speaker/clock.hpp"
#include "common/speaker/engine_choice.hpp"

namespace tandem::speaker {

class Trial {
 public:
  Trial(EngineChoice& engine, const Clock& clock) : engine_(engine), clock_(clock) {}

  // --- for commands ----------------------------------------------------------------------------------------------------------------
  [[nodiscard]] base::Result<void> begin(const api::TrialPlan& plan, api::Measurement before);
  void stop();  // goes back
  // Why the engine that has just begun runs.
  struct Reason {
    std::string_view word;
    std::string_view detail;
  };
  [[nodiscard]] Reason of_switch() const;
  [[nodiscard]] bool under_way() const { return status_ && status_->state != State::over; }
  [[nodiscard]] const api::TrialStatus* status() const { return status_ ? &*status_ : nullptr; }  // null: there was none

  // --- for the round ---------------------------------------------------------------------------------------------------------------
  void step();  // time goes on; a switch has been made, or could not be
  // Something has become worse, or it is time.
  [[nodiscard]] bool wants_look(bool worse) const {
    const std::optional<base::TimePoint> due = deadline();
    return due && (worse || clock_.now() >= *due);
  }
  void look(const api::Measurement& during);
  // The engine on trial has left and cannot go on. True: the one before is wanted.
  [[nodiscard]] bool engine_failed(const api::Measurement& during);
  void close(std::string_view reason);  // whichever engine runs stays
  [[nodiscard]] std::optional<base::TimePoint> deadline() const;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [engine, clock, status, number, asked, began, look_at] = self;
    archive.object(self, "trial")("status", status)("number", number)("asked", asked)("began", began)("look_at", look_at);
  }

 private:
  using State = api::TrialStatus::State;
  using Result = api::TrialStatus::Result;
  static constexpr base::Duration k_look = std::chrono::seconds(1);

  void decide(Result result, std::string reason, bool back);
  void settle(Result result, std::string reason);
  void started();
  [[nodiscard]] double elapsed() const { return base::seconds(clock_.now() - began_); }

  EngineChoice& engine_;
  const Clock& clock_;
  std::optional<api::TrialStatus> status_;
  std::uint64_t number_ = 0;
  base::TimePoint asked_{};    // the last round of the engine before
  base::TimePoint began_{};    // the first of the one on trial
  base::TimePoint look_at_{};
};

}  // namespace tandem::speaker
