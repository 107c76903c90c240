// Invariants I25 to I29, I31 and I32 of docs/contract.md: programs, signals, reload, shutdown, the end of a peer, the round.
#include <algorithm>

#include "conformance/contract/scene.hpp"

namespace tandem::conformance {
namespace {

using ::testing::HasSubstr;

class Lifecycle : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(Lifecycle);

TEST_P(Lifecycle, I25_AProgramsLastWholeLinesAreExecutedBeforeItIsStartedAgain) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.program("p", [n = 0](ScriptedProgram& program) mutable {
      if (++n > 1) return;
      for (std::size_t i = 0; i < 500; ++i) program.say(announce(prefix_of(i)));
      program.write("peer * announce route 10.1.0.0/16 next-hop 10.0.0.1");  // no newline: not a line
      program.exit();
    });
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.programs.size() == 2; }));
    ASSERT_TRUE(stage.run_until([&] { return stage.peer() != nullptr && stage.peer()->table().size() == 500; }));
    stage.run_for(50ms);
    EXPECT_FALSE(stage.peer()->table().has("10.1.0.0/16"));
    stage.program_running("p")->say(announce("10.2.0.0/16"));
    EXPECT_TRUE(stage.run_until([&] { return stage.peer()->table().has("10.2.0.0/16"); }));
  });
}

TEST_P(Lifecycle, I25_AProgramThatKeepsEndingIsGivenUpAndSessionsStay) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.program("p", [](ScriptedProgram& program) { program.exit(); });
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.programs.size() >= 6; }));
    stage.run_for(500ms);
    EXPECT_LE(stage.programs.size(), 12U);  // six in a bucket of the wall clock, and a new bucket may have begun
    const std::size_t starts = stage.programs.size();
    stage.run_for(500ms);
    EXPECT_EQ(stage.programs.size(), starts);
    EXPECT_EQ(stage.established(), 1U);
  }, 3);
}

TEST_P(Lifecycle, I26_SignalsOfOneKindAreOneAndNoneIsLost) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().api = {"signal;"};
    scene.program("p", nullptr, "json");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    ASSERT_TRUE(stage.run_until([&] { return stage.program_running("p") != nullptr; }));
    auto& program = *stage.program_running("p");
    scene.at(0).routes = {"10.2.0.0/16 next-hop 10.0.0.1"};
    scene.rewrite();
    for (int i = 0; i < 3; ++i) stage.signal(speaker::Signal::reload);
    EXPECT_TRUE(stage.run_until([&] { return stage.peer()->table().has("10.2.0.0/16"); }));
    EXPECT_TRUE(stage.run_until([&] { return program.containing("\"SIGUSR1\"") >= 1; }));
    stage.run_for(50ms);
    EXPECT_LE(program.containing("\"SIGUSR1\""), 3U);
    stage.signal(speaker::Signal::reload);
    stage.signal(speaker::Signal::terminate);
    EXPECT_TRUE(stage.run_until([&] { return stage.stopped(); }));
    EXPECT_EQ(stage.exit_status(), 0);
  });
}

TEST_P(Lifecycle, I26_AReloadIsNotHeldUpByAPeerThatIsDown) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor("127.0.0.11").routes = many_routes(100);
    stage.forget_peer_at("127.0.0.11");
    scene.neighbor("127.0.0.12");
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.established() == 1; }));
    scene.at(0).routes = {"10.2.0.0/16 next-hop 10.0.0.1"};
    scene.at(1).routes = {"10.3.0.0/16 next-hop 10.0.0.1"};
    scene.rewrite();
    stage.signal(speaker::Signal::reload);
    ASSERT_TRUE(stage.run_until([&] { return stage.peer("127.0.0.12")->table().has("10.3.0.0/16"); }, 2s));
    stage.peer_at("127.0.0.11");
    ASSERT_TRUE(stage.run_until([&] { return stage.established() == 2 && stage.peer("127.0.0.11")->ends_of_rib() == 1; }));
    EXPECT_EQ(stage.peer("127.0.0.11")->table().size(), 1U);
    EXPECT_TRUE(stage.peer("127.0.0.11")->table().has("10.2.0.0/16"));
  });
}

