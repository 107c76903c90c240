#include "common/bgp/attribute/as_path.hpp"

#include <gtest/gtest.h>

#include "common/bgp/attribute/rows.hpp"
#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using testing::block;
using testing::hex;
using testing::json_of;
using testing::octets;
using testing::refusal;
using testing::text_of;

TEST(AsPath, BracketsMakeSequencesAndParenthesesSets) {
  const base::Buffer path = block("as-path [ 1 2 ] ( 3 4 )");
  EXPECT_EQ(hex(path), "400214" "020200000001" "00000002" "010200000003" "00000004");
  EXPECT_EQ(json_of(path), R"("as-path":{"0":{"element":"as-sequence","value":[1,2]},"1":{"element":"as-set","value":[3,4]}})");
  EXPECT_EQ(text_of(path), " as-path [ 1 2 ] ( 3 4 )");
}

TEST(AsPath, OneNumberNeedsNoBracketsAndCommasAreOptional) {
  EXPECT_EQ(hex(block("as-path 65533")), "40020602010000fffd");
  EXPECT_EQ(hex(block("as-path [ 1 , 2,3 ]")), hex(block("as-path [ 1 2 3 ]")));
  EXPECT_EQ(hex(block("as-path [ 70000 1.1 ]")), "40020a0202" "00011170" "00010001");
  EXPECT_EQ(hex(block("as-path 1 ( 2 ) med 5")), "40020c" "020100000001" "010100000002" "80040400000005");
}

TEST(AsPath, AnEmptyOneIsKeptAndNotPrinted) {
  const base::Buffer path = block("as-path [ ] med 1");
  EXPECT_EQ(hex(path), "400200" "80040400000001");
  EXPECT_EQ(json_of(path), R"("med":1)");
  EXPECT_EQ(text_of(path), " med 1");
}

TEST(AsPath, MoreThan255NumbersAreSplitIntoSegments) {
  std::string text = "as-path [";
  for (int i = 0; i < 300; ++i) text += " 7";
  const base::Buffer path = block(text + " ]");
  EXPECT_EQ(hex(base::Bytes(path).first(6)), "500204b4" "02ff");
  EXPECT_EQ(hex(base::Bytes(path).subspan(4 + 2 + 255 * 4, 2)), "022d");
}

TEST(AsPath, RefusesWhatIsNoPath) {
  for (const char* bad : {"as-path", "as-path foo", "as-path (1 2)", "as-path [ 1 ( 2 ( 3 ) ) ]", "as-path [ 1 [ 2 ] ]", "as-path ( 1 [ 2 ] )", "as-path confed", "as-path confed 1", "as-path [ 1 2", "as-path ( 1 ]",
                          "as-path [ 4294967296 ]", "as-path [ 1.65536 ]", "as-path [ -1 ]"}) {
    EXPECT_NE(refusal(bad), "") << bad;
  }
}

TEST(AsPath, Dialect42HasAListForEachTypeOfSegment) {
  const auto json = [](std::string_view text) { return json_of(block(text), Dialect::release_4_2); };
  EXPECT_EQ(json("as-path [ 65002 65010 ]"), R"("as-path":[65002,65010],"confederation-path":[])");
  EXPECT_EQ(json("as-path [ 1 ] ( 2 3 )"), R"("as-path":[1],"as-set":[2,3],"confederation-path":[])");
  EXPECT_EQ(json("as-path confed [ 1 2 ] confed ( 3 ) [ 4 ]"), R"("as-path":[4],"confederation-path":[1,2],"confederation-set":[3])");
  EXPECT_EQ(json("as-path ( 1 2 )"), R"("as-path":[],"as-set":[1,2],"confederation-path":[])");
}

TEST(AsPath, TextOfDialect42IsReadBack) {
  for (const auto& [written, shown] : {std::pair{"as-path [ 65002 65010 ]", " as-path [ 65002 65010 ]"},
                                       std::pair{"as-path [ 1 2 ] ( 3 4 )", " as-path [ 1 2 ( 3 4 ) ]"},
                                       std::pair{"as-path ( 3 4 )", " as-path [ ( 3 4 )]"},
                                       // It would say of these what is read as another path.
                                       std::pair{"as-path ( 3 4 ) [ 1 ]", " as-path ( 3 4 ) [ 1 ]"},
                                       std::pair{"as-path confed [ 1 2 ] [ 3 ]", " as-path confed [ 1 2 ] [ 3 ]"}}) {
    const base::Buffer path = block(written);
    EXPECT_EQ(text_of(path, Dialect::release_4_2), shown);
    EXPECT_EQ(hex(block(shown)), hex(path)) << shown;
  }
}

TEST(AsPath, ConfederationSegmentsPrint) {
  const base::Buffer path = octets("400210" "0301" "0000fde9" "0402" "00000001" "00000002");
  EXPECT_EQ(text_of(path), " as-path confed [ 65001 ] confed ( 1 2 )");
  EXPECT_NE(json_of(path).find("as-confed-sequence"), std::string::npos);
}

