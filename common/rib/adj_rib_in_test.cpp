#include "common/rib/adj_rib_in.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/rib/test_support.hpp"

namespace tandem::rib {
namespace {

std::vector<std::string> content(const AdjRibIn& rib) {
  std::vector<std::string> out;
  rib.for_each([&out](const bgp::NlriKey& key, const AttributeSetRef& attributes) {
    out.push_back(describe(Route{key, attributes}));
  });
  return out;
}

TEST(AdjRibIn, KeepsRoutesByFamilyAndThenInOrderOfArrival) {
  AttributePool pool;
  AdjRibIn rib;
  EXPECT_EQ(rib.size(), 0U);
  for (const char* statement : {"2001:db8::/32 next-hop 2001::1", "10.0.1.0/24 next-hop 1.1.1.1", "10.0.0.0/24 next-hop 1.1.1.1",
                                "10.0.1.0/24 next-hop 1.1.1.2"}) {
    const Route route = test::make_route(pool, statement);
    rib.announce(route.nlri, route.attributes);
  }
  EXPECT_EQ(rib.size(), 3U);
  EXPECT_EQ(content(rib), (std::vector<std::string>{"10.0.1.0/24 next-hop 1.1.1.2", "10.0.0.0/24 next-hop 1.1.1.1",
                                                    "2001:db8::/32 next-hop 2001::1"}));
}

TEST(AdjRibIn, WithdrawRemovesAndUnknownPrefixesAreIgnored) {
  AttributePool pool;
  AdjRibIn rib;
  const Route route = test::make_route(pool, "10.0.0.0/24 next-hop 1.1.1.1");
  rib.withdraw(route.nlri);
  rib.announce(route.nlri, route.attributes);
  rib.withdraw(test::make_route(pool, "10.0.0.0/25 next-hop 1.1.1.1").nlri);
  rib.withdraw(test::make_route(pool, "2001::/25 next-hop 1.1.1.1").nlri);
  EXPECT_EQ(rib.size(), 1U);
  rib.withdraw(route.nlri);
  EXPECT_EQ(rib.size(), 0U);
}

TEST(AdjRibIn, ClearLetsGoOfAllAttributes) {
  AttributePool pool;
  AdjRibIn rib;
  {
    const Route route = test::make_route(pool, "10.0.0.0/24 next-hop 1.1.1.1 med 7");
    rib.announce(route.nlri, route.attributes);
  }
  EXPECT_EQ(pool.size(), 1U);
  Discards discards;
  rib.clear(discards);
  EXPECT_EQ(rib.size(), 0U);
  discards.work(1);
  EXPECT_EQ(pool.size(), 0U);
  EXPECT_TRUE(discards.empty());
}

TEST(AdjRibIn, WhatWasClearedGoesInSlices) {
  AttributePool pool;
  AdjRibIn rib;
  Discards discards;
  for (const char* prefix : {"10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"}) {
    const Route route = test::make_route(pool, std::string(prefix) + " next-hop 1.1.1.1 med " + prefix[5]);
    rib.announce(route.nlri, route.attributes);
  }
  const Route route = test::make_route(pool, "2001:db8::/32 next-hop 2001::1");
  rib.announce(route.nlri, route.attributes);
  rib.clear(discards);
  EXPECT_EQ(discards.size(), 4U);
  discards.work(2);
  EXPECT_EQ(discards.size(), 3U) << "one family after the other";
  discards.work(2);
  EXPECT_EQ(discards.size(), 1U);
  EXPECT_FALSE(discards.empty());
  discards.work(2);
  EXPECT_TRUE(discards.empty());
  EXPECT_EQ(pool.size(), 1U);
}

// --- enhanced route refresh ------------------------------------------------------------------------------------------------

struct AdjRibInRefresh : ::testing::Test {
  AttributePool pool;
  AdjRibIn rib;
  bgp::FamilyIndex ipv4 = *bgp::family_index(bgp::k_ipv4_unicast);

