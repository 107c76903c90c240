// A peer that announces more than max-prefix allows.
#include "conformance/contract/scene.hpp"

namespace tandem::conformance {
namespace {

using ::testing::HasSubstr;

class MaxPrefix : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(MaxPrefix);

// ORIGIN, empty AS_PATH, NEXT_HOP 10.0.0.1, LOCAL_PREF, and three prefixes.
const std::string k_three = "0000001540010100400200" "4003040A000001" "40050400000064" "180A0000" "180A0001" "180A0002";

TEST_P(MaxPrefix, EndsTheSessionAndKeepsTheNeighborDownUntilItIsEnabled) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().statements = {"max-prefix { ipv4 unicast 2; }"};
    scene.at(0).api = {"neighbor-changes;"};
    scene.program("p", nullptr, "json");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    auto& program = *stage.program_running("p");
    stage.peer()->send(wrap(k_update, *base::from_hex(k_three)));
    ASSERT_TRUE(stage.run_until([&] { return program.containing("more than 2 routes of ipv4 unicast") != 0; }))
        << ::testing::PrintToString(program.texts());
    ASSERT_TRUE(stage.run_until([&] { return stage.peers[0]->count(k_notification) == 1; }));
    EXPECT_THAT(lines(*stage.peers[0]).back(), HasSubstr(" 03 060100010100000002"));
    stage.run_for(2s);
    EXPECT_EQ(stage.peers.size(), 1U) << "nobody dials";
    EXPECT_THAT(::testing::PrintToString(stage.command("peer * show json")), HasSubstr("\\\"down\\\": true"));
    EXPECT_EQ(stage.command("peer * enable").back(), "done");
    EXPECT_TRUE(stage.run_until([&] { return stage.peers.size() == 2; }));
  }, 3);
}

TEST_P(MaxPrefix, RestartsWhenTheTimeIsOver) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().statements = {"max-prefix { ipv4 unicast 2 restart 2; }"};
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    const base::TimePoint ended = stage.now();
    stage.peer()->send(wrap(k_update, *base::from_hex(k_three)));
    ASSERT_TRUE(stage.run_until([&] { return stage.peers.size() == 2; }));
    EXPECT_GE(stage.now() - ended, 2s);
    EXPECT_TRUE(stage.run_until_established());
  }, 3);
}

TEST_P(MaxPrefix, AWarningLeavesTheSessionAndEachFamilyHasItsCount) {
  play([](Stage& stage) {
    Scene scene(stage);
    stage.settings.api_version = 4;
    scene.neighbor().families = {"ipv4 unicast", "ipv6 unicast"};
    scene.at(0).statements = {"max-prefix { ipv4 unicast 2 warn; ipv6 unicast 5 restart 9; }"};
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    stage.peer()->send(wrap(k_update, *base::from_hex(k_three)));
    stage.peer()->send(update({{"2001:db8:1::/48"}, std::nullopt, 0}));
    std::vector<std::string> shown;
    ASSERT_TRUE(stage.run_until([&] {
      shown = stage.command("show neighbor extensive");
      return std::any_of(shown.begin(), shown.end(), [](const std::string& line) { return line.starts_with("    ipv6 unicast:                      1"); });
    })) << ::testing::PrintToString(shown);
    EXPECT_THAT(shown, ::testing::Contains("    ipv4 unicast:                      3               2            warn"));
    EXPECT_THAT(shown, ::testing::Contains("    ipv6 unicast:                      1               5         restart"));
    EXPECT_THAT(::testing::PrintToString(stage.command("show neighbor json")), HasSubstr("\\\"count\\\": 3"));
    EXPECT_EQ(stage.peers.size(), 1U);
    EXPECT_EQ(stage.peer()->count(k_notification), 0U);
  }, 3);
}

}  // namespace
}  // namespace tandem::conformance
