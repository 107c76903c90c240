#include "common/base/log.hpp"

#include <fmt/format.h>

namespace tandem::base {

namespace {
LogSink* current_sink = nullptr;
}

namespace detail {
std::array<LogLevel, k_log_categories> log_thresholds = [] {
  std::array<LogLevel, k_log_categories> thresholds{};
  thresholds.fill(LogLevel::off);
  return thresholds;
}();

void write_log(LogCategory category, LogLevel level, fmt::string_view format, fmt::format_args arguments) {
  if (current_sink != nullptr) current_sink->write(category, level, fmt::vformat(format, arguments));
}
}  // namespace detail

std::string_view to_string(LogCategory category) {
  static constexpr std::array<std::string_view, k_log_categories> k_names = {
      "configuration", "reactor", "daemon", "processes", "network", "statistics",
      "packets",       "rib",     "message", "timers",   "routes",  "parser"};
  return k_names[static_cast<std::size_t>(category)];
}

void set_log_sink(LogSink* sink) { current_sink = sink; }

Result<void> open_log_again() { return current_sink != nullptr ? current_sink->open_again() : Result<void>(); }

bool log_last_words(std::string_view line) {
  if (current_sink == nullptr) return false;
  current_sink->write(LogCategory::daemon, LogLevel::critical, line);
  current_sink->flush();
  return true;
}

void set_log_threshold(LogCategory category, LogLevel level) {
  detail::log_thresholds[static_cast<std::size_t>(category)] = level;
}

}  // namespace tandem::base
