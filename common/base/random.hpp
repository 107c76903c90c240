// A small seeded generator (splitmix64). The core gets one injected: it never asks the system for entropy.
#pragma once

#include <cstdint>

namespace tandem::base {

class Random {
 public:
  constexpr explicit Random(std::uint64_t seed) noexcept : state_(seed) {}
  constexpr std::uint64_t next() noexcept {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }
  // 0 .. bound-1; bound must not be 0.
  constexpr std::uint64_t below(std::uint64_t bound) noexcept { return next() % bound; }

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [state] = self;
    archive.object(self, "random")("state", state);
  }

 private:
  std::uint64_t state_;
};

}  // namespace tandem::base
