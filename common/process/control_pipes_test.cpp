#include "common/process/control_pipes.hpp"

#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <future>

#include "common/process/test_support.hpp"

namespace tandem::process {
namespace {

using namespace std::chrono_literals;

class ControlPipesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char folder[] = "/tmp/tandem-pipes-XXXXXX";
    ASSERT_NE(::mkdtemp(folder), nullptr);
    folder_ = folder;
    path_ = folder_ + "/exabgp";
    ASSERT_EQ(::mkfifo((path_ + ".in").c_str(), 0600), 0);
    ASSERT_EQ(::mkfifo((path_ + ".out").c_str(), 0600), 0);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  static bool say(const ControlPipes& daemon, const std::string& text) {
    return ::write(daemon.answers.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
  }
  // As the program: opening waits for a writer, reading for an end of file.
  [[nodiscard]] std::string cat() const {
    const base::UniqueFd out(::open((path_ + ".out").c_str(), O_RDONLY | O_CLOEXEC));
    return test::read_to_end(out.get());
  }
  std::string folder_, path_;
  PosixHost host_;
};

TEST_F(ControlPipesTest, AreFoundInTheFirstFolderThatHasBoth) {
  const auto only = [](const std::string& wanted) {
    return [wanted](const std::string& path) { return path == wanted + ".in" || path == wanted + ".out"; };
  };
  EXPECT_EQ(find_control_pipes("/opt/x", 7, "exabgp", only("/run/7/exabgp")), "/run/7/exabgp");
  EXPECT_EQ(find_control_pipes("/opt/x", 7, "exabgp", only("/opt/x/var/run/exabgp")), "/opt/x/var/run/exabgp");
  EXPECT_EQ(find_control_pipes("/opt/x", 7, "exabgp", [](const std::string& path) { return path.ends_with(".in"); }), std::nullopt);
  EXPECT_EQ(find_control_pipes("/", 7, path_), path_) << "a path is one already";
  EXPECT_EQ(find_control_pipes("/", 7, path_ + "x"), std::nullopt);
}

TEST_F(ControlPipesTest, AClientWithoutADaemonIsToldInTime) {
  const auto connected = connect_control_pipes(path_, 50ms);
  ASSERT_FALSE(connected);
  EXPECT_NE(connected.error().reason().find("nobody reads"), std::string::npos) << connected.error().reason();
}

TEST_F(ControlPipesTest, ADaemonOpensThemWithoutAClient) {
  const auto daemon = host_.open_control_pipes(path_);
  ASSERT_TRUE(daemon);
  char octet = 0;
  EXPECT_EQ(::read(daemon->commands.get(), &octet, 1), -1) << "no end of file, no wait";
}

// `echo COMMAND >NAME.in; cat NAME.out` of a shell.
TEST_F(ControlPipesTest, WhoeverReadsAnAnswerGetsAnEndOfFileBehindIt) {
  const auto daemon = host_.open_control_pipes(path_);
  ASSERT_TRUE(daemon);
  for (const std::string answer : {"first\ndone\n", "second\ndone\n"}) {
    ASSERT_TRUE(say(*daemon, answer));
    EXPECT_EQ(cat(), answer);
  }
  auto early = std::async(std::launch::async, [this] { return cat(); });
  ASSERT_TRUE(say(*daemon, "third\n"));
  ASSERT_TRUE(say(*daemon, "done\n"));
  EXPECT_EQ(early.get(), "third\ndone\n") << "opened before there is an answer";
}

// Whoever comes later asks something else.
TEST_F(ControlPipesTest, NothingWaitsInThePipeForAReaderWhoIsNotThere) {
  const auto daemon = host_.open_control_pipes(path_);
  ASSERT_TRUE(daemon);
  ASSERT_TRUE(say(*daemon, "done\n"));
  EXPECT_EQ(::open((path_ + ".out").c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC), -1) << "somebody holds an end that can be read from";
  EXPECT_EQ(errno, ENXIO);
  EXPECT_EQ(cat(), "done\n") << "it waits with the daemon";
}

TEST_F(ControlPipesTest, WhatAReaderHasLeftIsForNobodyElse) {
  const auto daemon = host_.open_control_pipes(path_);
  ASSERT_TRUE(daemon);
  base::UniqueFd reader(::open((path_ + ".out").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  std::string all;
  for (int i = 0; i < 200'000; ++i) all += "line\n";  // more than a pipe holds
  std::size_t said = 0;
  const auto end = std::chrono::steady_clock::now() + 20s;
  for (int full = 0; full < 50 && std::chrono::steady_clock::now() < end;) {
    const ssize_t count = ::write(daemon->answers.get(), all.data() + said, all.size() - said);
    if (count > 0) said += static_cast<std::size_t>(count);
    else full += ::poll(nullptr, 0, 2) == 0 ? 1 : 0;
  }
  ASSERT_LT(said, all.size()) << "bounded";
  reader.reset();
  ASSERT_TRUE(test::wait_for(daemon->answers.get(), POLLOUT));
  ASSERT_TRUE(say(*daemon, "mine\n"));
  EXPECT_TRUE(cat().ends_with("mine\n"));
}

TEST_F(ControlPipesTest, AnotherHostInThisProcessGoesOnWithWhatWaits) {
  auto first = std::make_unique<PosixHost>();
  const auto daemon = first->open_control_pipes(path_);
  ASSERT_TRUE(daemon);
  first.reset();
  host_.adopt_answers(path_, daemon->answers.get());
  ASSERT_TRUE(say(*daemon, "done\n"));
  EXPECT_EQ(cat(), "done\n");
}

TEST_F(ControlPipesTest, AClientReadsNothingThatWasMeantForAnother) {
  const auto daemon = host_.open_control_pipes(path_);
  ASSERT_TRUE(daemon);
  ASSERT_EQ(::write(daemon->answers.get(), "old\n", 4), 4);
  const auto client = connect_control_pipes(path_, 1s);
  ASSERT_TRUE(client);
  char octets[16];
  EXPECT_EQ(::read(client->answers.get(), octets, sizeof octets), -1);
  const auto second = connect_control_pipes(path_, 50ms);
  ASSERT_FALSE(second) << "one at a time";
  EXPECT_NE(second.error().reason().find("another client"), std::string::npos);
}

TEST_F(ControlPipesTest, OtherFilesAreRefused) {
  ASSERT_EQ(::unlink((path_ + ".out").c_str()), 0);
  EXPECT_FALSE(host_.open_control_pipes(path_)) << "missing";
  ASSERT_EQ(::mkdir((path_ + ".out").c_str(), 0700), 0);
  EXPECT_FALSE(host_.open_control_pipes(path_));
}

}  // namespace
}  // namespace tandem::process
