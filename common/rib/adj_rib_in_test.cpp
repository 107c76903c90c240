#include "common/rib/adj_rib_in.hpp"

#include <gtest/gtest.h>

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
  rib.clear();
  EXPECT_EQ(pool.size(), 0U);
}

}  // namespace
}  // namespace tandem::rib
