#include "common/bgp/nlri/nlri_samples.hpp"

namespace tandem::bgp {
namespace {

constexpr Family k_vpls{Afi::l2vpn, Safi::vpls};

const testing::AddNlriSamples k_samples{
    {k_vpls, "0011 0001C0A8C901007B 0005 0001 0008 029CE1", "vpls rd 192.168.201.1:123 endpoint 5 base 10702 offset 1 size 8",
     R"({ "rd": "192.168.201.1:123", "endpoint": 5, "base": 10702, "offset": 1, "size": 8 })"},
    {k_vpls, "0011 0001C0A8C901007B 0005 0001 0008 029CE1", "vpls rd 192.168.201.1:123 endpoint 5 base 10702 offset 1 size 8",
     R"({ "rd": "192.168.201.1:123", "endpoint": 5, "base": 10702, "offset": 1, "size": 8 })", {}, NlriUse::withdraw},
    {k_vpls, "0011 0000FDE800000001 0001 0001 0008 400010", "vpls rd 65000:1 endpoint 1 base 262145 (4194320) offset 1 size 8",
     R"({ "rd": "65000:1", "endpoint": 1, "base": 262145, "offset": 1, "size": 8 })"},
    // A distinguisher of a four-octet AS whose number is small: the letter is for text, which is read back.
    {k_vpls, "000C 0002000000640064 0A000001", "vpls rd 100L:100 pe-address 10.0.0.1", R"({ "rd": "100:100", "pe-address": "10.0.0.1" })"},
    // Labels above the highest one: it has no words.
    {k_vpls, "0011 0000FDE800000001 0001 0001 0008 FFFFF1", "vpls 0x00110000FDE800000001000100010008FFFFF1",
     R"({ "rd": "65000:1", "endpoint": 1, "base": 1048575, "offset": 1, "size": 8 })"},
    {k_vpls, "000C 0000FDE800000001 0A000001", "vpls rd 65000:1 pe-address 10.0.0.1", R"({ "rd": "65000:1", "pe-address": "10.0.0.1" })"},
};

}  // namespace
}  // namespace tandem::bgp
