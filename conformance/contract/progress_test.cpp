// Invariants I18 to I23 of docs/contract.md: nobody waits for somebody else, timers hold, idling costs nothing.
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "conformance/contract/scene.hpp"

namespace tandem::conformance {
namespace {

class Progress : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(Progress);
class Timers : public Simulated {};
TANDEM_ON_THE_SIMULATOR(Timers);
class RealCost : public RealEngines {};
TANDEM_ON_REAL_ENGINES(RealCost);

TEST_P(Progress, I18_ASilentPeerGetsAnAnnouncementAReloadAndATeardownWithinTwoTicks) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions silent;
    silent.keepalives = false;
    scene.neighbor(k_far, silent).hold_time = 0;
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    ASSERT_TRUE(stage.run_until([&] { return stage.program_running("p") != nullptr; }));
    stage.run_for(200ms);
    auto& program = *stage.program_running("p");
    program.say(announce("10.1.0.0/16"));
    EXPECT_TRUE(stage.run_until([&] { return stage.peer()->table().has("10.1.0.0/16"); }, within(stage, 20ms)));
    scene.at(0).routes = {"10.2.0.0/16 next-hop 10.0.0.1"};
    scene.rewrite();
    stage.signal(speaker::Signal::reload);
    EXPECT_TRUE(stage.run_until([&] { return stage.peer()->table().has("10.2.0.0/16"); }, within(stage, 20ms)));
    program.say("peer * teardown 4");
    EXPECT_TRUE(stage.run_until([&] { return stage.peers[0]->count(k_notification) == 1; }, within(stage, 20ms)));
  });
}

TEST_P(Progress, I19_AStreamToOnePeerDelaysNoOtherAndNoAnswer) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor("127.0.0.11").statements = {"group-updates false;"};
    scene.at(0).routes = many_routes(stage.simulated() ? 20000 : 100000);
    scene.neighbor("127.0.0.12");
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until([&] {
      const auto* first = stage.peer("127.0.0.11");
      return first != nullptr && first->count(k_update) > 100 && stage.established() == 2;
    }, 60s));
    auto& program = *stage.program_running("p");
    const auto& second = *stage.peer("127.0.0.12");
    std::size_t while_streaming = 0;
    for (std::size_t i = 1; i <= 20; ++i) {
      const std::string prefix = "10." + std::to_string(i) + ".0.0/16";
      program.say("peer 127.0.0.12 announce route " + prefix + " next-hop 10.0.0.1");
      ASSERT_TRUE(stage.run_until([&] { return program.count("done") == i; }, within(stage, 50ms)));
      ASSERT_TRUE(stage.run_until([&] { return second.table().has(prefix); }, within(stage, 50ms)));
      if (stage.peer("127.0.0.11")->ends_of_rib() == 0) ++while_streaming;
    }
    EXPECT_GE(while_streaming, 1U);
    EXPECT_LE(stage.watcher().most_messages_out, 25U);
  }, 2);
}

TEST_P(Progress, I20_KeepalivesDoNotWaitForTokens) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().statements = {"rate-limit 1;", "group-updates false;"};
    scene.at(0).hold_time = 3;
    scene.at(0).routes = many_routes(100);
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.established() == 1; }));
    stage.run_for(4500ms);
    EXPECT_GE(stage.peer()->count(k_keepalive), 5U);
    EXPECT_LE(stage.peer()->count(k_update), 7U);
    EXPECT_EQ(stage.peers.size(), 1U);
  }, 3);
}

TEST_P(Progress, I21_KeepalivesKeepTheirCadenceAndTheHoldTimerItsTime) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions silent;
    silent.keepalives = false;
    scene.neighbor(k_far, silent).hold_time = 3;
    scene.at(0).routes = many_routes(2000);
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return !stage.peers.empty() && stage.peers[0]->has_closed(); }));
    const auto& first = *stage.peers[0];
    EXPECT_EQ(lines(first).back(), "0015 03 0400");
    const double expired = base::seconds(*first.closed_at() - *first.established_at());
    EXPECT_GE(expired, 2.9);
    EXPECT_LE(expired, 3.2 + base::seconds(within(stage, 0ms)));
    std::vector<double> keepalives;
    for (const auto& message : first.transcript()) {
      if (message.type() == k_keepalive) keepalives.push_back(base::seconds(message.at - *first.established_at()));
    }
    ASSERT_GE(keepalives.size(), 3U);
    for (std::size_t i = 0; i < keepalives.size(); ++i) EXPECT_NEAR(keepalives[i], static_cast<double>(i), 0.25);
  }, 3);
}

