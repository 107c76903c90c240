#include "common/bgp/nlri/nlri_samples.hpp"

namespace tandem::bgp {
namespace {

constexpr Family k_v4{Afi::ipv4, Safi::mcast_vpn};
constexpr Family k_v6{Afi::ipv6, Safi::mcast_vpn};

const testing::AddNlriSamples k_samples{
    {k_v4, "05120000FDE80001869F200A630C0420EFFBFFE4", "mcast-vpn source-ad source 10.99.12.4 group 239.251.255.228 rd 65000:99999",
     R"({ "code": 5, "parsed": true, "raw": "05120000FDE80001869F200A630C0420EFFBFFE4", "name": "Source Active A-D Route", "rd": "65000:99999", "source": "10.99.12.4", "group": "239.251.255.228"})"},
    {k_v4, "06160000FDE80001869F0000FDE8200A63C70120EFFBFFE4",
     "mcast-vpn shared-join rp 10.99.199.1 group 239.251.255.228 rd 65000:99999 source-as 65000",
     R"({ "code": 6, "parsed": true, "raw": "06160000FDE80001869F0000FDE8200A63C70120EFFBFFE4", "name": "C-Multicast Shared Tree Join route", "rd": "65000:99999", "source-as": "65000", "source": "10.99.199.1", "group": "239.251.255.228"})"},
    {k_v4, "07160000FDE80001869F0000FDE8200A630C0220EFFBFFE4",
     "mcast-vpn source-join source 10.99.12.2 group 239.251.255.228 rd 65000:99999 source-as 65000",
     R"({ "code": 7, "parsed": true, "raw": "07160000FDE80001869F0000FDE8200A630C0220EFFBFFE4", "name": "C-Multicast Source Tree Join route", "rd": "65000:99999", "source-as": "65000", "source": "10.99.12.2", "group": "239.251.255.228"})",
     {}, NlriUse::withdraw},
    {k_v4, "051200020000FDE80001200A630C0420EFFBFFE4", "mcast-vpn source-ad source 10.99.12.4 group 239.251.255.228 rd 65000L:1",
     R"({ "code": 5, "parsed": true, "raw": "051200020000FDE80001200A630C0420EFFBFFE4", "name": "Source Active A-D Route", "rd": "65000:1", "source": "10.99.12.4", "group": "239.251.255.228"})"},
    {k_v4, "010C0000FDE80001869F0A000001", "mcast-vpn 0x010C0000FDE80001869F0A000001",
     R"({ "code": 1, "parsed": false, "raw": "010C0000FDE80001869F0A000001" })"},
    // What has no words: addresses of the other IP version, a length that an address does not have.
    {k_v6, "05120000FDE80001869F200A630C0420EFFBFFE4", "mcast-vpn 0x05120000FDE80001869F200A630C0420EFFBFFE4",
     R"({ "code": 5, "parsed": true, "raw": "05120000FDE80001869F200A630C0420EFFBFFE4", "name": "Source Active A-D Route", "rd": "65000:99999", "source": "10.99.12.4", "group": "239.251.255.228"})"},
    {k_v4, "05120000FDE80001869F210A630C0420EFFBFFE4", "mcast-vpn 0x05120000FDE80001869F210A630C0420EFFBFFE4",
     R"({ "code": 5, "parsed": true, "raw": "05120000FDE80001869F210A630C0420EFFBFFE4", "name": "Source Active A-D Route", "rd": "65000:99999", "source": "10.99.12.4", "group": "239.251.255.228"})"},
    {k_v4, "0900", "mcast-vpn 0x0900", R"({ "code": 9, "parsed": false, "raw": "0900" })"},
    {k_v6, "052A0000FDE80001869F80FD12000000000000000000000000000480FF0E0000000000000000000000000001",
     "mcast-vpn source-ad source fd12::4 group ff0e::1 rd 65000:99999",
     R"({ "code": 5, "parsed": true, "raw": "052A0000FDE80001869F80FD12000000000000000000000000000480FF0E0000000000000000000000000001", "name": "Source Active A-D Route", "rd": "65000:99999", "source": "fd12::4", "group": "ff0e::1"})"},
};

}  // namespace
}  // namespace tandem::bgp
