// What has been done so far, in units that are the same on every machine: one for each thing that a loop has gone through, as each statement
// that was read. Whoever holds a step under a bound counts them before and behind it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tandem::base {

class Work {
 public:
  static void did(std::size_t units) noexcept { done_ += units; }
  [[nodiscard]] static std::uint64_t done() noexcept { return done_; }

 private:
  static inline constinit thread_local std::uint64_t done_ = 0;
};

}  // namespace tandem::base
