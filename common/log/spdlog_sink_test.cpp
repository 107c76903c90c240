#include "common/log/spdlog_sink.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace tandem::log {
namespace {

namespace fs = std::filesystem;
using base::LogCategory;
using base::LogLevel;
using ::testing::HasSubstr;

std::string one_line(std::string_view text) {
  std::string out;
  append_one_line(out, text);
  return out;
}

TEST(LogLine, ControlCharactersCannotStartALineOrDriveATerminal) {
  EXPECT_EQ(one_line("a\nb\r\tc\x1b[31m"), "a\\nb\\r\\tc\\x1b[31m");
  EXPECT_EQ(one_line("a\x7f"), "a\\x7f");
  EXPECT_EQ(one_line("a\xC2\x9Bz"), "a\\xc2\\x9bz");
}

TEST(LogLine, Utf8IsKeptAndOtherOctetsAreEscaped) {
  EXPECT_EQ(one_line("caf\xC3\xA9"), "caf\xC3\xA9");
  EXPECT_EQ(one_line("caf\xE9"), "caf\\xe9");
}

TEST(LogDestination, TheWordsOfTheSpecification) {
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

class LogFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "tandem-log-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    options_.destination = "file:" + (directory_ / "log").string();
    options_.categories.fill(true);
  }
  void TearDown() override {
    base::set_log_sink(nullptr);
    for (std::size_t i = 0; i < base::k_log_categories; ++i) base::set_log_threshold(static_cast<LogCategory>(i), LogLevel::off);
    fs::remove_all(directory_);
  }
  std::string text() {
    std::ifstream file(directory_ / "log");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  fs::path directory_;
  Options options_;
};

TEST_F(LogFile, ShortLinesHaveLevelCategoryAndText) {
  auto sink = SpdlogSink::open(options_);
  ASSERT_TRUE(sink.has_value()) << sink.error().reason();
  base::set_log_sink(sink.value().get());
  apply_thresholds(options_);
  base::log(LogCategory::network, LogLevel::info, "connected to {}", "10.0.0.1\nforged");
  EXPECT_EQ(text(), "info     network       connected to 10.0.0.1\\nforged\n");
}

TEST_F(LogFile, LongLinesAddTimeAndProcess) {
  options_.short_form = false;
  auto sink = SpdlogSink::open(options_);
  ASSERT_TRUE(sink.has_value());
  sink.value()->write(LogCategory::daemon, LogLevel::warning, "x");
  EXPECT_THAT(text(), ::testing::MatchesRegex("[0-9-]+ [0-9:.]+ [0-9]+ +warning +daemon +x\n"));
}

TEST_F(LogFile, CategoriesThatAreOffAndLowerLevelsAreSilent) {
  auto sink = SpdlogSink::open(options_);
  ASSERT_TRUE(sink.has_value());
  base::set_log_sink(sink.value().get());
  options_.categories[static_cast<std::size_t>(LogCategory::packets)] = false;
  apply_thresholds(options_);
  base::log(LogCategory::packets, LogLevel::error, "off");
  base::log(LogCategory::network, LogLevel::debug, "too low");
  EXPECT_EQ(text(), "");
  options_.all = true;
  options_.level = LogLevel::debug;
  apply_thresholds(options_);
  EXPECT_TRUE(base::log_enabled(LogCategory::packets, LogLevel::debug));
  options_.enable = false;
  apply_thresholds(options_);
  EXPECT_FALSE(base::log_enabled(LogCategory::packets, LogLevel::critical));
}

TEST_F(LogFile, AnUnknownDestinationWarnsAndAnImpossibleOneFails) {
  options_.destination = (directory_ / "missing" / "log").string();
  // spdlog makes missing folders; below a file it cannot.
  std::ofstream(directory_ / "missing") << "";
  const auto sink = SpdlogSink::open(options_);
  ASSERT_FALSE(sink.has_value());
  EXPECT_THAT(sink.error().reason(), HasSubstr("log.destination " + options_.destination));
  options_.destination = "host:syslog.example";
  EXPECT_THAT(SpdlogSink::open(options_).error().reason(), HasSubstr("an IPv4 or IPv6 address is expected"));
}

}  // namespace
}  // namespace tandem::log
