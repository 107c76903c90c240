#include "common/rib/ordered_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/base/ip.hpp"
#include "common/base/random.hpp"
#include "common/bgp/nlri/codec.hpp"
#include "common/rib/test_support.hpp"

namespace tandem::rib {
namespace {

bgp::NlriKey key_of(std::uint32_t number) {
  const base::IpAddress address = base::IpAddress::v4(number);
  return bgp::make_prefix_key(0, address.bytes(), 32, std::nullopt);
}

std::vector<std::pair<bgp::NlriKey, int>> content(const OrderedTable<int>& table) {
  std::vector<std::pair<bgp::NlriKey, int>> out;
  table.for_each([&out](const bgp::NlriKey& key, int value) { out.emplace_back(key, value); });
  return out;
}

TEST(OrderedTable, IteratesInInsertionOrderAndReplacingKeepsThePlace) {
  OrderedTable<int> table;
  bool inserted = false;
  for (const std::uint32_t number : {30U, 10U, 20U}) table.get_or_insert(key_of(number), inserted) = static_cast<int>(number);
  EXPECT_TRUE(inserted);
  table.get_or_insert(key_of(30), inserted) = 31;
  EXPECT_FALSE(inserted);
  EXPECT_EQ(content(table), (std::vector<std::pair<bgp::NlriKey, int>>{{key_of(30), 31}, {key_of(10), 10}, {key_of(20), 20}}));
}

TEST(OrderedTable, AnErasedKeyComesBackAtTheEnd) {
  OrderedTable<int> table;
  bool inserted = false;
  for (const std::uint32_t number : {1U, 2U, 3U}) table.get_or_insert(key_of(number), inserted) = static_cast<int>(number);
  EXPECT_TRUE(table.erase(key_of(1)));
  EXPECT_FALSE(table.erase(key_of(1)));
  EXPECT_EQ(table.find(key_of(1)), nullptr);
  table.get_or_insert(key_of(1), inserted) = 4;
  EXPECT_TRUE(inserted);
  EXPECT_EQ(content(table), (std::vector<std::pair<bgp::NlriKey, int>>{{key_of(2), 2}, {key_of(3), 3}, {key_of(1), 4}}));
}

TEST(OrderedTable, ReplacingTakesTheOctetsOutsideTheIdentity) {
  const base::Buffer identity{8, 10};
  const base::Buffer first{1};
  const base::Buffer second{2};
  OrderedTable<int> table;
  bool inserted = false;
  table.get_or_insert(bgp::NlriKey(2, false, identity, first), inserted) = 1;
  table.get_or_insert(bgp::NlriKey(2, false, identity, second), inserted) = 2;
  EXPECT_FALSE(inserted);
  ASSERT_EQ(table.size(), 1U);
  table.for_each([](const bgp::NlriKey& key, int) { EXPECT_EQ(key.extra()[0], 2); });
}

TEST(OrderedTable, AgreesWithAListUnderRandomChanges) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    base::Random random(seed);
    OrderedTable<int> table;
    std::vector<std::pair<bgp::NlriKey, int>> model;
    if (seed % 2 == 0) table.reserve(50);
    for (int step = 0; step < 3000; ++step) {
      const bgp::NlriKey key = key_of(static_cast<std::uint32_t>(random.below(300)));
      const auto at = std::find_if(model.begin(), model.end(), [&key](const auto& entry) { return entry.first == key; });
      if (random.below(100) < (step / 500 % 2 == 0 ? 70U : 30U)) {
        bool inserted = false;
        table.get_or_insert(key, inserted) = step;
        EXPECT_EQ(inserted, at == model.end());
        if (inserted) model.emplace_back(key, step);
        else at->second = step;
      } else {
        EXPECT_EQ(table.erase(key), at != model.end());
        if (at != model.end()) model.erase(at);
      }
      ASSERT_EQ(table.size(), model.size());
    }
    EXPECT_EQ(content(table), model);
    for (const auto& [key, value] : model) {
      const int* found = table.find(key);
      ASSERT_NE(found, nullptr);
      EXPECT_EQ(*found, value);
    }
    table.clear();
    EXPECT_TRUE(table.empty());
    EXPECT_TRUE(content(table).empty());
  }
}