// A file that is read while it is written, or was edited badly: what it seems to leave out is not withdrawn.
TEST_P(Lifecycle, I27_AConfigurationWhoseBracesDoNotMatchChangesNothing) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor("127.0.0.11").routes = {"10.1.0.0/16 next-hop 10.0.0.1", "10.2.0.0/16 next-hop 10.0.0.1"};
    scene.neighbor("127.0.0.12");
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.established() == 2 && stage.peer("127.0.0.11")->table().size() == 2; }));
    const std::string good = scene.text();
    const std::string cut = good.substr(0, good.find("route 10.2.0.0/16"));
    const std::string closed = good.substr(0, good.rfind("neighbor 127.0.0.12")) + "}\n" + good.substr(good.rfind("neighbor 127.0.0.12"));
    for (const std::string& bad : {cut, closed}) {
      stage.rewrite(bad);
      stage.signal(speaker::Signal::reload);
      stage.run_for(100ms);
      EXPECT_EQ(stage.peer("127.0.0.11")->table().size(), 2U);
      EXPECT_EQ(stage.established(), 2U);
    }
  });
}

// A file of several pieces, of which each is read in a round of its own where there is a file system.
TEST_P(Lifecycle, AReloadOfALongFileAppliesItWhenAllOfItIsThere) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().routes = {"10.1.0.0/16 next-hop 10.0.0.1"};
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.established() == 1 && stage.peer()->table().size() == 1; }));
    scene.at(0).routes.emplace_back("10.2.0.0/16 next-hop 10.0.0.1");
    stage.rewrite(std::string("# ") + std::string(std::size_t{5} << 20, '-') + "\n" + scene.text());
    stage.signal(speaker::Signal::reload);
    EXPECT_TRUE(stage.run_until([&] { return stage.peer()->table().size() == 2; }));
    EXPECT_EQ(stage.peers.size(), 1U);
  }, 2);
}

TEST_P(Lifecycle, I27_AConfigurationThatDoesNotParseChangesNothingAndAGoodOneAppliesOnce) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().routes = {"10.1.0.0/16 next-hop 10.0.0.1", "10.9.0.0/16 next-hop 10.0.0.1"};
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    const std::string good = scene.text();
    stage.rewrite("neighbor 127.0.0.99 { router-id 1.2.3.4; local-as 1; peer-as 1; static { route 10.2.0.0/16 next-hop 10.0.0.1; } }\n" + good +
                  "nonsense { }\n");
    for (int i = 0; i < 2; ++i) {
      stage.signal(speaker::Signal::reload);
      stage.run_for(100ms);
    }
    EXPECT_EQ(stage.peer()->table().size(), 2U);
    EXPECT_EQ(stage.programs.size(), 1U);
    EXPECT_EQ(stage.command("peer list").size(), 2U);
    EXPECT_THAT(stage.command("peer list")[0], Not(HasSubstr("127.0.0.99")));
    scene.at(0).routes = {"10.1.0.0/16 next-hop 10.0.0.1 med 5", "10.2.0.0/16 next-hop 10.0.0.1"};
    scene.rewrite();
    stage.signal(speaker::Signal::reload);
    ASSERT_TRUE(stage.run_until([&] { return stage.peer()->table().size() == 2 && stage.peer()->table().has("10.2.0.0/16"); }));
    stage.run_for(100ms);
    EXPECT_FALSE(stage.peer()->table().has("10.9.0.0/16"));
    EXPECT_EQ(announced(stage.peer()->transcript()).size(), 4U);
    EXPECT_EQ(withdrawn(stage.peer()->transcript()).size(), 1U);
    EXPECT_EQ(stage.peers.size(), 1U);
  });
}

