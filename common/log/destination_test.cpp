#include "common/log/destination.hpp"

#include <gtest/gtest.h>

namespace tandem::log {
namespace {

TEST(LogDestination, TheWordsOfTheSetting) {
  const auto kind = [](std::string_view text) { return parse_destination(text, "/home/x").kind; };
  EXPECT_EQ(kind("stdout"), Destination::standard_error);
  EXPECT_EQ(kind("stderr"), Destination::standard_error);
  EXPECT_EQ(kind("syslog"), Destination::syslog);
  EXPECT_EQ(parse_destination("host:10.0.0.1", "").argument, "10.0.0.1");
  EXPECT_EQ(parse_destination("file:a/b", "").argument, "a/b");
  EXPECT_EQ(parse_destination("/a/b", "").argument, "/a/b");
  EXPECT_EQ(parse_destination("~/b", "/home/x").argument, "/home/x/b");
  EXPECT_FALSE(parse_destination("nonsense", "").recognised);
}

}  // namespace
}  // namespace tandem::log
