#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/bgp/nlri/nlri_samples.hpp"
#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using ::testing::HasSubstr;
using testing::octets;
using testing::read_nlri_text;

constexpr Family k_v4{Afi::ipv4, Safi::sr_policy};
constexpr Family k_v6{Afi::ipv6, Safi::sr_policy};

std::string refusal(Family family, std::string_view hex) {
  const FamilyIndex index = *family_index(family);
  NlriKey key;
  const auto step = nlri_codec(index)->decode({index, NlriUse::announce, false}, octets(hex), key);
  if (step) return "none";
  EXPECT_EQ(step.error().notification()->code, 3);
  EXPECT_EQ(step.error().notification()->subcode, 10);
  return step.error().reason();
}
std::string reason(Family family, std::string_view text) {
  const auto key = read_nlri_text(*family_index(family), NlriUse::announce, text);
  return key ? "none" : key.error().reason();
}

TEST(SrPolicyCodec, ALengthThatIsNotOfTheFamilyIsAnInvalidNetwork) {
  EXPECT_EQ(refusal(k_v4, "C0 00000000 00000064 20010DB8000000000000000000000001"),
            "SR Policy NLRI invalid length: got 192 bits, expected 96 for AFI ipv4");
  EXPECT_EQ(refusal(k_v6, "60 00000000 00000064 0A000001"), "SR Policy NLRI invalid length: got 96 bits, expected 192 for AFI ipv6");
  EXPECT_THAT(refusal(k_v4, "60 00000000 00000064 0A0000"), HasSubstr("cut short"));
  EXPECT_THAT(refusal(k_v4, ""), HasSubstr("no length"));
}

TEST(SrPolicyGrammar, HasAFixedOrderAndAnEndpointOfItsFamily) {
  EXPECT_THAT(reason(k_v4, "color 1"), HasSubstr("'distinguisher' expected"));
  EXPECT_THAT(reason(k_v4, "distinguisher 0 endpoint 10.0.0.1"), HasSubstr("'color' expected after distinguisher, found 'endpoint'"));
  EXPECT_THAT(reason(k_v4, "distinguisher 4294967296"), HasSubstr("distinguisher: '4294967296' is not valid, a number from 0 to 4294967295"));
  EXPECT_THAT(reason(k_v4, "distinguisher 0 color 4294967296"), HasSubstr("color: '4294967296' is not valid"));
  EXPECT_THAT(reason(k_v4, "distinguisher 0 color 1 endpoint 2001:db8::1"), HasSubstr("an IPv4 address expected"));
  EXPECT_THAT(reason(k_v6, "distinguisher 0 color 1 endpoint 10.0.0.1"), HasSubstr("an IPv6 address expected"));
}

}  // namespace
}  // namespace tandem::bgp
