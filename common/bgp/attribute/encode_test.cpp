#include <gtest/gtest.h>

#include "common/base/ip.hpp"
#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using testing::block;
using testing::hex;

struct Receiver {
  EncodeContext context{base::Asn{65533}, true, true, false, false};
  Receiver& external() { return context.internal = false, *this; }
  Receiver& two_octets() { return context.asn4 = false, *this; }
  Receiver& as(std::uint32_t number) { return context.local_as = base::Asn{number}, *this; }
  Receiver& below() { return context.add_only_to_customer = true, *this; }
  Receiver& aigp() { return context.aigp = true, *this; }
};

std::string encode(std::string_view attributes, const Receiver& receiver, std::string_view next_hop = "", bool with_next_hop = true) {
  base::Buffer out;
  NextHop hop;
  if (!next_hop.empty()) hop.address = *base::IpAddress::parse(next_hop);
  encode_attributes(block(attributes), hop, with_next_hop, receiver.context, out);
  return hex(out);
}

TEST(EncodeAttributes, AnInternalPeerGetsOriginEmptyPathAndLocalPreference) {
  EXPECT_EQ(encode("", Receiver(), "1.2.3.4"), "40010100" "400200" "40030401020304" "40050400000064");
}

TEST(EncodeAttributes, AnExternalPeerGetsOurAsAndNoLocalPreference) {
  EXPECT_EQ(encode("local-preference 200", Receiver().external(), "10.0.1.254"), "40010100" "40020602010000fffd" "4003040a0001fe");
}

// RFC 9234 section 5.
TEST(EncodeAttributes, ARouteThatGoesDownwardsMayOnlyGoToCustomersSinceUs) {
  EXPECT_EQ(encode("large-community 1:2:3", Receiver().external().below()),
            "40010100" "40020602010000fffd" "c0200c000000010000000200000003" "c023040000fffd");
  EXPECT_EQ(encode("only-to-customer 7", Receiver().external().below()), "40010100" "40020602010000fffd" "c0230400000007") << "it stays as it is";
}

TEST(EncodeAttributes, AConfiguredPathIsSentUntouched) {
  EXPECT_EQ(encode("as-path [ 1 2 ]", Receiver().external()), "40010100" "40020a0202" "00000001" "00000002");
  EXPECT_EQ(encode("as-path [ ]", Receiver().external()), "40010100" "400200");
}

TEST(EncodeAttributes, NextHopIsSentOnlyWhenItIsIpv4AndWanted) {
  EXPECT_EQ(encode("", Receiver(), "2001:db8::1"), "40010100" "400200" "40050400000064");
  EXPECT_EQ(encode("", Receiver(), "1.2.3.4", false), "40010100" "400200" "40050400000064");
  EXPECT_EQ(encode("", Receiver()), "40010100" "400200" "40050400000064");
}

TEST(EncodeAttributes, ConfiguredValuesReplaceTheDefaultsInTheirPlace) {
  EXPECT_EQ(encode("med 100 origin egp local-preference 7 community 1:2", Receiver(), "1.2.3.4"),
            "40010101" "400200" "40030401020304" "80040400000064" "40050400000007" "c0080400010002");
  EXPECT_EQ(encode("attribute [ 0x05 0x40 0x00000009 ]", Receiver()), "40010100" "400200" "40050400000009");
  EXPECT_EQ(encode("attribute [ 0x05 0x40 0x00000009 ]", Receiver().external()), "40010100" "40020602010000fffd");
}

TEST(EncodeAttributes, EverythingElseGoesToExternalPeersToo) {
  EXPECT_EQ(encode("originator-id 1.1.1.1 cluster-list 2.2.2.2 med 1", Receiver().external()),
            "40010100" "40020602010000fffd" "80040400000001" "80090401010101" "800a0402020202");
}

