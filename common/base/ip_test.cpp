#include "common/base/ip.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <limits>

#include "common/base/asn.hpp"
#include "common/base/random.hpp"

namespace tandem::base {
namespace {

TEST(IpAddress, ReadsWhatInetPtonReadsAndPrintsWhatInetNtopPrints) {
  for (const char* text : {"0.0.0.0", "10.0.0.1", "255.255.255.255", "::", "::1", "2001:db8::1", "::ffff:81.52.17.146"}) {
    const auto address = IpAddress::parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->text(), text);
  }
  for (const char* text : {"", "10.0.0", "10.0.0.256", "01.0.0.1", "1.2.3.4 ", ":::", "fe80::1%lo", "host"}) {
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  }
}

TEST(IpAddress, TakesAndRefusesTheTextsOfIpv4ThatInetPtonDoes) {
  Random random(7);
  std::size_t taken = 0;
  for (int round = 0; round < 200'000; ++round) {
    // Mostly quads, of numbers around the limits, some of them broken at one place.
    std::string text;
    for (int part = 0; part < 4; ++part) {
      if (part != 0) text += '.';
      text += std::to_string(random.below(320));
    }
    if (random.below(4) == 0) text[random.below(text.size())] = "0.9x :-"[random.below(7)];
    if (random.below(8) == 0) text.resize(random.below(text.size() + 1));
    std::uint8_t octets[4];
    const bool expected = inet_pton(AF_INET, text.c_str(), octets) == 1;
    const auto address = IpAddress::parse(text);
    ASSERT_EQ(address && address->is_v4(), expected) << text;
    if (!expected) continue;
    ++taken;
    EXPECT_EQ(*address, IpAddress::from_bytes(octets)) << text;
  }
  EXPECT_GT(taken, 10'000U);
}

TEST(IpAddress, HasNoValueUntilItIsGivenOne) {
  EXPECT_FALSE(IpAddress());
  EXPECT_EQ(IpAddress().text(), "");
  const std::uint8_t five[] = {1, 2, 3, 4, 5};
  EXPECT_FALSE(IpAddress::from_bytes(five));
}

TEST(Prefix, RefusesHostBitsAndLengthsThatDoNotFit) {
  EXPECT_EQ(Prefix::parse("10.0.0.0/8")->text(), "10.0.0.0/8");
  EXPECT_EQ(Prefix::parse("10.0.0.1")->length, 32);
  EXPECT_EQ(Prefix::parse("2001:db8::/32")->length, 32);
  EXPECT_NE(Prefix::parse("10.0.0.1/24").error().reason().find("host bits"), std::string::npos);
  EXPECT_NE(Prefix::parse("10.0.0.0/33").error().reason().find("invalid netmask"), std::string::npos);
  EXPECT_FALSE(Prefix::parse("10.0.0.0/"));
  EXPECT_FALSE(Prefix::parse("10.0.0.0/+8"));
}

TEST(Prefix, ContainsTheAddressesThatShareItsBits) {
  const Prefix range = *Prefix::parse("10.0.0.128/25");
  EXPECT_TRUE(range.contains(*IpAddress::parse("10.0.0.128")));
  EXPECT_TRUE(range.contains(*IpAddress::parse("10.0.0.255")));
  EXPECT_FALSE(range.contains(*IpAddress::parse("10.0.0.127")));
  EXPECT_FALSE(range.contains(*IpAddress::parse("::1")));
  EXPECT_TRUE(Prefix::parse("0.0.0.0/0")->contains(*IpAddress::parse("1.2.3.4")));
}

TEST(Decimal, IsReadUpToItsMaximumAndNoFurther) {
  constexpr std::uint64_t k_most = std::numeric_limits<std::uint64_t>::max();
  for (const std::uint64_t maximum : {std::uint64_t{0}, std::uint64_t{9}, std::uint64_t{32}, std::uint64_t{255}, k_most - 1, k_most}) {
    EXPECT_EQ(parse_decimal(std::to_string(maximum), maximum), maximum);
    EXPECT_EQ(parse_decimal("00" + std::to_string(maximum), maximum), maximum);
    EXPECT_FALSE(parse_decimal(std::to_string(maximum) + "0", maximum) && maximum != 0) << maximum;
    EXPECT_FALSE(maximum != k_most && parse_decimal(std::to_string(maximum + 1), maximum)) << maximum;
  }
  for (const char* text : {"", "-1", "+1", "1 ", "x", "18446744073709551616", "18446744073709551619", "99999999999999999999"}) {
    EXPECT_FALSE(parse_decimal(text, k_most)) << text;
  }
}

TEST(Asn, ReadsPlainAndDottedNumbersOfThirtyTwoBits) {
  EXPECT_EQ(parse_asn("4294967295"), Asn{4294967295U});
  EXPECT_EQ(parse_asn("1.2"), Asn{65538});
  for (const char* text : {"", "4294967296", "-1", "1.65536", "1.", "1.2.3", "+1", " 1"}) EXPECT_FALSE(parse_asn(text)) << text;
}

}  // namespace
}  // namespace tandem::base
