#include <gtest/gtest.h>

#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using testing::block;
using testing::canonical;
using testing::hex;
using testing::json_of;
using testing::octets;
using testing::refusal;
using testing::text_of;

TEST(GenericAttribute, FlagsAreKeptAsGiven) {
  EXPECT_EQ(hex(block("attribute [ 0x99 0x60 0x00000064 ]")), "60990400000064");
  EXPECT_EQ(hex(block("attribute [ 0x99 0x70 0x00000064 ]")), "7099000400000064");
  EXPECT_EQ(hex(block("attribute [ 0x20 0xC0 0x000000010000000200000003 ]")), "c0200c000000010000000200000003");
  EXPECT_EQ(hex(block("attribute [ 0x99 0xc0 0x ]")), "c09900");
  EXPECT_EQ(hex(block("attribute [0x99 0xc0 0x" + std::string(512, 'a') + "]")).substr(0, 8), "d0990100");
}

TEST(GenericAttribute, SeveralCodesInOneRouteAreFine) {
  EXPECT_EQ(hex(block("attribute [ 0x99 0xc0 0x01 ] attribute [ 0x98 0xc0 0x02 ] attribute [ 0x99 0xc0 0x03 ]")), "c0980102" "c0990101");
}

TEST(GenericAttribute, RefusesWhatIsNotThreeHexTokens) {
  for (const char* bad : {"attribute [ 20 0xc0 0x00 ]", "attribute [ 0x100 0xc0 0x00 ]", "attribute [ 0x20 0x1c0 0x00 ]", "attribute [ 0x20 0xc0 0x0 ]",
                          "attribute [ 0x20 0xc0 ]", "attribute [ 0x20 0xc0 0x00 0x00 ]", "attribute 0x20 0xc0 0x00", "attribute [ 0x20 0xc0 00 ]",
                          "attribute [ 0x20 0xc0 0xzz ]", "attribute [ 0x20 0xc0 0x00", "attribute"}) {
    EXPECT_NE(refusal(bad), "") << bad;
  }
}

TEST(GenericAttribute, RefusesCodesThatAreMadeFromTheRoute) {
  for (const char* code : {"0x03", "0x0e", "0x0f", "0x11", "0x12"}) {
    EXPECT_NE(refusal("attribute [ " + std::string(code) + " 0x80 0x00 ]"), "") << code;
  }
}

TEST(UnknownAttribute, IsShownWithThePartialBit) {
  const base::Buffer received = canonical("c09904 00000064");
  EXPECT_EQ(json_of(received), R"("attribute-0x99-0xE0":"0x00000064")");
  EXPECT_EQ(text_of(received), " attribute [ 0x99 0xE0 0x00000064 ]");
  EXPECT_EQ(json_of(canonical("409904 00000064")), R"("attribute-0x99-0x60":"0x00000064")");
  EXPECT_EQ(json_of(canonical("d0990004 00000064")), R"("attribute-0x99-0xF0":"0x00000064")");
  EXPECT_EQ(json_of(octets("c06302abcd")), R"("attribute-0x63-0xE0":"0xabcd")");
}

TEST(UnknownAttribute, IsHiddenWhenNotTransitive) {
  EXPECT_EQ(json_of(octets("80990400000064")), "");
  EXPECT_EQ(text_of(octets("80990400000064")), "");
}

TEST(KnownAttribute, WithAValueThatIsNoneIsShownAsOctets) {
  EXPECT_EQ(json_of(block("attribute [ 0x04 0x80 0x01 ]")), R"("attribute-0x04-0x80":"0x01")");
  EXPECT_EQ(text_of(block("attribute [ 0x02 0x40 0xff ]")), " attribute [ 0x02 0x40 0xff ]");
}

TEST(KnownAttribute, WithoutAPrinterIsShownAsOctets) {
  EXPECT_EQ(json_of(octets("c01106 0201 00000001")), R"("attribute-0x11-0xC0":"0x020100000001")");
}

}  // namespace
}  // namespace tandem::bgp
