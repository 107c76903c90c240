// Lines that say the same again are counted, not written: a peer or a program that repeats itself must not bury everything else. But what
// comes back after something else was said (up, down, up) is news to whoever waits for it, so the first few are written.
// Pure: the caller says what time it is.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/log.hpp"

namespace tandem::log {

class Repeats {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Write = std::function<void(base::LogCategory, base::LogLevel, std::string_view)>;

  static constexpr std::chrono::seconds k_window{10};  // so long a line counts as a repetition of the first
  static constexpr std::uint64_t k_written = 5;        // so often it is written in that time, unless it comes directly behind itself
  static constexpr std::size_t k_lines = 64;           // so many are remembered

  // Whether the line is to be written. Counts whose time is over are written first.
  bool admit(base::LogCategory category, base::LogLevel level, std::string_view line, Time now, const Write& write);
  // All counts, whether their time is over or not: nothing may come behind.
  void tell_all(const Write& write);

 private:
  struct Line {
    base::LogCategory category{};
    base::LogLevel level{};
    std::string text;
    Time first{};
    std::uint64_t written = 1;
    std::uint64_t repeated = 0;
    std::uint64_t number = 0;  // of the last line like this, among all
  };
  static void tell(const Line& line, const Write& write);

  std::vector<Line> lines_;   // oldest first
  std::uint64_t number_ = 0;  // of the last line
};

}  // namespace tandem::log
