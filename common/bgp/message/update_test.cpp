#include "common/bgp/message/update.hpp"

#include <gtest/gtest.h>

#include "common/bgp/message/decoded_update.hpp"

namespace tandem::bgp {
namespace {

using testing::decode;
using testing::hex;
using testing::k_mandatory;
using testing::negotiate;
using testing::octets;
using testing::plain_session;
using testing::routes;
using testing::skipped;
using testing::with_attributes;

TEST(Update, AnnouncesIpv4RoutesInTheClassicField) {
  const auto update = decode("0000 0015 40010100 400200 400304 01020304 40050400000064 180a0000 200a000101");
  ASSERT_TRUE(update.result.has_value());
  EXPECT_EQ(routes(update->announced), "10.0.0.0/24, 10.0.1.1/32");
  EXPECT_EQ(update->next_hop.address.text(), "1.2.3.4");
  EXPECT_TRUE(update->attributes.has_origin && update->attributes.has_as_path);
  EXPECT_EQ(update->treat_as_withdraw, "");
  EXPECT_FALSE(update->end_of_rib || !update->skipped.empty() || update->has_withdraws());
  EXPECT_EQ(hex(update->attributes.wire()), "40010100" "400200" "40030401020304" "40050400000064");
  EXPECT_FALSE(update->attributes.rewritten);
}

TEST(Update, WithdrawsIpv4RoutesInTheClassicField) {
  const auto update = decode("0004 180a0000 0000");
  ASSERT_TRUE(update.result.has_value());
  EXPECT_EQ(routes(update->withdrawn), "10.0.0.0/24");
  EXPECT_FALSE(update->has_announces());
  EXPECT_EQ(update->treat_as_withdraw, "");
}

TEST(Update, AnnouncesIpv6RoutesInMpReachWithoutCopyingAttributes) {
  for (const char* section : {"40010100 400200 40050400000064 800e1a 0002 01 10 20010000000000000000000000000001 00 2020010db8",
                              "800e1a 0002 01 10 20010000000000000000000000000001 00 2020010db8 40010100 400200 40050400000064"}) {
    const auto update = with_attributes(section, "");
    ASSERT_TRUE(update.result.has_value());
    EXPECT_EQ(routes(update->mp_announced), "2001:db8::/32");
    EXPECT_EQ(update->mp_next_hop.address.text(), "2001::1");
    EXPECT_FALSE(update->mp_next_hop.link_local);
    EXPECT_FALSE(update->attributes.rewritten);
    EXPECT_EQ(hex(update->attributes.wire()), "40010100" "400200" "40050400000064");
  }
}

TEST(Update, AnMpAttributeInTheMiddleIsTakenOut) {
  const auto update = with_attributes("40010100 400200 800e1a 0002 01 10 20010000000000000000000000000001 00 2020010db8 c0080400010002", "");
  ASSERT_TRUE(update.result.has_value());
  EXPECT_TRUE(update->attributes.rewritten);
  EXPECT_EQ(hex(update->attributes.wire()), "40010100" "400200" "c0080400010002");
}

TEST(Update, ALinkLocalNextHopComesBehindTheGlobalOne) {
  const auto update =
      with_attributes("40010100 400200 40050400000064 800e36 0002 01 20 20010db800000000000000000000ffff fe800000000000000000000000000001 00 "
                      "80 20010db8000100000000000000000001",
                      "");
  ASSERT_TRUE(update.result.has_value());
  EXPECT_EQ(update->mp_next_hop.address.text(), "2001:db8::ffff");
  EXPECT_EQ(update->mp_next_hop.link_local.text(), "fe80::1");
}

TEST(Update, AnMpReachWithoutNlriEndsTheSession) {
  const auto cause = with_attributes("40010100 400200 800e15 0002 01 10 20010000000000000000000000000001 00", "").cause();
  EXPECT_EQ(cause.code, 3);
  EXPECT_EQ(cause.subcode, 0);
}

TEST(Update, WithdrawsIpv6RoutesInMpUnreach) {
  const auto update = decode("0000 000b 800f08 0002 01 2020010db8");
  ASSERT_TRUE(update.result.has_value());
  EXPECT_EQ(routes(update->mp_withdrawn), "2001:db8::/32");
  EXPECT_FALSE(update->end_of_rib);
}

TEST(Update, PathIdentifiersAreReadWhereTheyWereNegotiated) {
  Negotiated negotiated = plain_session();
  negotiate(negotiated, k_ipv4_unicast, true);
  const auto update = with_attributes(k_mandatory, "00000007 180a0000 00000008 180a0000", negotiated);
  ASSERT_TRUE(update.result.has_value());
  EXPECT_EQ(routes(update->announced), "10.0.0.0/24 path-information 0.0.0.7, 10.0.0.0/24 path-information 0.0.0.8");
}

// RFC 4271 section 4.3: their value is irrelevant, hence two NLRI that differ in nothing else are one route.
TEST(Update, BitsBeyondTheLengthOfAPrefixAreCleared) {
  const auto update = with_attributes(k_mandatory, "14c0a8ff 14c0a8f0 01ff 00 17ffffff 18ffffff 200a000001");
  ASSERT_TRUE(update.result.has_value());
  EXPECT_EQ(routes(update->announced), "192.168.240.0/20, 192.168.240.0/20, 128.0.0.0/1, 0.0.0.0/0, 255.255.254.0/23, "
                                       "255.255.255.0/24, 10.0.0.1/32");
  std::vector<NlriKey> keys;
  update->announced.for_each([&](NlriKey& key) { keys.push_back(key); });
  EXPECT_EQ(keys[0], keys[1]);
  EXPECT_EQ(hex(keys[0].nlri()), "14c0a8f0");
  const auto six = with_attributes("40010100 400200 800e1a 0002 01 10 20010000000000000000000000000001 00 1d20010dff", "");
  ASSERT_TRUE(six.result.has_value());
  EXPECT_EQ(routes(six->mp_announced), "2001:df8::/29");
  Negotiated negotiated = plain_session();
  negotiate(negotiated, k_ipv4_unicast, true);
  const auto paths = with_attributes(k_mandatory, "ffffffff 14c0a8ff ffffffff 00", negotiated);
  ASSERT_TRUE(paths.result.has_value());
  EXPECT_EQ(routes(paths->announced), "192.168.240.0/20 path-information 255.255.255.255, 0.0.0.0/0 path-information 255.255.255.255");
}

// RFC 4271 section 4.3: as if the withdraw were not there.
TEST(Update, WhatIsWithdrawnAndAnnouncedInOneMessageIsAnnounced) {
  const auto update = decode("000c 180a0000 180a0001 180a0003 0015 40010100 400200 40030401020304 40050400000064 180a0001 180a0002");
  ASSERT_TRUE(update.result.has_value());
  EXPECT_EQ(routes(update->withdrawn), "10.0.0.0/24, 10.0.3.0/24");
  EXPECT_EQ(routes(update->announced), "10.0.1.0/24, 10.0.2.0/24");
  const auto only = decode("0004 17 0a0001 0015 40010100 400200 40030401020304 40050400000064 170a0000");
  ASSERT_TRUE(only.result.has_value());
  EXPECT_FALSE(only->has_withdraws()) << "they differ beyond the length only";
}

TEST(Update, WhatIsWithdrawnAndAnnouncedIsLeftOutWhereverItStands) {
  // In MP_UNREACH and MP_REACH; and IPv4 routes in one of the two and a field of RFC 4271.
  const auto six = with_attributes(
      "40010100 400200 800e1a 0002 01 10 20010000000000000000000000000001 00 2020010db8 800f0d 0002 01 2020010db8 2020010db9", "");
  ASSERT_TRUE(six.result.has_value());
  EXPECT_EQ(routes(six->mp_withdrawn), "2001:db9::/32");
  EXPECT_EQ(routes(six->mp_announced), "2001:db8::/32");
  const auto mixed = with_attributes(k_mandatory + "800f0b 0001 01 180a0000 180a0001", "180a0000");
  ASSERT_TRUE(mixed.result.has_value());
  EXPECT_EQ(routes(mixed->mp_withdrawn), "10.0.1.0/24");
  const auto other = decode("0004 180a0000 0022 40010100 400200 40030401020304 800e11 0001 01 04 0a000001 00 180a0000 180a0001");
  ASSERT_TRUE(other.result.has_value());
  EXPECT_FALSE(other->has_withdraws());
}

TEST(Update, AnotherPathOfAPrefixIsAnotherRoute) {
  Negotiated negotiated = plain_session();
  negotiate(negotiated, k_ipv4_unicast, true);
  const auto update = decode("0010 00000001 180a0000 00000002 180a0000 000e 40010100 400200 40030401020304 00000002 180a0000", negotiated);
  ASSERT_TRUE(update.result.has_value());
  EXPECT_EQ(routes(update->withdrawn), "10.0.0.0/24 path-information 0.0.0.1");
}

TEST(Update, LengthsThatOverrunTheMessageEndTheSession) {
  for (const char* bad : {"0001 0000", "ffff 0000", "0000 0001", "0000 ffff 40010100", "0002 0000"}) {
    const auto cause = decode(bad).cause();
    EXPECT_EQ(cause.code, 3) << bad;
    EXPECT_EQ(cause.subcode, 1) << bad;
    EXPECT_TRUE(cause.data.empty());
  }
  EXPECT_EQ(hex(decode("000000").cause().data), "0016");
}

TEST(Update, UnreadableNlriEndTheSession) {
  EXPECT_EQ(with_attributes(k_mandatory, "210a000000").cause().subcode, 10);
  EXPECT_EQ(with_attributes(k_mandatory, "180a00").cause().subcode, 10);
  EXPECT_EQ(decode("0003 180a00 0000").cause().subcode, 10);
  EXPECT_EQ(with_attributes("800f05 0002 01 40 20", "").cause().subcode, 10);
  EXPECT_TRUE(decode("0003 180a00 0000").cause().data.empty());
}

TEST(EndOfRib, IsRecognisedInBothFormsOfItsFlags) {
  EXPECT_EQ(decode("0000 0000")->end_of_rib, k_ipv4_unicast);
  EXPECT_EQ(decode("0000 0007 900f0003 0002 01")->end_of_rib, k_ipv6_unicast);
  EXPECT_EQ(decode("0000 0006 800f03 0002 01")->end_of_rib, k_ipv6_unicast);
  EXPECT_EQ(decode("0000 0006 800f03 0001 01")->end_of_rib, k_ipv4_unicast);
}

TEST(EndOfRib, OfAFamilyNotNegotiatedIsIgnored) {
  const auto update = decode("0000 0006 800f03 0001 80");
  ASSERT_TRUE(update.result.has_value());
  EXPECT_FALSE(update->end_of_rib);
  EXPECT_TRUE(update->skipped.empty());
}

TEST(EndOfRib, OfAFamilyWithoutACodecIsStillOne) {
  Negotiated negotiated = plain_session();
  negotiate(negotiated, {Afi::ipv4, Safi::mpls_vpn});
  EXPECT_EQ(decode("0000 0006 800f03 0001 80", negotiated)->end_of_rib, (Family{Afi::ipv4, Safi::mpls_vpn}));
}

TEST(EndOfRib, IsWrittenWithTheExtendedLengthFlag) {
  base::Buffer out;
  encode_end_of_rib(k_ipv4_unicast, out);
  EXPECT_EQ(hex(out), "ffffffffffffffffffffffffffffffff00170200000000");
  out.clear();
  encode_end_of_rib(k_ipv6_unicast, out);
  EXPECT_EQ(hex(out), "ffffffffffffffffffffffffffffffff001e0200000007900f0003000201");
}

TEST(Multiprotocol, FamiliesNotNegotiatedAreIgnored) {
  const auto foreign = with_attributes(k_mandatory + "800e0d 0001 02 04 0a000001 00 180a0000", "");
  ASSERT_TRUE(foreign.result.has_value());
  EXPECT_EQ(skipped(foreign), "ipv4 multicast 1");
  EXPECT_FALSE(foreign->has_announces());
  const auto unknown = with_attributes("800f05 0063 63 abcd", "");
  ASSERT_TRUE(unknown.result.has_value());
  ASSERT_EQ(unknown->skipped.size(), 1U);
  EXPECT_EQ(unknown->skipped[0].family, (Family{Afi{0x63}, Safi{0x63}}));
  const auto two = with_attributes(k_mandatory + "800e0d 0001 02 04 0a000001 00 180a0000 800f07 0002 02 18 200100", "");
  ASSERT_TRUE(two.result.has_value());
  EXPECT_EQ(skipped(two), "ipv6 multicast 1, ipv4 multicast 1");
}

TEST(Multiprotocol, ClassicRoutesAreIgnoredWithoutIpv4Unicast) {
  Negotiated negotiated;
  negotiated.asn4 = true;
  negotiate(negotiated, k_ipv6_unicast);
  const auto update = with_attributes(k_mandatory, "180a0000", negotiated);
  ASSERT_TRUE(update.result.has_value());
  EXPECT_EQ(skipped(update), "ipv4 unicast 1");
  EXPECT_FALSE(update->has_announces());
}

TEST(Multiprotocol, FramingErrorsCarryTheAttribute) {
  for (const char* bad : {"800e04 00020110", "800e06 000201 10 0000", "800f02 0002", "800e00", "800f00"}) {
    const auto cause = with_attributes(bad, "").cause();
    EXPECT_EQ(cause.code, 3) << bad;
    EXPECT_EQ(cause.subcode, 9) << bad;
    EXPECT_EQ(hex(cause.data), hex(octets(bad)));
  }
}

TEST(Multiprotocol, NextHopLengthsFollowTheFamily) {
  const std::string four = "800e0e 0002 01 04 0a000001 00 2020010db8";
  const auto cause = with_attributes(four, "").cause();
  EXPECT_EQ(cause.subcode, 9);
  EXPECT_EQ(hex(cause.data), hex(octets(four)));
  const std::string sixteen = "40010100 400200 800e19 0001 01 10 20010000000000000000000000000001 00 180a0000";
  EXPECT_EQ(with_attributes(sixteen, "").cause().subcode, 9);
}

// RFC 8955 section 4: whatever next hop a flow rule has is no reason to refuse it.
TEST(Multiprotocol, FlowRulesMayHaveNoNextHopOrOneOfEitherVersion) {
  Negotiated negotiated = plain_session();
  testing::negotiate(negotiated, {Afi::ipv4, Safi::flow});
  testing::negotiate(negotiated, {Afi::ipv6, Safi::flow_vpn});
  const std::string six = "20010db8000000000000000000000001";
  for (const auto& [attribute, next_hop] : std::vector<std::pair<std::string, std::string>>{
           {"800e09 0001 85 00 00 03 058150", ""},
           {"800e0d 0001 85 04 01020304 00 03 058150", "1.2.3.4"},
           {"800e19 0001 85 10 " + six + " 00 03 058150", "2001:db8::1"},
           {"800e15 0002 86 04 01020304 00 0b 0000000100000001 058150", "1.2.3.4"},
           {"800e21 0002 86 10 " + six + " 00 0b 0000000100000001 058150", "2001:db8::1"},
           {"800e1d 0002 86 0c 0000000000000000 01020304 00 0b 0000000100000001 058150", "1.2.3.4"},
           {"800e29 0002 86 18 0000000000000000 " + six + " 00 0b 0000000100000001 058150", "2001:db8::1"},
           {"800e31 0002 86 20 " + six + "fe800000000000000000000000000001 00 0b 0000000100000001 058150", "2001:db8::1"}}) {
    const auto update = with_attributes("40010100 400200 " + attribute, "", negotiated);
    ASSERT_TRUE(update.result.has_value()) << attribute << ": " << update.result.error().reason();
    EXPECT_EQ(update->mp_next_hop.known() ? update->mp_next_hop.address.text() : "", next_hop);
    EXPECT_EQ(update->treat_as_withdraw, "");
  }
  EXPECT_EQ(with_attributes("40010100 400200 800e0e 0001 85 05 0102030405 00 03 058150", "", negotiated).cause().subcode, 9);
}

// RFC 4659 section 3.2.1.1, RFC 9552 section 5.5: a link-local address may stand behind the global one in a VPN and of link state, too.
TEST(Multiprotocol, NextHopsMayHaveALinkLocalAddressBehindThem) {
  constexpr std::string_view k_global = "20010db8000000000000000000000001";
  constexpr std::string_view k_link_local = "fe800000000000000000000000000002";
  constexpr std::string_view k_rd = "0000000000000000";
  constexpr std::string_view k_node = "0001001F02000000000000000701000012020000040000FDE902030006192168251231";
  constexpr std::string_view k_vpn_node = "000100270000FDE80000000102000000000000000701000012020000040000FDE902030006192168251231";
  Negotiated negotiated = plain_session();
  for (const Family family : {Family{Afi::ipv6, Safi::mpls_vpn}, Family{Afi::bgp_ls, Safi::bgp_ls}, Family{Afi::bgp_ls, Safi::bgp_ls_vpn}}) {
    testing::negotiate(negotiated, family);
  }
  const auto decoded = [&](std::string_view family, const std::vector<std::string_view>& parts, std::string_view nlri) {
    std::string next_hop;
    for (const std::string_view part : parts) next_hop += part;
    const base::Buffer value = octets(fmt::format("{}{:02x}{}00{}", family, next_hop.size() / 2, next_hop, nlri));
    base::Buffer attribute;
    append_attribute(attribute, k_flag_optional, static_cast<std::uint8_t>(AttributeCode::mp_reach), value);
    return with_attributes("40010100400200" + hex(attribute), "", negotiated);
  };
  for (const auto& update : {decoded("000280", {k_rd, k_global, k_rd, k_link_local}, "780006410001010203040005 20010db8"),
                             decoded("000280", {k_rd, k_global, k_link_local}, "780006410001010203040005 20010db8"),
                             decoded("400447", {k_global, k_link_local}, k_node),
                             decoded("400448", {k_rd, k_global, k_rd, k_link_local}, k_vpn_node),
                             decoded("400448", {k_rd, k_global, k_link_local}, k_vpn_node)}) {
    ASSERT_TRUE(update.result.has_value()) << update.result.error().reason();
    EXPECT_EQ(update->mp_next_hop.address.text(), "2001:db8::1");
    EXPECT_EQ(update->mp_next_hop.link_local.text(), "fe80::2");
    EXPECT_FALSE(update->mp_announced.empty());
  }
  EXPECT_EQ(decoded("400447", {k_global, k_rd}, k_node).cause().subcode, 9) << "24 octets without a VPN";
}

// RFC 7606 section 7.14: the rules are withdrawn, the session stays.
TEST(Multiprotocol, MalformedActionsWithdrawTheFlowRule) {
  Negotiated negotiated = plain_session();
  testing::negotiate(negotiated, {Afi::ipv4, Safi::flow});
  const auto update = with_attributes("40010100 400200 c01007 80060000000000 800e09 0001 85 00 00 03 058150", "", negotiated);
  ASSERT_TRUE(update.result.has_value());
  EXPECT_EQ(update->treat_as_withdraw, "extended-community");
  EXPECT_EQ(routes(update->mp_announced), "flow destination-port =80");
  EXPECT_EQ(with_attributes("40010100 400200 c01913 000c20010db800000000000000000000000100 800e09 0001 85 00 00 03 058150", "", negotiated)->treat_as_withdraw,
            "extended-community-ipv6");
}

TEST(Multiprotocol, ARuleThatIsNotUnderstoodIsNoEndOfRib) {
  Negotiated negotiated = plain_session();
  testing::negotiate(negotiated, {Afi::ipv4, Safi::flow});
  const auto update = with_attributes("800f07 0001 85 03 0d8106", "", negotiated);
  ASSERT_TRUE(update.result.has_value());
  EXPECT_FALSE(update->end_of_rib.has_value());
  EXPECT_EQ(routes(update->mp_withdrawn), "");
  ASSERT_EQ(update->skipped.size(), 1U);
  const auto beside = with_attributes("800f0b 0001 85 03 0d8106 03 058150", "", negotiated);
  ASSERT_TRUE(beside.result.has_value());
  EXPECT_EQ(routes(beside->mp_withdrawn), "flow destination-port =80");
}

TEST(Multiprotocol, OtherNextHopLengthsNeedTheVeryPairOfRfc8950) {
  const std::string sixteen = "40010100 400200 800e19 0001 01 10 20010000000000000000000000000001 00 180a0000";
  Negotiated negotiated = plain_session();
  negotiated.extended_next_hops = {{k_ipv4_multicast, Afi::ipv6}};
  EXPECT_FALSE(with_attributes(sixteen, "", negotiated).result.has_value());
  negotiated.extended_next_hops = {{k_ipv4_unicast, Afi::ipv6}};
  const auto update = with_attributes(sixteen, "", negotiated);
  ASSERT_TRUE(update.result.has_value());
  EXPECT_EQ(routes(update->mp_announced), "10.0.0.0/24");
  EXPECT_EQ(update->mp_next_hop.address.text(), "2001::1");
  EXPECT_EQ(update->treat_as_withdraw, "");
}

TEST(Multiprotocol, TheReservedOctetIsIgnored) {
  EXPECT_TRUE(with_attributes("40010100 400200 800e1a 0002 01 10 20010000000000000000000000000001 ff 2020010db8", "").result.has_value());
}

TEST(Multiprotocol, ASecondAttributeEndsTheSession) {
  const auto cause = with_attributes("800f08 0002 01 2020010db8 800f08 0002 01 2020010db8", "").cause();
  EXPECT_EQ(cause.code, 3);
  EXPECT_EQ(cause.subcode, 1);
  EXPECT_TRUE(cause.data.empty());
}

TEST(Multiprotocol, WrongFlagsEndTheSession) {
  EXPECT_EQ(with_attributes("c00f08 0002 01 2020010db8", "").cause().subcode, 4);
  EXPECT_TRUE(with_attributes("8f0f08 0002 01 2020010db8", "").result.has_value());
  EXPECT_TRUE(with_attributes("a00f08 0002 01 2020010db8", "").result.has_value());
}

}  // namespace
}  // namespace tandem::bgp
