#include "common/recorder/shadow_process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <thread>

#include "common/process/posix_host.hpp"
#include "common/recording/blocks.hpp"
#include "common/recording/owned.hpp"
#include "common/recording/reader.hpp"

namespace tandem::recorder {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// Knows whom it has started.
struct Host final : process::PosixHost {
  base::Result<process::Spawned> spawn(const process::SpawnPlan& plan) override {
    auto spawned = PosixHost::spawn(plan);
    if (spawned) pid = spawned->pid;
    return spawned;
  }
  std::int64_t pid = 0;
};

class ShadowProcessTest : public ::testing::Test {
 protected:
  ShadowProcessTest() {
    std::string pattern = (fs::temp_directory_path() / "tandem-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) directory_ = pattern;
  }
  ~ShadowProcessTest() override {
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
  }
  // What stands for the other engine: a shell that runs this in the folder.
  ProcessShadows::Plan runs(std::string script) {
    return [this, script = std::move(script)](const std::string& engine, const std::string& folder) -> base::Result<process::SpawnPlan> {
      folder_ = folder;
      if (engine == "none") return base::Error("engine none cannot begin");
      return process::SpawnPlan{engine, {"/bin/sh", "-c", "cd " + directory_ + "; " + script, "sh", folder}};
    };
  }
  // What it was given.
  [[nodiscard]] std::vector<recording::Owned> records() const {
    std::ifstream got(directory_ + "/got", std::ios::binary);
    recording::Reader reader(std::make_unique<recording::FileSource>([&got](std::span<std::uint8_t> into) -> base::Result<std::size_t> {
      got.read(reinterpret_cast<char*>(into.data()), static_cast<std::streamsize>(into.size()));
      return static_cast<std::size_t>(got.gcount());
    }));
    std::vector<recording::Owned> records;
    for (auto record = reader.next(); record && *record != nullptr; record = reader.next()) records.emplace_back(**record);
    return records;
  }
  void say(const base::Buffer& octets) const { std::ofstream(directory_ + "/said", std::ios::binary) << base::as_text(octets); }
  // Waits until it has ended, tells that, and waits for the thread that wrote to it.
  void end(ProcessShadows& shadows) {
    siginfo_t ended{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(host_.pid), &ended, WEXITED | WNOWAIT), 0);
    for (const process::ChildEnd& one : host_.reap()) shadows.child_ended(one);
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!shadows.in_the_way().empty() && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
    ASSERT_EQ(shadows.in_the_way(), "");
  }
  Host host_;
  std::string directory_;
  std::string folder_;  // for what the other engine puts there
};

base::ShadowReport differs() {
  base::ShadowReport report;
  report.verdict = "different";
  report.session = "neighbor 127.0.0.1 (out), connection 1";
  report.difference = "neighbor 127.0.0.1 (out), connection 1, message 2:\n  recorded  this\n  replayed  that\n";
  report.octets = 300;
  report.measured = {1.5, 0, 1e-3};
  report.last = true;
  return report;
}

// A block of what cannot be packed.
base::Buffer noise(std::size_t size) {
  base::Buffer octets(size);
  std::uint32_t state = 1;
  for (std::uint8_t& octet : octets) octet = static_cast<std::uint8_t>((state = state * 1664525 + 1013904223) >> 24);
  return octets;
}

TEST_F(ShadowProcessTest, IsGivenTheRecordsUntilItIsToldToStop) {
  ProcessShadows shadows(host_, runs("cat >got"));
  ASSERT_TRUE(shadows.start({"async", "sync"}));
  {
    recording::Recorder recorder;
    recorder.begin(shadows.sink(), recording::Purpose::shadow);
    recorder.round(base::TimePoint(std::chrono::seconds(1)));
    EXPECT_TRUE(shadows.facts().on);
    recorder.stop(recording::EndReason::stopped, "", recording::Purpose::shadow);
    shadows.stop("it was told to stop");
  }
  EXPECT_TRUE(shadows.facts().finishing);
  EXPECT_THAT(shadows.start({"async", "sync"}).error().reason(), HasSubstr("the shadow async is still coming to its end"));
  end(shadows);
  const base::ShadowFacts facts = shadows.facts();
  EXPECT_FALSE(facts.on || facts.finishing);
  EXPECT_EQ(facts.ended, "it was told to stop");
  EXPECT_EQ(facts.leader, "sync");
  const auto got = records();
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[0].kind(), recording::Kind::round);
  EXPECT_EQ(got[1].kind(), recording::Kind::end);
  EXPECT_TRUE(shadows.start({"async", "sync"})) << "another one may begin";
}