TEST(OrderedTable, GrowsAndShrinksWithoutAStepAsLongAsItself) {
  constexpr std::uint32_t k_count = 200'000;
  OrderedTable<int> table;
  test::MostWork most;
  bool inserted = false;
  for (std::uint32_t i = 0; i < k_count; ++i) most.of([&] { table.get_or_insert(key_of(i), inserted) = static_cast<int>(i); });
  for (std::uint32_t i = 0; i < k_count; ++i) ASSERT_EQ(*table.find(key_of(i)), static_cast<int>(i));
  for (std::uint32_t i = 0; i < k_count; ++i) {
    if (i % 23 != 0) most.of([&] { table.erase(key_of(i)); });
  }
  ASSERT_EQ(table.size(), (k_count + 22) / 23);
  for (std::uint32_t i = 0; i < k_count; i += 23) ASSERT_EQ(*table.find(key_of(i)), static_cast<int>(i));
  for (std::uint32_t i = 0; i < k_count; i += 23) most.of([&] { table.erase(key_of(i)); });
  EXPECT_TRUE(table.empty());
  EXPECT_LE(most.units(), 8192U) << "a few blocks, and little beside";
}

TEST(OrderedTable, WhatItHeldCanBeTakenOutInSlices) {
  OrderedTable<int> table;
  for (std::uint32_t i = 0; i < 10; ++i) {
    bool inserted = false;
    table.get_or_insert(key_of(i), inserted) = static_cast<int>(i);
  }
  table.erase(key_of(1));
  auto remains = table.take_all();
  EXPECT_TRUE(table.empty());
  EXPECT_EQ(table.find(key_of(2)), nullptr);
  EXPECT_EQ(remains.size(), 9U);
  std::vector<int> taken;
  const auto take = [&taken](const bgp::NlriKey&, int value) { taken.push_back(value); };
  remains.take(4, take);
  EXPECT_EQ(taken, (std::vector<int>{0, 2, 3}));
  EXPECT_EQ(remains.size(), 6U);
  EXPECT_FALSE(remains.empty());
  remains.take(100, take);
  EXPECT_EQ(taken, (std::vector<int>{0, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_TRUE(remains.empty());
}

// The next `count` keys of a walk.
std::vector<bgp::NlriKey> go_on(const OrderedTable<int>& table, TableWalk& walk, std::size_t count, bool* more = nullptr) {
  std::vector<bgp::NlriKey> keys;
  const bool left = table.walk(walk, [&](const bgp::NlriKey& key, int) {
    keys.push_back(key);
    return keys.size() < count;
  });
  if (more != nullptr) *more = left;
  return keys;
}

OrderedTable<int> table_of(std::uint32_t count) {
  OrderedTable<int> table;
  bool inserted = false;
  for (std::uint32_t i = 0; i < count; ++i) table.get_or_insert(key_of(i), inserted) = static_cast<int>(i);
  return table;
}

TEST(TableWalk, GoesOnWhereItStoodAndHasAnEnd) {
  OrderedTable<int> table = table_of(5);
  TableWalk walk;
  bool more = false;
  bool inserted = false;
  EXPECT_EQ(go_on(table, walk, 2, &more), (std::vector<bgp::NlriKey>{key_of(0), key_of(1)}));
  EXPECT_TRUE(more);
  table.get_or_insert(key_of(9), inserted);  // behind its end
  table.erase(key_of(2));
  table.erase(key_of(0));
  table.get_or_insert(key_of(0), inserted);  // seen already
  EXPECT_EQ(go_on(table, walk, 100, &more), (std::vector<bgp::NlriKey>{key_of(3), key_of(4)}));
  EXPECT_FALSE(more);
  EXPECT_TRUE(go_on(table, walk, 100).empty());
}

TEST(TableWalk, VisitsWhatIsThereAllTheTimeOnceWhateverElseHappens) {
  base::Random random(77);
  for (int attempt = 0; attempt < 50; ++attempt) {
    constexpr std::uint32_t k_count = 2000;
    OrderedTable<int> table = table_of(k_count);
    std::vector<bool> touched(k_count, false);
    std::vector<int> visits(k_count, 0);
    TableWalk walks[3];
    std::vector<std::uint32_t> order[3];
    for (bool more = true; more;) {
      more = false;
      for (std::size_t w = 0; w < 3; ++w) {
        bool left = false;
        for (const bgp::NlriKey& key : go_on(table, walks[w], 1 + random.below(40 * (w + 1)), &left)) {
          const auto octets = key.identity().last(4);
          order[w].push_back(static_cast<std::uint32_t>(octets[2]) << 8 | octets[3]);
        }
        more |= left;
      }
      bool inserted = false;
      for (std::uint64_t i = random.below(120); i > 0; --i) {
        const auto number = static_cast<std::uint32_t>(random.below(k_count));
        touched[number] = true;
        if (random.below(8) == 0) table.get_or_insert(key_of(number), inserted);
        else table.erase(key_of(number));  // so that it is squeezed more than once
      }
    }
    for (const std::vector<std::uint32_t>& seen : order) {
      std::fill(visits.begin(), visits.end(), 0);
      for (const std::uint32_t number : seen) ++visits[number];
      for (std::uint32_t i = 0; i < k_count; ++i) {
        ASSERT_LE(visits[i], 1) << i;
        ASSERT_TRUE(touched[i] || visits[i] == 1) << i;
      }
    }
  }
}

// More than are squeezed at once, so that all of it happens while it is squeezed.
TEST(TableWalk, IsNotLedAstrayByALongTableThatIsSqueezedMeanwhile) {
  constexpr std::uint32_t k_count = 30'000;
  base::Random random(78);
  OrderedTable<int> table = table_of(k_count);
  std::vector<bool> gone(k_count, false);
  TableWalk walk;
  std::vector<bgp::NlriKey> seen;
  for (bool more = true; more;) {
    for (const bgp::NlriKey& key : go_on(table, walk, 1 + random.below(60), &more)) seen.push_back(key);
    for (int i = 0; i < 60; ++i) {
      const auto number = static_cast<std::uint32_t>(random.below(k_count));
      if (number % 3 == 0) continue;
      gone[number] = true;
      table.erase(key_of(number));
    }
  }
  std::vector<bgp::NlriKey> stayed;
  for (std::uint32_t i = 0; i < k_count; ++i) {
    if (!gone[i]) stayed.push_back(key_of(i));
  }
  std::erase_if(seen, [&table](const bgp::NlriKey& key) { return table.find(key) == nullptr; });
  EXPECT_EQ(seen, stayed) << "each once, in order";
}

TEST(TableWalk, FollowsATableThatIsMovedAndBeginsAgainInAnother) {
  OrderedTable<int> table = table_of(5);
  TableWalk walk;
  go_on(table, walk, 3);
  EXPECT_TRUE(table.has(walk));
  OrderedTable<int> moved = std::exchange(table, {});
  EXPECT_TRUE(moved.has(walk));
  EXPECT_FALSE(table.has(walk));
  EXPECT_EQ(go_on(moved, walk, 100), (std::vector<bgp::NlriKey>{key_of(3), key_of(4)}));
  table = table_of(2);
  EXPECT_EQ(go_on(table, walk, 100).size(), 2U);
  moved.clear();
  TableWalk other;
  EXPECT_TRUE(go_on(moved, other, 100).empty());
}

TEST(TableSnapshot, IsTheTableAsItWasWhateverHappensMeanwhile) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    base::Random random(seed);
    const std::uint64_t keys = seed % 2 == 0 ? 2000 : 12'000;
    const auto any_key = [&] { return key_of(static_cast<std::uint32_t>(random.below(keys))); };
    OrderedTable<int> table;
    bool inserted = false;
    for (std::uint64_t i = 0; i < keys * 3 / 2; ++i) table.get_or_insert(any_key(), inserted) = static_cast<int>(i);
    for (std::uint64_t i = 0; i < keys / 4; ++i) table.erase(any_key());
    std::vector<std::pair<bgp::NlriKey, int>> expected[2];
    std::vector<std::pair<bgp::NlriKey, int>> got[2];
    OrderedTable<int>::Snapshot snapshots[2];
    for (std::size_t one = 0; one < 2; ++one) {
      expected[one] = content(table);
      snapshots[one] = table.snapshot();
      for (int i = 0; i < 300; ++i) table.erase(any_key());
    }
    while (!snapshots[0].over() || !snapshots[1].over()) {
      for (std::size_t one = 0; one < 2; ++one) {
        std::size_t budget = random.below(100) + 1;
        table.go_on(snapshots[one], budget, [&](const bgp::NlriKey& key, int value) {
          got[one].emplace_back(key, value);
          return random.below(50) != 0;
        });
      }
      for (std::uint64_t i = random.below(150); i > 0; --i) {
        if (random.below(3) == 0) table.get_or_insert(any_key(), inserted) = -1;
        else table.erase(any_key());
      }
    }
    EXPECT_EQ(got[0], expected[0]);
    EXPECT_EQ(got[1], expected[1]);
  }
}

}  // namespace
}  // namespace tandem::rib
