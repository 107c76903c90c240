#include "common/config/base64.hpp"

#include <gtest/gtest.h>

namespace tandem::config {
namespace {

TEST(Base64, DecodesEveryPadding) {
  EXPECT_EQ(decode_base64("YWJj"), "abc");
  EXPECT_EQ(decode_base64("YWI="), "ab");
  EXPECT_EQ(decode_base64("YQ=="), "a");
  EXPECT_EQ(decode_base64("+/+/"), "\xFB\xFF\xBF");
}

TEST(Base64, RefusesEverythingElse) {
  for (const char* text : {"", "a", "ab", "abc", "a!==", "YQ=A", "=YQ=", "Y===", "====", "YWJj YWJj", "YWJj\n"}) {
    EXPECT_FALSE(decode_base64(text)) << text;
  }
}

TEST(Base64, AutoDecodesLowerCaseHexOnly) {
  EXPECT_EQ(decode_base64_if_likely("abcd"), decode_base64("abcd"));
  EXPECT_EQ(decode_base64_if_likely("abc"), decode_base64("abc="));
  EXPECT_EQ(decode_base64_if_likely("ab"), decode_base64("ab=="));
  EXPECT_EQ(decode_base64_if_likely("a"), "a");
  EXPECT_EQ(decode_base64_if_likely("ABCD"), "ABCD");
  EXPECT_EQ(decode_base64_if_likely("YWJj"), "YWJj");
  EXPECT_EQ(decode_base64_if_likely(""), "");
}

}  // namespace
}  // namespace tandem::config
