#include "common/recorder/file_sink.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <thread>

#include "common/recording/blocks.hpp"
#include "common/recording/owned.hpp"

namespace tandem::recorder {
namespace {

using recording::EndReason;
using recording::Kind;

class FileSinkTest : public ::testing::Test {
 protected:
  FileSinkTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tandem-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) directory_ = pattern;
  }
  ~FileSinkTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  [[nodiscard]] std::string path() const { return directory_ + "/r"; }
  [[nodiscard]] std::unique_ptr<FileSink> open(FileOptions options) {
    options.path = path();
    auto sink = FileSink::open(options);
    EXPECT_TRUE(sink);
    return sink ? std::move(*sink) : nullptr;
  }
  [[nodiscard]] std::vector<recording::Owned> read() const {
    auto file = std::make_shared<std::ifstream>(path(), std::ios::binary);
    recording::Reader reader(std::make_unique<recording::FileSource>([file](std::span<std::uint8_t> into) -> base::Result<std::size_t> {
      file->read(reinterpret_cast<char*>(into.data()), static_cast<std::streamsize>(into.size()));
      return static_cast<std::size_t>(file->gcount());
    }));
    std::vector<recording::Owned> records;
    for (auto record = reader.next(); record && *record != nullptr; record = reader.next()) records.emplace_back(**record);
    return records;
  }
  std::string directory_;
};

base::TimePoint at(int ms) { return base::TimePoint(std::chrono::milliseconds(ms)); }

