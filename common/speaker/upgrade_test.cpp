// Another program is to go on: what the speaker does until it is asked to let go, and what it does when it is not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/speaker/limits.hpp"
#include "common/speaker/test_support.hpp"

namespace tandem::speaker {
namespace {

using namespace test;
using ::testing::HasSubstr;

constexpr std::int64_t k_child = 7000;

struct UpgradeTest : ::testing::Test {
  Scene scene{neighbor("hold-time 12;")};
  Wire* session = nullptr;
  Wire* client = nullptr;

  void begin(base::Duration later = 2s) {
    scene.start();
    session = &scene.establish_quiet();
    client = &scene.control();
    scene.say(*client, "session reasons enable\nsession text enable\n");
    Scene::lines(*client);
    scene.advance(later);
    Scene::take(*session);
    scene.say(*client, "upgrade\n");
  }
  [[nodiscard]] std::string said(Wire& wire) { return fmt::format("{}", fmt::join(Scene::lines(wire), "\n")); }
  // What the program does: a child looks at the state.
  void let_look() {
    ASSERT_EQ(scene.daemon->exit(), Exit::upgrade);
    scene.daemon->upgrade_looked_at_by(k_child, scene.now + 5s);
    scene.settle();
  }
  void child_ends(int status, std::int64_t pid = k_child) {
    scene.host.ended.push_back({pid, status, 0});
    scene.daemon->signal(Signal::child);
    scene.settle();
  }
};

TEST_F(UpgradeTest, KeepalivesThatAreDueInThePauseLeaveBeforeIt) {
  begin();
  ASSERT_EQ(scene.daemon->exit(), Exit::upgrade);
  EXPECT_EQ(Scene::take(*session), Lines{"KEEPALIVE"}) << "2 s early";
  scene.daemon->upgrade_refused("no");
  scene.hear(*session, keepalive());
  scene.advance(3999ms);
  EXPECT_EQ(Scene::take(*session), Lines{}) << "the next one an interval later";
  scene.advance(1ms);
  EXPECT_EQ(Scene::take(*session), Lines{"KEEPALIVE"});
}

TEST_F(UpgradeTest, NoKeepaliveFollowsAnotherOneInTheSameSecond) {
  begin(500ms);
  ASSERT_EQ(scene.daemon->exit(), Exit::upgrade);
  EXPECT_EQ(Scene::take(*session), Lines{});
}

TEST_F(UpgradeTest, AllGoesOnWhileTheOtherProgramLooksAndThenTheProgramIsAskedAgain) {
  begin();
  let_look();
  EXPECT_EQ(scene.daemon->exit(), std::nullopt);
  EXPECT_EQ(scene.daemon->deadline() <= scene.now + 5s, true);
  scene.hear(*session, keepalive());
  scene.advance(1s);
  Wire& other = scene.control();
  scene.say(other, "session reasons enable\nsession text enable\npeer * announce route 10.1.0.0/16 next-hop 10.0.0.1\nupgrade /other\n");
  EXPECT_THAT(said(other), HasSubstr("another program is being asked whether it can go on"));
  scene.advance(100ms);
  EXPECT_EQ(Scene::take(*session), (Lines{"KEEPALIVE", "+10.1.0.0/16"}));
  child_ends(1, k_child + 1);
  EXPECT_EQ(scene.daemon->exit(), std::nullopt) << "of somebody else";
  child_ends(3);
  ASSERT_EQ(scene.daemon->exit(), Exit::upgrade);
  EXPECT_EQ(scene.daemon->upgrade().wanted(), "") << "the first one";
  ASSERT_TRUE(scene.daemon->upgrade().look());
  EXPECT_EQ(scene.daemon->upgrade().look()->exit_code, 3);
  EXPECT_EQ(said(*client), "");
  scene.daemon->upgrade_refused("it does not take the state");
  scene.settle();
  EXPECT_EQ(said(*client), "error: it does not take the state\nerror");
  scene.say(*client, "upgrade\n");
  EXPECT_EQ(scene.daemon->exit(), Exit::upgrade) << "anew";
  EXPECT_EQ(scene.daemon->upgrade().look(), std::nullopt);
}

TEST_F(UpgradeTest, WhoDoesNotEndTheLookInTimeIsNotWaitedFor) {
  begin();
  let_look();
  scene.hear(*session, keepalive());
  scene.advance(4999ms);
  EXPECT_EQ(scene.daemon->exit(), std::nullopt);
  scene.advance(1ms);
  EXPECT_EQ(scene.daemon->exit(), Exit::upgrade);
  EXPECT_EQ(scene.daemon->upgrade().look(), std::nullopt);
}

}  // namespace
}  // namespace tandem::speaker
