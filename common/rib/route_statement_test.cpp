#include "common/rib/route_statement.hpp"

#include <gtest/gtest.h>

#include "common/rib/test_support.hpp"

namespace tandem::rib {
namespace {

std::string shown(const RouteStatement& statement) {
  std::string out;
  for (const base::Token& word : statement.words) out += std::string(word.text) + " ";
  if (!statement.has_block) return out;
  out += "{ ";
  for (const RouteStatement& inner : statement.block) out += shown(inner) + "; ";
  return out + "}";
}

std::string read(std::string_view text) {
  const test::TokenList tokens(text);
  const auto statement = read_statement(tokens);
  return statement ? shown(*statement) : "error: " + statement.error().reason();
}

TEST(RouteStatement, ALineIsOneStatementWithOrWithoutItsEnd) {
  EXPECT_EQ(read("10.0.0.0/8 med 5"), "10.0.0.0/8 med 5 ");
  EXPECT_EQ(read("10.0.0.0/8 med 5 ;"), "10.0.0.0/8 med 5 ");
  EXPECT_EQ(read("a ; b"), "error: more than one statement, at 'b'");
}

TEST(RouteStatement, BlocksHoldStatementsAndBlocks) {
  EXPECT_EQ(read("a { b 1 ; c 2 ; }"), "a { b 1 ; c 2 ; }");
  EXPECT_EQ(read("a { b 1 ; c 2 } ;"), "a { b 1 ; c 2 ; }");
  EXPECT_EQ(read("a { match { b 1 ; } then { c ; d } e ; }"), "a { match { b 1 ; }; then { c ; d ; }; e ; }");
  EXPECT_EQ(read("a { }"), "a { }");
}

TEST(RouteStatement, BracesThatDoNotMatchAreErrors) {
  EXPECT_EQ(read("a { b ;"), "error: the block is not closed: '}' is missing");
  EXPECT_EQ(read("a { b { c }"), "error: the block is not closed: '}' is missing");
  EXPECT_EQ(read("a } b"), "error: nothing is open that '}' could close");
  EXPECT_EQ(read("a { b } c"), "error: more than one statement, at 'c'");
  EXPECT_EQ(read("a { { b } }"), "error: a block without a name");
  EXPECT_EQ(read("a { b { c { d { e { f } } } } }"), "error: a block too deep inside others");
}

}  // namespace
}  // namespace tandem::rib
