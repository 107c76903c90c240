#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/bgp/nlri/nlri_samples.hpp"
#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using ::testing::HasSubstr;
using testing::octets;
using testing::read_nlri_text;

constexpr Family k_plain{Afi::bgp_ls, Safi::bgp_ls};
constexpr Family k_vpn{Afi::bgp_ls, Safi::bgp_ls_vpn};

const testing::AddNlriSamples k_samples{
    // a node
    {k_plain, "0001001F02000000000000000701000012020000040000FDE902030006192168251231",
     "bgp-ls 0x0001001F02000000000000000701000012020000040000FDE902030006192168251231",
     R"({ "ls-nlri-type": "bgpls-node", "l3-routing-topology": 7, "protocol-id": 2, "node-descriptors": [ { "autonomous-system": 65001 }, { "router-id": "192168251231" } ] })",
     R"({ "ls-nlri-type": "bgpls-node", "l3-routing-topology": 7, "protocol-id": 2, "node-descriptors": [ { "autonomous-system": 65001 }, { "router-id": "192168251231" } ], "nexthop": "10.0.0.1" })"},
    {k_plain, "0001001F02000000000000000701000012020000040000FDE902030006192168251231",
     "bgp-ls 0x0001001F02000000000000000701000012020000040000FDE902030006192168251231",
     R"({ "ls-nlri-type": "bgpls-node", "l3-routing-topology": 7, "protocol-id": 2, "node-descriptors": [ { "autonomous-system": 65001 }, { "router-id": "192168251231" } ] })",
     {}, NlriUse::withdraw},
    // a node of a VPN
    {k_vpn, "000100270000FDE80000000102000000000000000701000012020000040000FDE902030006192168251231",
     "bgp-ls-vpn 0x000100270000FDE80000000102000000000000000701000012020000040000FDE902030006192168251231",
     R"({ "ls-nlri-type": "bgpls-node", "l3-routing-topology": 7, "protocol-id": 2, "node-descriptors": [ { "autonomous-system": 65001 }, { "router-id": "192168251231" } ], "rd": "65000:1" })",
     R"({ "ls-nlri-type": "bgpls-node", "l3-routing-topology": 7, "protocol-id": 2, "node-descriptors": [ { "autonomous-system": 65001 }, { "router-id": "192168251231" } ], "nexthop": "10.0.0.1", "rd": "65000:1" })"},
    // a link
    {k_plain, "0002008B03000000000000000001000020020000040000FDE902010004C0A87A7E0202000400000000020300040A0A0A0A01010010020000040000FDEA020300040A0A0A0B010200080000000100000002010300040A000001010400040A0000020105001020010DB80000000000000000000000010106001020010DB800000000000000000000000201070002F002",
     "bgp-ls 0x0002008B03000000000000000001000020020000040000FDE902010004C0A87A7E0202000400000000020300040A0A0A0A01010010020000040000FDEA020300040A0A0A0B010200080000000100000002010300040A000001010400040A0000020105001020010DB80000000000000000000000010106001020010DB800000000000000000000000201070002F002",
     R"({ "ls-nlri-type": "bgpls-link", "l3-routing-topology": 0, "protocol-id": 3, "local-node-descriptors": [ { "autonomous-system": 65001 }, { "bgp-ls-identifier": "3232266878" }, { "ospf-area-id": "0.0.0.0" }, { "router-id": "10.10.10.10" } ], "remote-node-descriptors": [ { "autonomous-system": 65002 }, { "router-id": "10.10.10.11" } ], "interface-addresses": [ "10.0.0.1", "2001:db8::1" ], "neighbor-addresses": [ "10.0.0.2", "2001:db8::2" ], "multi-topology-ids": [ 2 ], "link-identifiers": [ { "link-local-id": 1, "link-remote-id": 2 } ] })"},
    // a link without descriptors
    {k_plain, "00020009010000000000000000",
     "bgp-ls 0x00020009010000000000000000",
     R"({ "ls-nlri-type": "bgpls-link", "l3-routing-topology": 0, "protocol-id": 1, "local-node-descriptors": [  ], "remote-node-descriptors": [  ], "interface-addresses": [  ], "neighbor-addresses": [  ], "multi-topology-ids": [  ], "link-identifiers": [  ] })"},
    // prefixes
    {k_plain, "0003002E02000000000000000001000012020000040000FDE902030006192168251231010700020002010900051E0A860258",
     "bgp-ls 0x0003002E02000000000000000001000012020000040000FDE902030006192168251231010700020002010900051E0A860258",
     R"({ "ls-nlri-type": "bgpls-prefix-v4", "l3-routing-topology": 0, "protocol-id": 2, "node-descriptors": [ { "autonomous-system": 65001 }, { "router-id": "192168251231" } ], "ip-reachability-tlv": "10.134.2.88/30", "ip-reach-prefix": "10.134.2.88/30" })",
     R"({ "ls-nlri-type": "bgpls-prefix-v4", "l3-routing-topology": 0, "protocol-id": 2, "node-descriptors": [ { "autonomous-system": 65001 }, { "router-id": "192168251231" } ], "ip-reachability-tlv": "10.134.2.88/30", "ip-reach-prefix": "10.134.2.88/30", "nexthop": "10.0.0.1" })"},
    {k_plain, "0004002A02000000000000000001000012020000040000FDE902030006192168251231010900073020010DB80001",
     "bgp-ls 0x0004002A02000000000000000001000012020000040000FDE902030006192168251231010900073020010DB80001",
     R"({ "ls-nlri-type": "bgpls-prefix-v6", "l3-routing-topology": 0, "protocol-id": 2, "node-descriptors": [ { "autonomous-system": 65001 }, { "router-id": "192168251231" } ], "ip-reachability-tlv": "2001:db8:1::/48", "ip-reach-prefix": "2001:db8:1::/48" })",
     R"({ "ls-nlri-type": "bgpls-prefix-v6", "l3-routing-topology": 0, "protocol-id": 2, "node-descriptors": [ { "autonomous-system": 65001 }, { "router-id": "192168251231" } ], "ip-reachability-tlv": "2001:db8:1::/48", "ip-reach-prefix": "2001:db8:1::/48", "nexthop": "10.0.0.1" })"},
    // SIDs
    {k_plain, "0006003902000000000000000001000012020000040000FDE90203000619216825123101070002000202060010FC000000000000000000000000000001",
     "bgp-ls 0x0006003902000000000000000001000012020000040000FDE90203000619216825123101070002000202060010FC000000000000000000000000000001",
     R"({ "ls-nlri-type": "bgpls-srv6sid", "l3-routing-topology": 0, "protocol-id": 2, "node-descriptors": [ { "autonomous-system": 65001 }, { "router-id": "192168251231" } ], "srv6-sid-descriptors": {"multi-topology-ids": ["2"], "srv6-sid": "fc00::1"} })"},
    {k_vpn, "000600410000FDE80000000102000000000000000001000012020000040000FDE90203000619216825123101070002000202060010FC000000000000000000000000000001",
     "bgp-ls-vpn 0x000600410000FDE80000000102000000000000000001000012020000040000FDE90203000619216825123101070002000202060010FC000000000000000000000000000001",
     R"({ "ls-nlri-type": "bgpls-srv6sid", "l3-routing-topology": 0, "protocol-id": 2, "node-descriptors": [ { "autonomous-system": 65001 }, { "router-id": "192168251231" } ], "srv6-sid-descriptors": {"multi-topology-ids": ["2"], "srv6-sid": "fc00::1"}, "rd": "65000:1" })"},
    // types that are not known are octets, the distinguisher included
    {k_plain, "0005000401020304",
     "bgp-ls 0x0005000401020304",
     R"({ "code": 5, "parsed": false, "raw": "0005000401020304" })"},
    {k_vpn, "0005000C0000FDE80000000101020304",
     "bgp-ls-vpn 0x0005000C0000FDE80000000101020304",
     R"({ "code": 5, "parsed": false, "raw": "0005000C0000FDE80000000101020304" })"},
    // a pseudonode of IS-IS, and one whose number is 0
    {k_plain, "000100180100000000000000000100000B0203000719216825123105",
     "bgp-ls 0x000100180100000000000000000100000B0203000719216825123105",
     R"({ "ls-nlri-type": "bgpls-node", "l3-routing-topology": 0, "protocol-id": 1, "node-descriptors": [ { "router-id": "19216825123105", "psn": "5" } ] })",
     R"({ "ls-nlri-type": "bgpls-node", "l3-routing-topology": 0, "protocol-id": 1, "node-descriptors": [ { "router-id": "19216825123105", "psn": "5" } ], "nexthop": "10.0.0.1" })"},
    {k_plain, "000100180100000000000000000100000B0203000719216825123100",
     "bgp-ls 0x000100180100000000000000000100000B0203000719216825123100",
     R"({ "ls-nlri-type": "bgpls-node", "l3-routing-topology": 0, "protocol-id": 1, "node-descriptors": [ { "router-id": "19216825123100" } ] })",
     R"({ "ls-nlri-type": "bgpls-node", "l3-routing-topology": 0, "protocol-id": 1, "node-descriptors": [ { "router-id": "19216825123100" } ], "nexthop": "10.0.0.1" })"},
    // a designated router of OSPF
    {k_plain, "000100190600000000000000000100000C020300080A0A0A0A0A0B0C0D",
     "bgp-ls 0x000100190600000000000000000100000C020300080A0A0A0A0A0B0C0D",
     R"({ "ls-nlri-type": "bgpls-node", "l3-routing-topology": 0, "protocol-id": 6, "node-descriptors": [ { "router-id": "10.10.10.10", "designated-router-id": "10.11.12.13" } ] })",
     R"({ "ls-nlri-type": "bgpls-node", "l3-routing-topology": 0, "protocol-id": 6, "node-descriptors": [ { "router-id": "10.10.10.10", "designated-router-id": "10.11.12.13" } ], "nexthop": "10.0.0.1" })"},
    // direct, configured and freeRtr's
    {k_plain, "0001001504000000000000000001000008020300040A0A0A0A",
     "bgp-ls 0x0001001504000000000000000001000008020300040A0A0A0A",
     R"({ "ls-nlri-type": "bgpls-node", "l3-routing-topology": 0, "protocol-id": 4, "node-descriptors": [ { "router-id": "10.10.10.10" } ] })",
     R"({ "ls-nlri-type": "bgpls-node", "l3-routing-topology": 0, "protocol-id": 4, "node-descriptors": [ { "router-id": "10.10.10.10" } ], "nexthop": "10.0.0.1" })"},
    {k_plain, "000100170500000000000000000100000A02030006192168251231",
     "bgp-ls 0x000100170500000000000000000100000A02030006192168251231",
     R"({ "ls-nlri-type": "bgpls-node", "l3-routing-topology": 0, "protocol-id": 5, "node-descriptors": [ { "router-id": "192168251231" } ] })",
     R"({ "ls-nlri-type": "bgpls-node", "l3-routing-topology": 0, "protocol-id": 5, "node-descriptors": [ { "router-id": "192168251231" } ], "nexthop": "10.0.0.1" })"},
    {k_plain, "00010015E3000000000000000001000008020300040A0A0A0A",
     "bgp-ls 0x00010015E3000000000000000001000008020300040A0A0A0A",
     R"({ "ls-nlri-type": "bgpls-node", "l3-routing-topology": 0, "protocol-id": 227, "node-descriptors": [ { "router-id": "10.10.10.10" } ] })",
     R"({ "ls-nlri-type": "bgpls-node", "l3-routing-topology": 0, "protocol-id": 227, "node-descriptors": [ { "router-id": "10.10.10.10" } ], "nexthop": "10.0.0.1" })"},
    // an area of 16 octets
    {k_plain, "00010021030000000000000000010000140202001020010DB8000000000000000000000001",
     "bgp-ls 0x00010021030000000000000000010000140202001020010DB8000000000000000000000001",
     R"({ "ls-nlri-type": "bgpls-node", "l3-routing-topology": 0, "protocol-id": 3, "node-descriptors": [ { "ospf-area-id": "2001:db8::1" } ] })",
     R"({ "ls-nlri-type": "bgpls-node", "l3-routing-topology": 0, "protocol-id": 3, "node-descriptors": [ { "ospf-area-id": "2001:db8::1" } ], "nexthop": "10.0.0.1" })"},
    // BGP as the protocol (RFC 9086)
    {k_plain, "0001002507000000000000000001000018020000040000FDE9020400040A000001020500040000FDEA",
     "bgp-ls 0x0001002507000000000000000001000018020000040000FDE9020400040A000001020500040000FDEA",
     R"({ "ls-nlri-type": "bgpls-node", "l3-routing-topology": 0, "protocol-id": 7, "node-descriptors": [ { "autonomous-system": 65001 }, { "bgp-router-id": "10.0.0.1" }, { "confederation-member": 65002 } ] })",
     R"({ "ls-nlri-type": "bgpls-node", "l3-routing-topology": 0, "protocol-id": 7, "node-descriptors": [ { "autonomous-system": 65001 }, { "bgp-router-id": "10.0.0.1" }, { "confederation-member": 65002 } ], "nexthop": "10.0.0.1" })"},
    // parts that are not known are shown as octets
    {k_plain, "0001001B0200000000000000000100000E020000040000FDE902080002ABCD",
     "bgp-ls 0x0001001B0200000000000000000100000E020000040000FDE902080002ABCD",
     R"({ "ls-nlri-type": "bgpls-node", "l3-routing-topology": 0, "protocol-id": 2, "node-descriptors": [ { "autonomous-system": 65001 }, { "generic-tlv-520": [ "0xABCD" ] } ] })",
     R"({ "ls-nlri-type": "bgpls-node", "l3-routing-topology": 0, "protocol-id": 2, "node-descriptors": [ { "autonomous-system": 65001 }, { "generic-tlv-520": [ "0xABCD" ] } ], "nexthop": "10.0.0.1" })"},
    // descriptors that are not known, too
    {k_plain, "00020017030000000000000000FF000001AAFE000000FF000001BB",
     "bgp-ls 0x00020017030000000000000000FF000001AAFE000000FF000001BB",
     R"({ "ls-nlri-type": "bgpls-link", "l3-routing-topology": 0, "protocol-id": 3, "local-node-descriptors": [  ], "remote-node-descriptors": [  ], "interface-addresses": [  ], "neighbor-addresses": [  ], "multi-topology-ids": [  ], "link-identifiers": [  ], "generic-tlv-65280": [ "0xAA", "0xBB" ], "generic-tlv-65024": [ "0x" ] })"},
    {k_plain, "0006002702FFFFFFFFFFFFFFFF0100000002060010FC000000000000000000000000000001FF0000020102",
     "bgp-ls 0x0006002702FFFFFFFFFFFFFFFF0100000002060010FC000000000000000000000000000001FF0000020102",
     R"({ "ls-nlri-type": "bgpls-srv6sid", "l3-routing-topology": 18446744073709551615, "protocol-id": 2, "node-descriptors": [  ], "srv6-sid-descriptors": { "multi-topology-ids": [  ], "srv6-sid": "fc00::1", "generic-tlv-65280": [ "0x0102" ] } })"},
    // a prefix with fewer octets than its length asks for, and its OSPF route type
    {k_plain, "00030014030000000000000000010800010201090002180A",
     "bgp-ls 0x00030014030000000000000000010800010201090002180A",
     R"({ "ls-nlri-type": "bgpls-prefix-v4", "l3-routing-topology": 0, "protocol-id": 3, "node-descriptors": [  ], "ip-reachability-tlv": "10.0.0.0/24", "ip-reach-prefix": "10.0.0.0/24", "ospf-route-type": 2 })",
     R"({ "ls-nlri-type": "bgpls-prefix-v4", "l3-routing-topology": 0, "protocol-id": 3, "node-descriptors": [  ], "ip-reachability-tlv": "10.0.0.0/24", "ip-reach-prefix": "10.0.0.0/24", "ospf-route-type": 2, "nexthop": "10.0.0.1" })"},
    // IPv6 is hexadecimal to its end
    {k_plain, "0004001D030000000000000000010900107800000000000000000000FFFF010203",
     "bgp-ls 0x0004001D030000000000000000010900107800000000000000000000FFFF010203",
     R"({ "ls-nlri-type": "bgpls-prefix-v6", "l3-routing-topology": 0, "protocol-id": 3, "node-descriptors": [  ], "ip-reachability-tlv": "::ffff:102:300/120", "ip-reach-prefix": "::ffff:102:300/120" })",
     R"({ "ls-nlri-type": "bgpls-prefix-v6", "l3-routing-topology": 0, "protocol-id": 3, "node-descriptors": [  ], "ip-reachability-tlv": "::ffff:102:300/120", "ip-reach-prefix": "::ffff:102:300/120", "nexthop": "10.0.0.1" })"},
    // a protocol that is not known
    {k_plain, "0001000D09000000000000000001000000",
     "bgp-ls 0x0001000D09000000000000000001000000",
     R"({ "code": 1, "parsed": false, "raw": "0001000D09000000000000000001000000" })"},
    // a node without a descriptor of it
    {k_plain, "00010009020000000000000000",
     "bgp-ls 0x00010009020000000000000000",
     R"({ "code": 1, "parsed": false, "raw": "00010009020000000000000000" })"},
};

