#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/bgp/message/update.hpp"
#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using ::testing::HasSubstr;
using testing::octets;
using testing::squeeze;

constexpr AttributeContext k_context{};

const AttributeTraits& row() { return *attribute_traits(static_cast<std::uint8_t>(AttributeCode::bgp_ls)); }

bool is_good(std::string_view tlvs) { return row().well_formed(octets(tlvs), k_context); }

std::string tlv(unsigned type, std::string_view value) { return fmt::format("{:04x}{:04x}", type, octets(value).size()) + std::string(value); }

// What stands between the braces.
std::string shown(std::string_view tlvs) {
  const base::Buffer value = octets(tlvs);
  EXPECT_TRUE(row().well_formed(value, k_context)) << tlvs;
  base::Buffer attribute;
  append_attribute(attribute, k_flag_optional, static_cast<std::uint8_t>(AttributeCode::bgp_ls), value);
  const std::string out = testing::json_of(attribute);
  constexpr std::string_view k_head = R"("bgp-ls":{)";
  return out.substr(k_head.size(), out.size() - k_head.size() - 1);
}

struct Sample {
  unsigned type;
  std::string_view value;
  std::string_view json;
};
constexpr std::string_view k_structure = R"("srv6-sid-structure": {"loc_block_len": 32, "loc_node_len": 16, "func_len": 16, "arg_len": 0})";

