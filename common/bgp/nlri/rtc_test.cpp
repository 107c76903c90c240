#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/bgp/nlri/nlri_samples.hpp"
#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using ::testing::HasSubstr;
using testing::octets;
using testing::read_nlri_text;

constexpr Family k_rtc{Afi::ipv4, Safi::rtc};

unsigned refusal(std::string_view hex) {
  const FamilyIndex family = *family_index(k_rtc);
  NlriKey key;
  const auto step = nlri_codec(family)->decode({family, NlriUse::announce, false}, octets(hex), key);
  return step ? 0 : step.error().notification()->subcode;
}
std::string reason(std::string_view text) {
  const auto key = read_nlri_text(*family_index(k_rtc), NlriUse::announce, text);
  return key ? "none" : key.error().reason();
}

// RFC 4684 section 4: the default, or the origin AS and some of the route target.
TEST(RtcCodec, LengthsAreNoneOr32To96Bits) {
  EXPECT_EQ(refusal("1F 0000FDE9"), 10U);
  EXPECT_EQ(refusal("01 80"), 10U);
  EXPECT_EQ(refusal("61 0000FDE9 0002FDE900000064 80"), 10U);
  EXPECT_EQ(refusal("60 0000FDE9 0002FDE9000000"), 10U) << "cut short";
  EXPECT_EQ(refusal("40 0000FDE9 0002FD"), 10U) << "cut short";
  EXPECT_EQ(refusal(""), 10U);
}

TEST(RtcGrammar, SaysWhatWouldBeRight) {
  EXPECT_THAT(reason(""), HasSubstr("65001:target:65001:100"));
  EXPECT_THAT(reason("65001"), HasSubstr("'65001' is not valid"));
  EXPECT_THAT(reason("4294967296:target:1:1"), HasSubstr("is not valid"));
  EXPECT_THAT(reason("65001/33"), HasSubstr("is not valid"));
  EXPECT_THAT(reason("65001:0x0002/47"), HasSubstr("none")) << "47 bits need two octets";
  EXPECT_THAT(reason("65001:0x0002/56"), HasSubstr("is not valid")) << "56 bits need three";
  EXPECT_THAT(reason("65001:0x0002/32"), HasSubstr("is not valid"));
  EXPECT_THAT(reason("65001:0x0002FDE90000006400/96"), HasSubstr("is not valid"));
  EXPECT_THAT(reason("65001:nothing"), HasSubstr("is not valid"));
}

}  // namespace
}  // namespace tandem::bgp
