#include "common/bgp/family.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace tandem::bgp {
namespace {

TEST(FamilyTable, HoldsTheTwentyThreeFamiliesInTheOrderOfTheirNumbers) {
  const auto table = family_table();
  ASSERT_EQ(table.size(), k_family_count);
  EXPECT_TRUE(std::is_sorted(table.begin(), table.end(), [](const auto& a, const auto& b) { return a.family < b.family; }));
  for (FamilyIndex i = 0; i < table.size(); ++i) {
    EXPECT_EQ(family_index(table[i].family), i);
    EXPECT_EQ(family_at(i), table[i].family);
    EXPECT_EQ(&family_traits(i), &table[i]);
  }
}

TEST(FamilyTable, KnowsNoOtherPair) {
  EXPECT_FALSE(family_index({Afi::ipv6, Safi::rtc}));
  EXPECT_FALSE(family_index({Afi::l2vpn, Safi::unicast}));
  EXPECT_FALSE(family_index({Afi::undefined, Safi::undefined}));
  EXPECT_FALSE(family_index({Afi{0xFFFF}, Safi{0xFF}}));
}

TEST(FamilyTable, GroupsIpv4UnicastAndBothMcastVpn) {
  for (const auto& traits : family_table()) {
    const bool grouped = traits.family == k_ipv4_unicast || traits.family.safi == Safi::mcast_vpn;
    EXPECT_EQ(traits.has(FamilyRule::grouped), grouped) << to_string(traits.family);
  }
}

TEST(FamilyTable, HasNextHopsBesideMpReachAndBareWithdrawsWhereTheSpecificationSaysSo) {
  for (const auto& [afi, safi] : {Family{Afi::ipv4, Safi::unicast}, Family{Afi::ipv6, Safi::multicast}}) {
    const FamilyTraits& traits = family_traits(*family_index({afi, safi}));
    EXPECT_TRUE(traits.has(FamilyRule::next_hop_attribute) && traits.has(FamilyRule::bare_withdraw));
    EXPECT_FALSE(traits.has(FamilyRule::next_hop_optional));
  }
  const FamilyTraits& flow = family_traits(*family_index({Afi::ipv6, Safi::flow}));
  EXPECT_TRUE(flow.has(FamilyRule::next_hop_optional));
  EXPECT_FALSE(flow.has(FamilyRule::next_hop_attribute) || flow.has(FamilyRule::bare_withdraw));
  EXPECT_TRUE(family_traits(*family_index({Afi::ipv4, Safi::mup})).has(FamilyRule::next_hop_attribute));
  EXPECT_FALSE(family_traits(*family_index({Afi::ipv6, Safi::mup})).has(FamilyRule::next_hop_attribute));
}

TEST(FamilyTable, InTheOrderOfCapabilitiesGoesBySafiWithIpv4BeforeIpv6) {
  std::vector<Family> order;
  for (const FamilyIndex index : families_by_safi()) {
    if (family_traits(index).has(FamilyRule::add_path)) order.push_back(family_at(index));
  }
  const std::vector<Family> expected = {k_ipv4_unicast, k_ipv6_unicast, {Afi::ipv4, Safi::nlri_mpls}, {Afi::ipv6, Safi::nlri_mpls},
                                        {Afi::ipv4, Safi::mpls_vpn}, {Afi::ipv6, Safi::mpls_vpn}};
  EXPECT_EQ(order, expected);
  EXPECT_EQ(families_by_safi().size(), k_family_count);
}

TEST(FamilyNames, AreTheCanonicalOnesWhenPrinted) {
  EXPECT_EQ(to_string(k_ipv4_unicast), "ipv4 unicast");
  EXPECT_EQ(to_string(Family{Afi::ipv6, Safi::nlri_mpls}, '/'), "ipv6/nlri-mpls");
  EXPECT_EQ(to_string(Family{Afi::bgp_ls, Safi::bgp_ls_vpn}), "bgp-ls bgp-ls-vpn");
  EXPECT_EQ(to_string(Family{Afi{0x63}, Safi{99}}), "unknown-afi-0x63 unknown safi 99");
  EXPECT_EQ(to_string(Family{}), "undefined undefined");
}

TEST(FamilyNames, ReadBackAndLabeledUnicastIsAnAlias) {
  for (const auto& traits : family_table()) {
    EXPECT_EQ(parse_family(to_string(traits.family.afi), to_string(traits.family.safi)), traits.family);
  }
  EXPECT_EQ(parse_safi("labeled-unicast"), Safi::nlri_mpls);
  EXPECT_FALSE(parse_afi("IPv4"));
  EXPECT_FALSE(parse_safi("Unicast"));
  EXPECT_FALSE(parse_safi("undefined"));
  EXPECT_FALSE(parse_family("l2vpn", "unicast"));
}

TEST(FamilySet, TellsMembersByIndexAndByFamily) {
  FamilySet set;
  EXPECT_TRUE(set.empty());
  set.insert(*family_index(k_ipv6_unicast));
  EXPECT_TRUE(set.contains(k_ipv6_unicast));
  EXPECT_FALSE(set.contains(k_ipv4_unicast));
  EXPECT_FALSE(set.contains(Family{Afi{99}, Safi{99}}));
  set.erase(*family_index(k_ipv6_unicast));
  EXPECT_TRUE(set.empty());
}

}  // namespace
}  // namespace tandem::bgp
