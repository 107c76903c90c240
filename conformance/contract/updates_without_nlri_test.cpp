// `attributes ...` without `nlri`: an UPDATE that has attributes and no route, in the file and as a command of both versions.
#include <fmt/format.h>

#include <algorithm>

#include "conformance/contract/scene.hpp"

namespace tandem::conformance {
namespace {

using ::testing::ElementsAre;

class UpdatesWithoutNlri : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(UpdatesWithoutNlri);

// With this MED; `routes`: the octets of the prefixes behind the attributes.
std::string with_med(unsigned med, std::string_view routes = "") {
  return fmt::format("{:04X} 02 0000001C40010100400200400304" "0A000001800404{:08X}40050400000064{}", 0x33 + routes.size() / 2, med, routes);
}
// Behind the OPEN.
std::vector<std::string> told(const ScriptedPeer& peer) {
  std::vector<std::string> out = lines(peer);
  if (!out.empty()) out.erase(out.begin());
  return out;
}
constexpr std::string_view k_end_of_rib = "0017 02 00000000";

TEST_P(UpdatesWithoutNlri, StandInTheOrderOfTheFileAndFollowCommandsOfBothVersions) {
  for (const int version : {4, 6}) {
    SCOPED_TRACE(version);
    play([version](Stage& stage) {
      stage.settings.api_version = version;
      Scene scene(stage);
      scene.neighbor().statements = {"static { route 10.0.0.0/24 next-hop 10.0.0.1 med 1; attributes next-hop 10.0.0.1 med 2;"
                                     " route 10.0.1.0/24 next-hop 10.0.0.1 med 3; route 10.0.2.0/24 next-hop 10.0.0.1 med 2; }"};
      scene.program("p");
      scene.start();
      ASSERT_TRUE(stage.run_until_established());
      ASSERT_TRUE(stage.run_until([&] { return stage.peer()->ends_of_rib() == 1; }));
      EXPECT_THAT(told(*stage.peer()), ElementsAre(with_med(1, "180A0000"), with_med(2), with_med(2, "180A0002"), with_med(3, "180A0001"), k_end_of_rib));
      const auto last = [&](std::string_view command) { return stage.command((version == 4 ? "" : "peer * ") + std::string(command)).back(); };
      const std::size_t before = told(*stage.peer()).size();
      EXPECT_EQ(last("withdraw attributes next-hop 10.0.0.1 med 4"), "error") << "there is nothing to withdraw";
      EXPECT_EQ(last("announce attributes"), "error");
      EXPECT_EQ(last("announce attributes next-hop 10.0.0.1 med 4"), "done");
      ASSERT_TRUE(stage.run_until([&] { return told(*stage.peer()).size() > before; }));
      EXPECT_EQ(told(*stage.peer()).back(), with_med(4));
      for (const std::string& line : stage.command(version == 4 ? "show adj-rib out extensive" : "rib show out extensive")) {
        EXPECT_EQ(line.find("attributes"), std::string::npos) << line;
      }
      // What was said last is told again, like a route.
      stage.peer()->end(Remote::Ending::close);
      ASSERT_TRUE(stage.run_until([&] { return stage.peers.size() == 2 && stage.peer()->ends_of_rib() == 1; }));
      const auto again = told(*stage.peer());
      EXPECT_EQ(again.size(), 5U);
      EXPECT_EQ(std::count(again.begin(), again.end(), with_med(4)), 1);
      EXPECT_EQ(std::count(again.begin(), again.end(), with_med(2)), 0);
    }, 3);
  }
}

TEST_P(UpdatesWithoutNlri, NeedNoFamilyOfTheSession) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().families = {"ipv6 unicast"};
    scene.at(0).statements = {"static { attributes next-hop 10.0.0.1 med 2; }"};
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    ASSERT_TRUE(stage.run_until([&] { return stage.peer()->ends_of_rib() == 1; }));
    EXPECT_EQ(told(*stage.peer()).at(0), with_med(2));
    EXPECT_EQ(told(*stage.peer()).size(), 2U);
  }, 3);
}

TEST_P(UpdatesWithoutNlri, AReloadTellsWhatIsNewAndNothingOfWhatIsGone) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().statements = {"static { attributes next-hop 10.0.0.1 med 2; }"};
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    ASSERT_TRUE(stage.run_until([&] { return stage.peer()->ends_of_rib() == 1; }));
    const auto reload_with = [&](const std::string& text) {
      scene.at(0).statements = {text};
      scene.rewrite();
      stage.signal(speaker::Signal::reload);
    };
    reload_with("static { attributes next-hop 10.0.0.1 med 3; }");
    ASSERT_TRUE(stage.run_until([&] { return told(*stage.peer()).size() == 3; }));
    reload_with("static { route 10.0.0.0/24 next-hop 10.0.0.1 med 5; }");
    ASSERT_TRUE(stage.run_until([&] { return told(*stage.peer()).size() == 4; }));
    EXPECT_THAT(told(*stage.peer()), ElementsAre(with_med(2), k_end_of_rib, with_med(3), with_med(5, "180A0000")));
  }, 3);
}

}  // namespace
}  // namespace tandem::conformance