  void announce(std::initializer_list<std::string> prefixes) {
    for (const std::string& prefix : prefixes) {
      const bool v6 = prefix.find(':') != std::string::npos;
      const Route route = test::make_route(pool, prefix + (v6 ? " next-hop 2001::1" : " next-hop 1.1.1.1"));
      rib.announce(route.nlri, route.attributes);
    }
  }
  // The prefixes that go with the next slice.
  std::string work(std::size_t budget = 1000) {
    std::string gone;
    rib.work(budget, [&gone](const bgp::NlriKey& key) {
      if (!gone.empty()) gone += ' ';
      bgp::nlri_codec(key.family())->text(key, gone);
    });
    return gone;
  }
  std::string held() {
    std::string all;
    for (const std::string& route : content(rib)) all += route.substr(0, route.find(' ')) + ' ';
    return all;
  }
};

TEST_F(AdjRibInRefresh, WhatIsNotAnnouncedAgainGoesAtItsEnd) {
  announce({"10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "2001:db8::/32"});
  rib.begin_refresh(ipv4);
  announce({"10.4.0.0/16", "10.2.0.0/16"});
  EXPECT_EQ(rib.size(), 5U);
  EXPECT_EQ(held(), "10.1.0.0/16 10.3.0.0/16 10.4.0.0/16 10.2.0.0/16 2001:db8::/32 ");
  rib.end_refresh(ipv4);
  EXPECT_EQ(work(), "10.1.0.0/16 10.3.0.0/16");
  EXPECT_FALSE(rib.busy());
  EXPECT_FALSE(rib.refreshing(ipv4));
  EXPECT_EQ(held(), "10.4.0.0/16 10.2.0.0/16 2001:db8::/32 ");
}

TEST_F(AdjRibInRefresh, AWithdrawOfAStaleRouteTakesItOut) {
  announce({"10.1.0.0/16", "10.2.0.0/16"});
  rib.begin_refresh(ipv4);
  rib.withdraw(test::make_route(pool, "10.1.0.0/16 next-hop 1.1.1.1").nlri);
  EXPECT_EQ(held(), "10.2.0.0/16 ");
  rib.end_refresh(ipv4);
  EXPECT_EQ(work(), "10.2.0.0/16");
  EXPECT_EQ(rib.size(), 0U);
}

TEST_F(AdjRibInRefresh, ASecondBeginMarksWhatCameSinceTheFirstToo) {
  announce({"10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"});
  rib.begin_refresh(ipv4);
  announce({"10.2.0.0/16", "10.4.0.0/16"});
  rib.begin_refresh(ipv4);
  EXPECT_TRUE(rib.busy());
  EXPECT_EQ(rib.size(), 4U);
  EXPECT_EQ(work(), "");
  EXPECT_FALSE(rib.busy());
  announce({"10.4.0.0/16"});
  rib.end_refresh(ipv4);
  EXPECT_EQ(work(), "10.1.0.0/16 10.3.0.0/16 10.2.0.0/16");
  EXPECT_EQ(held(), "10.4.0.0/16 ");
}

TEST_F(AdjRibInRefresh, AnEndWithoutABeginningDoesNothing) {
  announce({"10.1.0.0/16"});
  rib.end_refresh(ipv4);
  EXPECT_FALSE(rib.busy());
  EXPECT_EQ(rib.size(), 1U);
}

TEST_F(AdjRibInRefresh, TheSweepIsDoneInSlicesAndWhatIsLeftIsStillThere) {
  announce({"10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16", "10.5.0.0/16"});
  rib.begin_refresh(ipv4);
  rib.end_refresh(ipv4);
  EXPECT_EQ(work(2), "10.1.0.0/16 10.2.0.0/16");
  EXPECT_EQ(held(), "10.3.0.0/16 10.4.0.0/16 10.5.0.0/16 ");
  EXPECT_EQ(work(2), "10.3.0.0/16 10.4.0.0/16");
  EXPECT_TRUE(rib.busy());
  EXPECT_EQ(work(2), "10.5.0.0/16");
  EXPECT_FALSE(rib.busy());
  EXPECT_EQ(pool.size(), 0U);
}

TEST_F(AdjRibInRefresh, ClearEndsIt) {
  announce({"10.1.0.0/16", "10.2.0.0/16"});
  rib.begin_refresh(ipv4);
  rib.end_refresh(ipv4);
  Discards discards;
  rib.clear(discards);
  EXPECT_FALSE(rib.busy());
  EXPECT_EQ(rib.size(), 0U);
  discards.work(2);
  EXPECT_EQ(pool.size(), 0U);
}

// What a walk in slices has visited, when `between` is called behind each slice.
template <typename Change>
std::vector<std::string> walked(const AdjRibIn& rib, std::size_t slice, Change&& between) {
  std::vector<std::string> out;
  RibCursor cursor = RibCursor::of_all();
  for (int slices = 0; slices < 1000; ++slices) {
    std::size_t left = slice;
    const bool more = rib.walk(cursor, [&](const bgp::NlriKey& key, const AttributeSetRef& attributes) {
      out.push_back(describe({key, attributes}));
      return --left > 0;
    });
    if (!more) return out;
    between(slices);
  }
  ADD_FAILURE() << "the walk does not end";
  return out;
}

TEST(AdjRibIn, AWalkInSlicesVisitsWhatAWholeOneDoes) {
  AttributePool pool;
  AdjRibIn rib;
  EXPECT_TRUE(walked(rib, 3, [](int) {}).empty());
  for (int i = 0; i < 10; ++i) {
    const Route route = test::make_route(pool, "10.0." + std::to_string(i) + ".0/24 next-hop 1.1.1.1");
    rib.announce(route.nlri, route.attributes);
  }
  const Route other = test::make_route(pool, "2001:db8::/32 next-hop 2001::1");
  rib.announce(other.nlri, other.attributes);
  EXPECT_EQ(walked(rib, 3, [](int) {}), content(rib));
  rib.begin_refresh(other.nlri.family());
  rib.announce(other.nlri, other.attributes);
  EXPECT_EQ(walked(rib, 1, [](int) {}), content(rib));
}

TEST(AdjRibIn, AWalkMissesNothingThatIsThereAllTheTime) {
  AttributePool pool;
  AdjRibIn rib;
  const auto route = [&pool](int i) { return test::make_route(pool, "10." + std::to_string(i / 256) + "." + std::to_string(i % 256) + ".0/24 next-hop 1.1.1.1"); };
  for (int i = 0; i < 400; ++i) rib.announce(route(i).nlri, route(i).attributes);
  // Most of them go, so that the others change their places; a refresh begins; new ones come.
  const std::vector<std::string> visited = walked(rib, 50, [&](int slice) {
    for (int i = 0; slice < 3 && i < 100; ++i) rib.withdraw(route(slice * 100 + i).nlri);
    if (slice == 4) rib.begin_refresh(route(0).nlri.family());
    if (slice < 6) rib.announce(route(1000 + slice).nlri, route(1000 + slice).attributes);
  });
  for (int i = 300; i < 400; ++i) EXPECT_NE(std::find(visited.begin(), visited.end(), describe(route(i))), visited.end()) << i;
}

// A second refresh within the first: what was fresh joins what is stale, and the table that was walked is taken apart.
TEST(AdjRibIn, AWalkMissesNothingWhereARefreshBeginsAnew) {
  AttributePool pool;
  AdjRibIn rib;
  const auto route = [&pool](int i) { return test::make_route(pool, "10.0." + std::to_string(i) + ".0/24 next-hop 1.1.1.1"); };
  const bgp::FamilyIndex family = route(0).nlri.family();
  for (int i = 0; i < 20; ++i) rib.announce(route(i).nlri, route(i).attributes);
  rib.begin_refresh(family);
  for (int i = 0; i < 10; ++i) rib.announce(route(i).nlri, route(i).attributes);
  const std::vector<std::string> visited = walked(rib, 3, [&](int slice) {
    if (slice == 4) rib.begin_refresh(family);
    if (rib.busy()) rib.work(100, [](const bgp::NlriKey&) {});
  });
  for (int i = 0; i < 20; ++i) EXPECT_NE(std::find(visited.begin(), visited.end(), describe(route(i))), visited.end()) << i;
}

// A listing that somebody reads slowly: nothing is left out because a route refresh begins or ends meanwhile, nothing is there twice.
TEST(AdjRibIn, AWalkGoesThroughWhatIsStaleAndWhatIsFresh) {
  for (std::size_t begins_at = 0; begins_at < 6; ++begins_at) {
    AttributePool pool;
    AdjRibIn rib;
    const auto announce = [&](const std::string& prefix) {
      const Route route = test::make_route(pool, prefix + " next-hop 1.1.1.1");
      rib.announce(route.nlri, route.attributes);
    };
    std::vector<std::string> expected;
    for (int i = 0; i < 6; ++i) {
      expected.push_back("10.0." + std::to_string(i) + ".0/24 next-hop 1.1.1.1");
      announce("10.0." + std::to_string(i) + ".0/24");
    }
    RibCursor cursor = RibCursor::of_all();
    std::vector<std::string> seen;
    const auto visit = [&](const bgp::NlriKey& key, const AttributeSetRef& attributes) {
      seen.push_back(describe(Route{key, attributes}));
      return false;
    };
    for (std::size_t i = 0; rib.walk(cursor, visit); ++i) {
      if (i == begins_at) rib.begin_refresh(*bgp::family_index(bgp::k_ipv4_unicast));
      if (i == begins_at) announce("10.0.5.0/24");  // again: it is fresh
    }
    EXPECT_EQ(std::vector<std::string>(seen.begin(), seen.begin() + 5), std::vector<std::string>(expected.begin(), expected.begin() + 5)) << begins_at;
    EXPECT_EQ(std::count(seen.begin(), seen.end(), expected[5]), begins_at == 5 ? 2 : 1) << begins_at;
    EXPECT_EQ(seen.size(), begins_at == 5 ? 7U : 6U);
  }
}

}  // namespace
}  // namespace tandem::rib
