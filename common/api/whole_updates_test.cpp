// Whole UPDATEs of families whose routes stand in MP attributes: a command to octets, octets to JSON, and to commands that make the
// same octets again.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "common/api/message_decoder.hpp"
#include "common/api/route_encoder.hpp"

namespace tandem::api {
namespace {

namespace json = boost::json;

struct Sample {
  std::string_view command;  // empty: no single command makes it
  std::string_view octets;   // the body, on an internal session
  std::string_view update;   // the member of the event
  std::string_view update_v4 = {};  // in version 4 of the API, where that differs
};
constexpr Sample k_samples[] = {
    {"announce route 10.0.0.0/24 next-hop 1.2.3.4",
     "0000 0015 40010100 400200 400304 01020304 40050400000064 180A0000",
     R"({"attribute":{"origin":"igp","local-preference":100},"announce":{"ipv4 unicast":{"1.2.3.4":[{"nlri":"10.0.0.0/24"}]}}})"},
    {"withdraw route 10.0.0.0/24",
     "0004 180A0000 0000",
     R"({"withdraw":{"ipv4 unicast":[{"nlri":"10.0.0.0/24"}]}})"},
    {"announce route 10.0.0.0/24 next-hop 2001::1",
     "0000 002A 40010100 400200 40050400000064 800E19 0001 01 10 20010000000000000000000000000001 00 180A0000",
     R"({"attribute":{"origin":"igp","local-preference":100},"announce":{"ipv4 unicast":{"2001::1":[{"nlri":"10.0.0.0/24"}]}}})"},
    {"withdraw route 10.0.0.0/24 next-hop 2001::1",
     "0004 180A0000 0000",
     R"({"withdraw":{"ipv4 unicast":[{"nlri":"10.0.0.0/24"}]}})"},
    {"announce route 2001:db8::/32 next-hop 2001::1",
     "0000 002B 40010100 400200 40050400000064 800E1A 0002 01 10 20010000000000000000000000000001 00 2020010DB8",
     R"({"attribute":{"origin":"igp","local-preference":100},"announce":{"ipv6 unicast":{"2001::1":[{"nlri":"2001:db8::/32"}]}}})"},
    {"withdraw route 2001:db8::/32",
     "0000 000B 800F08 0002 01 2020010DB8",
     R"({"withdraw":{"ipv6 unicast":[{"nlri":"2001:db8::/32"}]}})"},
    {"announce route dead:beef::/32 next-hop 170.170.170.170",
     "0000 0026 40010100 400200 400304 AAAAAAAA 40050400000064 800E0E 0002 01 04 AAAAAAAA 00 20 DEADBEEF",
     R"({"attribute":{"origin":"igp","local-preference":100},"announce":{"ipv6 unicast":{"170.170.170.170":[{"nlri":"dead:beef::/32"}]}}})"},
    {"announce ipv4 multicast 10.0.0.0/24 next-hop 10.0.0.1",
     "0000 0025 40010100 400200 400304 0A000001 40050400000064 800E0D 0001 02 04 0A000001 00 180A0000",
     R"({"attribute":{"origin":"igp","local-preference":100},"announce":{"ipv4 multicast":{"10.0.0.1":[{"nlri":"10.0.0.0/24"}]}}})"},
    {"announce ipv6 multicast ff02:1::/32 next-hop 2001::1",
     "0000 002B 40010100 400200 40050400000064 800E1A 0002 02 10 20010000000000000000000000000001 00 20FF020001",
     R"({"attribute":{"origin":"igp","local-preference":100},"announce":{"ipv6 multicast":{"2001::1":[{"nlri":"ff02:1::/32"}]}}})"},
    {"withdraw ipv4 multicast 10.0.0.0/24",
     "0000 000A 800F07 0001 02 180A0000",
     R"({"withdraw":{"ipv4 multicast":[{"nlri":"10.0.0.0/24"}]}})"},
    {"withdraw ipv6 multicast ff02:1::/32",
     "0000 000B 800F08 0002 02 20FF020001",
     R"({"withdraw":{"ipv6 multicast":[{"nlri":"ff02:1::/32"}]}})"},
    {"announce ipv4 nlri-mpls 10.0.0.0/24 label 100 next-hop 1.2.3.4",
     "0000 0028 40010100 400200 400304 01020304 40050400000064 800E10 0001 04 04 01020304 00 30 000641 0A0000",
     R"({"attribute":{"origin":"igp","local-preference":100},"announce":{"ipv4 nlri-mpls":{"1.2.3.4":[{"nlri":"10.0.0.0/24","label":[[100,1601]]}]}}})"},
    {"announce route 2001:db8::/32 label 100 next-hop 2001::1",
     "0000 002E 40010100 400200 40050400000064 800E1D 0002 04 10 20010000000000000000000000000001 00 38 000641 20010DB8",
     R"({"attribute":{"origin":"igp","local-preference":100},"announce":{"ipv6 nlri-mpls":{"2001::1":[{"nlri":"2001:db8::/32","label":[[100,1601]]}]}}})"},
    {"withdraw ipv6 nlri-mpls 2001:db8::/32 label 100",
     "0000 001C 800F0B 0002 04 38 000641 20010DB8 40010100 400200 40050400000064",
     R"({"attribute":{"origin":"igp","local-preference":100},"withdraw":{"ipv6 nlri-mpls":[{"nlri":"2001:db8::/32","label":[[100,1601]]}]}})"},
    {"announce route 10.0.0.0/24 rd 65000:1 label 100 next-hop 1.2.3.4",
     "0000 0038 40010100 400200 400304 01020304 40050400000064 800E20 0001 80 0C 0000000000000000 01020304 00 70 000641 0000FDE800000001 0A0000",
     R"({"attribute":{"origin":"igp","local-preference":100},"announce":{"ipv4 mpls-vpn":{"1.2.3.4":[{"nlri":"10.0.0.0/24","label":[[100,1601]],"rd":"65000:1"}]}}})"},
    {"", "0000 0015 800F12 0001 80 70 800000 0000FDE800000001 0A0000",
     R"({"withdraw":{"ipv4 mpls-vpn":[{"nlri":"10.0.0.0/24","label":[[524288,8388608]],"rd":"65000:1"}]}})"},
    {"announce ipv6 mpls-vpn 2001:db8::/32 rd 1.2.3.4:5 label 100 next-hop 2001::1",
     "0000 003E 40010100 400200 40050400000064 800E2D 0002 80 18 0000000000000000 20010000000000000000000000000001 00 78 000641 0001010203040005 20010DB8",
     R"({"attribute":{"origin":"igp","local-preference":100},"announce":{"ipv6 mpls-vpn":{"2001::1":[{"nlri":"2001:db8::/32","label":[[100,1601]],"rd":"1.2.3.4:5"}]}}})"},
    {"withdraw ipv6 mpls-vpn 2001:db8::/32 rd 1.2.3.4:5 label 100",
     "0000 0024 800F13 0002 80 78 000641 0001010203040005 20010DB8 40010100 400200 40050400000064",
     R"({"attribute":{"origin":"igp","local-preference":100},"withdraw":{"ipv6 mpls-vpn":[{"nlri":"2001:db8::/32","label":[[100,1601]],"rd":"1.2.3.4:5"}]}})"},
    {"announce route 10.0.0.0/24 rd 65000:1 label 100 next-hop 2001::1",
     "0000 003D 40010100 400200 40050400000064 800E2C 0001 80 18 0000000000000000 20010000000000000000000000000001 00 70 000641 0000FDE800000001 0A0000",
     R"({"attribute":{"origin":"igp","local-preference":100},"announce":{"ipv4 mpls-vpn":{"2001::1":[{"nlri":"10.0.0.0/24","label":[[100,1601]],"rd":"65000:1"}]}}})"},
    {"announce ipv4 mup mup-t1st 192.168.0.1/32 rd 100:100 teid 12345 qfi 9 endpoint 10.0.0.1 next-hop 10.0.0.2",
     "0000 003C 40010100 400200 400304 0A000002 40050400000064 800E24 0001 55 04 0A000002 00 01000317000000640000006420C0A800010000303909200A000001",
     R"({"attribute":{"origin":"igp","local-preference":100},"announce":{"ipv4 mup":{"10.0.0.2":[{"name":"Type1SessionTransformedRoute","arch":1,"code":3,"prefix_ip_len":32,"prefix_ip":"192.168.0.1","teid":"12345","qfi":"9","rd":"100:100","endpoint_ip_len":32,"endpoint_ip":"10.0.0.1","source_ip_len":0,"source_ip":"b''","raw":"01000317000000640000006420C0A800010000303909200A000001"}]}}})"},
    {"announce ipv4 mup mup-isd 10.0.1.0/24 rd 100:100 next-hop 2001::1",
     "0000 0036 40010100 400200 40050400000064 800E25 0001 55 10 20010000000000000000000000000001 00 0100010C0000006400000064180A0001",
     R"({"attribute":{"origin":"igp","local-preference":100},"announce":{"ipv4 mup":{"2001::1":[{"name":"InterworkSegmentDiscoveryRoute","arch":1,"code":1,"prefix_ip_len":24,"prefix_ip":"10.0.1.0","rd":"100:100","raw":"0100010C0000006400000064180A0001"}]}}})"},
    {"withdraw ipv6 mup mup-dsd 2001:db8::1 rd 1:1",
     "0000 0030 800F1F 0002 55 01000218 0000000100000001 20010DB8000000000000000000000001 40010100 400200 40050400000064",
     R"({"attribute":{"origin":"igp","local-preference":100},"withdraw":{"ipv6 mup":[{"name":"DirectSegmentDiscoveryRoute","arch":1,"code":2,"ip":"2001:db8::1","rd":"1:1","raw":"01000218000000010000000120010DB8000000000000000000000001"}]}})"},
    {"withdraw ipv4 mup mup-isd 10.0.1.0/24 rd 100:100",
     "0000 0024 800F13 0001 55 0100010C0000006400000064180A0001 40010100 400200 40050400000064",
     R"({"attribute":{"origin":"igp","local-preference":100},"withdraw":{"ipv4 mup":[{"name":"InterworkSegmentDiscoveryRoute","arch":1,"code":1,"prefix_ip_len":24,"prefix_ip":"10.0.1.0","rd":"100:100","raw":"0100010C0000006400000064180A0001"}]}})"},
    {"announce ipv4 mcast-vpn shared-join rp 10.99.199.1 group 239.251.255.228 rd 65000:99999 source-as 65000 next-hop 10.10.6.3",
     "0000 0039 40010100 400200 400304 0A0A0603 40050400000064 800E21 0001 05 04 0A0A0603 00 06160000FDE80001869F0000FDE8200A63C70120EFFBFFE4",
     R"({"attribute":{"origin":"igp","local-preference":100},"announce":{"ipv4 mcast-vpn":{"10.10.6.3":[{"code":6,"parsed":true,"raw":"06160000FDE80001869F0000FDE8200A63C70120EFFBFFE4","name":"C-Multicast Shared Tree Join route","rd":"65000:99999","source-as":"65000","source":"10.99.199.1","group":"239.251.255.228"}]}}})"},
    {"withdraw ipv6 mcast-vpn source-ad source fd00::1 group ff0e::1 rd 65000:99999 next-hop 2001::1",
     "0000 0040 800F2F 0002 05 052A0000FDE80001869F80FD00000000000000000000000000000180FF0E0000000000000000000000000001 40010100 400200 40050400000064",
     R"({"attribute":{"origin":"igp","local-preference":100},"withdraw":{"ipv6 mcast-vpn":[{"code":5,"parsed":true,"raw":"052A0000FDE80001869F80FD00000000000000000000000000000180FF0E0000000000000000000000000001","name":"Source Active A-D Route","rd":"65000:99999","source":"fd00::1","group":"ff0e::1"}]}})"},
    {"", "0000 0051 40010100 400200 400304 0A0A0603 40050400000064 800E39 0001 05 04 0A0A0603 00 06160000FDE80001869F0000FDE8200A63C70120EFFBFFE4 07160000FDE80001869F0000FDE8200A630C0220EFFBFFE4",
     R"({"attribute":{"origin":"igp","local-preference":100},"announce":{"ipv4 mcast-vpn":{"10.10.6.3":[{"code":6,"parsed":true,"raw":"06160000FDE80001869F0000FDE8200A63C70120EFFBFFE4","name":"C-Multicast Shared Tree Join route","rd":"65000:99999","source-as":"65000","source":"10.99.199.1","group":"239.251.255.228"},{"code":7,"parsed":true,"raw":"07160000FDE80001869F0000FDE8200A630C0220EFFBFFE4","name":"C-Multicast Source Tree Join route","rd":"65000:99999","source-as":"65000","source":"10.99.12.2","group":"239.251.255.228"}]}}})"},
    {"announce ipv4 sr-policy distinguisher 0 color 100 endpoint 10.0.0.1 next-hop 192.0.2.1 preference 100",
     "0000 0036 40010100 400200 40050400000064 C0170C 000F0008 0C06 0000 00000064 800E16 0001 49 04 C0000201 00 60 00000000 00000064 0A000001",
     R"({"attribute":{"origin":"igp","local-preference":100,"tunnel-encap":{"sr-policy":{"preference":100}}},"announce":{"ipv4 sr-policy":{"192.0.2.1":[{"distinguisher":0,"color":100,"endpoint":"10.0.0.1"}]}}})"},
    {"withdraw ipv6 sr-policy distinguisher 0 color 100 endpoint 2001:db8::1",
     "0000 002D 800F1C 0002 49 C0 00000000 00000064 20010DB8000000000000000000000001 40010100 400200 40050400000064",
     R"({"attribute":{"origin":"igp","local-preference":100},"withdraw":{"ipv6 sr-policy":[{"distinguisher":0,"color":100,"endpoint":"2001:db8::1"}]}})"},
    {"announce bgp-ls bgp-ls 0x0001001F02000000000000000701000012020000040000FDE902030006192168251231 next-hop 10.0.0.1",
     "0000 003D 40010100 400200 40050400000064 800E2C 4004 47 04 0A000001 00 0001001F 02 0000000000000007 01000012 020000040000FDE9 02030006192168251231",
     R"({"attribute":{"origin":"igp","local-preference":100},"announce":{"bgp-ls bgp-ls":{"10.0.0.1":[{"ls-nlri-type":"bgpls-node","l3-routing-topology":7,"protocol-id":2,"node-descriptors":[{"autonomous-system":65001},{"router-id":"192168251231"}]}]}}})",
     R"({"attribute":{"origin":"igp","local-preference":100},"announce":{"bgp-ls bgp-ls":{"10.0.0.1":[{"ls-nlri-type":"bgpls-node","l3-routing-topology":7,"protocol-id":2,"node-descriptors":[{"autonomous-system":65001},{"router-id":"192168251231"}],"nexthop":"10.0.0.1"}]}}})"},
    {"", "0000 0029 800F26 4004 47 0001001F 02 0000000000000007 01000012 020000040000FDE9 02030006192168251231",
     R"({"withdraw":{"bgp-ls bgp-ls":[{"ls-nlri-type":"bgpls-node","l3-routing-topology":7,"protocol-id":2,"node-descriptors":[{"autonomous-system":65001},{"router-id":"192168251231"}]}]}})"},
    {"announce vpls rd 192.168.201.1:123 endpoint 5 base 10702 offset 1 size 8 next-hop 192.168.201.1",
     "0000 002D 40010100 400200 40050400000064 800E1C 0019 41 04 C0A8C901 00 0011 0001C0A8C901007B 0005 0001 0008 029CE1",
     R"({"attribute":{"origin":"igp","local-preference":100},"announce":{"l2vpn vpls":{"192.168.201.1":[{"rd":"192.168.201.1:123","endpoint":5,"base":10702,"offset":1,"size":8}]}}})"},
    {"withdraw l2vpn vpls rd 192.168.201.1:123 endpoint 5 base 10702 offset 1 size 8",
     "0000 0027 800F16 0019 41 0011 0001C0A8C901007B 0005 0001 0008 029CE1 40010100 400200 40050400000064",
     R"({"attribute":{"origin":"igp","local-preference":100},"withdraw":{"l2vpn vpls":[{"rd":"192.168.201.1:123","endpoint":5,"base":10702,"offset":1,"size":8}]}})"},
    {"announce vpls rd 65000:1 pe-address 10.0.0.1 next-hop 2001:db8::1",
     "0000 0034 40010100 400200 40050400000064 800E23 0019 41 10 20010DB8000000000000000000000001 00 000C 0000FDE800000001 0A000001",
     R"({"attribute":{"origin":"igp","local-preference":100},"announce":{"l2vpn vpls":{"2001:db8::1":[{"rd":"65000:1","pe-address":"10.0.0.1"}]}}})"},
    {"announce l2vpn evpn inclusive-multicast rd 65000:1 ethernet-tag 100 ip 10.0.0.1 next-hop 10.0.0.1 pmsi ingressreplication:0:(10100):10.0.0.1",
     "0000 0039 40010100 400200 40050400000064 C01609 00 06 002774 0A000001 800E1C 0019 46 04 0A000001 00 0311 0000FDE800000001 00000064 20 0A000001",
     R"({"attribute":{"origin":"igp","local-preference":100,"pmsi":"pmsi:ingressreplication:0:631(10100):10.0.0.1"},"announce":{"l2vpn evpn":{"10.0.0.1":[{"code":3,"parsed":true,"raw":"03110000FDE80000000100000064200A000001","name":"Inclusive Multicast Ethernet Tag","rd":"65000:1","ethernet-tag":100,"ip":"10.0.0.1"}]}}})"},
    {"announce l2vpn evpn ethernet-segment rd 65000:1 esi 00:11:22:33:44:55:66:77:88:99 ip 2001:db8::1 next-hop 2001:db8::1",
     "0000 004B 40010100 400200 40050400000064 800E3A 0019 46 10 20010DB8000000000000000000000001 00 0423 0000FDE800000001 00112233445566778899 80 20010DB8000000000000000000000001",
     R"({"attribute":{"origin":"igp","local-preference":100},"announce":{"l2vpn evpn":{"2001:db8::1":[{"code":4,"parsed":true,"raw":"04230000FDE800000001001122334455667788998020010DB8000000000000000000000001","name":"Ethernet Segment","rd":"65000:1","esi":"00:11:22:33:44:55:66:77:88:99","ip":"2001:db8::1"}]}}})"},
    {"", "0000 0019 800F16 0019 46 0311 0000FDE800000001 00000064 20 0A000001",
     R"({"withdraw":{"l2vpn evpn":[{"code":3,"parsed":true,"raw":"03110000FDE80000000100000064200A000001","name":"Inclusive Multicast Ethernet Tag","rd":"65000:1","ethernet-tag":100,"ip":"10.0.0.1"}]}})"},
    {"announce ipv4 rtc 65001:target:65001:100 next-hop 10.0.0.1",
     "0000 0027 40010100 400200 40050400000064 800E16 0001 84 04 0A000001 00 60 0000FDE9 0002FDE900000064",
     R"({"attribute":{"origin":"igp","local-preference":100},"announce":{"ipv4 rtc":{"10.0.0.1":[{"origin":65001,"route-target":"target:65001:100"}]}}})"},
    {"", "0000 0028 40010100 400200 40050400000064 800E17 0001 84 04 0A000001 00 60 0000FDE9 0002FDE900000064 00",
     R"({"attribute":{"origin":"igp","local-preference":100},"announce":{"ipv4 rtc":{"10.0.0.1":[{"origin":65001,"route-target":"target:65001:100"},{"origin":0,"route-target":null}]}}})"},
    {"", "0000 0013 800F10 0001 84 60 0000FDE9 0002FDE900000064",
     R"({"withdraw":{"ipv4 rtc":[{"origin":65001,"route-target":"target:65001:100"}]}})"},
    {"announce flow route { match { source 10.0.0.1/32; destination 1.2.3.0/24; port =80; destination-port [ >8080&<8088 =3128 ]; source-port >1024; } then { discard; } }",
     "0000 003E 40010100 400200 40050400000064 C01008 8006000000000000 800E22 0001 85 00 00 1C 0118010203 02200A000001 048150 05121F90541F98910C38 06920400",
     R"({"attribute":{"origin":"igp","local-preference":100,"extended-community":[{"value":9225060886715039744,"string":"rate-limit:0"}]},"announce":{"ipv4 flow":{"no-nexthop":[{"destination-ipv4":["1.2.3.0/24"],"source-ipv4":["10.0.0.1/32"],"port":["=80"],"destination-port":[">8080&<8088","=3128"],"source-port":[">1024"],"string":"flow destination-ipv4 1.2.3.0/24 source-ipv4 10.0.0.1/32 port =80 destination-port [ >8080&<8088 =3128 ] source-port >1024"}]}}})"},
    {"withdraw flow route some-name { match { source 10.0.0.1/32; } }",
     "0000 001B 800F0A 0001 85 06 02200A000001 40010100 400200 40050400000064",
     R"({"attribute":{"origin":"igp","local-preference":100},"withdraw":{"ipv4 flow":[{"source-ipv4":["10.0.0.1/32"],"string":"flow source-ipv4 10.0.0.1/32"}]}})"},
    {"announce ipv4 flow source 10.0.0.1/32 destination-port =80 redirect 1.2.3.4",
     "0000 002F 40010100 400200 40050400000064 C01008 0800000000000000 800E13 0001 85 04 01020304 00 09 02200A000001 058150",
     R"({"attribute":{"origin":"igp","local-preference":100,"extended-community":[{"value":576460752303423488,"string":"redirect-to-nexthop"}]},"announce":{"ipv4 flow":{"1.2.3.4":[{"source-ipv4":["10.0.0.1/32"],"destination-port":["=80"],"string":"flow source-ipv4 10.0.0.1/32 destination-port =80"}]}}})",
     R"({"attribute":{"origin":"igp","local-preference":100,"extended-community":[{"value":576460752303423488,"string":"redirect-to-nexthop"}]},"announce":{"ipv4 flow":{"1.2.3.4":[{"source-ipv4":["10.0.0.1/32"],"destination-port":["=80"],"next-hop":"1.2.3.4","string":"flow source-ipv4 10.0.0.1/32 destination-port =80"}]}}})"},
    {"announce flow route source 10.0.0.1/32 destination-port =80 mark 10 rd 65000:1",
     "0000 0033 40010100 400200 40050400000064 C01008 800900000000000A 800E17 0001 86 00 00 11 0000FDE800000001 02200A000001 058150",
     R"({"attribute":{"origin":"igp","local-preference":100,"extended-community":[{"value":9225905311645171722,"string":"mark 10"}]},"announce":{"ipv4 flow-vpn":{"no-nexthop":[{"source-ipv4":["10.0.0.1/32"],"destination-port":["=80"],"rd":"65000:1","string":"flow source-ipv4 10.0.0.1/32 destination-port =80 rd 65000:1"}]}}})"},
    {"announce ipv6 flow-vpn destination 2001:db8::/32 rd 1:1",
     "0000 0026 40010100 400200 40050400000064 800E15 0002 86 00 00 0F 0000000100000001 01200020010DB8",
     R"({"attribute":{"origin":"igp","local-preference":100},"announce":{"ipv6 flow-vpn":{"no-nexthop":[{"destination-ipv6":["2001:db8::/32/0"],"rd":"1:1","string":"flow destination-ipv6 2001:db8::/32/0 rd 1:1"}]}}})"},
    {"withdraw ipv6 flow-vpn destination 2001:db8::/32 rd 1:1",
     "0000 0024 800F13 0002 86 0F 0000000100000001 01200020010DB8 40010100 400200 40050400000064",
     R"({"attribute":{"origin":"igp","local-preference":100},"withdraw":{"ipv6 flow-vpn":[{"destination-ipv6":["2001:db8::/32/0"],"rd":"1:1","string":"flow destination-ipv6 2001:db8::/32/0 rd 1:1"}]}})"},
    {"announce flow route { rd 65535:65536; next-hop 5.6.7.8; match { source 10.0.0.3/32; } scope { interface-set input:65000:5; } then { redirect-to-nexthop; community 65000:1; } }",
     "0000 0043 40010100 400200 40050400000064 C00804 FDE80001 C01010 07020000FDE84005 0800000000000000 800E18 0001 86 04 05060708 00 0E 0000FFFF00010000 02200A000003",
     R"({"attribute":{"origin":"igp","local-preference":100,"community":[[65000,1]],"extended-community":[{"value":504966112478773253,"string":"interface-set:input:65000:5","transitive":true},{"value":576460752303423488,"string":"redirect-to-nexthop"}]},"announce":{"ipv4 flow-vpn":{"5.6.7.8":[{"source-ipv4":["10.0.0.3/32"],"rd":"65535:65536","string":"flow source-ipv4 10.0.0.3/32 rd 65535:65536"}]}}})",
     R"({"attribute":{"origin":"igp","local-preference":100,"community":[[65000,1]],"extended-community":[{"value":504966112478773253,"string":"interface-set:input:65000:5","transitive":true},{"value":576460752303423488,"string":"redirect-to-nexthop"}]},"announce":{"ipv4 flow-vpn":{"5.6.7.8":[{"source-ipv4":["10.0.0.3/32"],"rd":"65535:65536","next-hop":"5.6.7.8","string":"flow source-ipv4 10.0.0.3/32 rd 65535:65536"}]}}})"},
    {"announce ipv6 flow source 2001:db8::/32 redirect-to-nexthop-ietf 2001:db8::1",
     "0000 0035 40010100 400200 40050400000064 C01914 000C20010DB80000000000000000000000010000 800E0D 0002 85 00 00 07 02200020010DB8",
     R"({"attribute":{"origin":"igp","local-preference":100,"extended-community-ipv6":[{"value":270396894049897293703898678829571923249266688,"string":"redirect-to-nexthop-ietf 2001:db8::1"}]},"announce":{"ipv6 flow":{"no-nexthop":[{"source-ipv6":["2001:db8::/32/0"],"string":"flow source-ipv6 2001:db8::/32/0"}]}}})"},
};

// Withdraws take the attributes that were typed along; the command that is printed for them needs none.
constexpr Sample k_withdraws_with_attributes[] = {
    {"withdraw ipv4 nlri-mpls 10.0.0.0/24 label 100 next-hop 1.2.3.4",
     "0000 0022 800F0A 0001 04 30 000641 0A0000 40010100 400200 400304 01020304 40050400000064",
     R"({"attribute":{"origin":"igp","next-hop":"1.2.3.4","local-preference":100},"withdraw":{"ipv4 nlri-mpls":[{"nlri":"10.0.0.0/24","label":[[100,1601]]}]}})"},
    {"withdraw ipv4 mpls-vpn 10.0.0.0/24 rd 65000:1 label 100 next-hop 1.2.3.4",
     "0000 002A 800F12 0001 80 70 000641 0000FDE800000001 0A0000 40010100 400200 400304 01020304 40050400000064",
     R"({"attribute":{"origin":"igp","next-hop":"1.2.3.4","local-preference":100},"withdraw":{"ipv4 mpls-vpn":[{"nlri":"10.0.0.0/24","label":[[100,1601]],"rd":"65000:1"}]}})"},
    {"withdraw ipv4 mcast-vpn shared-join rp 10.99.199.1 group 239.251.255.228 rd 65000:99999 source-as 65000 next-hop 10.10.6.3",
     "0000 0033 800F1B 0001 05 06160000FDE80001869F0000FDE8200A63C70120EFFBFFE4 40010100 400200 400304 0A0A0603 40050400000064",
     R"({"attribute":{"origin":"igp","next-hop":"10.10.6.3","local-preference":100},"withdraw":{"ipv4 mcast-vpn":[{"code":6,"parsed":true,"raw":"06160000FDE80001869F0000FDE8200A63C70120EFFBFFE4","name":"C-Multicast Shared Tree Join route","rd":"65000:99999","source-as":"65000","source":"10.99.199.1","group":"239.251.255.228"}]}})"},
    {"withdraw ipv4 sr-policy distinguisher 0 color 100 endpoint 10.0.0.1 next-hop 192.0.2.1 preference 100",
     "0000 0030 800F10 0001 49 60 00000000 00000064 0A000001 40010100 400200 40050400000064 C0170C000F00080C06000000000064",
     R"({"attribute":{"origin":"igp","local-preference":100,"tunnel-encap":{"sr-policy":{"preference":100}}},"withdraw":{"ipv4 sr-policy":[{"distinguisher":0,"color":100,"endpoint":"10.0.0.1"}]}})"},
};

std::vector<Sample> every_sample() {
  std::vector<Sample> all(std::begin(k_samples), std::end(k_samples));
  all.insert(all.end(), std::begin(k_withdraws_with_attributes), std::end(k_withdraws_with_attributes));
  return all;
}

base::Buffer octets(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != ' ') digits += c;
  }
  return base::from_hex(digits).value();
}
bgp::Negotiated session() { return obliging_session(base::Asn{65533}, base::Asn{65533}, false); }

