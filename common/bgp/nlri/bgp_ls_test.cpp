#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/bgp/nlri/nlri_samples.hpp"
#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using ::testing::HasSubstr;
using testing::octets;
using testing::read_nlri_text;

constexpr Family k_plain{Afi::bgp_ls, Safi::bgp_ls};
constexpr Family k_vpn{Afi::bgp_ls, Safi::bgp_ls_vpn};

base::Result<NlriStep> decode(Family family, std::string_view hex, NlriKey& key) {
  const FamilyIndex index = *family_index(family);
  return nlri_codec(index)->decode({index, NlriUse::announce, false}, octets(hex), key);
}
// "3/10" and the like, "skipped", or "taken"
std::string verdict(std::string_view hex, Family family = k_plain) {
  NlriKey key;
  const auto step = decode(family, hex, key);
  if (!step) return fmt::format("{}/{}", step.error().notification()->code, step.error().notification()->subcode);
  return step->skipped ? "skipped" : "taken";
}
std::string reason(Family family, std::string_view text) {
  const auto key = read_nlri_text(*family_index(family), NlriUse::announce, text);
  return key ? "none" : key.error().reason();
}

// As 4.2.21 has it.
TEST(LinkStateCodec, APseudonodeIsToldApartFromItsRouterInDialect42) {
  const auto told = [](std::string_view router_id, Dialect dialect) {
    NlriKey key;
    EXPECT_TRUE(decode(k_plain, fmt::format("0001 0018 02 0000000000000000 0100 000B 0203 0007 {}", router_id), key).has_value());
    std::string out;
    base::JsonWriter writer(out);
    nlri_json(key, {false, true, dialect, nullptr}, writer);
    return testing::squeeze(out);
  };
  EXPECT_THAT(told("19216825123105", Dialect::release_4_2), HasSubstr(R"("node-descriptors":{"psn":"5","router-id":"192168251231"})"));
  EXPECT_THAT(told("19216825123100", Dialect::release_4_2), HasSubstr(R"("node-descriptors":{"psn":"0","router-id":"192168251231"})"));
  EXPECT_THAT(told("19216825123105", Dialect::main), HasSubstr(R"([{"router-id":"19216825123105","psn":"5"}])"));
}

TEST(LinkStateCodec, AnNlriWithoutAnEndResetsTheSession) {
  EXPECT_EQ(verdict("000100"), "3/10");
  EXPECT_EQ(verdict("0001 0005 01020304"), "3/10");
}

TEST(LinkStateCodec, AnNlriWhoseDescriptorsAreMalformedIsLeftOut) {
  constexpr std::string_view k_head = "02 0000000000000000";
  const auto of = [&](std::string_view type, std::string_view descriptors) {
    const std::size_t size = octets(k_head).size() + octets(descriptors).size();
    return verdict(fmt::format("{} {:04x} {} {}", type, size, k_head, descriptors));
  };
  EXPECT_EQ(verdict("0001 0008 02 00000000000000"), "skipped") << "no room for protocol and identifier";
  EXPECT_EQ(verdict("0001 0007 0000FDE8000000", k_vpn), "skipped") << "no room for the distinguisher";
  EXPECT_EQ(of("0001", "0100 00"), "skipped") << "half a head";
  EXPECT_EQ(of("0001", "0100 0001"), "skipped") << "beyond the NLRI";
  EXPECT_EQ(of("0001", "0100 0004 0200 0001"), "skipped") << "beyond the node descriptor";
  EXPECT_EQ(of("0001", "0100 0007 0200 0003 00FDE9"), "skipped") << "an AS of three octets";
  EXPECT_EQ(of("0001", "0100 0007 0201 0003 000001"), "skipped") << "an identifier of three octets";
  EXPECT_EQ(of("0001", "0100 0009 0202 0005 0000000000"), "skipped") << "an area of five octets";
  EXPECT_EQ(of("0001", "0100 0008 0203 0004 0A0A0A0A"), "skipped") << "an OSPF router in IS-IS";
  EXPECT_EQ(of("0001", "0100 0007 0204 0003 0A0000"), "skipped") << "a BGP router of three octets";
  EXPECT_EQ(of("0002", "0102 0007 00000001000000"), "skipped") << "identifiers of seven octets";
  EXPECT_EQ(of("0002", "0103 0005 0A00000100"), "skipped") << "an address of five octets";
  EXPECT_EQ(of("0002", "0107 0001 02"), "skipped") << "a topology of one octet";
  EXPECT_EQ(of("0003", "0109 0000"), "skipped") << "a prefix of nothing";
  EXPECT_EQ(of("0003", "0109 0006 180A00000000"), "skipped") << "five octets of IPv4";
  EXPECT_EQ(of("0003", "0109 0005 210A000000"), "skipped") << "33 bits of IPv4";
  EXPECT_EQ(of("0003", "0108 0002 0202 0109 0001 00"), "skipped") << "a route type of two octets";
  EXPECT_EQ(of("0006", "0100 0000 0206 0004 FC000000"), "skipped") << "a SID of four octets";
}

TEST(LinkStateCodec, WhatFollowsAnNlriThatIsLeftOutIsRead) {
  const FamilyIndex index = *family_index(k_plain);
  const base::Buffer field = octets("0001 0008 0200000000000000" "0005 0001 AA");
  const auto count = nlri_codec(index)->check({index, NlriUse::announce, false}, field);
  ASSERT_TRUE(count.has_value());
  EXPECT_EQ(count->taken, 1U);
  EXPECT_EQ(count->skipped, 1U);
}

TEST(LinkStateCodec, TheDistinguisherIsPartOfTheIdentity) {
  NlriKey one;
  NlriKey other;
  NlriKey plain;
  ASSERT_TRUE(decode(k_vpn, "0005 0009 0000FDE800000001 AA", one));
  ASSERT_TRUE(decode(k_vpn, "0005 0009 0000FDE800000002 AA", other));
  ASSERT_TRUE(decode(k_plain, "0005 0009 0000FDE800000001 AA", plain));
  EXPECT_NE(one, other);
  EXPECT_NE(one, plain) << "the SAFI is, too";
}

TEST(LinkStateGrammar, TakesTheOctetsOfOneNlri) {
  EXPECT_EQ(reason(k_plain, "0x0005000401020304"), "none");
  EXPECT_THAT(reason(k_plain, ""), HasSubstr("0x and the octets of one link-state NLRI expected"));
  EXPECT_THAT(reason(k_plain, "node"), HasSubstr("0x and the octets of one link-state NLRI expected"));
  EXPECT_THAT(reason(k_plain, "0x00050004010203"), HasSubstr("cut short"));
  EXPECT_THAT(reason(k_plain, "0x000500040102030405"), HasSubstr("more than one NLRI"));
  EXPECT_THAT(reason(k_plain, "0x000100080200000000000000"), HasSubstr("9 octets of protocol and identifier"));
  EXPECT_THAT(reason(k_vpn, "0x000100080200000000000000"), HasSubstr("8 octets of route distinguisher"));
}

}  // namespace
}  // namespace tandem::bgp
