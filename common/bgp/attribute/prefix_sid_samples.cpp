#include "common/bgp/attribute/attribute_samples.hpp"

namespace tandem::bgp {
namespace {

const testing::AddAttributeSamples k_samples{
    {"c0280a 010007 00 0000 00000309", "bgp-prefix-sid [ 777 ]",
     " bgp-prefix-sid [ 777 ]",
     R"("bgp-prefix-sid":{"sr-label-index":777})"},
    {"c0281b 010007 00 0000 0000012c 03000e 0000 0c3500001000 0f4240001388", "bgp-prefix-sid [ 300, [ ( 800000,4096 ) ( 1000000,5000 ) ] ]",
     " bgp-prefix-sid [ 300, [ ( 800000,4096 ), ( 1000000,5000 ) ] ]",
     R"("bgp-prefix-sid":{"sr-label-index":300,"sr-srgbs":[[800000,4096],[1000000,5000]]})"},
    {"c0281c 050019 00 010015 00 20010db8000100010000000000000000 00 ffff 00", "bgp-prefix-sid-srv6 ( l3-service 2001:db8:1:1:: )",
     " bgp-prefix-sid ( l3-service 2001:db8:1:1:: 0xffff )",
     R"("bgp-prefix-sid":{"l3-service":[{"sid":"2001:db8:1:1::","flags":0,"endpoint_behavior":65535}]})"},
    {"c02825 060022 00 01001e 00 20010db8000100010000000000000000 00 0048 00 010006 401810000000", "bgp-prefix-sid-srv6 ( l2-service 2001:db8:1:1:: 0x48 [64,24,16,0,0,0] )",
     " bgp-prefix-sid ( l2-service 2001:db8:1:1:: 0x48 [64,24,16,0,0,0] )",
     R"("bgp-prefix-sid":{"l2-service":[{"sid":"2001:db8:1:1::","flags":0,"endpoint_behavior":72,"structure":{"locator-block-length":64,"locator-node-length":24,"function-length":16,"argument-length":0,"transposition-length":0,"transposition-offset":0}}]})"},
    // As ExaBGP 4.2 writes them, in the forms of drafts.
    {"c02816 02 0013 000000 20010001000000000000000000000010", "bgp-prefix-sid-srv6 ( ipv6 2001:1::10 )",
     " bgp-prefix-sid 0x02001300000020010001000000000000000000000010",
     R"("bgp-prefix-sid":{"attribute-not-implemented-2":"0x00000020010001000000000000000000000010"})"},
    {"c02816 04 0013 000000 20010001000000000000000000000010", "bgp-prefix-sid-srv6 ( vpn 2001:1::10 )",
     " bgp-prefix-sid 0x04001300000020010001000000000000000000000010",
     R"("bgp-prefix-sid":{"attribute-not-implemented-4":"0x00000020010001000000000000000000000010"})"},
    // And one that became a service (RFC 9252).
    {"c0281c 050019 00 010015 00 20010001000000000000000000000020 00 ffff 00", "bgp-prefix-sid-srv6 ( l3vpn 2001:1::20 )",
     " bgp-prefix-sid ( l3-service 2001:1::20 0xffff )",
     R"("bgp-prefix-sid":{"l3-service":[{"sid":"2001:1::20","flags":0,"endpoint_behavior":65535}]})"},
};

}  // namespace
}  // namespace tandem::bgp
