#include "common/bgp/nlri/nlri_samples.hpp"

namespace tandem::bgp {
namespace {

constexpr Family k_rtc{Afi::ipv4, Safi::rtc};

const testing::AddNlriSamples k_samples{
    {k_rtc, "60 0000FDE9 0002FDE900000064", "rtc 65001:target:65001:100", R"({ "origin": 65001, "route-target": "target:65001:100" })"},
    {k_rtc, "60 0000FDE9 0002FDE900000064", "rtc 65001:target:65001:100", R"({ "origin": 65001, "route-target": "target:65001:100" })", {},
     NlriUse::withdraw},
    {k_rtc, "00", "rtc wildcard", R"({ "origin": 0, "route-target": null })"},
    {k_rtc, "60 0000FDE9 0102010203040064", "rtc 65001:target:1.2.3.4:100", R"({ "origin": 65001, "route-target": "target:1.2.3.4:100" })"},
    {k_rtc, "60 0000FDE9 0202FA56EA010064", "rtc 65001:0x0202FA56EA010064", R"({ "origin": 65001, "route-target": "target:4200000001:100" })"},
    {k_rtc, "60 0000FDE9 0003FDE900000064", "rtc 65001:origin:65001:0.0.0.100", R"({ "origin": 65001, "route-target": "origin:65001:0.0.0.100" })"},
    {k_rtc, "60 0000FDE9 4002FDE900000064", "rtc 65001:target:65001:100", R"({ "origin": 65001, "route-target": "target:65001:100" })", {},
     NlriUse::announce, false, "60 0000FDE9 0002FDE900000064"},
    {k_rtc, "20 FA56EA01", "rtc 4200000001/32", R"({ "origin": 4200000001, "route-target": null, "length": 32 })"},
    {k_rtc, "30 0000FDE9 0002", "rtc 65001:0x0002/48", R"({ "origin": 65001, "route-target": "0x0002", "length": 48 })"},
    {k_rtc, "44 0000FDE9 0002FDE9F7", "rtc 65001:0x0002FDE9F0/68", R"({ "origin": 65001, "route-target": "0x0002FDE9F0", "length": 68 })", {},
     NlriUse::announce, false, "44 0000FDE9 0002FDE9F0"},
    {k_rtc, "21 0000FDE9 80", "rtc 65001:0x80/33", R"({ "origin": 65001, "route-target": "0x80", "length": 33 })"},
};

}  // namespace
}  // namespace tandem::bgp
