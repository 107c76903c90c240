#include "common/config/tokenizer.hpp"

#include <gtest/gtest.h>

#include "common/base/random.hpp"

namespace tandem::config {
namespace {

// Statements as "word|word;" with the places of words when asked for.
struct Read {
  std::string words;
  std::string places;
  std::string error;
  std::string error_token;
  int line = 0;
  int column = 0;
};

Read read(std::string_view text) {
  Tokenizer tokenizer(text);
  Statement statement;
  Read result;
  for (;;) {
    const auto step = tokenizer.next(statement);
    if (!step) {
      result.error = step.error().reason();
      result.error_token = step.error().context()->token;
      result.line = step.error().context()->location.line;
      result.column = step.error().context()->location.column;
      return result;
    }
    if (*step == Tokenizer::Step::end) return result;
    for (const base::Token& word : statement.words) {
      if (&word != statement.words.data()) result.words += '|';
      result.words += word.text;
      result.places += std::to_string(word.line) + ":" + std::to_string(word.column) + " ";
    }
    result.words += statement.terminator;
  }
}

TEST(Tokenizer, CutsStatementsAtTheirTerminators) {
  EXPECT_EQ(read("a b; c {\n d; }\n").words, "a|b;c{d;}");
  EXPECT_EQ(read("a;b{c;}").words, "a;b{c;}");
  EXPECT_EQ(read("").words, "");
  EXPECT_EQ(read(";").words, ";");
}

TEST(Tokenizer, PunctuationIsAWordOfItsOwnWithoutSpaces) {
  EXPECT_EQ(read("community [54591:123,1:2];").words, "community|[|54591:123|,|1:2|];");
  EXPECT_EQ(read("aggregator (1:1.2.3.4) ( 1 );").words, "aggregator|(1:1.2.3.4)|(|1|);");
}

TEST(Tokenizer, CommentsRunToTheEndOfTheLine) {
  EXPECT_EQ(read("# one ; {\na; # two\n  # three").words, "a;");
}

TEST(Tokenizer, CommentInsideAStatementIsAnError) {
  const Read glued = read("x;\ndescription foo#bar;");
  EXPECT_EQ(glued.error_token, "#");
  EXPECT_EQ(glued.line, 2);
  EXPECT_EQ(glued.column, 16);
  EXPECT_EQ(read("a # b\n;").error_token, "#");
}

TEST(Tokenizer, StatementMustEndOnItsLine) {
  const Read open = read("neighbor 127.0.0.1\n{\n");
  EXPECT_EQ(open.error_token, "127.0.0.1");
  EXPECT_EQ(open.line, 1);
  EXPECT_EQ(open.column, 10);
}

TEST(Tokenizer, QuotesKeepEverythingLiteral) {
  EXPECT_EQ(read("a \"b ; {#}, 'c'\";").words, "a|b ; {#}, 'c';");
  EXPECT_EQ(read("a 'say \"x\"';").words, "a|say \"x\";");
  EXPECT_EQ(read("a \"\";").words, "a|;");
  EXPECT_EQ(read("\"a\"b;").words, "a|b;");
  EXPECT_EQ(read("foo\"bar baz\"x;").words, "foobar baz|x;");
}

TEST(Tokenizer, UnclosedQuoteIsToldWhereItOpens) {
  const Read open = read("a;\ndescription \"foo; \n\";");
  EXPECT_EQ(open.error_token, "\"");
  EXPECT_EQ(open.line, 2);
  EXPECT_EQ(open.column, 13);
}

TEST(Tokenizer, QuotedWordsAreMarked) {
  Tokenizer tokenizer("a \"[\" [ x\"y\";");
  Statement statement;
  ASSERT_TRUE(tokenizer.next(statement));
  ASSERT_EQ(statement.words.size(), 4U);
  EXPECT_FALSE(statement.words[0].quoted);
  EXPECT_TRUE(statement.words[1].quoted);
  EXPECT_FALSE(statement.words[2].quoted);
  EXPECT_TRUE(statement.words[3].quoted);
}

TEST(Tokenizer, BackslashAtTheEndOfALineContinuesIt) {
  EXPECT_EQ(read("router-id\\\n1.2.3.4;").words, "router-id1.2.3.4;");
  EXPECT_EQ(read("router-id \\  \t\n   1.2.3.4;").words, "router-id|1.2.3.4;");
  EXPECT_EQ(read("# note \\\nswallowed;\na;").words, "a;");
  EXPECT_EQ(read("a \\\n # hidden").error_token, "#");
}

TEST(Tokenizer, PlacesArePhysicalAfterContinuationAndEscapes) {
  EXPECT_EQ(read("a \\\n  b \\\n c;\nd;").places, "1:1 2:3 3:2 4:1 ");
  EXPECT_EQ(read("\\u0061b c;").places, "1:1 1:9 ");
  EXPECT_EQ(read("\"\xC3\xA9\xC3\xA9\" b;").places, "1:1 1:6 ");
}

TEST(Tokenizer, ContinuationOfTheLastLineIsAnError) {
  EXPECT_EQ(read("a;\nb \\").error_token, "\\");
  EXPECT_EQ(read("a;\nb \\\n").line, 2);
}

TEST(Tokenizer, EscapesAreExpandedBeforeQuotesAreLookedAt) {
  EXPECT_EQ(read("a\\tb \"c\\nd\" \\x \\\\y;").words, "a|b|c\nd|x|\\y;");
  EXPECT_EQ(read("\\u00e9\\u20AC;").words, "\xC3\xA9\xE2\x82\xAC;");
  EXPECT_EQ(read("a \\\"b c\\\";").words, "a|b c;");
  EXPECT_EQ(read("a\\;b;").words, "a;b;");
}

TEST(Tokenizer, UnicodeEscapeNeedsFourHexDigitsEvenInAComment) {
  const Read bad = read("description \"\\u12\";");
  EXPECT_EQ(bad.error_token, "\\u12");
  EXPECT_EQ(bad.column, 14);
  EXPECT_EQ(read("# \\u12").error_token, "\\u12");
  EXPECT_EQ(read("a \\uD800;").error_token, "\\uD800");
  EXPECT_EQ(read("md5-password \"\\u12\";").error_token, "\\u");
}

TEST(Tokenizer, CarriageReturnsAreBlanks) { EXPECT_EQ(read("a b;\r\nc;\r\n").words, "a|b;c;"); }

TEST(Tokenizer, NoBreakSpaceAndVerticalTabAreOrdinary) {
  EXPECT_EQ(read("a\xC2\xA0z;").words, "a\xC2\xA0z;");
  EXPECT_EQ(read("a\vb;").words, "a\vb;");
}

TEST(Tokenizer, AnyTextEndsWithoutACrash) {
  base::Random random(7);
  constexpr std::string_view k_letters = "ab \t\r\n\\\"';{}[],#u0\xC3\xA9";
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (std::uint64_t i = random.below(40); i > 0; --i) text += k_letters[random.below(k_letters.size())];
    const Read result = read(text);
    if (!result.error.empty()) {
      EXPECT_GE(result.line, 1) << text;
      EXPECT_GE(result.column, 0) << text;
    }
  }
}

}  // namespace
}  // namespace tandem::config
