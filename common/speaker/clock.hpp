// The instants of the rounds, and what time they are for people.
#pragma once

#include <cstdint>

#include "common/base/time.hpp"

namespace tandem::speaker {

class Clock {
 public:
  // The daemon starts: it is `wall` at `now`.
  void start(base::TimePoint now, base::WallTime wall) {
    now_ = started_ = now;
    wall_ = wall;
  }
  void advance(base::TimePoint now) { now_ = now; }
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [now, started, wall] = self;
    archive.object(self, "clock")("now", now)("started", started)("wall", wall);
  }

  // The instant of the round under way, for what is called from deep inside it.
  [[nodiscard]] base::TimePoint now() const { return now_; }
  [[nodiscard]] base::TimePoint started() const { return started_; }
  // Since 1970.
  [[nodiscard]] double seconds(base::TimePoint at) const {
    return std::chrono::duration<double>(wall_.time_since_epoch() + (at - started_)).count();
  }
  [[nodiscard]] std::int64_t whole_seconds(base::TimePoint at) const { return static_cast<std::int64_t>(seconds(at)); }

 private:
  base::TimePoint now_{};
  base::TimePoint started_{};
  base::WallTime wall_{};  // at started_
};

}  // namespace tandem::speaker
