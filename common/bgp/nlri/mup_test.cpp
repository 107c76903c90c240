#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/bgp/nlri/nlri_samples.hpp"
#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using ::testing::HasSubstr;
using testing::octets;
using testing::read_nlri_text;

constexpr Family k_v4{Afi::ipv4, Safi::mup};

base::Result<NlriStep> decode(std::string_view hex, NlriKey& key) {
  const FamilyIndex family = *family_index(k_v4);
  return nlri_codec(family)->decode({family, NlriUse::announce, false}, octets(hex), key);
}
unsigned refusal(std::string_view hex) {
  NlriKey key;
  const auto step = decode(hex, key);
  return step ? 0 : step.error().notification()->subcode;
}
std::string reason(Family family, std::string_view text) {
  const auto key = read_nlri_text(*family_index(family), NlriUse::announce, text);
  return key ? "none" : key.error().reason();
}

TEST(MupCodec, LengthsThatCannotBeAreRefused) {
  EXPECT_EQ(refusal("010001"), 10U);
  EXPECT_EQ(refusal("0100010C 00000064"), 10U);
  EXPECT_EQ(refusal("0100010E 0000006400000064 21 0A00010000"), 10U) << "mask 33";
  EXPECT_EQ(refusal("0100010D 0000006400000064 18 0A000100"), 10U) << "an octet too many";
  EXPECT_EQ(refusal("0100020D 0000006400000064 0A00000100"), 5U) << "an address of five octets";
  EXPECT_EQ(refusal("01000317 0000006400000064 20C0A80001 00003039 09 21 0A000001"), 10U) << "an endpoint of 33 bits";
  EXPECT_EQ(refusal("01000410 0000006400000064 1F 0A000001 003039"), 10U) << "an endpoint of 31 bits";
  EXPECT_EQ(refusal("01000410 0000006400000064 41 0A000001 003039"), 10U) << "33 bits of tunnel identifier";
}

TEST(MupCodec, TheTunnelOfASessionOfType1IsNotPartOfItsIdentity) {
  NlriKey one;
  NlriKey other;
  ASSERT_TRUE(decode("01000317 0000006400000064 20C0A80001 00003039 09 20 0A000001", one));
  ASSERT_TRUE(decode("01000317 0000006400000064 20C0A80001 00000007 01 20 0A000009", other));
  EXPECT_EQ(one, other);
  ASSERT_TRUE(decode("01000317 0000006400000064 20C0A80002 00003039 09 20 0A000001", other));
  EXPECT_NE(one, other);
}

TEST(MupGrammar, HasAFixedOrderAndBounds) {
  EXPECT_THAT(reason(k_v4, "mup-isd 2001::/64 rd 1:1"), HasSubstr("an IPv4 prefix expected"));
  EXPECT_THAT(reason(k_v4, "mup-isd 10.0.0.0/33 rd 1:1"), HasSubstr("an IPv4 prefix expected"));
  EXPECT_EQ(reason(k_v4, "mup-isd 10.0.1.7/24 rd 1:1"), "none");
  EXPECT_THAT(reason(k_v4, "mup-dsd 10.0.0.1 teid 1"), HasSubstr("'rd' expected after mup-dsd, found 'teid'"));
  EXPECT_THAT(reason(k_v4, "mup-t1st 10.0.0.1/32 rd 1:1 teid 4294967296 qfi 1 endpoint 1.1.1.1"), HasSubstr("from 0 to 4294967295"));
  EXPECT_THAT(reason(k_v4, "mup-t1st 10.0.0.1/32 rd 1:1 teid 1 qfi 64 endpoint 1.1.1.1"), HasSubstr("from 0 to 63"));
  EXPECT_THAT(reason(k_v4, "mup-t2st 10.0.0.1 rd 1:1 teid 12345"), HasSubstr("as in 12345/32"));
  EXPECT_THAT(reason(k_v4, "mup-t2st 10.0.0.1 rd 1:1 teid 256/8"), HasSubstr("TEID 256 cannot be stored in 8 bits"));
  EXPECT_THAT(reason(k_v4, "mup-t9st"), HasSubstr("mup-isd, mup-dsd"));
}

}  // namespace
}  // namespace tandem::bgp
