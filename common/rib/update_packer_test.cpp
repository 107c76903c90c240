#include "common/rib/update_packer.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "common/bgp/nlri/codec.hpp"
#include "common/rib/test_support.hpp"

namespace tandem::rib {
namespace {

using test::make_negotiated;
using test::make_route;
using test::messages_of;
using test::wire;

class UpdatePackerTest : public ::testing::Test {
 protected:
  // The routes share the attributes of the first one.
  std::vector<std::string> announce(const std::vector<std::string>& statements) {
    std::vector<Route> routes;
    for (const std::string& statement : statements) routes.push_back(make_route(pool_, statement));
    return stream(routes, [this](const AttributeSet& attributes, auto keys, base::Buffer& out) {
      return packer().announce(attributes, keys, out);
    });
  }
  std::vector<std::string> withdraw(const std::vector<std::string>& statements) {
    std::vector<Route> routes;
    for (const std::string& statement : statements) routes.push_back(make_route(pool_, statement, RouteUse::withdraw));
    return stream(routes, [this](const AttributeSet& attributes, auto keys, base::Buffer& out) {
      return packer().withdraw(&attributes, keys, out);
    });
  }
  template <typename Pack>
  std::vector<std::string> stream(const std::vector<Route>& routes, Pack&& pack) {
    std::vector<const bgp::NlriKey*> keys;
    for (const Route& route : routes) keys.push_back(&route.nlri);
    std::span<const bgp::NlriKey* const> left = keys;
    base::Buffer out;
    while (!left.empty()) {
      const std::size_t before = out.size();
      const std::size_t taken = pack(*routes[0].attributes, left, out);
      EXPECT_LE(out.size() - before, negotiated_.message_size);
      if (taken == 0) {
        EXPECT_EQ(out.size(), before) << "nothing may be left of a message that did not fit";
        break;
      }
      left = left.subspan(taken);
    }
    return messages_of(out);
  }
  UpdatePacker& packer() {
    if (!packer_) packer_.emplace(negotiated_, options_);
    return *packer_;
  }
  std::vector<std::string> host_routes(std::size_t count) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < count; ++i) {
      out.push_back("10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256) + "/32 next-hop 1.2.3.4");
    }
    return out;
  }

