// The scenes of the dialect test, and what stays different in them.
#include <span>

#include "conformance/interop/beside.hpp"

namespace tandem::conformance {

namespace {

constexpr std::string_view k_parsed = "parsed; update; open; notification; keepalive; refresh;";

// UPDATEs that are received, each with one attribute of interest.
constexpr std::string_view k_attributes[] = {
    "0039 02 0000001e4001010040021002010000fdea0102000000010000000240030401010101180a0002",  // a sequence and a set
    "0033 02 000000184001010040020a0102000000010000000240030401010101180a0002",  // a set
    "0033 02 000000184001010140020a02020000fdea0000fdf240030401010101180a0002",  // origin egp
    "0033 02 000000184001010240020a02020000fdea0000fdf240030401010101180a0002",  // origin incomplete
    "003a 02 0000001f4001010040020a02020000fdea0000fdf2400304010101018004040000004d180a0002",  // MED
    "0036 02 0000001b4001010040020a02020000fdea0000fdf240030401010101400600180a0002",  // atomic aggregate
    "003e 02 000000234001010040020a02020000fdea0000fdf240030401010101c00708fa56ea090a090807180a0002",  // aggregator
    "003a 02 0000001f4001010040020a02020000fdea0000fdf240030401010101c0080400010002180a0002",  // a community
    "004e 02 000000334001010040020a02020000fdea0000fdf240030401010101c008180005000600010002ffffff01ffffff02ffffff03"
    "ffff029a180a0002",  // communities, names
    "003e 02 000000234001010040020a02020000fdea0000fdf240030401010101c010080002fde900000064180a0002",  // an extended community
    "00c6 02 000000ab4001010040020a02020000fdea0000fdf240030401010101c010900002fde9000000640102c0000201006402020001"
    "117000640003fde9000000640103c0000201006402030001117000644004fde9497424008006fde94974240080070000000000038008fd"
    "e9000000648009000000000012030c000000000008060000000000000106010000000000a0060101000000000006020102030405064300"
    "0000000000018008000000000000180a0002",  // extended communities of many kinds
    "0042 02 000000274001010040020a02020000fdea0000fdf240030401010101c0200c000000010000000200000003180a0002",  // a large community
    "004e 02 000000334001010040020a02020000fdea0000fdf240030401010101c020180000000400000005000000060000000100000002"
    "00000003180a0002",  // large communities
    "0040 02 000000254001010040020a02020000fdea0000fdf240030401010101c0280a01000700000000000064180a0002",  // a label index
    "004b 02 000000304001010040020a02020000fdea0000fdf240030401010101c02815010007000000000000640300080000003e80001f"
    "40180a0002",  // a label index and an SRGB
    "003f 02 000000244001010040020a02020000fdea0000fdf240030401010101c016090006000640c0000201180a0002",  // a PMSI tunnel
    "003b 02 000000204001010040020a02020000fdea0000fdf240030401010101e063050102030405180a0002",  // an unknown attribute
    "003b 02 000000204001010040020a02020000fdea0000fdf2400304010101018063050102030405180a0002",  // one that is not transitive
    "003a 02 0000001f4001010040020a02020000fdea0000fdf240030401010101c023040000fdea180a0002",  // ONLY_TO_CUSTOMER
    "0056 02 0004180a000700374001010040020a02020000fdea0000fdf240030401010101800e1c0002011020010db80000000000000000"
    "00000001003020010db80009180a0002",  // IPv4, IPv6 and a withdraw
    "002f 02 000000184001010040020a02020000fdea0000fdf240030401010101",  // attributes alone
    "0033 02 0004180a000700184001010040020a02020000fdea0000fdf240030401010101",  // a withdraw with attributes
    "0030 02 000000184001010040020a02020000fdea0000fdf24003040101010100",  // a default route
    "0034 02 000000184001010040020a02020000fdea0000fdf2400304010101012001020304",  // a host route
};
constexpr std::string_view k_internal_attributes[] = {
    "0039 02 0000001e4001010040021003020000fdea0000fdf20201fa56ea0040030401010101180a0002",  // confederation segments
    "003a 02 0000001f4001010040020a02020000fdea0000fdf240030401010101400504000000b1180a0002",  // local preference
    "003a 02 0000001f4001010040020a02020000fdea0000fdf2400304010101018009040a090807180a0002",  // originator
    "003e 02 000000234001010040020a02020000fdea0000fdf240030401010101800a080a0908070a090808180a0002",  // a cluster list
    "003a 02 0000001f4001010040020a02020000fdea0000fdf240030401010101800a040a090807180a0002",  // a cluster list of one
    "0049 02 0000002e4001010040020a02020000fdea0000fdf240030401010101c0070800005ba00a090807c01208fa56ea090a09080718"
    "0a0002",  // AGGREGATOR of AS_TRANS with AS4_AGGREGATOR, on a session of four octets
    "004a 02 0000002f4001010040020a02020000fdea0000fdf240030401010101c01914000220010db80000000000000000000000010064"
    "180a0002",  // an IPv6 extended community
};
constexpr std::string_view k_nlri[] = {
    "0058 02 000000414001010040020040050400000064800e3000194604000000000002250000fde8000000010011223344556677889900"
    "00006430aabbccddeeff200a000001000641",  // l2vpn evpn 3
    "0055 02 0000003e4001010040020040050400000064800e2d00194604000000000005220000fde8000000010000000000000000000000"
    "000064180a0000000a000001000641",  // l2vpn evpn 10
    "004a 02 000000334001010040020040050400000064800e2200018500001c011801020302200a00000104815005121f90541f98910c38"
    "06920400",  // ipv4 flow 1
    "0035 02 0000001e4001010040020040050400000064800f0d0001850902200a000001058150",  // ipv4 flow 2
    "0061 02 0000004a4001010040020040050400000064800f390001853501080a0301118106070100810808810309001202014204011080"
    "280a02c854012c120190d401f40b012e810a0c0001020201088304",  // ipv4 flow 4
    "002f 02 000000184001010040020040050400000064800f0700018503098003",  // ipv4 flow 6
    "003f 02 000000284001010040020040050400000064800e170001860000110000fde80000000102200a000001058150",  // ipv4 flow-vpn 1
    "0059 02 000000424001010040020040050400000064800f310002852d01800020010db800010000000000000000000102201020010db8"
    "03010681110b81080c000280040d0264d407d0",  // ipv6 flow 1
    "0038 02 000000214001010040020040050400000064800e10000104040000000000300006410a0000",  // ipv4 nlri-mpls 1
    "003b 02 000000244001010040020040050400000064800e1300010404000000000048000640000c810a0000",  // ipv4 nlri-mpls 2
    "0032 02 0000001b4001010040020040050400000064800f0a000104300006410a0000",  // ipv4 nlri-mpls 3
    "0048 02 000000314001010040020040050400000064800e200001800c00000000000000000000000000700006410000fde8000000010a"
    "0000",  // ipv4 mpls-vpn 1
    "003a 02 000000234001010040020040050400000064800f12000180708000000000fde8000000010a0000",  // ipv4 mpls-vpn 2
    "0055 02 0000003e4001010040020040050400000064800e2d000280180000000000000000000000000000000000000000000000000078"
    "000641000101020304000520010db8",  // ipv6 mpls-vpn 1
};

std::vector<Act> receive(std::span<const std::string_view> messages) {
  std::vector<Act> acts;
  for (const std::string_view message : messages) acts.push_back({.send = message});
  return acts;
}

Act say(std::string_view command, std::size_t written = 0) { return {.send = "", .command = command, .written = written}; }

constexpr std::string_view k_one_route = "static { route 10.1.0.0/24 next-hop 1.1.1.1; }";
constexpr std::string_view k_update = "002F 02 00000014 40010100 4002060201 0000FDEA 40030401010101 180A0001";
constexpr std::string_view k_administrative_shutdown = "0015 03 0602";

}  // namespace

std::vector<Scene> dialect_scenes() {
  return {
      {"attributes", 65002, "ipv4 unicast; ipv6 unicast;",
       R"(static {
    route 10.1.0.0/24 next-hop 1.1.1.1;
    route 10.1.1.0/24 { next-hop 1.1.1.1; origin egp; med 5; local-preference 200; as-path [ 65010 65011 ]; community [ 1:2 3:4 no-export ];
                        aggregator ( 65010:1.2.3.4 ); atomic-aggregate; }
    route 10.1.2.0/24 next-hop 1.1.1.1 originator-id 9.9.9.9 cluster-list [ 1.1.1.1 2.2.2.2 ];
    route 10.1.3.0/24 next-hop 1.1.1.1 extended-community [ target:65000:1 0x0002fde900000064 origin:65000:2 ] large-community [ 1:2:3 4:5:6 ];
    route 10.1.4.0/24 next-hop self;
    route 10.1.5.0/24 next-hop 1.1.1.1 attribute [ 0x99 0xc0 0x0102 ];
    route 10.1.6.0/23 next-hop 1.1.1.1 split /24;
    route 2001:db8:1::/48 next-hop 2001:db8::1 med 7;
    route 10.1.12.0/24 next-hop 1.1.1.1 as-path [ 65010 4200000000 ];
    route 10.1.13.0/24 next-hop 1.1.1.1 as-path [ 65010 ( 65011 65012 ) ];
  })",
       k_parsed, 11, receive(k_attributes)},
      {"internal", 65001, "ipv4 unicast; ipv6 unicast;", "static { route 10.1.0.0/24 next-hop 1.1.1.1 local-preference 200; }", k_parsed, 3,
       receive(k_internal_attributes)},
      {"families", 65001,
       "ipv4 unicast; ipv4 nlri-mpls; ipv4 mpls-vpn; ipv6 mpls-vpn; ipv4 flow; ipv6 flow; ipv4 flow-vpn; l2vpn vpls; l2vpn evpn;",
       R"(static {
    route 10.1.8.0/24 next-hop 1.1.1.1 label [ 100 ];
    route 10.1.9.0/24 next-hop 1.1.1.1 rd 65000:1 label 200;
    route 2001:db8:2::/48 next-hop 2001:db8::1 rd 65000:1 label 300;
    route 10.1.10.0/24 next-hop 1.1.1.1 bgp-prefix-sid [ 100, [ ( 16000,8000 ) ] ] label [ 300 ];
  }
  flow {
    route a { match { source 10.0.0.1/32; destination 192.168.0.0/24; port [ =80 =8080 ]; destination-port >8080&<8088; protocol [ tcp udp ]; }
              then { rate-limit 9600; } }
    route b { match { source 10.0.0.2/32; tcp-flags [ syn ack ]; fragment [ first-fragment ]; packet-length >200&<300; }
              then { discard; community [ 1:2 ]; } }
    route c { match { destination 10.0.0.3/32; icmp-type [ echo-request ]; icmp-code [ host-unreachable ]; dscp [ 10 20 ]; }
              then { redirect 65500:12345; } }
    route d { rd 65535:65536; match { source 10.0.0.4/32; } then { mark 12; } }
    route e { match { source 2001:db8:3::/48; next-header [ tcp ]; } then { action sample-terminal; } }
  }
  l2vpn { vpls v { endpoint 5; base 10702; offset 1; size 8; rd 192.168.201.1:123; next-hop 192.168.201.1; } })",
       k_parsed, 19, receive(k_nlri)},
      {"commands", 65002, "ipv4 unicast; ipv6 unicast; ipv4 nlri-mpls; ipv4 mpls-vpn; ipv4 flow; l2vpn vpls;",
       "static { route 10.1.0.0/24 next-hop 1.1.1.1 watchdog dog withdraw; }", k_parsed, 6,
       {say("announce route 10.2.0.0/24 next-hop self", 1),
        say("announce route 10.2.1.0/24 next-hop 1.1.1.1 med 5 community [ 1:2 ]", 1),
        say("show adj-rib out"),
        say("show adj-rib out extensive"),
        say("withdraw route 10.2.1.0/24 next-hop 1.1.1.1", 1),
        say("withdraw route 10.2.0.0/24", 1),
        say("announce attributes next-hop 1.1.1.1 med 7 nlri 10.3.0.0/24 10.3.1.0/24", 1),
        say("withdraw attributes next-hop 1.1.1.1 med 7 nlri 10.3.0.0/24 10.3.1.0/24", 1),
        say("announce flow route { match { source 10.0.0.1/32; } then { discard; } }", 1),
        say("withdraw flow route { match { source 10.0.0.1/32; } then { discard; } }", 1),
        say("announce vpls endpoint 5 base 10702 offset 1 size 8 rd 192.168.201.1:123 next-hop 192.168.201.1", 1),
        say("withdraw vpls endpoint 5 base 10702 offset 1 size 8 rd 192.168.201.1:123 next-hop 192.168.201.1", 1),
        say("announce watchdog dog", 1),
        say("withdraw watchdog dog", 1),
        say("neighbor 127.0.0.2 announce route 10.4.0.0/24 next-hop 1.1.1.1", 1),
        say("neighbor 127.0.0.9 announce route 10.4.1.0/24 next-hop 1.1.1.1"),
        say("neighbor 127.0.0.2 local-as 65001 withdraw route 10.4.0.0/24", 1),
        say("announce route 10.5.0.0/24 next-hop 1.1.1.1 rd 65000:1 label 100", 1),
        say("show adj-rib out"),
        say("withdraw route 10.5.0.0/24 next-hop 1.1.1.1 rd 65000:1 label 100", 1),
        say("announce route 10.7.0.0/24 next-hop 1.1.1.1 bgp-prefix-sid [ 100 ] label [ 300 ]", 1),
        say("show adj-rib out extensive"),
        say("announce eor ipv4 unicast", 1),
        say("announce eor foo"),
        say("announce nonsense"),
        say("announce route"),
        say("announce route nonsense"),
        say("announce route 10.6.0.0/24"),
        say("nonsense"),
        say("teardown x"),
        say("# a comment"),
        say("version"),
        say("help"),
        say("show neighbor"),
        say("show neighbor summary"),
        say("show neighbor summary 127.0.0.2"),
        say("show neighbor extensive"),
        say("show neighbor configuration")}},
      {"packets", 65002, "ipv4 unicast;", k_one_route, "packets; open; update; keepalive; notification; refresh;", 2, {{.send = k_update}}},
      {"packets and parsed", 65002, "ipv4 unicast;", k_one_route, "packets; parsed; open; update; keepalive; notification;", 2,
       {{.send = k_update}, {.send = k_administrative_shutdown, .ends = true}}},
      {"consolidated", 65002, "ipv4 unicast;", k_one_route, "consolidate; parsed; open; update; keepalive; notification;", 2,
       {{.send = k_update}, {.send = k_administrative_shutdown, .ends = true}}},
      {"capabilities", 65002, "ipv4 unicast; ipv6 unicast;",
       "capability { route-refresh enable; graceful-restart 120; nexthop enable; } nexthop { ipv4 unicast ipv6; }\n"
       "  static { route 10.1.0.0/24 next-hop 1.1.1.1; }",
       k_parsed, 3,
       {{.send = k_update},
        say("show neighbor extensive"),
        say("show neighbor configuration"),
        say("show adj-rib in"),
        say("show adj-rib in extensive"),
        say("clear adj-rib in"),
        say("show adj-rib in")}},
      {"teardown", 65002, "ipv4 unicast;", k_one_route, k_parsed, 2,
       {{.send = "", .command = "neighbor 127.0.0.2 teardown 4", .written = 1, .ends = true}}},
  };
}

