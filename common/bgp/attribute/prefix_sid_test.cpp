#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using ::testing::HasSubstr;
using testing::block;
using testing::hex;
using testing::json_of;
using testing::octets;
using testing::refusal;
using testing::squeeze;
using testing::text_of;

// Flags, unknown TLVs and a second SID have no words: the octets are shown, and read back.
TEST(PrefixSid, WhatHasNoWordsIsWrittenAsOctets) {
  for (const char* value : {"c0280a 010007 00 0001 00000309", "c02805 6300 02abcd", "c02809 050006 00 090002 abcd",
                            "c0281c 050019 00 010015 00 20010db8000100010000000000000000 80 ffff 00"}) {
    const base::Buffer canonical = octets(value);
    EXPECT_THAT(text_of(canonical), HasSubstr(" bgp-prefix-sid 0x")) << value;
    EXPECT_EQ(block(text_of(canonical).substr(1)), canonical) << value;
  }
  EXPECT_EQ(json_of(octets("c02805 6300 02abcd")), R"("bgp-prefix-sid":{"attribute-not-implemented-99":"0xABCD"})");
  EXPECT_EQ(json_of(octets("c02809 050006 00 090002 abcd")), R"("bgp-prefix-sid":{"l3-service":[{"type":9,"raw":"abcd"}]})");
  EXPECT_EQ(json_of(octets("c02814 010007 00 0000 00000309 010007 00 0000 0000030a")), R"("bgp-prefix-sid":{"sr-label-index":777})")
      << "of two, the first";
}

// RFC 8669 section 6, RFC 9252 section 7.
TEST(PrefixSid, AMalformedServiceWithdrawsTheRouteAndALabelIndexIsDropped) {
  const AttributeTraits& row = *attribute_traits(static_cast<std::uint8_t>(AttributeCode::prefix_sid));
  for (const char* bad : {"010006 00 0000 000003", "030004 0000 0c35", "0500", "050019 00", "050005 00 01000100",
                          "050021 00 01001d 00 20010db8000100010000000000000000 00 0048 00 010005 4018100000"}) {
    const base::Buffer value = octets(bad);
    EXPECT_FALSE(row.well_formed(value, {})) << bad;
    EXPECT_EQ(row.malformed_action(value), value[0] == 5 ? ErrorAction::treat_as_withdraw : ErrorAction::discard) << bad;
  }
}

TEST(PrefixSid, WhatIsNotFinishedOrDoesNotFitIsRefused) {
  EXPECT_THAT(refusal("bgp-prefix-sid [ ]"), HasSubstr("a label index from 0 to 4294967295"));
  EXPECT_THAT(refusal("bgp-prefix-sid [ 4294967296 ]"), HasSubstr("'4294967296' is not valid"));
  EXPECT_THAT(refusal("bgp-prefix-sid [ 5"), HasSubstr("']' expected"));
  EXPECT_THAT(refusal("bgp-prefix-sid [ 5, [ ( 1,16777216 ) ] ]"), HasSubstr("'16777216' is not valid"));
  EXPECT_THAT(refusal("bgp-prefix-sid [ 5, [ (1,2) ] ]"), HasSubstr("'(' or ']' expected"));
  EXPECT_THAT(refusal("bgp-prefix-sid-srv6 ( l4-service ::1 )"), HasSubstr("l3-service or l2-service"));
  EXPECT_THAT(refusal("bgp-prefix-sid-srv6 ( l3-service 10.0.0.1 )"), HasSubstr("an IPv6 address"));
  EXPECT_THAT(refusal("bgp-prefix-sid-srv6 ( l3-service ::1 0x48 [64,24] )"), HasSubstr("six numbers"));
  EXPECT_THAT(refusal("bgp-prefix-sid"), HasSubstr("[ INDEX ]"));
}

}  // namespace
}  // namespace tandem::bgp
