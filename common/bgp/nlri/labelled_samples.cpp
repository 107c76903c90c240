#include "common/bgp/nlri/nlri_samples.hpp"

namespace tandem::bgp {
namespace {

constexpr Family k_labelled4{Afi::ipv4, Safi::nlri_mpls};
constexpr Family k_labelled6{Afi::ipv6, Safi::nlri_mpls};
constexpr Family k_vpn4{Afi::ipv4, Safi::mpls_vpn};
constexpr Family k_vpn6{Afi::ipv6, Safi::mpls_vpn};

const testing::AddNlriSamples k_samples{
    {k_labelled4, "30 000641 0a0000", "10.0.0.0/24 label 100 (1601)", R"({ "nlri": "10.0.0.0/24", "label": [ [100, 1601] ] })"},
    {k_labelled4, "48 000640 000c81 0a0000", "10.0.0.0/24 label [ 100 (1600) 200 (3201) ]",
     R"({ "nlri": "10.0.0.0/24", "label": [ [100, 1600], [200, 3201] ] })"},
    {k_labelled4, "30 000641 0a0000", "10.0.0.0/24 label 100 (1601)", R"({ "nlri": "10.0.0.0/24", "label": [ [100, 1601] ] })", {},
     NlriUse::withdraw},
    {k_labelled4, "30 800000 0a0000", "10.0.0.0/24 label 524288 (8388608)",
     R"({ "nlri": "10.0.0.0/24", "label": [ [524288, 8388609] ] })", {}, NlriUse::withdraw},
    {k_labelled4, "30 000640 0a0000", "10.0.0.0/24 label 100 (1600)", R"({ "nlri": "10.0.0.0/24", "label": [ [100, 1601] ] })", {},
     NlriUse::withdraw},
    {k_labelled4, "30 000643 0a0000", "10.0.0.0/24 label 100 (1603)", R"({ "nlri": "10.0.0.0/24", "label": [ [100, 1601] ] })"},
    {k_labelled6, "38 000641 20010db8", "2001:db8::/32 label 100 (1601)", R"({ "nlri": "2001:db8::/32", "label": [ [100, 1601] ] })"},
    {k_labelled6, "00000007 98 000641 20010db8000000000000000000000001", "2001:db8::1/128 path-information 0.0.0.7 label 100 (1601)",
     R"({ "nlri": "2001:db8::1/128", "path-information": "0.0.0.7", "label": [ [100, 1601] ] })", {}, NlriUse::announce, true},
    {k_vpn4, "70 000641 0000fde800000001 0a0000", "10.0.0.0/24 label 100 (1601) rd 65000:1",
     R"({ "nlri": "10.0.0.0/24", "label": [ [100, 1601] ], "rd": "65000:1" })"},
    {k_vpn4, "70 800000 0000fde800000001 0a0000", "10.0.0.0/24 label 524288 (8388608) rd 65000:1",
     R"({ "nlri": "10.0.0.0/24", "label": [ [524288, 8388608] ], "rd": "65000:1" })", {}, NlriUse::withdraw},
    {k_vpn4, "70 000000 0000fde800000001 0a0000", "10.0.0.0/24 label 0 (0) rd 65000:1",
     R"({ "nlri": "10.0.0.0/24", "label": [ [0] ], "rd": "65000:1" })"},
    {k_vpn4, "00000009 70 000641 0000fde800000001 0a0000", "10.0.0.0/24 path-information 0.0.0.9 label 100 (1601) rd 65000:1",
     R"({ "nlri": "10.0.0.0/24", "path-information": "0.0.0.9", "label": [ [100, 1601] ], "rd": "65000:1" })", {}, NlriUse::announce,
     true},
    {k_vpn4, "78 000641 0002fa56ea000064 0a000001", "10.0.0.1/32 label 100 (1601) rd 4200000000:100",
     R"({ "nlri": "10.0.0.1/32", "label": [ [100, 1601] ], "rd": "4200000000:100" })"},
    {k_vpn4, "78 000641 00020000fde80064 0a000001", "10.0.0.1/32 label 100 (1601) rd 65000L:100",
     R"({ "nlri": "10.0.0.1/32", "label": [ [100, 1601] ], "rd": "65000:100" })"},
    {k_vpn4, "58 000641 0007010203040506", "0.0.0.0/0 label 100 (1601) rd 0x0007010203040506",
     R"({ "nlri": "0.0.0.0/0", "label": [ [100, 1601] ], "rd": "0x0007010203040506" })"},
    {k_vpn6, "78 000641 0001010203040005 20010db8", "2001:db8::/32 label 100 (1601) rd 1.2.3.4:5",
     R"({ "nlri": "2001:db8::/32", "label": [ [100, 1601] ], "rd": "1.2.3.4:5" })"},
};

}  // namespace
}  // namespace tandem::bgp
