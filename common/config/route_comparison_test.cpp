#include "common/config/route_comparison.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>

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
  // Different ones of so many there could be, in any order.
  rib::RouteList distinct_routes(std::size_t count, std::uint32_t of) {
    std::vector<std::uint32_t> numbers(of);
    for (std::uint32_t i = 0; i < of; ++i) numbers[i] = i;
    rib::RouteList list;
    for (std::size_t i = 0; i < count; ++i) {
      std::swap(numbers[i], numbers[i + random_.below(of - i)]);
      list.routes.push_back({bgp::make_prefix_key(0, base::IpAddress::v4(numbers[i]).bytes(), 32, std::nullopt), sets_[random_.below(sets_.size())]});
    }
    return list;
  }
  static Content apply(const rib::RouteDifference& difference, const rib::RouteList& before) {
    Content applied = content(before);
    for (const std::uint32_t position : difference.withdrawn) applied.erase(difference.before[position].nlri);
    for (const std::uint32_t position : difference.announced) {
      applied[difference.after[position].nlri] = difference.after[position].attributes;
    }
    return applied;
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
    const rib::RouteDifference& diff = *comparison.diff();
    for (const std::uint32_t position : diff.withdrawn) EXPECT_EQ(applied.erase(diff.before[position].nlri), 1U);
    for (const std::uint32_t position : diff.announced) {
      const rib::Route& route = diff.after[position];
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

// As lists of configurations are, from 256 routes on: no NLRI is there twice, and each is found. They may stand in another order.
TEST_F(RouteComparisonTest, ListsWithDirectoriesAreComparedByThese) {
  constexpr std::size_t k_routes = 600;
  for (int attempt = 0; attempt < 60; ++attempt) {
    const rib::RouteList before = distinct_routes(k_routes, 1000);
    rib::RouteList after = attempt % 3 == 0 ? distinct_routes(k_routes, 1000) : before;
    for (int i = attempt % 3 == 1 ? 5 : 0; i > 0; --i) {
      std::vector<rib::Route>& routes = after.routes.edit();
      routes[random_.below(k_routes)].attributes = sets_[random_.below(sets_.size())];
      std::swap(routes[random_.below(k_routes)], routes[random_.below(k_routes)]);
      if (i == 3) routes.pop_back();
    }
    if (attempt % 6 == 3) after.routes.push_back(after.routes[0]);  // which has none then
    std::size_t enough = 10 * k_routes;
    ASSERT_TRUE(before.routes.prepare_directory(enough) && after.routes.prepare_directory(enough));
    const std::uint64_t done = base::Work::done();
    RouteComparison comparison(before, after);
    finish(comparison, 1 + random_.below(200));
    if (after.routes.directory() != nullptr) {
      EXPECT_LE(base::Work::done() - done, 3 * k_routes + 3) << "each list is gone through, and no table is made";
    }
    EXPECT_EQ(apply(*comparison.diff(), before), content(after));
  }
}

TEST_F(RouteComparisonTest, ARouteWithAnotherLabelIsAnnounced) {
  const auto labelled = [this](std::uint8_t label) {
    rib::RouteList list;
    list.routes.push_back({bgp::NlriKey(2, false, base::Buffer{24, 10, 0, 0}, base::Buffer{label}), sets_[0]});
    return list;
  };
  EXPECT_EQ(diff_routes(labelled(1), labelled(2))->announced.size(), 1U);
  EXPECT_TRUE(diff_routes(labelled(1), labelled(1))->empty());
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

TEST_F(RouteComparisonTest, AListThatHasRetiredIsFreedInSlicesWhenTheLastOneLetsGoOfIt) {
  rib::SharedRoutes list = distinct_routes(5000, 5000).routes;
  std::optional<rib::SharedRoutes> holder = list;
  rib::Discards discards;
  discards.retire(rib::SharedRoutes(list));
  discards.retire(std::move(list));
  discards.collect();
  EXPECT_TRUE(discards.empty()) << "somebody else holds it";
  holder.reset();
  discards.collect();
  EXPECT_EQ(discards.size(), 5000U);
  discards.work(4000);
  EXPECT_EQ(discards.size(), 1000U);
  discards.work(4000);
  EXPECT_TRUE(discards.empty());
}

}  // namespace
}  // namespace tandem::config
