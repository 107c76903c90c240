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
    // What has no words: parts that are not known, flags and reserved bits, several parts where the words have one. Of two the first is told.
    {"c0280a 010007 00 ffff 00000309", {}, " bgp-prefix-sid 0x01000700ffff00000309",
     R"("bgp-prefix-sid":{"sr-label-index":777})"},
    {"c02814 010007 00 0000 00000309 010007 00 0000 0000030a", {}, " bgp-prefix-sid 0x010007000000000003090100070000000000030a",
     R"("bgp-prefix-sid":{"sr-label-index":777})"},
    {"c0280b 03 0008 0000 0c3500001000", {}, " bgp-prefix-sid 0x03000800000c3500001000",
     R"("bgp-prefix-sid":{"sr-srgbs":[[800000,4096]]})"},
    {"c02805 63 0002 abcd", {}, " bgp-prefix-sid 0x630002abcd",
     R"("bgp-prefix-sid":{"attribute-not-implemented-99":"0xABCD"})"},
    {"c02809 05 0006 00 09 0002 abcd", {}, " bgp-prefix-sid 0x05000600090002abcd",
     R"("bgp-prefix-sid":{"l3-service":[{"type":9,"raw":"abcd"}]})"},
    {"c0281c 05 0019 00 01 0015 00 fc000000000000000000000000000001 ff 0048 00", {}, " bgp-prefix-sid 0x0500190001001500fc000000000000000000000000000001ff004800",
     R"("bgp-prefix-sid":{"l3-service":[{"sid":"fc00::1","flags":255,"endpoint_behavior":72}]})"},
    {"c0282a 05 0027 00 01 0023 00 fc000000000000000000000000000001 00 0048 00 09 0002 abcd 01 0006 401810000000", {}, " bgp-prefix-sid 0x0500270001002300fc00000000000000000000000000000100004800090002abcd010006401810000000",
     R"("bgp-prefix-sid":{"l3-service":[{"sid":"fc00::1","flags":0,"endpoint_behavior":72,"sub-sub-tlv-9":"0xABCD","structure":{"locator-block-length":64,"locator-node-length":24,"function-length":16,"argument-length":0,"transposition-length":0,"transposition-offset":0}}]})"},
    {"c02824 05 0021 00 01 001d 00 fc000000000000000000000000000001 00 0048 00 09 0001 aa 09 0001 bb", {}, " bgp-prefix-sid 0x0500210001001d00fc00000000000000000000000000000100004800090001aa090001bb",
     R"("bgp-prefix-sid":{"l3-service":[{"sid":"fc00::1","flags":0,"endpoint_behavior":72,"sub-sub-tlv-9":"0xAA"}]})"},
    {"c02834 05 0031 00 01 0015 00 fc000000000000000000000000000001 00 0048 00 01 0015 00 fc000000000000000000000000000001 00 0013 00", {}, " bgp-prefix-sid 0x0500310001001500fc0000000000000000000000000000010000480001001500fc00000000000000000000000000000100001300",
     R"("bgp-prefix-sid":{"l3-service":[{"sid":"fc00::1","flags":0,"endpoint_behavior":72},{"sid":"fc00::1","flags":0,"endpoint_behavior":19}]})"},
    {"c02842 01 0007 00 0000 00000309 05 0019 00 01 0015 00 fc000000000000000000000000000001 00 0048 00 06 0019 00 01 0015 00 fc000000000000000000000000000001 00 0013 00", {}, " bgp-prefix-sid 0x010007000000000003090500190001001500fc000000000000000000000000000001000048000600190001001500fc00000000000000000000000000000100001300",
     R"("bgp-prefix-sid":{"sr-label-index":777,"l3-service":[{"sid":"fc00::1","flags":0,"endpoint_behavior":72}],"l2-service":[{"sid":"fc00::1","flags":0,"endpoint_behavior":19}]})"},
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
