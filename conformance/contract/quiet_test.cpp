// api.quiet known: whatever the host says of programs, what they change is sent once and in order.
#include "conformance/contract/scene.hpp"

namespace tandem::conformance {
namespace {

using ::testing::ElementsAre;

class Quiet : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(Quiet);

TEST_P(Quiet, WhatIsChangedIsSentOnceAndInOrderWhateverTheHostSays) {
  play([](Stage& stage) {
    stage.settings.api_quiet = "known";
    Scene scene(stage);
    scene.neighbor();
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    auto& program = *stage.program_running("p");
    std::vector<std::string> expected;
    for (int i = 0; i < 20; ++i) {
      const std::string prefix = "10.0." + std::to_string(i) + ".0/24";
      program.say(announce(prefix));
      expected.push_back(prefix);
      if (i % 3 == 0) stage.run_for(std::chrono::microseconds(700) * i);
    }
    ASSERT_TRUE(stage.run_until([&] { return announced(stage.peer()->transcript()).size() >= expected.size(); }));
    EXPECT_EQ(announced(stage.peer()->transcript()), expected);
  });
}

TEST_P(Quiet, ASyncDoesNotWaitForSilence) {
  play([](Stage& stage) {
    stage.settings.api_quiet = "known";
    Scene scene(stage);
    scene.neighbor();
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    for (int i = 0; i < 3; ++i) {
      EXPECT_THAT(stage.command(announce("10.0." + std::to_string(i) + ".0/24") + " sync"), ElementsAre("done"));
      EXPECT_TRUE(stage.run_until([&] { return stage.peer()->table().has("10.0." + std::to_string(i) + ".0/24"); }));
    }
  });
}

}  // namespace
}  // namespace tandem::conformance
