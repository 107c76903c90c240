// What has been freed so far, in octets, by those that free a lot: whoever gives what is free back to the system learns when that is worth it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tandem::base {

class Freed {
 public:
  static void octets(std::size_t count) noexcept { total_ += count; }
  [[nodiscard]] static std::uint64_t total() noexcept { return total_; }

 private:
  static inline constinit thread_local std::uint64_t total_ = 0;
};

}  // namespace tandem::base