base::Result<NlriStep> decode(Family family, std::string_view hex, NlriKey& key) {
  const FamilyIndex index = *family_index(family);
  return nlri_codec(index)->decode({index, NlriUse::announce, false}, octets(hex), key);
}
// "3/10" and the like, "skipped", or "taken"
std::string verdict(std::string_view hex, Family family = k_plain) {
  NlriKey key;
  const auto step = decode(family, hex, key);
  if (!step) return fmt::format("{}/{}", step.error().notification()->code, step.error().notification()->subcode);
  return step->skipped ? "skipped" : "taken";
}
std::string reason(Family family, std::string_view text) {
  const auto key = read_nlri_text(*family_index(family), NlriUse::announce, text);
  return key ? "none" : key.error().reason();
}

TEST(LinkStateCodec, AnNlriWithoutAnEndResetsTheSession) {
  EXPECT_EQ(verdict("000100"), "3/10");
  EXPECT_EQ(verdict("0001 0005 01020304"), "3/10");
}

TEST(LinkStateCodec, AnNlriWhoseDescriptorsAreMalformedIsLeftOut) {
  constexpr std::string_view k_head = "02 0000000000000000";
  const auto of = [&](std::string_view type, std::string_view descriptors) {
    const std::size_t size = octets(k_head).size() + octets(descriptors).size();
    return verdict(fmt::format("{} {:04x} {} {}", type, size, k_head, descriptors));
  };
  EXPECT_EQ(verdict("0001 0008 02 00000000000000"), "skipped") << "no room for protocol and identifier";
  EXPECT_EQ(verdict("0001 0007 0000FDE8000000", k_vpn), "skipped") << "no room for the distinguisher";
  EXPECT_EQ(of("0001", "0100 00"), "skipped") << "half a head";
  EXPECT_EQ(of("0001", "0100 0001"), "skipped") << "beyond the NLRI";
  EXPECT_EQ(of("0001", "0100 0004 0200 0001"), "skipped") << "beyond the node descriptor";
  EXPECT_EQ(of("0001", "0100 0007 0200 0003 00FDE9"), "skipped") << "an AS of three octets";
  EXPECT_EQ(of("0001", "0100 0007 0201 0003 000001"), "skipped") << "an identifier of three octets";
  EXPECT_EQ(of("0001", "0100 0009 0202 0005 0000000000"), "skipped") << "an area of five octets";
  EXPECT_EQ(of("0001", "0100 0008 0203 0004 0A0A0A0A"), "skipped") << "an OSPF router in IS-IS";
  EXPECT_EQ(of("0001", "0100 0007 0204 0003 0A0000"), "skipped") << "a BGP router of three octets";
  EXPECT_EQ(of("0002", "0102 0007 00000001000000"), "skipped") << "identifiers of seven octets";
  EXPECT_EQ(of("0002", "0103 0005 0A00000100"), "skipped") << "an address of five octets";
  EXPECT_EQ(of("0002", "0107 0001 02"), "skipped") << "a topology of one octet";
  EXPECT_EQ(of("0003", "0109 0000"), "skipped") << "a prefix of nothing";
  EXPECT_EQ(of("0003", "0109 0006 180A00000000"), "skipped") << "five octets of IPv4";
  EXPECT_EQ(of("0003", "0109 0005 210A000000"), "skipped") << "33 bits of IPv4";
  EXPECT_EQ(of("0003", "0108 0002 0202 0109 0001 00"), "skipped") << "a route type of two octets";
  EXPECT_EQ(of("0006", "0100 0000 0206 0004 FC000000"), "skipped") << "a SID of four octets";
}

