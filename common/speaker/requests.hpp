// What was asked of the daemon since the last round, by signals and by commands: each kind once, however often it came.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "common/api/executor.hpp"
#include "common/base/log.hpp"
#include "common/speaker/signals.hpp"

namespace tandem::speaker {

class Requests {
 public:
  void signal(Signal signal) {
    signals_[static_cast<std::size_t>(signal)] = true;
    pending_ = true;
  }
  void command(api::DaemonRequest request, std::string_view sender) {
    base::log(base::LogCategory::reactor, base::LogLevel::info, "{} asked for by {}", api::to_string(request), sender);
    commands_[static_cast<std::size_t>(request)] = true;
    pending_ = true;
  }

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [signals, commands, pending] = self;
    archive.object(self, "requests")("signals", signals)("commands", commands)("pending", pending);
  }

  // --- for the round -------------------------------------------------------------------------------------------------
  [[nodiscard]] bool pending() const { return pending_; }
  [[nodiscard]] bool begin() { return std::exchange(pending_, false); }
  [[nodiscard]] bool take(Signal signal) { return std::exchange(signals_[static_cast<std::size_t>(signal)], false); }
  [[nodiscard]] bool take(api::DaemonRequest request) { return std::exchange(commands_[static_cast<std::size_t>(request)], false); }

 private:
  std::array<bool, k_handled_signals.size()> signals_{};   // by Signal
  std::array<bool, 8> commands_{};  // by api::DaemonRequest
  bool pending_ = false;
};

}  // namespace tandem::speaker
