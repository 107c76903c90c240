#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/bgp/nlri/nlri_samples.hpp"
#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using ::testing::HasSubstr;
using testing::hex;
using testing::octets;
using testing::read_nlri_text;

constexpr Family k_vpls{Afi::l2vpn, Safi::vpls};

std::string reason(std::string_view text) {
  const auto key = read_nlri_text(*family_index(k_vpls), NlriUse::announce, text);
  return key ? "none" : key.error().reason();
}
unsigned refusal(std::string_view hex) {
  const FamilyIndex family = *family_index(k_vpls);
  NlriKey key;
  const auto step = nlri_codec(family)->decode({family, NlriUse::announce, false}, octets(hex), key);
  return step ? 0 : step.error().notification()->subcode;
}

TEST(VplsCodec, LengthsThatCannotBeAreRefused) {
  EXPECT_EQ(refusal("00"), 10U);
  EXPECT_EQ(refusal("0011 0000FDE800000001"), 10U) << "cut short";
  EXPECT_EQ(refusal("0010 0000FDE800000001 0001 0001 0008 4000"), 10U) << "neither RFC 4761 nor RFC 6074";
  EXPECT_EQ(refusal("0000"), 10U);
}

TEST(VplsCodec, SeveralStandOneBehindTheOther) {
  const FamilyIndex family = *family_index(k_vpls);
  const base::Buffer two = octets("0011 0001C0A8C901007B 0005 0001 0008 029CE1 000C 0000FDE800000001 0A000001");
  const auto count = nlri_codec(family)->check({family, NlriUse::announce, false}, two);
  ASSERT_TRUE(count.has_value()) << count.error().reason();
  EXPECT_EQ(count->taken, 2U);
}

TEST(VplsCodec, OctetsBehindTheFieldsAreDroppedAndTheLengthSaysSo) {
  const FamilyIndex family = *family_index(k_vpls);
  NlriKey key;
  const auto step = nlri_codec(family)->decode({family, NlriUse::announce, false}, octets("0013 0001C0A8C901007B 0005 0001 0008 029CE1 ABCD"), key);
  ASSERT_TRUE(step.has_value());
  EXPECT_EQ(step->octets, 21U);
  EXPECT_EQ(hex(key.identity()), hex(octets("0011 0001C0A8C901007B 0005 0001 0008 029CE1")));
}

TEST(VplsCodec, TheBlockOfLabelsIsPartOfTheIdentity) {
  const FamilyIndex family = *family_index(k_vpls);
  EXPECT_NE(*read_nlri_text(family, NlriUse::announce, "rd 1:1 endpoint 1 base 100 offset 1 size 8"),
            *read_nlri_text(family, NlriUse::announce, "rd 1:1 endpoint 1 base 101 offset 1 size 8"));
}

TEST(VplsGrammar, NamesTheFirstFieldThatIsMissing) {
  EXPECT_EQ(reason("endpoint 1 base 1 offset 1 size 1"), "vpls nlri route-distinguisher missing");
  EXPECT_EQ(reason("rd 1:1 base 1 offset 1 size 1"), "vpls nlri endpoint missing");
  EXPECT_EQ(reason("rd 1:1 endpoint 1 offset 1 size 1"), "vpls nlri base missing");
  EXPECT_EQ(reason("rd 1:1 endpoint 1 base 1 size 1"), "vpls nlri offset missing");
  EXPECT_EQ(reason("size 1 base 1 rd 1:1 endpoint 1"), "vpls nlri offset missing") << "in any order";
  EXPECT_EQ(reason("rd 1:1 endpoint 1 base 1 offset 1"), "vpls nlri size missing");
}

TEST(VplsGrammar, TheOctetsOfTheNlriSayAllOfIt) {
  EXPECT_EQ(reason("0x00110000FDE800000001000100010008FFFFF1"), "none");
  EXPECT_THAT(reason("0x00110000FDE800000001000100010008FFFFF1 rd 1:1"), HasSubstr("say all of it"));
  EXPECT_THAT(reason("0x00110000FDE8"), HasSubstr("cut short"));
  EXPECT_THAT(reason("0x001"), HasSubstr("0x and the octets of the NLRI expected"));
}

TEST(VplsGrammar, HasBounds) {
  EXPECT_THAT(reason("rd 1:1 endpoint 65536"), HasSubstr("from 0 to 65535"));
  EXPECT_THAT(reason("rd 1:1 base 1048576"), HasSubstr("from 0 to 1048575"));
  EXPECT_THAT(reason("rd 1:1 endpoint 1 base 1048575 offset 1 size 1"), HasSubstr("vpls nlri size inconsistency"));
  EXPECT_THAT(reason("rd 1:1 base 100 (7)"), HasSubstr("label 100 does not stand in the octets 7"));
  EXPECT_THAT(reason("rd 1:1 pe-address 2001:db8::1"), HasSubstr("an IPv4 address expected"));
  EXPECT_THAT(reason("rd 1:1 pe-address 10.0.0.1 size 7"), HasSubstr("not both"));
}

}  // namespace
}  // namespace tandem::bgp
