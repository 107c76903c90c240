// Whole conversations, octet by octet and in their order: what a peer is told while a program clears and sends again, while a file is read
// again, through teardowns, of a watchdog, and beside a route refresh. Octets as ExaBGP's functional suite has them.
#include <fmt/format.h>

#include <algorithm>

#include "conformance/contract/scene.hpp"

namespace tandem::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

class Sequences : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(Sequences);

constexpr const char* k_end_of_rib = "0017 02 00000000";

std::string hex(std::string text) {
  std::erase(text, ' ');
  return text;
}
// An UPDATE that announces one prefix, with the attributes a route of an internal session has by itself.
std::string announces(const std::string& next_hop, const std::string& prefix) {
  const std::string body = hex("0000 0015 40010100 400200 400304" + next_hop + "40050400000064" + prefix);
  return fmt::format("{:04X} 02 {}", 19 + body.size() / 2, body);
}
std::string withdraws(const std::string& prefix) {
  const std::string body = fmt::format("{:04X}{}0000", prefix.size() / 2, prefix);
  return fmt::format("{:04X} 02 {}", 19 + body.size() / 2, body);
}

// The stage, its program, and what the newest connection of the peer was told behind its OPEN.
struct Conversation {
  Stage& stage;

  // Commands in one piece, until all are answered.
  void say(const std::vector<std::string>& commands) {
    auto& program = *stage.program_running("p");
    const std::size_t before = program.count("done");
    std::string octets;
    for (const std::string& command : commands) octets += command + "\n";
    program.write(octets);
    EXPECT_TRUE(stage.run_until([&] { return program.count("done") >= before + commands.size(); })) << commands.front();
  }
  [[nodiscard]] std::vector<std::string> told() const {
    auto all = lines(*stage.peer());
    if (!all.empty()) all.erase(all.begin());
    return all;
  }
  // Until the peer has been told so many messages.
  void expect(std::size_t count) {
    EXPECT_TRUE(stage.run_until([&] { return stage.peer() != nullptr && told().size() >= count; })) << ::testing::PrintToString(told());
  }
};

std::string route(const std::string& prefix, const std::string& next_hop) { return "peer * announce route " + prefix + " next-hop " + next_hop; }

TEST_P(Sequences, ClearingTakesBackWhatWasSentAndSendingAgainRepeatsIt) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().statements = {"group-updates false;"};
    scene.program("p");
    scene.start();
    Conversation talk{stage};
    talk.expect(1);
    talk.say({route("192.168.0.0/32", "10.0.0.0"), "rib clear out"});  // it is not sent: nothing is to be taken back
    talk.say({route("192.168.0.1/32", "10.0.0.1")});
    talk.expect(2);
    talk.say({"rib clear out"});
    talk.expect(3);
    talk.say({route("192.168.0.2/32", "10.0.0.2")});
    talk.expect(4);
    talk.say({route("192.168.0.3/32", "10.0.0.3")});
    talk.expect(5);
    talk.say({"rib flush out"});
    talk.expect(7);
    talk.say({route("192.168.0.4/32", "10.0.0.4")});
    talk.expect(8);
    talk.say({"rib clear out"});
    talk.expect(11);
    talk.say({route("192.168.0.5/32", "10.0.0.5")});
    talk.expect(12);
    EXPECT_THAT(talk.told(),
                ElementsAre(k_end_of_rib, announces("0A000001", "20C0A80001"), withdraws("20C0A80001"), announces("0A000002", "20C0A80002"),
                            announces("0A000003", "20C0A80003"), announces("0A000002", "20C0A80002"), announces("0A000003", "20C0A80003"),
                            announces("0A000004", "20C0A80004"), withdraws("20C0A80002"), withdraws("20C0A80003"), withdraws("20C0A80004"),
                            announces("0A000005", "20C0A80005")));
  });
}

TEST_P(Sequences, AReloadWithdrawsWhatIsGoneAndNothingElse) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().statements = {"group-updates false;"};
    scene.at(0).routes = {"1.0.0.0/24 next-hop 4.0.0.0", "2.0.0.0/24 next-hop 4.0.0.0"};
    scene.program("p");
    scene.start();
    Conversation talk{stage};
    talk.expect(3);
    scene.at(0).routes.pop_back();
    scene.rewrite();
    stage.signal(speaker::Signal::reload);
    talk.expect(4);
    talk.say({route("3.0.0.0/24", "4.0.0.0")});
    talk.expect(5);
    EXPECT_THAT(talk.told(), ElementsAre(announces("04000000", "18010000"), announces("04000000", "18020000"), k_end_of_rib, withdraws("18020000"),
                                         announces("04000000", "18030000")));
  });
}