TEST_F(ShadowProcessTest, WhatItSaysIsKnownAndWhyItHasEnded) {
  say(to_frame(differs()));
  ProcessShadows shadows(host_, runs("cat said; exit 1"));
  ASSERT_TRUE(shadows.start({"async", "sync"}));
  end(shadows);
  const base::ShadowFacts facts = shadows.facts();
  EXPECT_EQ(facts.ended, "it differs, in neighbor 127.0.0.1 (out), connection 1");
  EXPECT_THAT(facts.said.difference, HasSubstr("replayed  that"));
  EXPECT_EQ(facts.said.octets, 300U);
  EXPECT_EQ(facts.said.measured, differs().measured);
  EXPECT_FALSE(shadows.sink().put(noise(10)));
}

TEST_F(ShadowProcessTest, OneThatReadsNothingEndsByItsBound) {
  ProcessShadows shadows(host_, runs("exec sleep 1000"), 256 * 1024);
  ASSERT_TRUE(shadows.start({"async", "sync"}));
  unsigned puts = 0;
  while (shadows.sink().put(noise(64 * 1024))) ASSERT_LT(++puts, 100U);
  EXPECT_GE(puts, 4U);
  const base::ShadowFacts facts = shadows.facts();
  EXPECT_FALSE(facts.on);
  EXPECT_THAT(facts.ended, HasSubstr("it does not keep up"));
  end(shadows);
  EXPECT_THAT(shadows.facts().ended, HasSubstr("it does not keep up"));
  EXPECT_FALSE(shadows.facts().finishing);
}

TEST_F(ShadowProcessTest, OneThatDiesIsKnownByTheSignal) {
  ProcessShadows shadows(host_, runs("kill -9 $$"));
  ASSERT_TRUE(shadows.start({"async", "sync"}));
  end(shadows);
  EXPECT_EQ(shadows.facts().ended, "signal 9 has ended it");
  EXPECT_FALSE(shadows.sink().put(noise(10)));
}

TEST_F(ShadowProcessTest, OneThatDiesLeavesNothingBehind) {
  ProcessShadows shadows(host_, runs("echo >$1/socket; kill -9 $$"));
  ASSERT_TRUE(shadows.start({"async", "sync"}));
  end(shadows);
  EXPECT_FALSE(fs::exists(folder_));
}

// The snapshot is made by a process of its own: nobody waits for it, and what happens meanwhile is behind it.
TEST_F(ShadowProcessTest, WhatTakesLongToMakeHoldsNobodyUp) {
  ProcessShadows shadows(host_, runs("cat >got"));
  ASSERT_TRUE(shadows.start({"async", "sync"}));
  const std::string told = directory_ + "/told";
  ASSERT_EQ(::mkfifo(told.c_str(), 0600), 0);
  {
    recording::Recorder recorder;
    recorder.begin(shadows.sink(), recording::Purpose::shadow);
    recorder.snapshot([told] {
      std::string word;
      std::ifstream(told) >> word;  // a fifo: it waits for the other side
      return base::Buffer(word.begin(), word.end());
    }, base::TimePoint(std::chrono::seconds(1)));
    recorder.round(base::TimePoint(std::chrono::seconds(2)));
    std::ofstream(told) << "state\n";
    recorder.stop(recording::EndReason::stopped, "", recording::Purpose::shadow);
    shadows.stop("it was told to stop");
  }
  end(shadows);
  const auto got = records();
  ASSERT_EQ(got.size(), 3U);
  EXPECT_EQ(base::as_text(got[0].view().octets), "state");
  EXPECT_EQ(got[1].view().at, base::TimePoint(std::chrono::seconds(2)));
  EXPECT_EQ(got[2].kind(), recording::Kind::end);
}

