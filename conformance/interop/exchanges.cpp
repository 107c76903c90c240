#include "conformance/interop/exchanges.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tandem::conformance {

namespace {

struct Daemon {
  std::string_view name;
  std::span<const Exchange> (*exchanges)();
};
constexpr Daemon k_daemons[] = {
    {"FRR", frr_exchanges}, {"GoBGP", gobgp_target_exchanges}, {"GoBGP", gobgp_exchanges}, {"BIRD", bird_exchanges},
    {"OpenBGPD", openbgpd_exchanges}, {"ExaBGP", exabgp_exchanges}};
constexpr std::string_view k_columns[] = {"FRR", "GoBGP", "BIRD", "OpenBGPD", "ExaBGP"};

constexpr std::string_view k_label = "labelled prefix";
constexpr std::string_view k_vpn = "VPN prefix";
constexpr std::string_view k_auto_discovery = "type 1, Ethernet auto-discovery";
constexpr std::string_view k_mac_ip = "type 2, MAC and IP";
constexpr std::string_view k_mac = "type 2, MAC alone";
constexpr std::string_view k_multicast = "type 3, inclusive multicast, PMSI tunnel";
constexpr std::string_view k_segment = "type 4, Ethernet segment";
constexpr std::string_view k_prefix = "type 5, IPv4 prefix";
constexpr std::string_view k_prefix6 = "type 5, IPv6 prefix, IPv6 next hop";
constexpr std::string_view k_target = "route target";
constexpr std::string_view k_isd = "interwork segment discovery";
constexpr std::string_view k_dsd = "direct segment discovery";
constexpr std::string_view k_t1st = "type 1 session transformed";
constexpr std::string_view k_t2st = "type 2 session transformed";
constexpr std::string_view k_rule = "rule with a rate";
constexpr std::string_view k_ranges = "rule with ranges of ports";
constexpr std::string_view k_rule_vpn = "rule with a redirect";
constexpr std::string_view k_site = "site";
constexpr std::string_view k_node = "node";
constexpr std::string_view k_link = "link";

const Exchange* find(std::string_view column, const Exchange& wanted) {
  for (const Daemon& daemon : k_daemons) {
    if (daemon.name != column) continue;
    for (const Exchange& exchange : daemon.exchanges()) {
      if (exchange.family == wanted.family && exchange.kind == wanted.kind) return &exchange;
    }
  }
  return nullptr;
}

std::string_view directions(const Exchange* exchange) {
  if (exchange == nullptr) return "";
  if (exchange->here.empty()) return "to it";
  return exchange->ours.empty() ? "from it" : "both ways";
}

}  // namespace