// The octets of some commands, one to a line; a line of its own for each UPDATE.
std::string encoded(std::string_view lines) {
  rib::AttributePool pool;
  rib::RouteParser parser(pool);
  const bgp::Negotiated negotiated = session();
  const EncodeOptions options{&negotiated, {}, false, false};
  std::string out;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const auto command = parse_route_command(lines.substr(0, end), parser);
    EXPECT_TRUE(command.has_value()) << lines << ": " << (command ? "" : command.error().reason());
    if (!command) return out;
    for (const rib::Route& route : command->parsed.routes) {
      const auto message = encode_route(route, command->use, options);
      EXPECT_TRUE(message.has_value()) << lines << ": " << (message ? "" : message.error().reason());
      if (message) out += base::to_hex(*message) + '\n';
    }
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return out;
}

std::string decoded(std::string_view hex, DecodedForm form) {
  rib::AttributePool pool;
  DecodeOptions options;
  options.form = form;
  options.session = session();
  MessageDecoder decoder(DaemonIdentity{"rtr1", 4100, 1}, options, pool);
  std::string out;
  const auto done = decoder.decode(octets(hex), 1.5, out);
  EXPECT_TRUE(done.has_value()) << hex << ": " << (done ? "" : done.error().reason());
  return out;
}

TEST(WholeUpdates, AreWhatTheCommandSays) {
  for (const Sample& sample : every_sample()) {
    if (sample.command.empty()) continue;
    EXPECT_EQ(encoded(sample.command), base::to_hex(octets(sample.octets)) + '\n') << sample.command;
  }
}

