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

// However long the tables are, nobody waits while they are written, and in the pause little is left.
TEST(UpgradeOfALongTable, WritesItInSlicesBefore) {
  constexpr std::size_t k_routes = 40'000;
  Scene scene(process() + neighbor(api() + numbered_routes(k_routes)));
  scene.start();
  scene.establish_quiet();
  Wire& client = scene.control();
  std::string commands = "session text enable\n";
  for (std::size_t i = 0; i < k_routes / 4; ++i) commands += fmt::format("peer * announce route 30.{}.{}.{}/32 next-hop 10.0.0.2\n", i >> 16, i >> 8 & 0xFF, i & 0xFF);
  scene.say(client, commands);
  scene.advance(1s);
  const rib::AdjRibOut& rib = scene.daemon->peers().all()[0]->rib_out();
  ASSERT_FALSE(rib.has_pending() || rib.run_active());
  ASSERT_EQ(rib.size(), k_routes + k_routes / 4);
  client.channel->receive(base::as_bytes("upgrade\n"), scene.now);
  std::uint64_t most = 0;
  std::size_t rounds = 0;
  for (; scene.daemon->exit() != Exit::upgrade && rounds < 1000; ++rounds) {
    const std::uint64_t before = base::Work::done();
    scene.daemon->round(scene.now);
    most = std::max(most, base::Work::done() - before);
    if (rounds != 2) continue;
    client.channel->receive(base::as_bytes("peer * announce route 30.0.0.0/32 next-hop 10.0.0.3\n"), scene.now);
  }
  EXPECT_GT(rounds, (k_routes + k_routes / 4) / k_turn_rib_slice);
  EXPECT_LT(most, 2 * k_turn_rib_slice) << "in one round";
  ASSERT_EQ(scene.daemon->exit(), Exit::upgrade);
  EXPECT_EQ(std::as_const(rib).size(), k_routes + k_routes / 4) << "commands are served meanwhile";
  base::Buffer state;
  for (const base::Buffer& part : scene.daemon->written_ahead()) state.insert(state.end(), part.begin(), part.end());
  const std::size_t ahead = state.size();
  scene.detach();
  const base::Buffer rest = scene.daemon->snapshot_behind(scene.now);
  EXPECT_LT(rest.size(), ahead / 4);
  state.insert(state.end(), rest.begin(), rest.end());
  scene.go_on_from(state);
  const rib::AdjRibOut& other = scene.daemon->peers().all()[0]->rib_out();
  EXPECT_EQ(other.size(), k_routes + k_routes / 4);
}

TEST_F(UpgradeTest, WhenItIsRefusedTheNextOneWritesAnew) {
  begin();
  ASSERT_EQ(scene.daemon->exit(), Exit::upgrade);
  const auto ahead = [this] { return scene.daemon->written_ahead(); };
  const auto first = ahead();
  static_cast<void>(scene.daemon->snapshot_behind(scene.now));
  scene.daemon->upgrade_refused("no");
  scene.settle();
  Wire& other = scene.control();
  scene.say(other, "peer * announce route 10.1.0.0/16 next-hop 10.0.0.1\nupgrade\n");
  ASSERT_EQ(scene.daemon->exit(), Exit::upgrade);
  EXPECT_GT(ahead().back().size(), first.back().size()) << "with the route";
}

}  // namespace
}  // namespace tandem::speaker
