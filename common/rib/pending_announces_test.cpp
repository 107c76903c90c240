#include "common/rib/pending_announces.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "common/base/ip.hpp"
#include "common/base/random.hpp"
#include "common/bgp/nlri/codec.hpp"

namespace tandem::rib {
namespace {

bgp::NlriKey key_of(std::uint32_t number) {
  return bgp::make_prefix_key(0, base::IpAddress::v4(number).bytes(), 32, std::nullopt);
}

// "bucket:key" of what waits, bucket by bucket; `sets` gives the numbers of the buckets.
using Waiting = std::vector<std::pair<std::size_t, std::uint32_t>>;

class PendingAnnouncesTest : public ::testing::Test {
 protected:
  PendingAnnouncesTest() {
    for (std::uint32_t i = 0; i < sets_.size(); ++i) {
      bgp::NextHop next_hop;
      next_hop.address = base::IpAddress::v4(i + 1);
      sets_[i] = pool_.intern({}, next_hop);
    }
  }

  [[nodiscard]] Waiting taken(const PendingAnnounces& pending) const {
    Waiting out;
    for (std::uint32_t bucket = 0; bucket < pending.buckets(); ++bucket) {
      const auto set = std::find(sets_.begin(), sets_.end(), pending.bucket(bucket));
      std::size_t next = 0;
      pending.for_some(next, ~std::size_t{0}, [&](const PendingAnnounces::Entry& entry) {
        if (entry.bucket != bucket) return;
        out.emplace_back(set - sets_.begin(), base::IpAddress::from_bytes(entry.key.nlri().subspan(1)).v4_value());
      });
    }
    return out;
  }

  AttributePool pool_;
  std::array<AttributeSetRef, 40> sets_;
};

TEST_F(PendingAnnouncesTest, BucketsComeInOrderOfFirstUseAndRoutesInOrderOfArrival) {
  PendingAnnounces pending;
  pending.add(key_of(1), sets_[5], false);
  pending.add(key_of(2), sets_[3], false);
  pending.add(key_of(3), sets_[5], false);
  pending.add(key_of(1), sets_[5], false);
  EXPECT_EQ(taken(pending), (Waiting{{5, 1}, {5, 3}, {3, 2}}));
}

TEST_F(PendingAnnouncesTest, AYoungerBucketKeepsTheEarlierStateBesideTheNewOne) {
  PendingAnnounces pending;
  pending.add(key_of(1), sets_[0], false);
  pending.add(key_of(1), sets_[1], false);
  EXPECT_EQ(taken(pending), (Waiting{{0, 1}, {1, 1}}));
}

TEST_F(PendingAnnouncesTest, AnOlderBucketTakesTheStateOutOfYoungerOnes) {
  PendingAnnounces pending;
  pending.add(key_of(9), sets_[0], false);
  pending.add(key_of(1), sets_[1], false);
  pending.add(key_of(1), sets_[2], false);
  pending.add(key_of(1), sets_[0], false);
  EXPECT_EQ(taken(pending), (Waiting{{0, 9}, {0, 1}}));
  pending.add(key_of(1), sets_[2], false);
  pending.add(key_of(1), sets_[0], false);
  EXPECT_EQ(taken(pending), (Waiting{{0, 9}, {0, 1}}));
}

TEST_F(PendingAnnouncesTest, RemovingTakesTheRouteOutOfEveryBucket) {
  PendingAnnounces pending;
  pending.add(key_of(1), sets_[0], false);
  pending.add(key_of(2), sets_[0], false);
  pending.add(key_of(1), sets_[1], false);
  pending.remove(key_of(1));
  pending.remove(key_of(7));
  EXPECT_EQ(pending.size(), 1U);
  EXPECT_FALSE(pending.contains(key_of(1)));
  EXPECT_EQ(taken(pending), (Waiting{{0, 2}}));
  pending.remove(key_of(2));
  EXPECT_TRUE(pending.empty());
}

TEST_F(PendingAnnouncesTest, OneRouteThatChangesForeverWaitsInTheLatestStatesOnly) {
  PendingAnnounces pending;
  for (const AttributeSetRef& set : sets_) pending.add(key_of(1), set, false);
  const Waiting waiting = taken(pending);
  ASSERT_EQ(waiting.size(), 16U);
  EXPECT_EQ(waiting.back(), (std::pair<std::size_t, std::uint32_t>{sets_.size() - 1, 1}));
}

TEST_F(PendingAnnouncesTest, AgreesWithASimpleModelUnderRandomChanges) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    base::Random random(seed);
    PendingAnnounces pending;
    std::vector<std::size_t> order;  // buckets in order of first use
    std::vector<std::pair<std::size_t, std::uint32_t>> model;
    for (int step = 0; step < 600; ++step) {
      const auto number = static_cast<std::uint32_t>(random.below(60));
      if (random.below(100) < 35) {
        pending.remove(key_of(number));
        std::erase_if(model, [&](const auto& entry) { return entry.second == number; });
      } else {
        const std::size_t set = random.below(12);
        pending.add(key_of(number), sets_[set], false);
        if (std::find(order.begin(), order.end(), set) == order.end()) order.push_back(set);
        const auto rank = [&order](std::size_t one) { return std::find(order.begin(), order.end(), one) - order.begin(); };
        std::erase_if(model, [&](const auto& entry) { return entry.second == number && rank(entry.first) > rank(set); });
        const std::pair<std::size_t, std::uint32_t> entry{set, number};
        if (std::find(model.begin(), model.end(), entry) == model.end()) model.push_back(entry);
      }
      std::erase_if(order, [&model](std::size_t set) {
        return std::none_of(model.begin(), model.end(), [set](const auto& entry) { return entry.first == set; });
      });
      ASSERT_EQ(pending.size(), model.size());
      ASSERT_EQ(pending.empty(), model.empty());
    }
    Waiting expected;
    for (const std::size_t set : order) {
      std::copy_if(model.begin(), model.end(), std::back_inserter(expected),
                   [set](const auto& entry) { return entry.first == set; });
    }
    EXPECT_EQ(taken(pending), expected);
  }
}

}  // namespace
}  // namespace tandem::rib
