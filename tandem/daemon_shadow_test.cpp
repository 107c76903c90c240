// A daemon with another engine beside the one that leads: real sessions, real programs, and what becomes of it.
#include <fmt/format.h>
#include <sys/stat.h>

#include <memory>

#include "harness/configuration_text.hpp"
#include "harness/loopback.hpp"
#include "harness/messages.hpp"
#include "harness/scripted_peer.hpp"
#include "tandem/engines/engines.hpp"
#include "tandem/running_tandem.hpp"

namespace tandem::program {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// A session that is up, with routes of the configuration, of commands and of a program.
class Shadowed : public Server {
 protected:
  void SetUp() override {
    Server::SetUp();
    peer_ = std::make_shared<harness::ScriptedPeer>();
    write("say.sh", "#!/bin/sh\necho 'peer * announce route 10.0.1.0/24 next-hop 10.0.0.1'\nexec cat >/dev/null\n");
    write("quiet.sh", "#!/bin/sh\nwhile read line; do :; done\n");
    for (const char* program : {"say.sh", "quiet.sh"}) fs::permissions(path(program), fs::perms::all);
    neighbor_.peer = "127.0.0.10";
    neighbor_.connect = loopback_.listen(neighbor_.peer, [this](const base::Endpoint&, const base::Endpoint&) { return peer_; });
    neighbor_.api = {"processes [ say ];", "neighbor-changes;"};
    neighbor_.routes = {"10.9.8.0/24 next-hop 10.0.0.1 med 7"};
    neighbor_.statements = {"adj-rib-in true;"};
    configure();
    variables_ = environment({"tandem_api_socketpath=" + path("t.sock"), "tandem_api_quiet=timed"});
    for (const char* unwanted : {"tandem_api_cli=false", "tandem_bgp_passive=true"}) std::erase(variables_, unwanted);
  }
  void TearDown() override {
    control_.reset();
    if (daemon_) {
      daemon_->signal(SIGTERM);
      EXPECT_TRUE(loopback_.run_until([this] { return peer_->has_closed(); }, 20s));
      EXPECT_EQ(daemon_->wait(), 0) << daemon_->text();
      EXPECT_TRUE(loopback_.run_until([this] { return !shadow_is_left(); }, 20s)) << "the shadow ends with the daemon";
    }
    Server::TearDown();
  }
  void start(const std::vector<std::string>& more = {}, const std::string& program = built_program()) {
    std::vector<std::string> variables = variables_;
    variables.insert(variables.end(), more.begin(), more.end());
    daemon_ = std::make_unique<RunningTandem>(std::vector<std::string>{"server", path("live.conf")}, variables, "/dev/null", program, program);
    ASSERT_TRUE(daemon_->wait_for(k_started)) << daemon_->text();
    ASSERT_TRUE(loopback_.run_until([this] { return peer_->ends_of_rib() == 1 && peer_->table().has("10.0.1.0/24"); }, 20s));
    control_ = std::make_unique<Control>(path("t.sock"));
  }
  [[nodiscard]] std::string ask(const std::string& command) { return control_->ask(command); }
  // The engine behind the one that leads: each is the shadow of one.
  [[nodiscard]] static std::string other() { return next_engine(GetParam()); }
  // Until the status says this. The peer is served meanwhile.
  std::string await(const std::string& text, base::Duration limit = 40s) {
    std::string said;
    // Now and then: what is asked is given to the shadow, too, which has the least priority.
    for (const base::TimePoint end = harness::Loopback::now() + limit; harness::Loopback::now() < end; loopback_.run_for(300ms)) {
      if ((said = ask("engine shadow status")).find(text) != std::string::npos) break;
    }
    return said;
  }
  // A route, out by a command and in by the peer.
  void exchange(int number) {
    EXPECT_THAT(ask(fmt::format("peer * announce route 10.1.{}.0/24 next-hop 10.0.0.1", number)), HasSubstr("done"));
    peer_->send(harness::update({{fmt::format("40.0.{}.0/24", number)}, std::nullopt, 7}));
    EXPECT_TRUE(loopback_.run_until([&] {
      return peer_->table().has(fmt::format("10.1.{}.0/24", number)) && ask("rib show in").find(fmt::format("40.0.{}.0/24", number)) != std::string::npos;
    }, 20s));
  }
  // The pid of the shadow, which the log has; 0: there is none.
  [[nodiscard]] pid_t shadow() {
    constexpr std::string_view k_before = ", in process ";
    daemon_->wait_for(std::string(k_before));
    daemon_->read_what_is_there();
    const std::size_t at = daemon_->text().rfind(k_before);
    return at == std::string::npos ? 0 : std::stoi(daemon_->text().substr(at + k_before.size()));
  }
  // Where its sockets are.
  [[nodiscard]] std::string shadow_folder() {
    std::ifstream words(fmt::format("/proc/{}/cmdline", shadow()));
    for (std::string word; std::getline(words, word, '\0');) {
      if (word == "--shadow") return std::getline(words, word, '\0') ? word : std::string();
    }
    return {};
  }
  // The last one has not ended, or is somebody's to collect.
  [[nodiscard]] bool shadow_is_left() {
    std::ifstream stat(fmt::format("/proc/{}/stat", shadow()));
    std::string number, name, state;
    return static_cast<bool>(stat >> number >> name >> state) && state != "Z";
  }

  // With so many more programs, that say nothing.
  void configure(int quiet = 0) {
    std::string programs = harness::process_text("say", path("say.sh"), "json");
    for (int i = 1; i <= quiet; ++i) programs += harness::process_text(fmt::format("quiet{}", i), path("quiet.sh"), "json");
    write("live.conf", programs + harness::to_text(neighbor_));
  }

  harness::Loopback loopback_;
  harness::NeighborText neighbor_;
  std::shared_ptr<harness::ScriptedPeer> peer_;
  std::vector<std::string> variables_;
  std::unique_ptr<RunningTandem> daemon_;
  std::unique_ptr<Control> control_;
};

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