const Sample k_samples[] = {
    {258, "00000001 00000002", R"("link-local-remote-identifiers": {"local-id": 1, "remote-id": 2})"},
    {1024, "c0", R"("node-flags": {"O": 1, "T": 1, "E": 0, "B": 0, "R": 0, "V": 0, "RSV": 0})"},
    {1024, "03", R"("node-flags": {"O": 0, "T": 0, "E": 0, "B": 0, "R": 0, "V": 0, "RSV": 0})"},
    {1025, "deadbeef", R"("opaque": "deadbeef")"},
    {1026, "726f757465722d31", R"("node-name": "router-1")"},
    {1026, "72ff", R"("node-name": "r\ufffd")"},
    {1026, "", R"("node-name": "")"},
    {1027, "490001", R"("area-ids": ["4784129"])"},
    {1027, "ffffffffffffffffffffffffffffffffffffffff", R"("area-ids": ["1461501637330902918203684832716283019655932542975"])"},
    {1028, "01020304", R"("local-router-ids": ["1.2.3.4"])"},
    {1029, "20010db8000000000000000000000001", R"("local-router-ids": ["2001:db8::1"])"},
    {1030, "01020304", R"("remote-router-ids": ["1.2.3.4"])"},
    {1031, "20010db8000000000000000000000001", R"("remote-router-ids": ["2001:db8::1"])"},
    {1034, "8000 0003e8 0489 0003 003e80", R"("sr-capability-flags": {"I": 1, "V": 0, "RSV": 0}, "sids": [[1000, 16000]])"},
    {1034, "4000 0003e8 0489 0003 f03e80 000001 0489 0004 80000000",
     R"("sr-capability-flags": {"I": 0, "V": 1, "RSV": 0}, "sids": [[1000, 16000], [1, 2147483648]])"},
    {1034, "0000", R"("sr-capability-flags": {"I": 0, "V": 0, "RSV": 0}, "sids": [])"},
    {1035, "0001", R"("sr-algorithms": [0, 1])"},
    {1035, "", R"("sr-algorithms": [0])"},
    {1038, "4000 0000", R"("srv6-capabilities": {"flags": {"O": 1}})"},
    {1038, "bfff 0000", R"("srv6-capabilities": {"flags": {"O": 0}})"},
    {1088, "000000ff", R"("admin-group-mask": 255)"},
    {1089, "4e9502f9", R"("maximum-link-bandwidth": 1250000000.0)"},
    {1089, "7fc00000", R"("maximum-link-bandwidth": null)"},
    {1090, "3dcccccd", R"("maximum-reservable-link-bandwidth": 0.10000000149011612)"},
    {1090, "7f800000", R"("maximum-reservable-link-bandwidth": null)"},
    {1091, "4e9502f9 00000000 00000000 00000000 00000000 00000000 00000000 3f800000",
     R"("unreserved-bandwidth": [1250000000.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0])"},
    {1092, "0000000a", R"("te-metric": 10)"},
    {1092, "00000a", R"("te-metric": 10)"},
    {1093, "0200",
     R"("link-protection-flags": {"ExtraTrafic": 0, "Unprotected": 1, "Shared": 0, "Dedicated 1:1": 0, "Dedicated 1+1": 0, "Enhanced": 0, "RSV": 0})"},
    {1093, "ff00",
     R"("link-protection-flags": {"ExtraTrafic": 1, "Unprotected": 1, "Shared": 1, "Dedicated 1:1": 1, "Dedicated 1+1": 1, "Enhanced": 1, "RSV": 0})"},
    {1094, "c0", R"("mpls-mask": {"LDP": 1, "RSVP-TE": 1, "RSV": 0})"},
    {1095, "0a", R"("igp-metric": 10)"},
    {1095, "ca", R"("igp-metric": 10)"},
    {1095, "1388", R"("igp-metric": 5000)"},
    {1095, "00000a", R"("igp-metric": 10)"},
    {1096, "00000001 00000002", R"("shared-risk-link-groups": [1, 2])"},
    {1097, "abcd", R"("opaque-link": "abcd")"},
    {1098, "6c31", R"("link-name": "l1")"},
    {1099, "30 00 0000 005dc0",
     R"("sr-adjs": [{"flags": {"F": 0, "B": 0, "V": 1, "L": 1, "S": 0, "P": 0, "RSV": 0}, "sids": [24000], "weight": 0, "undecoded-sids": []}])"},
    {1099, "00 07 0000 0000000a",
     R"("sr-adjs": [{"flags": {"F": 0, "B": 0, "V": 0, "L": 0, "S": 0, "P": 0, "RSV": 0}, "sids": [10], "weight": 7, "undecoded-sids": []}])"},
    {1099, "20 00 0000 005dc0",
     R"("sr-adjs": [{"flags": {"F": 0, "B": 0, "V": 1, "L": 0, "S": 0, "P": 0, "RSV": 0}, "sids": [], "weight": 0, "undecoded-sids": ["0x005DC0"]}])"},
    {1099, "00 00 0000 0000000abb",
     R"("sr-adjs": [{"flags": {"F": 0, "B": 0, "V": 0, "L": 0, "S": 0, "P": 0, "RSV": 0}, "sids": [10], "weight": 0, "undecoded-sids": ["0xBB"]}])"},
    {1100, "30 00 0000 010203040506 005dc0",
     R"("sr-adj-lan": [{"flags": {"F": 0, "B": 0, "V": 1, "L": 1, "S": 0, "P": 0, "RSV": 0}, "weight": 0, "system-id": "010203040506", "sid": 24000, "undecoded": []}])"},
    {1100, "80 05 0000 01020304 00005dc0",
     R"("sr-adj-lan": [{"flags": {"F": 1, "B": 0, "V": 0, "L": 0, "S": 0, "P": 0, "RSV": 0}, "weight": 5, "neighbor-id": "1.2.3.4", "sid": 24000, "undecoded": []}])"},
    {1100, "00 00 0000 010203040506",
     R"("sr-adj-lan": [{"flags": {"F": 0, "B": 0, "V": 0, "L": 0, "S": 0, "P": 0, "RSV": 0}, "weight": 0, "system-id": "010203040506", "undecoded": []}])"},
    {1100, "00 00 0000 010203040506 0102030405",
     R"("sr-adj-lan": [{"flags": {"F": 0, "B": 0, "V": 0, "L": 0, "S": 0, "P": 0, "RSV": 0}, "weight": 0, "system-id": "010203040506", "undecoded": ["0x0102030405"]}])"},
    {1106, "0039 80 00 0a 00 fc000000000000000000000000000001",
     R"("srv6-endx": [{"flags": {"B": 1, "S": 0, "P": 0, "RSV": 0}, "behavior": 57, "algorithm": 0, "weight": 10, "sid": "fc00::1"}])"},
    {1106, "0039 80 00 0a 00 fc000000000000000000000000000001 04e4 0004 20101000 0999 0002 abcd",
     R"("srv6-endx": [{"flags": {"B": 1, "S": 0, "P": 0, "RSV": 0}, "behavior": 57, "algorithm": 0, "weight": 10, "sid": "fc00::1", )"
     R"("srv6-sid-structure": {"loc_block_len": 32, "loc_node_len": 16, "func_len": 16, "arg_len": 0}, "unknown-subtlv-2457": "0xABCD"}])"},
    {1107, "0039 80 00 0a 00 010203040506 fc000000000000000000000000000001",
     R"("srv6-lan-endx-isis": [{"flags": {"B": 1, "S": 0, "P": 0, "RSV": 0}, "neighbor-id": "010203040506", "behavior": 57, "algorithm": 0, "weight": 10, "sid": "fc00::1"}])"},
    {1108, "0039 80 00 0a 00 01020304 fc000000000000000000000000000001",
     R"("srv6-lan-endx-ospf": [{"flags": {"B": 1, "S": 0, "P": 0, "RSV": 0}, "neighbor-id": "1.2.3.4", "behavior": 57, "algorithm": 0, "weight": 10, "sid": "fc00::1"}])"},
    {1114, "800003e8", R"("unidirectional-link-delay": {"delay-us": 1000, "anomalous": true})"},
    {1115, "00000064 000000c8", R"("minmax-unidirectional-link-delay": {"min-delay-us": 100, "max-delay-us": 200, "anomalous": false})"},
    {1116, "00000005", R"("unidirectional-delay-variation": 5)"},
    {1117, "000f4240", R"("unidirectional-link-loss": {"loss-percent": 3.0, "anomalous": false})"},
    {1118, "3f800000", R"("unidirectional-residual-bandwidth": 1.0)"},
    {1119, "3f800000", R"("unidirectional-available-bandwidth": 1.0)"},
    {1120, "3f800000", R"("unidirectional-utilized-bandwidth": 1.0)"},
    {1152, "90", R"("igp-flags": {"D": 1, "N": 0, "L": 0, "P": 1, "RSV": 0})"},
    {1153, "0000000a 0000000b", R"("igp-route-tags": [10, 11])"},
    {1154, "000000000000000a 000000000000000b", R"("igp-extended-route-tags": [10, 11])"},
    {1155, "00000014", R"("prefix-metric": 20)"},
    {1156, "0a000001", R"("ospf-forwarding-address": "10.0.0.1")"},
    {1157, "abcd", R"("opaque-prefix": "abcd")"},
    {1158, "40 00 0000 00000064",
     R"("sr-prefix-sids": [{"sr-prefix-flags": {"R": 0, "N": 1, "P": 0, "E": 0, "V": 0, "L": 0, "RSV": 0}, "sids": [100], "undecoded-sids": [], "sr-algorithm": 0}])"},
    {1158, "0c 01 0000 005dc0",
     R"("sr-prefix-sids": [{"sr-prefix-flags": {"R": 0, "N": 0, "P": 0, "E": 0, "V": 1, "L": 1, "RSV": 0}, "sids": [24000], "undecoded-sids": [], "sr-algorithm": 1}])"},
    {1162, "80 00 0000 0000000a", R"("srv6-locators": [{"flags": {"D": 1, "RSV": 0}, "algorithm": 0, "metric": 10}])"},
    {1170, "a0", R"("sr-prefix-attribute-flags": {"X": 1, "R": 0, "N": 1, "RSV": 0})"},
    {1171, "01020304", R"("sr-source-router-id": "1.2.3.4")"},
    {1250, "0039 00 00", R"("srv6-endpoint-behavior": {"endpoint-behavior": 57, "flags": [], "algorithm": 0})"},
    {1252, "20101000", k_structure},
    {263, "abcd", R"("generic-lsid-263": ["0xABCD"])"},
    {65535, "", R"("generic-lsid-65535": ["0x"])"},
};

