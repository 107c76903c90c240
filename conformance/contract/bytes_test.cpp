// Invariants I13 to I17 of docs/contract.md: what the octets look like, whatever the network does to them.
#include <algorithm>
#include <utility>

#include "conformance/contract/scene.hpp"

namespace tandem::conformance {
namespace {

class Octets : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(Octets);

// A receiver that takes 2 KiB every 20 ms, on either kind of stage.
std::uint16_t slow_peer_at(Stage& stage, const std::string& address, PeerOptions options) {
  if (auto* real = dynamic_cast<RealStage*>(&stage)) {
    SocketHabits habits;
    habits.read_at_most = 2048;
    habits.receive_buffer = 2048;
    habits.between_reads = 20ms;
    return real->peer_at(address, std::move(options), habits);
  }
  auto& world = dynamic_cast<SimStage&>(stage).world;
  world.weather.window = 2048;
  world.weather.delay_min = 15ms;
  world.weather.delay_max = 20ms;
  world.weather.tiny_percent = 0;
  return stage.peer_at(address, std::move(options));
}

TEST_P(Octets, I13_ADueKeepaliveWaitsForTheEndOfTheMessageButNotOfTheRun) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().connect = slow_peer_at(stage, "127.0.0.20", {});
    scene.at(0).peer = "127.0.0.20";
    scene.at(0).hold_time = 3;
    // About 300 KiB, in UPDATEs of nearly 64 KiB: three seconds and more at this receiver's speed. What the outbox, or a kernel, has taken
    // already goes first; the simulator takes little, so that more routes than fit are worth their time.
    const std::size_t routes = stage.simulated() ? 120000 : 60000;
    scene.at(0).routes = many_routes(routes, routes);
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.peer() != nullptr && stage.peer()->ends_of_rib() == 1; }, 60s));
    EXPECT_EQ(stage.peer()->broken(), "");
    EXPECT_EQ(stage.peer()->table().size(), routes);
    std::size_t waiting = 0;  // KEEPALIVEs since the last UPDATE
    std::size_t inside = 0;   // of the run
    std::size_t largest = 0;
    bool run_begun = false;
    for (const auto& message : stage.peer()->transcript()) {
      largest = std::max(largest, message.bytes.size());
      if (message.type() == k_keepalive && run_begun) ++waiting;
      if (message.type() != k_update) continue;
      run_begun = true;
      inside += std::exchange(waiting, 0);
    }
    EXPECT_GT(largest, 60000U);
    EXPECT_GE(stage.simulated() ? inside : inside + waiting, 1U);
  }, 2);
}

TEST_P(Octets, I14_ReadsSurviveOneOctetAtATimeAndAnyPause) {
  const auto scenario = [](Stage& stage) {
    Scene scene(stage);
    PeerOptions options;
    options.script = {Step::established(), Step::send(update({{"10.5.0.0/16"}, std::nullopt, 3}))};
    scene.neighbor(k_far, options);
    if (auto* real = dynamic_cast<RealStage*>(&stage)) {
      real->forget_peer_at(k_far);
      SocketHabits habits;
      habits.write_at_most = 1;
      habits.between_writes = 10ms;
      scene.at(0).connect = real->peer_at(k_far, options, habits);
    } else {
      dynamic_cast<SimStage&>(stage).world.weather.octet_gap = 150ms;
    }
    scene.start();
    ASSERT_TRUE(stage.run_until_established(1, 60s));
    if (stage.simulated()) dynamic_cast<SimStage&>(stage).world.weather.octet_gap = {};
    ASSERT_TRUE(stage.run_until(
        [&] {
          const auto answer = stage.command("rib show in");
          return answer.size() == 2 && answer[0].find("10.5.0.0/16") != std::string::npos;
        },
        60s));
    EXPECT_EQ(stage.peers.size(), 1U);
  };
  play(scenario, 3);
}

TEST_P(Octets, I15_TheAnswerToAMessageLeavesBeforeTheNextMessageIsLookedAt) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions options;
    options.script = {Step::await(k_open), Step::send(notification(6, 0, "closing session because we can"))};
    scene.neighbor(k_far, options).routes = many_routes(10);
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return !stage.peers.empty() && stage.peers[0]->has_closed(); }));
    const auto& seen = stage.peers[0]->transcript();
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_EQ(seen[1].type(), k_keepalive);
  });
}

