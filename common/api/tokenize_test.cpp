#include "common/api/tokenize.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/api/dispatcher.hpp"
#include "common/base/random.hpp"

namespace tandem::api {
namespace {

using testing::ElementsAre;

std::vector<std::string> words(Tokenizer& tokenizer) {
  std::vector<std::string> out;
  for (const base::Token& token : tokenizer.tokens()) out.emplace_back(token.text);
  return out;
}

TEST(Normalise, PutsSpacesWhereTheSpecificationWantsThem) {
  EXPECT_EQ(normalise("  announce\troute   1.2.3.4/32\tcommunity [2:1,3:4] as-path (1 2)\r"),
            "announce route 1.2.3.4/32 community [ 2:1 , 3:4 ] as-path ( 1 2 )");
  EXPECT_EQ(normalise("name \"a,b\""), "name \"a , b\"");
  EXPECT_EQ(normalise(" \t\r\n"), "");
}

TEST(Normalise, TwiceChangesNothing) {
  base::Random random(1);
  const std::string_view letters = "ab ,[]()\t;\"'";
  for (int i = 0; i < 2000; ++i) {
    std::string line;
    for (std::uint64_t n = random.below(30); n > 0; --n) line += letters[random.below(letters.size())];
    const std::string once = normalise(line);
    EXPECT_EQ(normalise(once), once) << line;
  }
}

TEST(Tokenizer, PunctuationStandsAlone) {
  Tokenizer tokenizer;
  ASSERT_TRUE(tokenizer.tokenize("announce route 1.0.0.0/8{community[2:1,3:4];}\r"));
  EXPECT_THAT(words(tokenizer), ElementsAre("announce", "route", "1.0.0.0/8", "{", "community", "[", "2:1", ",", "3:4", "]", ";", "}"));
}

TEST(Tokenizer, AWrittenEndOfLineIsABlankButNotInQuotes) {
  Tokenizer tokenizer;
  ASSERT_TRUE(tokenizer.tokenize(R"(announce flow route {\n match {\n\tsource 10.0.0.0/24;\n }\n then { discard; }\r\n }\n)"));
  EXPECT_THAT(words(tokenizer), ElementsAre("announce", "flow", "route", "{", "match", "{", "source", "10.0.0.0/24", ";", "}", "then", "{", "discard", ";", "}", "}"));
  ASSERT_TRUE(tokenizer.tokenize(R"(a\nb c\d \ "e\nf" g\)"));
  EXPECT_THAT(words(tokenizer), ElementsAre("a", "b", "c\\d", "\\", "e\\nf", "g\\"));
}

TEST(Tokenizer, TokensViewTheLineItself) {
  const std::string line = "announce route";
  Tokenizer tokenizer;
  ASSERT_TRUE(tokenizer.tokenize(line));
  EXPECT_EQ(tokenizer.tokens()[1].text.data(), line.data() + 9);
}

// A line that is the one before it but for a few octets is not read from its beginning.
TEST(Tokenizer, TokensDoNotDependOnTheLinesBefore) {
  base::Random random(11);
  const std::string_view letters = "aabc0123./:-  \t,;[](){}\"'\\nrt\xC3\xA9\x80";
  Tokenizer tokenizer;
  std::string line;
  std::size_t taken = 0;
  for (int i = 0; i < 300'000; ++i) {
    if (i % 50 == 0) line = "announce route 10.0.0.1/32 next-hop 192.0.2.1 community [ 1:2 3:4 ]";
    const std::size_t at = random.below(line.size() + 1);
    const std::size_t removed = random.below(std::min<std::size_t>(4, line.size() - at + 1));
    std::string added;
    // Mostly what stands in words, so that most lines are tokens.
    for (std::size_t left = random.below(4); left > 0; --left) added += letters[random.below(random.below(8) == 0 ? letters.size() : 12)];
    line.replace(at, removed, added);
    Tokenizer fresh;
    const std::string here = line;  // elsewhere than the one before
    const bool good = fresh.tokenize(here);
    ASSERT_EQ(tokenizer.tokenize(here), good) << here;
    if (!good) continue;
    ++taken;
    ASSERT_EQ(words(tokenizer), words(fresh)) << here;
    for (std::size_t token = 0; token < tokenizer.tokens().size(); ++token) {
      ASSERT_EQ(tokenizer.tokens()[token].quoted, fresh.tokens()[token].quoted) << here;
      if (tokenizer.tokens()[token].quoted || here.find_first_of("\"'") != std::string::npos) continue;
      ASSERT_EQ(tokenizer.tokens()[token].text.data(), fresh.tokens()[token].text.data()) << here;  // they view the line that is there now
    }
  }
  EXPECT_GT(taken, 100'000U);
}

TEST(Tokenizer, QuotesKeepSpacesAndAreMarked) {
  Tokenizer tokenizer;
  ASSERT_TRUE(tokenizer.tokenize("name  \"a b\" med 5"));
  EXPECT_THAT(words(tokenizer), ElementsAre("name", "a b", "med", "5"));
  EXPECT_TRUE(tokenizer.tokens()[1].quoted);
  EXPECT_EQ(tokenizer.normalised(tokenizer.tokens().first(2)), "name \"a b\"");
}

TEST(Tokenizer, RefusesAnOpenQuoteAndWhatIsNotUtf8) {
  Tokenizer tokenizer;
  EXPECT_FALSE(tokenizer.tokenize("name \"abc"));
  EXPECT_FALSE(tokenizer.tokenize("announce \xff\xfe"));
  EXPECT_FALSE(tokenizer.tokenize("announce \"\xff\""));
  EXPECT_TRUE(tokenizer.tokenize("announce caf\xc3\xa9"));
}

TEST(Tokenizer, GivesTheNormalFormOfAPart) {
  Tokenizer tokenizer;
  ASSERT_TRUE(tokenizer.tokenize("announce\troute  1.0.0.0/8   community[1:2]  sync"));
  EXPECT_EQ(tokenizer.normalised(tokenizer.tokens().subspan(1, 6)), "route 1.0.0.0/8 community[ 1:2 ]");
}

}  // namespace
}  // namespace tandem::api
