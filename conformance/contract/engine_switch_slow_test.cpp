// The switch from one engine to the other while everything runs: no session ends, no octet is lost or doubled in either direction, no
// timer moves.
#include "conformance/contract/switch_traffic.hpp"

namespace tandem::conformance {
namespace {

class EngineSwitch : public RealEngines {};
TANDEM_ON_REAL_ENGINES(EngineSwitch);

TEST_P(EngineSwitch, TwoHundredSwitchesUnderLoadChangeNoOctetAndMoveNoTimer) {
  expect_unnoticed(GetParam(), {20, 100'000, 1500, 300, 200, 12ms});
}

TEST_P(EngineSwitch, TheEngineCommandTellsWhichOneRunsAndHowOftenItChanged) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    const std::string other = another_engine(stage.engine());
    EXPECT_THAT(stage.command("engine")[0], ::testing::HasSubstr("\"" + stage.engine() + "\""));
    EXPECT_EQ(stage.command("engine " + other).back(), "done");
    EXPECT_EQ(dynamic_cast<RealStage&>(stage).engine_starts(), 2U) << "the answer came before the switch";
    EXPECT_THAT(stage.command("engine")[0], ::testing::HasSubstr("\"" + other + "\""));
    EXPECT_EQ(stage.command("engine nonsense").back(), "error");
    EXPECT_EQ(stage.peers.size(), 1U);
    EXPECT_FALSE(stage.peer()->has_closed());
  });
}

// Switching when connections are being made, when programs start and end, when the far end goes away.
TEST_P(EngineSwitch, SwitchesInTheMiddleOfConnectingAndClosingLoseNothing) {
  play([](Stage& stage) {
    Scene scene(stage);
    for (std::size_t i = 0; i < 5; ++i) scene.neighbor(switched_address(i)).routes = many_routes(100);
    scene.program("p", [](ScriptedProgram& program) { program.say("system version"); });
    scene.start();
    const auto control = stage.control();
    base::Random random(3);
    std::string engine = stage.engine();
    for (int i = 0; i < 100; ++i) {
      engine = another_engine(engine);
      control->say("engine " + engine);
      stage.run_for(base::Duration(random.below(4'000'000)));
      auto* peer = stage.peer(switched_address(random.below(5)));
      if (peer != nullptr && random.below(3) == 0) peer->end(random.below(2) == 0 ? Remote::Ending::close : Remote::Ending::reset);
    }
    ASSERT_TRUE(stage.run_until([&] { return control->count("done") + control->count("error") == 100; }));
    ASSERT_TRUE(stage.run_until_established(5));
    for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(stage.peer(switched_address(i))->table().size(), 100U);
    EXPECT_EQ(stage.program_running("p")->count("done"), 1U);
  });
}

// With the first switch it does not matter any more where it began.
TEST(LongEngineSwitch, TenThousandSwitchesUnderRandomTrafficLoseNoOctet) {
  expect_unnoticed(engines_to_play().front(), {4, 0, 30'000, 10'000, 10'000, 6ms});
}

class Leaving : public Simulated {};
TANDEM_ON_THE_SIMULATOR(Leaving);

// The simulator leaves and comes back after one pass in five.
TEST_P(Leaving, ADriverThatLeavesAnywhereLosesNothing) {
  play([](Stage& stage) {
    dynamic_cast<SimStage&>(stage).reactor.leave_percent = 20;
    Scene scene(stage);
    for (std::size_t i = 0; i < 3; ++i) {
      PeerOptions options;
      options.script = {Step::established()};
      for (std::size_t n = 0; n < 50; ++n) options.script.push_back(Step::send(update({{prefix_of(n)}, std::nullopt, 1})));
      scene.neighbor(switched_address(i), options).routes = many_routes(500);
    }
    scene.program("p", [](ScriptedProgram& program) {
      for (std::size_t i = 0; i < 200; ++i) program.say(announce(prefix_of(1000 + i)));
    });
    scene.start();
    ASSERT_TRUE(stage.run_until([&] {
      if (stage.established() < 3 || stage.program_running("p") == nullptr || stage.program_running("p")->count("done") < 200) return false;
      return std::all_of(stage.peers.begin(), stage.peers.end(), [](const auto& peer) { return peer->table().size() == 700; });
    }));
    EXPECT_EQ(stage.peers.size(), 3U);
    for (const auto& peer : stage.peers) {
      EXPECT_EQ(peer->broken(), "");
      EXPECT_EQ(announced(peer->transcript()).size(), 700U);
    }
    EXPECT_EQ(stage.command("rib show in").size(), 151U);
  }, 50);
}

}  // namespace
}  // namespace tandem::conformance
