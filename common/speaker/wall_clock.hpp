// What time it is for people at an instant of the round.
#pragma once

#include "common/base/time.hpp"

namespace tandem::speaker {

class WallClock {
 public:
  // It was `wall` at `at`.
  void set(base::TimePoint at, base::WallTime wall) {
    at_ = at;
    wall_ = wall;
  }
  // Seconds since 1970.
  [[nodiscard]] double seconds(base::TimePoint at) const {
    return std::chrono::duration<double>(wall_.time_since_epoch() + (at - at_)).count();
  }

 private:
  base::TimePoint at_{};
  base::WallTime wall_{};
};

}  // namespace tandem::speaker
