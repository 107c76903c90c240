#include "common/config/route_comparison.hpp"

#include <gtest/gtest.h>

#include <map>

#include "common/base/random.hpp"
#include "common/base/work.hpp"
#include "common/bgp/nlri/codec.hpp"

namespace tandem::config {
namespace {

using Content = std::map<bgp::NlriKey, rib::AttributeSetRef>;

class RouteComparisonTest : public ::testing::Test {
 protected:
  RouteComparisonTest() {
    for (std::uint32_t i = 0; i < 3; ++i) {
      bgp::NextHop next_hop;
      next_hop.address = base::IpAddress::v4(i + 1);
      sets_.push_back(pool_.intern({}, next_hop));
    }
  }
  rib::Route any_route() {
    const base::IpAddress address = base::IpAddress::v4(static_cast<std::uint32_t>(random_.below(60)));
    return {bgp::make_prefix_key(0, address.bytes(), 32, std::nullopt), sets_[random_.below(sets_.size())]};
  }
  rib::RouteList any_list() {
    rib::RouteList list;
    for (std::uint64_t count = random_.below(80); count > 0; --count) list.routes.push_back(any_route());
    return list;
  }
  static Content content(const rib::RouteList& list) {
    Content last;
    for (const rib::Route& route : list.routes) last[route.nlri] = route.attributes;
    return last;
  }
  // In slices of so many routes.
  static void finish(RouteComparison& comparison, std::size_t slice) {
    for (bool done = false; !done;) {
      std::size_t budget = slice;
      const std::uint64_t before = base::Work::done();
      done = comparison.step(budget);
      ASSERT_LE(base::Work::done() - before, 8 * slice + 200) << "a few units a route, and the tables";
    }
  }

  base::Random random_{11};
  rib::AttributePool pool_;
  std::vector<rib::AttributeSetRef> sets_;
};

TEST_F(RouteComparisonTest, AppliedToTheOldListItGivesTheNewOneHoweverItIsSliced) {
  for (int attempt = 0; attempt < 300; ++attempt) {
    const rib::RouteList before = any_list();
    rib::RouteList after = attempt % 4 == 0 ? before : any_list();
    if (attempt % 8 == 0 && !after.routes.empty()) after.routes.edit().back() = any_route();
    RouteComparison comparison(before, after);
    finish(comparison, 1 + random_.below(20));
    EXPECT_EQ(comparison.same_routes(), before.routes == after.routes);
    Content applied = content(before);
    for (const rib::Route& route : comparison.diff().withdraw) EXPECT_EQ(applied.erase(route.nlri), 1U);
    for (const rib::Route& route : comparison.diff().announce) {
      rib::AttributeSetRef& there = applied[route.nlri];
      EXPECT_FALSE(there == route.attributes) << "nothing that is there already";
      there = route.attributes;
    }
    EXPECT_EQ(applied, content(after));
    rib::Discards discards;
    comparison.discard(discards);
    while (!discards.empty()) discards.work(7);
  }
}

TEST_F(RouteComparisonTest, ListsThatManyShareAreComparedOnce) {
  const rib::RouteList before = any_list();
  const rib::RouteList after = any_list();
  RouteComparisons all;
  for (std::size_t neighbor : {2U, 5U, 7U}) all.add(neighbor, before, after);
  std::size_t budget = 10'000;
  EXPECT_TRUE(all.step(budget));
  EXPECT_EQ(&all.of(2), &all.of(7));
  EXPECT_GE(budget, 10'000 - 3 * (before.routes.size() + after.routes.size()));
}

TEST_F(RouteComparisonTest, WhatNobodyElseHoldsIsFreedInSlices) {
  rib::SharedRoutes list;
  for (int i = 0; i < 100; ++i) list.push_back(any_route());
  const rib::SharedRoutes copy = list;
  rib::Discards discards;
  discards.add(std::move(list));
  discards.work(1);
  EXPECT_TRUE(discards.empty());
  EXPECT_EQ(copy.size(), 100U) << "somebody else holds it";
  rib::SharedRoutes alone;
  for (int i = 0; i < 100; ++i) alone.push_back(any_route());
  discards.add(std::move(alone));
  discards.work(60);
  EXPECT_EQ(discards.size(), 40U);
  discards.work(60);
  EXPECT_TRUE(discards.empty());
}

}  // namespace
}  // namespace tandem::config
