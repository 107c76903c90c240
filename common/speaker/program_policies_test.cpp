// What a program may be trusted with beyond its commands: that it says when it is ready (await-ready), that its routes end with it
// (on-exit), and that it is told how things are when it starts (state-snapshot).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/speaker/limits.hpp"
#include "common/speaker/owned_routes.hpp"
#include "common/speaker/test_support.hpp"

namespace tandem::speaker {
namespace {

using namespace test;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string announce_line(std::string_view prefix) { return fmt::format("announce route {} next-hop 10.0.0.2\n", prefix); }

// --- await-ready ---------------------------------------------------------------------------------------------------------------

std::string awaiting(std::string_view more = {}) { return process() + neighbor(fmt::format("{}{}", api("await-ready;"), more)); }

TEST(AwaitReady, TheEndOfRibComesBehindWhatTheProgramHasAnnounced) {
  Scene scene(awaiting(routes("10.1.0.0/16")));
  scene.start();
  Wire& wire = scene.establish();
  scene.advance(10s);
  EXPECT_THAT(Scene::take(wire), ElementsAre("+10.1.0.0/16"));
  scene.say(scene.wire("p"), announce_line("10.2.0.0/16") + "session ready\n");
  EXPECT_THAT(Scene::lines(scene.wire("p")), ElementsAre("done", "done"));
  scene.advance(10ms);
  EXPECT_THAT(Scene::take(wire), ElementsAre("+10.2.0.0/16", "EOR"));
}

TEST(AwaitReady, SaysSoInTheGrammarOfVersion4AndBeforeTheSessionIsThere) {
  Scene scene(awaiting());
  scene.start();
  scene.say(scene.wire("p"), "ready\n");
  Wire& wire = scene.establish();
  scene.advance(50ms);
  EXPECT_THAT(Scene::take(wire), ElementsAre("EOR"));
}

TEST(AwaitReady, IsNotForEver) {
  config::Settings settings;
  settings.api_ready_timeout_s = 30;
  Scene scene(awaiting(), settings);
  scene.start();
  PeerOpen open;
  open.hold_time_s = 0;
  Wire& wire = scene.establish(open);
  scene.advance(29s);
  EXPECT_THAT(Scene::take(wire), IsEmpty());
  scene.advance(1s);
  EXPECT_THAT(Scene::take(wire), ElementsAre("EOR"));
}

TEST(AwaitReady, AProgramThatIsLostForGoodIsNotWaitedFor) {
  Scene scene(process("p", "encoder json; respawn false;") + neighbor(api("await-ready;")));
  scene.start();
  Wire& wire = scene.establish();
  scene.advance(1s);
  EXPECT_THAT(Scene::take(wire), IsEmpty());
  scene.exit_program("p");
  EXPECT_THAT(Scene::take(wire), ElementsAre("EOR"));
}

TEST(AwaitReady, OneThatIsStartedAgainHasToSayItAgain) {
  Scene scene(awaiting());
  scene.start();
  scene.say(scene.wire("p"), "ready\n");
  scene.exit_program("p");
  Wire& wire = scene.establish();
  scene.advance(1s);
  EXPECT_THAT(Scene::take(wire), IsEmpty());
  scene.say(scene.wire("p"), "ready\n");
  EXPECT_THAT(Scene::take(wire), ElementsAre("EOR"));
}

TEST(AwaitReady, IsNobodyElsesToSay) {
  Scene scene(awaiting());
  scene.start();
  Wire& control = scene.control();
  scene.say(control, "ready\n");
  EXPECT_THAT(Scene::lines(control), ElementsAre("error"));
}

// RFC 4724 section 4.1: set while what the restart has lost is not back.
TEST(AwaitReady, TheRestartBitIsSetUntilASessionHasHadItsEndOfRib) {
  const auto restarting = [](Scene& scene, Wire& wire) {
    const std::string open = base::to_hex(wire.written, base::HexCase::upper);
    EXPECT_NE(open.find("4006"), std::string::npos) << open;
    static_cast<void>(scene);
    return open.find("40068078") != std::string::npos;
  };
  Scene scene(awaiting("capability { graceful-restart 120; }"));
  scene.start();
  Wire& first = scene.connect();
  EXPECT_TRUE(restarting(scene, first));
  scene.hear(first, PeerOpen{}.bytes() + keepalive());
  scene.end(first);  // before the program was ready
  scene.advance(60s);
  Wire& second = scene.connect();
  EXPECT_TRUE(restarting(scene, second));
  scene.hear(second, PeerOpen{}.bytes() + keepalive());
  scene.say(scene.wire("p"), "ready\n");
  scene.advance(1s);
  scene.end(second);
  scene.advance(60s);
  EXPECT_FALSE(restarting(scene, scene.connect()));
}

// --- on-exit -------------------------------------------------------------------------------------------------------------------

std::string owning(std::string_view more = {}) {
  return process("p", "encoder json; on-exit withdraw;") + process("q", "encoder json;") +
         neighbor(fmt::format("api {{ processes [ p q ]; }}\n{}", more));
}

TEST(OnExit, TheRoutesOfAProgramAreWithdrawnWhenItEnds) {
  Scene scene(owning(routes("10.9.0.0/16")));
  scene.start();
  Wire& wire = scene.establish_quiet();
  scene.say(scene.wire("p"), announce_line("10.1.0.0/16") + announce_line("10.2.0.0/16"));
  scene.say(scene.wire("q"), announce_line("10.3.0.0/16"));
  scene.advance(1s);
  Scene::take(wire);
  scene.exit_program("p");
  scene.exit_program("q");
  scene.advance(1s);
  EXPECT_THAT(Scene::take(wire), ElementsAre("-10.1.0.0/16", "-10.2.0.0/16"));
}

TEST(OnExit, WhoAnnouncesARouteLastOwnsIt) {
  Scene scene(owning(routes("10.9.0.0/16")));
  scene.start();
  Wire& wire = scene.establish_quiet();
  scene.say(scene.wire("p"), announce_line("10.1.0.0/16") + announce_line("10.2.0.0/16") + announce_line("10.4.0.0/16"));
  scene.say(scene.wire("q"), "announce route 10.1.0.0/16 next-hop 10.0.0.2 med 5\n");
  scene.say(scene.wire("p"), "withdraw route 10.4.0.0/16\n");
  scene.advance(1s);
  Scene::take(wire);
  scene.exit_program("p");
  scene.advance(1s);
  EXPECT_THAT(Scene::take(wire), ElementsAre("-10.2.0.0/16"));
}

TEST(OnExit, TheNextInstanceHasRoutesOfItsOwn) {
  Scene scene(owning());
  scene.start();
  Wire& wire = scene.establish_quiet();
  scene.say(scene.wire("p"), announce_line("10.1.0.0/16"));
  scene.advance(1s);
  scene.exit_program("p");
  scene.advance(1s);
  EXPECT_THAT(Scene::take(wire), ElementsAre("+10.1.0.0/16", "-10.1.0.0/16"));
  scene.say(scene.wire("p"), announce_line("10.1.0.0/16"));
  scene.advance(1s);
  EXPECT_THAT(Scene::take(wire), ElementsAre("+10.1.0.0/16"));
  scene.exit_program("p");
  scene.advance(1s);
  EXPECT_THAT(Scene::take(wire), ElementsAre("-10.1.0.0/16"));
}

TEST(OnExit, IsOfNoConcernToASessionThatIsDown) {
  Scene scene(owning());
  scene.start();
  scene.say(scene.wire("p"), announce_line("10.1.0.0/16"));
  scene.exit_program("p");
  Wire& wire = scene.establish();
  scene.advance(1s);
  EXPECT_THAT(Scene::take(wire), ElementsAre("EOR"));
}

TEST(OnExit, ALargeTableGoesInSlices) {
  rib::AttributePool pool;
  OwnedRoutes owned;
  constexpr Owner k_first = 1;
  constexpr Owner k_second = 2;
  const auto key = [](std::uint32_t i) {
    bgp::NlriKey made;
    const base::Buffer octets{24, 10, static_cast<std::uint8_t>(i >> 8U), static_cast<std::uint8_t>(i)};
    const bgp::FamilyIndex family = *bgp::family_index(bgp::k_ipv4_unicast);
    EXPECT_TRUE(bgp::nlri_codec(family)->decode({family, bgp::NlriUse::announce, false}, octets, made));
    return made;
  };
  for (std::uint32_t i = 0; i < 1000; ++i) owned.announced(key(i), i % 2 == 0 ? k_first : k_second);
  owned.ended(k_first);
  std::size_t gone = 0;
  std::size_t slices = 0;
  const auto count = [&gone](const bgp::NlriKey&) { ++gone; };
  owned.work(100, count);
  EXPECT_EQ(gone, 50U);
  owned.announced(key(998), 0);         // somebody else has it now
  owned.announced(key(996), k_second);  // ... or another program
  owned.ended(k_second);
  while (owned.busy() && slices < 100) {
    owned.work(100, count);
    ++slices;
  }
  EXPECT_FALSE(owned.busy());
  EXPECT_TRUE(owned.empty());
  EXPECT_EQ(gone, 999U) << "each once, but the one that is nobody's";
}

// --- state-snapshot ------------------------------------------------------------------------------------------------------------

TEST(StateSnapshot, AProgramThatStartsAgainIsToldWhatItWouldKnowHadItRun) {
  Scene scene(process("p", "encoder json; state-snapshot;") + neighbor(api("neighbor-changes; fsm; negotiated; receive { parsed; update; }")) +
              neighbor(api("neighbor-changes;"), "10.0.0.4"));
  scene.start();
  Wire& wire = scene.establish_quiet();
  scene.hear(wire, announcement("10.1.1.0 10.1.2.0"));
  scene.hear(wire, announcement("10.1.3.0"));
  scene.exit_program("p");
  const Lines lines = Scene::lines(scene.wire("p"));
  ASSERT_EQ(lines.size(), 7U) << ::testing::PrintToString(lines);
  EXPECT_THAT(lines[0], HasSubstr(R"("type": "snapshot", "snapshot": "begin")"));
  EXPECT_THAT(lines[1], AllOf(HasSubstr(R"("type": "state")"), HasSubstr(R"("peer": "10.0.0.3")"), HasSubstr(R"("state": "up")")));
  EXPECT_THAT(lines[2], HasSubstr(R"("type": "negotiated")"));
  EXPECT_THAT(lines[3], AllOf(HasSubstr(R"("type": "fsm")"), HasSubstr("ESTABLISHED")));
  EXPECT_THAT(lines[4], AllOf(HasSubstr(R"("direction": "receive")"), HasSubstr(R"("10.0.0.3": [ { "nlri": "10.1.1.0/24" }, { "nlri": "10.1.2.0/24" }, { "nlri": "10.1.3.0/24" } ])"),
                              HasSubstr(R"("origin": "igp")")));
  EXPECT_THAT(lines[5], AllOf(HasSubstr(R"("peer": "10.0.0.4")"), HasSubstr(R"("state": "down", "reason": "not established")")));
  EXPECT_THAT(lines[6], HasSubstr(R"("snapshot": "end")"));
}

TEST(StateSnapshot, IsToldToNobodyWhoDidNotAskForIt) {
  Scene scene(process("p", "encoder json;") + neighbor(api("neighbor-changes; receive { parsed; update; }")));
  scene.start();
  scene.hear(scene.establish_quiet(), announcement("10.1.1.0"));
  scene.exit_program("p");
  EXPECT_THAT(Scene::lines(scene.wire("p")), IsEmpty());
}

TEST(StateSnapshot, InTextHasItsMarks) {
  config::Settings settings;
  settings.api_version = 4;
  Scene scene(process("p", "encoder text; state-snapshot;") + neighbor(api("neighbor-changes;")), settings);
  scene.start();
  EXPECT_THAT(Scene::lines(scene.wire("p")), ElementsAre("snapshot begin", "", "neighbor 10.0.0.3 down - not established", "", "snapshot end", ""));
}

TEST(StateSnapshot, CommandsAreCarriedOutBehindIt) {
  Scene scene(process("p", "encoder json; state-snapshot;") + neighbor(api()));
  scene.start();
  scene.wire("p").stuck = true;
  Scene::lines(scene.wire("p"));
  scene.exit_program("p");
  scene.say(scene.wire("p"), "version\n");
  const Lines lines = Scene::lines(scene.wire("p"));
  ASSERT_GE(lines.size(), 3U);
  EXPECT_THAT(lines[0], HasSubstr("begin"));
  EXPECT_THAT(lines[1], HasSubstr("end"));
  EXPECT_EQ(lines.back(), "done");
}

}  // namespace
}  // namespace tandem::speaker
