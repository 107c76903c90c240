#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using ::testing::HasSubstr;
using testing::block;
using testing::hex;
using testing::json_of;
using testing::octets;
using testing::refusal;
using testing::text_of;

struct Sample {
  const char* attribute;
  const char* value;
  const char* json = nullptr;  // null: as the text
};
constexpr Sample k_samples[] = {
    {"c01609 01 06 0003e0 0a000001", "pmsi:ingressreplication:1:62:10.0.0.1"},
    {"c01615 00 06 002774 20010db8000000000000000000000001", "pmsi:ingressreplication:0:631(10100):0x20010DB8000000000000000000000001"},
    {"c01605 00 00 0003e1", "pmsi:notunnel:0:62(993):"},
    {"c01606 00 00 0003e0 ab", "pmsi:notunnel:0:62:0xAB"},
    {"c01607 00 02 000010 abcd", "pmsi:mldpp2mplsp:0:1:0xABCD"},
    {"c01607 00 07 000010 abcd", "pmsi:mldpmp2mplsp:0:1:0xABCD"},
    {"c01609 00 01 000000 0a000001", "pmsi:rsvp-tep2mplsp:0:0:0x0A000001"},
    {"c0160d 00 03 000000 0a000001 e8000001", "pmsi:pim-ssmtree:0:0:0x0A000001E8000001"},
    {"c0160d 00 04 000000 0a000001 e8000001", "pmsi:pim-smtree:0:0:0x0A000001E8000001"},
    {"c0160d 00 05 000000 0a000001 e8000001", "pmsi:bidir-pimtree:0:0:0x0A000001E8000001"},
    {"c01605 00 05 000000", "pmsi:bidir-pimtree:0:0:0x"},
    {"c01606 00 63 000010 ab", "pmsi:99:0:1:0xAB", "pmsi:unknown:0:1:0xAB"},
};

// As 4.2.21 has it: the octets of the label of the tunnels that it knows, of which no tunnel has none.
TEST(PmsiTunnel, HasTheOctetsOfItsLabelInDialect42WhereItIsKnownThere) {
  const auto told = [](const char* attribute) { return json_of(octets(attribute), Dialect::release_4_2); };
  EXPECT_THAT(told("c01609 01 06 0003e0 0a000001"), HasSubstr("\"pmsi:ingressreplication:1:62(992):10.0.0.1\""));
  EXPECT_THAT(told("c01605 00 00 0003e1"), HasSubstr("\"pmsi:notunnel:0:62:\""));
  EXPECT_THAT(told("c01606 00 01 0003e1 ab"), HasSubstr("\"pmsi:rsvp-tep2mplsp:0:62:0xAB\""));
  EXPECT_EQ(text_of(octets("c01606 00 01 0003e1 ab"), Dialect::release_4_2), " pmsi pmsi:rsvp-tep2mplsp:0:62(993):0xAB") << "read back";
}

TEST(PmsiTunnel, IsPrintedAndReadBack) {
  for (const Sample& sample : k_samples) {
    const base::Buffer canonical = octets(sample.attribute);
    EXPECT_EQ(text_of(canonical), std::string(" pmsi ") + sample.value);
    EXPECT_EQ(json_of(canonical), std::string(R"("pmsi":")") + (sample.json == nullptr ? sample.value : sample.json) + '"');
    EXPECT_EQ(hex(block(text_of(canonical).substr(1))), hex(canonical)) << sample.value;
  }
}

// The tokens of commands: parentheses stand alone.
TEST(PmsiTunnel, OctetsOfTheLabelMayBeTokensOfTheirOwn) {
  EXPECT_EQ(hex(block("pmsi pmsi:ingressreplication:0:631 ( 10100 ) :10.0.0.1")), "c01609" "00" "06" "002774" "0a000001");
  EXPECT_EQ(hex(block("pmsi pmsi:notunnel:0:62 ( 993 ) : med 5")), "80040400000005" "c01605" "00" "00" "0003e1");
}

TEST(PmsiTunnel, MayBeWrittenShorter) {
  EXPECT_EQ(hex(block("pmsi ingressreplication:0:(10100):10.0.0.1")), "c01609" "00" "06" "002774" "0a000001") << "a network identifier";
  EXPECT_EQ(hex(block("pmsi 6:0:62:2001:db8::1")), "c01615" "00" "06" "0003e0" "20010db8000000000000000000000001");
}

TEST(PmsiTunnel, WhatIsNoTunnelIsRefused) {
  for (const char* bad : {"pmsi", "pmsi x:0:1:", "pmsi 256:0:1:", "pmsi 6:256:1:", "pmsi 6:0:1048576:", "pmsi 6:0:1", "pmsi 6:0:1(7):",
                          "pmsi 6:0:1(:", "pmsi 6:0:1:0xA", "pmsi 6:0:1:10.0.0", "pmsi 6:0:1 ( )", "pmsi 6:0:1 ( 16"}) {
    EXPECT_THAT(refusal(bad), HasSubstr("expected")) << bad;
  }
}

// RFC 7606 section 2: without its tunnel the route must not be used.
TEST(PmsiTunnel, ShorterThanItsHeadItIsMalformed) {
  const AttributeTraits& row = *attribute_traits(static_cast<std::uint8_t>(AttributeCode::pmsi_tunnel));
  EXPECT_FALSE(row.well_formed(octets("00 06 0003"), {}));
  EXPECT_TRUE(row.well_formed(octets("00 06 0003e0"), {}));
  EXPECT_EQ(row.when_malformed, ErrorAction::treat_as_withdraw);
}

}  // namespace
}  // namespace tandem::bgp
