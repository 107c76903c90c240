// Logging for every room: a category, a level, a formatted line. The pure rooms do not know where lines go; the program
// installs a sink (common/log, spdlog). Without a sink, or when the category is off, a call costs one load and one branch.
#pragma once

#include <fmt/core.h>

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "common/base/error.hpp"

namespace tandem::base {

// The subsystems that the settings log.* name.
enum class LogCategory : std::uint8_t {
  configuration, reactor, daemon, processes, network, statistics, packets, rib, message, timers, routes, parser
};
inline constexpr std::size_t k_log_categories = 12;
[[nodiscard]] std::string_view to_string(LogCategory category);

enum class LogLevel : std::uint8_t { debug, info, warning, error, critical, off };

class LogSink {
 public:
  virtual ~LogSink() = default;
  // Never waits: what there is no room for is dropped and counted.
  virtual void write(LogCategory category, LogLevel level, std::string_view line) = 0;
  // Gives what is queued a moment to be written, for a process that is about to die.
  virtual void flush() {}
  // Whoever moved the file away wants a new one at its old place. An error leaves the old file in use.
  [[nodiscard]] virtual Result<void> open_again() { return {}; }
};

// Process-wide, set by the program before it starts and by tests; not thread safe. A null sink turns logging off.
void set_log_sink(LogSink* sink);
[[nodiscard]] Result<void> open_log_again();
// Written whatever the thresholds say, and flushed; false without a sink.
bool log_last_words(std::string_view line);
// Lowest level that is written for a category; LogLevel::off silences it.
void set_log_threshold(LogCategory category, LogLevel level);

namespace detail {
extern std::array<LogLevel, k_log_categories> log_thresholds;
void write_log(LogCategory category, LogLevel level, fmt::string_view format, fmt::format_args arguments);
}  // namespace detail

[[nodiscard]] inline bool log_enabled(LogCategory category, LogLevel level) {
  return level >= detail::log_thresholds[static_cast<std::size_t>(category)];
}

template <typename... Arguments>
void log(LogCategory category, LogLevel level, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  if (log_enabled(category, level)) detail::write_log(category, level, format, fmt::make_format_args(arguments...));
}

}  // namespace tandem::base
