// Instants and durations. The core never reads a clock: the driver passes `now` in. There is no now() here on purpose.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace tandem::base {

using Duration = std::chrono::nanoseconds;

// A monotonic instant. Only differences mean anything; the driver decides where zero is (virtual time starts at zero).
struct MonotonicClock {
  using rep = Duration::rep;
  using period = Duration::period;
  using duration = Duration;
  using time_point = std::chrono::time_point<MonotonicClock>;
  static constexpr bool is_steady = true;
};
using TimePoint = MonotonicClock::time_point;

// Wall-clock time since 1970-01-01 UTC, for events and logs only; never for a timer.
using WallTime = std::chrono::time_point<std::chrono::system_clock, Duration>;

[[nodiscard]] constexpr double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

// The earlier of two deadlines; nullopt is "never".
[[nodiscard]] inline std::optional<TimePoint> earliest(std::optional<TimePoint> a, std::optional<TimePoint> b) {
  if (!a) return b;
  if (!b) return a;
  return *a < *b ? a : b;
}

}  // namespace tandem::base
