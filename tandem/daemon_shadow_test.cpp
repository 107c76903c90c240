// A daemon with another engine beside the one that leads: real sessions, real programs, and what becomes of it.
#include <sys/stat.h>

#include <fstream>

#include "tandem/shadowed_tandem.hpp"

namespace tandem::program {
namespace {

using ::testing::AllOf;
using ::testing::Not;

TEST_P(Shadowed, IsIdenticalUnderSessionsAndPrograms) {
  start();
  EXPECT_THAT(ask("engine shadow status"), HasSubstr("\"shadow\": false"));
  EXPECT_EQ(ask("engine shadow " + other()), "done\n");
  EXPECT_THAT(ask("engine shadow " + other()), HasSubstr(fmt::format("engine {} is the shadow", other())));
  for (int i = 0; i < 3; ++i) exchange(i);
  EXPECT_THAT(await("\"messages\": 3,"), AllOf(HasSubstr("\"shadow\": true"), HasSubstr("\"verdict\": \"identical\""), HasSubstr("\"sessions\": 1")));
  EXPECT_THAT(await("\"measured\": { \"leader\": {"), AllOf(HasSubstr("\"lag_99\""), HasSubstr("\"memory\"")));
  EXPECT_EQ(ask("engine shadow stop"), "done\n");
  const std::string ended = await("\"finishing\": false");
  EXPECT_THAT(ended, AllOf(HasSubstr("\"shadow\": false"), HasSubstr("\"ended\": \"it was told to stop\""), HasSubstr("\"verdict\": \"identical\""), Not(HasSubstr("\"line\""))));
  EXPECT_THAT(ask("engine shadow stop"), HasSubstr("there is no shadow"));
  EXPECT_EQ(ask("engine shadow " + other()), "done\n") << "another one may begin";
  exchange(7);
  EXPECT_FALSE(peer_->has_closed());
}

// Nobody waits for a pause.
TEST_P(Shadowed, WhatIsComparedIsSaidWhileTrafficGoesOn) {
  start();
  EXPECT_EQ(ask("engine shadow " + other()), "done\n");
  std::size_t compared = 0;
  std::string said;
  // Seven a second: the shadow, which has the least priority, may be late, and there is no pause of the two seconds in which it judges what is left.
  for (int i = 0; compared < 3 && i < 250 && !HasFailure(); ++i) {
    exchange(i);
    loopback_.run_for(150ms);
    said = ask("engine shadow status");
    const std::size_t at = said.find("\"messages\": ");
    compared = at == std::string::npos ? 0 : std::stoul(said.substr(at + 12));
  }
  EXPECT_GE(compared, 3U);
  EXPECT_THAT(said, AllOf(HasSubstr("\"shadow\": true"), HasSubstr("\"verdict\": \"identical\""), Not(HasSubstr("\"lines\": 0,"))));
}

TEST_P(Shadowed, IsShownAsTextWithBothEnginesSideBySide) {
  start();
  EXPECT_EQ(ask("engine shadow " + other()), "done\n");
  EXPECT_EQ(ask("session text enable"), "done\n");
  exchange(1);
  EXPECT_THAT(await("loop lag, 99 %"), AllOf(HasSubstr(fmt::format("shadow {} of {} since ", other(), GetParam())), HasSubstr("compared: "), HasSubstr("processor"), HasSubstr("memory"),
                                             HasSubstr("wake-ups")));
}

TEST_P(Shadowed, BeginsWithTheDaemonWhenTheSettingSaysSo) {
  start({"tandem_reactor_shadow=" + other()});
  exchange(1);
  EXPECT_THAT(await("\"sessions\": 1"), AllOf(HasSubstr("\"shadow\": true"), HasSubstr("\"verdict\": \"identical\"")));
}

TEST_P(Shadowed, ThatIsKilledIsSaidAndTheLeaderGoesOn) {
  start();
  EXPECT_EQ(ask("engine shadow " + other()), "done\n");
  ASSERT_GT(shadow(), 0);
  exchange(1);
  const std::string folder = shadow_folder();
  ASSERT_TRUE(fs::exists(folder)) << folder;
  ::kill(shadow(), SIGKILL);
  EXPECT_THAT(await("signal 9 has ended it"), HasSubstr("\"shadow\": false"));
  EXPECT_TRUE(daemon_->wait_for(fmt::format("the shadow {} has ended: signal 9 has ended it", other()))) << daemon_->text();
  EXPECT_FALSE(fs::exists(folder)) << "what it has left behind";
  exchange(2);
  EXPECT_FALSE(peer_->has_closed());
}

// One that does not run fills the pipe, and nothing else.
TEST_P(Shadowed, ThatStandsStillHoldsNobodyUp) {
  start();
  EXPECT_EQ(ask("engine shadow " + other()), "done\n");
  ASSERT_GT(shadow(), 0);
  ::kill(shadow(), SIGSTOP);
  for (int i = 1; i < 5; ++i) exchange(i);
  EXPECT_THAT(ask("engine shadow status"), HasSubstr("\"shadow\": true"));
  EXPECT_EQ(ask("engine shadow stop"), "done\n");
  EXPECT_THAT(ask("engine shadow status"), HasSubstr("\"finishing\": true"));
  EXPECT_EQ(ask("engine shadow stop"), "done\n");
  EXPECT_THAT(await("\"finishing\": false"), AllOf(HasSubstr("\"finishing\": false"), HasSubstr("it was told to stop")));
}

TEST_P(Shadowed, HasLessPriorityAndNothingOfTheDaemon) {
  start();
  EXPECT_EQ(ask("engine shadow " + other()), "done\n");
  exchange(1);
  await("\"sessions\": 1");
  std::ifstream stat(fmt::format("/proc/{}/stat", shadow()));
  std::string word;
  std::vector<std::string> words;
  while (stat >> word) words.push_back(word);
  ASSERT_GT(words.size(), 18U);
  EXPECT_EQ(words[4], std::to_string(shadow())) << "a group of its own";
  EXPECT_EQ(words[18], "19") << "nice";
  struct stat socket {};
  ASSERT_EQ(::stat(path("t.sock").c_str(), &socket), 0);
  std::ifstream sockets("/proc/net/unix");
  std::string line;
  std::string inode;
  while (std::getline(sockets, line)) {
    if (line.ends_with(path("t.sock"))) inode = line.substr(0, line.rfind(' '));
  }
  inode = "socket:[" + inode.substr(inode.rfind(' ') + 1) + "]";
  for (const auto& entry : fs::directory_iterator(fmt::format("/proc/{}/fd", shadow()))) {
    std::error_code gone;
    EXPECT_NE(fs::read_symlink(entry.path(), gone).string(), inode) << "the control socket of the daemon";
  }
}

TEST_P(Shadowed, EndsWhenAnotherEngineLeads) {
  start();
  EXPECT_THAT(ask("engine shadow " + GetParam()), HasSubstr("leads: its shadow is another one"));
  EXPECT_EQ(ask("engine shadow " + other()), "done\n");
  exchange(1);
  EXPECT_THAT(ask("engine " + other()), HasSubstr("done"));
  EXPECT_THAT(ask("engine shadow status"), HasSubstr(fmt::format("engine {} leads now", other())));
  exchange(2);
  EXPECT_THAT(await("\"finishing\": false"), HasSubstr("\"verdict\": \"identical\""));
}

TEST_P(Shadowed, AnUpgradeIsRefusedUntilItHasEnded) {
  start();
  EXPECT_EQ(ask("engine shadow " + other()), "done\n");
  EXPECT_THAT(ask("upgrade"), HasSubstr(fmt::format("engine {} is the shadow: 'engine shadow stop' ends it", other())));
  EXPECT_EQ(ask("engine shadow stop"), "done\n");
  await("\"finishing\": false");
  EXPECT_THAT(ask("upgrade"), HasSubstr("done"));
}

// What a round has led to, a program that it has started, is known as soon as the engine sleeps. Waited for until its next round, each of these
// took five seconds and more, and the shadow was late (docs/recording.md).
TEST_P(Shadowed, IsNotLateWhenProgramsWereStarted) {
  start();
  EXPECT_EQ(ask("engine shadow " + other()), "done\n");
  for (int i = 1; i < 6; ++i) {
    configure(i);
    EXPECT_THAT(ask("reload"), HasSubstr("done"));
    EXPECT_TRUE(daemon_->wait_for(fmt::format("process quiet{}: started", i))) << daemon_->text();
  }
  exchange(1);
  EXPECT_EQ(ask("engine shadow stop"), "done\n");
  EXPECT_THAT(await("\"finishing\": false"), AllOf(HasSubstr("it was told to stop"), HasSubstr("\"verdict\": \"identical\""), Not(HasSubstr("\"note\""))));
}

TEST_P(Shadowed, GoesOnOverAReload) {
  start();
  EXPECT_EQ(ask("engine shadow " + other()), "done\n");
  exchange(1);
  EXPECT_THAT(ask("reload"), HasSubstr("done"));
  exchange(2);
  EXPECT_THAT(await("\"messages\": 2,"), AllOf(HasSubstr("\"shadow\": true"), HasSubstr("\"verdict\": \"identical\"")));
}

// Both may be on at once.
TEST_P(Shadowed, ARecordingGoesOnBesideIt) {
  start();
  EXPECT_EQ(ask("engine shadow " + other()), "done\n");
  exchange(1);
  EXPECT_EQ(ask("record start " + path("r")), "done\n");
  exchange(2);
  EXPECT_EQ(ask("record stop"), "done\n");
  exchange(3);
  EXPECT_THAT(await("\"messages\": 3,"), AllOf(HasSubstr("\"shadow\": true"), HasSubstr("\"verdict\": \"identical\"")));
  RunningTandem replay({"replay", path("r")}, variables_);
  EXPECT_EQ(replay.wait(), 0) << replay.text();
  EXPECT_THAT(replay.text(), HasSubstr("verdict: identical"));
}

// 10.9.7.0/24 becomes 10.9.6.0/24 in what engine async writes.
TEST_P(Shadowed, FindsAWrongOctetWithMessageAndNeighbor) {
  const bool leads = GetParam() == "async";
  const std::string shadow = leads ? other() : "async";
  start({"FAULT_OCTET=180a0907"}, TANDEM_FAULTY_PROGRAM);
  EXPECT_EQ(ask("engine shadow " + shadow), "done\n");
  exchange(1);
  EXPECT_THAT(ask("peer * announce route 10.9.7.0/24 next-hop 10.0.0.1"), HasSubstr("done"));
  EXPECT_TRUE(loopback_.run_until([&] { return peer_->table().has(leads ? "10.9.6.0/24" : "10.9.7.0/24"); }, 20s));
  EXPECT_THAT(await("\"finishing\": false, \"ended\""),
              AllOf(HasSubstr("\"verdict\": \"different\""), HasSubstr("\"session\": \"neighbor 127.0.0.10 (out), connection 1\""), HasSubstr("\"time\": 1"),
                    HasSubstr(fmt::format("recorded  UPDATE announces ipv4 unicast: 10.9.{}.0/24", leads ? 6 : 7)),
                    HasSubstr(fmt::format("replayed  UPDATE announces ipv4 unicast: 10.9.{}.0/24", leads ? 7 : 6))));
  EXPECT_TRUE(daemon_->wait_for(fmt::format("the shadow {} has ended: it differs, in neighbor 127.0.0.10 (out), connection 1", shadow))) << daemon_->text();
  EXPECT_FALSE(peer_->has_closed());
}

INSTANTIATE_TEST_SUITE_P(Engine, Shadowed, ::testing::ValuesIn(engines_that_run()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace tandem::program
