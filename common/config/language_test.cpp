// A configuration with every statement of the language in one of its forms, as people write them: what it holds is tested elsewhere, here
// that all of it is read together and without a warning.
#include <gtest/gtest.h>

#include <algorithm>

#include "common/config/diagnostics.hpp"
#include "common/config/test_support.hpp"

namespace tandem::config {
namespace {

using namespace test;

constexpr std::string_view k_everything = R"(
process a { run program; encoder JSON; respawn; }
process b {
	run program -x [ a, b ];
	encoder text; respawn no;
}
template {
	neighbor t1 { hold-time 100; family { ipv4 unicast; } capability { route-refresh; } api x { processes [ a, b ]; neighbor-changes; } }
	neighbor t2 { local-as auto; }
}
neighbor 127.0.0.1 {
	router-id 1.2.3.4; local-address 127.0.0.2; local-as 65000; peer-as 1.5;
	inherit t1;
	description 'a "quoted" text'; host-name h; domain-name d;
	rate-limit disable; connect 1790; listen 1791; source-interface lo; outgoing-ttl disable; incoming-ttl 0;
	md5-password 'x'; md5-base64 auto; md5-ip 127.0.0.2; group-updates no; auto-flush 1; adj-rib-in; adj-rib-out yes; manual-eor;
	local-link-local fe80::1;
	capability { asn4 disable; extended-message 0; route-refresh; graceful-restart; add-path SEND/receive; multi-session no; operational; nexthop; aigp; software-version; link-local-nexthop enable; link-local-prefer; }
	family { ipv4 UNICAST; ipv4 multicast; ipv4 labeled-unicast; ipv4 mpls-vpn; ipv4 mcast-vpn; ipv4 flow; ipv4 flow-vpn; ipv4 mup; ipv4 sr-policy; ipv6 unicast; ipv6 nlri-mpls; ipv6 mpls-vpn; ipv6 mcast-vpn; ipv6 flow; ipv6 flow-vpn; ipv6 mup; ipv6 sr-policy; l2vpn vpls; l2vpn evpn; bgp-ls bgp-ls; bgp-ls bgp-ls-vpn; }
	family { ipv6 multicast; ipv4 rtc; }
	add-path { ipv4 unicast limit 10; ipv6 unicast; ipv4 mup; }
	nexthop { ipv4 unicast ipv6; ipv4 MULTICAST ipv6; ipv6 mpls-vpn ipv4; }
	
	api y { processes [ b ]; negotiated enable; fsm disable; signal; receive { parsed; packets no; consolidate; open; update; notification; keepalive; refresh; operational; } send { packets; } }
	static {
		route 10.0.0.0/8 next-hop SELF;
		route 10.0.0.1 next-hop 1.1.1.1 origin IGP as-path [ 1, 2 ] ( 3 4 ) med 5 local-preference 6 atomic-aggregate aggregator (1:1.2.3.4) originator-id 1.1.1.1 cluster-list [ 1.1.1.1 2.2.2.2 ] community [ 54591:123] large-community [ 1:2:3 0x000000010000000200000003 ] extended-community [ target:1:2 origin:2345:6.7.8.9 0x0002FDE800000064 ] aigp 0x10 attribute [ 0x99 0xe0 0x ] path-information 1.2.3.4 name x split /32 watchdog w withdraw;
		route 10.1.0.0/16 { next-hop 1.1.1.1; as-path 70000; label [ 1 2 ]; rd 65536:1; route-distinguisher 1.2.3.4:5; bgp-prefix-sid [ 1, [ ( 800000,4096 ), ( 1,2 ) ] ]; }
		route 10.2.0.0/16 next-hop 1.1.1.1 bgp-prefix-sid-srv6 ( l3-service 2001:db8:1:1:: 0x48 [64,24,16,0,0,0] );
		attributes next-hop 1.1.1.1 med 5 nlri 10.3.0.0/16 10.4.0.0/16;
		attributes next-hop 1.1.1.1 med 5 community 65000:1;
		attribute next-hop 1.1.1.1 med 5 nlri 10.5.0.0/16;
		sr-policy distinguisher 1 color 2 endpoint 1.1.1.1 next-hop 1.1.1.1 preference 100 binding-sid mpls 100 segment-list weight 1 segment type-a mpls 100;
		route 2001:DB8::/32 next-hop ::FFFF:1.2.3.4;
	}
	announce {
		ipv4 { unicast 10.6.0.0/16 next-hop 1.1.1.1 watchdog x; multicast 224.0.0.0/4 next-hop 1.1.1.1; labeled-unicast 10.7.0.0/16 next-hop 1.1.1.1 label 5; mpls-vpn 10.8.0.0/16 next-hop 1.1.1.1 label 5 rd 1:1;
			flow source 10.0.0.0/8 discard; flow-vpn rd 1:1 destination 10.0.0.0/8 accept; mcast-vpn source-ad source 10.99.12.4 group 239.251.255.228 rd 65000:99999 next-hop 1.1.1.1; mup mup-isd 10.0.0.0/24 rd 1:1 next-hop 1.1.1.1;
			sr-policy distinguisher 1 color 2 endpoint 1.1.1.2 next-hop 1.1.1.1; }
		ipv4 { rtc 64500:target:64500:10 next-hop self; }
		ipv6 { unicast 2001:db8:1::/48 next-hop 2001:db8::1; multicast ff0e::/16 next-hop 2001:db8::1;
			nlri-mpls 2001:db8:2::/48 next-hop 2001:db8::1 label 5; mpls-vpn 2001:db8:3::/48 next-hop 2001:db8::1 label 5 rd 1:1;
			flow source 2001:db8::/32/0 discard; flow-vpn rd 1:1 next-header tcp discard;
			mcast-vpn source-ad source 2001:db8::1 group ff0e::1 rd 1:1 next-hop 2001:db8::1; mup mup-isd 2001:db8::/32 rd 1:1 next-hop 2001:db8::1;
			sr-policy distinguisher 1 color 2 endpoint 2001:db8::2 next-hop 2001:db8::1; }
		l2vpn { vpls endpoint 1 base 2 offset 3 size 4 rd 1:1 next-hop 1.1.1.1;
			evpn ip-prefix rd 192.0.2.1:30 ip 203.0.113.0/24 gateway 198.51.100.1 vni 10030 next-hop 1.1.1.1; }
		bgp-ls { bgp-ls 0x0001001D03000000000000000701000010020000040000FBF4020300040A0A0A0A next-hop 1.1.1.1; bgp-ls-vpn 0x000100270000FDE80000000102000000000000000701000012020000040000FDE902030006192168251231 next-hop 1.1.1.1; }
	}
	flow { route f { rd 1:1; next-hop 1.1.1.1; match { source 10.0.0.0/8; destination-port [ >8080&<8088 =3128 ]; protocol tcp; } then { rate-limit 9600; redirect 1:2; mark 5; action sample-terminal; } scope { interface-set transitive:input:1:2; } }
	  route { match { source 10.0.0.0/9; } then { redirect "[2001:db8::1]:5"; } }
	  route source 10.0.0.0/10 discard; }
	l2vpn { vpls v { endpoint 1; base 2; offset 3; size 5; rd 1:1; next-hop 1.1.1.1; } vpls endpoint 1 base 2 offset 3 size 6 rd 1:1 next-hop 1.1.1.1; }
	operational { }
}
neighbor 10.0.0.0/24 { passive; tcp-ao { keyid 1; algorithm hmac-sha-1-96; password eA==; base64; } member-limit 5; router-id 1.2.3.4; local-as 1; peer-as auto; }
)";

TEST(Language, EveryStatementIsRead) {
  Parsing parsing;
  const Configuration configuration = parsing.good(k_everything);
  ASSERT_EQ(configuration.neighbors.size(), 2U);
  EXPECT_EQ(configuration.programs.size(), 2U);
  const Neighbor& neighbor = configuration.neighbors[0];
  EXPECT_EQ(neighbor.families.size(), bgp::k_family_count);
  EXPECT_EQ(neighbor.hold_time_s, 100) << "of the template";
  // every family whose routes can be written without octets has one
  for (const bgp::FamilyTraits& traits : bgp::family_table()) {
    const auto index = bgp::family_index(traits.family);
    const bool there = std::any_of(neighbor.routes.routes.begin(), neighbor.routes.routes.end(),
                                   [&](const rib::Route& route) { return route.nlri.family() == *index; });
    EXPECT_TRUE(there) << bgp::to_string(traits.family);
  }
}

}  // namespace
}  // namespace tandem::config
