// For tests: octets, each changed in turn, which whatever reads them must survive.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>

#include "common/base/bytes.hpp"

namespace tandem::base::testing {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool k_sanitized = true;
#elif defined(__has_feature)
inline constexpr bool k_sanitized = __has_feature(address_sanitizer);
#else
inline constexpr bool k_sanitized = false;
#endif

enum class Change { every_value, telling_values, every_bit, one_bit };

// Every value takes ten minutes with sanitizers and finds little that these and the fuzzers, which read the same, do not.
inline constexpr Change k_every_affordable = k_sanitized ? Change::telling_values : Change::every_value;

// The other values that an octet with this value, at this place, is changed to.
inline std::bitset<256> changes_of(std::uint8_t value, std::size_t at, Change change) {
  std::bitset<256> out;
  const auto add = [&out](std::size_t to) { out.set(to % 256); };
  switch (change) {
    case Change::every_value: out.set(); break;
    case Change::telling_values:
      // The ends of what is signed and unsigned, one less and one more, and a sixteenth of all values, another one at each place.
      for (const unsigned to : {0U, 1U, 2U, 0x7FU, 0x80U, 0xFEU, 0xFFU, value + 255U, value + 1U}) add(to);
      for (unsigned step = 0; step < 256; step += 16) add(at + step);
      [[fallthrough]];
    case Change::every_bit:
      for (unsigned bit = 0; bit < 8; ++bit) add(value ^ (1U << bit));
      break;
    case Change::one_bit: add(value ^ (1U << (at % 8))); break;
  }
  out.reset(value);
  return out;
}

// Calls `visit` with `octets` once for each change of each of them from `from` on.
template <typename Visit>
void change_each_octet(Buffer octets, std::size_t from, Change change, Visit visit) {
  for (std::size_t at = from; at < octets.size(); ++at) {
    const std::uint8_t right = octets[at];
    const std::bitset<256> changes = changes_of(right, at, change);
    for (std::size_t value = 0; value < changes.size(); ++value) {
      if (!changes.test(value)) continue;
      octets[at] = static_cast<std::uint8_t>(value);
      visit(static_cast<const Buffer&>(octets));
    }
    octets[at] = right;
  }
}

}  // namespace tandem::base::testing
