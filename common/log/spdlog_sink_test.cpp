#include "common/log/spdlog_sink.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "common/base/unique_fd.hpp"

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
  // What is in the file once everything that was said has been written.
  std::string text(SpdlogSink& sink, const std::string& name = "log") {
    sink.flush();
    std::ifstream file(directory_ / name);
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
  EXPECT_EQ(text(*sink.value()), "info     network       connected to 10.0.0.1\\nforged\n");
}

TEST_F(LogFile, LongLinesAddTimeAndProcess) {
  options_.short_form = false;
  auto sink = SpdlogSink::open(options_);
  ASSERT_TRUE(sink.has_value());
  sink.value()->write(LogCategory::daemon, LogLevel::warning, "x");
  EXPECT_THAT(text(*sink.value()), ::testing::MatchesRegex("[0-9-]+ [0-9:.]+ [0-9]+ +warning +daemon +x\n"));
}

TEST_F(LogFile, CategoriesThatAreOffAndLowerLevelsAreSilent) {
  auto sink = SpdlogSink::open(options_);
  ASSERT_TRUE(sink.has_value());
  base::set_log_sink(sink.value().get());
  options_.categories[static_cast<std::size_t>(LogCategory::packets)] = false;
  apply_thresholds(options_);
  base::log(LogCategory::packets, LogLevel::error, "off");
  base::log(LogCategory::network, LogLevel::debug, "too low");
  EXPECT_EQ(text(*sink.value()), "");
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
  const auto sink = SpdlogSink::open(options_);
  ASSERT_FALSE(sink.has_value());
  EXPECT_THAT(sink.error().reason(), HasSubstr("log.destination " + options_.destination + ": there is no folder " + (directory_ / "missing").string()));
  EXPECT_FALSE(fs::exists(directory_ / "missing"));
  options_.destination = directory_.string();
  EXPECT_THAT(SpdlogSink::open(options_).error().reason(), HasSubstr("Is a directory"));
  options_.destination = "host:syslog.example";
  EXPECT_THAT(SpdlogSink::open(options_).error().reason(), HasSubstr("an IPv4 or IPv6 address is expected"));
}

TEST_F(LogFile, ThatWasMovedAwayIsFollowedByANewOneWithoutBeingAsked) {
  auto sink = SpdlogSink::open(options_);
  ASSERT_TRUE(sink.has_value());
  sink.value()->write(LogCategory::daemon, LogLevel::info, "before");
  EXPECT_THAT(text(*sink.value()), HasSubstr("before"));
  fs::rename(directory_ / "log", directory_ / "log.1");
  sink.value()->write(LogCategory::daemon, LogLevel::info, "behind");
  EXPECT_THAT(text(*sink.value()), ::testing::AllOf(HasSubstr("behind"), ::testing::Not(HasSubstr("before"))));
  EXPECT_THAT(text(*sink.value(), "log.1"), ::testing::Not(HasSubstr("behind")));
}

TEST_F(LogFile, IsOpenedAgainAtOnceWhenAskedAndOnlyWhenItIsAnotherFile) {
  auto sink = SpdlogSink::open(options_);
  ASSERT_TRUE(sink.has_value());
  ASSERT_TRUE(sink.value()->open_again());
  fs::rename(directory_ / "log", directory_ / "log.1");
  ASSERT_TRUE(sink.value()->open_again());
  EXPECT_TRUE(fs::exists(directory_ / "log"));
  sink.value()->write(LogCategory::daemon, LogLevel::info, "behind");
  EXPECT_THAT(text(*sink.value()), HasSubstr("behind"));
  EXPECT_EQ(text(*sink.value(), "log.1"), "");
}

TEST_F(LogFile, ThatCannotBeOpenedAgainIsSaidOnceAndTheOldOneGoesOn) {
  auto sink = SpdlogSink::open(options_);
  ASSERT_TRUE(sink.has_value());
  fs::rename(directory_ / "log", directory_ / "log.1");
  fs::create_directory(directory_ / "log");  // what nobody can open, root included
  const auto again = sink.value()->open_again();
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().reason(), HasSubstr("Is a directory"));
  sink.value()->write(LogCategory::daemon, LogLevel::info, "one");
  sink.value()->flush();
  sink.value()->write(LogCategory::daemon, LogLevel::info, "two");
  const std::string old = text(*sink.value(), "log.1");
  EXPECT_THAT(old, ::testing::AllOf(HasSubstr("one\n"), HasSubstr("two\n")));
  const std::size_t said = old.find("the file that is open goes on");
  ASSERT_NE(said, std::string::npos) << old;
  EXPECT_EQ(old.find("the file that is open goes on", said + 1), std::string::npos) << old;
}

