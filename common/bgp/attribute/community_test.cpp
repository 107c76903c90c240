#include <gtest/gtest.h>

#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using testing::block;
using testing::hex;
using testing::json_of;
using testing::octets;
using testing::refusal;
using testing::text_of;

TEST(Community, IsSentSortedWithDuplicates) {
  EXPECT_EQ(hex(block("community [ 3:4 1:2 1:2 ]")), "c0080c" "00010002" "00010002" "00030004");
  EXPECT_EQ(hex(block("community [ 30740:30740 30740:0 ]")), "c00808" "78140000" "78147814");
}

TEST(Community, TakesNumbersHexAndNames) {
  EXPECT_EQ(hex(block("community [ 0 ]")), "c0080400000000");
  EXPECT_EQ(hex(block("community 0xFFFFFF01")), hex(block("community no-export")));
  EXPECT_EQ(hex(block("community NO_ADVERTISE")), "c00804ffffff02");
  EXPECT_EQ(hex(block("community [ no-export-subconfed nopeer blackhole ]")), "c0080c" "ffff029a" "ffffff03" "ffffff04");
  EXPECT_EQ(hex(block("community [ llgr-stale no_llgr ]")), "c00808" "ffff0006" "ffff0007") << "RFC 9494";
  EXPECT_EQ(text_of(octets("c00804ffff0006")), " community llgr-stale");
  EXPECT_EQ(hex(block("community 65535:65535")), "c00804ffffffff");
}

TEST(Community, RefusesHalvesThatDoNotFitAndUnknownNames) {
  for (const char* bad : {"community 65536:1", "community 0:65536", "community 1:2:3", "community :", "community 1:", "community foo",
                          "community 4294967296", "community 0x100000000", "community [ 1:1 , 2:2 ]", "community [ 1:1", "community", "community +1"}) {
    EXPECT_NE(refusal(bad), "") << bad;
  }
}

TEST(Community, PrintsReceivedOrderInJsonAndSortedNamesInText) {
  const base::Buffer received = octets("c00808" "ffffff01" "fde80064");
  EXPECT_EQ(json_of(received), R"("community":[[65535,65281],[65000,100]])");
  EXPECT_EQ(text_of(received), " community [ 65000:100 no-export ]");
  EXPECT_EQ(text_of(octets("c00804ffff029a")), " community blackhole");
}

TEST(LargeCommunity, IsSentSortedWithoutDuplicates) {
  const base::Buffer attribute = block("large-community [ 10:11:12 1:2:3 10:11:12 ]");
  EXPECT_EQ(hex(attribute), "c02018" "000000010000000200000003" "0000000a0000000b0000000c");
  EXPECT_EQ(json_of(attribute), R"("large-community":[[1,2,3],[10,11,12]])");
  EXPECT_EQ(text_of(attribute), " large-community [ 1:2:3 10:11:12 ]");
}

TEST(LargeCommunity, TakesNumbersOf96Bits) {
  EXPECT_EQ(hex(block("large-community 0x000000010000000200000003")), "c0200c" "000000010000000200000003");
  EXPECT_EQ(hex(block("large-community 18446744082299486211")), "c0200c" "000000010000000200000003");
  EXPECT_EQ(hex(block("large-community 79228162514264337593543950335")), "c0200c" "ffffffffffffffffffffffff");
  EXPECT_EQ(hex(block("large-community 0x1")), "c0200c" "000000000000000000000001");
  EXPECT_EQ(text_of(block("large-community 1:2:3")), " large-community 1:2:3");
}

TEST(LargeCommunity, RefusesWhatDoesNotFit) {
  for (const char* bad : {"large-community 1:2", "large-community 1:2:3:4", "large-community 1:2:4294967296", "large-community 1::3",
                          "large-community 79228162514264337593543950336", "large-community 0x", "large-community 0x1000000000000000000000000",
                          "large-community 0xg", "large-community 1:2:", "large-community x"}) {
    EXPECT_NE(refusal(bad), "") << bad;
  }
}

TEST(LargeCommunity, ReceivedDuplicatesAreShownOnceInReceivedOrder) {
  const base::Buffer received = octets("c02024" "0000000a0000000b0000000c" "000000010000000200000003" "0000000a0000000b0000000c");
  EXPECT_EQ(json_of(received), R"("large-community":[[10,11,12],[1,2,3]])");
  EXPECT_EQ(text_of(received), " large-community [ 1:2:3 10:11:12 ]");
}

}  // namespace
}  // namespace tandem::bgp
