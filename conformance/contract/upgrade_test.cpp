// The command to go on as another program, where there is none that could be it. The whole is played in tandem/daemon_upgrade_test.cpp.
#include "conformance/contract/scene.hpp"

namespace tandem::conformance {
namespace {

class Upgrade : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(Upgrade);

// Nobody may be served for a while when another program goes on.
TEST_P(Upgrade, AKeepaliveThatIsDueInThePauseOfAnUpgradeLeavesBeforeIt) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().hold_time = 15;
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    stage.run_for(1100ms);
    const std::size_t before = stage.peer()->count(k_keepalive);
    EXPECT_EQ(stage.command("upgrade").back(), "error");
    ASSERT_TRUE(stage.run_until([&] { return stage.peer()->count(k_keepalive) > before; }));
    std::vector<base::TimePoint> heard;
    for (const auto& message : stage.peer()->transcript()) {
      if (message.type() == k_keepalive) heard.push_back(message.at);
    }
    EXPECT_LT(heard[before] - heard[before - 1], 4900ms) << "it would have been due after 5 s";
  }, 3);
}

// What runs in a test can be replaced by nothing: that is said, and all goes on.
TEST_P(Upgrade, AnUpgradeThatCannotBeChangesNothing) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    auto& program = *stage.program_running("p");
    program.say(announce("10.1.0.0/16"));
    EXPECT_EQ(stage.command("upgrade").back(), "error");
    stage.signal(speaker::Signal::upgrade);
    program.say(announce("10.2.0.0/16"));
    EXPECT_TRUE(stage.run_until([&] { return announced(stage.peer()->transcript()).size() == 2; }));
    EXPECT_EQ(stage.peers.size(), 1U);
    EXPECT_FALSE(stage.peer()->has_closed());
  });
}

}  // namespace
}  // namespace tandem::conformance