TEST(BgpLsAttribute, ShowsEveryTlv) {
  for (const Sample& sample : k_samples) EXPECT_EQ(shown(tlv(sample.type, sample.value)), squeeze(sample.json)) << sample.type;
}

TEST(BgpLsAttribute, WithAnyOctetChangedOrCutShortIsSafe) {
  const auto exercise = [](const base::Buffer& value) {
    if (!row().well_formed(value, k_context)) return;
    std::string out;
    base::JsonWriter json(out);
    row().json(value, k_context, json);
    EXPECT_FALSE(out.empty());
  };
  for (const Sample& sample : k_samples) {
    const base::Buffer whole = octets(tlv(sample.type, sample.value));
    for (std::size_t size = 0; size < whole.size(); ++size) {
      base::Buffer cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      exercise(cut);
      if (size < 4) continue;
      // The same TLV with a shorter value.
      cut[2] = static_cast<std::uint8_t>((size - 4) >> 8);
      cut[3] = static_cast<std::uint8_t>(size - 4);
      exercise(cut);
    }
    for (std::size_t at = 0; at < whole.size(); ++at) {
      for (unsigned value = 0; value < 256; ++value) {
        base::Buffer changed = whole;
        changed[at] = static_cast<std::uint8_t>(value);
        exercise(changed);
      }
    }
  }
}

