#include "common/bgp/nlri/codec.hpp"

#include <gtest/gtest.h>

#include "common/base/ip.hpp"
#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using testing::octets;

const FamilyIndex k_v4 = *family_index(k_ipv4_unicast);
const FamilyIndex k_v6 = *family_index(k_ipv6_unicast);

NlriKey decode_one(FamilyIndex family, std::string_view hex, bool add_path = false) {
  const base::Buffer in = octets(hex);
  NlriKey key;
  const auto step = nlri_codec(family)->decode({family, NlriUse::announce, add_path}, in, key);
  EXPECT_TRUE(step.has_value()) << hex;
  EXPECT_EQ(step ? step->octets : 0, in.size());
  return key;
}

std::string text(const NlriKey& key) {
  std::string out;
  nlri_codec(key.family())->text(key, out);
  return out;
}

std::string json(const NlriKey& key, bool compact = false) {
  std::string out;
  base::JsonWriter writer(out);
  nlri_codec(key.family())->json(key, {compact, false, Dialect::main, nullptr}, writer);
  return out;
}

std::string encode(const NlriKey& key, bool add_path) {
  base::Buffer out;
  nlri_codec(key.family())->encode(key, add_path, out);
  EXPECT_EQ(nlri_codec(key.family())->encoded_size(key, add_path), out.size());
  return testing::hex(out);
}

base::Error decode_error(FamilyIndex family, std::string_view hex, bool add_path = false) {
  const base::Buffer in = octets(hex);
  NlriKey key;
  const NlriContext context{family, NlriUse::announce, add_path};
  const auto step = nlri_codec(family)->decode(context, in, key);
  const auto checked = nlri_codec(family)->check(context, in);
  EXPECT_FALSE(step.has_value()) << hex;
  EXPECT_EQ(checked.has_value(), in.empty()) << hex;  // a block may hold no NLRI at all
  return step ? base::Error("none") : step.error();
}

TEST(UnicastCodec, ReadsPrefixesOfBothFamilies) {
  EXPECT_EQ(text(decode_one(k_v4, "180a0000")), "10.0.0.0/24");
  EXPECT_EQ(text(decode_one(k_v4, "00")), "0.0.0.0/0");
  EXPECT_EQ(text(decode_one(k_v6, "2020010db8")), "2001:db8::/32");
  EXPECT_EQ(text(decode_one(k_v6, "80deadbeefdeadbeefdeadbeefdeadbeef")), "dead:beef:dead:beef:dead:beef:dead:beef/128");
  EXPECT_EQ(text(decode_one(*family_index(k_ipv6_multicast), "20ff020001")), "ff02:1::/32");
}

TEST(UnicastCodec, ReadsOneNlriAndSaysHowLongItWas) {
  const base::Buffer in = octets("0809 180a0000");
  NlriKey key;
  const auto step = nlri_codec(k_v4)->decode({k_v4, NlriUse::announce, false}, in, key);
  ASSERT_TRUE(step.has_value());
  EXPECT_EQ(step->octets, 2U);
  EXPECT_EQ(text(key), "9.0.0.0/8");
  EXPECT_EQ(nlri_codec(k_v4)->check({k_v4, NlriUse::announce, false}, in)->taken, 2U);
}

// RFC 4271 section 4.3.
TEST(UnicastCodec, ClearsTheBitsBeyondTheLength) {
  const NlriKey dirty = decode_one(k_v4, "14c0a8ff");
  EXPECT_EQ(dirty, decode_one(k_v4, "14c0a8f0"));
  EXPECT_EQ(text(dirty), "192.168.240.0/20");
  const std::uint8_t address[] = {192, 168, 255, 1};
  EXPECT_EQ(make_prefix_key(k_v4, address, 20, std::nullopt), dirty);
}

TEST(UnicastCodec, ShowsThePathIdentifierAlsoWhenItIsZero) {
  const NlriKey key = decode_one(k_v4, "00000001 180a0000", true);
  EXPECT_EQ(text(key), "10.0.0.0/24 path-information 0.0.0.1");
  EXPECT_EQ(json(key), R"({ "nlri": "10.0.0.0/24", "path-information": "0.0.0.1" })");
  EXPECT_EQ(json(key, true), json(key));
  EXPECT_EQ(json(decode_one(k_v4, "00000000 2001010101", true)), R"({ "nlri": "1.1.1.1/32", "path-information": "0.0.0.0" })");
}

TEST(UnicastCodec, CompactJsonIsABareStringWithoutPathIdentifier) {
  EXPECT_EQ(json(decode_one(k_v4, "180a0000")), R"({ "nlri": "10.0.0.0/24" })");
  EXPECT_EQ(json(decode_one(k_v4, "180a0000"), true), R"("10.0.0.0/24")");
}

TEST(UnicastCodec, WritesTheIdentifierOnlyWithAddPath) {
  const NlriKey with = decode_one(k_v4, "00000007 180a0000", true);
  const NlriKey without = decode_one(k_v4, "180a0000");
  EXPECT_EQ(encode(with, true), "00000007180a0000");
  EXPECT_EQ(encode(with, false), "180a0000");
  EXPECT_EQ(encode(without, true), "00000000180a0000");
  EXPECT_EQ(encode(without, false), "180a0000");
}

TEST(UnicastCodec, MalformedNlriEndTheSessionWithInvalidNetworkField) {
  for (const auto& [family, hex, add_path] : {std::tuple{k_v4, "21ffffffffff", false}, std::tuple{k_v6, "81", false},
                                             std::tuple{k_v4, "180a00", false}, std::tuple{k_v4, "00000001", true},
                                             std::tuple{k_v4, "0000", true}, std::tuple{k_v4, "", false}}) {
    const base::Error error = decode_error(family, hex, add_path);
    ASSERT_NE(error.notification(), nullptr) << hex;
    EXPECT_EQ(error.notification()->code, 3);
    EXPECT_EQ(error.notification()->subcode, 10);
    EXPECT_TRUE(error.notification()->data.empty());
    EXPECT_FALSE(error.reason().empty());
  }
  EXPECT_EQ(decode_error(k_v4, "21ffffffffff").reason(), "invalid mask 33 in NLRI prefix for ipv4");
}

TEST(UnicastCodec, MakesKeysFromAddresses) {
  const auto address = *base::IpAddress::parse("10.0.0.0");
  EXPECT_EQ(make_prefix_key(k_v4, address.bytes(), 24, std::nullopt), decode_one(k_v4, "180a0000"));
  EXPECT_EQ(make_prefix_key(k_v4, address.bytes(), 24, 7), decode_one(k_v4, "00000007 180a0000", true));
  const auto host = *base::IpAddress::parse("2001:db8::1");
  EXPECT_EQ(text(make_prefix_key(k_v6, host.bytes(), 128, 0x01020304)), "2001:db8::1/128 path-information 1.2.3.4");
}

}  // namespace
}  // namespace tandem::bgp
