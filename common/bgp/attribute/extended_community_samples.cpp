#include "common/bgp/attribute/attribute_samples.hpp"

namespace tandem::bgp::testing {

namespace {

constexpr ExtendedCommunitySample k_communities[] = {
    {"0002fde800000064", "target:65000:100"},
    {"0102010203040064", "target:1.2.3.4:100"},
    {"0202000111700064", "target:70000:100"},
    {"0003fde801020304", "origin:65000:1.2.3.4"},
    {"0103010203040005", "origin:1.2.3.4:5"},
    {"0203000111700005", "origin:70000:5"},
    {"0013fde800000064", "rtrecord:65000:100"},
    {"01130102030400ff", "rtrecord:1.2.3.4:255"},
    {"0213000111700064", "rtrecord:70000:100"},
    {"030c000000000008", "encap:VXLAN"},
    {"030c00000000000f", "encap:encap:UNKNOWN-15"},
    {"0314000000050000", "consistentHashSortOrder:5"},
    {"0600000000000007", "mac-mobility:7"},
    {"0600010000000007", "mac-mobility:7:sticky"},
    {"07020000fde94005", "interface-set:input:65001:5"},
    {"47020000fde9c005", "interface-set:input-output:65001:5"},
    {"0800000000000000", "redirect-to-nexthop"},
    {"0800000000000001", "copy-to-nexthop"},
    {"0c00000a0000000a", "mup:10:10"},
    {"010c010203040000", "redirect-to-nexthop-ietf 1.2.3.4"},
    {"010c010203040001", "copy-to-nexthop-ietf 1.2.3.4 (with copy)"},
    {"80060000461c4000", "rate-limit:10000"},
    {"8006000000000000", "rate-limit:0"},
    {"80060000c61c4000", "rate-limit:-10000"},
    {"8006000080000000", "rate-limit:0"},
    {"800600007fc00000", "rate-limit:nan"},
    {"800600007f800000", "rate-limit:inf"},
    {"80060000ff800000", "rate-limit:-inf"},
    {"8007000000000002", "action sample"},
    {"8007000000000001", "action terminal"},
    {"8007000000000003", "action sample-terminal"},
    {"8008fde80000007b", "redirect:65000:123"},
    {"820800011170007b", "redirect:70000:123"},
    {"800900000000003f", "mark 63"},
    {"800a130005dc006f", "l2info:19:0:1500:111"},
    {"800c0000447a0000", "rate-limit:1000:packets"},
    {"800c0000c47a0000", "rate-limit:0:packets"},
    {"4004fde849742400", "bandwidth:65000:1000000"},
    {"4004fde83fc00000", "bandwidth:65000:1.5"},
    {"4004fde87f800000", "0x4004FDE87F800000"},  // no finite rate
    {"4004fde87fc00000", "0x4004FDE87FC00000"},
    {"4004fde8c9742400", "0x4004FDE8C9742400"},
    {"8108010203040005", "0x8108010203040005"},
    {"030b000000000064", "0x030B000000000064"},
};

// One attribute a community: each of its octets is changed by itself.
std::vector<AttributeSample> attributes() {
  std::vector<AttributeSample> out;
  for (const auto& [community, text] : k_communities) out.push_back({"c01008" + std::string(community)});
  return out;
}
const AddAttributeSamples k_samples{attributes()};

}  // namespace

std::span<const ExtendedCommunitySample> extended_community_samples() { return k_communities; }

}  // namespace tandem::bgp::testing