// bgpd alone has no label manager and no VNIs, so that what it announces by itself are the routes of `network`.
std::span<const Exchange> frr_exchanges() {
  static const std::vector<Exchange> k_all = {
      {"ipv4 nlri-mpls", k_label, "nlri-mpls 20.0.0.0/24 label 100 next-hop 192.0.2.1", "show bgp ipv4 labeled-unicast 20.0.0.0/24",
       {"BGP routing table entry for 20.0.0.0/24", "192.0.2.1 from 127.0.0.1", "Remote label: 100"},
       "network 60.0.0.0/24", {" ipv4 nlri-mpls 60.0.0.0/24 label 3 (51) ", " next-hop 127.0.0.2 "}},
      {"ipv6 nlri-mpls", k_label, "nlri-mpls 2001:db8:20::/48 label 102 next-hop 2001:db8::1", "show bgp ipv6 labeled-unicast 2001:db8:20::/48",
       {"BGP routing table entry for 2001:db8:20::/48", "2001:db8::1 from 127.0.0.1", "Remote label: 102"},
       "network 2001:db8:60::/48", {" ipv6 nlri-mpls 2001:db8:60::/48 label 3 (51) "}},
      {"ipv4 mpls-vpn", k_vpn, "mpls-vpn 20.0.1.0/24 rd 65001:1 label 101 next-hop 192.0.2.1 extended-community target:65001:100",
       "show bgp ipv4 vpn 20.0.1.0/24",
       {"entry for 65001:1:20.0.1.0/24", "192.0.2.1 from 127.0.0.1", "RT:65001:100", "Remote label: 101"},
       "network 60.0.1.0/24 rd 65002:1 label 201 route-map TARGET",
       {" ipv4 mpls-vpn 60.0.1.0/24 label 201 (3217) rd 65002:1 ", " extended-community target:65001:100"}},
      {"ipv6 mpls-vpn", k_vpn, "mpls-vpn 2001:db8:21::/48 rd 65001:1 label 103 next-hop 2001:db8::1 extended-community target:65001:100",
       "show bgp ipv6 vpn 2001:db8:21::/48",
       {"entry for 65001:1:2001:db8:21::/48", "2001:db8::1 from 127.0.0.1", "RT:65001:100", "Remote label: 103"},
       "network 2001:db8:61::/48 rd 65002:1 label 203 route-map TARGET",
       {" ipv6 mpls-vpn 2001:db8:61::/48 label 203 (3249) rd 65002:1 ", " extended-community target:65001:100"}},
      {"l2vpn evpn", k_auto_discovery,
       "evpn ethernet-ad rd 65001:1 esi 00:11:22:33:44:55:66:77:88:99 ethernet-tag 4294967295 label 0 next-hop 192.0.2.1 "
       "extended-community target:65001:100",
       "show bgp l2vpn evpn", {"[1]:[4294967295]:[00:11:22:33:44:55:66:77:88:99]:[32]:[0.0.0.0]:[0]"}, "", {}},
      {"l2vpn evpn", k_mac_ip,
       "evpn mac-ip rd 65001:1 mac 02:00:5E:10:00:01 ip 198.51.100.1 vni 10010 next-hop 192.0.2.1 extended-community target:65001:100",
       "show bgp l2vpn evpn route detail", {"[2]:[0]:[48]:[02:00:5e:10:00:01]:[32]:[198.51.100.1]", "VNI 10010"}, "", {}},
      {"l2vpn evpn", k_mac, "evpn mac-ip rd 65001:1 mac 02:00:5E:10:00:02 vni 10010 next-hop 192.0.2.1 extended-community target:65001:100",
       "show bgp l2vpn evpn", {"[2]:[0]:[48]:[02:00:5e:10:00:02]"}, "", {}},
      {"l2vpn evpn", k_multicast,
       "evpn inclusive-multicast rd 65001:1 ip 192.0.2.1 next-hop 192.0.2.1 pmsi ingressreplication:0:(10010):192.0.2.1 "
       "extended-community target:65001:100",
       "show bgp l2vpn evpn route detail", {"[3]:[0]:[32]:[192.0.2.1]", "PMSI Tunnel Type: Ingress Replication"}, "", {}},
      {"l2vpn evpn", k_segment,
       "evpn ethernet-segment rd 65001:1 esi 00:11:22:33:44:55:66:77:88:99 ip 192.0.2.1 next-hop 192.0.2.1 extended-community target:65001:100",
       "show bgp l2vpn evpn", {"[4]:[00:11:22:33:44:55:66:77:88:99]:[32]:[192.0.2.1]"}, "", {}},
      {"l2vpn evpn", k_prefix, "evpn ip-prefix rd 65001:1 ip 203.0.113.0/24 vni 10030 next-hop 192.0.2.1 extended-community target:65001:100",
       "show bgp l2vpn evpn", {"[5]:[0]:[24]:[203.0.113.0]"},
       "network 60.0.4.0/24 rd 65002:1 ethtag 0 label 20030 esi 00:11:22:33:44:55:66:77:88:99 gwip 0.0.0.0 routermac 02:00:5e:20:00:01",
       {" evpn ip-prefix rd 65002:1 ", " ip 60.0.4.0/24 gateway 0.0.0.0 ", " as-path [ 65002 ]"}},
      {"l2vpn evpn", k_prefix6, "evpn ip-prefix rd 65001:1 ip 2001:db8:99::/48 vni 10030 next-hop 2001:db8::1 extended-community target:65001:100",
       "show bgp l2vpn evpn", {"[5]:[0]:[48]:[2001:db8:99::]"}, "", {}},
      {"ipv4 flow", k_rule, "flow destination 20.0.7.0/24 protocol udp destination-port =53 rate-limit 9600", "show bgp ipv4 flowspec detail",
       {"Destination Address 20.0.7.0/24", "IP Protocol = 17", "Destination Port = 53", "FS:rate 9600.000000"}, "", {}},
      {"ipv4 flow", k_ranges, "flow destination 20.0.8.0/24 source-port >1024&<=2048 discard", "show bgp ipv4 flowspec detail",
       {"Destination Address 20.0.8.0/24", "Source Port > 1024 , <= 2048"}, "", {}},
      {"ipv6 flow", k_rule, "flow destination 2001:db8:27::/48 next-header tcp discard", "show bgp ipv6 flowspec detail",
       {"Destination Address 2001:db8:27::/48", "IP Protocol = 6"}, "", {}},
  };
  return k_all;
}

