#include "common/bgp/nlri/nlri_samples.hpp"

namespace tandem::bgp {
namespace {

constexpr Family k_v4{Afi::ipv4, Safi::flow};
constexpr Family k_v6{Afi::ipv6, Safi::flow};
constexpr Family k_v4_vpn{Afi::ipv4, Safi::flow_vpn};
constexpr Family k_v6_vpn{Afi::ipv6, Safi::flow_vpn};

const testing::AddNlriSamples k_samples{
    {k_v4, "1C 0118010203 02200A000001 048150 05121F90541F98910C38 06920400",
     "flow destination-ipv4 1.2.3.0/24 source-ipv4 10.0.0.1/32 port =80 destination-port [ >8080&<8088 =3128 ] source-port >1024",
     R"({ "destination-ipv4": [ "1.2.3.0/24" ], "source-ipv4": [ "10.0.0.1/32" ], "port": [ "=80" ], "destination-port": [ ">8080&<8088", "=3128" ], "source-port": [ ">1024" ], "string": "flow destination-ipv4 1.2.3.0/24 source-ipv4 10.0.0.1/32 port =80 destination-port [ >8080&<8088 =3128 ] source-port >1024" })",
     R"({ "destination-ipv4": [ "1.2.3.0/24" ], "source-ipv4": [ "10.0.0.1/32" ], "port": [ "=80" ], "destination-port": [ ">8080&<8088", "=3128" ], "source-port": [ ">1024" ], "next-hop": "10.0.0.1", "string": "flow destination-ipv4 1.2.3.0/24 source-ipv4 10.0.0.1/32 port =80 destination-port [ >8080&<8088 =3128 ] source-port >1024" })"},
    {k_v4, "09 02200A000001 058150", "flow source-ipv4 10.0.0.1/32 destination-port =80",
     R"({ "source-ipv4": [ "10.0.0.1/32" ], "destination-port": [ "=80" ], "string": "flow source-ipv4 10.0.0.1/32 destination-port =80" })", {},
     NlriUse::withdraw},
    {k_v4, "00", "flow", R"({ "string": "flow" })", R"({ "next-hop": "10.0.0.1", "string": "flow" })"},
    {k_v4, "35 01080A 0301118106 0701008108 088103 09001202014204 01108028 0A02C854012C120190D401F4 0B012E810A 0C000102020108 8304",
     "flow destination-ipv4 10.0.0.0/8 protocol [ =udp =tcp ] icmp-type [ =echo-reply =echo-request ] icmp-code =3 tcp-flags [ syn+ack !fin&!rst =ack push+urg ] packet-length [ >200&<300 >400&<500 ] dscp [ =46 =10 ] fragment [ dont-fragment !is-fragment =last-fragment !=first-fragment ]",
     R"({ "destination-ipv4": [ "10.0.0.0/8" ], "protocol": [ "=udp", "=tcp" ], "icmp-type": [ "=echo-reply", "=echo-request" ], "icmp-code": [ "=3" ], "tcp-flags": [ "syn+ack", "!fin&!rst", "=ack", "push+urg" ], "packet-length": [ ">200&<300", ">400&<500" ], "dscp": [ "=46", "=10" ], "fragment": [ "dont-fragment", "!is-fragment", "=last-fragment", "!=first-fragment" ], "string": "flow destination-ipv4 10.0.0.0/8 protocol [ =udp =tcp ] icmp-type [ =echo-reply =echo-request ] icmp-code =3 tcp-flags [ syn+ack !fin&!rst =ack push+urg ] packet-length [ >200&<300 >400&<500 ] dscp [ =46 =10 ] fragment [ dont-fragment !is-fragment =last-fragment !=first-fragment ]" })",
     {}, NlriUse::withdraw},
    {k_v4, "09 01080A 01100B0B 01 00", "flow destination-ipv4 [ 10.0.0.0/8 11.11.0.0/16 0.0.0.0/0 ]",
     R"({ "destination-ipv4": [ "10.0.0.0/8", "11.11.0.0/16", "0.0.0.0/0" ], "string": "flow destination-ipv4 [ 10.0.0.0/8 11.11.0.0/16 0.0.0.0/0 ]" })", {},
     NlriUse::withdraw},
    {k_v4, "03 098003", "flow tcp-flags fin+syn", R"({ "tcp-flags": [ "fin+syn" ], "string": "flow tcp-flags fin+syn" })", {}, NlriUse::withdraw},
    {k_v6, "2D 01800020010DB8000100000000000000000001 02201020010DB8 0301068111 0B8108 0C00028004 0D0264D407D0",
     "flow destination-ipv6 2001:db8:1::1/128/0 source-ipv6 2001:db8::/32/16 next-header [ =tcp =udp ] traffic-class =8 fragment [ is-fragment first-fragment ] flow-label [ >100&<2000 ]",
     R"({ "destination-ipv6": [ "2001:db8:1::1/128/0" ], "source-ipv6": [ "2001:db8::/32/16" ], "next-header": [ "=tcp", "=udp" ], "traffic-class": [ "=8" ], "fragment": [ "is-fragment", "first-fragment" ], "flow-label": [ ">100&<2000" ], "string": "flow destination-ipv6 2001:db8:1::1/128/0 source-ipv6 2001:db8::/32/16 next-header [ =tcp =udp ] traffic-class =8 fragment [ is-fragment first-fragment ] flow-label [ >100&<2000 ]" })",
     {}, NlriUse::withdraw},
    {k_v6, "06 0DA1000FFFFF", "flow flow-label =1048575", R"({ "flow-label": [ "=1048575" ], "string": "flow flow-label =1048575" })", {}, NlriUse::withdraw},
    // Values that their field in a packet has no room for have no words.
    {k_v4, "06 0B81FF 038106", "flow 0x060B81FF038106",
     R"({ "protocol": [ "=tcp" ], "dscp": [ "=255" ], "string": "flow protocol =tcp dscp =255" })", {}, NlriUse::withdraw},
    {k_v6, "09 0DA101000000 0B81FF", "flow 0x090DA1010000000B81FF",
     R"({ "traffic-class": [ "=255" ], "flow-label": [ "=16777216" ], "string": "flow traffic-class =255 flow-label =16777216" })", {}, NlriUse::withdraw},
    {k_v4_vpn, "0B 0000FDE800000001 0B8140", "flow-vpn 0x0B0000FDE8000000010B8140",
     R"({ "dscp": [ "=64" ], "rd": "65000:1", "string": "flow dscp =64 rd 65000:1" })", {}, NlriUse::withdraw},
    // A distinguisher of a four-octet AS whose number is small: the letter is for text, which is read back.
    {k_v4_vpn, "0B 0002000000640064 058150", "flow destination-port =80 rd 100L:100",
     R"({ "destination-port": [ "=80" ], "rd": "100:100", "string": "flow destination-port =80 rd 100:100" })", {}, NlriUse::withdraw},
    {k_v4_vpn, "11 0000FDE800000001 02200A000001 058150", "flow source-ipv4 10.0.0.1/32 destination-port =80 rd 65000:1",
     R"({ "source-ipv4": [ "10.0.0.1/32" ], "destination-port": [ "=80" ], "rd": "65000:1", "string": "flow source-ipv4 10.0.0.1/32 destination-port =80 rd 65000:1" })",
     R"({ "source-ipv4": [ "10.0.0.1/32" ], "destination-port": [ "=80" ], "rd": "65000:1", "next-hop": "10.0.0.1", "string": "flow source-ipv4 10.0.0.1/32 destination-port =80 rd 65000:1" })"},
    {k_v6_vpn, "0F 0000000100000001 01200020010DB8", "flow destination-ipv6 2001:db8::/32/0 rd 1:1",
     R"({ "destination-ipv6": [ "2001:db8::/32/0" ], "rd": "1:1", "string": "flow destination-ipv6 2001:db8::/32/0 rd 1:1" })", {},
     NlriUse::withdraw},
};

}  // namespace
}  // namespace tandem::bgp
