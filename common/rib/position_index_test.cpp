#include "common/rib/position_index.hpp"

#include <gtest/gtest.h>

#include <map>

#include "common/base/random.hpp"

namespace tandem::rib {
namespace {

TEST(PositionIndex, KeysWithTheSameHashAreToldApartByTheCaller) {
  PositionIndex index;
  for (const std::uint32_t position : {7U, 8U, 9U}) index.insert(42, position);
  for (const std::uint32_t position : {7U, 8U, 9U}) {
    EXPECT_EQ(index.find(42, [position](std::uint32_t other) { return other == position; }), position);
  }
  EXPECT_EQ(index.find(42, [](std::uint32_t) { return false; }), PositionIndex::k_none);
  EXPECT_EQ(index.find(43, [](std::uint32_t) { return true; }), PositionIndex::k_none);
}

TEST(PositionIndex, ErasingLeavesNothingUnreachableHoweverProbesOverlap) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    base::Random random(seed);
    PositionIndex index;
    std::map<std::uint32_t, std::uint64_t> model;  // position and its hash; few hashes, close together, around the end
    const auto hash_of = [&random] { return 0xFFFFFFFFFFFFFFF0ULL + random.below(24); };
    for (std::uint32_t step = 0; step < 2000; ++step) {
      if (model.empty() || random.below(100) < 52) {
        const std::uint64_t hash = hash_of();
        index.insert(hash, step);
        model[step] = hash;
      } else {
        auto at = model.begin();
        std::advance(at, static_cast<std::ptrdiff_t>(random.below(model.size())));
        const std::uint32_t position = at->first;
        index.erase(at->second, [position](std::uint32_t other) { return other == position; });
        model.erase(at);
      }
      if (step % 50 != 0) continue;
      ASSERT_EQ(index.size(), model.size());
      for (const auto& [position, hash] : model) {
        ASSERT_EQ(index.find(hash, [wanted = position](std::uint32_t other) { return other == wanted; }), position);
      }
    }
  }
}

// Large enough that what is in it moves to another table a few slots at a time.
TEST(PositionIndex, FindsEverythingWhileItGrowsAndShrinks) {
  base::Random random(9);
  PositionIndex index;
  constexpr std::uint32_t k_count = 60'000;
  const auto hash_of = [](std::uint32_t position) { return (position / 3) * 0x9E3779B97F4A7C15ULL >> 20; };
  const auto is = [](std::uint32_t position) { return [position](std::uint32_t other) { return other == position; }; };
  const auto check_some = [&](std::uint32_t begin, std::uint32_t end) {
    for (int i = 0; i < 20; ++i) {
      const auto there = begin + static_cast<std::uint32_t>(random.below(end - begin));
      ASSERT_EQ(index.find(hash_of(there), is(there)), there);
      if (begin != 0) {
        ASSERT_EQ(index.find(hash_of(begin - 1), is(begin - 1)), PositionIndex::k_none);
      }
    }
  };
  for (std::uint32_t i = 0; i < k_count; ++i) {
    index.insert(hash_of(i), i);
    check_some(0, i + 1);
  }
  for (std::uint32_t i = 0; i < k_count; ++i) {
    index.erase(hash_of(i), is(i));
    index.shrink();
    if (i + 1 < k_count) check_some(i + 1, k_count);
  }
  EXPECT_EQ(index.size(), 0U);
}

}  // namespace
}  // namespace tandem::rib
