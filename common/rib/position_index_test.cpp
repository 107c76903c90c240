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

}  // namespace
}  // namespace tandem::rib
