// Who is at rest: a program that is blocked, alone, and that nobody but us can wake.
#include "common/process/rest_probe.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <string_view>

#include "common/process/spawn.hpp"

namespace tandem::process {
namespace {

// A shell that runs `script`, and what the probe says of it.
class Shell {
 public:
  explicit Shell(std::string script, bool take_errors = false) {
    auto spawned = spawn_program({"p", {"/bin/sh", "-c", std::move(script)}, take_errors});
    EXPECT_TRUE(spawned);
    if (!spawned) return;
    spawned_ = std::move(*spawned);
    probe_ = RestProbe::open(AdoptedChild(spawned_));
    EXPECT_TRUE(probe_.has_value());
  }
  ~Shell() {
    if (spawned_.pid == 0) return;
    ::kill(-static_cast<pid_t>(spawned_.pid), SIGKILL);
    ::waitpid(static_cast<pid_t>(spawned_.pid), nullptr, 0);
  }
  [[nodiscard]] Rest rest() { return probe_->at_rest(spawned_.output.get()); }
  // It comes to be so.
  [[nodiscard]] bool becomes(Rest wanted) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < end) {
      if (rest() == wanted) return true;
    }
    return false;
  }
  // What it writes to its standard error fills the pipe, so that the next write blocks.
  [[nodiscard]] bool becomes_full() {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    for (int waiting = 0; std::chrono::steady_clock::now() < end;) {
      if (::ioctl(spawned_.errors.get(), FIONREAD, &waiting) == 0 && waiting >= 60'000) return true;
    }
    return false;
  }
  // Until it has said a line, which is taken out of the pipe.
  void hear() {
    char octet = 0;
    while (octet != '\n') {
      if (::read(spawned_.output.get(), &octet, 1) < 0 && errno != EAGAIN && errno != EINTR) return;
    }
  }
  void say(std::string_view text) { EXPECT_EQ(::write(spawned_.input.get(), text.data(), text.size()), static_cast<ssize_t>(text.size())); }
  void end() {
    ::kill(static_cast<pid_t>(spawned_.pid), SIGKILL);
    ::waitpid(static_cast<pid_t>(std::exchange(spawned_.pid, 0)), nullptr, 0);
  }

 private:
  Spawned spawned_;
  std::optional<RestProbe> probe_;
};

TEST(RestProbe, AProgramThatWaitsForUsIsAtRest) {
  Shell shell("echo ready; read line; echo said; read line");
  shell.hear();
  EXPECT_TRUE(shell.becomes(Rest::yes));
  shell.say("go on\n");
  shell.hear();
  EXPECT_TRUE(shell.becomes(Rest::yes));
}

TEST(RestProbe, WhatItHasSaidAndNobodyHasReadKeepsItFromThat) {
  Shell shell("echo ready; read line; echo one; read line");
  shell.hear();
  EXPECT_TRUE(shell.becomes(Rest::yes));
  shell.say("go on\n");
  EXPECT_TRUE(shell.becomes(Rest::no));
  for (int i = 0; i < 1000; ++i) ASSERT_NE(shell.rest(), Rest::yes);
  shell.hear();
  EXPECT_TRUE(shell.becomes(Rest::yes));
}

TEST(RestProbe, AProgramThatComputesIsNot) {
  Shell shell("echo ready; while :; do :; done");
  shell.hear();
  for (int i = 0; i < 1000; ++i) ASSERT_NE(shell.rest(), Rest::yes);
}

// The second of two lines may be behind it.
TEST(RestProbe, AProgramThatAWriteHoldsUpIsNot) {
  Shell shell("echo ready; read line; while :; do echo complaint >&2; done", true);
  shell.hear();
  EXPECT_TRUE(shell.becomes(Rest::yes));
  shell.say("go on\n");
  ASSERT_TRUE(shell.becomes_full());
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(shell.rest(), Rest::no);
}

TEST(RestProbe, OfOneWithAChildNobodyCanTell) {
  Shell shell("sleep 1000 & echo ready; read line");
  shell.hear();
  EXPECT_TRUE(shell.becomes(Rest::unknown));
  for (int i = 0; i < 100; ++i) ASSERT_NE(shell.rest(), Rest::yes);
}

TEST(RestProbe, NorOfOneThatSomebodyElseFeeds) {
  const std::string fifo = "/tmp/tandem-rest-probe-" + std::to_string(::getpid());
  Shell shell("mkfifo " + fifo + "; exec 7<>" + fifo + "; rm " + fifo + "; echo ready; read line");
  shell.hear();
  EXPECT_TRUE(shell.becomes(Rest::unknown));
  for (int i = 0; i < 100; ++i) ASSERT_NE(shell.rest(), Rest::yes);
}

TEST(RestProbe, RegularFilesAndTheNullDeviceFeedNobody) {
  Shell shell("exec 7</dev/null 8</bin/sh 9<&0; echo ready; read line");
  shell.hear();
  EXPECT_TRUE(shell.becomes(Rest::yes));
}

TEST(RestProbe, OneThatHasEndedTellsNothing) {
  Shell shell("echo ready; read line");
  shell.hear();
  shell.end();
  EXPECT_EQ(shell.rest(), Rest::unknown);
}

}  // namespace
}  // namespace tandem::process
