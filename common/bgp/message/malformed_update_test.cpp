// UPDATEs that are wrong: RFC 7606, RFC 7607 and RFC 9234.
#include <gtest/gtest.h>

#include "common/bgp/message/decoded_update.hpp"
#include "common/bgp/message/header.hpp"

namespace tandem::bgp {
namespace {

using testing::Decoded;
using testing::decode;
using testing::external_session;
using testing::hex;
using testing::k_mandatory;
using testing::octets;
using testing::plain_session;
using testing::routes;
using testing::with_attributes;

struct Malformed {
  std::string_view attribute;
  std::string_view culprit;
};

TEST(Rfc7606, MalformedAttributesWithdrawTheRoutes) {
  for (const auto& [attribute, culprit] : std::vector<Malformed>{
           {"80040300 0064", "med"},           {"800400", "med"},          {"40040400000064", "med"},
           {"c0040400000064", "med"},          {"40050300 0064", "local-preference"}, {"c00803000100", "community"},
           {"c00800", "community"},            {"80080400010002", "community"},      {"800903010203", "originator-id"},
           {"800a0501020304 05", "cluster-list"}, {"c0100700020000000000", "extended-community"}, {"c02004 00000001", "large-community"},
           {"c01604 00000000", "pmsi"},        {"c01703 000100", "tunnel-encap"},    {"c0190100", "extended-community-ipv6"}}) {
    const auto update = with_attributes(k_mandatory + std::string(attribute));
    ASSERT_TRUE(update.result.has_value()) << attribute;
    EXPECT_EQ(update->treat_as_withdraw, culprit) << attribute;
    EXPECT_EQ(routes(update->announced), "10.0.0.0/24");
    EXPECT_EQ(hex(update->attributes.wire()), hex(octets(k_mandatory)));
  }
}

TEST(Rfc7606, MalformedMandatoryAttributesWithdrawTheRoutes) {
  EXPECT_EQ(with_attributes("40010103 400200 40030401020304")->treat_as_withdraw, "origin");
  EXPECT_EQ(with_attributes("4001020000 400200 40030401020304")->treat_as_withdraw, "origin");
  EXPECT_EQ(with_attributes("c0010100 400200 40030401020304")->treat_as_withdraw, "origin");
  EXPECT_EQ(with_attributes("60010100 400200 40030401020304")->treat_as_withdraw, "origin");
  EXPECT_EQ(with_attributes("40010100 40020402010000 40030401020304")->treat_as_withdraw, "as-path");
  EXPECT_EQ(with_attributes("40010100 400200 40030301 0203")->treat_as_withdraw, "next-hop");
  EXPECT_EQ(with_attributes("40010100 400200 400310 00000000000000000000000000000001")->treat_as_withdraw, "next-hop");
}

TEST(Rfc7606, MissingMandatoryAttributesWithdrawTheRoutes) {
  EXPECT_EQ(with_attributes("400200 40030401020304")->treat_as_withdraw, "origin");
  EXPECT_EQ(with_attributes("40010100 40030401020304")->treat_as_withdraw, "as-path");
  EXPECT_EQ(with_attributes("40010100 400200")->treat_as_withdraw, "next-hop");
  EXPECT_EQ(with_attributes("")->treat_as_withdraw, "origin");
  const std::string reach = "800e1a 0002 01 10 20010000000000000000000000000001 00 2020010db8";
  EXPECT_EQ(with_attributes("40010100 400200" + reach, "")->treat_as_withdraw, "");
  EXPECT_EQ(with_attributes("400200" + reach, "")->treat_as_withdraw, "origin");
}

TEST(Rfc7606, SomeAttributesAreDiscardedInstead) {
  for (const char* attribute : {"40060100", "c0060100", "c007050000000000", "c00700", "c01103020100", "c01207 00000000000000", "c02803 010005",
                                "801d03 040000", "801a05 0100050000"}) {
    Negotiated negotiated = plain_session();
    negotiated.aigp = true;
    const auto update = with_attributes(k_mandatory + std::string(attribute), "180a0000", negotiated);
    ASSERT_TRUE(update.result.has_value()) << attribute;
    EXPECT_EQ(update->treat_as_withdraw, "") << attribute;
    EXPECT_EQ(hex(update->attributes.wire()), hex(octets(k_mandatory)));
  }
}

TEST(Rfc7606, AnExternalPeersInternalAttributesAreDiscardedGoodOrBad) {
  for (const char* attribute : {"40050400000064", "400503000064", "80090401020304", "800903010203", "800a0401020304"}) {
    const auto update = with_attributes(k_mandatory + std::string(attribute), "180a0000", external_session());
    ASSERT_TRUE(update.result.has_value());
    EXPECT_EQ(update->treat_as_withdraw, "") << attribute;
    EXPECT_EQ(hex(update->attributes.wire()), hex(octets(k_mandatory)));
  }
}

TEST(Rfc7606, ADuplicateIsIgnoredAndTheFirstCounts) {
  const auto update = with_attributes("40010100 40010101 400200 40030401020304 40030405060708");
  ASSERT_TRUE(update.result.has_value());
  EXPECT_EQ(update->next_hop.address.text(), "1.2.3.4");
  EXPECT_EQ(hex(update->attributes.wire()), hex(octets(k_mandatory)));
}

TEST(Rfc7606, AnAttributeThatOverrunsTheSectionWithdrawsTheRoutes) {
  const auto overrun = with_attributes(k_mandatory + "c00808 00010002");
  EXPECT_EQ(overrun->treat_as_withdraw, "community");
  EXPECT_EQ(routes(overrun->announced), "10.0.0.0/24");
  EXPECT_EQ(with_attributes(k_mandatory + "80")->treat_as_withdraw, "attribute-header");
  EXPECT_EQ(with_attributes(k_mandatory + "8004")->treat_as_withdraw, "med");
  EXPECT_EQ(with_attributes(k_mandatory + "d09900")->treat_as_withdraw, "attribute-header");
}

TEST(Rfc7606, AnMpAttributeThatOverrunsTheSectionEndsTheSession) {  // its routes cannot be located
  for (const char* overrun : {"800e1a 0002 01 10 2001", "800f08 0002 01 2020", "900e00", "800e01"}) {
    const auto cause = with_attributes(k_mandatory + overrun).cause();
    EXPECT_EQ(cause.code, 3) << overrun;
    EXPECT_EQ(cause.subcode, 9) << overrun;
    EXPECT_EQ(hex(cause.data), hex(octets(overrun))) << overrun;
  }
  EXPECT_EQ(with_attributes(k_mandatory + "800e")->treat_as_withdraw, "mp-reach-nlri");  // stray octets, not an attribute
}

TEST(Rfc7606, AMalformedAttributeWithoutRoutesToWithdrawEndsTheSession) {
  const auto cause = decode("0004 180a0000 0006 800403000064").cause();
  EXPECT_EQ(cause.code, 3);
  EXPECT_EQ(cause.subcode, 1);
  EXPECT_TRUE(decode("0004 180a0000 0004 40060100").result.has_value());
}

TEST(Rfc7606, UnknownAttributesAreKept) {
  const auto update = with_attributes(k_mandatory + "c09904 00000064 409804 00000064 809704 00000064");
  ASSERT_TRUE(update.result.has_value());
  EXPECT_EQ(update->treat_as_withdraw, "");
  base::Buffer canonical;
  canonical_attributes(update->attributes.wire(), true, canonical);
  EXPECT_EQ(hex(canonical), "40010100" "400200" "609804" "00000064" "e09904" "00000064");
}

TEST(Rfc7606, AigpIsTakenOnlyWhereItIsConfigured) {
  const std::string section = k_mandatory + "801a0b 01000b 0000000000000064";
  EXPECT_EQ(hex(with_attributes(section)->attributes.wire()), hex(octets(k_mandatory)));
  Negotiated negotiated = plain_session();
  negotiated.aigp = true;
  EXPECT_EQ(hex(with_attributes(section, "180a0000", negotiated)->attributes.wire()), hex(octets(section)));
}

TEST(Rfc7606, TwoOctetPeersAreJudgedByTheirWidth) {
  Negotiated negotiated = plain_session();
  negotiated.asn4 = false;
  const std::string narrow = "40010100 4002040201fde8 40030401020304 c00706fde801020304";
  const auto update = with_attributes(narrow, "180a0000", negotiated);
  EXPECT_EQ(update->treat_as_withdraw, "");
  EXPECT_FALSE(update->attributes.asn4);
  EXPECT_EQ(with_attributes(narrow)->treat_as_withdraw, "as-path");
}

// One attribute of `segments` sequences of 255 numbers each, in two or four octets.
std::string long_path(std::string_view head, std::size_t segments, std::string_view type, std::size_t as_size) {
  std::string value;
  for (std::size_t i = 0; i < segments; ++i) value += std::string(type) + "ff" + std::string(255 * as_size * 2, '1');
  return std::string(head) + fmt::format("{:04x}", value.size() / 2) + value;
}

TEST(Rfc7606, AnAsPathThatDoesNotFitAnAttributeOnceWidenedWithdrawsTheRoutes) {
  Negotiated negotiated = plain_session();
  negotiated.asn4 = false;
  negotiated.message_size = k_extended_message_size;
  const std::string frame = "40010100 40030401020304";
  EXPECT_EQ(with_attributes(frame + long_path("5002", 64, "02", 2), "180a0000", negotiated)->treat_as_withdraw, "");
  EXPECT_EQ(with_attributes(frame + long_path("5002", 65, "02", 2), "180a0000", negotiated)->treat_as_withdraw, "as-path");
}

TEST(Rfc7606, AnAs4PathThatMakesThePathTooLongIsIgnored) {
  const std::string path = long_path("5002", 60, "02", 2);
  const base::Buffer alone = testing::canonical("40010100" + path, false);
  EXPECT_EQ(alone.size(), 4U + 4U + 60U * (2U + 255U * 4U));
  EXPECT_EQ(testing::canonical("40010100" + path + long_path("d011", 30, "01", 4), false), alone);
}

// RFC 7607 section 2: malformed, with what RFC 7606 and RFC 6793 say about that.
TEST(AsZero, InAnAsPathWithdrawsTheRoute) {
  for (const char* path : {"400206 02010000 0000", "40020a 0202 0000fde8 00000000", "40020c 01010000fde9 020100000000"}) {
    const auto update = with_attributes(fmt::format("40010100 {} 40030401020304", path), "180a0000", external_session());
    ASSERT_TRUE(update.result.has_value()) << path;
    EXPECT_EQ(update->treat_as_withdraw, "as-path") << path;
  }
  Negotiated narrow = external_session();
  narrow.asn4 = false;
  EXPECT_EQ(with_attributes("40010100 400206 0202fde80000 40030401020304", "180a0000", narrow)->treat_as_withdraw, "as-path");
}

TEST(AsZero, InAnAggregatorAndInTheFourOctetAttributesDiscardsThem) {
  const auto wide = with_attributes("40010100 400206 02010000fde8 40030401020304 c00708 00000000 01020304", "180a0000", external_session());
  ASSERT_TRUE(wide.result.has_value());
  EXPECT_EQ(wide->treat_as_withdraw, "");
  EXPECT_EQ(hex(wide->attributes.wire()), "40010100" "40020602010000fde8" "40030401020304");
  Negotiated narrow = external_session();
  narrow.asn4 = false;
  const auto update = with_attributes("40010100 400204 0201fde8 40030401020304 c00706 0000 01020304 c0110a 0202 0000fde8 00000000 "
                                      "c01208 00000000 01020304",
                                      "180a0000", narrow);
  ASSERT_TRUE(update.result.has_value());
  EXPECT_EQ(update->treat_as_withdraw, "");
  EXPECT_EQ(hex(update->attributes.wire()), "40010100" "4002040201fde8" "40030401020304");
}

TEST(AsZero, InWhatWeSentOurselvesIsNoError) {
  Negotiated ours = external_session();
  ours.as_zero = true;
  const auto update = with_attributes("40010100 400206 020100000000 40030401020304 c00708 00000000 01020304", "180a0000", ours);
  ASSERT_TRUE(update.result.has_value());
  EXPECT_EQ(update->treat_as_withdraw, "");
  base::Buffer canonical;
  canonical_attributes(update->attributes.wire(), true, canonical);
  EXPECT_EQ(testing::squeeze(testing::json_of(canonical)).find("attribute-0x"), std::string::npos) << testing::json_of(canonical);
}

// --- RFC 9234 section 5: what may only go to customers

Decoded of_role(Role role, std::string_view only_to_customer, std::string_view nlri = "180a0000") {
  Negotiated negotiated = external_session();
  negotiated.role = role;
  return with_attributes("40010100 400206 02010000fde8 40030401020304 " + std::string(only_to_customer), nlri, negotiated);
}

TEST(OnlyToCustomerRules, WhatComesFromBelowWithItIsALeak) {
  for (const Role role : {Role::provider, Role::rs}) {
    EXPECT_EQ(of_role(role, "c02304 0000fde8")->treat_as_withdraw, "only-to-customer");
    EXPECT_EQ(of_role(role, "")->treat_as_withdraw, "");
    EXPECT_EQ(hex(of_role(role, "")->attributes.wire()).find("c02304"), std::string::npos);
  }
  EXPECT_EQ(of_role(Role::peer, "c02304 0000fde8")->treat_as_withdraw, "") << "the peer's own";
  EXPECT_EQ(of_role(Role::peer, "c02304 0000fde9")->treat_as_withdraw, "only-to-customer");
  EXPECT_EQ(of_role(Role::customer, "c02304 0000fde9")->treat_as_withdraw, "");
}

TEST(OnlyToCustomerRules, WhatComesFromAboveWithoutItGetsTheAsOfThePeer) {
  for (const Role role : {Role::customer, Role::rs_client, Role::peer}) {
    const auto added = of_role(role, "");
    EXPECT_NE(hex(added->attributes.wire()).find("c023040000fde8"), std::string::npos) << to_string(role);
    EXPECT_EQ(routes(added->announced), "10.0.0.0/24");
  }
  EXPECT_NE(hex(of_role(Role::customer, "c02304 00000007")->attributes.wire()).find("c0230400000007"), std::string::npos) << "it stays as it is";
  EXPECT_EQ(hex(with_attributes("40010100 400206 02010000fde8 40030401020304", "180a0000", external_session())->attributes.wire()).find("c02304"),
            std::string::npos) << "no role";
}

}  // namespace
}  // namespace tandem::bgp
