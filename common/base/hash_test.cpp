#include "common/base/hash.hpp"

#include <gtest/gtest.h>

#include <set>

namespace tandem::base {
namespace {

Buffer words(std::initializer_list<std::uint64_t> values) {
  Buffer octets;
  for (const std::uint64_t value : values) {
    const auto* raw = reinterpret_cast<const std::uint8_t*>(&value);
    octets.insert(octets.end(), raw, raw + sizeof value);
  }
  return octets;
}

TEST(HashBytes, DependsOnEveryOctetAndOnTheLength) {
  for (std::size_t size = 0; size <= 70; ++size) {
    Buffer octets(size, 0);
    const std::uint64_t zero = hash_bytes(octets, 1);
    EXPECT_NE(hash_bytes(octets, 2), zero);
    std::set<std::uint64_t> seen{zero};
    for (std::size_t i = 0; i < size; ++i) {
      for (const std::uint8_t value : {1, 0x80}) {
        octets[i] = value;
        EXPECT_TRUE(seen.insert(hash_bytes(octets, 1)).second) << i << " of " << size;
      }
      octets[i] = 0;
    }
    if (size != 0) {
      EXPECT_NE(hash_bytes(Bytes(octets).first(size - 1), 1), zero) << size;
    }
  }
  EXPECT_EQ(hash_bytes({}, 1), hash_bytes(Bytes(Buffer(1)).first(0), 1));
}

TEST(HashBytes, DependsOnEveryPartOfTheSecret) {
  const Buffer octets(40, 7);
  const HashSecret secret = HashSecret::from_seed(1);
  HashSecret other = secret;
  other.start ^= 1;
  EXPECT_NE(hash_bytes(octets, 1, other), hash_bytes(octets, 1, secret));
  other = secret;
  other.word ^= 1;
  EXPECT_NE(hash_bytes(octets, 1, other), hash_bytes(octets, 1, secret));
  other = secret;
  other.length ^= 2;
  EXPECT_NE(hash_bytes(octets, 1, other), hash_bytes(octets, 1, secret));
}

// A factor of zero wipes what came before. Whoever knows the secret can do it; nobody else.
TEST(HashBytes, TheStateIsWipedOnlyByWhoKnowsTheSecret) {
  const HashSecret known = HashSecret::from_seed(1);
  std::set<std::uint64_t> with_it;
  std::set<std::uint64_t> without_it;
  std::set<std::uint64_t> slots;
  constexpr std::uint64_t k_count = 5000;
  for (std::uint64_t i = 0; i < k_count; ++i) {
    const Buffer wiped_by_word = words({i, ~i, known.word, i, 3});
    const Buffer wiped_by_state = words({i, known.start, 4});
    for (const Buffer& attack : {wiped_by_word, wiped_by_state}) {
      with_it.insert(hash_bytes(attack, 0, known));
      const std::uint64_t hash = hash_bytes(attack, 0, HashSecret::from_seed(2));
      without_it.insert(hash);
      slots.insert(hash % 16384);
    }
  }
  EXPECT_EQ(with_it.size(), 1U);
  EXPECT_EQ(without_it.size(), 2 * k_count);
  EXPECT_GT(slots.size(), 7000U) << "10000 keys on 16384 slots: 7490 or so";
}

TEST(HashBytes, SpreadsWhatDiffersInFewBits) {
  // The prefixes of a table, in order, as their keys are: length and three octets.
  std::set<std::uint64_t> slots;
  for (std::uint32_t i = 0; i < 16384; ++i) {
    const std::uint8_t prefix[] = {24, 10, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)};
    slots.insert(hash_bytes(prefix, 0) % 32768);
  }
  EXPECT_GT(slots.size(), 12000U) << "at random: 12893 or so";
}

}  // namespace
}  // namespace tandem::base
