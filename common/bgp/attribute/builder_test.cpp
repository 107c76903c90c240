// The keywords every route may carry: octets they make, how they print, and what is refused. The kinds with a grammar of
// their own have tests of their own (as_path_test.cpp, community_test.cpp, ...).
#include <gtest/gtest.h>

#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using testing::block;
using testing::hex;
using testing::json_of;
using testing::refusal;
using testing::text_of;

struct Sample {
  std::string_view input;
  std::string_view octets;
  std::string_view json;
  std::string_view text;
};

void PrintTo(const Sample& sample, std::ostream* out) { *out << sample.input; }

class BasicAttribute : public ::testing::TestWithParam<Sample> {};

TEST_P(BasicAttribute, HasItsOctetsJsonAndText) {
  const base::Buffer attributes = block(GetParam().input);
  EXPECT_EQ(hex(attributes), GetParam().octets);
  EXPECT_EQ(json_of(attributes), GetParam().json);
  EXPECT_EQ(text_of(attributes), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Samples, BasicAttribute,
    ::testing::Values(
        Sample{"origin igp", "40010100", R"("origin":"igp")", " origin igp"},
        Sample{"origin EGP", "40010101", R"("origin":"egp")", " origin egp"},
        Sample{"origin Incomplete", "40010102", R"("origin":"incomplete")", " origin incomplete"},
        Sample{"med 100", "80040400000064", R"("med":100)", " med 100"},
        Sample{"med 4294967295", "800404ffffffff", R"("med":4294967295)", " med 4294967295"},
        Sample{"local-preference 100", "40050400000064", R"("local-preference":100)", " local-preference 100"},
        Sample{"atomic-aggregate", "400600", R"("atomic-aggregate":true)", " atomic-aggregate"},
        Sample{"aggregator 65000:1.2.3.4", "c007080000fde801020304", R"("aggregator":"65000:1.2.3.4")", " aggregator ( 65000:1.2.3.4 )"},
        Sample{"aggregator ( 65000:1.2.3.4 )", "c007080000fde801020304", R"("aggregator":"65000:1.2.3.4")", " aggregator ( 65000:1.2.3.4 )"},
        Sample{"aggregator ( 65000:1.2.3.4)", "c007080000fde801020304", R"("aggregator":"65000:1.2.3.4")", " aggregator ( 65000:1.2.3.4 )"},
        Sample{"aggregator (65000:1.2.3.4 )", "c007080000fde801020304", R"("aggregator":"65000:1.2.3.4")", " aggregator ( 65000:1.2.3.4 )"},
        Sample{"aggregator (1.1:1.2.3.4)", "c007080001000101020304", R"("aggregator":"65537:1.2.3.4")", " aggregator ( 65537:1.2.3.4 )"},
        Sample{"originator-id 10.0.0.5", "8009040a000005", R"("originator-id":"10.0.0.5")", " originator-id 10.0.0.5"},
        Sample{"cluster-list [ 10.0.0.6 10.0.0.7 ]", "800a080a0000060a000007", R"("cluster-list":["10.0.0.6","10.0.0.7"])",
               " cluster-list [ 10.0.0.6 10.0.0.7 ]"},
        Sample{"cluster-list 10.0.0.6", "800a040a000006", R"("cluster-list":["10.0.0.6"])", " cluster-list 10.0.0.6"},
        Sample{"aigp 100", "801a0b01000b0000000000000064", R"("aigp":"0x0000000000000064")", " aigp 0x0000000000000064"},
        Sample{"aigp 0xFFFFFFFFFFFFFFFF", "801a0b01000bffffffffffffffff", R"("aigp":"0xffffffffffffffff")", " aigp 0xffffffffffffffff"}));

TEST(AttributeBuilder, KeepsAttributesAscendingWhateverTheOrderOfTheWords) {
  EXPECT_EQ(hex(block("community 1:2 med 5 origin igp local-preference 7")), "40010100" "80040400000005" "40050400000007" "c0080400010002");
}

TEST(AttributeBuilder, TheFirstValueOfAnAttributeWins) {
  EXPECT_EQ(hex(block("med 1 origin igp med 2 origin egp")), "40010100" "80040400000001");
  EXPECT_EQ(hex(block("community 1:1 community 2:2")), "c0080400010001");
  EXPECT_EQ(hex(block("attribute [ 0x04 0x80 0x00000009 ] med 1")), "80040400000009");
}

TEST(AttributeBuilder, ExtendedCommunitiesGatherAndAreSorted) {
  EXPECT_EQ(hex(block("extended-community 3:3 extended-community [ 1:1 2:2 ] extended-community 1:1")),
            "c01020" "0002000100000001" "0002000100000001" "0002000200000002" "0002000300000003");
}

TEST(AttributeBuilder, AnOptionalAttributeThatSaysNothingIsNoPartOfTheRoute) {
  EXPECT_EQ(hex(block("community [ ] med 1 extended-community [ ] large-community [ ]")), "80040400000001");
}

TEST(AttributeBuilder, KnowsItsKeywordsAndNoOthers) {
  for (const char* keyword : {"origin", "as-path", "med", "local-preference", "atomic-aggregate", "aggregator", "community",
                              "originator-id", "cluster-list", "extended-community", "large-community", "aigp", "attribute"}) {
    EXPECT_TRUE(AttributeBuilder::knows(keyword)) << keyword;
  }
  for (const char* keyword : {"next-hop", "path-information", "label", "rd", "name", "split", "watchdog", "withdraw", "Origin", ""}) {
    EXPECT_FALSE(AttributeBuilder::knows(keyword)) << keyword;
  }
  AttributeBuilder builder;
  EXPECT_FALSE(builder.parse("next-hop", {}).has_value());
}

TEST(AttributeBuilder, GivesTheNumberOfTokensTaken) {
  AttributeBuilder builder;
  const auto tokens = testing::tokenize("[ 1:1 2:2 ] med 5");
  EXPECT_EQ(*builder.parse("community", tokens), 4U);
  EXPECT_EQ(*builder.parse("atomic-aggregate", tokens), 0U);
  EXPECT_EQ(*builder.parse("med", base::Tokens(tokens).subspan(5)), 1U);
}

TEST(AttributeBuilder, RefusesWithTheTokenAndWhatWouldBeRight) {
  EXPECT_EQ(refusal("origin foo"), "origin: 'foo' is not valid, igp, egp or incomplete expected");
  EXPECT_EQ(refusal("med -1"), "med: '-1' is not valid, a number from 0 to 4294967295 expected");
  EXPECT_EQ(refusal("med 4294967296"), "med: '4294967296' is not valid, a number from 0 to 4294967295 expected");
  EXPECT_EQ(refusal("med"), "med: a number from 0 to 4294967295 expected at the end of the statement");
  EXPECT_EQ(refusal("med [ 5 ]"), "med: a number from 0 to 4294967295 expected, found '['");
  for (const char* bad : {"local-preference 0x10", "aggregator 65000", "aggregator 65000:::1", "aggregator ( 65000:1.2.3.4", "aggregator x:1.2.3.4",
                          "aggregator (65000:1.2.3.4", "aggregator 65000:1.2.3.4)", "aggregator (", "aggregator ()",
                          "originator-id ::1", "originator-id 1.2.3", "cluster-list [ ]", "cluster-list [ 1.2.3.4 , 1.2.3.5 ]",
                          "cluster-list [ 1.2.3.4", "aigp 0x", "aigp 18446744073709551616", "aigp 0x1FFFFFFFFFFFFFFFF", "aigp five"}) {
    EXPECT_NE(refusal(bad), "") << bad;
  }
}

TEST(AttributeBuilder, AnErrorKnowsItsPlaceAndTheAlternatives) {
  AttributeBuilder builder;
  const auto tokens = testing::tokenize("foo");
  const auto parsed = builder.parse("origin", tokens);
  ASSERT_FALSE(parsed.has_value());
  const base::Error error = parsed.error();
  ASSERT_NE(error.context(), nullptr);
  EXPECT_EQ(error.context()->token, "foo");
  EXPECT_EQ(error.context()->location.column, 1);
  EXPECT_EQ(error.context()->alternatives, (std::vector<std::string>{"igp", "egp", "incomplete"}));
}

TEST(AttributeBuilder, AQuotedBracketIsAWord) {
  const std::vector<base::Token> tokens{{"[", 1, 1, true}};
  AttributeBuilder builder;
  const auto parsed = builder.parse("community", tokens);
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().context()->token, "[");
}

TEST(AttributeBuilder, AValueLongerThanAnAttributeIsRefused) {
  std::string text = "community [";
  for (int i = 0; i < 16384; ++i) text += " 1:1";
  EXPECT_NE(refusal(text + " ]"), "");
  AttributeBuilder builder;
  EXPECT_FALSE(testing::parse_attributes(text + " ]", builder).has_value());
  EXPECT_TRUE(builder.empty());
  EXPECT_TRUE(testing::parse_attributes("med 1", builder).has_value());
}

TEST(AttributeBuilder, ClearMakesItEmpty) {
  AttributeBuilder builder;
  ASSERT_TRUE(testing::parse_attributes("med 1", builder).has_value());
  EXPECT_FALSE(builder.empty());
  builder.clear();
  EXPECT_TRUE(builder.empty());
}

}  // namespace
}  // namespace tandem::bgp
