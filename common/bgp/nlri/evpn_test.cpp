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

constexpr Family k_evpn{Afi::l2vpn, Safi::evpn};

NlriKey key_of(std::string_view text, NlriUse use = NlriUse::announce) {
  const auto key = read_nlri_text(*family_index(k_evpn), use, text);
  EXPECT_TRUE(key.has_value()) << text << ": " << (key ? "" : key.error().reason());
  return key ? *key : NlriKey();
}
std::string octets_of(std::string_view text, NlriUse use = NlriUse::announce) {
  base::Buffer out;
  const NlriKey key = key_of(text, use);
  nlri_codec(key.family())->encode(key, false, out);
  return hex(out);
}
std::string reason(std::string_view text, NlriUse use = NlriUse::announce) {
  const auto key = read_nlri_text(*family_index(k_evpn), use, text);
  return key ? "none" : key.error().reason();
}
unsigned refusal(std::string_view hex) {
  const FamilyIndex family = *family_index(k_evpn);
  NlriKey key;
  const auto step = nlri_codec(family)->decode({family, NlriUse::announce, false}, octets(hex), key);
  if (step) return 0;
  EXPECT_EQ(step.error().notification()->code, 3);
  return step.error().notification()->subcode;
}

TEST(EvpnCodec, WhatDoesNotFitTheFrameIsAnInvalidNetworkField) {
  EXPECT_EQ(refusal("01"), 10U);
  EXPECT_EQ(refusal("0102 00"), 10U);
}

TEST(EvpnCodec, BodiesOfOtherSizesAreRefusedAsTheirTypeSays) {
  EXPECT_EQ(refusal("0115 0000FDE800000001 00000000000000000000 000000"), 10U) << "type 1 of 21 octets";
  EXPECT_EQ(refusal("0117 0000FDE800000001 00000000000000000000 00000000 00"), 10U) << "type 1, a third of a label";
  EXPECT_EQ(refusal("021D 0000FDE800000001 00000000000000000000 00000000 30 AABBCCDDEEFF"), 10U) << "type 2 of 29 octets";
  EXPECT_EQ(refusal("0221 0000FDE800000001 00000000000000000000 00000000 31 AABBCCDDEEFF 00 000641"), 5U) << "a MAC of 49 bits";
  EXPECT_EQ(refusal("0221 0000FDE800000001 00000000000000000000 00000000 30 AABBCCDDEEFF 10 000641"), 5U) << "an address of 16 bits";
  EXPECT_EQ(refusal("0221 0000FDE800000001 00000000000000000000 00000000 30 AABBCCDDEEFF 20 000641"), 5U) << "no room for the address";
  EXPECT_EQ(refusal("0222 0000FDE800000001 00000000000000000000 00000000 30 AABBCCDDEEFF 00 00064100"), 5U) << "a label and a third";
  EXPECT_EQ(refusal("021E 0000FDE800000001 00000000000000000000 00000000 30 AABBCCDDEEFF 00"), 5U) << "no label";
  EXPECT_EQ(refusal("030C 0000FDE800000001 00000064"), 10U);
  EXPECT_EQ(refusal("0311 0000FDE800000001 00000064 18 0A000001"), 10U);
  EXPECT_EQ(refusal("0312 0000FDE800000001 00000064 20 0A00000100"), 10U);
  EXPECT_EQ(refusal("0412 0000FDE800000001 00112233445566778899"), 10U);
  EXPECT_EQ(refusal("0417 0000FDE800000001 00112233445566778899 21 0A000001"), 5U) << "the length of the address is looked at first";
  EXPECT_EQ(refusal("0418 0000FDE800000001 00112233445566778899 20 0A00000100"), 10U);
  EXPECT_EQ(refusal("0523 0000FDE800000001 00000000000000000000 00000064 18 0A000000 0A000001 00064100"), 5U);
}

// RFC 7432 section 7.1, 7.2; RFC 9136 section 3.1.
TEST(EvpnCodec, LabelsSegmentOfAMacAndGatewayAreNotPartOfTheIdentity) {
  EXPECT_EQ(key_of("mac-ip rd 1:1 esi 00:11:22:33:44:55:66:77:88:99 mac AA:BB:CC:DD:EE:FF label 100"),
            key_of("mac-ip rd 1:1 mac AA:BB:CC:DD:EE:FF label [ 7 8 ]"));
  EXPECT_NE(key_of("mac-ip rd 1:1 mac AA:BB:CC:DD:EE:FF label 1"), key_of("mac-ip rd 1:1 ethernet-tag 7 mac AA:BB:CC:DD:EE:FF label 1"));
  EXPECT_NE(key_of("mac-ip rd 1:1 mac AA:BB:CC:DD:EE:FF label 1"), key_of("mac-ip rd 1:1 mac AA:BB:CC:DD:EE:FF ip 1.1.1.1 label 1"));
  EXPECT_EQ(key_of("ip-prefix rd 1:1 ip 10.0.0.0/8 label 1"), key_of("ip-prefix rd 1:1 ip 10.0.0.0/8 gateway 1.1.1.1 label 2"));
  EXPECT_NE(key_of("ip-prefix rd 1:1 ip 10.0.0.0/8 label 1"), key_of("ip-prefix rd 1:1 ip 10.0.0.0/9 label 1"));
  EXPECT_EQ(key_of("ethernet-ad rd 1:1 label 1"), key_of("ethernet-ad rd 1:1"));
  EXPECT_NE(key_of("ethernet-ad rd 1:1"), key_of("ethernet-ad rd 1:1 esi 00:11:22:33:44:55:66:77:88:99")) << "of type 1 the segment counts";
  EXPECT_EQ(key_of("mac-ip rd 1:1 mac AA:BB:CC:DD:EE:FF", NlriUse::withdraw), key_of("mac-ip rd 1:1 mac AA:BB:CC:DD:EE:FF label 1"));
}