TEST(AsPath, ASetWithinASequenceIsASegmentOfItsOwn) {
  EXPECT_EQ(hex(block("as-path [ 65010 ( 65011 65012 ) ]")), hex(block("as-path [ 65010 ] ( 65011 65012 )")));
  EXPECT_EQ(hex(block("as-path [ 1 ( 2 ) 3 ]")), hex(block("as-path [ 1 ] ( 2 ) [ 3 ]")));
  EXPECT_EQ(hex(block("as-path [ ( 2 ) ]")), hex(block("as-path ( 2 )")));
}

TEST(AsPath, WhatIsPrintedIsReadAsTheSameOctets) {
  for (const char* path : {"400206" "02010000fde9", "400206" "01010000fde9", "400206" "03010000fde9", "400206" "04010000fde9",
                           "400214" "0202000000010000000201020000000300000004", "40020c" "030100000001040100000002",
                           "400218" "030100000001" "020100000002" "010100000003" "040100000004"}) {
    const base::Buffer octets = testing::octets(path);
    EXPECT_EQ(hex(block(text_of(octets))), hex(octets)) << text_of(octets);
  }
  const base::Buffer all = block("origin egp as-path [ 70000 1 ] ( 3 4 ) confed [ 5 ] med 5 local-preference 9 atomic-aggregate "
                                 "aggregator 70000:1.2.3.4 community [ 65001:1 no-export ] originator-id 9.9.9.9 cluster-list [ 1.1.1.1 2.2.2.2 ] "
                                 "extended-community [ target:65001:1 ] large-community [ 1:2:3 4:5:6 ] attribute [ 0x63 0xE0 0xabcd ]");
  EXPECT_EQ(hex(block(text_of(all))), hex(all)) << text_of(all);
}

TEST(AsPath, MalformedSegmentsAreFound) {
  const AttributeContext four{true, true};
  const AttributeContext two{false, true};
  EXPECT_TRUE(well_formed_as_path({}, four));
  EXPECT_TRUE(well_formed_as_path(octets("02020000000100000002"), four));
  EXPECT_TRUE(well_formed_as_path(octets("020200010002"), two));
  for (const char* bad : {"00", "02", "0200", "000100000001", "050100000001", "020200000001", "02010000000101", "0201000000"}) {
    EXPECT_FALSE(well_formed_as_path(octets(bad), four)) << bad;
  }
}

TEST(AsPath, ConfederationSegmentsAreMalformedFromAnExternalPeer) {
  const base::Buffer path = octets("03010000fde9");
  EXPECT_TRUE(well_formed_as_path(path, {true, true}));
  EXPECT_FALSE(well_formed_as_path(path, {true, false}));
}

// RFC 6793 section 4.2.3
std::string widen(std::string_view path, std::optional<std::string_view> as4_path) {
  base::Buffer out;
  const base::Buffer narrow = octets(path);
  std::optional<base::Bytes> wide;
  const base::Buffer wide_octets = octets(as4_path.value_or(""));
  if (as4_path) wide = wide_octets;
  widen_path(narrow, wide, out);
  return hex(out);
}

TEST(AsPathMerge, WithoutAs4PathTheNumbersAreWidened) {
  EXPECT_EQ(widen("0202 5ba0 0001", std::nullopt), "0202" "00005ba0" "00000001");
}

TEST(AsPathMerge, AnAs4PathOfTheSameLengthReplacesThePath) {
  EXPECT_EQ(widen("0202 5ba0 0001", "0202 00011170 00000001"), "0202" "00011170" "00000001");
}

TEST(AsPathMerge, TheLeadingNumbersComeFromAsPath) {
  EXPECT_EQ(widen("0203 0064 5ba0 0001", "0202 00011170 00000001"), "0203" "00000064" "00011170" "00000001");
  EXPECT_EQ(widen("0201 0064 0202 5ba0 0001", "0201 00000001"), "0203" "00000064" "00005ba0" "00000001");
}

TEST(AsPathMerge, ASetCountsOnceAndKeepsItsType) {
  EXPECT_EQ(widen("0102 0064 0065 0201 5ba0", "0201 00011170"), "0102" "00000064" "00000065" "0201" "00011170");
  EXPECT_EQ(widen("0201 0001 0102 0064 0065", "0102 00000064 00011170"), "0201" "00000001" "0102" "00000064" "00011170");
}

TEST(AsPathMerge, ALongerAs4PathIsIgnored) {
  EXPECT_EQ(widen("0201 5ba0", "0202 00011170 00000001"), "0201" "00005ba0");
}

TEST(AsPathMerge, ConfederationSegmentsCountNothing) {
  EXPECT_EQ(widen("0301 fde9 0202 5ba0 0001", "0301 0000fde9 0202 00011170 00000001"), "0301" "0000fde9" "0202" "00011170" "00000001");
}

TEST(AsPathNarrow, PutsAsTransWhereANumberDoesNotFit) {
  base::Buffer out;
  EXPECT_TRUE(narrow_path(octets("0202 00011170 00000001"), out));
  EXPECT_EQ(hex(out), "02025ba00001");
  out.clear();
  EXPECT_FALSE(narrow_path(octets("0202 0000ffff 00000001"), out));
  EXPECT_EQ(hex(out), "0202ffff0001");
}

TEST(AsPathNarrow, As4PathHoldsNoConfederationSegments) {
  base::Buffer out;
  append_as4_path(octets("0301 0000fde9 0201 00011170"), out);
  EXPECT_EQ(hex(out), "020100011170");
}

}  // namespace
}  // namespace tandem::bgp
