#include "common/rib/shared_routes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>

#include "common/base/random.hpp"
#include "common/base/work.hpp"
#include "common/rib/shared_table.hpp"
#include "common/rib/test_support.hpp"

namespace tandem::rib {
namespace {

class SharedRoutesTest : public ::testing::Test {
 protected:
  // 10.0.N.0/24 or 2001:db8:N::/48, MED as said.
  Route route(std::size_t number, int med, bool v6 = false) {
    std::string statement = v6 ? "2001:db8:" + std::to_string(number) + "::/48 next-hop 2001::1" : "10." + std::to_string(number / 250) + "." + std::to_string(number % 250) + ".0/24 next-hop 1.1.1.1";
    return test::make_route(pool_, statement + " med " + std::to_string(med));
  }
  SharedRoutes list(std::size_t count) {
    SharedRoutes routes;
    for (std::size_t i = 0; i < count; ++i) routes.push_back(route(i, static_cast<int>(i / 10)));
    return routes;
  }
  static std::vector<std::size_t> sending(const SharedRoutes& routes, bool grouped) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < routes.size(); ++i) order.push_back(routes.directory()->sending(grouped)[i]);
    return order;
  }
  AttributePool pool_;
};

TEST_F(SharedRoutesTest, CopiesShareUntilOneIsEdited) {
  SharedRoutes one = list(3);
  SharedRoutes other = one;
  EXPECT_TRUE(other.shares(one));
  EXPECT_EQ(&other[0], &one[0]);
  other.push_back(route(3, 0));
  EXPECT_FALSE(other.shares(one));
  EXPECT_EQ(one.size(), 3U);
  EXPECT_EQ(other.size(), 4U);
}

TEST_F(SharedRoutesTest, EqualListsNeedNotBeShared) {
  const SharedRoutes one = list(3);
  SharedRoutes other = list(3);
  EXPECT_FALSE(one.shares(other));
  EXPECT_TRUE(one == other);
  other.edit()[1].attributes = one[0].attributes;
  EXPECT_TRUE(one == other);
  other.edit()[1].attributes = route(0, 7).attributes;
  EXPECT_FALSE(one == other);
}

TEST_F(SharedRoutesTest, RoutesThatDifferInOctetsOutsideTheIdentityAreNotEqual) {
  SharedRoutes one;
  SharedRoutes other;
  const AttributeSetRef set = route(0, 0).attributes;
  one.push_back({bgp::NlriKey(2, false, base::Buffer{8, 10}, base::Buffer{1}), set});
  other.push_back({bgp::NlriKey(2, false, base::Buffer{8, 10}, base::Buffer{2}), set});
  EXPECT_FALSE(one == other);
}

TEST_F(SharedRoutesTest, AppendingToAnEmptyListShares) {
  const SharedRoutes one = list(2);
  SharedRoutes other;
  other.append(one);
  EXPECT_TRUE(other.shares(one));
  other.append(one);
  EXPECT_EQ(other.size(), 4U);
  EXPECT_EQ(one.size(), 2U);
}

// What is there already was moved at each doubling: 20 ms in one step with half a million routes.
TEST_F(SharedRoutesTest, ALongListIsPutTogetherASliceAtATime) {
  constexpr std::size_t k_routes = 30'000;
  constexpr std::size_t k_slice = 1000;
  const SharedRoutes expected = list(k_routes);
  SharedRoutes routes = list(k_routes);
  std::size_t slices = 0;
  for (bool whole = false; !whole; ++slices) {
    std::size_t budget = k_slice;
    const std::size_t before = base::Work::done();
    whole = routes.gather(budget);
    EXPECT_LE(base::Work::done() - before, k_slice);
    EXPECT_EQ(routes.size(), k_routes);
  }
  EXPECT_GT(slices, 20U);
  std::vector<Route> one_by_one;
  for (std::size_t i = 0; i < k_routes; ++i) one_by_one.push_back(route(i, static_cast<int>(i / 10)));
  EXPECT_TRUE(std::equal(routes.begin(), routes.end(), one_by_one.begin(), one_by_one.end(), identical));
  EXPECT_TRUE(routes == expected) << "who reads it has it in one piece";
}