TEST_P(Timers, I21_WithTheDefaultHoldTimeAKeepaliveEveryMinuteForADay) {
  play([](Stage& stage) {
    Scene scene(stage);
    for (int i = 1; i <= 10; ++i) scene.neighbor("127.0.0." + std::to_string(10 + i));
    scene.start();
    ASSERT_TRUE(stage.run_until_established(10));
    stage.run_for(24h);
    EXPECT_EQ(stage.peers.size(), 10U);
    for (const auto& peer : stage.peers) EXPECT_NEAR(static_cast<double>(peer->count(k_keepalive)), 24 * 60 + 1, 2);
  }, 1);
}

TEST_P(Timers, HoldTimeZeroRunsNeitherTimer) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions silent;
    silent.keepalives = false;
    scene.neighbor(k_far, silent).hold_time = 0;
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    stage.run_for(24h);
    EXPECT_EQ(stage.peer()->count(k_keepalive), 1U);
    EXPECT_EQ(stage.established(), 1U);
    for (int i = 0; i < 3; ++i) stage.peer()->send(keepalive());  // D4: no error
    stage.run_for(1s);
    EXPECT_EQ(stage.established(), 1U);
  }, 2);
}

TEST_P(Timers, OpenWaitEndsASessionThatNeverHearsAnOpen) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions mute;
    mute.answer_open = false;
    scene.neighbor(k_far, mute);
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return !stage.peers.empty() && stage.peers[0]->has_closed(); }, 120s));
    EXPECT_EQ(lines(*stage.peers[0]).back(), "0015 03 0400");
    EXPECT_NEAR(base::seconds(stage.now() - stage.peers[0]->transcript()[0].at), 60, 0.1);
  }, 3);
}

TEST_P(Timers, TheHoldTimerRunsInOpenConfirmToo) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions options;
    options.confirm_open = false;
    options.keepalives = false;
    scene.neighbor(k_far, options).hold_time = 9;
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return !stage.peers.empty() && stage.peers[0]->has_closed(); }, 120s));
    EXPECT_EQ(lines(*stage.peers[0]).back(), "0015 03 0400");
    EXPECT_NEAR(base::seconds(stage.now() - stage.peers[0]->transcript()[0].at), 9, 0.1);
  }, 3);
}

TEST_P(Timers, BackOffGrowsAsSpecified) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions options;
    options.answer_open = false;
    options.script = {Step::await(k_open), Step::send(notification(6, 5))};
    scene.neighbor(k_far, options);
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.peers.size() >= 20 && stage.peer()->has_closed(); }, 3600s));
    const std::vector<double> expected{0, 1, 2, 3, 4, 5, 7, 9, 11, 14, 17, 21, 26, 32, 39, 47, 57, 60, 60};
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const double gap = base::seconds(stage.peers[i + 1]->transcript()[0].at - *stage.peers[i]->closed_at());
      const double jitter = expected[i] >= 3 ? expected[i] * 0.25 : 0;
      EXPECT_GE(gap, expected[i] - jitter - 0.02) << i;
      EXPECT_LE(gap, expected[i] + jitter + 0.15) << i;
    }
  }, 3);
}

TEST_P(Progress, I22_APeerThatDoesNotReadDelaysNobodyAndItsQueueIsBounded) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions deaf;
    deaf.script = {Step::established(), Step::stop_reading()};
    scene.neighbor("127.0.0.11", deaf).statements = {"group-updates false;"};
    scene.at(0).connect = narrow_peer_at(stage, "127.0.0.11", deaf);
    scene.at(0).routes = many_routes(stage.simulated() ? 20000 : 100000);
    scene.neighbor("127.0.0.12");
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until([&] {
      return stage.peer("127.0.0.11") != nullptr && stage.peer("127.0.0.11")->script_done() && stage.established() == 2;
    }, 60s));
    settle(stage);
    const auto wake_ups = stage.watcher().wake_ups.load();
    auto* real = dynamic_cast<RealStage*>(&stage);
    const double cpu = real != nullptr ? real->engine_cpu() : 0;
    stage.run_for(2s);
    EXPECT_LE(stage.watcher().wake_ups - wake_ups, 20U);
    if (real != nullptr) {
      EXPECT_LT(real->engine_cpu() - cpu, 0.04);
    }
    if (auto* simulated = dynamic_cast<SimStage*>(&stage)) {
      for (const auto& stream : simulated->world.streams()) {
        const std::size_t queued = stream->channel != nullptr ? stream->channel->outbox().size() : 0;
        EXPECT_LE(queued, 400U * 1024);
      }
    }
    auto& program = *stage.program_running("p");
    program.say(announce("10.1.0.0/16"));
    EXPECT_TRUE(stage.run_until([&] { return stage.peer("127.0.0.12")->table().has("10.1.0.0/16"); }, within(stage, 50ms)));
    stage.peer("127.0.0.11")->set_reading(true);
    EXPECT_TRUE(stage.run_until([&] { return stage.peer("127.0.0.11")->ends_of_rib() == 1; }, 60s));
  }, 2);
}

