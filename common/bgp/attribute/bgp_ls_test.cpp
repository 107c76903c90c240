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
