// Lines about connections that were refused. Anybody can cause them, so there are a few in a while; how many there were more is said
// when the while is over.
#pragma once

#include <optional>

#include "common/base/log.hpp"
#include "common/speaker/limits.hpp"

namespace tandem::speaker {

class RefusalLog {
 public:
  template <typename... Arguments>
  void write(base::TimePoint now, base::LogLevel level, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    expired(now);
    if (!until_) until_ = now + k_refusal_log_window;
    if (++count_ > k_refusal_log_lines) return;
    base::log(base::LogCategory::network, level, format, std::forward<Arguments>(arguments)...);
  }

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [until, count] = self;
    archive.object(self, "refusal_log")("until", until)("count", count);
  }
  [[nodiscard]] std::optional<base::TimePoint> deadline() const { return until_; }
  void expired(base::TimePoint now) {
    if (!until_ || now < *until_) return;
    if (count_ > k_refusal_log_lines) {
      base::log(base::LogCategory::network, base::LogLevel::warning, "{} more connections were refused in {} s",
                count_ - k_refusal_log_lines, k_refusal_log_window / std::chrono::seconds(1));
    }
    until_.reset();
    count_ = 0;
  }

 private:
  std::optional<base::TimePoint> until_;
  std::uint64_t count_ = 0;
};

}  // namespace tandem::speaker
