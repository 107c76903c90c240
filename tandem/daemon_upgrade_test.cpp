// Another program in the process of a daemon (docs/engines.md): sessions, programs and clients go on, and a program that does not take the state
// changes nothing.
#include <fmt/format.h>

#include <algorithm>

#include "harness/configuration_text.hpp"
#include "harness/loopback.hpp"
#include "harness/messages.hpp"
#include "harness/scripted_peer.hpp"
#include "tandem/running_tandem.hpp"

namespace tandem::program {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr int k_said = 1000;  // routes that the program announces, each in two pieces
constexpr int k_upgrades = 10;

class Upgraded : public Server {
 protected:
  // A daemon that has given up its privileges where it had any, with a program of the folder that it may execute.
  void SetUp() override {
    Server::SetUp();
    put_program();
    write("say.sh", "#!/bin/sh\necho $$ >>" + path("started") +
                        "\ni=0\nwhile [ $i -lt " + std::to_string(k_said) +
                        " ]; do\n  printf 'peer * announce route 10.1.%d.%d/32 next-' $((i / 250)) $((i % 250))\n  echo 'hop 10.0.0.1'\n  i=$((i + 1))\ndone\n"
                        "n=0\nwhile read line; do\n  [ \"$line\" = done ] && n=$((n + 1))\n  echo $n >" +
                        path("acknowledged") + "\ndone\n");
    fs::permissions(path("say.sh"), fs::perms::all);
    neighbor_.peer = "127.0.0.10";
    neighbor_.hold_time = 9;
    neighbor_.api = {"processes [ say ];"};
    neighbor_.statements = {"adj-rib-in true;"};
    neighbor_.connect = loopback_.listen(neighbor_.peer, [this](const base::Endpoint&, const base::Endpoint&) {
      ++connections_;
      return peer_;
    });
    write("upgrade.conf", harness::process_text("say", path("say.sh"), "text") + harness::to_text(neighbor_));
    variables_ = environment({"tandem_api_socketpath=" + path("t.sock"), "tandem_daemon_pid=" + path("t.pid")});
    std::erase(variables_, "tandem_api_cli=false");
    std::erase(variables_, "tandem_bgp_passive=true");
    std::replace(variables_.begin(), variables_.end(), std::string("tandem_daemon_user=root"), std::string("tandem_daemon_user=nobody"));
  }
  // As a package does it: the file is another one, the one that runs has no name any more.
  void put_program() const {
    fs::copy_file(built_program(), path("new"), fs::copy_options::overwrite_existing);
    fs::permissions(path("new"), fs::perms::all);
    fs::rename(path("new"), path("tandem"));
  }
  [[nodiscard]] std::unique_ptr<RunningTandem> start() {
    auto daemon = std::make_unique<RunningTandem>(std::vector<std::string>{"server", path("upgrade.conf")}, variables_, "/dev/null", "tandem", path("tandem"));
    EXPECT_TRUE(daemon->wait_for(k_started)) << daemon->text();
    EXPECT_TRUE(until([this] { return peer_->ends_of_rib() == 1; })) << daemon->text();
    return daemon;
  }
  [[nodiscard]] bool until(const std::function<bool()>& condition) { return loopback_.run_until(condition, 20s); }
  [[nodiscard]] std::string contents(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  // All that was announced to the peer of the program's routes, in their order.
  [[nodiscard]] std::vector<std::string> announced() const {
    std::vector<std::string> all;
    for (const auto& message : peer_->transcript()) {
      for (std::string& prefix : harness::changes_of(message.bytes).announced) {
        if (prefix.starts_with("10.1.")) all.push_back(std::move(prefix));
      }
    }
    return all;
  }
  void expect_a_clean_end(RunningTandem& daemon) {
    daemon.signal(SIGTERM);
    EXPECT_TRUE(until([this] { return peer_->has_closed(); }));
    EXPECT_EQ(daemon.wait(), 0) << daemon.text();
    EXPECT_FALSE(fs::exists(path("t.pid")));
    EXPECT_FALSE(fs::exists(path("t.sock")));
  }

  harness::Loopback loopback_;
  std::shared_ptr<harness::ScriptedPeer> peer_ = std::make_shared<harness::ScriptedPeer>();
  harness::NeighborText neighbor_;
  int connections_ = 0;
  std::vector<std::string> variables_;
};

// The program announces and the peer announces all the time.
TEST_P(Upgraded, NothingIsLostOrDoubledInSeveralOfThemUnderTraffic) {
  const auto daemon = start();
  Control control(path("t.sock"));
  for (int times = 0; times < k_upgrades; ++times) {
    peer_->send(harness::update({{fmt::format("40.0.{}.0/24", times)}, std::nullopt, 7}));
    put_program();
    EXPECT_EQ(control.ask("upgrade"), "done\n") << daemon->text();
    EXPECT_THAT(control.ask(fmt::format("peer * announce route 10.2.{}.0/24 next-hop 10.0.0.1", times)), EndsWith("done\n"));
    loopback_.run_for(20ms);
  }
  EXPECT_TRUE(until([this] { return announced().size() >= k_said && peer_->table().has("10.2.9.0/24"); })) << announced().size() << daemon->text();
  std::vector<std::string> expected;
  for (int i = 0; i < k_said; ++i) expected.push_back(fmt::format("10.1.{}.{}/32", i / 250, i % 250));
  std::vector<std::string> seen = announced();
  std::sort(expected.begin(), expected.end());
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(seen, expected) << "each of them once";
  for (int times = 0; times < k_upgrades; ++times) {
    EXPECT_TRUE(peer_->table().has(fmt::format("10.2.{}.0/24", times)));
    EXPECT_THAT(control.ask("rib show in"), HasSubstr(fmt::format("40.0.{}.0/24", times)));
  }
  EXPECT_TRUE(until([this] { return contents("acknowledged") == std::to_string(k_said) + "\n"; })) << contents("acknowledged");
  EXPECT_EQ(connections_, 1);
  EXPECT_FALSE(peer_->has_closed());
  const std::string started = contents("started");
  EXPECT_EQ(std::count(started.begin(), started.end(), '\n'), 1) << "the program was not started again";
  EXPECT_EQ(contents("t.pid"), std::to_string(daemon->pid()) + "\n");
  expect_a_clean_end(*daemon);
  EXPECT_THAT(daemon->text(), HasSubstr("goes on with the sessions of another program"));
}

TEST_P(Upgraded, ASignalAsksForItAndTheEndOfAProgramIsStillNoticed) {
  const auto daemon = start();
  Control control(path("t.sock"));
  EXPECT_THAT(control.ask("engine " + next_engine(GetParam())), HasSubstr("done"));
  daemon->signal(SIGURG);
  EXPECT_TRUE(until([&] {
    daemon->read_what_is_there();
    return daemon->text().find("goes on with the sessions of another program") != std::string::npos;
  })) << daemon->text();
  EXPECT_THAT(control.ask("engine"), HasSubstr("\"engine\": \"" + next_engine(GetParam()) + "\""));
  EXPECT_EQ(::kill(std::stoi(contents("started")), SIGKILL), 0);
  EXPECT_TRUE(until([this] {
    const std::string started = contents("started");
    return std::count(started.begin(), started.end(), '\n') == 2;
  })) << "it is started again: " << daemon->text();
  EXPECT_EQ(connections_, 1);
  expect_a_clean_end(*daemon);
}

TEST_P(Upgraded, AProgramThatDoesNotTakeTheStateIsRefusedAndNothingHasHappened) {
  write("other.sh", "#!/bin/sh\necho 'I am no tandem' >&2\nexit 1\n");
  write("silent.sh", "#!/bin/sh\nexec sleep 60\n");
  write("text", "no program\n");
  for (const char* name : {"other.sh", "silent.sh"}) fs::permissions(path(name), fs::perms::all);
  const auto daemon = start();
  Control control(path("t.sock"));
  control.ask("session reasons enable");
  EXPECT_THAT(control.ask("upgrade " + path("other.sh")), HasSubstr("error: " + path("other.sh") + " does not take the state: I am no tandem\n"));
  EXPECT_THAT(control.ask("upgrade " + path("silent.sh")), HasSubstr("does not take the state: it has not looked at it in"));
  EXPECT_THAT(control.ask("upgrade " + path("none")), HasSubstr("No such file or directory"));
  EXPECT_THAT(control.ask("upgrade " + path("text")), HasSubstr("Permission denied"));
  EXPECT_EQ(control.ask("record start " + path("r")), "done\n");
  EXPECT_THAT(control.ask("upgrade"), HasSubstr("error: " + path("r") + " is being recorded: 'record stop' ends it\n"));
  EXPECT_EQ(control.ask("record stop"), "done\n");
  EXPECT_THAT(control.ask("peer * announce route 10.2.0.0/24 next-hop 10.0.0.1"), HasSubstr("done"));
  EXPECT_TRUE(until([this] { return peer_->table().has("10.2.0.0/24") && announced().size() >= k_said; }));
  EXPECT_EQ(announced().size(), static_cast<std::size_t>(k_said));
  EXPECT_EQ(connections_, 1);
  EXPECT_TRUE(until([&] { return control.ask("upgrade") == "done\n"; })) << "the recording has been written by now";
  expect_a_clean_end(*daemon);
}

// As of a daemon that has opened it as root and is somebody else by now.
TEST_P(Upgraded, ALogFileThatCannotBeOpenedAgainIsGoneOnWith) {
  variables_.push_back("tandem_log_destination=" + path("log"));
  RunningTandem daemon({"server", path("upgrade.conf")}, variables_, "/dev/null", "tandem", path("tandem"));
  ASSERT_TRUE(until([this] { return peer_->ends_of_rib() == 1 && contents("log").find(k_started) != std::string::npos; })) << contents("log");
  const auto permissions = fs::status(path("log")).permissions();
  fs::permissions(path("log"), fs::perms::none);
  Control control(path("t.sock"));
  for (int times = 0; times < 2; ++times) EXPECT_EQ(control.ask("upgrade"), "done\n");
  expect_a_clean_end(daemon);
  fs::permissions(path("log"), permissions);
  EXPECT_THAT(contents("log"), AllOf(HasSubstr("goes on with the sessions of another program"), HasSubstr("tandem ends, status 0")));
}

TEST_P(Upgraded, WhatIsNoStateIsRefusedWithThePlace) {
  write("foreign", "no state");
  RunningTandem foreign({"server", "--check-state"}, variables_, path("foreign"));
  EXPECT_EQ(foreign.wait(), 1);
  EXPECT_THAT(foreign.text(), HasSubstr("octet 0: this is no state of tandem"));
  RunningTandem none({"server", "--check-state"}, variables_);
  EXPECT_EQ(none.wait(), 1);
  EXPECT_THAT(none.text(), HasSubstr("this is no state of tandem"));
}

INSTANTIATE_TEST_SUITE_P(Engine, Upgraded, ::testing::ValuesIn(engines_that_run()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace tandem::program