TEST(EvpnGrammar, FieldsThatHaveAUsualValueMayBeLeftOut) {
  EXPECT_EQ(octets_of("mac-ip rd 65000:1 mac aa:bb:cc:dd:ee:ff label 100"), hex(octets("0221 0000FDE800000001 00000000000000000000 00000000 30 AABBCCDDEEFF 00 000641")));
  EXPECT_EQ(octets_of("ip-prefix rd 65000:1 ip 10.0.0.0/24 label 100"), hex(octets("0522 0000FDE800000001 00000000000000000000 00000000 18 0A000000 00000000 000641")));
  EXPECT_EQ(octets_of("mac-ip rd 65000:1 mac AA:BB:CC:DD:EE:FF", NlriUse::withdraw),
            hex(octets("0221 0000FDE800000001 00000000000000000000 00000000 30 AABBCCDDEEFF 00 000000")));
}

// RFC 8365 section 5.1.3: all 24 bits.
TEST(EvpnGrammar, ANetworkIdentifierTakesAllOfTheLabelField) {
  EXPECT_EQ(octets_of("mac-ip rd 65000:1 mac AA:BB:CC:DD:EE:FF vni 10100"),
            hex(octets("0221 0000FDE800000001 00000000000000000000 00000000 30 AABBCCDDEEFF 00 002774")));
  EXPECT_THAT(reason("mac-ip rd 65000:1 mac AA:BB:CC:DD:EE:FF vni 16777216"), HasSubstr("from 0 to 16777215"));
}

TEST(EvpnGrammar, HasAFixedOrderAndBounds) {
  EXPECT_THAT(reason("mac-ip mac AA:BB:CC:DD:EE:FF"), HasSubstr("'rd' expected after mac-ip, found 'mac'"));
  EXPECT_THAT(reason("mac-ip rd 1:1 ip 10.0.0.1"), HasSubstr("'mac' expected after rd, found 'ip'"));
  EXPECT_THAT(reason("mac-ip rd 1:1 esi 00:11"), HasSubstr("'00:11' is not valid"));
  EXPECT_THAT(reason("mac-ip rd 1:1 esi"), HasSubstr("or '-' for none, expected at the end"));
  EXPECT_THAT(reason("mac-ip rd 1:1 mac AA-BB-CC-DD-EE-FF"), HasSubstr("a MAC address such as"));
  EXPECT_THAT(reason("mac-ip rd 1:1 mac AA:BB:CC:DD:EE:FF/49"), HasSubstr("a MAC address such as"));
  EXPECT_THAT(reason("mac-ip rd 1:1 mac AA:BB:CC:DD:EE:FF"), HasSubstr("mac-ip announce requires a label or a vni"));
  EXPECT_THAT(reason("mac-ip rd 1:1 mac AA:BB:CC:DD:EE:FF label [ 1 2 3 ]"), HasSubstr("more than 2 labels"));
  EXPECT_THAT(reason("mac-ip rd 1:1 mac AA:BB:CC:DD:EE:FF label 1048576"), HasSubstr("from 0 to 1048575"));
  EXPECT_THAT(reason("inclusive-multicast rd 1:1 ethernet-tag 4294967296 ip 1.1.1.1"), HasSubstr("from 0 to 4294967295"));
  EXPECT_THAT(reason("inclusive-multicast rd 1:1 gateway 1.1.1.1"), HasSubstr("'ip' expected after rd, found 'gateway'"));
  EXPECT_THAT(reason("inclusive-multicast rd 1:1"), HasSubstr("'ip' expected at the end"));
  EXPECT_THAT(reason("ip-prefix rd 1:1 ip 10.0.0.0/24 gateway 2001:db8::1 label 1"), HasSubstr("an IPv4 address expected"));
  EXPECT_THAT(reason("ip-prefix rd 1:1 ip 10.0.0.0/33 label 1"), HasSubstr("a prefix expected"));
  EXPECT_THAT(reason("ip-prefix rd 1:1 ip 10.0.0.0/24"), HasSubstr("ip-prefix announce requires a label or a vni"));
  EXPECT_THAT(reason("macadv rd 1:1"), HasSubstr("ethernet-ad, mac-ip, inclusive-multicast"));
  EXPECT_THAT(reason("0x0208"), HasSubstr("cut short"));
}

}  // namespace
}  // namespace tandem::bgp