// With RTC (RFC 4684) GoBGP sends what has one of the route targets that were asked for, whatever its family.
std::span<const Exchange> gobgp_target_exchanges() {
  static const std::vector<Exchange> k_all = {
      {"ipv4 rtc", k_target, "rtc 65001:target:65001:100 next-hop 192.0.2.1", "global rib -a rtc", {"65001:65001:100 ", "192.0.2.1"},
       "vrf add red rd 65002:7 rt both 65001:700", {" ipv4 rtc rtc 65002:target:65001:700 "}},
      {"ipv4 mpls-vpn", k_vpn, "mpls-vpn 20.0.1.0/24 rd 65001:1 label 101 next-hop 192.0.2.1 extended-community target:65001:100",
       "global rib -a vpnv4", {"65001:1:20.0.1.0/24", "[101]", "192.0.2.1", "{Extcomms: [65001:100]}"},
       "global rib add -a vpnv4 60.0.1.0/24 label 201 rd 65002:1 rt 65001:100 nexthop 192.0.2.2",
       {" ipv4 mpls-vpn 60.0.1.0/24 label 201 (3217) rd 65002:1 ", " extended-community target:65001:100"}},
      {"ipv6 mpls-vpn", k_vpn, "mpls-vpn 2001:db8:21::/48 rd 65001:1 label 103 next-hop 2001:db8::1 extended-community target:65001:100",
       "global rib -a vpnv6", {"65001:1:2001:db8:21::/48", "[103]", "2001:db8::1 "},
       "global rib add -a vpnv6 2001:db8:61::/48 label 203 rd 65002:1 rt 65001:100 nexthop 2001:db8::2",
       {" ipv6 mpls-vpn 2001:db8:61::/48 label 203 (3249) rd 65002:1 next-hop 2001:db8::2 "}},
      {"l2vpn evpn", k_auto_discovery,
       "evpn ethernet-ad rd 65001:1 esi 00:11:22:33:44:55:66:77:88:99 ethernet-tag 4294967295 vni 7 next-hop 192.0.2.1 "
       "extended-community target:65001:100",
       "global rib -a evpn", {"[type:A-D][rd:65001:1][esi:ESI_ARBITRARY | 11:22:33:44:55:66:77:88:99][etag:4294967295]", "[7]"},
       "global rib add -a evpn a-d esi ARBITRARY 11:22:33:44:55:66:77:88:99 etag 100 label 300 rd 65002:1 rt 65001:100",
       {" evpn ethernet-ad rd 65002:1 esi 00:11:22:33:44:55:66:77:88:99 ethernet-tag 100 label 18 (300) "}},
      {"l2vpn evpn", k_mac_ip,
       "evpn mac-ip rd 65001:1 mac 02:00:5E:10:00:01 ip 198.51.100.1 vni 10010 next-hop 192.0.2.1 extended-community target:65001:100",
       "global rib -a evpn", {"[type:macadv][rd:65001:1][etag:0][mac:02:00:5e:10:00:01][ip:198.51.100.1]", "[10010]"},
       "global rib add -a evpn macadv 02:00:5e:20:00:01 198.51.100.2 etag 100 label 20010 rd 65002:1 rt 65001:100 encap vxlan",
       {" evpn mac-ip rd 65002:1 esi - ethernet-tag 100 mac 02:00:5E:20:00:01 ip 198.51.100.2 label 1250 (20010) ", "encap:VXLAN"}},
      {"l2vpn evpn", k_mac, "evpn mac-ip rd 65001:1 mac 02:00:5E:10:00:02 vni 10010 next-hop 192.0.2.1 extended-community target:65001:100",
       "global rib -a evpn", {"[type:macadv][rd:65001:1][etag:0][mac:02:00:5e:10:00:02][ip:<nil>]"}, "", {}},
      {"l2vpn evpn", k_multicast,
       "evpn inclusive-multicast rd 65001:1 ip 192.0.2.1 next-hop 192.0.2.1 pmsi ingressreplication:0:(10010):192.0.2.1 "
       "extended-community target:65001:100",
       "global rib -a evpn", {"[type:multicast][rd:65001:1][etag:0][ip:192.0.2.1]", "{Pmsi: type: ingress-repl, label: 10010, tunnel-id: 192.0.2.1}"},
       "global rib add -a evpn multicast 192.0.2.2 etag 100 rd 65002:1 rt 65001:100 pmsi ingress-repl 20010 192.0.2.2",
       {" evpn inclusive-multicast rd 65002:1 ethernet-tag 100 ip 192.0.2.2 ", " pmsi pmsi:ingressreplication:0:1250(20010):192.0.2.2"}},
      {"l2vpn evpn", k_segment,
       "evpn ethernet-segment rd 65001:1 esi 00:11:22:33:44:55:66:77:88:99 ip 192.0.2.1 next-hop 192.0.2.1 extended-community target:65001:100",
       "global rib -a evpn", {"[type:esi][rd:65001:1][esi:ESI_ARBITRARY | 11:22:33:44:55:66:77:88:99][ip:192.0.2.1]"},
       "global rib add -a evpn esi 192.0.2.2 esi ARBITRARY 11:22:33:44:55:66:77:88:99 rd 65002:1 rt 65001:100",
       {" evpn ethernet-segment rd 65002:1 esi 00:11:22:33:44:55:66:77:88:99 ip 192.0.2.2 "}},
      {"l2vpn evpn", k_prefix,
       "evpn ip-prefix rd 65001:1 ip 203.0.113.0/24 gateway 198.51.100.1 vni 10030 next-hop 192.0.2.1 extended-community target:65001:100",
       "global rib -a evpn", {"[type:Prefix][rd:65001:1][etag:0][prefix:203.0.113.0/24]", "[10030]", "[GW: 198.51.100.1]"},
       "global rib add -a evpn prefix 60.0.4.0/24 gw 198.51.100.2 etag 0 label 20030 rd 65002:1 rt 65001:100",
       {" evpn ip-prefix rd 65002:1 esi - ethernet-tag 0 ip 60.0.4.0/24 gateway 198.51.100.2 label 1251 (20030) "}},
      {"l2vpn evpn", k_prefix6, "evpn ip-prefix rd 65001:1 ip 2001:db8:99::/48 vni 10030 next-hop 2001:db8::1 extended-community target:65001:100",
       "global rib -a evpn", {"[type:Prefix][rd:65001:1][etag:0][prefix:2001:db8:99::/48]", "2001:db8::1 "},
       "global rib add -a evpn prefix 2001:db8:64::/48 gw 2001:db8::7 etag 0 label 20030 rd 65002:1 rt 65001:100 nexthop 2001:db8::2",
       {" evpn ip-prefix rd 65002:1 esi - ethernet-tag 0 ip 2001:db8:64::/48 gateway 2001:db8::7 label 1251 (20030) next-hop 2001:db8::2 "}},
      {"ipv4 mup", k_isd, "mup mup-isd 20.0.2.0/24 rd 65001:1 next-hop 192.0.2.1 extended-community target:65001:100", "global rib -a ipv4-mup",
       {"[type:isd][rd:65001:1][prefix:20.0.2.0/24]"},
       "global rib add -a ipv4-mup isd 60.0.5.0/24 rd 65002:1 prefix 2001:db8:1:1::/64 locator-node-length 24 function-length 16 behavior "
       "ENDM_GTP4E rt 65001:100 nexthop 2001:db8::2",
       {" mup mup-isd 60.0.5.0/24 rd 65002:1 next-hop 2001:db8::2 ", " bgp-prefix-sid ( l3-service 2001:db8:1:1:: 0x48 [64,24,16,0,0,0] )"}},
      {"ipv4 mup", k_dsd, "mup mup-dsd 192.0.2.7 rd 65001:1 next-hop 192.0.2.1 extended-community [ target:65001:100 mup:10:10 ]",
       "global rib -a ipv4-mup", {"[type:dsd][rd:65001:1][prefix:192.0.2.7]", "[65001:100], [10:10]"},
       "global rib add -a ipv4-mup dsd 192.0.2.9 rd 65002:1 prefix 2001:db8:1:1::/64 locator-node-length 24 function-length 16 behavior END_DT4 "
       "rt 65001:100 mup 10:10 nexthop 2001:db8::2",
       {" mup mup-dsd 192.0.2.9 rd 65002:1 ", " extended-community [ target:65001:100 mup:10:10 ]"}},
      {"ipv4 mup", k_t1st,
       "mup mup-t1st 20.0.3.1/32 rd 65001:1 teid 12345 qfi 9 endpoint 192.0.2.7 next-hop 192.0.2.1 extended-community target:65001:100",
       "global rib -a ipv4-mup", {"[type:t1st][rd:65001:1][prefix:20.0.3.1/32]", "12345      9          192.0.2.7"},
       "global rib add -a ipv4-mup t1st 60.0.6.1/32 rd 65002:1 rt 65001:100 teid 12345 qfi 9 endpoint 192.0.2.7 nexthop 192.0.2.2",
       {" mup mup-t1st 60.0.6.1/32 rd 65002:1 teid 12345 qfi 9 endpoint 192.0.2.7 "}},
      {"ipv4 mup", k_t2st, "mup mup-t2st 192.0.2.7 rd 65001:1 teid 12345/32 next-hop 192.0.2.1 extended-community target:65001:100",
       "global rib -a ipv4-mup", {"[type:t2st][rd:65001:1][endpoint:192.0.2.7][teid:12345]"},
       "global rib add -a ipv4-mup t2st 192.0.2.7 rd 65002:1 rt 65001:100 teid 12345 mup 10:10 nexthop 192.0.2.2",
       {" mup mup-t2st 192.0.2.7 rd 65002:1 teid 12345/32 "}},
      {"ipv6 mup", k_isd, "mup mup-isd 2001:db8:22::/48 rd 65001:1 next-hop 2001:db8::1 extended-community target:65001:100", "global rib -a ipv6-mup",
       {"[type:isd][rd:65001:1][prefix:2001:db8:22::/48]", "2001:db8::1 "}, "", {}},
      {"ipv4 flow-vpn", k_rule_vpn, "flow-vpn rd 65001:1 destination 20.0.9.0/24 protocol tcp tcp-flags syn redirect 65001:100",
       "global rib -a ipv4-l3vpn-flowspec", {"[rd: 65001:1][destination: 20.0.9.0/24][protocol: ==tcp][tcp-flags: S]", "{Extcomms: [redirect: 65001:100]}"},
       "global rib add -a ipv4-l3vpn-flowspec rd 65002:1 match destination 60.0.9.0/24 protocol tcp then redirect 65001:100 rt 65001:100",
       {" ipv4 flow-vpn flow destination-ipv4 60.0.9.0/24 protocol =tcp rd 65002:1 ", "redirect:65001:100"}},
      {"ipv6 flow-vpn", k_rule_vpn, "flow-vpn rd 65001:1 destination 2001:db8:29::/48 next-header tcp redirect 65001:100",
       "global rib -a ipv6-l3vpn-flowspec", {"[rd: 65001:1][destination: 2001:db8:29::/48/0][protocol: ==tcp]", "{Extcomms: [redirect: 65001:100]}"},
       "global rib add -a ipv6-l3vpn-flowspec rd 65002:1 match destination 2001:db8:69::/48 then redirect 65001:100 rt 65001:100",
       {" ipv6 flow-vpn flow destination-ipv6 2001:db8:69::/48/0 rd 65002:1 ", "redirect:65001:100"}},
  };
  return k_all;
}

