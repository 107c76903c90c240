#include "common/config/diagnostics.hpp"

#include <gtest/gtest.h>

#include "common/config/test_support.hpp"

namespace tandem::config {
namespace {

using test::Parsing;
using test::neighbor_with;

std::vector<base::Token> words(std::initializer_list<std::string_view> texts) {
  std::vector<base::Token> list;
  for (const std::string_view text : texts) list.push_back({text, 1, 1, false});
  return list;
}

TEST(Diagnostics, EditDistanceCountsSwapsAsOneChange) {
  EXPECT_EQ(edit_distance("hold-time", "hold-time", 2), 0U);
  EXPECT_EQ(edit_distance("hodl-time", "hold-time", 2), 1U);
  EXPECT_EQ(edit_distance("hol-tim", "hold-time", 2), 2U);
  EXPECT_EQ(edit_distance("local-as", "peer-as", 2), 3U);
  EXPECT_EQ(edit_distance("", "ab", 2), 2U);
}

TEST(Diagnostics, NearestIsTheCandidateWithTheFewestChanges) {
  const std::vector<std::string> names = {"local-as", "peer-as", "passive"};
  EXPECT_EQ(nearest("pasive", names), "passive");
  EXPECT_EQ(nearest("locals", names), "local-as");
  EXPECT_EQ(nearest("nothing", names), "");
}

TEST(Diagnostics, RenderShowsPlaceSectionStatementTokenAndAlternatives) {
  Parsing parsing;
  const auto parsed = parsing.parse(neighbor_with("family {\n  ipv6 vpls;\n}"));
  ASSERT_FALSE(parsed);
  EXPECT_EQ(render(parsed.error()),
            "test.conf:7:8: 'vpls' is not valid for ipv6\n"
            "  section:   neighbor 127.0.0.1/family\n"
            "  statement: ipv6 vpls ;\n"
            "  token:     vpls\n"
            "  expected:  unicast, multicast, nlri-mpls, labeled-unicast, mcast-vpn, sr-policy, mup, mpls-vpn, flow, flow-vpn");
}

TEST(Diagnostics, UnknownKeywordSuggestsANearOne) {
  Parsing parsing;
  const auto parsed = parsing.parse(neighbor_with("hodl-time 30;"));
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().reason(), "unknown keyword 'hodl-time' (did you mean 'hold-time'?)");
}

TEST(Diagnostics, PasswordsAreHiddenEvenBehindAMisspeltKeyword) {
  EXPECT_EQ(statement_text(words({"md5-password", "sesame", "x"}), ';'), "md5-password <hidden> ;");
  EXPECT_EQ(statement_text(words({"md5-pasword", "sesame"})), "md5-pasword <hidden>");
  EXPECT_EQ(statement_text(words({"local-as", "1", "password", "sesame"})), "local-as 1 password <hidden>");
  EXPECT_EQ(word_text(words({"md5", "sesame"}), 1), "<hidden>");
  EXPECT_EQ(word_text(words({"hold-time", "30"}), 1), "30");
}

TEST(Diagnostics, LongStatementsAreShortened) {
  std::vector<base::Token> many(10000, base::Token{"word", 1, 1, false});
  EXPECT_LT(statement_text(many, ';').size(), 600U);
  EXPECT_LT(printable_word(std::string(100000, 'x')).size(), 200U);
}

TEST(Diagnostics, ControlCharactersDoNotReachTheTerminal) {
  EXPECT_EQ(printable_word("a\x1b[2J\n"), "a\\u001b[2J\\u000a");
}

// Every way to be wrong in a statement that holds a password.
TEST(Diagnostics, NoErrorAndNoWarningTellsThePassword) {
  const std::vector<std::string> statements = {
      "md5-password sesame",
      "md5-password sesame # comment",
      "md5-password sesame {",
      "md5-password sesame }",
      "md5-password sesame more;",
      "md5-password \"sesame;",
      "md5-password \"sesame\" \"x;",
      "md5-password \"sesame\\u12\";",
      "md5-password sesame; md5-base64 true;",
      "md5-password " + std::string(81, 's') + "sesame;",
      "md5-pasword sesame;",
      "md5password sesame;",
      "md5 sesame;",
      "md5_password sesame;",
      "passive md5-password sesame;",
      "tcp-ao { password sesame; }",
      "tcp-ao { keyid 1; password sesame }",
  };
  for (const std::string& statement : statements) {
    Parsing parsing;
    const auto parsed = parsing.parse(neighbor_with(statement));
    std::string shown;
    if (!parsed) {
      shown = render(parsed.error());
    } else {
      for (const Warning& warning : parsed->warnings) shown += render(warning);
    }
    EXPECT_EQ(shown.find("sesame"), std::string::npos) << statement << "\n" << shown;
    EXPECT_NE(shown, "") << statement;
  }
}

}  // namespace
}  // namespace tandem::config