TEST_F(FileSinkTest, KeepsEverythingInItsOrder) {
  {
    const auto sink = open({});
    sink->start();
    recording::Recorder recorder(*sink);
    for (int i = 0; i < 10'000; ++i) recorder.round(at(i));
  }
  const auto records = read();
  ASSERT_EQ(records.size(), 10'001U);
  for (int i = 0; i < 10'000; ++i) EXPECT_EQ(records[static_cast<std::size_t>(i)].view().at, at(i));
  EXPECT_EQ(records.back().kind(), Kind::end);
  EXPECT_EQ(records.back().view().detail, static_cast<std::uint8_t>(EndReason::stopped));
}

TEST_F(FileSinkTest, PacksMuchWithLessEffortThanATrickle) {
  const auto packed_octets_each = [this](int lines) {
    std::string records;
    for (int i = 0; i < lines; ++i) records += "neighbor 10.0.0." + std::to_string(i % 250) + " route 192.0.2." + std::to_string(i * 7 % 256) + "/32\n";
    const std::unique_ptr<FileSink> sink = open({});
    EXPECT_TRUE(sink->put(base::as_bytes(records)));
    sink->start();
    sink->close();
    EXPECT_TRUE(sink->await_done(std::chrono::seconds(60)));
    std::filesystem::remove(path());
    return static_cast<double>(sink->status().file_octets) / static_cast<double>(records.size());
  };
  EXPECT_GT(packed_octets_each(20'000), 1.2 * packed_octets_each(2'000));
}

TEST_F(FileSinkTest, IsReadableByItsOwnerAlone) {
  const auto sink = open({});
  struct stat about {};
  ASSERT_EQ(::stat(path().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
}

TEST_F(FileSinkTest, DoesNotWriteOverAnotherRecording) {
  std::ofstream(path()) << "x";
  const auto sink = FileSink::open({.path = path()});
  ASSERT_FALSE(sink);
  EXPECT_EQ(sink.error().reason(), "cannot record to " + path() + ": File exists");
}

// The thread has not begun, which is as slow as a disk can be.
TEST_F(FileSinkTest, ADiskThatIsTooSlowEndsTheRecordingWithAMarker) {
  {
    const auto sink = open({.waiting_max = 1000});
    recording::Recorder recorder(*sink);
    int rounds = 0;
    while (recorder.on() && rounds < 10'000) recorder.round(at(rounds++));
    EXPECT_LT(rounds, 1000) << "what waits is bounded";
    EXPECT_FALSE(recorder.on());
    recorder.round(at(rounds));  // the daemon goes on
  }
  const auto records = read();
  ASSERT_FALSE(records.empty());
  EXPECT_EQ(records.back().kind(), Kind::end);
  EXPECT_EQ(records.back().view().detail, static_cast<std::uint8_t>(EndReason::too_slow));
}

// A pipe that nobody reads: the thread stands in a write and can do nothing else.
TEST_F(FileSinkTest, ADiskThatStandsStillEndsTheRecordingWithAMarkerWhenItGoesOn) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  auto sink = FileSink::adopt({.path = "a pipe", .waiting_max = 64 * 1024}, base::UniqueFd(ends[1]));
  const base::UniqueFd pipe(ends[0]);  // closed in front of the sink, which then does not wait for a reader
  ASSERT_GT(::fcntl(ends[1], F_SETPIPE_SZ, 4096), 0);
  sink->start();
  recording::Recorder recorder(*sink);
  std::uint64_t octets = 1;
  while (recorder.on()) {  // they cannot be packed
    octets = octets * 6364136223846793005U + 1442695040888963407U;
    recorder.received(1, {reinterpret_cast<const std::uint8_t*>(&octets), sizeof octets}, at(1));
    recorder.round(at(1));
  }
  EXPECT_THAT(sink->status().ended, ::testing::HasSubstr("octets wait to be written"));
  auto file = std::async(std::launch::async, [&pipe] {
    base::Buffer all;
    std::uint8_t part[4096];
    for (ssize_t count = 0; (count = ::read(pipe.get(), part, sizeof part)) > 0;) all.insert(all.end(), part, part + count);
    return all;
  });
  sink.reset();
  const base::Buffer all = file.get();
  std::ofstream(path(), std::ios::binary).write(reinterpret_cast<const char*>(all.data()), static_cast<std::streamsize>(all.size()));
  const auto records = read();
  ASSERT_FALSE(records.empty());
  EXPECT_EQ(records.back().kind(), Kind::end);
  EXPECT_EQ(records.back().view().detail, static_cast<std::uint8_t>(EndReason::too_slow));
}

// Made in another process, so that nobody waits for it, in the place where it was put.
TEST_F(FileSinkTest, WhatTakesLongIsMadeOfWhatWasThereWhileEverybodyGoesOn) {
  std::string state = "as it was";
  const std::string told = directory_ + "/told";
  {
    const auto sink = open({.waiting_max = 1000});
    sink->start();
    recording::Recorder recorder(*sink);
    recorder.round(at(1));
    recorder.start(at(2));
    ASSERT_EQ(::mkfifo(told.c_str(), 0600), 0);
    recorder.snapshot([&state, told] {
      std::string word;
      std::ifstream(told) >> word;  // a fifo: it waits for the other side
      return base::Buffer(state.begin(), state.end());
    }, at(3));
    state = "as it is";
    recorder.round(at(4));
    std::ofstream(told) << "go\n";
    recorder.round(at(5));
  }
  const auto records = read();
  ASSERT_EQ(records.size(), 6U);
  constexpr Kind k_kinds[] = {Kind::round, Kind::start, Kind::snapshot, Kind::round, Kind::round, Kind::end};
  for (std::size_t i = 0; i < records.size(); ++i) EXPECT_EQ(records[i].kind(), k_kinds[i]);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(records[static_cast<std::size_t>(i)].view().at, at(i + 1));
  EXPECT_EQ(base::as_text(records[2].view().octets), "as it was");
}

TEST_F(FileSinkTest, WhatCannotBeMadeEndsTheRecordingWithAMarker) {
  {
    const auto sink = open({});
    sink->start();
    recording::Recorder recorder(*sink);
    recorder.start(at(1));
    recorder.snapshot([]() -> base::Buffer { ::_exit(3); }, at(2));
    for (int i = 0; recorder.on(); ++i) recorder.round(at(2 + i));
    EXPECT_EQ(sink->status().ended, "it could not be written (the process that was to write the state has ended)");
  }
  const auto records = read();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].kind(), Kind::start);
  EXPECT_EQ(records[1].view().detail, static_cast<std::uint8_t>(EndReason::failed));
}

TEST_F(FileSinkTest, ItsSizeIsBounded) {
  const auto sink = open({.size = 1});
  sink->start();
  recording::Recorder recorder(*sink);
  for (int i = 0; recorder.on(); ++i) recorder.round(at(i));
  EXPECT_THAT(sink->status().ended, ::testing::HasSubstr("as large as it may be"));
  EXPECT_LT(std::filesystem::file_size(path()), 8U * 1024 * 1024);
}

TEST_F(FileSinkTest, AFullDiskEndsTheRecordingAndNothingElse) {
  ASSERT_EQ(::symlink("/dev/full", path().c_str()), 0);
  const auto none = FileSink::open({.path = path()});
  EXPECT_FALSE(none) << "a link is not followed";
  const auto full = FileSink::adopt({.path = "/dev/full"}, base::UniqueFd(::open("/dev/full", O_WRONLY | O_CLOEXEC)));
  full->start();
  recording::Recorder recorder(*full);
  for (int i = 0; recorder.on(); ++i) recorder.round(at(i));
  EXPECT_EQ(full->status().ended, "it could not be written (No space left on device)");
}

// A disk of so many octets that only this process sees. What is in it goes with the process.
bool mount_disk(const std::string& folder, std::size_t octets) {
  const uid_t user = ::geteuid();
  const gid_t group = ::getegid();
  if (::unshare(user == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) != 0) return false;
  if (user != 0) {
    std::ofstream("/proc/self/setgroups") << "deny";
    std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
    std::ofstream("/proc/self/gid_map") << "0 " << group << " 1";
  }
  return ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("none", folder.c_str(), "tmpfs", 0, ("size=" + std::to_string(octets)).c_str()) == 0;
}

// Two blocks of octets that cannot be packed.
void record_two_blocks(const std::string& file, std::size_t octets) {
  auto sink = FileSink::open({.path = file});
  if (!sink) return;
  (*sink)->start();
  std::uint64_t state = 1;
  for (int block = 1; block <= 2; ++block) {
    base::Buffer noise(octets);
    for (std::uint8_t& octet : noise) octet = static_cast<std::uint8_t>((state = state * 6364136223846793005U + 1442695040888963407U) >> 56);
    base::Buffer record;
    recording::Encoder().append({.kind = Kind::received, .at = at(block), .channel = 1, .octets = noise}, record);
    const std::uint64_t wanted = (*sink)->status().file_octets + octets;
    if (!(*sink)->put(record)) return;
    while ((*sink)->status().file_octets < wanted && (*sink)->status().ended.empty()) std::this_thread::yield();
  }
}

// What is written would fit to the last octets of the disk. The record that says how it has ended has room all the same.
TEST_F(FileSinkTest, AFullDiskHasRoomForTheEnd) {
  constexpr std::size_t k_disk = 64 * 1024;
  constexpr std::size_t k_left = 16;
  std::size_t octets = k_disk / 4;
  record_two_blocks(path(), octets);
  octets += (k_disk - k_left - std::filesystem::file_size(path())) / 2;
  std::filesystem::remove(path());
  record_two_blocks(path(), octets);
  EXPECT_GT(std::filesystem::file_size(path()), k_disk - k_left - 2);
  std::filesystem::remove(path());
  const std::string disk = directory_ + "/disk";
  std::filesystem::create_directory(disk);
  const pid_t child = ::fork();
  if (child == 0) {
    if (!mount_disk(disk, k_disk)) ::_exit(2);
    record_two_blocks(disk + "/r", octets);
    std::ofstream(path(), std::ios::binary) << std::ifstream(disk + "/r", std::ios::binary).rdbuf();
    ::_exit(0);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0) << "no disk could be mounted";
  const auto records = read();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].kind(), Kind::received);
  EXPECT_EQ(records[1].kind(), Kind::end);
  EXPECT_EQ(base::as_text(records[1].view().octets), "No space left on device");
}

}  // namespace
}  // namespace tandem::recorder
