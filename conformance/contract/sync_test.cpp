// Commands that are answered when the wire has what they changed, and commands that belong together.
#include "conformance/contract/scene.hpp"

namespace tandem::conformance {
namespace {

using ::testing::ElementsAre;

class Sync : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(Sync);

// The peer takes 4 UPDATEs a second, and what is withdrawn goes before what is announced: the 100 routes are not waited for.
TEST_P(Sync, WaitsForItsOwnChangeAndNotForAllThatIsQueued) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().statements = {"rate-limit 4;", "group-updates false;"};
    scene.at(0).routes = {"10.200.0.0/16 next-hop 10.0.0.1"};
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    auto& program = *stage.program_running("p");
    std::string lines;
    for (std::size_t i = 0; i < 100; ++i) lines += announce(prefix_of(i)) + "\n";
    program.write(lines + withdraw("10.200.0.0/16") + " sync\n");
    ASSERT_TRUE(stage.run_until([&] { return program.count("done") == 101; }, 10s)) << program.count("done");
    ASSERT_TRUE(stage.run_until([&] { return !withdrawn(stage.peer()->transcript()).empty(); }, 2s)) << "written is not received yet";
    EXPECT_LT(announced(stage.peer()->transcript()).size(), 60U) << "the others are on their way yet";
  }, 1);
}

// A run of the flood takes four seconds. What waits behind it: another route of the flood, the one that is waited for, then all the rest
// of the flood, with the attributes of the former.
TEST_P(Sync, OfOneProgramDoesNotWaitForWhatAnotherAnnouncesLater) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().statements = {"rate-limit 4;", "group-updates false;"};
    scene.program("flood");
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    auto& flood = *stage.program_running("flood");
    auto& program = *stage.program_running("p");
    const auto flooded = [&](std::size_t from, std::size_t to) {
      std::string lines;
      for (std::size_t i = from; i < to; ++i) lines += announce(prefix_of(1000 + i), "med 7") + "\n";
      flood.write(lines);
      return stage.run_until([&] { return flood.count("done") == to; });
    };
    ASSERT_TRUE(flooded(0, 20));
    ASSERT_TRUE(stage.run_until([&] { return !announced(stage.peer()->transcript()).empty(); })) << "the run is under way";
    ASSERT_TRUE(flooded(20, 21));
    program.say(announce("10.200.0.0/16", "med 9 sync"));
    const auto known = [&] {
      const auto shown = stage.command("rib show out");
      return std::any_of(shown.begin(), shown.end(), [](const std::string& line) { return line.find("10.200.0.0/16") != std::string::npos; });
    };
    for (int i = 0; i < 100 && !known(); ++i) stage.run_for(10ms);
    ASSERT_TRUE(known());
    ASSERT_TRUE(flooded(21, 221)) << "one program waits, and the other one is answered";
    ASSERT_LT(announced(stage.peer()->transcript()).size(), 20U) << "the run is under way yet";
    ASSERT_TRUE(stage.run_until([&] { return program.count("done") == 1; }, 15s));
    ASSERT_TRUE(stage.run_until([&] {
      const auto seen = announced(stage.peer()->transcript());
      return std::find(seen.begin(), seen.end(), "10.200.0.0/16") != seen.end();
    }, 2s)) << "written is not received yet";
    EXPECT_LT(announced(stage.peer()->transcript()).size(), 60U) << "the flood is on its way yet";
  }, 1);
}

TEST_P(Sync, AGroupIsSeenByNobodyBeforeItsEndAndIsWrittenTogether) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    auto& program = *stage.program_running("p");
    const std::size_t before = stage.peer()->transcript().size();
    std::vector<std::string> lines{"group start"};
    for (std::size_t i = 0; i < 20; ++i) lines.push_back("announce route " + prefix_of(i) + " next-hop 10.0.0.1 med 3");
    for (std::size_t i = 0; i < lines.size(); ++i) {
      program.say(lines[i]);
      ASSERT_TRUE(stage.run_until([&] { return program.count("done") == i + 1; }));
      if (i % 5 == 0) stage.run_for(100ms);
    }
    EXPECT_THAT(announced(stage.peer()->transcript()), ElementsAre());
    program.say("group end sync");
    ASSERT_TRUE(stage.run_until([&] { return program.count("done") == lines.size() + 1; }));
    ASSERT_TRUE(stage.run_until([&] { return announced(stage.peer()->transcript()).size() == 20; }));
    std::size_t updates = 0;
    const auto transcript = stage.peer()->transcript();
    for (std::size_t i = before; i < transcript.size(); ++i) updates += changes_of(transcript[i].bytes).announced.empty() ? 0 : 1;
    EXPECT_EQ(updates, 1U) << "equal attributes share an UPDATE";
  }, 3);
}

}  // namespace
}  // namespace tandem::conformance