TEST(LinkStateCodec, WhatFollowsAnNlriThatIsLeftOutIsRead) {
  const FamilyIndex index = *family_index(k_plain);
  const base::Buffer field = octets("0001 0008 0200000000000000" "0005 0001 AA");
  const auto count = nlri_codec(index)->check({index, NlriUse::announce, false}, field);
  ASSERT_TRUE(count.has_value());
  EXPECT_EQ(count->taken, 1U);
  EXPECT_EQ(count->skipped, 1U);
}

TEST(LinkStateCodec, TheDistinguisherIsPartOfTheIdentity) {
  NlriKey one;
  NlriKey other;
  NlriKey plain;
  ASSERT_TRUE(decode(k_vpn, "0005 0009 0000FDE800000001 AA", one));
  ASSERT_TRUE(decode(k_vpn, "0005 0009 0000FDE800000002 AA", other));
  ASSERT_TRUE(decode(k_plain, "0005 0009 0000FDE800000001 AA", plain));
  EXPECT_NE(one, other);
  EXPECT_NE(one, plain) << "the SAFI is, too";
}

TEST(LinkStateGrammar, TakesTheOctetsOfOneNlri) {
  EXPECT_EQ(reason(k_plain, "0x0005000401020304"), "none");
  EXPECT_THAT(reason(k_plain, ""), HasSubstr("0x and the octets of one link-state NLRI expected"));
  EXPECT_THAT(reason(k_plain, "node"), HasSubstr("0x and the octets of one link-state NLRI expected"));
  EXPECT_THAT(reason(k_plain, "0x00050004010203"), HasSubstr("cut short"));
  EXPECT_THAT(reason(k_plain, "0x000500040102030405"), HasSubstr("more than one NLRI"));
  EXPECT_THAT(reason(k_plain, "0x000100080200000000000000"), HasSubstr("9 octets of protocol and identifier"));
  EXPECT_THAT(reason(k_vpn, "0x000100080200000000000000"), HasSubstr("8 octets of route distinguisher"));
}

}  // namespace
}  // namespace tandem::bgp
