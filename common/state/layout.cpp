#include "common/state/layout.hpp"

namespace tandem::state {

std::uint64_t sum(base::Bytes octets) {
  constexpr std::uint64_t k_prime = 0x100000001B3ULL;
  std::uint64_t sum = 0xCBF29CE484222325ULL;
  base::ByteReader reader(octets);
  while (reader.left() >= 8) {
    sum = (sum ^ reader.u64()) * k_prime;
    sum ^= sum >> 32;
  }
  while (!reader.empty()) sum = (sum ^ reader.u8()) * k_prime;
  return sum;
}

}  // namespace tandem::state
