#include "common/recorder/file_recordings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace tandem::recorder {
namespace {

namespace fs = std::filesystem;

class FileRecordingsTest : public ::testing::Test {
 protected:
  FileRecordingsTest() {
    std::string pattern = (fs::temp_directory_path() / "tandem-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) directory_ = pattern;
  }
  ~FileRecordingsTest() override {
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
  }
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory_)) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }
  std::string directory_;
};

base::TimePoint at(int ms) { return base::TimePoint(std::chrono::milliseconds(ms)); }

TEST_F(FileRecordingsTest, TheNextFileBeginsWhenOneIsFullAndTheOldestGoes) {
  FileRecordings recordings;
  recording::Recorder recorder;
  const auto opened = recordings.open({directory_ + "/r", 1, 2});
  ASSERT_TRUE(opened) << opened.error().reason();
  recorder.begin(recordings.current());
  for (int file = 1; file < 4; ++file) {
    for (int i = 0; !recordings.full(); ++i) recorder.round(at(i));
    EXPECT_TRUE(recorder.on()) << "nothing is lost meanwhile";
    const auto sink = recordings.next();
    ASSERT_TRUE(sink) << sink.error().reason();
    recorder.stop(recording::EndReason::full, "another file follows");
    recordings.close();
    recorder.begin(**sink);
  }
  EXPECT_EQ(recordings.facts().file, directory_ + "/r.4");
  EXPECT_TRUE(recordings.facts().on);
  recorder.stop(recording::EndReason::stopped, "");
  recordings.close();
  EXPECT_FALSE(recordings.facts().on);
  while (recordings.ending() > 0) std::this_thread::yield();
  EXPECT_EQ(files(), (std::vector<std::string>{"r.3", "r.4"}));
}

// A snapshot that is larger than a file may be would be followed by the next one at once, and so on.
TEST_F(FileRecordingsTest, WhatAFileBeginsWithIsFollowedByAsMuch) {
  FileRecordings recordings;
  recording::Recorder recorder;
  const auto opened = recordings.open({directory_ + "/r", 1, 2});
  ASSERT_TRUE(opened) << opened.error().reason();
  recorder.begin(recordings.current());
  const base::Buffer state(1'000'000, 7);
  recorder.snapshot(state, at(0));
  std::uint64_t octets = 0;
  for (int i = 0; !recordings.full(); ++i) {
    recorder.round(at(i));
    octets = recordings.facts().octets;
  }
  EXPECT_GE(octets, 2 * state.size());
}

TEST_F(FileRecordingsTest, OneThatCannotBeMadeLeavesTheOneThatIsWrittenAlone) {
  FileRecordings recordings;
  ASSERT_TRUE(recordings.open({directory_ + "/r", 0, 0}));
  const auto other = recordings.open({directory_ + "/none/r", 0, 0});
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().reason(), ::testing::HasSubstr("cannot record to " + directory_ + "/none/r: No such file or directory"));
  EXPECT_TRUE(recordings.facts().on);
  EXPECT_EQ(recordings.facts().file, directory_ + "/r");
}

TEST_F(FileRecordingsTest, WhereNoOtherFileCanBeMadeTheLastOneSaysSo) {
  FileRecordings recordings;
  recording::Recorder recorder;
  const auto opened = recordings.open({directory_ + "/r", 1, 2});
  ASSERT_TRUE(opened) << opened.error().reason();
  recorder.begin(recordings.current());
  for (int i = 0; !recordings.full(); ++i) recorder.round(at(i));
  fs::create_directory(directory_ + "/r.2");
  const auto other = recordings.next();
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().reason(), "no other file follows: cannot record to " + directory_ + "/r.2: File exists");
  EXPECT_TRUE(recorder.on());
  recorder.stop(recording::EndReason::full, other.error().reason());
  recordings.close();
  EXPECT_FALSE(recordings.facts().on);
  EXPECT_EQ(recordings.facts().ended, other.error().reason());
}

// What is there in the place of the oldest is a folder, which cannot be removed.
TEST_F(FileRecordingsTest, OneThatCannotBeRemovedHoldsUpNothing) {
  FileRecordings recordings;
  recording::Recorder recorder;
  const auto opened = recordings.open({directory_ + "/r", 1, 1});
  ASSERT_TRUE(opened) << opened.error().reason();
  recorder.begin(recordings.current());
  for (int i = 0; !recordings.full(); ++i) recorder.round(at(i));
  fs::rename(directory_ + "/r.1", directory_ + "/mine");
  fs::create_directory(directory_ + "/r.1");
  const auto sink = recordings.next();
  ASSERT_TRUE(sink) << sink.error().reason();
  recorder.begin(**sink);
  recordings.close();
  for (int i = 0; !recordings.full(); ++i) recorder.round(at(i));
  EXPECT_EQ(files(), (std::vector<std::string>{"mine", "r.1", "r.2"}));
  EXPECT_EQ(recordings.facts().ended, "");
}

}  // namespace
}  // namespace tandem::recorder
