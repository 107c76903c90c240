#include "common/log/repeats.hpp"

#include <gtest/gtest.h>

namespace tandem::log {
namespace {

using base::LogCategory;
using base::LogLevel;
using std::chrono::seconds;

struct RepeatedLines : ::testing::Test {
  Repeats repeats;
  Repeats::Time now{};
  std::vector<std::string> written;

  void log(std::string_view line, LogCategory category = LogCategory::network, LogLevel level = LogLevel::info) {
    const auto write = [this](LogCategory, LogLevel, std::string_view text) { written.emplace_back(text); };
    if (repeats.admit(category, level, line, now, write)) written.emplace_back(line);
  }
};

TEST_F(RepeatedLines, AreCountedAndTheCountIsToldWhenTheirTimeIsOver) {
  for (int i = 0; i < 50; ++i) log("a: refused");
  EXPECT_EQ(written, (std::vector<std::string>{"a: refused"}));
  now += Repeats::k_window;
  log("a: refused");
  EXPECT_EQ(written, (std::vector<std::string>{"a: refused", "a: refused (49 more times)", "a: refused"}));
}

// Programs wait for such lines.
TEST_F(RepeatedLines, ThatComeBackAfterSomethingElseAreWrittenAFewTimes) {
  for (int i = 0; i < 50; ++i) {
    log("a: up");
    log("a: down");
  }
  std::vector<std::string> expected;
  for (int i = 0; i < 5; ++i) expected.insert(expected.end(), {"a: up", "a: down"});
  EXPECT_EQ(written, expected);
  now += Repeats::k_window;
  log("a: up");
  expected.insert(expected.end(), {"a: up (45 more times)", "a: down (45 more times)", "a: up"});
  EXPECT_EQ(written, expected);
}

TEST_F(RepeatedLines, ThatDifferInAnythingAreWritten) {
  log("a");
  log("b");
  log("a", LogCategory::message);
  log("a", LogCategory::network, LogLevel::error);
  EXPECT_EQ(written.size(), 4U);
}

TEST_F(RepeatedLines, ComeBackOneByOneWhenTheyAreRare) {
  for (int i = 0; i < 3; ++i) {
    log("a");
    now += Repeats::k_window;
  }
  EXPECT_EQ(written, (std::vector<std::string>{"a", "a", "a"}));
}

TEST_F(RepeatedLines, OfDebuggingAreAllWritten) {
  log("a", LogCategory::packets, LogLevel::debug);
  log("a", LogCategory::packets, LogLevel::debug);
  EXPECT_EQ(written.size(), 2U);
}

TEST_F(RepeatedLines, AreNotRememberedWithoutEnd) {
  log("first");
  log("first");
  for (std::size_t i = 1; i < Repeats::k_lines; ++i) log(std::to_string(i));
  log("one more");
  EXPECT_EQ(written[written.size() - 2], "first (1 more time)");
  log("first");
  EXPECT_EQ(written.back(), "first") << "as if for the first time";
}

TEST_F(RepeatedLines, AreToldAtTheEnd) {
  log("a");
  log("a");
  repeats.tell_all([this](LogCategory, LogLevel, std::string_view text) { written.emplace_back(text); });
  EXPECT_EQ(written.back(), "a (1 more time)");
}

}  // namespace
}  // namespace tandem::log
