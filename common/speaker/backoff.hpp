// The idle hold time between two sessions: 0,1,2,3,4,5,7,9,11,14 ... 60 seconds, jitter from 3 s upwards
// (D2, RFC 4271 section 10).
#pragma once

#include <string_view>

#include "common/base/random.hpp"
#include "common/base/time.hpp"

namespace tandem::speaker {

class Backoff {
 public:
  // The delay before the next attempt; each call lengthens the one after it.
  base::Duration next(base::Random& random) {
    const std::int64_t delay_s = next_s_;
    next_s_ = 1 + delay_s * 6 / 5;
    if (next_s_ > k_maximum_s) next_s_ = k_maximum_s;
    const base::Duration delay = std::chrono::seconds(delay_s);
    if (delay_s < k_jitter_from_s) return delay;
    // 75 % to 125 %, in steps of a thousandth
    return delay / 1000 * static_cast<std::int64_t>(750 + random.below(501));
  }
  void reset() { next_s_ = 0; }
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [next_s] = self;
    archive.object(self, "backoff")("next_s", next_s);
  }
  [[nodiscard]] std::string_view objection() const { return next_s_ >= 0 && next_s_ <= k_maximum_s ? "" : "a back-off is too long"; }

 private:
  static constexpr std::int64_t k_maximum_s = 60;
  static constexpr std::int64_t k_jitter_from_s = 3;
  std::int64_t next_s_ = 0;
};

}  // namespace tandem::speaker
