// The five things that were once missing from an asynchronous engine, one contract each.
#include "conformance/contract/scene.hpp"

namespace tandem::conformance {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

// 1. A peer's turn never waits for input: what is to be sent goes out although the far end is silent.
class SocketEventPolling : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(SocketEventPolling);

TEST_P(SocketEventPolling, ASilentPeerGetsWhatAProgramAnnouncesWithdrawsAndRefreshes) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions silent;
    silent.keepalives = false;
    scene.neighbor(k_far, silent).hold_time = 0;
    scene.at(0).capabilities = {"route-refresh;"};
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    ASSERT_TRUE(stage.run_until([&] { return stage.program_running("p") != nullptr; }));
    auto& program = *stage.program_running("p");
    program.say(announce("10.1.0.0/16"));
    EXPECT_TRUE(stage.run_until([&] { return stage.peer()->table().has("10.1.0.0/16"); }, within(stage, 60ms)));
    program.say(withdraw("10.1.0.0/16"));
    EXPECT_TRUE(stage.run_until([&] { return !stage.peer()->table().has("10.1.0.0/16"); }, within(stage, 60ms)));
    program.say("peer * announce route-refresh ipv4 unicast");
    EXPECT_TRUE(stage.run_until([&] { return stage.peer()->count(k_route_refresh) == 1; }, within(stage, 60ms)));
    program.say("peer * announce eor ipv4 unicast");
    EXPECT_TRUE(stage.run_until([&] { return stage.peer()->ends_of_rib() == 2; }, within(stage, 60ms)));
    program.say("peer * teardown 4");
    EXPECT_TRUE(stage.run_until([&] { return stage.peers.front()->count(k_notification) == 1; }, within(stage, 60ms)));
  });
}

// 2. What a turn answers reaches the loop: "now" is not slept on, "later" is not spun on, "close" ends the peer.
class ActionFeedback : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(ActionFeedback);

TEST_P(ActionFeedback, NowIsRunAgainWithoutWaiting) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().statements = {"group-updates false;"};
    scene.at(0).routes = many_routes(2000);
    scene.start();
    // 2000 messages at 25 a turn: a wait of only 10 ms after each turn would take 0.8 s.
    ASSERT_TRUE(stage.run_until([&] { return stage.established() == 1; }));
    const auto start = stage.now();
    ASSERT_TRUE(stage.run_until([&] { return stage.peer()->ends_of_rib() == 1; }));
    EXPECT_LT(base::seconds(stage.now() - start), 0.6);
    EXPECT_LE(stage.watcher().most_messages_out, 25U);
  }, 3);
}

TEST_P(ActionFeedback, LaterWaitsForADescriptorOrADeadline) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    stage.run_for(200ms);
    const auto before = stage.watcher().rounds.load();
    stage.run_for(1s);
    EXPECT_LE(stage.watcher().rounds - before, 5U);
  }, 3);
}

TEST_P(ActionFeedback, CloseEndsThePeerAndWithTheLastPeerTheProgram) {
  play([](Stage& stage) {
    stage.settings.tcp_attempts = 1;
    Scene scene(stage);
    PeerOptions options;
    options.script = {Step::established(), Step::await(k_update), Step::close()};
    scene.neighbor(k_far, options);
    scene.start();
    EXPECT_TRUE(stage.run_until([&] { return stage.stopped(); }));
    EXPECT_EQ(stage.exit_status(), 0);
    EXPECT_EQ(stage.peers.size(), 1U);
  });
}

// 3. `rate-limit N`: N tokens a second, a burst of N; KEEPALIVEs, timers and establishment never wait for tokens.
class RateLimiting : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(RateLimiting);