std::span<const Exchange> gobgp_exchanges() {
  static const std::vector<Exchange> k_all = {
      {"ipv4 nlri-mpls", k_label, "nlri-mpls 20.0.0.0/24 label 100 next-hop 192.0.2.1", "global rib -a ipv4-mpls", {"20.0.0.0/24", "[100]", "192.0.2.1"},
       "global rib add -a ipv4-mpls 60.0.0.0/24 200 nexthop 192.0.2.2", {" ipv4 nlri-mpls 60.0.0.0/24 label 200 (3201) "}},
      {"ipv6 nlri-mpls", k_label, "nlri-mpls 2001:db8:20::/48 label 102 next-hop 2001:db8::1", "global rib -a ipv6-mpls",
       {"2001:db8:20::/48", "[102]", "2001:db8::1 "},
       "global rib add -a ipv6-mpls 2001:db8:60::/48 202 nexthop 2001:db8::2", {" ipv6 nlri-mpls 2001:db8:60::/48 label 202 (3233) "}},
      {"ipv4 flow", k_rule, "flow destination 20.0.7.0/24 protocol udp destination-port =53 rate-limit 9600", "global rib -a ipv4-flowspec",
       {"[destination: 20.0.7.0/24][protocol: ==udp][destination-port: ==53]", "{Extcomms: [rate: 9600.000000]}"},
       "global rib add -a ipv4-flowspec match destination 60.0.7.0/24 protocol udp destination-port ==53 then rate-limit 9600",
       {" ipv4 flow flow destination-ipv4 60.0.7.0/24 protocol =udp destination-port =53 ", " extended-community rate-limit:9600"}},
      {"ipv4 flow", k_ranges, "flow destination 20.0.8.0/24 source-port >1024&<=2048 discard", "global rib -a ipv4-flowspec",
       {"[destination: 20.0.8.0/24][source-port: >1024&<=2048]"}, "", {}},
      {"ipv6 flow", k_rule, "flow destination 2001:db8:27::/48 next-header tcp discard", "global rib -a ipv6-flowspec",
       {"[destination: 2001:db8:27::/48/0][protocol: ==tcp]", "{Extcomms: [discard]}"},
       "global rib add -a ipv6-flowspec match destination 2001:db8:67::/48 protocol tcp then discard",
       {" ipv6 flow flow destination-ipv6 2001:db8:67::/48/0 next-header =tcp ", " extended-community rate-limit:0"}},
      {"bgp-ls bgp-ls", k_node, "bgp-ls 0x0001001D03000000000000000701000010020000040000FBF4020300040A0A0A0A next-hop 192.0.2.1 bgp-ls 0x04020008726F757465722D31",
       "global rib -a ls -j", {"NODE { AS:64500 BGP-LS ID:0 10.10.10.10 OSPFv2:7 }"}, "", {}},
      {"bgp-ls bgp-ls", k_link,
       "bgp-ls 0x0002004103000000000000000701000010020000040000FBF4020300040A0A0A0A01010010020000040000FBF4020300040A0A0A0B01030004C633640101040004C6336402 "
       "next-hop 192.0.2.1 bgp-ls 0x04470002000A",
       "global rib -a ls -j", {"LOCAL_NODE: 10.10.10.10 REMOTE_NODE: 10.10.10.11 LINK: 198.51.100.1-"}, "", {}},
  };
  return k_all;
}

