#include "common/bgp/nlri/nlri_samples.hpp"

namespace tandem::bgp {
namespace {

const testing::AddNlriSamples k_samples{
    {k_ipv4_unicast, "18 0a0000", "10.0.0.0/24", R"({ "nlri": "10.0.0.0/24" })"},
    {k_ipv4_unicast, "00", "0.0.0.0/0", R"({ "nlri": "0.0.0.0/0" })"},
    {k_ipv4_unicast, "00000001 18 0a0000", "10.0.0.0/24 path-information 0.0.0.1",
     R"({ "nlri": "10.0.0.0/24", "path-information": "0.0.0.1" })", {}, NlriUse::withdraw, true},
    {k_ipv6_unicast, "20 20010db8", "2001:db8::/32", R"({ "nlri": "2001:db8::/32" })"},
    {k_ipv6_unicast, "80 20010db8000000000000000000000001", "2001:db8::1/128", R"({ "nlri": "2001:db8::1/128" })"},
    {k_ipv4_multicast, "10 ef01", "239.1.0.0/16", R"({ "nlri": "239.1.0.0/16" })"},
    {k_ipv6_multicast, "20 ff020001", "ff02:1::/32", R"({ "nlri": "ff02:1::/32" })", {}, NlriUse::withdraw},
};

}  // namespace
}  // namespace tandem::bgp
