#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/bgp/nlri/nlri_samples.hpp"
#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using ::testing::HasSubstr;
using testing::octets;
using testing::read_nlri_text;

constexpr Family k_labelled4{Afi::ipv4, Safi::nlri_mpls};
constexpr Family k_vpn4{Afi::ipv4, Safi::mpls_vpn};
constexpr Family k_vpn6{Afi::ipv6, Safi::mpls_vpn};

TEST(Labelled, Dialect42ShowsLabelsWithoutOctetsAndTheDistinguisherBehindTheNextHop) {
  const std::pair<Family, std::string_view> k_shown[] = {{k_labelled4, "48 000640 000c81 0a0000"}, {k_vpn4, "70 000641 0000fde800000001 0a0000"}};
  const std::string_view k_text[] = {"10.0.0.0/24 label [ 100 200 ] next-hop 1.1.1.1", "10.0.0.0/24 label 100 next-hop 1.1.1.1 rd 65000:1"};
  const std::string_view k_json[] = {R"({"nlri":"10.0.0.0/24","label":[[100],[200]]})", R"({"nlri":"10.0.0.0/24","label":[[100]],"rd":"65000:1"})"};
  for (std::size_t i = 0; i < 2; ++i) {
    NlriKey key;
    const FamilyIndex family = *family_index(k_shown[i].first);
    ASSERT_TRUE(nlri_codec(family)->decode({family, NlriUse::announce, false}, octets(k_shown[i].second), key));
    std::string text;
    append_nlri(key, " next-hop 1.1.1.1", Dialect::release_4_2, text);
    EXPECT_EQ(text, k_text[i]);
    std::string json;
    base::JsonWriter writer(json);
    nlri_json(key, {false, true, Dialect::release_4_2, nullptr}, writer);
    EXPECT_EQ(testing::squeeze(json), k_json[i]);
  }
}

base::Result<NlriStep> decode(Family family, NlriUse use, std::string_view hex, NlriKey& key) {
  const FamilyIndex index = *family_index(family);
  return nlri_codec(index)->decode({index, use, false}, octets(hex), key);
}
std::string refusal(Family family, NlriUse use, std::string_view hex) {
  NlriKey key;
  const auto step = decode(family, use, hex, key);
  if (step) return "none";
  EXPECT_EQ(step.error().notification()->code, 3);
  EXPECT_EQ(step.error().notification()->subcode, 10);
  return step.error().reason();
}
NlriKey read(Family family, NlriUse use, std::string_view text) {
  const auto key = read_nlri_text(*family_index(family), use, text);
  EXPECT_TRUE(key.has_value()) << text << ": " << key.error().reason();
  return key ? *key : NlriKey();
}
std::string reason(Family family, NlriUse use, std::string_view text) {
  const auto key = read_nlri_text(*family_index(family), use, text);
  return key ? "none" : key.error().reason();
}
std::string wire(const NlriKey& key) {
  base::Buffer out;
  nlri_codec(key.family())->encode(key, false, out);
  return testing::hex(out);
}

// RFC 8277 section 2.3, 2.4.
TEST(LabelledCodec, AStackEndsWithItsBottomOrTheSignOfAWithdraw) {
  EXPECT_THAT(refusal(k_labelled4, NlriUse::announce, "30 000640 0a0000"), HasSubstr("no bottom of stack bit"));
  EXPECT_THAT(refusal(k_labelled4, NlriUse::announce, "30 800000 0a0000"), HasSubstr("no bottom of stack bit"));
  EXPECT_EQ(refusal(k_labelled4, NlriUse::withdraw, "30 800000 0a0000"), "none");
  EXPECT_EQ(refusal(k_labelled4, NlriUse::withdraw, "30 000640 0a0000"), "none") << "whatever stands there";
  // Or the route distinguisher would be taken for a label, and 0.0.0.0/0 withdrawn by an announce.
  EXPECT_THAT(refusal(k_vpn4, NlriUse::announce, "70 800000 0000fde800000001 0a0000"), HasSubstr("no bottom of stack bit"));
  EXPECT_THAT(refusal(k_labelled4, NlriUse::announce, "30 0006"), HasSubstr("cut short"));
}