// Its static routes have no label: implicit null, 3, stands in its place.
std::span<const Exchange> bird_exchanges() {
  static const std::vector<Exchange> k_all = {
      {"ipv4 nlri-mpls", k_label, "nlri-mpls 20.0.0.0/24 label 100 next-hop 192.0.2.1", "show route table label4 all",
       {"20.0.0.0/24", "BGP.next_hop: 192.0.2.1", "BGP.mpls_label_stack: 100"},
       "route 60.0.0.0/24 blackhole;", {" ipv4 nlri-mpls 60.0.0.0/24 label 3 (49) next-hop 192.0.2.2 "}},
      {"ipv6 nlri-mpls", k_label, "nlri-mpls 2001:db8:20::/48 label [ 102 103 ] next-hop 2001:db8::1", "show route table label6 all",
       {"2001:db8:20::/48", "BGP.next_hop: 2001:db8::1", "BGP.mpls_label_stack: 102/103"},
       "route 2001:db8:60::/48 blackhole;", {" ipv6 nlri-mpls 2001:db8:60::/48 label 3 (49) next-hop 2001:db8::2 "}},
      {"ipv4 mpls-vpn", k_vpn, "mpls-vpn 20.0.1.0/24 rd 65001:1 label 101 next-hop 192.0.2.1 extended-community target:65001:100",
       "show route table vpn4routes all", {"65001:1 20.0.1.0/24", "BGP.next_hop: 192.0.2.1", "(rt, 65001, 100)", "BGP.mpls_label_stack: 101"},
       "route 65002:1 60.0.1.0/24 blackhole { bgp_ext_community.add((rt,65001,100)); };",
       {" ipv4 mpls-vpn 60.0.1.0/24 label 3 (49) rd 65002:1 next-hop 192.0.2.2 ", " extended-community target:65001:100"}},
      {"ipv6 mpls-vpn", k_vpn, "mpls-vpn 2001:db8:21::/48 rd 65001:1 label 103 next-hop 2001:db8::1 extended-community target:65001:100",
       "show route table vpn6routes all", {"65001:1 2001:db8:21::/48", "BGP.next_hop: 2001:db8::1", "BGP.mpls_label_stack: 103"},
       "route 65002:1 2001:db8:61::/48 blackhole { bgp_ext_community.add((rt,65001,100)); };",
       {" ipv6 mpls-vpn 2001:db8:61::/48 label 3 (49) rd 65002:1 next-hop 2001:db8::2 "}},
      {"ipv4 flow", k_rule, "flow destination 20.0.7.0/24 protocol udp destination-port =53 rate-limit 9600", "show route table flow4rules all",
       {"flow4 { dst 20.0.7.0/24; proto 17; dport 53; }", "(generic, 0x80060000, 0x46160000)"},
       "route flow4 { dst 60.0.7.0/24; proto = 17; dport = 53; } { bgp_ext_community.add((generic, 0x80060000, 0)); };",
       {" ipv4 flow flow destination-ipv4 60.0.7.0/24 protocol =udp destination-port =53 ", " extended-community rate-limit:0"}},
      {"ipv4 flow", k_ranges, "flow destination 20.0.8.0/24 source-port >1024&<=2048 discard", "show route table flow4rules all",
       {"flow4 { dst 20.0.8.0/24; sport > 1024 && <= 2048; }"},
       "route flow4 { dst 60.0.8.0/24; sport > 1024 && <= 2048; };", {" ipv4 flow flow destination-ipv4 60.0.8.0/24 source-port [ >1024&<=2048 ] "}},
      {"ipv6 flow", k_rule, "flow destination 2001:db8:27::/48 next-header tcp discard", "show route table flow6rules all",
       {"flow6 { dst 2001:db8:27::/48; next header 6; }"},
       "route flow6 { dst 2001:db8:67::/48; next header 17; };", {" ipv6 flow flow destination-ipv6 2001:db8:67::/48/0 next-header =udp "}},
  };
  return k_all;
}

