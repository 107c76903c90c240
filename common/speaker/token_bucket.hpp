// rate-limit N: N tokens a second, at most N saved up. One token for each inbound message handled and each
// UPDATE sent. Exact in nanoseconds: no rounding adds up.
#pragma once

#include <algorithm>
#include <cstdint>

#include "common/base/time.hpp"

namespace tandem::speaker {

class TokenBucket {
 public:
  TokenBucket(std::uint32_t per_second, base::TimePoint now)
      : cost_(base::Duration(std::chrono::seconds(1)) / per_second), full_(cost_ * per_second), credit_(full_), at_(now) {}

  TokenBucket() = default;  // to be read
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [cost, full, credit, at] = self;
    archive.object(self, "token_bucket")("cost", cost)("full", full)("credit", credit)("at", at);
  }

  bool take(base::TimePoint now) {
    refill(now);
    if (credit_ < cost_) return false;
    credit_ -= cost_;
    return true;
  }
  [[nodiscard]] bool available(base::TimePoint now) {
    refill(now);
    return credit_ >= cost_;
  }
  // When the next token will be there.
  [[nodiscard]] base::TimePoint next() const { return credit_ >= cost_ ? at_ : at_ + (cost_ - credit_); }

 private:
  void refill(base::TimePoint now) {
    if (now <= at_) return;
    credit_ = std::min(full_, credit_ + (now - at_));
    at_ = now;
  }
  base::Duration cost_{};    // time worth of one token
  base::Duration full_{};
  base::Duration credit_{};
  base::TimePoint at_{};
};

}  // namespace tandem::speaker
