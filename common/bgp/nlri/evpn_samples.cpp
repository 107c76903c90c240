#include "common/bgp/nlri/nlri_samples.hpp"

namespace tandem::bgp {
namespace {

constexpr Family k_evpn{Afi::l2vpn, Safi::evpn};

const testing::AddNlriSamples k_samples{
    {k_evpn, "01190000FDE8000000010011223344556677889900000064000641",
     "evpn ethernet-ad rd 65000:1 esi 00:11:22:33:44:55:66:77:88:99 ethernet-tag 100 label 100 (1601)",
     R"({ "code": 1, "parsed": true, "raw": "01190000FDE8000000010011223344556677889900000064000641", "name": "Ethernet Auto-Discovery", "rd": "65000:1", "esi": "00:11:22:33:44:55:66:77:88:99", "ethernet-tag": 100, "label": [ [100, 1601] ] })"},
    {k_evpn, "01160000FDE80000000100112233445566778899FFFFFFFF",
     "evpn ethernet-ad rd 65000:1 esi 00:11:22:33:44:55:66:77:88:99 ethernet-tag 4294967295",
     R"({ "code": 1, "parsed": true, "raw": "01160000FDE80000000100112233445566778899FFFFFFFF", "name": "Ethernet Auto-Discovery", "rd": "65000:1", "esi": "00:11:22:33:44:55:66:77:88:99", "ethernet-tag": 4294967295 })"},
    {k_evpn, "02250000FDE800000001001122334455667788990000006430AABBCCDDEEFF200A000001000641",
     "evpn mac-ip rd 65000:1 esi 00:11:22:33:44:55:66:77:88:99 ethernet-tag 100 mac AA:BB:CC:DD:EE:FF ip 10.0.0.1 label 100 (1601)",
     R"({ "code": 2, "parsed": true, "raw": "02250000FDE800000001001122334455667788990000006430AABBCCDDEEFF200A000001000641", "name": "MAC/IP advertisement", "rd": "65000:1", "esi": "00:11:22:33:44:55:66:77:88:99", "ethernet-tag": 100, "mac": "AA:BB:CC:DD:EE:FF", "label": [ [100, 1601] ], "ip": "10.0.0.1" })"},
    {k_evpn, "02210001252C37370001000000000000000000000000076D30FC15B4787B8F00000000",
     "evpn mac-ip rd 37.44.55.55:1 esi - ethernet-tag 1901 mac FC:15:B4:78:7B:8F label 0 (0)",
     R"({ "code": 2, "parsed": true, "raw": "02210001252C37370001000000000000000000000000076D30FC15B4787B8F00000000", "name": "MAC/IP advertisement", "rd": "37.44.55.55:1", "esi": "-", "ethernet-tag": 1901, "mac": "FC:15:B4:78:7B:8F", "label": [ [0] ] })",
     {}, NlriUse::withdraw},
    {k_evpn, "02340001252C37370001000000000000000000000000000030FC15B4787B8F8020010DB8000000000000000000000001002774004E21",
     "evpn mac-ip rd 37.44.55.55:1 esi - ethernet-tag 0 mac FC:15:B4:78:7B:8F ip 2001:db8::1 label [ 631 (10100) 1250 (20001) ]",
     R"({ "code": 2, "parsed": true, "raw": "02340001252C37370001000000000000000000000000000030FC15B4787B8F8020010DB8000000000000000000000001002774004E21", "name": "MAC/IP advertisement", "rd": "37.44.55.55:1", "esi": "-", "ethernet-tag": 0, "mac": "FC:15:B4:78:7B:8F", "label": [ [631, 10100] ], "ip": "2001:db8::1" })"},
    {k_evpn, "02210000FDE800000001000000000000000000000000000028AABBCCDDEEFF00000640",
     "evpn mac-ip rd 65000:1 esi - ethernet-tag 0 mac AA:BB:CC:DD:EE:FF/40 label 100 (1600)",
     R"({ "code": 2, "parsed": true, "raw": "02210000FDE800000001000000000000000000000000000028AABBCCDDEEFF00000640", "name": "MAC/IP advertisement", "rd": "65000:1", "esi": "-", "ethernet-tag": 0, "mac": "AA:BB:CC:DD:EE:FF", "label": [ [100, 1600] ] })"},
    {k_evpn, "03110000FDE80000000100000064200A000001", "evpn inclusive-multicast rd 65000:1 ethernet-tag 100 ip 10.0.0.1",
     R"({ "code": 3, "parsed": true, "raw": "03110000FDE80000000100000064200A000001", "name": "Inclusive Multicast Ethernet Tag", "rd": "65000:1", "ethernet-tag": 100, "ip": "10.0.0.1" })"},
    // A distinguisher of a four-octet AS whose number is small: the letter is for text, which is read back.
    {k_evpn, "0311000200000064006400000064200A000001", "evpn inclusive-multicast rd 100L:100 ethernet-tag 100 ip 10.0.0.1",
     R"({ "code": 3, "parsed": true, "raw": "0311000200000064006400000064200A000001", "name": "Inclusive Multicast Ethernet Tag", "rd": "100:100", "ethernet-tag": 100, "ip": "10.0.0.1" })"},
    {k_evpn, "031D0000FDE800000001000000648020010DB8000000000000000000000001",
     "evpn inclusive-multicast rd 65000:1 ethernet-tag 100 ip 2001:db8::1",
     R"({ "code": 3, "parsed": true, "raw": "031D0000FDE800000001000000648020010DB8000000000000000000000001", "name": "Inclusive Multicast Ethernet Tag", "rd": "65000:1", "ethernet-tag": 100, "ip": "2001:db8::1" })"},
    {k_evpn, "04170000FDE80000000100112233445566778899200A000001",
     "evpn ethernet-segment rd 65000:1 esi 00:11:22:33:44:55:66:77:88:99 ip 10.0.0.1",
     R"({ "code": 4, "parsed": true, "raw": "04170000FDE80000000100112233445566778899200A000001", "name": "Ethernet Segment", "rd": "65000:1", "esi": "00:11:22:33:44:55:66:77:88:99", "ip": "10.0.0.1" })"},
    {k_evpn, "05220000FDE8000000010000000000000000000000000064180A0000000A000001000641",
     "evpn ip-prefix rd 65000:1 esi - ethernet-tag 100 ip 10.0.0.0/24 gateway 10.0.0.1 label 100 (1601)",
     R"({ "code": 5, "parsed": true, "raw": "05220000FDE8000000010000000000000000000000000064180A0000000A000001000641", "name": "IP Prefix Advertisement", "rd": "65000:1", "esi": "-", "ethernet-tag": 100, "label": [ [100, 1601] ], "ip": "10.0.0.0", "iplen": 24, "gateway": "10.0.0.1" })"},
    {k_evpn, "053A0000FDE80000000100000000000000000000000000003020010DB800010000000000000000000000000000000000000000000000000000002774",
     "evpn ip-prefix rd 65000:1 esi - ethernet-tag 0 ip 2001:db8:1::/48 gateway :: label 631 (10100)",
     R"({ "code": 5, "parsed": true, "raw": "053A0000FDE80000000100000000000000000000000000003020010DB800010000000000000000000000000000000000000000000000000000002774", "name": "IP Prefix Advertisement", "rd": "65000:1", "esi": "-", "ethernet-tag": 0, "label": [ [631, 10100] ], "ip": "2001:db8:1::", "iplen": 48, "gateway": "::" })"},
    {k_evpn, "05220000FDE8000000010000000000000000000000000064C80A0000000A000001000641",
     "evpn 0x05220000FDE8000000010000000000000000000000000064C80A0000000A000001000641",
     R"({ "code": 5, "parsed": true, "raw": "05220000FDE8000000010000000000000000000000000064C80A0000000A000001000641", "name": "IP Prefix Advertisement", "rd": "65000:1", "esi": "-", "ethernet-tag": 100, "label": [ [100, 1601] ], "ip": "10.0.0.0", "iplen": 200, "gateway": "10.0.0.1" })"},
    {k_evpn, "05220000FDE8000000010000000000000000000000000064180A0000010A000001000641",
     "evpn 0x05220000FDE8000000010000000000000000000000000064180A0000010A000001000641",
     R"({ "code": 5, "parsed": true, "raw": "05220000FDE8000000010000000000000000000000000064180A0000010A000001000641", "name": "IP Prefix Advertisement", "rd": "65000:1", "esi": "-", "ethernet-tag": 100, "label": [ [100, 1601] ], "ip": "10.0.0.1", "iplen": 24, "gateway": "10.0.0.1" })"},
    {k_evpn, "08020102", "evpn 0x08020102", R"({ "code": 8, "parsed": false, "raw": "08020102" })"},
    {k_evpn, "0900", "evpn 0x0900", R"({ "code": 9, "parsed": false, "raw": "0900" })"},
};

}  // namespace
}  // namespace tandem::bgp
