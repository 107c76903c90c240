#include "common/state/layout.hpp"

#include <algorithm>

namespace tandem::state {

namespace {

constexpr std::uint64_t k_prime = 0x100000001B3ULL;
constexpr std::size_t k_at_once = 8;

std::uint64_t with_eight(std::uint64_t sum, std::uint64_t octets) {
  sum = (sum ^ octets) * k_prime;
  return sum ^ sum >> 32;
}

}  // namespace

void Sum::add(base::Bytes octets) {
  if (!rest_.empty()) {
    const base::Bytes missing = octets.first(std::min(octets.size(), k_at_once - rest_.size()));
    rest_.insert(rest_.end(), missing.begin(), missing.end());
    octets = octets.subspan(missing.size());
    if (rest_.size() < k_at_once) return;
    sum_ = with_eight(sum_, base::ByteReader(rest_).u64());
    rest_.clear();
  }
  base::ByteReader reader(octets);
  while (reader.left() >= k_at_once) sum_ = with_eight(sum_, reader.u64());
  const base::Bytes left = octets.last(reader.left());
  rest_.assign(left.begin(), left.end());
}

std::uint64_t Sum::value() const {
  std::uint64_t sum = sum_;
  for (const std::uint8_t octet : rest_) sum = (sum ^ octet) * k_prime;
  return sum;
}

std::uint64_t sum(base::Bytes octets) {
  Sum all;
  all.add(octets);
  return all.value();
}

}  // namespace tandem::state