TEST_P(Lifecycle, AReloadThatIsOnlyCheckedIsExplainedAndChangesNothing) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor("127.0.0.11").routes = {"10.1.0.0/16 next-hop 10.0.0.1"};
    scene.neighbor("127.0.0.12");
    scene.neighbor("127.0.0.13");
    scene.start();
    ASSERT_TRUE(stage.run_until_established(3));
    const auto check = [&] { return stage.command("daemon reload check"); };
    const auto effect = [](const std::string& address, const std::string& what) {
      return ::testing::ContainsRegex("\"neighbor " + address + " [^\"]*\", \"effect\": " + what);
    };
    EXPECT_THAT(check()[0], ::testing::AllOf(effect("127.0.0.11", "\"nothing\""), effect("127.0.0.12", "\"nothing\""), effect("127.0.0.13", "\"nothing\"")));
    scene.at(0).routes = {"10.2.0.0/16 next-hop 10.0.0.1"};
    scene.at(1).hold_time = 30;
    scene.at(2).statements = {"description new;"};
    scene.rewrite();
    const std::vector<std::string> answer = check();
    ASSERT_EQ(answer.size(), 2U);
    EXPECT_THAT(answer[0], effect("127.0.0.11", "\"routes\", \"keywords\": .  ., \"announced\": 1, \"withdrawn\": 1"));
    EXPECT_THAT(answer[0], effect("127.0.0.12", "\"session\", \"keywords\": . \"hold-time\" .,"));
    EXPECT_THAT(answer[0], effect("127.0.0.13", "\"nothing\", \"keywords\": . \"description\" .,"));
    stage.rewrite(scene.text() + "}");
    EXPECT_EQ(check().back(), "error");
    stage.run_for(200ms);
    EXPECT_EQ(stage.peers.size(), 3U);
    EXPECT_FALSE(stage.peer("127.0.0.11")->table().has("10.2.0.0/16"));
    scene.rewrite();
    stage.signal(speaker::Signal::reload);
    EXPECT_TRUE(stage.run_until([&] { return stage.peer("127.0.0.11")->table().has("10.2.0.0/16") && stage.peers.size() == 4 && stage.established() == 3; }));
    EXPECT_EQ(stage.peer_addresses.back(), "127.0.0.12") << "the one whose session was to start anew";
  }, 3);
}

TEST_P(Lifecycle, AReloadStartsRemovesAndReestablishesNeighbors) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor("127.0.0.11");
    scene.neighbor("127.0.0.12");
    scene.neighbor("127.0.0.13").routes = {"10.1.0.0/16 next-hop 10.0.0.1"};
    scene.start();
    ASSERT_TRUE(stage.run_until_established(3));
    const auto removed = stage.peers[static_cast<std::size_t>(
        std::find(stage.peer_addresses.begin(), stage.peer_addresses.end(), "127.0.0.11") - stage.peer_addresses.begin())];
    const auto changed = stage.peers[static_cast<std::size_t>(
        std::find(stage.peer_addresses.begin(), stage.peer_addresses.end(), "127.0.0.12") - stage.peer_addresses.begin())];
    scene.neighbors().pop_front();
    scene.at(0).hold_time = 90;
    scene.neighbor("127.0.0.14");
    scene.rewrite();
    stage.signal(speaker::Signal::reload);
    EXPECT_TRUE(stage.run_until([&] { return removed->has_closed() && changed->has_closed(); }));
    EXPECT_EQ(lines(*removed).back().substr(5, 7), "03 0603");
    EXPECT_EQ(lines(*changed).back().substr(5, 7), "03 0603");
    ASSERT_TRUE(stage.run_until_established(3));
    EXPECT_EQ(stage.peer("127.0.0.12")->received_open()[23], 90);
    EXPECT_EQ(stage.peer("127.0.0.13")->transcript().size(), 4U);  // OPEN, KEEPALIVE, UPDATE, End-of-RIB: untouched
    EXPECT_NE(stage.peer("127.0.0.14"), nullptr);
  });
}

TEST_P(Lifecycle, AReloadStartsAndEndsPrograms) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    ASSERT_TRUE(stage.run_until([&] { return stage.programs.size() == 1; }));
    scene.program("q");
    scene.rewrite();
    stage.signal(speaker::Signal::reload);
    ASSERT_TRUE(stage.run_until([&] { return stage.program_running("q") != nullptr; }));
    stage.program_running("q")->say(announce("10.1.0.0/16"));
    EXPECT_TRUE(stage.run_until([&] { return stage.peer()->table().has("10.1.0.0/16"); }));
    NeighborText alone = scene.at(0);
    alone.api = {"processes [ q ];"};
    stage.rewrite(process_text("q", stage.program("q")) + to_text(alone));
    stage.signal(speaker::Signal::reload);
    EXPECT_TRUE(stage.run_until([&] { return stage.program_running("p")->has_closed(); }));
    EXPECT_FALSE(stage.program_running("q")->has_closed());
    EXPECT_EQ(stage.programs.size(), 2U);
    EXPECT_EQ(stage.peers.size(), 1U);
  });
}

