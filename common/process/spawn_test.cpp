#include "common/process/spawn.hpp"

#include <errno.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>

#include "common/process/test_support.hpp"

namespace tandem::process {
namespace {

using namespace test;
using ::testing::HasSubstr;

TEST(Spawn, AProgramGetsTwoPipesAndTheRootDirectory) {
  PosixHost host;
  auto spawned = host.spawn({"echo", {"/bin/sh", "-c", "pwd; read line; echo got $line"}});
  ASSERT_TRUE(spawned.has_value()) << spawned.error().reason();
  base::Outbox outbox;
  const std::string_view line = "hello\n";
  outbox.append({reinterpret_cast<const std::uint8_t*>(line.data()), line.size()});
  const IoResult written = write_some(spawned->input.get(), outbox);
  EXPECT_EQ(written.status, IoStatus::done);
  EXPECT_EQ(written.count, line.size());
  EXPECT_EQ(read_to_end(spawned->output.get()), "/\ngot hello\n");
  const ChildEnd end = wait_for_end(host, spawned->pid);
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.signal, 0);
  EXPECT_TRUE(host.reap().empty()) << "an end is told once";
}

TEST(Spawn, StandardErrorComesToWhoeverAsksForIt) {
  PosixHost host;
  auto spawned = host.spawn({"noisy", {"/bin/sh", "-c", "echo out; echo err >&2"}, true});
  ASSERT_TRUE(spawned.has_value());
  EXPECT_EQ(read_to_end(spawned->output.get()), "out\n");
  EXPECT_EQ(read_to_end(spawned->errors.get()), "err\n");
  EXPECT_NE(::fcntl(spawned->errors.get(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(::fcntl(spawned->errors.get(), F_GETFD) & FD_CLOEXEC, 0);
}

// As the program does that has taken the place of the one that spawned it, in the same process.
TEST(Spawn, AnotherHostGoesOnWithAProgram) {
  PosixHost first;
  auto spawned = first.spawn({"waiting", {"/bin/sh", "-c", "read line; exit 4"}});
  ASSERT_TRUE(spawned.has_value()) << spawned.error().reason();
  PosixHost second;
  second.adopt_child(AdoptedChild(*spawned));
  Rest rest = Rest::no;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (rest == Rest::no && std::chrono::steady_clock::now() < end) rest = second.at_rest(spawned->pid, spawned->output.get());
  EXPECT_EQ(rest, Rest::yes);
  spawned->input.reset();
  EXPECT_EQ(wait_for_end(second, spawned->pid).exit_code, 4);
}

// A process of its own, as one that orphans come to stays that.
TEST(Reap, CollectsOrphansWhereTheyComeToUsAndTellsOfProgramsAlone) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    PosixHost host;
    bool right = ::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0;
    auto spawned = host.spawn({"parent", {"/bin/sh", "-c", "(setsid true &); (setsid true &); exit 3"}});
    right = right && spawned.has_value();
    int ends = 0;
    siginfo_t info{};
    while (right && ::waitid(P_ALL, 0, &info, WEXITED | WNOWAIT) == 0) {  // until there is no child of any kind
      for (const ChildEnd& end : host.reap()) {
        ++ends;
        right = right && end.pid == spawned->pid && end.exit_code == 3;
      }
    }
    ::_exit(right && ends == 1 ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_EQ(status, 0);
}

TEST(Spawn, OnlyAnErrorAboutPermissionNamesTheUser) {
  const auto missing = spawn_program({"p", {"/no/such/program"}}, "nobody");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().reason(), "posix_spawn(/no/such/program): No such file or directory");
  const auto denied = spawn_program({"p", {"/"}}, "nobody");
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().reason(), "posix_spawn(/): Permission denied (as user 'nobody', see the setting daemon.user)");
}

TEST(Spawn, OnlyTheDaemonsEndsAreNonBlocking) {
  PosixHost host;
  auto spawned = host.spawn({"cat", {"/bin/cat"}});
  ASSERT_TRUE(spawned.has_value());
  EXPECT_NE(::fcntl(spawned->input.get(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(::fcntl(spawned->output.get(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(::fcntl(spawned->output.get(), F_GETFD) & FD_CLOEXEC, 0);
  EXPECT_EQ(shell_output(host, "grep flags /proc/self/fdinfo/1 | grep -c '4001$'"), "0\n");
}

TEST(Spawn, TheEnvironmentHasADumbTerminalAndNoCliPipe) {
  ::setenv("exabgp_cli_pipe", "/somewhere", 1);
  ::setenv("TANDEM_TEST_VALUE", "kept", 1);
  PosixHost host;
  EXPECT_EQ(shell_output(host, "echo $TERM/$exabgp_cli_pipe/$TANDEM_TEST_VALUE"), "dumb//kept\n");
  ::unsetenv("exabgp_cli_pipe");
}

TEST(Spawn, OtherDescriptorsAreClosedEvenThoseThatWouldSurviveExec) {
  PosixHost host;
  base::UniqueFd leaky(::open("/dev/null", O_RDONLY));  // no O_CLOEXEC
  ASSERT_GT(leaky.get(), 2);
  EXPECT_EQ(shell_output(host, "test -e /proc/self/fd/" + std::to_string(leaky.get()) + " && echo open || echo closed"), "closed\n");
}

TEST(Spawn, SignalsAreUnblockedAndAtTheirDefaults) {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  ::sigaddset(&set, SIGUSR1);
  sigset_t before;
  ::pthread_sigmask(SIG_BLOCK, &set, &before);
  auto* old = ::signal(SIGPIPE, SIG_IGN);
  PosixHost host;
  // The lowest 31 bits: glibc's posix_spawn leaves the two signals that it keeps for itself (32 and 33) ignored.
  EXPECT_THAT(shell_output(host, "exec grep -E '^Sig(Blk|Ign)' /proc/self/status"),
              ::testing::MatchesRegex("SigBlk:\t0+\nSigIgn:\t0000000[01]80000000\n|SigBlk:\t0+\nSigIgn:\t0+\n"));
  ::signal(SIGPIPE, old);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST(Spawn, ASignalReachesTheWholeGroupAndIsToldAsTheCauseOfTheEnd) {
  PosixHost host;
  auto spawned = host.spawn({"group", {"/bin/sh", "-c", "sleep 1000 & echo ready; wait"}});
  ASSERT_TRUE(spawned.has_value());
  std::array<std::uint8_t, 16> buffer{};
  ASSERT_TRUE(wait_for(spawned->output.get(), POLLIN));
  (void)read_some(spawned->output.get(), buffer);
  host.send_signal(spawned->pid, SIGTERM);
  const ChildEnd end = wait_for_end(host, spawned->pid);
  EXPECT_EQ(end.signal, SIGTERM);
  EXPECT_EQ(end.exit_code, -1);
  EXPECT_EQ(read_to_end(spawned->output.get()), "") << "the sleeper held the pipe, and is gone as well";
}

TEST(Spawn, WhatAProgramLeavesBehindCanBeFoundAndSignalled) {
  PosixHost host;
  auto spawned = host.spawn({"left", {"/bin/sh", "-c", "sleep 1000 & exit 7"}});
  ASSERT_TRUE(spawned.has_value());
  const ChildEnd end = wait_for_end(host, spawned->pid);
  EXPECT_EQ(end.exit_code, 7);
  EXPECT_TRUE(host.group_left(spawned->pid));
  host.send_signal(spawned->pid, SIGTERM);
  EXPECT_EQ(read_to_end(spawned->output.get()), "");
  auto alone = host.spawn({"alone", {"/bin/true"}});
  ASSERT_TRUE(alone.has_value());
  (void)wait_for_end(host, alone->pid);
  EXPECT_FALSE(host.group_left(alone->pid));
}

TEST(Spawn, AMissingProgramIsAnErrorThatNamesIt) {
  PosixHost host;
  auto spawned = host.spawn({"none", {"/nowhere/at-all"}});
  ASSERT_FALSE(spawned.has_value());
  EXPECT_EQ(spawned.error().reason(), "posix_spawn(/nowhere/at-all): No such file or directory");
  EXPECT_FALSE(host.spawn({"none", {}}).has_value());
}

}  // namespace
}  // namespace tandem::process
