#include "common/log/repeats.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tandem::log {

bool Repeats::admit(base::LogCategory category, base::LogLevel level, std::string_view line, Time now, const Write& write) {
  if (level < base::LogLevel::info) return true;  // whoever reads those wants each of them
  ++number_;
  const auto is_over = [now](const Line& one) { return now - one.first >= k_window; };
  const auto current = std::find_if_not(lines_.begin(), lines_.end(), is_over);
  std::for_each(lines_.begin(), current, [&write](const Line& one) { tell(one, write); });
  lines_.erase(lines_.begin(), current);

  const auto same = std::find_if(lines_.begin(), lines_.end(), [&](const Line& one) {
    return one.category == category && one.level == level && one.text == line;
  });
  if (same != lines_.end()) {
    const bool directly_behind = std::exchange(same->number, number_) + 1 == number_;
    if (!directly_behind && same->written < k_written) {
      ++same->written;
      return true;
    }
    ++same->repeated;
    return false;
  }
  if (lines_.size() == k_lines) {
    tell(lines_.front(), write);
    lines_.erase(lines_.begin());
  }
  lines_.push_back({category, level, std::string(line), now, 1, 0, number_});
  return true;
}

void Repeats::tell_all(const Write& write) {
  for (const Line& line : lines_) tell(line, write);
  lines_.clear();
}

void Repeats::tell(const Line& line, const Write& write) {
  if (line.repeated == 0) return;
  write(line.category, line.level, fmt::format("{} ({} more time{})", line.text, line.repeated, line.repeated == 1 ? "" : "s"));
}

}  // namespace tandem::log