// A snapshot of the table is taken for a refresh. One that nothing has changed since is as good as a new one, or a few octets of the
// peer would cost as much as sending it everything.
TEST_P(RealCost, I22_RefreshesAskedForByAPeerThatDoesNotReadCostNothing) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions deaf;
    deaf.script = {Step::established(), Step::stop_reading()};
    scene.neighbor(k_far, deaf).capabilities = {"route-refresh;"};
    scene.at(0).connect = narrow_peer_at(stage, k_far, deaf);
    scene.at(0).statements = {"group-updates false;"};
    scene.at(0).routes = many_routes(20000);
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.peer() != nullptr && stage.peer()->script_done(); }, 60s));
    settle(stage);
    auto& real = dynamic_cast<RealStage&>(stage);
    const double cpu = real.engine_cpu();
    for (int i = 0; i < 40000; ++i) stage.peer()->send(route_refresh(bgp::k_ipv4_unicast));
    settle(stage);
    EXPECT_LT(real.engine_cpu() - cpu, 0.5);
    stage.peer()->set_reading(true);
    EXPECT_TRUE(stage.run_until([&] { return stage.peer()->count(k_update) >= 2 * 20000; }, 60s)) << "the refresh was not answered";
  });
}

// Octets of memory that this process, with the speaker in it, has in use.
std::size_t resident() {
  std::size_t size = 0;
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> size >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

TEST_P(RealCost, I06_SixtyClientsThatAskForTheTableAndReadNothingCostLittleAndDelayNobody) {
  play([](Stage& stage) {
    constexpr std::size_t k_clients = 60;
    Scene scene(stage);
    scene.neighbor().statements = {"passive;"};
    scene.at(0).routes = many_routes(200'000);
    scene.start();
    ASSERT_EQ(stage.command("system version").back(), "done");
    const std::size_t before = resident();
    std::vector<std::shared_ptr<ScriptedProgram>> clients;
    for (std::size_t i = 0; i < k_clients; ++i) {
      clients.push_back(stage.control());
      ASSERT_TRUE(stage.run_until([&] { return clients.back() != nullptr || (clients.back() = stage.control()) != nullptr; }));  // when its queue has room
      clients.back()->set_reading(false);
      clients.back()->say("rib show out");
    }
    const auto other = stage.control();
    for (std::size_t i = 1; i <= 100; ++i) {  // while they are given what they do not read, and afterwards
      other->say("system version");
      ASSERT_TRUE(stage.run_until([&] { return other->count("done") == i; }, within(stage, 50ms)));
    }
    settle(stage);
    EXPECT_LT(resident(), before + (24U << 20)) << "a copy of the table each would be hundreds of MiB";
    clients[7]->set_reading(true);
    EXPECT_TRUE(stage.run_until([&] { return clients[7]->count("done") == 1; }, 60s));
    EXPECT_EQ(clients[7]->lines().size(), 200'001U);
  });
}

TEST_P(RealCost, I23_TenIdlePeersCostAtMostFiveWakeUpsASecondAndHalfAPercent) {
  play([](Stage& stage) {
    Scene scene(stage);
    for (int i = 1; i <= 10; ++i) scene.neighbor("127.0.0." + std::to_string(10 + i));
    scene.start();
    ASSERT_TRUE(stage.run_until_established(10));
    stage.run_for(300ms);
    auto& real = dynamic_cast<RealStage&>(stage);
    const auto wake_ups = stage.watcher().wake_ups.load();
    const double cpu = real.engine_cpu();
    const auto start = stage.now();
    stage.run_for(4s);
    const double took = base::seconds(stage.now() - start);
    EXPECT_LE(static_cast<double>(stage.watcher().wake_ups - wake_ups) / took, 5.0);
    EXPECT_LT((real.engine_cpu() - cpu) / took, 0.005);
  });
}

TEST_P(Timers, I23_TenIdlePeersWithTheDefaultHoldTimeWakeUpForTheirKeepalivesOnly) {
  play([](Stage& stage) {
    Scene scene(stage);
    for (int i = 1; i <= 10; ++i) scene.neighbor("127.0.0." + std::to_string(10 + i));
    scene.start();
    ASSERT_TRUE(stage.run_until_established(10));
    stage.run_for(10s);
    auto& reactor = dynamic_cast<SimStage&>(stage).reactor;
    const std::size_t before = reactor.wake_ups();
    stage.run_for(600s);
    EXPECT_LE(reactor.wake_ups() - before, 600U * 5);
  }, 2);
}

}  // namespace
}  // namespace tandem::conformance
