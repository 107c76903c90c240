#include <fmt/format.h>

#include "common/bgp/attribute/attribute_samples.hpp"
#include "common/bgp/sample_octets.hpp"

namespace tandem::bgp {
namespace {

// The attribute with the sub-TLVs of an SR policy, and the members that they make.
testing::AttributeSample policy(std::string_view written, std::string_view tlvs, std::string_view members) {
  const std::string value = fmt::format("000f{:04x}{}", testing::sample_octets(tlvs).size(), tlvs);
  return {testing::attribute_hex(k_flag_optional | k_flag_transitive, AttributeCode::tunnel_encapsulation, value), written, {},
          fmt::format(R"("tunnel-encap": {{"sr-policy": {{{}}}}})", members)};
}

// One of which not all has words: what its text is.
testing::AttributeSample kept(std::string_view text, std::string_view tlvs, std::string_view members) {
  testing::AttributeSample sample = policy({}, tlvs, members);
  sample.text = text;
  return sample;
}

#define SRV6 "fc000000000000000000000000000001"
#define NODE "20010db8000000000000000000000001"
#define LOCAL "fe800000000000000000000000000001"
#define REMOTE "fe800000000000000000000000000002"
const testing::AddAttributeSamples k_samples{
    policy("tunnel-encap [ sr-policy preference 100 binding-sid mpls 24000 segment-list weight 1 segment type-a mpls 16001 ]",
     "0c06000000000064 0d06100005dc0100 800011 00 0906000000000001 0106000003e81100",
     R"("preference": 100, "binding-sid": {"type": "mpls", "label": 24000},
        "segment-lists": [{"weight": 1, "segments": [{"type": "A", "label": 16001, "tc": 0, "s": true, "ttl": 0}]}])"),
    policy("tunnel-encap [ sr-policy segment-list weight 1 segment type-a mpls 16001 segment type-a mpls 16002 ]",
     "800019 00 0906000000000001 0106000003e81000 0106000003e82100",
     R"("segment-lists": [{"weight": 1, "segments": [{"type": "A", "label": 16001, "tc": 0, "s": false, "ttl": 0},
        {"type": "A", "label": 16002, "tc": 0, "s": true, "ttl": 0}]}])"),
    policy("tunnel-encap [ sr-policy segment-list weight 1 segment type-b srv6 fc00::1 endpoint-behavior 65 32 0 16 0 ]",
     "800025 00 0906000000000001 0d1a1000 " SRV6 " 0041000020001000",
     R"("segment-lists": [{"weight": 1, "segments": [{"type": "B", "sid": "fc00::1",
        "endpoint-behavior": {"behavior": 65, "lb-length": 32, "ln-length": 0, "fun-length": 16, "arg-length": 0}}]}])"),
    policy("tunnel-encap [ sr-policy segment-list weight 3 segment type-c ipv4 10.0.0.1 algorithm 128 sid 16003 ]", "800015 00 0906000000000003 030a40800a000001 03e83100",
     R"("segment-lists": [{"weight": 3, "segments": [{"type": "C", "ipv4_node": "10.0.0.1", "algorithm": 128, "sid": 16003, "tc": 0, "s": true, "ttl": 0}]}])"),
    policy("tunnel-encap [ sr-policy segment-list weight 1 segment type-d ipv6 2001:db8::1 algorithm 1 sid 16004 ]",
     "800021 00 0906000000000001 04164001 " NODE " 03e84000",
     R"("segment-lists": [{"weight": 1, "segments": [{"type": "D", "ipv6_node": "2001:db8::1", "algorithm": 1, "sid": 16004}]}])"),
    policy("tunnel-encap [ sr-policy segment-list weight 1 segment type-e local-if-id 5 ipv4 10.0.0.1 sid 16005 ]",
     "800019 00 0906000000000001 050e0000 00000005 0a000001 03e85000",
     R"("segment-lists": [{"weight": 1, "segments": [{"type": "E", "local_if_id": 5, "ipv4_node": "10.0.0.1", "sid": 16005}]}])"),
    policy("tunnel-encap [ sr-policy segment-list weight 1 segment type-f local 10.0.0.1 remote 10.0.0.2 sid 16006 ]",
     "800019 00 0906000000000001 060e0000 0a000001 0a000002 03e86000",
     R"("segment-lists": [{"weight": 1, "segments": [{"type": "F", "local_ipv4": "10.0.0.1", "remote_ipv4": "10.0.0.2", "sid": 16006}]}])"),
    policy("tunnel-encap [ sr-policy segment-list weight 1 segment type-g local-if-id 1 local-ipv6 fe80::1 remote-if-id 2 remote-ipv6 fe80::2 sid 16007 ]",
     "800039 00 0906000000000001 072e0000 00000001 " LOCAL " 00000002 " REMOTE " 03e87000",
     R"("segment-lists": [{"weight": 1, "segments": [{"type": "G", "local_if_id": 1, "local_ipv6": "fe80::1", "remote_if_id": 2, "remote_ipv6": "fe80::2", "sid": 16007}]}])"),
    policy("tunnel-encap [ sr-policy segment-list weight 1 segment type-h local fe80::1 remote fe80::2 sid 16008 ]",
     "800031 00 0906000000000001 08260000 " LOCAL REMOTE " 03e88000",
     R"("segment-lists": [{"weight": 1, "segments": [{"type": "H", "local_ipv6": "fe80::1", "remote_ipv6": "fe80::2", "sid": 16008}]}])"),
    policy("tunnel-encap [ sr-policy segment-list weight 1 segment type-i ipv6 2001:db8::1 algorithm 0 sid fc00::1 endpoint-behavior 0x41 32 0 16 0 ]",
     "800035 00 0906000000000001 0e2a1000 " NODE SRV6 " 0041000020001000",
     R"("segment-lists": [{"weight": 1, "segments": [{"type": "I", "ipv6_node": "2001:db8::1", "algorithm": 0, "sid": "fc00::1",
        "endpoint-behavior": {"behavior": 65, "lb-length": 32, "ln-length": 0, "fun-length": 16, "arg-length": 0}}]}])"),
    policy("tunnel-encap [ sr-policy segment-list weight 1 segment type-j local-if-id 1 local-ipv6 fe80::1 remote-if-id 2 remote-ipv6 fe80::2 algorithm 1 sid fc00::1 ]",
     "800045 00 0906000000000001 0f3a4001 00000001 " LOCAL " 00000002 " REMOTE SRV6,
     R"("segment-lists": [{"weight": 1, "segments": [{"type": "J", "local_if_id": 1, "local_ipv6": "fe80::1", "remote_if_id": 2,
        "remote_ipv6": "fe80::2", "algorithm": 1, "sid": "fc00::1"}]}])"),
    policy("tunnel-encap [ sr-policy segment-list weight 1 segment type-k local fe80::1 remote fe80::2 algorithm 0 sid fc00::1 endpoint-behavior 65 32 0 16 0 ]",
     "800045 00 0906000000000001 103a1000 " LOCAL REMOTE SRV6 " 0041000020001000",
     R"("segment-lists": [{"weight": 1, "segments": [{"type": "K", "local_ipv6": "fe80::1", "remote_ipv6": "fe80::2", "algorithm": 0, "sid": "fc00::1",
        "endpoint-behavior": {"behavior": 65, "lb-length": 32, "ln-length": 0, "fun-length": 16, "arg-length": 0}}]}])"),
    policy("tunnel-encap [ sr-policy segment-list weight 2 segment type-c ipv4 10.0.0.1 algorithm 0 segment type-f local 10.0.0.1 remote 10.0.0.2 ]",
     "80001d 00 0906000000000002 030600000a000001 060a00000a0000010a000002",
     R"("segment-lists": [{"weight": 2, "segments": [{"type": "C", "ipv4_node": "10.0.0.1", "algorithm": 0}, {"type": "F", "local_ipv4": "10.0.0.1", "remote_ipv4": "10.0.0.2"}]}])"),
    policy("tunnel-encap [ sr-policy policy-name \"my-policy\" candidate-path-name \"primary\" ]", "82000a 00 6d792d706f6c696379 810008 00 7072696d617279",
     R"("policy-name": "my-policy", "candidate-path-name": "primary")"),
    policy("tunnel-encap [ sr-policy priority 10 binding-sid null enlp 3 ]", "0f020a00 0d020000 0e03000003", R"("priority": 10, "binding-sid": null, "enlp": 3)"),
    policy("tunnel-encap [ sr-policy srv6-binding-sid fc00::1 ]", "14120000 " SRV6, R"("srv6-binding-sid": "fc00::1")"),
    policy("tunnel-encap [ sr-policy srv6-binding-sid fc00::1 endpoint-behavior 65 32 0 16 0 ]", "141a2000 " SRV6 " 0041000020001000",
     R"("srv6-binding-sid": {"sid": "fc00::1", "behavior": 65, "lb-length": 32, "ln-length": 0, "fun-length": 16, "arg-length": 0})"),
    policy("tunnel-encap [ sr-policy binding-sid srv6 fc00::1 ]", "0d120000 " SRV6, R"("binding-sid": {"type": "srv6", "sid": "fc00::1"})"),
    // As other speakers write it: neither the bottom of stack nor a bit that RFC 9830 does not have.
    policy("tunnel-encap [ sr-policy binding-sid mpls 24000 s 0 flags 0x00 segment-list weight 1 segment type-a mpls 16001 s 0 ttl 255 ]",
     "0d06000005dc0000 800011 00 0906000000000001 0106000003e810ff",
     R"("binding-sid": {"type": "mpls", "label": 24000}, "segment-lists": [{"weight": 1, "segments": [{"type": "A", "label": 16001, "tc": 0, "s": false, "ttl": 255}]}])"),
    // As other speakers write them: lists without a weight, or with it behind the segments; parts, flags and names that have no words.
    kept(" tunnel-encap [ sr-policy sub-tlv-128 0x000106000003e81100 ]", "80000900 0106000003e81100",
     R"("segment-lists": [{"weight": 1, "segments": [{"type": "A", "label": 16001, "tc": 0, "s": true, "ttl": 0}]}])"),
    kept(" tunnel-encap [ sr-policy sub-tlv-128 0x000106000003e811000906000000000002 ]", "80001100 0106000003e81100 0906000000000002",
     R"("segment-lists": [{"weight": 2, "segments": [{"type": "A", "label": 16001, "tc": 0, "s": true, "ttl": 0}]}])"),
    kept(" tunnel-encap [ sr-policy sub-tlv-128 0x000906000000000001630201020106000003e81100 ]", "80001500 0906000000000001 63020102 0106000003e81100",
     R"("segment-lists": [{"weight": 1, "segments": [{"type": "A", "label": 16001, "tc": 0, "s": true, "ttl": 0}]}])"),
    policy("tunnel-encap [ sr-policy segment-list weight 1 segment type-a mpls 16001 segment-list weight 4294967295 segment type-a mpls 16001 ]", "80001100 0906000000000001 0106000003e81100 80001100 09060000ffffffff 0106000003e81100",
     R"("segment-lists": [{"weight": 1, "segments": [{"type": "A", "label": 16001, "tc": 0, "s": true, "ttl": 0}]}, {"weight": 4294967295, "segments": [{"type": "A", "label": 16001, "tc": 0, "s": true, "ttl": 0}]}])"),
    kept(" tunnel-encap [ sr-policy binding-sid mpls 24000 tc 7 ttl 255 flags 0xc0 enlp 3 flags 0xff sub-tlv-15 0x0a01 ]", "0d06c00005dc0fff 0e03ff0003 0f020a01",
     R"("binding-sid": {"type": "mpls", "label": 24000}, "enlp": 3, "priority": 10)"),
    kept(" tunnel-encap [ sr-policy preference 100 preference 101 sub-tlv-99 0xabcd ]", "0c06000000000064 0c06000000000065 6302abcd",
     R"("preference": 100, "unknown-subtlv-99": "0xABCD")"),
    kept(" tunnel-encap [ sr-policy sub-tlv-129 0x0061202062 policy-name \"a;b {#}\" ]", "81000500 61202062 82000800 613b62207b237d",
     R"("candidate-path-name": "a  b", "policy-name": "a;b {#}")"),
    policy("tunnel-encap [ sr-policy segment-list weight 1 ]", "800009 00 0906000000000001", R"("segment-lists": [{"weight": 1, "segments": []}])"),
};

}  // namespace
}  // namespace tandem::bgp
