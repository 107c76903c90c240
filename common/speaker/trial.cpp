#include "common/speaker/trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/base/log.hpp"

namespace tandem::speaker {

using base::LogCategory;
using base::LogLevel;

base::Result<void> Trial::begin(const api::TrialPlan& plan, api::Measurement before) {
  if (under_way()) return base::Error(fmt::format("a trial of {} is under way: 'engine trial stop' ends it", status_->plan.engine));
  if (plan.engine == engine_.name()) return base::Error(fmt::format("engine {} runs already: a trial is of another one", plan.engine));
  for (const api::TrialLimit& limit : plan.limits) {
    if (!limit.condition->compares || before.seconds >= api::k_trial_comparable_s) continue;
    return base::Error(fmt::format("unless {}: engine {} has run for {:.1f} s only, and {:.0f} s are needed to compare with", limit.condition->words,
                                   engine_.name(), before.seconds, api::k_trial_comparable_s));
  }
  if (auto requested = engine_.request(plan.engine); !requested) return requested.error();
  status_.emplace();
  status_->number = ++number_;
  status_->plan = plan;
  status_->from = engine_.name();
  status_->since = clock_.seconds(clock_.now());
  status_->before = std::move(before);
  asked_ = began_ = clock_.now();
  base::log(LogCategory::reactor, LogLevel::info, "trial of engine {} for {:.0f} s begins", plan.engine, base::seconds(plan.time));
  return {};
}

void Trial::stop() {
  if (!under_way() || status_->state == State::returning) return;
  decide(Result::stopped, {}, true);
}

Trial::Reason Trial::of_switch() const {
  if (!under_way()) return {"command", {}};
  switch (status_->result) {
    case Result::rolled_back: return {"rolled back", status_->reason};
    case Result::stopped: return {"stopped", {}};
    case Result::returned: return {"trial over", {}};
    default: return {"trial", {}};
  }
}

// --- the round -------------------------------------------------------------------------------------------------------------------

void Trial::step() {
  if (!under_way()) return;
  if (status_->state == State::watching) {
    status_->elapsed_s = elapsed();
    return;
  }
  const bool starting = status_->state == State::starting;
  const auto outcome = engine_.outcome(starting ? status_->plan.engine : status_->from);
  if (!outcome) {
    if (starting) asked_ = clock_.now();
    return;
  }
  if (starting) {
    if (*outcome) started();
    else settle(Result::refused, outcome->error().reason());
    return;
  }
  if (*outcome) return settle(status_->result, std::move(status_->reason));
  settle(status_->result, fmt::format("{}{}{} stays, for {}", status_->reason, status_->reason.empty() ? "" : "; ", engine_.name(), outcome->error().reason()));
}

void Trial::started() {
  status_->state = State::watching;
  began_ = clock_.now();
  status_->pause_s = base::seconds(began_ - asked_);
  look_at_ = began_ + k_look;
}

void Trial::look(const api::Measurement& during) {
  status_->during = during;
  status_->elapsed_s = elapsed();
  look_at_ = clock_.now() + k_look;
  for (const api::TrialLimit& limit : status_->plan.limits) {
    if (!limit.exceeded(status_->before, during)) continue;
    const auto value = limit.condition->measured(status_->before, during);
    std::string reason = fmt::format("{}: {}", limit.text(), api::figure_text(limit.condition->unit, value));
    if (!during.lost.empty() && !limit.condition->has_limit) reason += fmt::format(", {}: {}", during.lost.front().neighbor, during.lost.front().reason);
    return decide(Result::rolled_back, std::move(reason), true);
  }
  if (clock_.now() - began_ < status_->plan.time) return;
  decide(status_->plan.keep ? Result::kept : Result::returned, {}, !status_->plan.keep);
}

bool Trial::engine_failed(const api::Measurement& during) {
  if (!under_way() || status_->state == State::returning) return false;
  status_->during = during;
  status_->elapsed_s = elapsed();
  decide(Result::rolled_back, fmt::format("engine {} cannot go on", status_->plan.engine), true);
  return true;
}

void Trial::close(std::string_view reason) {
  if (under_way()) settle(Result::ended, std::string(reason));
}

std::optional<base::TimePoint> Trial::deadline() const {
  if (!status_ || status_->state != State::watching) return std::nullopt;
  return std::min(look_at_, began_ + status_->plan.time);
}

// --- the end ---------------------------------------------------------------------------------------------------------------------

void Trial::decide(Result result, std::string reason, bool back) {
  status_->result = result;
  status_->reason = std::move(reason);
  if (!back) return settle(status_->result, std::move(status_->reason));
  base::log(LogCategory::reactor, result == Result::rolled_back ? LogLevel::warning : LogLevel::info, "trial of engine {}: back to {}{}{}",
            status_->plan.engine, status_->from, status_->reason.empty() ? "" : ", ", status_->reason);
  status_->state = State::returning;
  // It was running: its name is known. Where nothing can be changed any more, outcome() says so.
  static_cast<void>(engine_.request(status_->from).has_value());
}

void Trial::settle(Result result, std::string reason) {
  status_->state = State::over;
  status_->result = result;
  status_->reason = std::move(reason);
  base::log(LogCategory::reactor, LogLevel::info, "trial of engine {} is over: {}{}{}", status_->plan.engine, api::to_string(result),
            status_->reason.empty() ? "" : ", ", status_->reason);
}

}  // namespace tandem::speaker