TEST_F(ShadowProcessTest, OneThatIsStoppedTwiceEndsAtOnce) {
  ProcessShadows shadows(host_, runs("exec sleep 1000"));
  ASSERT_TRUE(shadows.start({"async", "sync"}));
  EXPECT_TRUE(shadows.sink().put(noise(1024 * 1024)));
  shadows.stop("it was told to stop");
  EXPECT_TRUE(shadows.facts().finishing);
  EXPECT_EQ(shadows.in_the_way(), "the shadow async is still coming to its end: 'engine shadow stop' ends it at once");
  shadows.stop("it was told to stop");
  end(shadows);
  EXPECT_EQ(shadows.facts().ended, "it was told to stop");
  EXPECT_EQ(shadows.in_the_way(), "");
}

// Whoever puts records has the stack of a generator, perhaps: it is small.
TEST_F(ShadowProcessTest, ASmallStackIsEnough) {
  ProcessShadows shadows(host_, runs("exec cat >got"));
  ASSERT_TRUE(shadows.start({"async", "sync"}));
  bool was_put = false;
  std::function<void()> put = [&] { was_put = shadows.sink().put(noise(1000)); };
  pthread_attr_t attributes;
  ASSERT_EQ(::pthread_attr_init(&attributes), 0);
  ASSERT_EQ(::pthread_attr_setstacksize(&attributes, 64 * 1024), 0);
  pthread_t thread{};
  const auto run = [](void* what) -> void* { return (*static_cast<std::function<void()>*>(what))(), nullptr; };
  ASSERT_EQ(::pthread_create(&thread, &attributes, run, &put), 0);
  EXPECT_EQ(::pthread_join(thread, nullptr), 0);
  EXPECT_EQ(::pthread_attr_destroy(&attributes), 0);
  EXPECT_TRUE(was_put);
}

TEST_F(ShadowProcessTest, WhatCannotBeReadEndsIt) {
  say({0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3});
  ProcessShadows shadows(host_, runs("cat said; exec sleep 1000"));
  ASSERT_TRUE(shadows.start({"async", "sync"}));
  while (shadows.facts().on) ASSERT_FALSE(HasFailure());
  end(shadows);
  EXPECT_EQ(shadows.facts().ended, "what it says cannot be read");
}

// Reports in pieces, and one whose inside is cut.
TEST_F(ShadowProcessTest, AReportCountsWhenItIsThereAsAWhole) {
  base::ShadowReport report;
  report.verdict = "identical";
  base::Buffer octets = to_frame(report);
  const base::Buffer later = to_frame(differs());
  octets.insert(octets.end(), later.begin(), later.end() - 1);
  say(octets);
  ProcessShadows shadows(host_, runs("cat said"));
  ASSERT_TRUE(shadows.start({"async", "sync"}));
  end(shadows);
  EXPECT_EQ(shadows.facts().said.verdict, "identical");
  EXPECT_EQ(shadows.facts().ended, "it has ended, with status 0");
}

TEST_F(ShadowProcessTest, ThereIsOneAndOnlyWhatCanBegin) {
  ProcessShadows shadows(host_, runs("exec cat"));
  EXPECT_EQ(shadows.facts().engine, "");
  EXPECT_EQ(shadows.start({"none", "sync"}).error().reason(), "engine none cannot begin");
  ASSERT_TRUE(shadows.start({"async", "sync"}));
  EXPECT_EQ(shadows.start({"uring", "sync"}).error().reason(), "engine async is the shadow: 'engine shadow stop' ends it");
}

// The daemon ends: neither a full pipe nor one who hears no signal is waited for.
TEST_F(ShadowProcessTest, IsNotWaitedForAtTheEnd) {
  {
    ProcessShadows shadows(host_, runs("trap '' TERM; sleep 1000"));
    ASSERT_TRUE(shadows.start({"async", "sync"}));
    EXPECT_TRUE(shadows.sink().put(noise(1024 * 1024)));
  }
  siginfo_t ended{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(host_.pid), &ended, WEXITED), 0);
}

}  // namespace
}  // namespace tandem::recorder