// Built without MPLS: it keeps VPN routes, and makes none. What is withdrawn it counts, and shows as before.
std::span<const Exchange> openbgpd_exchanges() {
  static constexpr std::string_view k_withdraws = "Withdraws                0          2 ";
  static const std::vector<Exchange> k_all = {
      {"ipv4 mpls-vpn", k_vpn, "mpls-vpn 20.0.1.0/24 rd 65001:1 label 101 next-hop 192.0.2.1 extended-community target:65001:100", "show rib detail",
       {"entry for rd 65001:1 20.0.1.0/24", "Nexthop 192.0.2.1", "Ext. Communities: rt 65001:100"}, "", {}, k_withdraws},
      {"ipv6 mpls-vpn", k_vpn, "mpls-vpn 2001:db8:21::/48 rd 65001:1 label 103 next-hop 2001:db8::1 extended-community target:65001:100",
       "show rib detail", {"entry for rd 65001:1 2001:db8:21::/48", "Nexthop 2001:db8::1"}, "", {}, k_withdraws},
  };
  return k_all;
}

// Version 4.2: the answer to every question is the table of its program.
std::span<const Exchange> exabgp_exchanges() {
  static const std::vector<Exchange> k_all = {
      {"ipv4 nlri-mpls", k_label, "nlri-mpls 20.0.0.0/24 label 100 next-hop 192.0.2.1", "", {R"(ipv4 nlri-mpls 192.0.2.1 {"nlri": "20.0.0.0/24", "label": [[100)"},
       "static route 60.0.0.0/24 next-hop 192.0.2.2 label 200;", {" ipv4 nlri-mpls 60.0.0.0/24 label 200 (3201) next-hop 192.0.2.2 "}},
      {"ipv6 nlri-mpls", k_label, "nlri-mpls 2001:db8:20::/48 label 102 next-hop 2001:db8::1", "",
       {R"(ipv6 nlri-mpls 2001:db8::1 {"nlri": "2001:db8:20::/48", "label": [[102)"},
       "static route 2001:db8:60::/48 label 202 next-hop 2001:db8::2;", {" ipv6 nlri-mpls 2001:db8:60::/48 label 202 (3233) next-hop 2001:db8::2 "}},
      {"ipv4 mpls-vpn", k_vpn, "mpls-vpn 20.0.1.0/24 rd 65001:1 label 101 next-hop 192.0.2.1 extended-community target:65001:100", "",
       {R"(ipv4 mpls-vpn 192.0.2.1 {"nlri": "20.0.1.0/24", "label": [[101)", R"("rd": "65001:1"})", R"("string": "target:65001:100")"},
       "static route 60.0.1.0/24 rd 65002:1 label 201 next-hop 192.0.2.2 extended-community target:65001:100;",
       {" ipv4 mpls-vpn 60.0.1.0/24 label 201 (3217) rd 65002:1 ", " extended-community target:65001:100"}},
      {"ipv6 mpls-vpn", k_vpn, "mpls-vpn 2001:db8:21::/48 rd 65001:1 label 103 next-hop 2001:db8::1 extended-community target:65001:100", "",
       {R"(ipv6 mpls-vpn 2001:db8::1 {"nlri": "2001:db8:21::/48", "label": [[103)"},
       "static route 2001:db8:61::/48 rd 65002:1 label 203 next-hop 2001:db8::2 extended-community target:65001:100;",
       {" ipv6 mpls-vpn 2001:db8:61::/48 label 203 (3249) rd 65002:1 ", " extended-community target:65001:100"}},
      {"l2vpn vpls", k_site, "vpls rd 65001:1 endpoint 5 base 10702 offset 1 size 8 next-hop 192.0.2.1", "",
       {R"(l2vpn vpls 192.0.2.1 {"rd": "65001:1", "endpoint": 5, "base": 10702, "offset": 1, "size": 8})"},
       "l2vpn vpls theirs { rd 65002:1; endpoint 5; base 10702; offset 1; size 8; next-hop 192.0.2.2; }",
       {" l2vpn vpls vpls rd 65002:1 endpoint 5 base 10702 offset 1 size 8 next-hop 192.0.2.2 "}},
      {"l2vpn evpn", k_auto_discovery,
       "evpn ethernet-ad rd 65001:1 esi 00:11:22:33:44:55:66:77:88:99 ethernet-tag 4294967295 vni 7 next-hop 192.0.2.1 extended-community target:65001:100", "",
       {R"("rd": "65001:1", "esi": "00:11:22:33:44:55:66:77:88:99", "ethernet-tag": 4294967295, "label": [[0, 7]])"}, "", {}},
      {"l2vpn evpn", k_mac_ip, "evpn mac-ip rd 65001:1 mac 02:00:5E:10:00:01 ip 198.51.100.1 vni 10010 next-hop 192.0.2.1 extended-community target:65001:100", "",
       {R"("mac": "02:00:5E:10:00:01", "label": [[625, 10010]], "ip": "198.51.100.1")"}, "", {}},
      {"l2vpn evpn", k_mac, "evpn mac-ip rd 65001:1 mac 02:00:5E:10:00:02 vni 10010 next-hop 192.0.2.1 extended-community target:65001:100", "",
       {R"("mac": "02:00:5E:10:00:02")"}, "", {}},
      {"l2vpn evpn", k_multicast,
       "evpn inclusive-multicast rd 65001:1 ip 192.0.2.1 next-hop 192.0.2.1 pmsi ingressreplication:0:(10010):192.0.2.1 extended-community target:65001:100", "",
       {R"("name": "Inclusive Multicast Ethernet Tag", "rd": "65001:1", "ethernet-tag": 0, "ip": "192.0.2.1")", R"("pmsi": "pmsi:ingressreplication:0:625(10010):192.0.2.1")"},
       "", {}},
      {"l2vpn evpn", k_segment,
       "evpn ethernet-segment rd 65001:1 esi 00:11:22:33:44:55:66:77:88:99 ip 192.0.2.1 next-hop 192.0.2.1 extended-community target:65001:100", "",
       {R"("name": "Ethernet Segment", "rd": "65001:1", "esi": "00:11:22:33:44:55:66:77:88:99", "ip": "192.0.2.1")"}, "", {}},
      {"l2vpn evpn", k_prefix,
       "evpn ip-prefix rd 65001:1 ip 203.0.113.0/24 gateway 198.51.100.1 vni 10030 next-hop 192.0.2.1 extended-community target:65001:100", "",
       {R"("ip": "203.0.113.0", "iplen": 24, "gateway": "198.51.100.1")"}, "", {}},
      {"ipv4 flow", k_rule, "flow destination 20.0.7.0/24 protocol udp destination-port =53 rate-limit 9600", "",
       {R"("string": "flow destination-ipv4 20.0.7.0/24 protocol =udp destination-port =53")", R"("string": "rate-limit:9600")"},
       "flow route rate { match { destination 60.0.7.0/24; protocol udp; destination-port =53; } then { rate-limit 9600; } }",
       {" ipv4 flow flow destination-ipv4 60.0.7.0/24 protocol =udp destination-port =53 ", " extended-community rate-limit:9600"}},
      {"ipv4 flow", k_ranges, "flow destination 20.0.8.0/24 source-port >1024&<=2048 discard", "",
       {R"("string": "flow destination-ipv4 20.0.8.0/24 source-port [ >1024&<=2048 ]")"},
       "flow route ranges { match { destination 60.0.8.0/24; source-port >1024&<=2048; } then { discard; } }",
       {" ipv4 flow flow destination-ipv4 60.0.8.0/24 source-port [ >1024&<=2048 ] "}},
      {"ipv6 flow", k_rule, "flow destination 2001:db8:27::/48 next-header tcp discard", "", {R"("string": "flow destination-ipv6 2001:db8:27::/48/0 next-header =tcp")"},
       "flow route six { match { destination 2001:db8:67::/48; next-header tcp; } then { discard; } }",
       {" ipv6 flow flow destination-ipv6 2001:db8:67::/48/0 next-header =tcp ", " extended-community rate-limit:0"}},
      {"ipv4 flow-vpn", k_rule_vpn, "flow-vpn rd 65001:1 destination 20.0.9.0/24 protocol tcp tcp-flags syn redirect 65001:100", "",
       {R"("string": "flow destination-ipv4 20.0.9.0/24 protocol =tcp tcp-flags syn rd 65001:1")", R"("string": "redirect:65001:100")"},
       "flow route vpn { rd 65002:1; match { destination 60.0.9.0/24; protocol tcp; } then { redirect 65001:100; } }",
       {" ipv4 flow-vpn flow destination-ipv4 60.0.9.0/24 protocol =tcp rd 65002:1 ", "redirect:65001:100"}},
      {"ipv6 flow-vpn", k_rule_vpn, "flow-vpn rd 65001:1 destination 2001:db8:29::/48 next-header tcp redirect 65001:100", "",
       {R"("string": "flow destination-ipv6 2001:db8:29::/48/0 next-header =tcp rd 65001:1")"},
       "flow route vpn6 { rd 65002:1; match { destination 2001:db8:69::/48; next-header tcp; } then { redirect 65001:100; } }",
       {" ipv6 flow-vpn flow destination-ipv6 2001:db8:69::/48/0 next-header =tcp rd 65002:1 ", "redirect:65001:100"}},
      {"bgp-ls bgp-ls", k_node, "bgp-ls 0x0001001D03000000000000000701000010020000040000FBF4020300040A0A0A0A next-hop 192.0.2.1 bgp-ls 0x04020008726F757465722D31", "",
       {R"("ls-nlri-type": "bgpls-node")", R"("node-name": "router-1")"}, "", {}},
      {"bgp-ls bgp-ls", k_link,
       "bgp-ls 0x0002004103000000000000000701000010020000040000FBF4020300040A0A0A0A01010010020000040000FBF4020300040A0A0A0B01030004C633640101040004C6336402 "
       "next-hop 192.0.2.1 bgp-ls 0x04470002000A", "",
       {R"("ls-nlri-type": "bgpls-link")", R"("igp-metric": 10)"}, "", {}},
  };
  return k_all;
}

std::string exchange_table() {
  std::string out = "| family | route |";
  for (const std::string_view column : k_columns) out += fmt::format(" {} |", column);
  out += "\n| --- | --- |";
  for (std::size_t i = 0; i < std::size(k_columns); ++i) out += " --- |";
  out += '\n';
  std::vector<const Exchange*> shown;
  for (const Daemon& daemon : k_daemons) {
    for (const Exchange& exchange : daemon.exchanges()) {
      const bool known = std::any_of(shown.begin(), shown.end(), [&](const Exchange* e) { return e->family == exchange.family && e->kind == exchange.kind; });
      if (known) continue;
      shown.push_back(&exchange);
      out += fmt::format("| {} | {} |", exchange.family, exchange.kind);
      for (const std::string_view column : k_columns) out += fmt::format(" {} |", directions(find(column, exchange)));
      out += '\n';
    }
  }
  return out;
}

}  // namespace tandem::conformance