TEST(WholeUpdates, AWithdrawOfAFlowRuleCarriesItsActions) {
  EXPECT_EQ(encoded("withdraw flow route some-name { match { source 10.0.0.1/32; destination 1.2.3.0/24; port =80; destination-port [ >8080&<8088 =3128 ]; "
                    "source-port >1024; } then { discard; } }"),
            base::to_hex(octets("0000 003C 800F20 0001 85 1C 0118010203 02200A000001 048150 05121F90541F98910C38 06920400 40010100 400200 40050400000064 "
                                "C01008 8006000000000000")) + '\n');
}

TEST(WholeUpdates, AreTheEventOfBothVersions) {
  for (const Sample& sample : every_sample()) {
    const json::value v6 = json::parse(decoded(sample.octets, DecodedForm::json_v6));
    const json::value v4 = json::parse(decoded(sample.octets, DecodedForm::json_v4));
    EXPECT_EQ(v6.at("neighbor").at("message").at("update"), json::parse(sample.update)) << sample.octets;
    EXPECT_EQ(v4.at("neighbor").at("message").at("update"), json::parse(sample.update_v4.empty() ? sample.update : sample.update_v4)) << sample.octets;
  }
}

TEST(WholeUpdates, AreMadeAgainByTheirCommands) {
  for (const Sample& sample : k_samples) {
    if (sample.command.empty()) continue;
    EXPECT_EQ(encoded(decoded(sample.octets, DecodedForm::commands)), base::to_hex(octets(sample.octets)) + '\n') << sample.octets;
  }
}

}  // namespace
}  // namespace tandem::api