TEST_P(RateLimiting, I20_UpdatesAreSentAtTheRateAndNotBelowIt) {
  play([](Stage& stage) {
    constexpr double k_rate = 20;
    Scene scene(stage);
    scene.neighbor().statements = {"rate-limit 20;", "group-updates false;"};
    scene.at(0).hold_time = 3;
    scene.at(0).routes = many_routes(80);
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.peer() != nullptr && stage.peer()->ends_of_rib() == 1; }));
    std::vector<double> times;
    std::vector<double> keepalives;
    const auto start = *stage.peer()->established_at();
    for (const auto& message : stage.peer()->transcript()) {
      if (message.type() == k_update) times.push_back(base::seconds(message.at - start));
      if (message.type() == k_keepalive) keepalives.push_back(base::seconds(message.at - start));
    }
    for (std::size_t i = 0; i < times.size(); ++i) EXPECT_LE(static_cast<double>(i + 1), k_rate * times[i] + k_rate + 3) << times[i];
    const double took = times.back() - times.front();
    EXPECT_LE(took, (80.0 - k_rate + 2) / k_rate + 0.5);
    EXPECT_GE(took, (80.0 - k_rate - 4) / k_rate);
    for (std::size_t i = 1; i < keepalives.size(); ++i) EXPECT_LE(keepalives[i] - keepalives[i - 1], 1.3);
  }, 5);
}

TEST_P(RateLimiting, I20_ReceivedMessagesAreTakenAtTheRate) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions options;
    options.script = {Step::established()};
    for (std::size_t i = 0; i < 40; ++i) options.script.push_back(Step::send(update({{prefix_of(i)}, std::nullopt, 1})));
    scene.neighbor(k_far, options).statements = {"rate-limit 10;"};
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    const auto stored = [&] { return stage.command("rib show in").size() - 1; };
    stage.run_for(500ms);
    EXPECT_LT(stored(), 30U);
    EXPECT_TRUE(stage.run_until([&] { return stored() == 40; }, 10s));
  }, 3);
}

TEST_P(RateLimiting, APeerThatHasDiedBehindItsMessagesIsNoticed) {
  for (const bool closes : {true, false}) {
    play([closes](Stage& stage) {
      Scene scene(stage);
      PeerOptions options;
      options.keepalives = false;
      options.script = {Step::established()};
      base::Buffer many;
      for (std::size_t i = 0; i < 200; ++i) {
        const base::Buffer one = update({{prefix_of(i)}, std::nullopt, 1});
        many.insert(many.end(), one.begin(), one.end());
      }
      for (std::size_t size = 0; size < 600'000; size += many.size()) options.script.push_back(Step::send(many));
      if (closes) options.script.push_back(Step::close());
      scene.neighbor(k_far, options).statements = {"rate-limit 10;"};
      scene.at(0).hold_time = 3;
      scene.start();
      ASSERT_TRUE(stage.run_until([&] { return !stage.peers.empty() && stage.peers[0]->is_established(); }));
      EXPECT_TRUE(stage.run_until([&] { return stage.peers.size() == 2; }, within(stage, 9s)));
    }, 3);
  }
}

// 4. The pipes of API programs come and go with them, are waited on like everything else, and never block anybody.
class ApiDescriptorManagement : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(ApiDescriptorManagement);

TEST_P(ApiDescriptorManagement, I25_EveryStartOfAProgramIsHeardAndItsLastWordsCount) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.program("p", [n = 0](ScriptedProgram& program) mutable {
      program.say(announce("10." + std::to_string(++n) + ".0.0/16"));
      if (n < 4) program.exit();
    });
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    EXPECT_TRUE(stage.run_until([&] { return stage.peer()->table().size() == 4; }));
    EXPECT_EQ(stage.programs.size(), 4U);
    EXPECT_TRUE(stage.run_until([&] { return stage.program_running("p")->count("done") == 1; }));
  });
}

TEST_P(ApiDescriptorManagement, ACommandIsAnsweredAtOnceAlthoughNothingElseHappens) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions silent;
    silent.keepalives = false;
    scene.neighbor(k_far, silent).hold_time = 0;
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    stage.run_for(100ms);
    auto& program = *stage.program_running("p");
    for (std::size_t i = 1; i <= 10; ++i) {
      program.say("system version");
      ASSERT_TRUE(stage.run_until([&] { return program.count("done") == i; }, within(stage, 30ms)));
    }
  });
}