TEST(LabelledCodec, LengthsThatCannotBeAreRefused) {
  EXPECT_THAT(refusal(k_labelled4, NlriUse::announce, "39 000641 0a00000000"), HasSubstr("invalid mask 33"));
  EXPECT_THAT(refusal(k_vpn4, NlriUse::announce, "30 000641 0a0000"), HasSubstr("invalid length"));
  EXPECT_THAT(refusal(k_vpn4, NlriUse::announce, "70 000641 0000fde8"), HasSubstr("route distinguisher"));
  EXPECT_THAT(refusal(k_vpn4, NlriUse::announce, "70 000641 0000fde800000001 0a"), HasSubstr("cut short"));
  EXPECT_THAT(refusal(k_labelled4, NlriUse::announce, ""), HasSubstr("missing prefix length"));
}

TEST(LabelledCodec, LabelsAreNotPartOfTheIdentity) {
  NlriKey one;
  NlriKey other;
  ASSERT_TRUE(decode(k_vpn4, NlriUse::announce, "70 000641 0000fde800000001 0a0000", one));
  ASSERT_TRUE(decode(k_vpn4, NlriUse::withdraw, "70 800000 0000fde800000001 0a0000", other));
  EXPECT_EQ(one, other);
  ASSERT_TRUE(decode(k_vpn4, NlriUse::announce, "70 000641 0000fde800000002 0a0000", other));
  EXPECT_NE(one, other);
}

TEST(LabelledCodec, BitsBeyondThePrefixMeanNothing) {
  NlriKey dirty;
  NlriKey clean;
  ASSERT_TRUE(decode(k_labelled4, NlriUse::announce, "2c 000641 c0a8ff", dirty));
  ASSERT_TRUE(decode(k_labelled4, NlriUse::announce, "2c 000641 c0a8f0", clean));
  EXPECT_EQ(dirty, clean);
}

TEST(LabelledCodec, IsWrittenWithTheBottomOfStackOnTheLastLabel) {
  EXPECT_EQ(wire(read(k_labelled4, NlriUse::announce, "10.0.0.0/24 label 100")), "300006410a0000");
  EXPECT_EQ(wire(read(k_labelled4, NlriUse::announce, "10.0.0.0/24 label [ 100 200 ]")), "48000640000c810a0000");
  EXPECT_EQ(wire(read(k_vpn4, NlriUse::announce, "10.0.0.0/24 rd 65000:1 label 100")), "700006410000fde8000000010a0000");
  EXPECT_EQ(wire(read(k_vpn6, NlriUse::announce, "2001:db8::/32 route-distinguisher 1.2.3.4:5 label 100")), "78000641000101020304000520010db8");
}

TEST(LabelledCodec, AWithdrawWithoutALabelHasTheLabelOfWithdraws) {
  EXPECT_EQ(wire(read(k_labelled4, NlriUse::withdraw, "10.0.0.0/24")), "308000000a0000");
  EXPECT_EQ(wire(read(k_vpn4, NlriUse::withdraw, "10.0.0.0/24 rd 65000:1")), "708000000000fde8000000010a0000");
}

TEST(LabelledCodec, AnAnnounceNeedsLabelsAndAVpnItsDistinguisher) {
  EXPECT_EQ(reason(k_labelled4, NlriUse::announce, "10.0.0.0/24"), "labeled route announce requires labels: 10.0.0.0/24");
  EXPECT_EQ(reason(k_vpn4, NlriUse::announce, "10.0.0.0/24 label 5"), "VPN route announce requires RD: 10.0.0.0/24");
  EXPECT_EQ(reason(k_vpn4, NlriUse::announce, "10.0.0.0/24 rd 1:1"), "labeled route announce requires labels: 10.0.0.0/24 rd 1:1");
  EXPECT_THAT(reason(k_labelled4, NlriUse::announce, "10.0.0.0/24 label 1048576"), HasSubstr("a label from 0 to 1048575"));
  EXPECT_THAT(reason(k_vpn4, NlriUse::announce, "10.0.0.0/24 rd 70000:70000 label 5"), HasSubstr("a route distinguisher such as"));
  EXPECT_THAT(reason(k_vpn6, NlriUse::announce, "2001:db8::1/128 rd 1:1 label [ 1 2 3 ]"), HasSubstr("at most 255"));
}

}  // namespace
}  // namespace tandem::bgp
