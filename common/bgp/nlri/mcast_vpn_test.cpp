#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/bgp/nlri/nlri_samples.hpp"
#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using ::testing::HasSubstr;
using testing::octets;
using testing::read_nlri_text;

constexpr Family k_v4{Afi::ipv4, Safi::mcast_vpn};
constexpr Family k_v6{Afi::ipv6, Safi::mcast_vpn};

struct Refusal {
  unsigned subcode = 0;
  std::string reason;
};
Refusal refusal(std::string_view hex) {
  const FamilyIndex family = *family_index(k_v4);
  NlriKey key;
  const auto step = nlri_codec(family)->decode({family, NlriUse::announce, false}, octets(hex), key);
  if (step) return {};
  EXPECT_EQ(step.error().notification()->code, 3);
  return {step.error().notification()->subcode, step.error().reason()};
}
std::string reason(Family family, std::string_view text) {
  const auto key = read_nlri_text(*family_index(family), NlriUse::announce, text);
  return key ? "none" : key.error().reason();
}

TEST(McastVpnCodec, WhatIsCutIsAnInvalidNetworkAndABodyOfAnotherFormAnAttributeLengthError) {
  EXPECT_EQ(refusal("05").subcode, 10U);
  EXPECT_EQ(refusal("0512 0000").subcode, 10U);
  EXPECT_EQ(refusal("0504 00000000").subcode, 5U);
  EXPECT_EQ(refusal("0512 0000FDE80001869F 80 0A630C04 20 EFFBFFE4").subcode, 5U) << "a source of 128 bits in a body of 18 octets";
  EXPECT_EQ(refusal("0512 0000FDE80001869F 10 0A630C04 20 EFFBFFE4").subcode, 5U);
  EXPECT_EQ(refusal("0612 0000FDE80001869F 20 0A630C04 20 EFFBFFE4").subcode, 5U) << "no source AS";
}

TEST(McastVpnGrammar, HasAFixedOrderAndAddressesOfItsFamily) {
  EXPECT_THAT(reason(k_v4, "source-ad source 10.0.0.1 rd 1:1 group 239.0.0.1"), HasSubstr("'group' expected after source, found 'rd'"));
  EXPECT_THAT(reason(k_v4, "shared-join source 10.0.0.1"), HasSubstr("'rp' expected after shared-join, found 'source'"));
  EXPECT_THAT(reason(k_v4, "source-ad source fd12::4 group ff0e::1 rd 1:1"), HasSubstr("an IPv4 address expected"));
  EXPECT_THAT(reason(k_v6, "source-ad source fd12::4 group 239.0.0.1 rd 1:1"), HasSubstr("an IPv6 address expected"));
  EXPECT_THAT(reason(k_v4, "source-join source 10.0.0.1 group 239.0.0.1 rd 1:1 source-as 4294967296"), HasSubstr("from 0 to 4294967295"));
  EXPECT_THAT(reason(k_v4, "source-join source 10.0.0.1 group 239.0.0.1 rd 1:1"), HasSubstr("'source-as' expected at the end"));
  EXPECT_THAT(reason(k_v4, "leaf-ad"), HasSubstr("source-ad, source-join, shared-join"));
}

TEST(McastVpnGrammar, OctetsMustBeOneWholeNlri) {
  EXPECT_THAT(reason(k_v4, "0x0504"), HasSubstr("cut short"));
  EXPECT_THAT(reason(k_v4, "0x09000900"), HasSubstr("more than one NLRI"));
  EXPECT_THAT(reason(k_v4, "0x09F"), HasSubstr("0x and the octets of the NLRI"));
}

}  // namespace
}  // namespace tandem::bgp