TEST_P(Sequences, ATeardownIsToldAndTheNextSessionHasAllThatWasAnnounced) {
  play([](Stage& stage) {
    constexpr const char* k_reset = "002A 03 06041441646D696E697374726174697665205265736574";
    const std::vector<std::string> routes{announces("01010101", "100101"), announces("02020202", "100202"), announces("03030303", "100303")};
    Scene scene(stage);
    scene.neighbor().routes = {"1.1.0.0/16 next-hop 1.1.1.1"};
    scene.program("p");
    scene.start();
    Conversation talk{stage};
    talk.expect(2);
    talk.say({"peer * teardown 4"});
    ASSERT_TRUE(stage.run_until([&] { return stage.peers.size() == 2; }));
    talk.expect(2);
    talk.say({route("2.2.0.0/16", "2.2.2.2")});
    talk.expect(3);
    talk.say({"peer * teardown 4"});
    ASSERT_TRUE(stage.run_until([&] { return stage.peers.size() == 3; }));
    talk.expect(3);
    talk.say({route("3.3.0.0/16", "3.3.3.3")});
    talk.expect(4);
    const auto of = [&stage](std::size_t i) { return lines(*stage.peers[i]); };
    EXPECT_THAT(of(0), ElementsAre(StartsWith("0031 01"), routes[0], k_end_of_rib, k_reset));
    EXPECT_THAT(of(1), ElementsAre(StartsWith("0031 01"), routes[0], k_end_of_rib, routes[1], k_reset));
    EXPECT_THAT(of(2), ElementsAre(StartsWith("0031 01"), routes[0], routes[1], k_end_of_rib, routes[2]));
  });
}

TEST_P(Sequences, AWatchdogHoldsItsRouteUntilItIsAnnounced) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().routes = {"66.66.66.66/32 next-hop 1.2.3.4", "77.77.77.77/32 next-hop 1.2.3.4 watchdog dnsr withdraw",
                               "88.88.88.88/32 next-hop 1.2.3.4", "100.100.100.100/32 next-hop 192.168.1.100"};
    scene.program("p");
    scene.start();
    Conversation talk{stage};
    talk.expect(3);
    for (std::size_t i = 0; i < 2; ++i) {
      talk.say({"peer * announce watchdog dnsr"});
      talk.expect(4 + 2 * i);
      talk.say({"peer * withdraw watchdog dnsr"});
      talk.expect(5 + 2 * i);
    }
    const std::string told = announces("01020304", "204D4D4D4D");
    EXPECT_THAT(talk.told(), ElementsAre(announces("01020304", "2042424242" "2058585858"), announces("C0A80164", "2064646464"), k_end_of_rib, told,
                                         withdraws("204D4D4D4D"), told, withdraws("204D4D4D4D")));
  });
}

TEST_P(Sequences, WhatThePeerSendsBackIsToldBehindTheAnswersAndNothingIsSentTwice) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().capabilities = {"route-refresh;"};
    scene.at(0).api = {"receive { parsed; update; }"};
    scene.program("p", nullptr, "json");
    scene.start();
    Conversation talk{stage};
    talk.expect(1);
    talk.say({route("192.168.0.0/32", "10.0.0.0")});
    talk.expect(2);
    talk.say({route("192.168.0.1/32", "10.0.0.1")});
    talk.expect(3);
    talk.say({"peer * announce route-refresh ipv4 unicast"});
    talk.expect(4);
    stage.peer()->send(message(announces("0A000000", "20C0A80000")));
    stage.peer()->send(message(announces("0A000001", "20C0A80001")));
    auto& program = *stage.program_running("p");
    ASSERT_TRUE(stage.run_until([&] { return program.containing("192.168.0.1/32") == 1; }));
    const auto texts = program.texts();
    const auto first = std::find_if(texts.begin(), texts.end(), [](const std::string& line) { return line.find("192.168.0.0/32") != std::string::npos; });
    EXPECT_EQ(std::count(texts.begin(), first, "done"), 3);
    talk.say({route("192.168.0.2/32", "10.0.0.1")});
    talk.expect(5);
    EXPECT_THAT(talk.told(), ElementsAre(k_end_of_rib, announces("0A000000", "20C0A80000"), announces("0A000001", "20C0A80001"), "0017 05 00010001",
                                         announces("0A000001", "20C0A80002")));
  });
}

}  // namespace
}  // namespace tandem::conformance
