#include "common/bgp/nlri/nlri_samples.hpp"

namespace tandem::bgp {
namespace {

constexpr Family k_v4{Afi::ipv4, Safi::mup};
constexpr Family k_v6{Afi::ipv6, Safi::mup};

const testing::AddNlriSamples k_samples{
    {k_v4, "0100010C0000006400000064180A0001", "mup mup-isd 10.0.1.0/24 rd 100:100",
     R"({ "name": "InterworkSegmentDiscoveryRoute", "arch": 1, "code": 1, "prefix_ip_len": 24, "prefix_ip": "10.0.1.0", "rd": "100:100", "raw": "0100010C0000006400000064180A0001" })"},
    {k_v4, "0100020C00000064000000640A000001", "mup mup-dsd 10.0.0.1 rd 100:100",
     R"({ "name": "DirectSegmentDiscoveryRoute", "arch": 1, "code": 2, "ip": "10.0.0.1", "rd": "100:100", "raw": "0100020C00000064000000640A000001" })",
     {}, NlriUse::withdraw},
    {k_v4, "01000317000000640000006420C0A800010000303909200A000001",
     "mup mup-t1st 192.168.0.1/32 rd 100:100 teid 12345 qfi 9 endpoint 10.0.0.1",
     R"({ "name": "Type1SessionTransformedRoute", "arch": 1, "code": 3, "prefix_ip_len": 32, "prefix_ip": "192.168.0.1", "teid": "12345", "qfi": "9", "rd": "100:100", "endpoint_ip_len": 32, "endpoint_ip": "10.0.0.1", "source_ip_len": 0, "source_ip": "b''", "raw": "01000317000000640000006420C0A800010000303909200A000001" })"},
    {k_v4, "0100031C000000640000006420C0A800020000303909200A000001200A000101",
     "mup mup-t1st 192.168.0.2/32 rd 100:100 teid 12345 qfi 9 endpoint 10.0.0.1 source 10.0.1.1",
     R"({ "name": "Type1SessionTransformedRoute", "arch": 1, "code": 3, "prefix_ip_len": 32, "prefix_ip": "192.168.0.2", "teid": "12345", "qfi": "9", "rd": "100:100", "endpoint_ip_len": 32, "endpoint_ip": "10.0.0.1", "source_ip_len": 32, "source_ip": "10.0.1.1", "raw": "0100031C000000640000006420C0A800020000303909200A000001200A000101" })"},
    // a source of length 0 is none; its octet stays
    {k_v4, "01000318000000640000006420C0A800010000303909200A00000100",
     "mup mup-t1st 192.168.0.1/32 rd 100:100 teid 12345 qfi 9 endpoint 10.0.0.1 source none",
     R"({ "name": "Type1SessionTransformedRoute", "arch": 1, "code": 3, "prefix_ip_len": 32, "prefix_ip": "192.168.0.1", "teid": "12345", "qfi": "9", "rd": "100:100", "endpoint_ip_len": 32, "endpoint_ip": "10.0.0.1", "source_ip_len": 0, "source_ip": "b''", "raw": "01000318000000640000006420C0A800010000303909200A00000100" })"},
    {k_v4, "0100020C00020000006400640A000001", "mup mup-dsd 10.0.0.1 rd 100L:100",
     R"({ "name": "DirectSegmentDiscoveryRoute", "arch": 1, "code": 2, "ip": "10.0.0.1", "rd": "100:100", "raw": "0100020C00020000006400640A000001" })"},
    {k_v4, "010004100000006400000064370A000001003039", "mup mup-t2st 10.0.0.1 rd 100:100 teid 12345/23",
     R"({ "name": "Type2SessionTransformedRoute",  "arch": 1, "code": 4, "endpoint_len": 55, "endpoint_ip": "10.0.0.1", "rd": "100:100", "teid": "12345", "raw": "010004100000006400000064370A000001003039" })"},
    {k_v4, "0100040D0000006400000064200A000001", "mup mup-t2st 10.0.0.1 rd 100:100 teid 0/0",
     R"({ "name": "Type2SessionTransformedRoute", "arch": 1, "code": 4, "endpoint_len": 32, "endpoint_ip": "10.0.0.1", "rd": "100:100", "teid": "0", "raw": "0100040D0000006400000064200A000001" })"},
    // What has no words: bits behind a length, more than six bits of QFI, more bits of TEID than its length says, the other IP version.
    {k_v4, "0100010C0000006400000064140A00FF", "mup 0x0100010C0000006400000064140A00FF",
     R"({ "name": "InterworkSegmentDiscoveryRoute", "arch": 1, "code": 1, "prefix_ip_len": 20, "prefix_ip": "10.0.255.0", "rd": "100:100", "raw": "0100010C0000006400000064140A00FF" })"},
    {k_v4, "01000317000000640000006420C0A8000100003039FF200A000001", "mup 0x01000317000000640000006420C0A8000100003039FF200A000001",
     R"({ "name": "Type1SessionTransformedRoute", "arch": 1, "code": 3, "prefix_ip_len": 32, "prefix_ip": "192.168.0.1", "teid": "12345", "qfi": "255", "rd": "100:100", "endpoint_ip_len": 32, "endpoint_ip": "10.0.0.1", "source_ip_len": 0, "source_ip": "b''", "raw": "01000317000000640000006420C0A8000100003039FF200A000001" })"},
    {k_v4, "0100040F0000006400000064300A0000019234", "mup mup-t2st 10.0.0.1 rd 100:100 teid 37428/16",
     R"({ "name": "Type2SessionTransformedRoute", "arch": 1, "code": 4, "endpoint_len": 48, "endpoint_ip": "10.0.0.1", "rd": "100:100", "teid": "37428", "raw": "0100040F0000006400000064300A0000019234" })"},
    {k_v4, "0100040F00000064000000642C0A0000019230", "mup 0x0100040F00000064000000642C0A0000019230",
     R"({ "name": "Type2SessionTransformedRoute", "arch": 1, "code": 4, "endpoint_len": 44, "endpoint_ip": "10.0.0.1", "rd": "100:100", "teid": "37424", "raw": "0100040F00000064000000642C0A0000019230" })"},
    {k_v4, "01000218000000640000006420010DB8000100020003000400050006", "mup 0x01000218000000640000006420010DB8000100020003000400050006",
     R"({ "name": "DirectSegmentDiscoveryRoute", "arch": 1, "code": 2, "ip": "2001:db8:1:2:3:4:5:6", "rd": "100:100", "raw": "01000218000000640000006420010DB8000100020003000400050006" })"},
    {k_v4, "010009020102", "mup 0x010009020102", R"({ "arch": 1, "code": 9, "raw": "010009020102" })"},
    {k_v4, "02000100", "mup 0x02000100", R"({ "arch": 2, "code": 1, "raw": "02000100" })"},
    {k_v6, "010001110000006400000064402001000000000000", "mup mup-isd 2001::/64 rd 100:100",
     R"({ "name": "InterworkSegmentDiscoveryRoute", "arch": 1, "code": 1, "prefix_ip_len": 64, "prefix_ip": "2001::", "rd": "100:100", "raw": "010001110000006400000064402001000000000000" })"},
    {k_v6, "0100032F00000064000000648020010DB8000100010000000000000001000030390980" "20010000000000000000000000000001",
     "mup mup-t1st 2001:db8:1:1::1/128 rd 100:100 teid 12345 qfi 9 endpoint 2001::1",
     R"({ "name": "Type1SessionTransformedRoute", "arch": 1, "code": 3, "prefix_ip_len": 128, "prefix_ip": "2001:db8:1:1::1", "teid": "12345", "qfi": "9", "rd": "100:100", "endpoint_ip_len": 128, "endpoint_ip": "2001::1", "source_ip_len": 0, "source_ip": "b''", "raw": "0100032F00000064000000648020010DB800010001000000000000000100003039098020010000000000000000000000000001" })"},
    {k_v6, "0100041D0000006400000064A02001000000000000000000000000000100003039", "mup mup-t2st 2001::1 rd 100:100 teid 12345/32",
     R"({ "name": "Type2SessionTransformedRoute", "arch": 1, "code": 4, "endpoint_len": 160, "endpoint_ip": "2001::1", "rd": "100:100", "teid": "12345", "raw": "0100041D0000006400000064A02001000000000000000000000000000100003039" })"},
};

}  // namespace
}  // namespace tandem::bgp