TEST(EncodeAttributes, ATwoOctetPeerGetsAsTransAndAs4Path) {
  EXPECT_EQ(encode("as-path [ 70000 1 ]", Receiver().two_octets()),
            "40010100" "4002060202" "5ba00001" "c0110a0202" "00011170" "00000001" "40050400000064");
  EXPECT_EQ(encode("", Receiver().external().two_octets().as(70000), "1.2.3.4"),
            "40010100" "4002040201" "5ba0" "c011060201" "00011170" "40030401020304");
  EXPECT_EQ(encode("as-path [ 100 ]", Receiver().two_octets(), "10.0.255.254"), "40010100" "400204" "02010064" "4003040a00fffe" "40050400000064");
}

TEST(EncodeAttributes, ATwoOctetPeerGetsAs4AggregatorBehindAggregator) {
  EXPECT_EQ(encode("aggregator 65000:1.2.3.4 community 1:1", Receiver().two_octets()),
            "40010100" "400200" "40050400000064" "c00706fde801020304" "c0080400010001");
  EXPECT_EQ(encode("aggregator 70000:1.2.3.4 community 1:1", Receiver().two_octets()),
            "40010100" "400200" "40050400000064" "c007065ba001020304" "c012080001117001020304" "c0080400010001");
  EXPECT_EQ(encode("aggregator 70000:1.2.3.4", Receiver()), "40010100" "400200" "40050400000064" "c007080001117001020304");
}

TEST(EncodeAttributes, ANarrowedPathLosesTheExtendedLengthItDoesNotNeed) {
  std::string path = "as-path [";
  for (int i = 0; i < 100; ++i) path += " 1";
  EXPECT_EQ(encode(path + " ]", Receiver()).substr(8, 8), "50020192");
  EXPECT_EQ(encode(path + " ]", Receiver().two_octets()).substr(8, 6), "4002ca");
}

TEST(EncodeAttributes, AigpGoesToInternalPeersAndToExternalOnesThatAskForIt) {
  const std::string aigp = "801a0b01000b0000000000000064";
  EXPECT_NE(encode("aigp 100", Receiver()).find(aigp), std::string::npos);
  EXPECT_EQ(encode("aigp 100", Receiver().external()).find(aigp), std::string::npos);
  EXPECT_NE(encode("aigp 100", Receiver().external().aigp()).find(aigp), std::string::npos);
}

TEST(EncodeAttributes, GenericOnesAreSentAsGiven) {
  EXPECT_EQ(encode("attribute [ 0x99 0x60 0x00000064 ]", Receiver(), "192.168.1.100"),
            "40010100" "400200" "400304c0a80164" "40050400000064" "60990400000064");
  EXPECT_EQ(encode("attribute [ 0x99 0x70 0x00000064 ]", Receiver(), "192.168.1.100"),
            "40010100" "400200" "400304c0a80164" "40050400000064" "7099000400000064");
  EXPECT_EQ(encode("attribute [ 0x04 0x80 0x00000064 ]", Receiver(), "192.168.1.100"),
            "40010100" "400200" "400304c0a80164" "80040400000064" "40050400000064");
  EXPECT_EQ(encode("attribute [ 0x02 0x40 0xff ] attribute [ 0x07 0xc0 0x01 ]", Receiver().two_octets()),
            "40010100" "400201ff" "40050400000064" "c0070101");
}

TEST(EncodeAttributes, WhatIsSentReadsBackAsTheSameRoute) {
  const base::Buffer route = block("origin egp as-path [ 70000 1 ] ( 3 4 ) med 5 local-preference 9 aggregator 70000:1.2.3.4 community 1:2 aigp 7");
  for (const bool asn4 : {true, false}) {
    base::Buffer wire;
    NextHop hop;
    hop.address = *base::IpAddress::parse("1.2.3.4");
    encode_attributes(route, hop, true, {base::Asn{1}, true, asn4, true}, wire);
    base::Buffer back;
    canonical_attributes(wire, asn4, back);
    EXPECT_EQ(hex(back), hex(route));
  }
}

}  // namespace
}  // namespace tandem::bgp
