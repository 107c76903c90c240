#include "common/config/secrets.hpp"

#include <gtest/gtest.h>

namespace tandem::config {
namespace {

TEST(WithoutSecrets, LeavesEverythingElseAsItIs) {
  const std::string text = "neighbor 10.0.0.1 {\n  description \"no password-like word is one\";\n  router-id 1.2.3.4;\n}\n";
  EXPECT_EQ(without_secrets(text), text);
  EXPECT_EQ(without_secrets(""), "");
}

TEST(WithoutSecrets, TakesThePasswordsOfBothKindsInEveryForm) {
  for (const std::string value : {"s3cret", "\"s3cret\"", "'s3cret'", "\"two s3cret words; and } more\"", "\"s3cret with \\\" in it\""}) {
    for (const std::string keyword : {"md5-password ", "md5-password\t", "tcp-ao { password ", "# md5-password ", "md5-password \\\n "}) {
      const std::string clean = without_secrets(keyword + value + ";\n  hold-time 30;\n");
      EXPECT_EQ(clean.find("s3cret"), std::string::npos) << keyword << value;
      EXPECT_NE(clean.find(";\n  hold-time 30;\n"), std::string::npos) << clean;
    }
  }
}

TEST(WithoutSecrets, EqualOnesStayEqualAndOthersDifferent) {
  const auto clean = [](const std::string& value) { return without_secrets("md5-password " + value + ";"); };
  EXPECT_EQ(clean("a"), clean("a"));
  EXPECT_EQ(clean("a"), clean("\"a\"").replace(13, 1, "").replace(21, 1, ""));
  EXPECT_NE(clean("a"), clean("b"));
  EXPECT_EQ(clean("\"\""), "md5-password \"\";") << "no password stays none";
}

TEST(WithoutSecrets, SurvivesBeingCutAnywhere) {
  const std::string text = "md5-password \"a\\\"b\";";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const std::string clean = without_secrets(text.substr(0, size));
    EXPECT_EQ(clean.substr(0, std::min<std::size_t>(size, 13)), text.substr(0, std::min<std::size_t>(size, 13)));
  }
}

}  // namespace
}  // namespace tandem::config