  AttributePool pool_;
  bgp::Negotiated negotiated_ = make_negotiated();
  PackerOptions options_;
  std::optional<UpdatePacker> packer_;
};

TEST_F(UpdatePackerTest, Ipv4UnicastTravelsInTheClassicFields) {
  EXPECT_EQ(announce({"10.0.0.0/24 next-hop 1.2.3.4"}),
            wire({"0030 02 0000 0015 40010100 400200 400304 01020304 40050400000064 180A0000"}));
  EXPECT_EQ(withdraw({"10.0.0.0/24"}), wire({"001B 02 0004 180A0000 0000"}));
  EXPECT_EQ(withdraw({"10.0.0.0/24 next-hop 2001::1 med 5"}), wire({"001B 02 0004 180A0000 0000"}));
}

TEST_F(UpdatePackerTest, ExternalSessionsGetTheLocalAsAndNoLocalPreference) {
  negotiated_.local_as = base::Asn{65533};
  negotiated_.peer_as = base::Asn{65000};
  EXPECT_EQ(announce({"10.0.0.0/24 next-hop 10.0.1.254 local-preference 200"}),
            wire({"002F 02 0000 0014 40010100 40020602010000FFFD 4003040A0001FE 180A0000"}));
}

TEST_F(UpdatePackerTest, AnEmptyKeyIsAnUpdateWithoutNlriWhateverWasNegotiated) {
  const AttributeSetRef attributes = make_route(pool_, "10.0.0.0/24 next-hop 1.2.3.4 med 5").attributes;
  const bgp::NlriKey empty;
  const bgp::NlriKey* key = &empty;
  for (const bool add_path : {false, true}) {
    if (add_path) negotiated_.add_path_send.insert(empty.family());
    packer_.reset();
    base::Buffer out;
    EXPECT_EQ(packer().announce(*attributes, {&key, 1}, out), 1U);
    EXPECT_EQ(messages_of(out), wire({"0033 02 0000 001C 40010100 400200 400304 01020304 80040400000005 40050400000064"}));
  }
  base::Buffer out;
  EXPECT_EQ(packer().withdraw(attributes.get(), {&key, 1}, out), 0U) << "it would be an End-of-RIB";
  EXPECT_TRUE(out.empty());
}

TEST_F(UpdatePackerTest, Ipv6UnicastTravelsInMpReach) {
  EXPECT_EQ(announce({"2001:db8::/32 next-hop 2001::1"}),
            wire({"0042 02 0000 002B 40010100 400200 40050400000064 800E1A 0002 01 10 20010000000000000000000000000001 00 "
                  "2020010DB8"}));
  EXPECT_EQ(withdraw({"2001:db8::/32"}), wire({"0022 02 0000 000B 800F08 0002 01 2020010DB8"}));
}

TEST_F(UpdatePackerTest, AnIpv4NextHopOfAnIpv6RouteIsAlsoTheNextHopAttribute) {
  EXPECT_EQ(announce({"dead:beef:dead:beef:dead:beef:dead:beef next-hop 170.170.170.170"}),
            wire({"0049 02 0000 0032 40010100 400200 400304AAAAAAAA 40050400000064 800E1A 0002 01 04 AAAAAAAA 00 "
                  "80DEADBEEFDEADBEEFDEADBEEFDEADBEEF"}));
}

TEST_F(UpdatePackerTest, AnIpv6NextHopOfAnIpv4RouteNeedsExtendedNextHop) {
  const Route route = make_route(pool_, "153.153.153.153 next-hop BAD:CAFE:BAD:CAFE:BAD:CAFE:BAD:CAFE");
  EXPECT_FALSE(packer().can_send(route.nlri.family(), route.attributes->next_hop()));
  negotiated_.extended_next_hops.push_back({bgp::k_ipv4_multicast, bgp::Afi::ipv6});
  EXPECT_FALSE(packer().can_send(route.nlri.family(), route.attributes->next_hop()));
  negotiated_.extended_next_hops.push_back({bgp::k_ipv4_unicast, bgp::Afi::ipv6});
  EXPECT_TRUE(packer().can_send(route.nlri.family(), route.attributes->next_hop()));
  EXPECT_EQ(announce({"153.153.153.153 next-hop BAD:CAFE:BAD:CAFE:BAD:CAFE:BAD:CAFE"}),
            wire({"0042 02 0000 002B 40010100 400200 40050400000064 800E1A 0001 01 10 0BADCAFE0BADCAFE0BADCAFE0BADCAFE 00 "
                  "2099999999"}));
}

TEST_F(UpdatePackerTest, AnIpv4NextHopOfAnIpv6RouteMustHaveBeenAgreedOn) {
  for (const bgp::Family family : {bgp::k_ipv6_unicast, bgp::k_ipv6_multicast, bgp::Family{bgp::Afi::ipv6, bgp::Safi::nlri_mpls},
                                   bgp::Family{bgp::Afi::ipv6, bgp::Safi::mpls_vpn}}) {
    const bgp::FamilyIndex index = *bgp::family_index(family);
    if (bgp::nlri_codec(index) == nullptr) continue;
    bgp::NextHop next_hop;
    next_hop.address = base::IpAddress::v4(1);
    negotiated_ = make_negotiated({family});
    negotiated_.extended_next_hops.clear();
    EXPECT_FALSE(packer().can_send(index, next_hop)) << bgp::to_string(family);
    negotiated_.extended_next_hops = {{family, bgp::Afi::ipv4}};
    EXPECT_TRUE(packer().can_send(index, next_hop)) << bgp::to_string(family);
  }
}

TEST_F(UpdatePackerTest, RoutesOfOtherFamiliesOrWithoutNextHopCannotBeSent) {
  bgp::NextHop next_hop;
  const bgp::FamilyIndex ipv4 = *bgp::family_index(bgp::k_ipv4_unicast);
  EXPECT_FALSE(packer().can_send(ipv4, next_hop));
  next_hop.address = base::IpAddress::v4(1);
  EXPECT_TRUE(packer().can_send(ipv4, next_hop));
  EXPECT_FALSE(packer().can_send(*bgp::family_index(bgp::k_ipv4_multicast), next_hop));
}

TEST_F(UpdatePackerTest, MulticastTravelsInMpAttributesWithItsOwnSafi) {
  negotiated_ = make_negotiated({bgp::k_ipv4_multicast, bgp::k_ipv6_multicast});
  EXPECT_EQ(announce({"239.1.0.0/16 next-hop 10.0.0.1"}),
            wire({"003B 02 0000 0024 40010100 400200 4003040A000001 40050400000064 800E0C 0001 02 04 0A000001 00 10EF01"}));
  EXPECT_EQ(withdraw({"239.1.0.0/16"}), wire({"0020 02 0000 0009 800F06 0001 02 10EF01"}));
}

TEST_F(UpdatePackerTest, ALinkLocalNextHopIsAppendedWhenTheSessionHasOneAndThePeerUnderstands) {
  options_.link_local = *base::IpAddress::parse("fe80::1");
  negotiated_.link_local_next_hop = true;
  EXPECT_EQ(announce({"2001:db8:1::1/128 next-hop 2001:db8::ffff"}),
            wire({"005E 02 0000 0047 40010100 400200 40050400000064 800E36 0002 01 20 20010DB800000000000000000000FFFF "
                  "FE800000000000000000000000000001 00 8020010DB8000100000000000000000001"}));
  const auto alone = announce({"2001:db8:1::1/128 next-hop fe80::2"});
  ASSERT_EQ(alone.size(), 1U);
  EXPECT_NE(alone[0].find("800E26000201" "10FE80"), std::string::npos) << alone[0];
  negotiated_.link_local_next_hop = false;
  const auto not_negotiated = announce({"2001:db8:1::1/128 next-hop 2001:db8::ffff"});
  EXPECT_NE(not_negotiated[0].find("800E26000201" "1020010DB8"), std::string::npos) << not_negotiated[0];
}

TEST_F(UpdatePackerTest, AnIpv4NextHopNeverGetsALinkLocalOneBehindIt) {
  options_.link_local = *base::IpAddress::parse("fe80::1");
  negotiated_.link_local_next_hop = true;
  const auto messages = announce({"2001:db8::/32 next-hop 1.2.3.4"});
  EXPECT_NE(messages[0].find("800E0E000201" "0401020304" "00"), std::string::npos) << messages[0];
}

TEST_F(UpdatePackerTest, AddPathWritesIdentifiersAndZeroWhereThereIsNone) {
  const bgp::FamilyIndex ipv4 = *bgp::family_index(bgp::k_ipv4_unicast);
  const bgp::FamilyIndex ipv6 = *bgp::family_index(bgp::k_ipv6_unicast);
  negotiated_.add_path_send.insert(ipv4);
  EXPECT_EQ(announce({"10.0.0.0/24 next-hop 1.2.3.4 path-information 7", "10.0.1.0/24 next-hop 1.2.3.4"}),
            wire({"003C 02 0000 0015 40010100 400200 400304 01020304 40050400000064 00000007180A0000 00000000180A0001"}));
  EXPECT_EQ(withdraw({"10.0.0.0/24 path-information 0.0.0.7"}), wire({"001F 02 0008 00000007180A0000 0000"}));
  EXPECT_EQ(withdraw({"2001:db8::/32 path-information 7"}), wire({"0022 02 0000 000B 800F08 0002 01 2020010DB8"}));
  negotiated_.add_path_send.insert(ipv6);
  EXPECT_EQ(withdraw({"2001:db8::/32 path-information 7"}), wire({"0026 02 0000 000F 800F0C 0002 01 000000072020010DB8"}));
}

TEST_F(UpdatePackerTest, MessagesAreFilledToTheirLimit) {
  const auto sizes = [](const std::vector<std::string>& messages) {
    std::vector<std::size_t> out;
    for (const std::string& message : messages) out.push_back(message.size() / 2 + 16);
    return out;
  };
  const auto routes = host_routes(1700);
  EXPECT_EQ(sizes(announce(routes)), (std::vector<std::size_t>{4094, 4094, 444}));
  EXPECT_EQ(sizes(withdraw(routes)), (std::vector<std::size_t>{4093, 4093, 383}));
  negotiated_.message_size = 65535;
  EXPECT_EQ(sizes(announce(routes)), (std::vector<std::size_t>{8544}));
}

TEST_F(UpdatePackerTest, AnMpAttributeOverTwoHundredFiftyFiveOctetsHasTheExtendedLength) {
  negotiated_.extended_next_hops.push_back({bgp::k_ipv4_unicast, bgp::Afi::ipv6});
  auto routes = host_routes(60);
  routes[0] = "10.0.0.0/32 next-hop 2001::1";
  const auto messages = announce(routes);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_NE(messages[0].find("900E0141" "000101" "10"), std::string::npos) << messages[0];  // 21 + 60 * 5 octets
  routes = host_routes(46);  // 21 + 46 * 5 = 251
  routes[0] = "10.0.0.0/32 next-hop 2001::1";
  EXPECT_NE(announce(routes)[0].find("800EFB" "000101" "10"), std::string::npos);
}

TEST_F(UpdatePackerTest, AttributesThatFillAMessageLeaveNothingBehind) {
  std::string route = "10.0.0.0/24 next-hop 1.2.3.4 attribute [ 0x99 0xC0 0x";
  // 4096 - 23 octets for all: 21 of other attributes, 4 of the header of this one, 4 of NLRI.
  EXPECT_EQ(announce({route + std::string(std::size_t{2} * 4044, 'a') + " ]"}).size(), 1U);
  EXPECT_EQ(announce({route + std::string(std::size_t{2} * 4045, 'a') + " ]"}).size(), 0U);
  EXPECT_EQ(announce({route + std::string(std::size_t{2} * 4096, 'a') + " ]"}).size(), 0U);
  EXPECT_EQ(announce({route + std::string(std::size_t{2} * 65000, 'a') + " ]"}).size(), 0U);
}

TEST_F(UpdatePackerTest, GroupingFollowsTheFamilyAndTheSetting) {
  const bgp::FamilyIndex ipv4 = *bgp::family_index(bgp::k_ipv4_unicast);
  const bgp::FamilyIndex ipv6 = *bgp::family_index(bgp::k_ipv6_unicast);
  EXPECT_TRUE(packer().grouped(ipv4));
  EXPECT_TRUE(packer().groups_withdraws(ipv4));
  EXPECT_FALSE(packer().grouped(ipv6));
  EXPECT_FALSE(packer().groups_withdraws(ipv6));
  options_.group_updates = false;
  const UpdatePacker single(negotiated_, options_);
  EXPECT_FALSE(single.grouped(ipv4));
  EXPECT_FALSE(single.groups_withdraws(ipv4));
}

TEST_F(UpdatePackerTest, AttributesEncodedForOneSetAreNotTakenForAnother) {
  const Route first = make_route(pool_, "10.0.0.0/24 next-hop 1.2.3.4 med 1");
  const Route second = make_route(pool_, "10.0.0.0/24 next-hop 1.2.3.5 med 1");
  base::Buffer out;
  for (const Route* route : {&first, &second, &second, &first}) {
    const bgp::NlriKey* key = &route->nlri;
    ASSERT_EQ(packer().announce(*route->attributes, {&key, 1}, out), 1U);
  }
  const auto messages = messages_of(out);
  ASSERT_EQ(messages.size(), 4U);
  EXPECT_EQ(messages[0], messages[3]);
  EXPECT_EQ(messages[1], messages[2]);
  EXPECT_NE(messages[0], messages[1]);
}

class LabelledPackerTest : public UpdatePackerTest {
 protected:
  LabelledPackerTest() {
    negotiated_ = make_negotiated({{bgp::Afi::ipv4, bgp::Safi::nlri_mpls}, {bgp::Afi::ipv4, bgp::Safi::mpls_vpn},
                                   {bgp::Afi::ipv6, bgp::Safi::nlri_mpls}, {bgp::Afi::ipv6, bgp::Safi::mpls_vpn}});
  }
};

TEST_F(LabelledPackerTest, LabelledAndVpnRoutesTravelInMpReachBesideTheirNextHop) {
  EXPECT_EQ(announce({"10.0.0.0/24 label 100 next-hop 1.2.3.4"}),
            wire({"003F 02 0000 0028 40010100 400200 400304 01020304 40050400000064 800E10 0001 04 04 01020304 00 30 000641 0A0000"}));
  EXPECT_EQ(announce({"10.0.0.0/24 rd 65000:1 label 100 next-hop 1.2.3.4"}),
            wire({"004F 02 0000 0038 40010100 400200 400304 01020304 40050400000064 800E20 0001 80 0C 0000000000000000 01020304 00 70 000641 "
                  "0000FDE800000001 0A0000"}));
}

TEST_F(LabelledPackerTest, TheirWithdrawsCarryTheLabelAndTheAttributesThatWereTyped) {
  EXPECT_EQ(withdraw({"10.0.0.0/24 label 100 next-hop 1.2.3.4"}),
            wire({"0039 02 0000 0022 800F0A 0001 04 30 000641 0A0000 40010100 400200 400304 01020304 40050400000064"}));
  EXPECT_EQ(withdraw({"10.0.0.0/24 rd 65000:1 label 100 next-hop 1.2.3.4"}),
            wire({"0041 02 0000 002A 800F12 0001 80 70 000641 0000FDE800000001 0A0000 40010100 400200 400304 01020304 40050400000064"}));
  EXPECT_EQ(withdraw({"2001:db8::/32 rd 1.2.3.4:5 label 100"}),
            wire({"003B 02 0000 0024 800F13 0002 80 78 000641 0001010203040005 20010DB8 40010100 400200 40050400000064"}));
  EXPECT_EQ(withdraw({"10.0.0.0/24 rd 65000:1"}),
            wire({"003A 02 0000 0023 800F12 0001 80 70 800000 0000FDE800000001 0A0000 40010100 400200 40050400000064"}));
}

// RFC 8277 section 2.4. BIRD took the second label for a part of the prefix, and kept the route.
TEST_F(LabelledPackerTest, AWithdrawHasOneLabelFieldWhereTheRouteHadSeveral) {
  EXPECT_EQ(withdraw({"10.0.0.0/24 label [ 100 200 ]"}),
            wire({"0032 02 0000 001B 800F0A 0001 04 30 800000 0A0000 40010100 400200 40050400000064"}));
  EXPECT_EQ(withdraw({"10.0.0.0/24 rd 65000:1 label [ 100 200 ]"}),
            wire({"003A 02 0000 0023 800F12 0001 80 70 800000 0000FDE800000001 0A0000 40010100 400200 40050400000064"}));
}

}  // namespace
}  // namespace tandem::rib