TEST_F(SharedRoutesTest, ALongListGrowsAndIsCopiedAndFreedHoweverFarItIsPutTogether) {
  for (const std::size_t gathered : {0U, 1U, 8192U, 9000U, 20'000U}) {
    SharedRoutes routes = list(25'000);
    std::size_t budget = gathered;
    if (gathered > 0) routes.gather(budget);
    routes.push_back(route(25'000, 2500));
    SharedRoutes copy = routes;
    copy.push_back(route(25'001, 2500));
    EXPECT_EQ(routes.size(), 25'001U);
    EXPECT_EQ(copy.size(), 25'002U);
    EXPECT_TRUE(identical(copy.at(25'001), route(25'001, 2500)));
    SharedRoutes other = list(25'000);
    budget = gathered;
    if (gathered > 0) other.gather(budget);
    for (std::size_t left = 25'000; left > 0; left -= std::min<std::size_t>(left, 7000)) {
      ASSERT_EQ(other.size(), left);
      other.shed(7000);
    }
    EXPECT_TRUE(other.empty());
  }
}

TEST_F(SharedRoutesTest, OnlyALongListWithoutRepeatsHasADirectory) {
  EXPECT_EQ(SharedRoutes().directory(), nullptr);
  EXPECT_EQ(list(RouteDirectory::k_shortest - 1).directory(), nullptr);
  SharedRoutes routes = list(RouteDirectory::k_shortest);
  ASSERT_NE(routes.directory(), nullptr);
  routes.push_back(route(5, 99));
  EXPECT_EQ(routes.directory(), nullptr);
}

TEST_F(SharedRoutesTest, EveryRouteIsFoundWhereItStands) {
  const SharedRoutes routes = list(1000);
  for (std::uint32_t i = 0; i < routes.size(); ++i) EXPECT_EQ(routes.directory()->find(routes[i].nlri), i);
  EXPECT_EQ(routes.directory()->find(route(1000, 0).nlri), RouteDirectory::k_none);
}

// The order of 3.3: attributes in order of first use, families in each, and octets where several NLRI share an UPDATE.
TEST_F(SharedRoutesTest, TheOrderOfSendingIsThatOfARun) {
  SharedRoutes routes;
  for (std::size_t i = 0; i < RouteDirectory::k_shortest; ++i) routes.push_back(route(500 + i, 1));
  routes.push_back(route(3, 2));
  routes.push_back(route(1, 2));
  routes.push_back(route(2, 1));
  routes.push_back(route(7, 2, true));
  const std::size_t k = RouteDirectory::k_shortest;
  const std::vector<std::size_t> grouped = sending(routes, true);
  EXPECT_EQ(grouped[0], k + 2);
  EXPECT_EQ(grouped[1], 0U);
  EXPECT_EQ(std::vector(grouped.end() - 3, grouped.end()), (std::vector<std::size_t>{k + 1, k, k + 3}));
  const std::vector<std::size_t> alone = sending(routes, false);
  EXPECT_EQ(alone[0], 0U);
  EXPECT_EQ(std::vector(alone.end() - 4, alone.end()), (std::vector<std::size_t>{k + 2, k, k + 1, k + 3}));
}

// ... however it is sliced, in any order of the list, with few sets and with many.
TEST_F(SharedRoutesTest, TheOrderOfSendingIsMadeInSlices) {
  base::Random random(5);
  for (const std::size_t sets : {1U, 3U, 5000U}) {
    std::vector<std::size_t> numbers(9'900);
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = i;
    for (std::size_t i = 0; i < numbers.size(); ++i) std::swap(numbers[i], numbers[i + random.below(numbers.size() - i)]);
    SharedRoutes routes;
    for (const std::size_t number : numbers) routes.push_back(route(number, 1 + static_cast<int>(random.below(sets)), number % 7 == 0));
    const RouteDirectory& directory = *routes.directory();
    std::uint64_t most = 0;
    for (bool done = false; !done;) {
      std::size_t budget = 1 + random.below(5000);
      const std::uint64_t before = base::Work::done();
      done = directory.prepare_sending(true, budget);
      most = std::max(most, base::Work::done() - before);
    }
    EXPECT_LE(most, 2 * 5000U) << "a piece that is sorted is longer than what is left of a slice";
    std::vector<std::size_t> wanted = sending(routes, false);
    const auto set_of = [&](std::size_t position) { return routes[position].attributes.get(); };
    std::map<const AttributeSet*, std::size_t> rank;
    for (std::size_t at = 0; at < wanted.size(); ++at) rank.try_emplace(set_of(wanted[at]), at);
    std::stable_sort(wanted.begin(), wanted.end(), [&](std::size_t a, std::size_t b) {
      const auto key = [&](std::size_t position) { return std::pair(rank[set_of(position)], routes[position].nlri.family()); };
      if (key(a) != key(b)) return key(a) < key(b);
      const bool grouped = bgp::family_traits(routes[a].nlri.family()).has(bgp::FamilyRule::grouped);
      return grouped && routes[a].nlri < routes[b].nlri;
    });
    EXPECT_EQ(sending(routes, true), wanted);
  }
}

TEST_F(SharedRoutesTest, FamiliesFollowEachOtherInTheOrderOfACache) {
  SharedRoutes routes;
  for (std::size_t i = 0; i < RouteDirectory::k_shortest; ++i) routes.push_back(route(i, 1, i % 2 == 0));
  const SharedTable table(routes);
  const bgp::FamilyIndex v4 = *bgp::family_index(bgp::k_ipv4_unicast);
  const bgp::FamilyIndex v6 = *bgp::family_index(bgp::k_ipv6_unicast);
  ASSERT_EQ(table.count(v4), routes.size() / 2);
  ASSERT_EQ(table.count(v6), routes.size() / 2);
  EXPECT_EQ(table.at(v4, 1), &routes[3]);
  EXPECT_EQ(table.at(v6, 1), &routes[2]);
  EXPECT_EQ(table.count(bgp::FamilyIndex{9}), 0U);
}

TEST_F(SharedRoutesTest, WhatIsErasedFromATableIsGoneFromItAlone) {
  const SharedRoutes routes = list(300);
  SharedTable one(routes);
  SharedTable other(routes);
  EXPECT_TRUE(one.erase(routes[7].nlri));
  EXPECT_FALSE(one.erase(routes[7].nlri));
  const SharedTable snapshot = one;
  EXPECT_TRUE(one.erase(routes[8].nlri));
  EXPECT_EQ(one.size(), 298U);
  EXPECT_EQ(one.find(routes[8].nlri), nullptr);
  EXPECT_EQ(snapshot.size(), 299U);
  EXPECT_EQ(snapshot.find(routes[8].nlri), &routes[8]);
  EXPECT_EQ(snapshot.find(routes[7].nlri), nullptr);
  EXPECT_EQ(other.find(routes[7].nlri), &routes[7]);
  EXPECT_TRUE(other.complete());
}

TEST_F(SharedRoutesTest, ATableThatHasLostEveryRouteLetsGoOfTheList) {
  const SharedRoutes routes = list(RouteDirectory::k_shortest);
  SharedTable table(routes);
  for (const Route& route : routes) EXPECT_TRUE(table.erase(route.nlri));
  EXPECT_TRUE(table.empty());
  EXPECT_TRUE(table.routes().empty());
  EXPECT_EQ(table.find(routes[0].nlri), nullptr);
  EXPECT_FALSE(table.erase(routes[0].nlri));
}

}  // namespace
}  // namespace tandem::rib
