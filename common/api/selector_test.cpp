#include "common/api/selector.hpp"

#include <gtest/gtest.h>

#include "common/api/tokenize.hpp"

namespace tandem::api {
namespace {

constexpr std::string_view k_key =
    "neighbor 10.0.0.1 local-ip 10.0.0.2 local-as 1 peer-as 65001 router-id 1.2.3.4 family-allowed in-open";

struct Case {
  Tokenizer tokenizer;
  Selector selector;
  std::optional<std::size_t> taken;
  std::string reason;
  Case(std::string_view text, Grammar grammar) {
    EXPECT_TRUE(tokenizer.tokenize(text));
    const auto parsed = selector.parse(tokenizer.tokens(), grammar);
    if (parsed) taken = *parsed;
    else reason = parsed.error().reason();
  }
  bool matches() const { return taken && selector.matches(k_key); }
};

TEST(Selector, KeyIsReadAsPairs) {
  EXPECT_EQ(key_value(k_key, "neighbor"), "10.0.0.1");
  EXPECT_EQ(key_value(k_key, "family-allowed"), "in-open");
  EXPECT_EQ(key_value(k_key, "absent"), "");
}

TEST(Selector, MatchesAddressAndEveryFilterAsWholeWords) {
  EXPECT_TRUE(Case("10.0.0.1 announce", Grammar::neighbor).matches());
  EXPECT_TRUE(Case("10.0.0.1 local-as 1 router-id 1.2.3.4 announce", Grammar::neighbor).matches());
  EXPECT_FALSE(Case("10.0.0.1 local-as 2 announce", Grammar::neighbor).matches());
  EXPECT_FALSE(Case("10.0.0 announce", Grammar::neighbor).matches());
  EXPECT_FALSE(Case("10.0.0.1 peer-as 650 announce", Grammar::neighbor).matches());
  EXPECT_FALSE(Case("absentone announce", Grammar::neighbor).matches());
  EXPECT_FALSE(Case("10.0.0.1 source-interface eth0 announce", Grammar::neighbor).matches());
}

TEST(Selector, TakesExactlyItsOwnWords) {
  EXPECT_EQ(Case("10.0.0.1 local-as 1 announce route", Grammar::neighbor).taken, 3U);
  EXPECT_EQ(Case("10.0.0.9 , neighbor 10.0.0.1 announce", Grammar::neighbor).taken, 4U);
  EXPECT_EQ(Case("[10.0.0.9 local-as 1, 10.0.0.1] announce", Grammar::peer).taken, 7U);
}

TEST(Selector, SeveralAreOred) {
  EXPECT_TRUE(Case("10.0.0.9, neighbor 10.0.0.1 announce", Grammar::neighbor).matches());
  EXPECT_TRUE(Case("[10.0.0.9 local-as 1, 10.0.0.1] announce", Grammar::peer).matches());
  EXPECT_TRUE(Case("10.0.0.9, peer 10.0.0.1 announce", Grammar::peer).matches());
  EXPECT_FALSE(Case("10.0.0.9, neighbor 10.0.0.8 announce", Grammar::neighbor).matches());
}

TEST(Selector, StarMatchesAllThatItsFiltersMatch) {
  for (const Grammar grammar : {Grammar::neighbor, Grammar::peer}) {
    EXPECT_TRUE(Case("* announce", grammar).matches());
    EXPECT_TRUE(Case("* local-as 1 peer-as 65001 announce", grammar).matches());
    EXPECT_FALSE(Case("* local-as 99 announce", grammar).matches());
    EXPECT_EQ(Case("* local-as 99 announce", grammar).taken, 3U);
    EXPECT_FALSE(Case("* local-as 1 peer-as 65003 announce", grammar).matches()) << "every filter narrows";
  }
  EXPECT_FALSE(Case("* local-as 99, neighbor 10.0.0.8 announce", Grammar::neighbor).matches());
  EXPECT_TRUE(Case("* local-as 99, neighbor 10.0.0.1 announce", Grammar::neighbor).matches()) << "lists stay a union";
}

TEST(Selector, AStarBehindAListIsTheOneOfOldHealthCheckersAndWidensNothing) {
  EXPECT_TRUE(Case("10.0.0.9, neighbor 10.0.0.1 neighbor * announce", Grammar::neighbor).matches());
  EXPECT_FALSE(Case("10.0.0.9, neighbor 10.0.0.8 neighbor * announce", Grammar::neighbor).matches());
  EXPECT_FALSE(Case("10.0.0.9 neighbor * announce", Grammar::neighbor).matches()) << "a list of one";
  EXPECT_EQ(Case("10.0.0.9 neighbor * announce", Grammar::neighbor).taken, 3U);
  EXPECT_EQ(Case("10.0.0.9 peer * announce", Grammar::peer).taken, 1U) << "the rest is no command, and an error";
}

TEST(Selector, ValuesAreComparedByWhatTheyMean) {
  const std::string key = "neighbor 2001:db8::1 local-ip auto local-as 65536 peer-as auto router-id 1.2.3.4 family-allowed ipv4-unicast";
  Case one("2001:DB8:0::1 local-as 1.0 peer-as auto family-allowed ipv4-unicast announce", Grammar::peer);
  EXPECT_TRUE(one.taken && one.selector.matches(key));
  Case other("2001:db8::2 announce", Grammar::peer);
  EXPECT_TRUE(other.taken && !other.selector.matches(key));
}

TEST(Selector, AValueThatCannotBeUnderstoodIsAnError) {
  for (const std::string_view text : {"* peer-as x announce", "10.0.0.1 local-ip 300.1.1.1 announce", "10.0.0.1 router-id ::1 announce",
                                      "10.0.0.1 family-allowed ipv4 announce", "* peer-as -1 announce", "10.0.0.1, 1.2.3 announce"}) {
    for (const Grammar grammar : {Grammar::neighbor, Grammar::peer}) {
      const Case one(text, grammar);
      EXPECT_FALSE(one.taken) << text;
      EXPECT_FALSE(one.reason.empty()) << text;
    }
  }
}

TEST(Selector, RefusesWhatIsNone) {
  EXPECT_FALSE(Case("absentone announce", Grammar::peer).taken);
  EXPECT_FALSE(Case("[ ] announce", Grammar::peer).taken);
  EXPECT_FALSE(Case("[ 10.0.0.1 announce", Grammar::peer).taken);
  EXPECT_FALSE(Case("10.0.0.1 local-as", Grammar::neighbor).taken);
  EXPECT_FALSE(Case("10.0.0.1 ,", Grammar::neighbor).taken);
  EXPECT_FALSE(Case("", Grammar::neighbor).taken);
}

TEST(Selector, WithoutOneEverybodyMatches) {
  Selector selector;
  EXPECT_FALSE(selector.written());
  EXPECT_TRUE(selector.matches(k_key));
}

}  // namespace
}  // namespace tandem::api
