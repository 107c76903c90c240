// Answers that can be told apart: `#17 COMMAND` ends with `done #17` or `error #17` for the client that has asked for it.
#include "conformance/contract/scene.hpp"

namespace tandem::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

class Tags : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(Tags);

// The last lines of answers.
[[nodiscard]] std::vector<std::string> terminators(const ScriptedProgram& program) {
  std::vector<std::string> out;
  for (const std::string& text : program.texts()) {
    if (text.starts_with("done") || text == "error" || text.starts_with("error #")) out.push_back(text);
  }
  return out;
}

TEST_P(Tags, AProgramKnowsWhichOfItsManyCommandsFailed) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.program("p");
    scene.program("other");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    auto& program = *stage.program_running("p");
    std::string written = "session tags enable\n";
    std::vector<std::string> expected{"done"};
    for (std::size_t i = 0; i < 500; ++i) {
      const std::string tag = "#" + std::to_string(i);
      const bool wrong = i % 7 == 3;
      written += tag + " " + (wrong ? "peer * announce route 10.0.0.0/99 next-hop 10.0.0.1" : announce(prefix_of(i), i % 50 == 0 ? "sync" : "")) + "\n";
      expected.push_back((wrong ? "error " : "done ") + tag);
    }
    program.write(written);
    ASSERT_TRUE(stage.run_until([&] { return terminators(program).size() == expected.size(); }));
    EXPECT_THAT(terminators(program), ElementsAreArray(expected));
    auto& other = *stage.program_running("other");
    other.say("#1 no such command");
    ASSERT_TRUE(stage.run_until([&] { return !other.lines().empty(); }));
    EXPECT_THAT(other.texts(), ElementsAre("done")) << "each client asks for itself";
    EXPECT_TRUE(stage.run_until([&] { return announced(stage.peer()->transcript()).size() == 500 - 71; }));
  }, 5);
}

TEST_P(Tags, ControlClientsHaveThemThroughLongAnswersSyncAndGroups) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().routes = many_routes(3000, 100);
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    const auto client = stage.control();
    const auto plain = stage.control();
    client->write("enable-tags\n#show rib show out\n#version system version\n#s1 " + announce("10.201.0.0/16", "sync") +
                  "\n#g1 group start\n#g2 announce route 10.202.0.0/16 next-hop 10.0.0.1\n#g3 group end sync\n#half no such");
    plain->say("#show rib show out");
    ASSERT_TRUE(stage.run_until([&] { return client->count("done #g3") == 1 && plain->count("done") == 1; }));
    client->write(" command\n");
    ASSERT_TRUE(stage.run_until([&] { return client->count("error #half") == 1; }));
    EXPECT_THAT(terminators(*client), ElementsAre("done", "done #show", "done #version", "done #s1", "done #g1", "done #g2", "done #g3", "error #half"));
    EXPECT_EQ(client->texts()[3001], "done #show") << "behind its data";
    EXPECT_THAT(plain->texts(), ElementsAre("done"));
    EXPECT_TRUE(stage.run_until([&] { return stage.peer()->table().has("10.202.0.0/16"); }));
  }, 5);
}

}  // namespace
}  // namespace tandem::conformance
