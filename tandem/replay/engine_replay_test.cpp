// A recording is replayed through every engine, whichever has recorded it.
#include <sys/stat.h>

#include <algorithm>
#include <memory>

#include "common/recording/blocks.hpp"
#include "common/recording/recorder.hpp"
#include "harness/configuration_text.hpp"
#include "harness/loopback.hpp"
#include "harness/scripted_peer.hpp"
#include "tandem/running_tandem.hpp"

namespace tandem::program {
namespace {

using namespace std::chrono_literals;
using harness::Loopback;
using harness::ScriptedPeer;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Announces a route, and one more when it is told of 30.9.1.0/24.
constexpr const char* k_program =
    "#!/bin/sh\necho 'peer * announce route 10.0.1.0/24 next-hop 10.0.0.1'\n"
    "while read line; do case \"$line\" in *30.9.1.0/24*) echo 'peer * announce route 10.0.2.0/24 next-hop 10.0.0.1 med 5';; esac; done\n";

class EngineReplay : public Server {
 protected:
  void SetUp() override {
    Server::SetUp();
    write("say.sh", k_program);
    fs::permissions(path("say.sh"), fs::perms::all);
    port_ = harness::free_port("127.0.0.1");
    variables_ = environment({"tandem_api_socketpath=" + path("t.sock"), "tandem_tcp_bind=127.0.0.1", "tandem_tcp_port=" + std::to_string(port_)});
    for (const char* unwanted : {"tandem_api_cli=false", "tandem_bgp_passive=true"}) std::erase(variables_, unwanted);
    dialled_.peer = "127.0.0.2";
    dialled_.connect = loopback_.listen("127.0.0.2", [this](const base::Endpoint&, const base::Endpoint&) { return peers_.emplace_back(std::make_shared<ScriptedPeer>()); });
    dialled_.api = {"processes [ say ];", "receive {\n parsed;\n update;\n }"};
    dialled_.routes = {"10.0.0.0/24 next-hop 10.0.0.1"};
    dials_ = dialled_;
    dials_.peer = "127.0.0.3";
    dials_.connect = 0;
    dials_.statements = {"passive;"};
  }
  void configure(const std::string& more = "") { write("r.conf", harness::process_text("say", path("say.sh"), "json") + harness::to_text(dialled_) + harness::to_text(dials_) + more); }
  [[nodiscard]] std::shared_ptr<ScriptedPeer> dial() {
    harness::PeerOptions options;
    options.mirror.router_id = 0x0A000003;
    auto peer = std::make_shared<ScriptedPeer>(options);
    loopback_.dial(dials_.peer, {base::IpAddress::v4(0x7F000001), port_}, peer);
    return peer;
  }
  void await(const std::function<bool()>& condition, const RunningTandem& daemon) { EXPECT_TRUE(loopback_.run_until(condition, 20s)) << daemon.text(); }
  [[nodiscard]] std::string contents(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] static bool says(RunningTandem& program, const std::string& text) {
    program.read_what_is_there();
    return program.text().find(text) != std::string::npos;
  }
  [[nodiscard]] bool has(const ScriptedPeer& peer, const std::string& prefix) const { return peer.table().has(prefix); }
  // Two sessions, one of which the far end opens and a command ends; routes both ways, a program that answers, a reload.
  void record() {
    configure();
    RunningTandem daemon({"server", "--record", path("r"), path("r.conf")}, variables_);
    ASSERT_TRUE(daemon.wait_for(k_started)) << daemon.text();
    auto second = dial();
    await([&] { return !peers_.empty() && has(*peers_.back(), "10.0.1.0/24") && has(*second, "10.0.1.0/24"); }, daemon);
    peers_.back()->send(harness::update({{"30.9.1.0/24"}, {}, 3}));
    await([&] { return has(*peers_.back(), "10.0.2.0/24") && has(*second, "10.0.2.0/24"); }, daemon);
    Control control(path("t.sock"));
    EXPECT_THAT(control.ask("peer 127.0.0.3 teardown 4"), HasSubstr("done"));
    await([&] { return second->has_closed(); }, daemon);
    second = dial();
    await([&] { return second->ends_of_rib() > 0; }, daemon);
    dialled_.routes.emplace_back("10.0.3.0/24 next-hop 10.0.0.1");
    configure();
    daemon.signal(SIGUSR1);
    await([&] { return has(*peers_.back(), "10.0.3.0/24"); }, daemon);
    daemon.signal(SIGTERM);
    await([&] { return peers_.back()->has_closed() && second->has_closed(); }, daemon);
    EXPECT_EQ(daemon.wait(), 0) << daemon.text();
  }
  [[nodiscard]] std::string replay(const std::string& engine, int status, const std::string& file = "r", const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"replay", "--engine", engine, path(file)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    RunningTandem program(std::move(arguments), variables_);
    EXPECT_EQ(program.wait(), status) << program.text();
    return program.text();
  }

