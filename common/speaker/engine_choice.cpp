#include "common/speaker/engine_choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/base/log.hpp"

namespace tandem::speaker {

using base::LogCategory;
using base::LogLevel;

base::Result<void> EngineChoice::request(std::string_view name) {
  if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
    return base::Error(fmt::format("unknown engine '{}' ({})", name, fmt::join(known_, ", ")));
  }
  if (closed_) return {};  // outcome() says why
  wanted_ = name;
  refusal_ = "another engine was asked for meanwhile";
  return {};
}

std::optional<base::Result<void>> EngineChoice::outcome(std::string_view name) const {
  if (running_.name == name) return base::Result<void>();
  if (wanted_ == name) return std::nullopt;
  return base::Error(refusal_);
}

void EngineChoice::started(std::string_view name, base::TimePoint now) {
  before_ = std::exchange(running_, Engine{std::string(name), now, running_.starts + 1});
  wanted_ = name;
  is_new_ = true;
}

void EngineChoice::refused(std::string_view reason) {
  refusal_ = fmt::format("engine {} cannot begin: {}", running_.name, reason);
  base::log(LogCategory::reactor, LogLevel::critical, "{}", refusal_);
  running_ = before_;
  wanted_ = running_.name;
}

void EngineChoice::close(std::string_view reason) {
  closed_ = true;
  refusal_ = reason;
  wanted_ = running_.name;
}

bool EngineChoice::first_round() {
  if (!std::exchange(is_new_, false)) return false;
  base::log(LogCategory::reactor, LogLevel::info, "engine {} is running", running_.name);
  return !before_.name.empty() && before_.name != running_.name;
}

}  // namespace tandem::speaker
