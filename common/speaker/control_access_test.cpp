#include "common/speaker/control_access.hpp"

#include <gtest/gtest.h>

#include "common/speaker/test_support.hpp"

namespace tandem::speaker {
namespace {

using namespace test;

const process::HostIdentity k_daemon{{}, 100, 1, 1000, 65534};

bool serves(const ControlAccess& access, const process::Credentials& client) { return access.judge(client).has_value(); }

TEST(ControlAccess, ServesRootTheUserOfTheDaemonAndWhoStartedIt) {
  const ControlAccess access(k_daemon);
  EXPECT_TRUE(serves(access, {0, 0, {}}));
  EXPECT_TRUE(serves(access, {65534, 7, {}}));
  EXPECT_TRUE(serves(access, {1000, 7, {}}));
  EXPECT_FALSE(serves(access, {1001, 0, {0, 1000, 65534}})) << "a group is no user";
}

TEST(ControlAccess, ServesTheMembersOfTheGroupWhicheverOfTheirGroupsItIs) {
  ControlAccess access(k_daemon);
  access.admit_group("operators", 50);
  EXPECT_TRUE(serves(access, {1001, 50, {}}));
  EXPECT_TRUE(serves(access, {1001, 7, {8, 50}}));
  EXPECT_FALSE(serves(access, {1001, 7, {8, 51}}));
  EXPECT_FALSE(serves(access, {50, 7, {}})) << "a user is no group";
}

TEST(ControlAccess, TellsOthersWhoIsServed) {
  ControlAccess access(k_daemon);
  EXPECT_EQ(access.judge({1001, 7, {}}).error().reason(),
            "the control socket serves root, the user of the daemon (uid 65534), who started it (uid 1000) and, with the setting api.group, a group; "
            "not uid 1001");
  access.admit_group("operators", 50);
  EXPECT_EQ(access.judge({1001, 7, {}}).error().reason(),
            "the control socket serves root, the user of the daemon (uid 65534), who started it (uid 1000) and the group 'operators' (api.group); "
            "not uid 1001");
}

TEST(ControlAccess, WhoIsRefusedIsToldWhyAndTakesNobodysPlace) {
  Scene scene{neighbor()};
  scene.start();
  scene.host.client = process::Credentials{1001, 1001, {}};
  for (std::size_t i = 0; i < 2 * k_control_clients; ++i) {
    Wire& refused = scene.control();
    const Lines told = Scene::lines(refused);
    ASSERT_EQ(told.size(), 2U);
    EXPECT_TRUE(told[0].starts_with("error: the control socket serves root, ") && told[0].ends_with("; not uid 1001")) << told[0];
    EXPECT_EQ(told[1], "error");
    EXPECT_EQ(refused.channel, nullptr) << "closed";
  }
  scene.host.client = process::Credentials{};
  Wire& root = scene.control();
  scene.say(root, "# hello\n");
  EXPECT_EQ(Scene::lines(root), Lines{"done"});
  scene.host.client = base::Error("the kernel does not say who has connected");
  EXPECT_EQ(Scene::lines(scene.control()), (Lines{"error: the kernel does not say who has connected", "error"}));
}

TEST(ControlAccess, AGroupThatDoesNotExistIsRefusedAtTheStart) {
  config::Settings settings;
  settings.api_group = "operators";
  Scene scene{neighbor(), settings};
  const auto started = scene.daemon->start(scene.now);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().reason(), "api.group: there are no groups here");
}

}  // namespace
}  // namespace tandem::speaker
