#include <gtest/gtest.h>

#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using testing::canonical;
using testing::hex;

TEST(CanonicalAttributes, DropNextHopAndMultiprotocol) {
  EXPECT_EQ(hex(canonical("40010100 400200 400304 01020304 40050400000064")), "40010100" "400200" "40050400000064");
  EXPECT_EQ(hex(canonical("800f03000201 40010100 800e050001010000")), "40010100");
}

TEST(CanonicalAttributes, AreAscendingWithTheFirstOfEachCode) {
  EXPECT_EQ(hex(canonical("c00804 00010002 400200 40010100 400200")), "40010100" "400200" "c0080400010002");
  EXPECT_EQ(hex(canonical("40010100 c00804 00010002 40010102")), "40010100" "c0080400010002");
}

TEST(CanonicalAttributes, HaveOneFormOfFlagsForOneValue) {
  EXPECT_EQ(hex(canonical("50010001 00")), "40010100");                       // extended length without need
  EXPECT_EQ(hex(canonical("4f010100")), "40010100");                          // low nibble
  EXPECT_EQ(hex(canonical("e00804 00010002")), "e0080400010002");             // partial says something and stays
  EXPECT_EQ(hex(canonical("d0990004 00000064")), "f0990004" "00000064");      // unknown: as it came, but partial
}

TEST(CanonicalAttributes, LeaveUnknownNonTransitiveOnesBehind) {
  EXPECT_EQ(hex(canonical("40010100 80990400000064 00980400000064")), "40010100");
}

TEST(CanonicalAttributes, AsNumbersOfTwoOctetsAreWidened) {
  EXPECT_EQ(hex(canonical("40010100 4002060202fde80001 c00706fde801020304", false)),
            "40010100" "40020a0202" "0000fde8" "00000001" "c00708" "0000fde8" "01020304");
  EXPECT_EQ(hex(canonical("400200", false)), "400200");
}

TEST(CanonicalAttributes, As4PathRepairsThePath) {
  EXPECT_EQ(hex(canonical("4002060202 5ba00001 c0110a0202 00011170 00000001", false)), "40020a0202" "00011170" "00000001");
}

TEST(CanonicalAttributes, As4AggregatorReplacesAsTransOnly) {
  EXPECT_EQ(hex(canonical("c00706 5ba0 01020304 c01208 00011170 05060708", false)), "c00708" "00011170" "05060708");
  EXPECT_EQ(hex(canonical("c00706 fde8 01020304 c01208 00011170 05060708", false)), "c00708" "0000fde8" "01020304");
  EXPECT_EQ(hex(canonical("40010100 c01208 00011170 05060708", false)), "40010100");
}

TEST(CanonicalAttributes, AnAggregatorWithARealAsMakesBothAs4AttributesOld) {
  EXPECT_EQ(hex(canonical("4002060202 5ba00001 c00706 fde8 01020304 c0110a0202 00011170 00000001 c01208 00011170 05060708", false)),
            "40020a0202" "00005ba0" "00000001" "c00708" "0000fde8" "01020304");
}

TEST(CanonicalAttributes, AnAggregatorAloneDoesNotMakeAs4PathOld) {
  EXPECT_EQ(hex(canonical("4002060202 5ba00001 c00706 fde8 01020304 c0110a0202 00011170 00000001", false)),
            "40020a0202" "00011170" "00000001" "c00708" "0000fde8" "01020304");
}

TEST(CanonicalAttributes, AFourOctetPeersAs4AttributesAreIgnored) {
  EXPECT_EQ(hex(canonical("400206 0201 00000001 c01106 0201 00000002 c01208 00011170 05060708")), "400206" "0201" "00000001");
}

TEST(CanonicalAttributes, AreAppended) {
  base::Buffer out{0xAA};
  canonical_attributes(testing::octets("40010100"), true, out);
  EXPECT_EQ(hex(out), "aa40010100");
}

TEST(CanonicalAttributes, OfCanonicalOnesAreTheSame) {
  const base::Buffer once = canonical("c02804 03000100 40010100 4002060201 00000001 c09904 00000064 d0080004 00010002");
  base::Buffer twice;
  canonical_attributes(once, true, twice);
  EXPECT_EQ(hex(once), hex(twice));
}

}  // namespace
}  // namespace tandem::bgp