TEST_P(Lifecycle, I28_AShutdownTellsProgramsEverythingBeforeItEndsThem) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor("127.0.0.11").api = {"neighbor-changes;"};
    scene.neighbor("127.0.0.12").api = {"neighbor-changes;"};
    scene.program("p", nullptr, "json");
    scene.start();
    ASSERT_TRUE(stage.run_until_established(2));
    const auto start = stage.now();
    stage.signal(speaker::Signal::terminate);
    ASSERT_TRUE(stage.run_until([&] { return stage.stopped(); }, 6s));
    EXPECT_LE(base::seconds(stage.now() - start), 4.0);
    EXPECT_EQ(stage.exit_status(), 0);
    auto& program = *stage.program_running("p");
    stage.run_until([&] { return program.has_closed(); }, 1s);
    const auto texts = program.texts();
    EXPECT_EQ(program.containing("\"state\": \"down\""), 2U);
    ASSERT_FALSE(texts.empty());
    EXPECT_THAT(texts.back(), HasSubstr("shutdown"));
    for (const auto& peer : stage.peers) EXPECT_EQ(lines(*peer).back().substr(5, 7), "03 0602");  // D5
  }, 5);
}

TEST_P(Lifecycle, AShutdownIsAHardResetWhereBothSidesRestartThroughNotifications) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().capabilities = {"graceful-restart 120 notification;"};  // the peer answers an OPEN with the same capabilities
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    stage.signal(speaker::Signal::terminate);
    ASSERT_TRUE(stage.run_until([&] { return stage.stopped(); }, 6s));
    ASSERT_TRUE(stage.run_until([&] { return stage.peers[0]->has_closed(); }, 1s));
    EXPECT_THAT(lines(*stage.peers[0]).back(), HasSubstr(" 03 06090602"));  // RFC 8538 section 3
  });
}

TEST_P(Lifecycle, I28_AProgramThatIgnoresItAllIsKilled) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.program("p", [](ScriptedProgram& program) {
      program.set_reading(false);
      program.ignores_terminate = true;
    });
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    const auto start = stage.now();
    stage.signal(speaker::Signal::terminate);
    ASSERT_TRUE(stage.run_until([&] { return stage.stopped(); }, 8s));
    EXPECT_LE(base::seconds(stage.now() - start), 4.2);
    EXPECT_EQ(stage.exit_status(), 0);
  }, 3);
}

TEST_P(Lifecycle, I29_AFailureOfOnePeerEndsOnlyItsSession) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions bad;
    bad.script = {Step::established(), Step::pause(20ms), Step::send(base::Buffer(100, 0x55))};
    scene.neighbor("127.0.0.11", bad);
    scene.neighbor("127.0.0.12").routes = many_routes(10);
    scene.start();
    ASSERT_TRUE(stage.run_until([&] {
      return std::count(stage.peer_addresses.begin(), stage.peer_addresses.end(), "127.0.0.11") >= 5;
    }));
    EXPECT_EQ(lines(*stage.peers[stage.peer_addresses[0] == "127.0.0.11" ? 0 : 1]).back(), "0015 03 0101");
    EXPECT_EQ(std::count(stage.peer_addresses.begin(), stage.peer_addresses.end(), "127.0.0.12"), 1);
    EXPECT_EQ(stage.peer("127.0.0.12")->table().size(), 10U);
    EXPECT_FALSE(stage.peer("127.0.0.12")->has_closed());
  }, 5);
}

// Whatever it ends them with: the first reconnect is immediate, those after it come a second, two, three ... later.
TEST_P(Lifecycle, APeerThatEndsEverySessionRightAfterEstablishedIsAskedLessAndLess) {
  for (const bool politely : {true, false}) {
    play([politely](Stage& stage) {
      Scene scene(stage);
      PeerOptions options;
      options.script = {Step::established()};
      if (politely) options.script.push_back(Step::send(notification(6, 2)));
      else options.script.push_back(Step::close());
      scene.neighbor(k_far, options);
      scene.start();
      ASSERT_TRUE(stage.run_until([&] { return stage.peers.size() == 3; }));
      const auto end_of = [&](std::size_t i) { return *stage.peers[i]->closed_at(); };
      const auto start_of = [&](std::size_t i) { return *stage.peers[i]->established_at(); };
      ASSERT_TRUE(stage.run_until([&] { return stage.peers[2]->has_closed(); }));
      EXPECT_LT(start_of(1) - end_of(0), within(stage, 300ms));
      EXPECT_GE(start_of(2) - end_of(1), 900ms);
      stage.run_for(1500ms);
      EXPECT_EQ(stage.peers.size(), 3U);
    }, 5);
  }
}

