// Another program in the process of a daemon (docs/engines.md): sessions, programs and clients go on, and a program that does not take the state
// changes nothing.
#include "tandem/upgraded_tandem.hpp"

namespace tandem::program {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;

TEST_P(Upgraded, NothingIsLostOrDoubledInTenOfThemUnderRandomTraffic) { expect_nothing_lost(10, k_said); }

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
  control.say("upgrade " + path("silent.sh"));
  ASSERT_TRUE(until([&control] { return control.has_said(); }));
  EXPECT_THAT(control.answer(), HasSubstr("does not take the state: it has not looked at it in"));
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

TEST_P(Upgraded, AllAreServedWhileTheOtherProgramLooksAtTheState) {
  write("slow.sh", "#!/bin/sh\necho >" + path("looks") + "\nwhile [ ! -e " + path("enough") + " ]; do sleep 0.01; done\necho 'not me' >&2\nexit 1\n");
  fs::permissions(path("slow.sh"), fs::perms::all);
  const auto daemon = start();
  Control waiting(path("t.sock"));
  Control other(path("t.sock"));
  waiting.ask("session reasons enable");
  other.ask("session reasons enable");
  waiting.say("upgrade " + path("slow.sh"));
  ASSERT_TRUE(until([this] { return fs::exists(path("looks")); })) << daemon->text();
  EXPECT_THAT(other.ask("upgrade"), HasSubstr("another program is being asked whether it can go on"));
  EXPECT_THAT(other.ask("peer * announce route 10.2.0.0/24 next-hop 10.0.0.1"), EndsWith("done\n"));
  peer_->send(harness::update({{"40.0.0.0/24"}, std::nullopt, 7}));
  EXPECT_TRUE(until([this] { return peer_->table().has("10.2.0.0/24"); }));
  EXPECT_TRUE(until([&] { return other.ask("rib show in").find("40.0.0.0/24") != std::string::npos; }));
  write("enough", "");
  EXPECT_THAT(waiting.answer(), HasSubstr("error: " + path("slow.sh") + " does not take the state: not me\n"));
  EXPECT_EQ(other.ask("upgrade"), "done\n");
  EXPECT_THAT(other.ask("rib show in"), HasSubstr("40.0.0.0/24"));
  EXPECT_EQ(connections_, 1);
  expect_a_clean_end(*daemon);
}

TEST_P(Upgraded, WhoHasTakenTheStateAndCannotGoOnWithItGoesBackToTheProgramBefore) {
  fs::copy_file(TANDEM_FAULTY_PROGRAM, path("tandem-faulty"));
  write("other.sh", "#!/bin/sh\n[ \"$2\" = --check-state ] && exec " + path("tandem") + " \"$@\"\nFAULT_STATE=1 exec " + path("tandem-faulty") + " \"$@\"\n");
  for (const char* name : {"other.sh", "tandem-faulty"}) fs::permissions(path(name), fs::perms::all);
  const auto daemon = start();
  Control control(path("t.sock"));
  control.ask("session reasons enable");
  EXPECT_TRUE(until([this] { return announced().size() >= k_said; }));
  put_program();  // the one before has no name any more
  for (int times = 0; times < 2; ++times) EXPECT_THAT(control.ask("upgrade " + path("other.sh")), HasSubstr("error: it could not go on: octet ")) << daemon->text();
  for (const auto& entry : fs::directory_iterator("/proc/" + std::to_string(daemon->pid()) + "/fd")) {
    std::error_code none;
    const std::string open = fs::read_symlink(entry.path(), none).string();
    EXPECT_EQ(open.find("tandem-state"), std::string::npos) << open;
    EXPECT_NE(open.substr(0, path("tandem").size()), path("tandem"));
  }
  EXPECT_THAT(control.ask("peer * announce route 10.2.0.0/24 next-hop 10.0.0.1"), EndsWith("done\n"));
  EXPECT_TRUE(until([this] { return peer_->table().has("10.2.0.0/24"); }));
  EXPECT_EQ(control.ask("upgrade"), "done\n");
  EXPECT_EQ(connections_, 1);
  EXPECT_EQ(announced().size(), static_cast<std::size_t>(k_said));
  expect_a_clean_end(*daemon);
}

// The pause takes as long as the test wants, and then it is gone on with, or gone back.
TEST_P(Upgraded, KeepalivesLeaveInThePauseHoweverLongItTakes) {
  fs::copy_file(TANDEM_FAULTY_PROGRAM, path("tandem-faulty"));
  write("other.sh", "#!/bin/sh\n[ \"$2\" = --check-state ] && exec " + path("tandem") + " \"$@\"\necho >" + path("paused") + "\n. " + path("faults") + "\nFAULT_PAUSE=" + path("enough") +
                        " exec " + path("tandem-faulty") + " \"$@\"\n");
  for (const char* name : {"other.sh", "tandem-faulty"}) fs::permissions(path(name), fs::perms::all);
  neighbor_.hold_time = 3;
  put_configuration();
  const auto daemon = start();
  Control control(path("t.sock"));
  control.ask("session reasons enable");
  const auto heard = [this] {
    const auto& all = peer_->transcript();
    return std::count_if(all.begin(), all.end(), [](const auto& message) { return message.type() == harness::k_keepalive; });
  };
  for (const bool goes_back : {false, true}) {
    write("faults", goes_back ? "export FAULT_STATE=1\n" : "");
    control.say("upgrade " + path("other.sh"));
    ASSERT_TRUE(until([this] { return fs::exists(path("paused")); })) << daemon->text();
    const auto before = heard();
    EXPECT_TRUE(until([&] { return heard() >= before + 3; })) << heard() - before;
    write("enough", "");
    EXPECT_THAT(control.answer(), HasSubstr(goes_back ? "error: it could not go on: octet " : "done\n")) << daemon->text();
    for (const char* name : {"paused", "enough"}) fs::remove(path(name));
    const auto behind = heard();
    EXPECT_TRUE(until([&] { return heard() > behind; })) << "it goes on";
    EXPECT_THAT(control.ask(fmt::format("peer * announce route 10.{}.0.0/24 next-hop 10.0.0.1", goes_back ? 3 : 2)), EndsWith("done\n"));
    EXPECT_EQ(control.ask("upgrade " + path("tandem")), "done\n");
  }
  EXPECT_TRUE(until([this] { return peer_->table().has("10.2.0.0/24") && peer_->table().has("10.3.0.0/24"); }));
  EXPECT_EQ(announced().size(), static_cast<std::size_t>(k_said));
  EXPECT_EQ(connections_, 1);
  EXPECT_FALSE(peer_->has_closed());
  EXPECT_EQ(peer_->broken(), "");
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

// What is no whole path is one of the folder that the daemon was started in; in the background it is in another one.
TEST_P(Upgraded, ALogFileOfARelativeNameIsFoundAgainFromTheBackground) {
  variables_.push_back("tandem_log_destination=file:" + fs::relative(directory_ / "log").string());
  variables_.push_back("tandem_daemon_daemonize=true");
  RunningTandem starter({"server", path("upgrade.conf")}, variables_, "/dev/null", "tandem", path("tandem"));
  EXPECT_EQ(starter.wait(), 0) << starter.text();
  ASSERT_TRUE(until([this] { return peer_->ends_of_rib() == 1 && contents("t.pid").ends_with("\n"); })) << contents("log");
  const auto permissions = fs::status(path("log")).permissions();
  fs::permissions(path("log"), fs::perms::none);
  Control control(path("t.sock"));
  EXPECT_EQ(control.ask("upgrade"), "done\n");
  fs::permissions(path("log"), permissions);
  EXPECT_EQ(control.ask("log rotate"), "done\n");
  EXPECT_EQ(::kill(std::stoi(contents("t.pid")), SIGTERM), 0);
  EXPECT_TRUE(until([this] { return !fs::exists(path("t.pid")) && contents("log").find("tandem ends, status 0") != std::string::npos; })) << contents("log");
  EXPECT_THAT(contents("log"), HasSubstr("goes on with the sessions of another program"));
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
