#include "common/config/pattern.hpp"

#include <gtest/gtest.h>

namespace tandem::config {
namespace {

TEST(Pattern, IsAnchoredAtTheStartAndNotAtTheEnd) {
  const auto pattern = Pattern::compile("b.g");
  ASSERT_TRUE(pattern);
  EXPECT_TRUE(pattern->matches("bgg"));
  EXPECT_TRUE(pattern->matches("big-one"));
  EXPECT_FALSE(pattern->matches("a-big"));
}

TEST(Pattern, InvalidAndUnreasonableExpressionsAreRefused) {
  for (const char* text : {"(", "[", "*", "a{2,1}", "(a{100}){100}", "(((a{99}){99}){99}){99}"}) EXPECT_FALSE(Pattern::compile(text)) << text;
  EXPECT_FALSE(Pattern::compile(std::string(1000, 'a')));
  EXPECT_TRUE(Pattern::compile("a{10}"));
  EXPECT_TRUE(Pattern::compile(std::string(100, '(') + std::string(100, ')')));
}

TEST(Pattern, BacktrackingExpressionsTakeNoExponentialTime) {
  const auto pattern = Pattern::compile("(a*)*(a*)*(a|aa)+$");
  ASSERT_TRUE(pattern);
  EXPECT_FALSE(pattern->matches(std::string(60, 'a') + "!"));
}

}  // namespace
}  // namespace tandem::config
