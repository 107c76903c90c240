// max-prefix (RFC 4486 section 4): what a peer that announces too much is told, for how long it stays down, and how it comes back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/speaker/limits.hpp"
#include "common/speaker/test_support.hpp"

namespace tandem::speaker {
namespace {

using namespace test;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string limited(std::string_view what, std::string_view more = {}) {
  return neighbor(fmt::format("max-prefix {{ ipv4 unicast {}; }}\n{}", what, more));
}
const base::Buffer k_two = announcement("10.1.1.0 10.1.2.0");
const base::Buffer k_three = announcement("10.1.1.0 10.1.2.0 10.1.3.0");

std::string shown(Scene& scene) {
  Wire& control = scene.control();
  scene.say(control, "session text enable\npeer * show extensive\n");
  std::string text;
  for (const std::string& line : Scene::lines(control)) text += line + "\n";
  return text;
}
void command(Scene& scene, const std::string& line) {
  Wire& control = scene.control();
  scene.say(control, line + "\n");
  EXPECT_THAT(Scene::lines(control), ElementsAre("done"));
}

TEST(MaxPrefix, ASessionThatPassesTheLimitEndsWithTheFamilyAndTheLimit) {
  Scene scene(limited("2"));
  scene.start();
  Wire& wire = scene.establish_quiet();
  scene.hear(wire, k_two);
  scene.hear(wire, announcement("10.1.1.0"));  // none of them is new
  EXPECT_THAT(Scene::take(wire), ElementsAre());
  wire.channel->receive(announcement("10.1.3.0"), scene.now);
  scene.settle();
  const base::Buffer octets = wire.written;
  EXPECT_THAT(Scene::take(wire), ElementsAre("NOTIFICATION 6/1"));
  EXPECT_EQ(base::to_hex(base::Bytes(octets).subspan(21), base::HexCase::upper), "00010100000002");
}

TEST(MaxPrefix, WhatIsWithdrawnDoesNotCount) {
  Scene scene(limited("2"));
  scene.start();
  Wire& wire = scene.establish_quiet();
  scene.hear(wire, k_two);
  base::Buffer withdraw;
  const std::size_t start = bgp::begin_message(withdraw, bgp::MessageType::update);
  for (const unsigned octet : {0, 4, 24, 10, 1, 1, 0, 0}) withdraw.push_back(static_cast<std::uint8_t>(octet));
  bgp::finish_message(withdraw, start);
  scene.hear(wire, withdraw);
  scene.hear(wire, announcement("10.1.3.0"));
  EXPECT_THAT(Scene::take(wire), ElementsAre());
  EXPECT_THAT(shown(scene), HasSubstr("Prefix Limit"));
}

TEST(MaxPrefix, WithoutARestartTheNeighborStaysDownUntilItIsEnabled) {
  Scene scene(limited("2"));
  scene.start();
  scene.hear(scene.establish_quiet(), k_three);
  scene.advance(3600s);
  EXPECT_EQ(scene.dialling(), nullptr);
  EXPECT_THAT(shown(scene), HasSubstr("until enabled"));
  command(scene, "peer * enable");
  EXPECT_NE(scene.dialling(), nullptr);
  Wire& wire = scene.establish_quiet();
  scene.hear(wire, k_two);
  EXPECT_THAT(Scene::take(wire), ElementsAre()) << "it is counted anew";
}

TEST(MaxPrefix, EnablingOneThatIsUpChangesNothing) {
  Scene scene(limited("2"));
  scene.start();
  Wire& wire = scene.establish_quiet();
  command(scene, "enable");
  EXPECT_THAT(Scene::take(wire), ElementsAre());
}

TEST(MaxPrefix, ARestartIsTriedWhenItsTimeIsOverAndNotBefore) {
  Scene scene(limited("2 restart 300"));
  scene.start();
  scene.hear(scene.establish_quiet(), k_three);
  scene.advance(299s);
  EXPECT_EQ(scene.dialling(), nullptr);
  EXPECT_THAT(shown(scene), HasSubstr("0:00:01"));
  scene.advance(1s);
  EXPECT_NE(scene.dialling(), nullptr);
}

TEST(MaxPrefix, AConnectionOfANeighborThatIsKeptDownIsRefused) {
  Scene scene(limited("2 restart 300", "passive;"));
  scene.start();
  Wire& first = scene.accept();
  scene.hear(first, PeerOpen{}.bytes() + keepalive());
  scene.hear(first, k_three);
  scene.advance(10s);
  EXPECT_THAT(Scene::take(scene.accept()), ElementsAre("NOTIFICATION 6/5"));
  scene.advance(290s);
  EXPECT_THAT(Scene::take(scene.accept()), ElementsAre("OPEN"));
}

TEST(MaxPrefix, AWarningIsAllThatAWarningDoes) {
  Scene scene(limited("2 warn"));
  scene.start();
  Wire& wire = scene.establish_quiet();
  scene.hear(wire, k_three);
  EXPECT_THAT(Scene::take(wire), ElementsAre());
  const std::string text = shown(scene);
  EXPECT_THAT(text, HasSubstr("ipv4 unicast:                      3               2            warn")) << text;
}

TEST(MaxPrefix, IsNotSilentUnderGracefulRestartAndIsForGoodWhereNotificationsRestart) {
  for (const bool through_notifications : {false, true}) {
    Scene scene(limited("2", through_notifications ? "capability { graceful-restart 120 notification; }" : "capability { graceful-restart 120; }"));
    scene.start();
    PeerOpen open;
    open.graceful_restart = true;
    open.restart_notification = through_notifications;
    Wire& wire = scene.establish_quiet(open);
    scene.hear(wire, k_three);
    EXPECT_THAT(Scene::take(wire), ElementsAre(through_notifications ? "NOTIFICATION 6/9" : "NOTIFICATION 6/1"));
  }
}

TEST(MaxPrefix, AReloadWithAnotherLimitLetsItUpAgainAndHoldsTheSessionToIt) {
  Scene scene(limited("2"));
  scene.start();
  scene.hear(scene.establish_quiet(), k_three);
  scene.advance(60s);
  scene.reload(limited("3"));
  EXPECT_NE(scene.dialling(), nullptr);
  Wire& wire = scene.establish_quiet();
  scene.hear(wire, k_three);
  EXPECT_THAT(Scene::take(wire), ElementsAre());
  scene.reload(limited("1"));
  EXPECT_THAT(Scene::take(wire), ElementsAre("NOTIFICATION 6/1"));
}

TEST(MaxPrefix, AMemberOfARangeIsRememberedWhileItIsDown) {
  Scene scene(
      "neighbor 10.0.1.0/24 {\n router-id 10.0.0.2; local-address 10.0.0.2; local-as 65533; peer-as 65000; passive;\n"
      " family { ipv4 unicast; } max-prefix { ipv4 unicast 2 restart 30; } }\n");
  scene.start();
  Wire& first = scene.accept("10.0.1.7");
  scene.hear(first, PeerOpen{}.bytes() + keepalive());
  scene.hear(first, k_three);
  scene.advance(29s);
  EXPECT_THAT(Scene::take(scene.accept("10.0.1.7")), ElementsAre("NOTIFICATION 6/5"));
  EXPECT_EQ(scene.daemon->peers().all().size(), 1U);
  scene.advance(1s);
  EXPECT_TRUE(scene.daemon->peers().all().empty());
  EXPECT_THAT(Scene::take(scene.accept("10.0.1.7")), ElementsAre("OPEN"));
}

}  // namespace
}  // namespace tandem::speaker