  std::uint16_t port_ = 0;
  Loopback loopback_;
  harness::NeighborText dialled_;
  harness::NeighborText dials_;
  std::vector<std::shared_ptr<ScriptedPeer>> peers_;  // that were dialled
  std::vector<std::string> variables_;
};

TEST_P(EngineReplay, SessionsWithRoutesBothWaysAndAProgramAreIdentical) {
  record();
  for (const std::string& engine : engines_that_run()) {
    EXPECT_THAT(replay(engine, 0), AllOf(HasSubstr("replayed with engine " + engine), HasSubstr("verdict: identical. 3 sessions"), Not(HasSubstr("note:")))) << engine;
  }
}

// A session that the far end ends, and the next one.
TEST_P(EngineReplay, ASessionThatTheOtherSideEndsIsFollowedByTheNextOne) {
  configure();
  RunningTandem daemon({"server", "--record", path("r"), path("r.conf")}, variables_);
  ASSERT_TRUE(daemon.wait_for(k_started)) << daemon.text();
  await([&] { return !peers_.empty() && has(*peers_.back(), "10.0.1.0/24"); }, daemon);
  peers_.back()->end(harness::Remote::Ending::close);
  await([&] { return peers_.size() == 2 && has(*peers_.back(), "10.0.1.0/24"); }, daemon);
  daemon.signal(SIGTERM);
  await([&] { return peers_.back()->has_closed(); }, daemon);
  EXPECT_EQ(daemon.wait(), 0) << daemon.text();
  for (const std::string& engine : engines_that_run()) EXPECT_THAT(replay(engine, 0), HasSubstr("verdict: identical. 2 sessions")) << engine;
}

// A change of the engine is a command as others are.
TEST_P(EngineReplay, ASwitchOfTheEngineIsMadeAgain) {
  configure();
  RunningTandem daemon({"server", "--record", path("r"), path("r.conf")}, variables_);
  ASSERT_TRUE(daemon.wait_for(k_started)) << daemon.text();
  await([&] { return !peers_.empty() && has(*peers_.back(), "10.0.1.0/24"); }, daemon);
  Control control(path("t.sock"));
  EXPECT_THAT(control.ask("engine " + next_engine(GetParam())), HasSubstr("done"));
  EXPECT_THAT(control.ask("announce route 10.0.4.0/24 next-hop 10.0.0.1"), HasSubstr("done"));
  await([&] { return has(*peers_.back(), "10.0.4.0/24"); }, daemon);
  daemon.signal(SIGTERM);
  await([&] { return peers_.back()->has_closed(); }, daemon);
  EXPECT_EQ(daemon.wait(), 0) << daemon.text();
  EXPECT_THAT(replay(GetParam(), 0), HasSubstr("verdict: identical. 1 session"));
}

TEST_P(EngineReplay, CommandsThroughTheNamedPipesAreGivenAgain) {
  for (const char* end : {"p.in", "p.out"}) ASSERT_EQ(::mkfifo(path(end).c_str(), 0600), 0);
  variables_.push_back("tandem_api_pipename=" + path("p"));
  configure();
  RunningTandem daemon({"server", "--record", path("r"), path("r.conf")}, variables_);
  ASSERT_TRUE(daemon.wait_for(k_started)) << daemon.text();
  await([&] { return !peers_.empty() && has(*peers_.back(), "10.0.1.0/24"); }, daemon);
  write("p.in", "announce route 10.0.5.0/24 next-hop 10.0.0.1\n");
  await([&] { return has(*peers_.back(), "10.0.5.0/24"); }, daemon);
  daemon.signal(SIGTERM);
  await([&] { return peers_.back()->has_closed(); }, daemon);
  EXPECT_EQ(daemon.wait(), 0) << daemon.text();
  for (const std::string& engine : engines_that_run()) {
    EXPECT_THAT(replay(engine, 0), HasSubstr("verdict: identical. 1 session, 5 messages, and every line to programs and clients")) << engine;
  }
}

// What was announced before the end of the file is compared, and what the speaker would have said next is not missing.
TEST_P(EngineReplay, OneThatWasCutIsComparedAsFarAsItGoes) {
  configure();
  RunningTandem daemon({"server", "--record", path("r"), path("r.conf")}, variables_);
  ASSERT_TRUE(daemon.wait_for(k_started)) << daemon.text();
  await([&] { return !peers_.empty() && has(*peers_.back(), "10.0.1.0/24"); }, daemon);
  Control control(path("t.sock"));
  // Until what is cut is a block behind the one with the session. A block that is being written is seen to grow several times.
  std::string partial;
  for (int tries = 0; tries < 100 && partial.find("1 session") == std::string::npos; ++tries) {
    const auto before = fs::file_size(path("r"));
    while (fs::file_size(path("r")) == before) control.ask("show neighbor extensive");
    const std::string all = contents("r");
    write("cut", all.substr(0, all.size() - 1));
    partial = replay(GetParam(), 0, "cut", {"--partial"});
  }
  EXPECT_THAT(partial, AllOf(HasSubstr("the recording is cut here"), HasSubstr("what is in front of that was played"), HasSubstr("verdict: identical. 1 session")));
  EXPECT_THAT(replay(GetParam(), 1, "cut"), HasSubstr("the recording is cut here"));
}

// With a session up, a program and a client: what they say next is said to the speaker of the snapshot.
TEST_P(EngineReplay, OneThatBeginsWithASnapshotGoesOnFromIt) {
  configure();
  RunningTandem daemon({"server", "--engine", GetParam(), "--record", path("r"), path("r.conf")}, variables_);
  ASSERT_TRUE(daemon.wait_for(k_started)) << daemon.text();
  auto second = dial();
  await([&] { return !peers_.empty() && has(*peers_.back(), "10.0.1.0/24") && has(*second, "10.0.1.0/24"); }, daemon);
  Control control(path("t.sock"));
  EXPECT_EQ(control.ask("record stop"), "done\n");
  EXPECT_EQ(control.ask("record start " + path("later")), "done\n");
  peers_.back()->send(harness::update({{"30.9.1.0/24"}, {}, 3}));
  await([&] { return has(*peers_.back(), "10.0.2.0/24") && has(*second, "10.0.2.0/24"); }, daemon);
  EXPECT_THAT(control.ask("withdraw route 10.0.0.0/24 next-hop 10.0.0.1"), HasSubstr("done"));
  await([&] { return !has(*second, "10.0.0.0/24"); }, daemon);
  EXPECT_THAT(control.ask("peer 127.0.0.3 teardown 4"), HasSubstr("done"));
  await([&] { return second->has_closed(); }, daemon);
  second = dial();
  await([&] { return second->ends_of_rib() > 0; }, daemon);
  const std::size_t before = peers_.size();
  peers_.back()->end(harness::Remote::Ending::close);
  await([&] { return peers_.size() > before && has(*peers_.back(), "10.0.1.0/24"); }, daemon);
  Control other(path("t.sock"));
  EXPECT_THAT(other.ask("announce route 10.0.6.0/24 next-hop 10.0.0.1"), HasSubstr("done"));
  await([&] { return has(*peers_.back(), "10.0.6.0/24"); }, daemon);  // by itself, however busy the machine is
  dialled_.routes.emplace_back("10.0.3.0/24 next-hop 10.0.0.1");
  configure();
  daemon.signal(SIGUSR1);
  await([&] { return has(*peers_.back(), "10.0.3.0/24") && has(*peers_.back(), "10.0.6.0/24"); }, daemon);
  daemon.signal(SIGTERM);
  await([&] { return peers_.back()->has_closed() && second->has_closed(); }, daemon);
  EXPECT_EQ(daemon.wait(), 0) << daemon.text();
  for (const std::string& engine : engines_that_run()) {
    EXPECT_THAT(replay(engine, 0, "later"), AllOf(HasSubstr("verdict: identical. 4 sessions"), Not(HasSubstr("note:")))) << engine;
  }
  EXPECT_THAT(replay(GetParam(), 0), AllOf(HasSubstr("verdict: identical. 2 sessions"), Not(HasSubstr("does not stop"))));
}

// A neighbor is being dialled, and nobody answers, when the recording begins.
TEST_P(EngineReplay, ASnapshotOfASpeakerThatDialsGoesOnDialling) {
  dials_.statements.clear();  // 127.0.0.3: nobody listens there
  dials_.connect = harness::free_port("127.0.0.3");
  configure();
  RunningTandem daemon({"server", "--engine", GetParam(), path("r.conf")}, variables_);
  ASSERT_TRUE(daemon.wait_for(k_started)) << daemon.text();
  await([&] { return !peers_.empty() && has(*peers_.back(), "10.0.1.0/24"); }, daemon);
  Control control(path("t.sock"));
  EXPECT_EQ(control.ask("record start " + path("later")), "done\n");
  auto late = std::make_shared<ScriptedPeer>();
  loopback_.listen("127.0.0.3", [late](const base::Endpoint&, const base::Endpoint&) { return late; }, dials_.connect);
  await([&] { return has(*late, "10.0.1.0/24"); }, daemon);
  daemon.signal(SIGTERM);
  await([&] { return late->has_closed(); }, daemon);
  EXPECT_EQ(daemon.wait(), 0) << daemon.text();
  EXPECT_THAT(replay(GetParam(), 0, "later"), HasSubstr("verdict: identical. 2 sessions"));
}

// The other engine gets what the one that leads gets, while it leads, and nobody but the verdict hears of it.
TEST_P(EngineReplay, ARecordingIsFollowedAsItIsWritten) {
  configure();
  RunningTandem daemon({"server", "--engine", GetParam(), path("r.conf")}, variables_);
  ASSERT_TRUE(daemon.wait_for(k_started)) << daemon.text();
  auto second = dial();
  await([&] { return !peers_.empty() && has(*peers_.back(), "10.0.1.0/24") && has(*second, "10.0.1.0/24"); }, daemon);
  Control control(path("t.sock"));
  EXPECT_EQ(control.ask("record start " + path("today")), "done\n");
  RunningTandem shadow({"replay", "--follow", "--engine", next_engine(GetParam()), path("today")}, variables_);
  ASSERT_TRUE(shadow.wait_for("replayed with engine " + next_engine(GetParam()))) << shadow.text();
  peers_.back()->send(harness::update({{"30.9.1.0/24"}, {}, 3}));
  await([&] { return has(*peers_.back(), "10.0.2.0/24") && has(*second, "10.0.2.0/24"); }, daemon);
  EXPECT_THAT(control.ask("peer 127.0.0.3 teardown 4"), HasSubstr("done"));
  await([&] { return second->has_closed(); }, daemon);
  second = dial();
  await([&] { return second->ends_of_rib() > 0; }, daemon);
  const std::size_t before = peers_.size();
  peers_.back()->end(harness::Remote::Ending::close);
  await([&] { return peers_.size() > before && has(*peers_.back(), "10.0.1.0/24"); }, daemon);
  EXPECT_THAT(control.ask("announce route 10.0.6.0/24 next-hop 10.0.0.1"), HasSubstr("done"));
  await([&] { return has(*peers_.back(), "10.0.6.0/24"); }, daemon);
  // In the middle it says how it stands.
  await([&] { return says(shadow, " messages of "); }, daemon);
  EXPECT_THAT(shadow.text(), HasSubstr(": identical"));
  daemon.signal(SIGTERM);
  await([&] { return peers_.back()->has_closed() && second->has_closed(); }, daemon);
  EXPECT_EQ(daemon.wait(), 0) << daemon.text();
  EXPECT_EQ(shadow.wait(), 0) << shadow.text();
  EXPECT_THAT(shadow.text(), HasSubstr("verdict: identical. 4 sessions"));
}

// The daemon goes on.
TEST_P(EngineReplay, WhoFollowsEndsWithTheRecording) {
  configure();
  RunningTandem daemon({"server", "--engine", GetParam(), path("r.conf")}, variables_);
  ASSERT_TRUE(daemon.wait_for(k_started)) << daemon.text();
  await([&] { return !peers_.empty() && has(*peers_.back(), "10.0.1.0/24"); }, daemon);
  Control control(path("t.sock"));
  EXPECT_EQ(control.ask("record start " + path("today")), "done\n");
  RunningTandem shadow({"replay", "--follow", "--engine", next_engine(GetParam()), path("today")}, variables_);
  ASSERT_TRUE(shadow.wait_for("replayed with engine")) << shadow.text();
  EXPECT_EQ(control.ask("record stop"), "done\n");
  EXPECT_EQ(shadow.wait(), 0) << shadow.text();
  EXPECT_THAT(shadow.text(), AllOf(HasSubstr("verdict: identical. 1 session"), Not(HasSubstr("note:"))));
  EXPECT_FALSE(peers_.back()->has_closed());
}

// Of a leader that has died nothing comes any more: a signal ends the wait.
TEST_P(EngineReplay, WhoFollowsIsEndedByASignalAndSaysWhatItHasSeen) {
  configure();
  RunningTandem daemon({"server", "--engine", GetParam(), "--record", path("r"), path("r.conf")}, variables_);
  ASSERT_TRUE(daemon.wait_for(k_started)) << daemon.text();
  RunningTandem shadow({"replay", "--follow", "--engine", next_engine(GetParam()), path("r")}, variables_);
  await([&] { return !peers_.empty() && has(*peers_.back(), "10.0.1.0/24"); }, daemon);
  await([&] { return says(shadow, " messages of 1 session: identical"); }, daemon);
  shadow.signal(SIGTERM);
  EXPECT_EQ(shadow.wait(), 0) << shadow.text();
  EXPECT_THAT(shadow.text(), AllOf(HasSubstr("note: ended by a signal"), HasSubstr("verdict: identical. 1 session")));
}

TEST_P(EngineReplay, WhatCannotBeFollowedIsRefused) {
  EXPECT_THAT(replay(GetParam(), 1, "none", {"--follow"}), HasSubstr("No such file or directory"));
  write("text", "neighbor 127.0.0.1 {\n}\n");
  EXPECT_THAT(replay(GetParam(), 1, "text", {"--follow"}), HasSubstr("this is no recording of tandem"));
  RunningTandem alone({"replay", "--follow", path("text")}, variables_);
  EXPECT_EQ(alone.wait(), 2) << alone.text();
}

TEST_P(EngineReplay, WhatEnginesCannotPlayIsRefused) {
  write("text", "neighbor 127.0.0.1 {\n}\n");
  EXPECT_THAT(replay(GetParam(), 1, "text"), HasSubstr("octet 0 of the file: this is no recording of tandem"));
  EXPECT_THAT(replay(GetParam(), 1, "none"), HasSubstr("No such file or directory"));
  EXPECT_THAT(replay("fibers", 2, "text"), HasSubstr("fibers"));
  EXPECT_THAT(replay(GetParam(), 2, "text", {"--until", "1"}), HasSubstr("--until"));
  EXPECT_THAT(replay(GetParam(), 2, "text", {"--neighbor", "127.0.0.1"}), HasSubstr("--neighbor"));
  write("empty", std::string(base::as_text(recording::file_head())));
  EXPECT_THAT(replay(GetParam(), 1, "empty"), HasSubstr("begins neither with the start of a speaker nor with a snapshot of one"));
}

TEST_P(EngineReplay, ASpeakerThatIsNotOfThisVersionIsRefused) {
  recording::Made made;
  made.settings = {{"tcp.port", "many"}};
  made.configurations = {"r.conf"};
  made.version = "9";
  base::Buffer records;
  recording::Encoder encoder;
  const base::Buffer octets = recording::to_octets(made);
  encoder.append({.kind = recording::Kind::made, .octets = octets}, records);
  encoder.append({.kind = recording::Kind::start}, records);
  base::Buffer file = recording::file_head();
  recording::pack_block(records, file);
  write("later", std::string(base::as_text(file)));
  EXPECT_THAT(replay(GetParam(), 1, "later"), HasSubstr("tcp.port"));
}

// Nothing but the timer makes the speaker say that. Whoever does not want to wait gets no verdict.
TEST_P(EngineReplay, AHoldTimerThatExpiredTakesItsTimeUnlessItIsInterrupted) {
  harness::PeerOptions silent;
  silent.mirror.hold_time_s = 3;
  silent.keepalives = false;
  dials_.api.clear();
  write("hold.conf", harness::to_text(dials_));
  {
    RunningTandem daemon({"server", "--record", path("r"), path("hold.conf")}, variables_);
    ASSERT_TRUE(daemon.wait_for(k_started)) << daemon.text();
    auto peer = std::make_shared<ScriptedPeer>(silent);
    loopback_.dial(dials_.peer, {base::IpAddress::v4(0x7F000001), port_}, peer);
    await([&] { return peer->has_closed(); }, daemon);
    EXPECT_EQ(peer->count(harness::k_notification), 1U);
    daemon.signal(SIGTERM);
    EXPECT_EQ(daemon.wait(), 0) << daemon.text();
  }
  EXPECT_THAT(replay(GetParam(), 0), HasSubstr("verdict: identical. 1 session"));
  RunningTandem program({"replay", "--engine", GetParam(), path("r")}, variables_);
  ASSERT_TRUE(program.wait_for("replayed with engine"));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 1) << program.text();
  EXPECT_THAT(program.text(), AllOf(HasSubstr("interrupted"), Not(HasSubstr("verdict"))));
}

INSTANTIATE_TEST_SUITE_P(Engine, EngineReplay, ::testing::ValuesIn(engines_that_run()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace tandem::program