std::span<const Difference> dialect_differences() {
  static constexpr Difference k_rows[] = {
      {"", "", "03 0602", "a session that ends with the daemon"},
      {"", "", "send notification code 6 subcode 2", "a session that ends with the daemon"},
      {"", "", "send 3 header 0x", "a session that ends with the daemon"},
      {"", "", R"("data": "0x1741646D)", "a session that ends with the daemon"},
      {"", "", R"("body": "0x06021741646D)", "a session that ends with the daemon"},
      {"", R"("state": "IDLE")", "", "order of `fsm` IDLE and `down`"},
      {"teardown", "message (notification sent (6,4))", "message (notification sent (6,4))", "a `down` behind a teardown"},
      {"teardown", "message [notification sent (6,4)]", "message [notification sent (6,4)]", "a `down` behind a teardown"},
      {"attributes", "origin:100:192.0.2.1", "origin:192.0.2.1:100", "`origin:` of an IPv4 address"},
      {"internal", "as-path [ 4200000000 ][ 65002 65010 ]", "as-path confed [ 65002 65010 ] [ 4200000000 ]", "confederation segments"},
      {"internal", "aggregator ( 23456:10.9.8.7 ) aggregator", "aggregator ( 23456:10.9.8.7 )", "AS4_AGGREGATOR in a session"},
      {"internal", R"("aggregator": "4200000009)", R"("aggregator": "23456)", "AS4_AGGREGATOR in a session"},
      {"internal", "[ 0x19 0xC0 0x220010DB8", "[ 0x19 0xE0 0x000220010db8", "IPv6 extended communities"},
      {"internal", "attribute-0x19-0xC0", "attribute-0x19-0xE0", "IPv6 extended communities"},
      {"families", "afi l2vpn safi evpn", "announced evpn ", "EVPN and link state in text"},
      {"", "ipv4 unicast 10.2.0.0/24 next-hop self", "ipv4 unicast 10.2.0.0/24 next-hop 127.0.0.1", "`next-hop self` in `show adj-rib out`"},
      {"", "help: [neighbor <ip> [filters]] crash", "", "`crash`"},
      {"", "   ID                           1.2.3.4         1.2.3.4", "   ID                           1.2.3.4         1.2.3.5", "`ID` of the peer"},
      {"", "show neighbor configuration:   host-name", "", "`host-name`, `domain-name`"},
      {"", "show neighbor configuration:   domain-name", "", "`host-name`, `domain-name`"},
  };
  return k_rows;
}

}  // namespace tandem::conformance
