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
constexpr Family k_v6{Afi::ipv6, Safi::mup};

const testing::AddNlriSamples k_samples{
    {k_v4, "0100010C0000006400000064180A0001", "mup mup-isd 10.0.1.0/24 rd 100:100",
     R"({ "name": "InterworkSegmentDiscoveryRoute", "arch": 1, "code": 1, "prefix_ip_len": 24, "prefix_ip": "10.0.1.0", "rd": "100:100", "raw": "0100010C0000006400000064180A0001" })"},
    {k_v4, "0100020C00000064000000640A000001", "mup mup-dsd 10.0.0.1 rd 100:100",
     R"({ "name": "DirectSegmentDiscoveryRoute", "arch": 1, "code": 2, "ip": "10.0.0.1", "rd": "100:100", "raw": "0100020C00000064000000640A000001" })",
     {}, NlriUse::withdraw},
    {k_v4, "01000317000000640000006420C0A800010000303909200A000001",
     "mup mup-t1st 192.168.0.1/32 rd 100:100 teid 12345 qfi 9 endpoint 10.0.0.1",
     R"({ "name": "Type1SessionTransformedRoute", "arch": 1, "code": 3, "prefix_ip_len": 32, "prefix_ip": "192.168.0.1", "teid": "12345", "qfi": "9", "rd": "100:100", "endpoint_ip_len": 32, "endpoint_ip": "10.0.0.1", "source_ip_len": 0, "source_ip": "b''", "raw": "01000317000000640000006420C0A800010000303909200A000001" })"},
    {k_v4, "0100031C000000640000006420C0A800020000303909200A000001200A000101",
     "mup mup-t1st 192.168.0.2/32 rd 100:100 teid 12345 qfi 9 endpoint 10.0.0.1 source 10.0.1.1",
     R"({ "name": "Type1SessionTransformedRoute", "arch": 1, "code": 3, "prefix_ip_len": 32, "prefix_ip": "192.168.0.2", "teid": "12345", "qfi": "9", "rd": "100:100", "endpoint_ip_len": 32, "endpoint_ip": "10.0.0.1", "source_ip_len": 32, "source_ip": "10.0.1.1", "raw": "0100031C000000640000006420C0A800020000303909200A000001200A000101" })"},
    // a source of length 0 is none; its octet stays
    {k_v4, "01000318000000640000006420C0A800010000303909200A00000100",
     "mup mup-t1st 192.168.0.1/32 rd 100:100 teid 12345 qfi 9 endpoint 10.0.0.1 source none",
     R"({ "name": "Type1SessionTransformedRoute", "arch": 1, "code": 3, "prefix_ip_len": 32, "prefix_ip": "192.168.0.1", "teid": "12345", "qfi": "9", "rd": "100:100", "endpoint_ip_len": 32, "endpoint_ip": "10.0.0.1", "source_ip_len": 0, "source_ip": "b''", "raw": "01000318000000640000006420C0A800010000303909200A00000100" })"},
    {k_v4, "0100020C00020000006400640A000001", "mup mup-dsd 10.0.0.1 rd 100L:100",
     R"({ "name": "DirectSegmentDiscoveryRoute", "arch": 1, "code": 2, "ip": "10.0.0.1", "rd": "100:100", "raw": "0100020C00020000006400640A000001" })"},
    {k_v4, "010004100000006400000064370A000001003039", "mup mup-t2st 10.0.0.1 rd 100:100 teid 12345/23",
     R"({ "name": "Type2SessionTransformedRoute",  "arch": 1, "code": 4, "endpoint_len": 55, "endpoint_ip": "10.0.0.1", "rd": "100:100", "teid": "12345", "raw": "010004100000006400000064370A000001003039" })"},
    {k_v4, "0100040D0000006400000064200A000001", "mup mup-t2st 10.0.0.1 rd 100:100 teid 0/0",
     R"({ "name": "Type2SessionTransformedRoute", "arch": 1, "code": 4, "endpoint_len": 32, "endpoint_ip": "10.0.0.1", "rd": "100:100", "teid": "0", "raw": "0100040D0000006400000064200A000001" })"},
    {k_v4, "010009020102", "mup 0x010009020102", R"({ "arch": 1, "code": 9, "raw": "010009020102" })"},
    {k_v4, "02000100", "mup 0x02000100", R"({ "arch": 2, "code": 1, "raw": "02000100" })"},
    {k_v6, "010001110000006400000064402001000000000000", "mup mup-isd 2001::/64 rd 100:100",
     R"({ "name": "InterworkSegmentDiscoveryRoute", "arch": 1, "code": 1, "prefix_ip_len": 64, "prefix_ip": "2001::", "rd": "100:100", "raw": "010001110000006400000064402001000000000000" })"},
    {k_v6, "0100032F00000064000000648020010DB8000100010000000000000001000030390980" "20010000000000000000000000000001",
     "mup mup-t1st 2001:db8:1:1::1/128 rd 100:100 teid 12345 qfi 9 endpoint 2001::1",
     R"({ "name": "Type1SessionTransformedRoute", "arch": 1, "code": 3, "prefix_ip_len": 128, "prefix_ip": "2001:db8:1:1::1", "teid": "12345", "qfi": "9", "rd": "100:100", "endpoint_ip_len": 128, "endpoint_ip": "2001::1", "source_ip_len": 0, "source_ip": "b''", "raw": "0100032F00000064000000648020010DB800010001000000000000000100003039098020010000000000000000000000000001" })"},
    {k_v6, "0100041D0000006400000064A02001000000000000000000000000000100003039", "mup mup-t2st 2001::1 rd 100:100 teid 12345/32",
     R"({ "name": "Type2SessionTransformedRoute", "arch": 1, "code": 4, "endpoint_len": 160, "endpoint_ip": "2001::1", "rd": "100:100", "teid": "12345", "raw": "0100041D0000006400000064A02001000000000000000000000000000100003039" })"},
};

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
