#include "common/bgp/nlri/nlri_samples.hpp"

namespace tandem::bgp {
namespace {

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
    // a distinguisher of a four-octet AS whose number is small: the letter is for text, which is read back.
    {k_vpn, "00010027000200000064006402000000000000000701000012020000040000FDE902030006192168251231",
     "bgp-ls-vpn 0x00010027000200000064006402000000000000000701000012020000040000FDE902030006192168251231",
     R"({ "ls-nlri-type": "bgpls-node", "l3-routing-topology": 7, "protocol-id": 2, "node-descriptors": [ { "autonomous-system": 65001 }, { "router-id": "192168251231" } ], "rd": "100:100" })",
     {}, NlriUse::withdraw},
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

}  // namespace
}  // namespace tandem::bgp
