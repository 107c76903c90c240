// The hash of every in-memory table whose keys come from outside. Keys are chosen by peers, so each step depends on a secret of the
// process: whoever does not know it cannot make keys fall on one slot (docs/architecture.md, "Hashes"). Nothing observable may depend
// on a hash, order least of all.
#pragma once

#include <cstdint>
#include <cstring>

#include "common/base/bytes.hpp"
#include "common/base/random.hpp"

namespace tandem::base {

struct HashSecret {
  std::uint64_t start = 0;
  std::uint64_t word = 0;
  std::uint64_t length = 0;

  [[nodiscard]] static constexpr HashSecret from_seed(std::uint64_t seed) noexcept {
    Random random(seed);
    HashSecret secret;
    secret.start = random.next();
    secret.word = random.next();
    secret.length = random.next() | 1;  // odd: the last multiplication loses nothing
    return secret;
  }
};

// Of this process. Known to everybody, which makes tests repeatable, until the program chooses another one.
// REQUIRES that no table holds anything yet.
void set_hash_secret(std::uint64_t seed) noexcept;

namespace detail {

extern HashSecret process_hash_secret;

[[nodiscard]] inline std::uint64_t fold(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}
[[nodiscard]] inline std::uint64_t load_8(const std::uint8_t* at) noexcept {
  std::uint64_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}
// Up to eight octets; different octets give different words. Reads that overlap spare a copy of variable size.
[[nodiscard]] inline std::uint64_t load_up_to_8(const std::uint8_t* at, std::size_t count) noexcept {
  if (count >= 4) {
    std::uint32_t first;
    std::uint32_t last;
    std::memcpy(&first, at, sizeof first);
    std::memcpy(&last, at + count - sizeof last, sizeof last);
    return static_cast<std::uint64_t>(first) << 32 | last;
  }
  if (count == 0) return 0;
  return static_cast<std::uint64_t>(at[0]) << 16 | static_cast<std::uint64_t>(at[count / 2]) << 8 | at[count - 1];
}

}  // namespace detail

// A 64-bit mix of the octets. A step multiplies two words, each masked with what nobody outside knows; to wipe the state, as a
// factor of zero would, a peer had to guess 64 bits.
[[nodiscard]] inline std::uint64_t hash_bytes(Bytes bytes, std::uint64_t seed,
                                              const HashSecret& secret = detail::process_hash_secret) noexcept {
  const std::uint8_t* at = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t state = seed ^ secret.start;
  for (; left > 16; at += 16, left -= 16) {
    state = detail::fold(detail::load_8(at) ^ secret.word, detail::load_8(at + 8) ^ state);
  }
  const std::uint64_t low = left > 8 ? detail::load_8(at) : detail::load_up_to_8(at, left);
  const std::uint64_t high = left > 8 ? detail::load_8(at + left - 8) : 0;
  state = detail::fold(low ^ secret.word, high ^ state);
  return detail::fold(state, secret.length ^ bytes.size());
}

}  // namespace tandem::base
