// Neighbors that come and go by command.
#include "common/speaker/peers.hpp"

#include <gtest/gtest.h>

#include "common/speaker/test_support.hpp"

namespace tandem::speaker {
namespace {

using namespace test;

const std::string k_create = "peer create 10.0.0.9 local-address 10.0.0.2 local-as 65533 peer-as 65000 api p\n";

TEST(CommandPeer, ConnectsAtOnceAndIsCommandedByTheProcessItNames) {
  Scene scene(process() + process("q"));
  scene.start();
  Wire& program = scene.wire("p");
  scene.say(program, k_create);
  EXPECT_EQ(Scene::lines(program), Lines{"done"});
  Wire& session = scene.establish_quiet({}, "10.0.0.9");
  scene.say(program, "announce route 10.1.0.0/16 next-hop 10.0.0.2\n");
  EXPECT_EQ(Scene::lines(program), Lines{"done"});
  scene.advance(50ms);
  EXPECT_EQ(Scene::take(session), Lines{"+10.1.0.0/16"});
  scene.say(scene.wire("q"), "announce route 10.2.0.0/16 next-hop 10.0.0.2\n");
  EXPECT_EQ(Scene::lines(scene.wire("q")), Lines{"error"});
}

TEST(CommandPeer, IsMadeOnce) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  Wire& program = scene.wire("p");
  scene.say(program, "peer create 10.0.0.3 local-address 10.0.0.2 local-as 65533 peer-as 65000\n" + k_create + k_create);
  const std::string_view k_rest = " local-ip 10.0.0.2 local-as 65533 peer-as 65000 router-id 10.0.0.2 family-allowed in-open";
  EXPECT_EQ(Scene::lines(program), (Lines{"error: peer already exists: neighbor 10.0.0.3" + std::string(k_rest), "error", "done",
                                          "error: peer already exists: neighbor 10.0.0.9" + std::string(k_rest), "error"}));
  EXPECT_EQ(scene.daemon->peers().all().size(), 2U);
}

TEST(CommandPeer, IsGoneAfterAReloadAndStaysWhenTheFileIsWrong) {
  Scene scene(process());
  scene.start();
  scene.say(scene.wire("p"), k_create);
  Wire& session = scene.establish_quiet({}, "10.0.0.9");
  scene.reload("nonsense");
  EXPECT_TRUE(scene.daemon->peers().all()[0]->established());
  scene.reload(process());
  EXPECT_EQ(Scene::take(session), Lines{"NOTIFICATION 6/3"});
  EXPECT_TRUE(scene.daemon->peers().all().empty());
}

TEST(CommandPeer, GivesWayToAConfiguredOneWithTheSameKey) {
  Scene scene(process());
  scene.start();
  scene.say(scene.wire("p"), k_create);
  scene.reload(process() + neighbor({}, "10.0.0.9"));
  ASSERT_EQ(scene.daemon->peers().all().size(), 1U);
  EXPECT_EQ(scene.daemon->peers().all()[0]->provenance().kind, Provenance::Kind::configured);
  EXPECT_FALSE(scene.daemon->peers().all()[0]->stopped());
}

TEST(CommandPeer, DeletedWithItsSessionAndTakesNoCommandMeanwhile) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  Wire& program = scene.wire("p");
  scene.say(program, k_create);
  Wire& session = scene.establish_quiet({}, "10.0.0.9");
  session.stuck = true;
  Scene::lines(program);
  scene.say(program, "peer delete 10.0.0.9\npeer 10.0.0.9 announce route 10.1.0.0/16 next-hop 10.0.0.2\npeer delete 10.0.0.9\n");
  EXPECT_EQ(Scene::lines(program), (Lines{"done", "error", "error: no neighbors match the selector", "error"}));
  session.stuck = false;
  scene.settle();
  EXPECT_EQ(Scene::take(session), Lines{"NOTIFICATION 6/3"});
  EXPECT_EQ(scene.daemon->peers().all().size(), 1U);
}

TEST(CommandPeer, AConfiguredOneThatIsDeletedIsBackAfterAReload) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  scene.say(scene.wire("p"), "peer delete 10.0.0.3\n");
  EXPECT_TRUE(scene.daemon->peers().all().empty());
  EXPECT_TRUE(scene.daemon->peers().neighbors().empty());
  EXPECT_FALSE(scene.dialling());
  scene.reload(process() + neighbor(api()));
  EXPECT_TRUE(scene.dialling());
}

}  // namespace
}  // namespace tandem::speaker
