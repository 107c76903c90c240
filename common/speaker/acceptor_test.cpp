// Which neighbor an accepted connection belongs to.
#include <gtest/gtest.h>

#include "common/speaker/limits.hpp"
#include "common/speaker/test_support.hpp"

namespace tandem::speaker {
namespace {

using namespace test;

const std::string k_range = neighbor("passive true;", "10.1.0.0/16");

TEST(Accept, AConnectionOfAConfiguredPeerIsAnsweredWithAnOpen) {
  Scene scene(neighbor("passive true;"));
  scene.start();
  Wire& wire = scene.accept();
  EXPECT_EQ(Scene::take(wire), Lines{"OPEN"});
}

// RFC 5082: a listener of tcp.bind knows no neighbor, so that theirs is set once they are known.
TEST(Accept, TheIncomingTtlOfTheNeighborHoldsWhicheverListenerItCameThrough) {
  Scene scene(neighbor("passive true; incoming-ttl 254;") + neighbor("passive true;", "10.0.0.4"));
  scene.start();
  scene.accept();
  scene.accept("10.0.0.4");
  EXPECT_EQ(scene.host.minimum_ttls, std::vector<std::uint8_t>{254});
}

TEST(Accept, AConnectionWhoseTtlCannotBeGuardedIsRefused) {
  Scene scene(neighbor("passive true; incoming-ttl 254;"));
  scene.start();
  scene.host.sockets_fail = true;
  EXPECT_THROW(scene.accept(), std::runtime_error);
}

TEST(Accept, AListenerThatNeighborsShareLetsInTheFarthest) {
  const std::string listen = "passive true; listen 1179; incoming-ttl ";
  Scene scene(neighbor(listen + "254;") + neighbor(listen + "200;", "10.0.0.4"));
  scene.start();
  ASSERT_EQ(scene.host.listened.size(), 1U);
  EXPECT_EQ(scene.host.listened[0].minimum_ttl, 200);
}

// RFC 2385
TEST(Accept, AConnectionOfAPeerWithAPasswordIsRefusedUnlessTheKernelDemandedItsSignature) {
  Scene scene(neighbor("passive true; md5-password one;") + neighbor("passive true;", "10.0.0.4") +
              neighbor("passive true; md5-password two;", "10.1.0.0/16"));
  scene.start();
  scene.accept();
  scene.accept("10.0.0.4");
  scene.accept("10.1.2.3");
  ASSERT_EQ(scene.host.required_keys.size(), 2U);
  EXPECT_EQ(scene.host.required_keys[0].key, "one");
  EXPECT_EQ(scene.host.required_keys[1].remote, address("10.1.2.3"));
  EXPECT_EQ(scene.host.required_keys[1].prefix_length, 0);
  scene.host.unsigned_connections = true;
  EXPECT_THROW(scene.accept(), std::runtime_error);
  EXPECT_THROW(scene.accept("10.1.2.4"), std::runtime_error);
  EXPECT_EQ(scene.daemon->peers().all().size(), 3U);
}

TEST(Accept, APasswordThatAReloadGaveCountsWhileTheOldSessionEnds) {
  Scene scene(neighbor("passive true;"));
  scene.start();
  Wire& old = scene.accept();
  scene.hear(old, PeerOpen{}.bytes() + keepalive());
  old.stuck = true;
  scene.host.unsigned_connections = true;
  scene.reload(neighbor("passive true; md5-password one;"));
  ASSERT_NE(old.channel, nullptr);
  EXPECT_THROW(scene.accept(), std::runtime_error);
}

// RFC 4007: a link-local address is one of its link.
TEST(Accept, ALinkLocalNeighborIsMatchedWithItsInterface) {
  Scene scene("neighbor fe80::3 { router-id 10.0.0.2; local-address fe80::2; local-as 65533; peer-as 65000;"
              "family { ipv4 unicast; } passive true; source-interface eth1; }\n");
  scene.start();
  EXPECT_EQ(Scene::take(scene.accept("fe80::3", "fe80::2", "eth0")), Lines{"NOTIFICATION 6/3"});
  EXPECT_EQ(Scene::take(scene.accept("fe80::3", "fe80::2", "eth1")), Lines{"OPEN"});
}

TEST(Accept, LinesAboutRefusedConnectionsAreCountedBehindTheFirstFew) {
  struct Sink : base::LogSink {
    Lines lines;
    void write(base::LogCategory category, base::LogLevel, std::string_view line) override {
      if (category == base::LogCategory::network && line.find("listener") == std::string_view::npos) lines.emplace_back(line);
    }
  } sink;
  Scene scene(neighbor("passive true;"));
  scene.start();
  base::set_log_sink(&sink);
  base::set_log_threshold(base::LogCategory::network, base::LogLevel::info);
  for (int i = 0; i < 25; ++i) scene.accept("10.0.0.9");
  EXPECT_EQ(sink.lines, Lines(k_refusal_log_lines, "no session is configured for 10.0.0.9:50000"));
  sink.lines.clear();
  scene.advance(k_refusal_log_window);
  EXPECT_EQ(sink.lines, Lines{"15 more connections were refused in 10 s"});
  sink.lines.clear();
  scene.accept("10.0.0.9");
  scene.advance(k_refusal_log_window);
  EXPECT_EQ(sink.lines, Lines{"no session is configured for 10.0.0.9:50000"});
  base::set_log_sink(nullptr);
  base::set_log_threshold(base::LogCategory::network, base::LogLevel::off);
}

TEST(Accept, AConnectionNobodyConfiguredIsRefusedAsDeconfigured) {
  Scene scene(neighbor());
  scene.start();
  Wire& wire = scene.accept("10.0.0.9");
  EXPECT_EQ(Scene::take(wire), Lines{"NOTIFICATION 6/3"});
  EXPECT_EQ(wire.channel, nullptr);
}

TEST(Accept, TheLocalAddressMustBeTheConfiguredOne) {
  Scene scene(neighbor("passive true;"));
  scene.start();
  EXPECT_EQ(Scene::take(scene.accept("10.0.0.3", "10.0.0.77")), Lines{"NOTIFICATION 6/3"});
}

TEST(Accept, AMemberOfARangeGetsAPeerOfItsOwnUntilItsSessionEnds) {
  Scene scene(k_range);
  scene.start();
  EXPECT_TRUE(scene.daemon->peers().all().empty());
  Wire& wire = scene.accept("10.1.2.3");
  ASSERT_EQ(scene.daemon->peers().all().size(), 1U);
  EXPECT_TRUE(scene.daemon->peers().all()[0]->ephemeral());
  EXPECT_EQ(scene.daemon->peers().all()[0]->address(), address("10.1.2.3"));
  scene.hear(wire, PeerOpen{}.bytes() + keepalive());
  EXPECT_TRUE(scene.daemon->peers().all()[0]->established());
  scene.end(wire);
  EXPECT_TRUE(scene.daemon->peers().all().empty());
}

TEST(Accept, ARangeIsListedAsANeighborWithoutAPeer) {
  Scene scene(k_range);
  scene.start();
  Wire& control = scene.control();
  scene.say(control, "peer list\n");
  EXPECT_EQ(Scene::lines(control),
            (Lines{R"([ { "peer-address": "10.1.0.0/16", "peer-as": 65000, "state": null } ])", "done"}));
}

TEST(Accept, AConfiguredPeerCountsBeforeARange) {
  Scene scene(k_range + neighbor("passive true;", "10.1.2.3"));
  scene.start();
  scene.accept("10.1.2.3");
  ASSERT_EQ(scene.daemon->peers().all().size(), 1U);
  EXPECT_FALSE(scene.daemon->peers().all()[0]->ephemeral());
}

TEST(Accept, TwoRangesThatMatchRefuseTheConnection) {
  Scene scene(k_range + neighbor("passive true;", "10.1.2.0/24"));
  scene.start();
  EXPECT_EQ(Scene::take(scene.accept("10.1.2.3")), Lines{"NOTIFICATION 6/5"});
  EXPECT_TRUE(scene.daemon->peers().all().empty());
}

TEST(Accept, AMemberOfARangeThatIsConnectedIsNotConnectedTwice) {
  Scene scene(k_range);
  scene.start();
  Wire& first = scene.accept("10.1.2.3");
  scene.hear(first, PeerOpen{}.bytes());
  EXPECT_EQ(Scene::take(scene.accept("10.1.2.3")), Lines{"NOTIFICATION 6/7"});
  EXPECT_NE(first.channel, nullptr);
  EXPECT_EQ(scene.daemon->peers().all().size(), 1U);
}

// A stranger inside a range costs no table: what its neighbors announce is there once, and its own only when it is a neighbor.
TEST(Accept, AMemberOfARangeHasNoRoutesBeforeItIsEstablished) {
  Scene scene(neighbor("passive true;" + routes("10.9.1.0/24 10.9.2.0/24"), "10.1.0.0/16"));
  scene.start();
  Wire& wire = scene.accept("10.1.2.3");
  const Peer& peer = *scene.daemon->peers().all()[0];
  EXPECT_TRUE(peer.neighbor().routes.routes.empty());
  EXPECT_EQ(peer.rib_out().size(), 0U);
  scene.hear(wire, PeerOpen{}.bytes());
  EXPECT_EQ(peer.rib_out().size(), 0U);
  Scene::take(wire);
  scene.hear(wire, keepalive());
  EXPECT_EQ(peer.rib_out().size(), 2U);
  EXPECT_TRUE(peer.neighbor().routes.routes.empty());
  scene.advance(50ms);
  EXPECT_EQ(Scene::take(wire), (Lines{"+10.9.1.0/24", "+10.9.2.0/24", "EOR"}));
}

TEST(Accept, NoCommandReachesAMemberBeforeItIsEstablished) {
  Scene scene(process() + neighbor("passive true;" + api(), "10.1.0.0/16"));
  scene.start();
  Wire& wire = scene.accept("10.1.2.3");
  scene.say(scene.wire("p"), "announce route 10.9.1.0/24 next-hop 10.0.0.2\n");
  EXPECT_EQ(Scene::lines(scene.wire("p")), Lines{"error"});
  scene.hear(wire, PeerOpen{}.bytes() + keepalive());
  scene.say(scene.wire("p"), "announce route 10.9.2.0/24 next-hop 10.0.0.2\n");
  EXPECT_EQ(Scene::lines(scene.wire("p")), Lines{"done"});
  Scene::take(wire);
  scene.advance(50ms);
  EXPECT_EQ(Scene::take(wire), (Lines{"+10.9.2.0/24", "EOR"}));
}

TEST(Accept, AReloadChangesTheRoutesOfMembersWhetherTheyAreEstablishedOrNot) {
  Scene scene(neighbor("passive true;" + routes("10.9.1.0/24"), "10.1.0.0/16"));
  scene.start();
  Wire& up = scene.accept("10.1.2.3");
  scene.hear(up, PeerOpen{}.bytes() + keepalive());
  scene.advance(50ms);
  Wire& waiting = scene.accept("10.1.2.4");
  Scene::take(up);
  Scene::take(waiting);
  scene.reload(neighbor("passive true;" + routes("10.9.2.0/24"), "10.1.0.0/16"));
  scene.advance(50ms);
  EXPECT_EQ(Scene::take(up), (Lines{"-10.9.1.0/24", "+10.9.2.0/24"}));
  scene.hear(waiting, PeerOpen{}.bytes() + keepalive());
  scene.advance(50ms);
  EXPECT_EQ(Scene::take(waiting), (Lines{"KEEPALIVE", "+10.9.2.0/24", "EOR"}));
}

std::string member(std::size_t i) { return fmt::format("10.1.{}.{}", 1 + i / 250, 1 + i % 250); }

TEST(Accept, TheMembersOfARangeAreBoundedAndTheOldestSilentOneGivesWay) {
  Scene scene(k_range);
  scene.start();
  Wire& speaks = scene.accept(member(0));
  scene.hear(speaks, PeerOpen{}.bytes());
  Wire& oldest = scene.accept(member(1));
  for (std::size_t i = 2; i < k_range_members; ++i) scene.accept(member(i));
  ASSERT_EQ(scene.daemon->peers().all().size(), k_range_members);
  Scene::take(oldest);
  Wire& late = scene.accept(member(k_range_members));
  EXPECT_EQ(Scene::take(late), Lines{"OPEN"});
  EXPECT_EQ(Scene::take(oldest), Lines{"NOTIFICATION 6/5"});
  EXPECT_EQ(oldest.channel, nullptr);
  EXPECT_NE(speaks.channel, nullptr);
  EXPECT_EQ(scene.daemon->peers().all().size(), k_range_members);
}

TEST(Accept, AMemberThatHasSpokenIsNotPutOutByAnother) {
  Scene scene(k_range);
  scene.start();
  for (std::size_t i = 0; i < k_range_members; ++i) scene.hear(scene.accept(member(i)), PeerOpen{}.bytes());
  EXPECT_EQ(Scene::take(scene.accept(member(k_range_members))), Lines{"NOTIFICATION 6/5"});
  EXPECT_EQ(scene.daemon->peers().all().size(), k_range_members);
}

TEST(Accept, ARangeHasAsManyMembersAsItsNeighborSaysAndAReloadMayChangeThat) {
  Scene scene(neighbor("passive true; member-limit 2;", "10.1.0.0/16"));
  scene.start();
  for (std::size_t i = 0; i < 2; ++i) scene.hear(scene.accept(member(i)), PeerOpen{}.bytes());
  EXPECT_EQ(Scene::take(scene.accept(member(2))), Lines{"NOTIFICATION 6/5"});
  scene.reload(neighbor("passive true; member-limit 3;", "10.1.0.0/16"));
  EXPECT_EQ(scene.daemon->peers().all().size(), 2U);  // no session has ended
  EXPECT_EQ(Scene::take(scene.accept(member(2))), Lines{"OPEN"});
}

TEST(Accept, TheNumberOfAMemberThatIsGoneIsUsedAgain) {
  Scene scene(k_range);
  scene.start();
  Wire& first = scene.accept(member(0));
  const auto id = scene.daemon->peers().all()[0]->id();
  scene.end(first);
  for (std::size_t i = 1; i < 50; ++i) {
    Wire& wire = scene.accept(member(i));
    EXPECT_EQ(scene.daemon->peers().all()[0]->id(), id);
    scene.end(wire);
  }
}

TEST(Accept, ARangeKeepsTheDaemonAliveWhenAttemptsAreLimited) {
  config::Settings settings;
  settings.tcp_attempts = 1;
  Scene scene(k_range, settings);
  scene.start();
  scene.end(scene.accept("10.1.2.3"));
  scene.advance(1min);
  EXPECT_FALSE(scene.daemon->exit());
  EXPECT_EQ(Scene::take(scene.accept("10.1.2.3")), Lines{"OPEN"});
}

TEST(Accept, ARefusalThatCannotBeWrittenIsGivenUpAfterASecond) {
  Scene scene(neighbor());
  scene.start();
  scene.daemon->listeners().sessions().push_back({scene.host.descriptor(), endpoint("10.0.0.2"), endpoint("10.0.0.9", 50000), {}});
  scene.daemon->round(scene.now);
  const std::size_t before = scene.daemon->runtime().channels();
  std::vector<Channel*> woken;
  scene.daemon->runtime().take_woken(woken);
  ASSERT_FALSE(woken.empty());
  scene.wires.push_back({woken.back(), "rejected", ChannelKind::connection, {}, true});
  woken.back()->attach(&scene.wires.back());
  scene.advance(999ms);
  EXPECT_NE(scene.wires.back().channel, nullptr);
  scene.advance(1ms);
  EXPECT_EQ(scene.wires.back().channel, nullptr);
  EXPECT_EQ(scene.daemon->runtime().channels(), before - 1);
}

TEST(Accept, APeerThatComesBackBeforeItsEndWasHandledIsNotTakenForASecondOne) {
  Scene scene(neighbor("passive true;"));
  scene.start();
  Wire& first = scene.accept();
  scene.hear(first, PeerOpen{}.bytes() + keepalive());
  ASSERT_TRUE(scene.daemon->peers().all()[0]->established());
  scene.end_quietly(first);  // and in the same pass of the engine:
  Wire& second = scene.accept();
  EXPECT_EQ(Scene::take(second), Lines{"OPEN"});
  scene.hear(second, PeerOpen{}.bytes() + keepalive());
  EXPECT_TRUE(scene.daemon->peers().all()[0]->established());
}

TEST(Accept, APeerThatComesBackWhileItsOldSessionStillEndsIsWelcome) {
  Scene scene(process() + neighbor(api("neighbor-changes;")));
  scene.start();
  Wire& first = scene.establish_quiet();
  first.stuck = true;
  scene.say(scene.wire("p"), "teardown 4\n");
  ASSERT_NE(first.channel, nullptr);  // its NOTIFICATION waits
  Wire& second = scene.accept();
  scene.hear(second, PeerOpen{}.bytes() + keepalive());
  EXPECT_TRUE(scene.daemon->peers().all()[0]->established());
  scene.advance(1s);
  EXPECT_EQ(first.channel, nullptr);
  EXPECT_TRUE(scene.daemon->peers().all()[0]->established());
}

TEST(Accept, ANewDefinitionCountsForAConnectionAcceptedWhileTheOldSessionEnds) {
  Scene scene(neighbor());
  scene.start();
  Wire& first = scene.establish_quiet();
  first.stuck = true;
  scene.reload(neighbor("hold-time 30;"));
  ASSERT_NE(first.channel, nullptr);
  Wire& second = scene.accept();
  scene.hear(second, PeerOpen{}.bytes() + keepalive());
  ASSERT_TRUE(scene.daemon->peers().all()[0]->established());
  EXPECT_EQ(scene.daemon->peers().all()[0]->snapshot(scene.now).local_hold_time_s, 30);
}

TEST(Accept, AListenerPausesAfterAFailureAndThenGoesOn) {
  config::Settings settings;
  settings.tcp_bind = {"10.0.0.2"};
  Scene scene(neighbor(), settings);
  scene.start();
  Wire& listener = scene.wire("10.0.0.2:179");
  listener.channel->accept_failed(EMFILE, scene.now);
  EXPECT_FALSE(listener.channel->interest().accept);
  scene.advance(999ms);
  EXPECT_FALSE(listener.channel->interest().accept);
  scene.advance(1ms);
  EXPECT_TRUE(listener.channel->interest().accept);
}

TEST(Accept, MoreControlClientsThanAllowedAreToldSo) {
  Scene scene(neighbor());
  scene.start();
  for (std::size_t i = 0; i < k_control_clients; ++i) EXPECT_NE(scene.control().channel, nullptr);
  Wire& refused = scene.control();
  EXPECT_EQ(refused.channel, nullptr);
  EXPECT_EQ(Scene::lines(refused), (Lines{"error: maximum concurrent clients reached", "done"}));
}

}  // namespace
}  // namespace tandem::speaker