TEST_P(Octets, I16_BufferedInputIsHandledBeforeTheFirstUpdate) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions options;
    options.script = {Step::await(k_open), Step::send(message("0013 FF"))};
    scene.neighbor(k_far, options).routes = many_routes(10);
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return !stage.peers.empty() && stage.peers[0]->has_closed(); }));
    const auto seen = lines(*stage.peers[0]);
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_EQ(seen[1].substr(5, 7), "03 0100");
  });
}

TEST_P(Octets, I17_NothingFollowsANotificationAndItFollowsAWholeMessage) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().statements = {"group-updates false;"};
    scene.at(0).routes = many_routes(5000);
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until([&] {
      return stage.program_running("p") != nullptr && stage.peer() != nullptr && stage.peer()->count(k_update) > 100;
    }));
    stage.program_running("p")->say("peer * teardown 4");
    ASSERT_TRUE(stage.run_until([&] { return stage.peers[0]->has_closed(); }));
    const auto& first = *stage.peers[0];
    EXPECT_EQ(first.broken(), "");
    EXPECT_EQ(first.count(k_notification), 1U);
    EXPECT_EQ(describe(first.transcript().back().bytes), "002A 03 06041441646D696E697374726174697665205265736574");
    std::size_t octets = 0;
    for (const auto& message : first.transcript()) octets += message.bytes.size();
    EXPECT_EQ(octets, first.octets_received());  // no message is cut off
    ASSERT_TRUE(stage.run_until([&] { return stage.peers.size() == 2 && stage.peer()->ends_of_rib() == 1; }));
    EXPECT_EQ(stage.peer()->table().size(), 5000U);
  }, 5);
}

TEST_P(Octets, I17_ANotificationThatCannotLeaveIsGivenUpAfterASecond) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions options;
    options.script = {Step::established(), Step::stop_reading()};
    scene.neighbor(k_far, options).statements = {"group-updates false;"};
    scene.at(0).connect = narrow_peer_at(stage, k_far, options);
    scene.at(0).routes = many_routes(stage.simulated() ? 20000 : 200000);
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.peer() != nullptr && stage.peer()->script_done(); }, 60s));
    ASSERT_TRUE(stage.run_until([&] { return stage.program_running("p") != nullptr; }));
    settle(stage);
    const auto start = stage.now();
    stage.program_running("p")->say("peer * teardown 2");
    ASSERT_TRUE(stage.run_until([&] { return stage.peers.size() == 2; }));
    EXPECT_GE(base::seconds(stage.now() - start), 0.9);
    EXPECT_LE(base::seconds(stage.now() - start), 1.2 + base::seconds(within(stage, 0ms)));
  }, 2);
}

TEST_P(Octets, EveryFramingErrorHasItsNotification) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"0012 04", "03 01020012"},                       // length below 19
      {"0014 04 00", "03 01020014"},                    // KEEPALIVE with a body
      {"1001 02 0000", "03 01021001"},                  // longer than 4096 without RFC 8654
      {"0016 02 0000 00", "03 01020016"},               // UPDATE below 23
      {"001B 02 0009 1801 0000 0000", "03 0301"},       // the announced lengths overrun
      {"001B 02 0004 FF010000 0000", "03 030A"},        // a prefix length beyond 32
      {"001D 01 04FDE900B40A00000300", "03 0503"},      // OPEN in Established, with the type octet
  };
  for (const auto& each : cases) {
    const auto& [octets, answer] = each;
    SCOPED_TRACE(octets);
    play([&, octets = octets, answer = answer](Stage& stage) {  // clang 14 captures no structured binding by itself
      Scene scene(stage);
      PeerOptions options;
      options.script = {Step::established(), Step::send(message(octets))};
      scene.neighbor(k_far, options).capabilities = {"extended-message false;"};
      scene.start();
      ASSERT_TRUE(stage.run_until([&] { return !stage.peers.empty() && stage.peers[0]->has_closed(); }));
      EXPECT_EQ(lines(*stage.peers[0]).back().substr(5, answer.size()), answer);
      EXPECT_TRUE(stage.run_until([&] { return stage.peers.size() >= 2; }));
    }, 1);
  }
}

}  // namespace
}  // namespace tandem::conformance
