#include "common/rib/ordered_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/base/ip.hpp"
#include "common/base/random.hpp"
#include "common/bgp/nlri/codec.hpp"

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

}  // namespace
}  // namespace tandem::rib