TEST_P(Lifecycle, I31_TheNumberOfAttemptsIsExactAndThenThePeerIsGone) {
  play([](Stage& stage) {
    stage.settings.tcp_attempts = 3;
    Scene scene(stage);
    PeerOptions options;
    options.script = {Step::established(), Step::await(k_update), Step::close()};
    scene.neighbor(k_far, options);
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.stopped(); }));
    EXPECT_EQ(stage.peers.size(), 3U);
    EXPECT_EQ(stage.exit_status(), 0);
  }, 5);
}

TEST_P(Lifecycle, I32_EveryRoundTakesItsStepsInOrder) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor("127.0.0.11").routes = many_routes(1000);
    scene.neighbor("127.0.0.12");
    scene.program("p", [](ScriptedProgram& program) {
      for (int i = 0; i < 100; ++i) program.say(announce(prefix_of(static_cast<std::size_t>(i))));
    });
    scene.start();
    ASSERT_TRUE(stage.run_until_established(2));
    ASSERT_TRUE(stage.run_until([&] { return stage.program_running("p")->count("done") == 100; }));
    stage.peer("127.0.0.12")->end(Remote::Ending::reset);
    ASSERT_TRUE(stage.run_until_established(2));
    EXPECT_GT(stage.watcher().rounds, 10U);
    EXPECT_TRUE(stage.watcher().steps_in_order);
  }, 5);
}

class RefusedConnections : public Simulated {};
TANDEM_ON_THE_SIMULATOR(RefusedConnections);

TEST_P(RefusedConnections, I31_AnAttemptIsFiftyConnectsOrThirtySeconds) {
  play([](Stage& stage) {
    stage.settings.tcp_attempts = 2;
    Scene scene(stage);
    scene.neighbor().api = {"neighbor-changes;"};
    scene.program("p", nullptr, "json");
    auto& world = dynamic_cast<SimStage&>(stage).world;
    std::vector<base::TimePoint> connects;
    world.acceptors.begin()->second = [&](const auto&, const auto&) {
      connects.push_back(world.now());
      return nullptr;
    };
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.stopped(); }, 600s));
    EXPECT_EQ(stage.exit_status(), 0);
    EXPECT_EQ(connects.size(), 100U);
    EXPECT_NEAR(base::seconds(connects[1] - connects[0]), 0.1, 0.02);
    EXPECT_EQ(stage.program_running("p")->containing("connected"), 0U);
    EXPECT_EQ(stage.program_running("p")->containing("\"down\""), 0U);  // not the notice of the shutdown
  }, 3);
}

class BadStart : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(BadStart);

TEST_P(BadStart, AConfigurationThatDoesNotParseSaysWhere) {
  const std::string neighbor = "neighbor 127.0.0.1 {\n  router-id 1.2.3.4;\n  local-address 127.0.0.1;\n  local-as 1;\n";
  const struct {
    std::string text;
    std::vector<std::string> says;
  } rows[] = {
      {neighbor + "  peer-as 2;\n  hold-time two;\n}\n", {":6:", "hold-time"}},
      {neighbor + "  peer-as 0;\n}\n", {":5:", "0 is reserved"}},
      {neighbor + "  peer-as 2;\n  static {\n    route 10.0.0.0/24 next-hop 10.0.0.1;\n", {":6:", "static"}},  // where it was opened
      {neighbor + "  peer-as 2;\n}\n}\n", {":7:", "}"}},
      {neighbor + "  peer-as 2;\n  static {\n    route 2001:db8::/32 next-hop 10.0.0.1;\n  }\n}\n", {":7:", "next-hop"}},
  };
  for (const auto& row : rows) {
    const auto stage = Stage::make(GetParam());
    stage->configuration(row.text);
    const std::string error = stage->start_error();
    for (const std::string& says : row.says) EXPECT_THAT(error, HasSubstr(says)) << row.text;
  }
}

}  // namespace
}  // namespace tandem::conformance
