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
  Case(std::string_view text, Grammar grammar) {
    EXPECT_TRUE(tokenizer.tokenize(text));
    taken = selector.parse(tokenizer.tokens(), grammar);
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

TEST(Selector, StarMatchesAll) {
  EXPECT_TRUE(Case("* announce", Grammar::neighbor).matches());
  EXPECT_TRUE(Case("* local-as 99 announce", Grammar::neighbor).matches());
  EXPECT_FALSE(Case("* local-as 1 announce", Grammar::peer).taken) << "an error in version 6";
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