TEST_P(ApiDescriptorManagement, AProgramThatDoesNotReadDelaysNobody) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.program("deaf", [](ScriptedProgram& program) { program.set_reading(false); });
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    ASSERT_TRUE(stage.run_until([&] { return stage.programs.size() == 2; }));
    auto& deaf = *stage.program_running("deaf");
    for (int i = 0; i < 20000; ++i) deaf.say("system version");
    auto& program = *stage.program_running("p");
    program.say(announce("10.1.0.0/16"));
    EXPECT_TRUE(stage.run_until([&] { return program.count("done") == 1; }, within(stage, 100ms)));
    EXPECT_TRUE(stage.run_until([&] { return stage.peer()->table().has("10.1.0.0/16"); }, within(stage, 200ms)));
    ASSERT_TRUE(stage.run_until([&] { return deaf.outbox().empty(); }));
    deaf.set_reading(true);
    EXPECT_TRUE(stage.run_until([&] { return deaf.count("done") == 20000; }));
  }, 3);
}

TEST_P(ApiDescriptorManagement, TheStatusOfTheQueuesTellsWhoDoesNotRead) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.program("deaf", [](ScriptedProgram& program) { program.set_reading(false); });
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    auto& deaf = *stage.program_running("deaf");
    for (int i = 0; i < 20000; ++i) deaf.say("system version");
    ASSERT_TRUE(stage.run_until([&] { return deaf.outbox().empty(); }));
    auto& program = *stage.program_running("p");
    const auto waiting = [&] {
      const std::size_t before = program.lines().size();
      program.say("system queue-status");
      if (!stage.run_until([&] { return program.lines().size() >= before + 2; })) return std::string();
      return program.lines()[before].text;
    };
    EXPECT_TRUE(stage.run_until([&] { return waiting().find(R"("deaf": { "items": 0,)") == std::string::npos; }));
    deaf.set_reading(true);
    ASSERT_TRUE(stage.run_until([&] { return deaf.count("done") == 20000; }));
    EXPECT_TRUE(stage.run_until([&] { return waiting().find(R"("deaf": { "items": 0, "bytes": 0 })") != std::string::npos; })) << waiting();
  }, 3);
}

// 5. What is ready belongs to the right peer, also after descriptor numbers were used again.
class FdToPeerMap : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(FdToPeerMap);

TEST_P(FdToPeerMap, I24_ReusedDescriptorsWakeTheirOwnPeerOnly) {
  play([](Stage& stage) {
    Scene scene(stage);
    for (const auto* address : {"127.0.0.11", "127.0.0.12", "127.0.0.13"}) scene.neighbor(address);
    scene.start();
    ASSERT_TRUE(stage.run_until_established(3));
    // Closing in one order and coming back in another moves the numbers around.
    for (const auto* address : {"127.0.0.12", "127.0.0.11", "127.0.0.13", "127.0.0.12"}) {
      stage.peer(address)->end(Remote::Ending::close);
      ASSERT_TRUE(stage.run_until([&] { return stage.established() == 2; }));
      ASSERT_TRUE(stage.run_until_established(3));
    }
    stage.run_for(300ms);
    stage.watcher().recording = true;
    static_cast<void>(stage.watcher().recorded());
    for (int i = 0; i < 20; ++i) {
      stage.peer("127.0.0.12")->send(keepalive());
      stage.run_for(5ms);
    }
    stage.watcher().recording = false;
    const auto seen = stage.watcher().recorded();
    EXPECT_THAT(seen, Contains(HasSubstr("127.0.0.12")));
    if (stage.simulated()) return;  // the simulator looks at everything in every pass
    EXPECT_THAT(seen, Not(Contains(HasSubstr("127.0.0.11"))));
    EXPECT_THAT(seen, Not(Contains(HasSubstr("127.0.0.13"))));
  }, 5);
}

}  // namespace
}  // namespace tandem::conformance
