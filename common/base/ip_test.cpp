#include "common/base/ip.hpp"

#include <gtest/gtest.h>

#include "common/base/asn.hpp"

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

TEST(Asn, ReadsPlainAndDottedNumbersOfThirtyTwoBits) {
  EXPECT_EQ(parse_asn("4294967295"), Asn{4294967295U});
  EXPECT_EQ(parse_asn("1.2"), Asn{65538});
  for (const char* text : {"", "4294967296", "-1", "1.65536", "1.", "1.2.3", "+1", " 1"}) EXPECT_FALSE(parse_asn(text)) << text;
}

}  // namespace
}  // namespace tandem::base