TEST_F(LogFile, LinesThatAreRepeatedAreCounted) {
  {
    auto sink = SpdlogSink::open(options_);
    ASSERT_TRUE(sink.has_value());
    for (int i = 0; i < 3; ++i) sink.value()->write(LogCategory::daemon, LogLevel::info, "again");
  }
  std::ifstream file(directory_ / "log");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}),
            "info     daemon        again\ninfo     daemon        again (2 more times)\n");
}

TEST_F(LogFile, LinesThatWaitForTheThreadAreWrittenAtTheLatestAtTheEnd) {
  {
    auto sink = SpdlogSink::open(options_);
    ASSERT_TRUE(sink.has_value());
    sink.value()->write(LogCategory::daemon, LogLevel::info, "early");
  }
  std::ifstream file(directory_ / "log");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "info     daemon        early\n");
}

// A pipe that is full and that nobody reads, as of a paused `less`.
class FullPipe : public ::testing::Test {
 protected:
  void SetUp() override {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    read_.reset(ends[0]);
    write_.reset(ends[1]);
    ASSERT_GE(::fcntl(write_.get(), F_SETPIPE_SZ, 4096), 0);
    ASSERT_EQ(::write(write_.get(), std::string(4096, '.').data(), 4096), 4096);
  }
  // Reads until the text ends with `end`.
  std::string read_until(const std::string& end) {
    std::string text;
    char buffer[4096];
    while (!text.ends_with(end)) {
      const ssize_t count = ::read(read_.get(), buffer, sizeof buffer);
      if (count <= 0) break;
      text.append(buffer, static_cast<std::size_t>(count));
    }
    return text;
  }
  base::UniqueFd read_;
  base::UniqueFd write_;
};

TEST_F(FullPipe, NeverHoldsUpWhoeverLogsAndDroppedLinesAreToldInTheirPlace) {
  constexpr std::size_t k_octets = 1000;
  auto sink = SpdlogSink::to_descriptor(write_.get(), true, k_octets);
  sink->start();
  // The first line is in the writer's hands, or will be, the others fill the queue. This would block for ever if it could.
  for (int i = 0; i < 1000; ++i) sink->write(LogCategory::daemon, LogLevel::info, std::to_string(i) + " line");
  EXPECT_EQ(::fcntl(write_.get(), F_GETFL) & O_NONBLOCK, 0) << "others share this descriptor";
  // The writer may take what waits in several portions, and lines may be dropped between any two of them.
  const std::string note = " log lines were dropped, the log is read too slowly\n";
  std::string text;
  std::size_t lines = 0;
  std::size_t dropped = 0;
  while (lines + dropped < 1000) {
    const std::string portion = read_until("\n");
    ASSERT_FALSE(portion.empty()) << text;
    text += portion;
    lines = 0;
    dropped = 0;
    for (std::size_t at = 0; (at = text.find(" line\n", at)) != std::string::npos; ++at) ++lines;
    for (std::size_t at = 0; (at = text.find(note, at)) != std::string::npos; ++at) {
      dropped += std::stoul(text.substr(text.rfind(' ', at - 1) + 1));
    }
  }
  EXPECT_EQ(lines + dropped, 1000U) << text;
  EXPECT_GT(dropped, 0U);
  sink->write(LogCategory::daemon, LogLevel::info, "later");
  text += read_until("later\n");
  EXPECT_GT(text.find("later\n"), text.rfind(note));
  EXPECT_GT(lines, 0U);
}

TEST_F(FullPipe, DoesNotHoldUpTheEnd) {
  const auto begin = std::chrono::steady_clock::now();
  {
    auto sink = SpdlogSink::to_descriptor(write_.get(), true);
    sink->start();
    sink->write(LogCategory::daemon, LogLevel::info, "never read");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  read_.reset();  // and the thread ends, before its descriptor does
}

}  // namespace
}  // namespace tandem::log