TEST(BgpLsAttribute, ALengthThatCannotBeIsMalformed) {
  for (const auto& [type, value] : std::initializer_list<std::pair<unsigned, std::string_view>>{
           {258, "00000001000000"}, {1024, ""}, {1024, "0000"}, {1027, ""}, {1028, "0102030405"}, {1031, "01"}, {1034, "80"},
           {1034, "8000 0003e8 0488 0003 003e80"}, {1034, "8000 0003e8 0489 0002 003e"}, {1034, "8000 0003"}, {1038, "4000"}, {1088, "ff"},
           {1089, "4e9502"}, {1091, "4e9502f9"}, {1092, "0a"}, {1093, "02"}, {1094, ""}, {1095, ""}, {1095, "00000001"}, {1096, "000001"},
           {1099, "300000"}, {1100, "30000000 0102030405"}, {1106, "0039 80 00 0a 00 fc0000000000000000000000000000"},
           {1106, "0039 80 00 0a 00 fc000000000000000000000000000001 0999 0002 ab"},
           {1106, "0039 80 00 0a 00 fc000000000000000000000000000001 04e4 0003 201010"},
           {1107, "0039 80 00 0a 00 fc000000000000000000000000000001"}, {1108, "0039 80 00 0a 00 fc000000000000000000000000000001"},
           {1114, "8000"}, {1115, "00000064"}, {1152, ""}, {1153, "00000a"}, {1154, "0000000a"}, {1156, "0a00"}, {1158, "400000"},
           {1158, "40 00 0000 000064"}, {1162, "80000000"}, {1170, ""}, {1171, "0a"}, {1250, "0039"}, {1252, "201010"}}) {
    EXPECT_FALSE(is_good(tlv(type, value))) << type << " " << value;
  }
  EXPECT_FALSE(is_good("0447 0003 1388")) << "beyond the end";
  EXPECT_FALSE(is_good("0447 00")) << "half a head";
  EXPECT_FALSE(is_good(tlv(1026, std::string(512, '0')))) << "a name of 256 octets";
  EXPECT_FALSE(is_good(tlv(1027, std::string(42, '0')))) << "an area of 21 octets";
}

TEST(BgpLsAttribute, ASecondTlvOfAKindThatStandsAloneIsMalformed) {
  EXPECT_FALSE(is_good(tlv(1095, "0a") + tlv(1095, "0a")));
  EXPECT_TRUE(is_good(tlv(1028, "01020304") + tlv(1028, "01020304")));
  EXPECT_TRUE(is_good(tlv(1036, "01") + tlv(1036, "01"))) << "what is not known may come as often as it likes";
}

TEST(BgpLsAttribute, WhatMayComeSeveralTimesStandsFirstAndTogether) {
  EXPECT_EQ(shown(tlv(1095, "0a") + tlv(1028, "01020304") + tlv(1036, "aa") + tlv(1024, "00") +
                  tlv(1029, "20010db8000000000000000000000001") + tlv(1036, "bb")),
            squeeze(R"("local-router-ids": ["1.2.3.4", "2001:db8::1"], "generic-lsid-1036": ["0xAA", "0xBB"], "igp-metric": 10, )"
                    R"("node-flags": {"O": 0, "T": 0, "E": 0, "B": 0, "R": 0, "V": 0, "RSV": 0})"));
}

TEST(BgpLsAttribute, IsReadBackFromItsText) {
  const std::string text = " bgp-ls 0x04470003001388";
  EXPECT_EQ(testing::text_of(testing::canonical("801d07 04470003001388")), text);
  EXPECT_EQ(testing::hex(testing::block(text)), "801d07" "04470003001388");
  EXPECT_THAT(testing::refusal("bgp-ls 0x0447000300"), HasSubstr("well-formed"));
  EXPECT_THAT(testing::refusal("bgp-ls igp-metric"), HasSubstr("0x and the octets of TLVs"));
  EXPECT_THAT(testing::refusal("bgp-ls"), HasSubstr("0x and the octets of TLVs"));
}

// RFC 9552 section 8.2.2.
TEST(BgpLsAttribute, AMalformedOneIsDiscardedAndTheRouteStays) {
  const base::Buffer body = octets("0000 001D 40010100 400200 400304 0A000001 40050400000064 801D05 0447 0004 13 180A0000");
  const auto update = decode_update(body, testing::plain_session());
  ASSERT_TRUE(update.has_value()) << update.error().reason();
  EXPECT_TRUE(update->treat_as_withdraw.empty());
  EXPECT_FALSE(update->announced.empty());
  EXPECT_EQ(testing::hex(update->attributes.wire()), "40010100" "400200" "4003040a000001" "40050400000064");
}

}  // namespace
}  // namespace tandem::bgp
