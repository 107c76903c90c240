// Faults that a test build puts into the program (tandem/faults) are found by those who are there to find them.
#include <memory>

#include "harness/configuration_text.hpp"
#include "harness/loopback.hpp"
#include "harness/scripted_peer.hpp"
#include "tandem/running_tandem.hpp"

namespace tandem::program {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;

// 10.9.8.0/24 becomes 10.9.9.0/24.
const std::string k_wrong_octet = "FAULT_OCTET=180a0908";

class Faults : public Server {
 protected:
  void SetUp() override {
    Server::SetUp();
    harness::NeighborText neighbor;
    neighbor.peer = "127.0.0.1";
    neighbor.connect = loopback_.listen("127.0.0.1", [this](const base::Endpoint&, const base::Endpoint&) {
      return peers_.emplace_back(std::make_shared<harness::ScriptedPeer>());
    });
    neighbor.routes = {"10.9.8.0/24 next-hop 10.0.0.1 med 7"};
    write("fault.conf", harness::to_text(neighbor));
    variables_ = environment({"tandem_api_socketpath=" + path("t.sock")});
    for (const char* unwanted : {"tandem_api_cli=false", "tandem_bgp_passive=true"}) std::erase(variables_, unwanted);
  }
  [[nodiscard]] std::vector<std::string> with(const std::string& fault) const {
    std::vector<std::string> variables = variables_;
    variables.push_back(fault);
    return variables;
  }
  [[nodiscard]] std::string run(std::vector<std::string> arguments, int status, const std::string& fault, const std::string& program) const {
    RunningTandem running(std::move(arguments), with(fault), "/dev/null", program, program);
    EXPECT_EQ(running.wait(), status) << running.text();
    return running.text();
  }
  // A session that comes up, has its routes, and ends with the daemon.
  void record(const std::string& fault) {
    RunningTandem daemon({"server", "--record", path("r"), path("fault.conf")}, with(fault), "/dev/null", TANDEM_FAULTY_PROGRAM, TANDEM_FAULTY_PROGRAM);
    EXPECT_TRUE(loopback_.run_until([this] { return !peers_.empty() && peers_.back()->ends_of_rib() > 0; }, 20s)) << daemon.text();
    if (begins_later_) {
      Control control(path("t.sock"));
      EXPECT_EQ(control.ask("record stop"), "done\n");
      EXPECT_EQ(control.ask("record start " + path("later")), "done\n");
    }
    if (updates_ > 0) send_updates(*peers_.back());
    daemon.signal(SIGTERM);
    EXPECT_TRUE(loopback_.run_until([this] { return peers_.back()->has_closed(); }, 20s));
    EXPECT_EQ(daemon.wait(), 0) << daemon.text();
  }
  // Routes, in many pieces, and a NOTIFICATION, so that all of them were handled when the connection is closed.
  void send_updates(harness::ScriptedPeer& peer) {
    for (int i = 0; i < updates_; ++i) {
      peer.send(harness::update({{"30.9." + std::to_string(i) + ".0/24"}, {}, 1}));
      loopback_.run_until([&peer] { return peer.outbox().empty(); }, 20s);
    }
    peer.send(harness::notification(6, 2));
    EXPECT_TRUE(loopback_.run_until([&peer] { return peer.has_closed(); }, 20s));
  }
  int updates_ = 0;            // that the far end sends
  bool begins_later_ = false;  // another recording, "later", when the session is up
  harness::Loopback loopback_;
  std::vector<std::shared_ptr<harness::ScriptedPeer>> peers_;
  std::vector<std::string> variables_;
};
class ComparedFaults : public Faults {};  // with both engines at once

// One engine has the fault, the other has not.
TEST_P(Faults, AWrongOctetOfOneEngineIsFoundByReplayWithMessageAndNeighbor) {
  record(k_wrong_octet);
  if (std::string_view(GetParam()) == "sync") {
    EXPECT_THAT(run({"replay", path("r")}, 0, "FAULT=none", built_program()), HasSubstr("verdict: identical"));
    return;
  }
  EXPECT_THAT(run({"replay", path("r")}, 1, "FAULT=none", built_program()),
              AllOf(HasSubstr("neighbor 127.0.0.1 (out)"), HasSubstr("recorded  UPDATE announces ipv4 unicast: 10.9.9.0/24"),
                    HasSubstr("replayed  UPDATE announces ipv4 unicast: 10.9.8.0/24"), HasSubstr("med 7")));
}

TEST_P(Faults, AWrongOctetIsFoundByAReplayThroughTheEngineThatHasIt) {
  record("FAULT=none");
  EXPECT_THAT(run({"replay", "--engine", "sync", path("r")}, 0, k_wrong_octet, TANDEM_FAULTY_PROGRAM), HasSubstr("verdict: identical. 1 session"));
  EXPECT_THAT(run({"replay", "--engine", "async", path("r")}, 1, k_wrong_octet, TANDEM_FAULTY_PROGRAM),
              AllOf(HasSubstr("neighbor 127.0.0.1 (out), connection 1, message 2 (KEEPALIVEs aside)"), HasSubstr("recorded  UPDATE announces ipv4 unicast: 10.9.8.0/24"),
                    HasSubstr("replayed  UPDATE announces ipv4 unicast: 10.9.9.0/24")));
}

// The daemon has no fault, and goes on.
TEST_P(Faults, AWrongOctetIsFoundByWhoFollowsTheDaemonWithMessageAndNeighbor) {
  RunningTandem daemon({"server", "--engine", GetParam(), "--record", path("r"), path("fault.conf")}, with("FAULT=none"));
  ASSERT_TRUE(daemon.wait_for(k_started)) << daemon.text();
  RunningTandem shadow({"replay", "--follow", "--engine", "async", path("r")}, with(k_wrong_octet), "/dev/null", TANDEM_FAULTY_PROGRAM, TANDEM_FAULTY_PROGRAM);
  EXPECT_TRUE(loopback_.run_until([&shadow] {
    shadow.read_what_is_there();
    return shadow.text().find("replayed  UPDATE") != std::string::npos;
  }, 40s)) << shadow.text();
  EXPECT_EQ(shadow.wait(), 1) << shadow.text();
  EXPECT_THAT(shadow.text(), AllOf(HasSubstr("neighbor 127.0.0.1 (out), connection 1, message 2 (KEEPALIVEs aside)"), HasSubstr("recorded  UPDATE announces ipv4 unicast: 10.9.8.0/24"),
                                   HasSubstr("replayed  UPDATE announces ipv4 unicast: 10.9.9.0/24")));
  ASSERT_FALSE(peers_.empty());
  EXPECT_TRUE(peers_.back()->table().has("10.9.8.0/24"));
  EXPECT_FALSE(peers_.back()->has_closed());
  daemon.signal(SIGTERM);
  EXPECT_TRUE(loopback_.run_until([this] { return peers_.back()->has_closed(); }, 20s));
  EXPECT_EQ(daemon.wait(), 0) << daemon.text();
}

TEST_P(ComparedFaults, AWrongOctetOfOneEngineIsFoundByCompareWithMessageAndNeighbor) {
  const std::vector<std::string> compare = {"compare", "--no-count", "--no-switch", path("fault.conf")};
  EXPECT_THAT(run(compare, 1, k_wrong_octet, TANDEM_FAULTY_PROGRAM),
              AllOf(HasSubstr("verdict: the transcripts differ"), HasSubstr("127.0.0.1"), HasSubstr("message 2 (KEEPALIVEs aside)"), HasSubstr("sync   UPDATE announces ipv4 unicast: 10.9.8.0/24"),
                    HasSubstr("async  UPDATE announces ipv4 unicast: 10.9.9.0/24")));
  EXPECT_THAT(run(compare, 0, "FAULT=none", TANDEM_FAULTY_PROGRAM), HasSubstr("verdict: identical"));
}

// Many messages and an UPDATE that the program does not survive.
TEST_P(Faults, WhatTheProgramDiesOfIsFoundAmongManyInputs) {
  const std::string crash = "FAULT_CRASH=181e0908";
  updates_ = 200;
  record("FAULT=none");
  EXPECT_THAT(run({"replay", path("r")}, 0, "FAULT=none", TANDEM_FAULTY_PROGRAM), HasSubstr("verdict: identical"));
  EXPECT_THAT(run({"replay", path("r")}, -1, crash, TANDEM_FAULTY_PROGRAM), HasSubstr("FAULT_CRASH"));
  const std::string said = run({"replay", "--shrink", "-o", path("s"), path("r")}, 0, crash, TANDEM_FAULTY_PROGRAM);
  EXPECT_THAT(said, HasSubstr("ends in the same way (Aborted)"));
  EXPECT_LE(std::stoi(said), 5) << said;
  EXPECT_THAT(run({"replay", path("s")}, -1, crash, TANDEM_FAULTY_PROGRAM), HasSubstr("FAULT_CRASH"));
  EXPECT_THAT(run({"replay", "--export", "json", path("s")}, 0, "FAULT=none", built_program()), HasSubstr("30.9.8.0/24"));
}

TEST_P(Faults, WhatTheProgramDiesOfIsFoundBehindASnapshot) {
  const std::string crash = "FAULT_CRASH=181e0908";
  updates_ = 40;
  begins_later_ = true;
  record("FAULT=none");
  const std::string said = run({"replay", "--shrink", "-o", path("s"), path("later")}, 0, crash, TANDEM_FAULTY_PROGRAM);
  EXPECT_THAT(said, HasSubstr("ends in the same way (Aborted)"));
  EXPECT_LE(std::stoi(said), 3) << said;
  EXPECT_THAT(run({"replay", path("s")}, -1, crash, TANDEM_FAULTY_PROGRAM), HasSubstr("FAULT_CRASH"));
}

INSTANTIATE_TEST_SUITE_P(Engines, ComparedFaults, ::testing::Values("sync"));
INSTANTIATE_TEST_SUITE_P(Engine, Faults, ::testing::Values("sync", "async"), [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace tandem::program
