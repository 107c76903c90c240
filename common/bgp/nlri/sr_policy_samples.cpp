#include "common/bgp/nlri/nlri_samples.hpp"

namespace tandem::bgp {
namespace {

constexpr Family k_v4{Afi::ipv4, Safi::sr_policy};
constexpr Family k_v6{Afi::ipv6, Safi::sr_policy};

const testing::AddNlriSamples k_samples{
    {k_v4, "60 00000000 00000064 0A000001", "sr-policy distinguisher 0 color 100 endpoint 10.0.0.1",
     R"({"distinguisher": 0, "color": 100, "endpoint": "10.0.0.1"})"},
    {k_v4, "60 FFFFFFFF FFFFFFFF 00000000", "sr-policy distinguisher 4294967295 color 4294967295 endpoint 0.0.0.0",
     R"({"distinguisher": 4294967295, "color": 4294967295, "endpoint": "0.0.0.0"})", {}, NlriUse::withdraw},
    {k_v6, "C0 00000000 00000064 20010DB8000000000000000000000001", "sr-policy distinguisher 0 color 100 endpoint 2001:db8::1",
     R"({"distinguisher": 0, "color": 100, "endpoint": "2001:db8::1"})"},
    {k_v6, "C0 00000001 00000064 20010DB8000000000000000000000001", "sr-policy distinguisher 1 color 100 endpoint 2001:db8::1",
     R"({"distinguisher": 1, "color": 100, "endpoint": "2001:db8::1"})", {}, NlriUse::withdraw},
};

}  // namespace
}  // namespace tandem::bgp
