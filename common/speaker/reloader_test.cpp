// The configuration read again (I26, I27).
#include <gtest/gtest.h>

#include <algorithm>

#include "common/base/work.hpp"
#include "common/speaker/limits.hpp"
#include "common/speaker/test_support.hpp"

namespace tandem::speaker {
namespace {

using namespace test;

TEST(Reload, SendsTheDifferenceOfTheRoutesOnce) {
  Scene scene(neighbor(routes("10.1.0.0/16 10.2.0.0/16")));
  scene.start();
  Wire& wire = scene.establish_quiet();
  scene.reload(neighbor(routes("10.1.0.0/16 10.3.0.0/16 10.4.0.0/16")));
  scene.advance(1s);
  Lines lines = Scene::take(wire);
  std::sort(lines.begin(), lines.end());
  EXPECT_EQ(lines, (Lines{"+10.3.0.0/16", "+10.4.0.0/16", "-10.2.0.0/16"}));
  scene.reload(neighbor(routes("10.1.0.0/16 10.3.0.0/16 10.4.0.0/16")));
  scene.advance(1s);
  EXPECT_TRUE(Scene::take(wire).empty());
}

TEST(Reload, KeepsALongListOfRoutesWhereItIs) {
  const auto list = [](int count) {
    std::string prefixes;
    for (int i = 0; i < count; ++i) prefixes += "10." + std::to_string(i % 7) + "." + std::to_string(i / 7) + ".0/24 ";
    return neighbor(routes(prefixes));
  };
  Scene scene(list(300));
  scene.start();
  Wire& wire = scene.establish_quiet();
  const rib::SharedRoutes before = scene.daemon->peers().neighbors()[0]->routes.routes;
  scene.reload(list(300));
  EXPECT_TRUE(scene.daemon->peers().neighbors()[0]->routes.routes.shares(before));
  scene.reload(list(301));
  scene.advance(1s);
  EXPECT_EQ(Scene::take(wire), Lines{"+10.6.42.0/24"});
  EXPECT_EQ(scene.daemon->peers().all()[0]->rib_out().size(), 301U);
}

TEST(Reload, LeavesRoutesOfCommandsAlone) {
  Scene scene(process() + neighbor(api() + routes("10.1.0.0/16")));
  scene.start();
  scene.say(scene.wire("p"), "announce route 10.9.0.0/16 next-hop 10.0.0.2\n");
  Wire& wire = scene.establish_quiet();
  scene.reload(process() + neighbor(api()));
  scene.advance(1s);
  EXPECT_EQ(Scene::take(wire), Lines{"-10.1.0.0/16"});
  EXPECT_EQ(scene.daemon->peers().all()[0]->rib_out().size(), 1U);
}

TEST(Reload, DoesNotWithdrawAgainWhatACommandHasWithdrawn) {
  Scene scene(process() + neighbor(api() + routes("10.1.0.0/16 10.2.0.0/16")));
  scene.start();
  Wire& wire = scene.establish_quiet();
  scene.say(scene.wire("p"), "withdraw route 10.1.0.0/16 next-hop 10.0.0.2\n");
  scene.advance(1s);
  EXPECT_EQ(Scene::take(wire), Lines{"-10.1.0.0/16"});
  scene.reload(process() + neighbor(api()));
  scene.advance(1s);
  EXPECT_EQ(Scene::take(wire), Lines{"-10.2.0.0/16"});
}

TEST(Reload, AppliesToAPeerThatIsDown) {
  Scene scene(neighbor(routes("10.1.0.0/16")));
  scene.start();
  scene.reload(neighbor(routes("10.2.0.0/16")));
  Wire& wire = scene.establish();
  scene.advance(20ms);
  EXPECT_EQ(Scene::take(wire), (Lines{"+10.2.0.0/16", "EOR"}));
}

// What it says when it is told to end counts, and it may still say it: it is not in the new file, so nothing may be said for it there.
TEST(Reload, ProgramsThatItEndsAreToldAndHeardOut) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  Wire& wire = scene.establish_quiet();
  const std::int64_t pid = scene.pid_of("p");
  scene.say(scene.wire("p"), "announce route 10.8.0.0/16 next-hop 10.0.0.2\nannounce route 10.9.0.0/16 next-hop 10.0.0.2\n");
  scene.advance(50ms);
  Scene::take(wire);
  scene.reload(neighbor(routes("10.1.0.0/16")));
  EXPECT_EQ(scene.host.signals, (std::vector<std::pair<std::int64_t, int>>{{pid, SIGTERM}}));
  EXPECT_EQ(scene.daemon->peers().all()[0]->rib_out().size(), 2U) << "nothing is applied yet";
  scene.say(scene.wire("p"), "withdraw route 10.9.0.0/16 next-hop 10.0.0.2\n");
  EXPECT_EQ(scene.daemon->peers().all()[0]->rib_out().size(), 1U);
  scene.exit_program("p");
  EXPECT_EQ(scene.starts("p"), 1U) << "it is not started again";
  EXPECT_TRUE(scene.daemon->programs().all().empty()) << "its end is all that was waited for";
  scene.advance(50ms);
  Lines lines = Scene::take(wire);
  std::sort(lines.begin(), lines.end());
  EXPECT_EQ(lines, (Lines{"+10.1.0.0/16", "-10.9.0.0/16"}));
}

TEST(Reload, AProgramThatAFullReloadStartsAnewIsHeardOut) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  scene.reload(process("p", "encoder text;") + neighbor(api()), Signal::full_reload);
  scene.say(scene.wire("p"), "announce route 10.9.0.0/16 next-hop 10.0.0.2\n");
  EXPECT_EQ(scene.starts("p"), 1U);
  scene.exit_program("p");
  EXPECT_EQ(scene.starts("p"), 2U);
  EXPECT_EQ(scene.daemon->peers().all()[0]->rib_out().size(), 1U);
  scene.advance(1min);
  EXPECT_EQ(scene.starts("p"), 2U);
}

TEST(Reload, AProgramThatDoesNotEndIsNotWaitedForLong) {
  Scene scene(process() + process("q") + neighbor(api()));
  scene.start();
  scene.reload(process("q") + neighbor());
  scene.advance(k_last_words - 1ms);
  EXPECT_NE(scene.find("p"), nullptr);
  scene.advance(1ms);
  EXPECT_EQ(scene.find("p"), nullptr);
  EXPECT_NE(scene.find("q"), nullptr);
  // Nobody ends: nobody is waited for.
  scene.reload(process("q") + process("r") + neighbor());
  EXPECT_EQ(scene.starts("r"), 1U);
}

TEST(Reload, ThatOvertakesOneThatWaitsDoesWhatBothWereToDo) {
  Scene scene(process() + process("q") + neighbor(api()));
  scene.start();
  scene.host.files["conf"] = process("q") + neighbor();
  scene.daemon->signal(Signal::restart);
  scene.settle();
  scene.reload(process() + process("r") + neighbor(api()));
  EXPECT_EQ(scene.starts("r"), 0U);
  scene.advance(k_last_words);
  EXPECT_EQ(scene.starts("p"), 2U) << "it was told to end, and is wanted again";
  EXPECT_EQ(scene.find("q"), nullptr);
  EXPECT_EQ(scene.starts("r"), 1U);
}

TEST(Reload, OfAFileThatDoesNotParseChangesNothing) {
  Scene scene(process() + neighbor("listen 1179;" + api() + routes("10.1.0.0/16")));
  scene.start();
  Wire& wire = scene.establish_quiet();
  const auto listeners = scene.host.listened.size();
  scene.reload(process("q") + neighbor("listen 2179;" + routes("10.2.0.0/16")) + "neighbor {");
  scene.advance(1s);
  EXPECT_TRUE(Scene::take(wire).empty());
  EXPECT_EQ(scene.starts("q"), 0U);
  EXPECT_NE(scene.find("p"), nullptr);
  EXPECT_EQ(scene.host.listened.size(), listeners);
  EXPECT_EQ(scene.daemon->peers().all()[0]->rib_out().size(), 1U);
  // ... and a good one is taken afterwards
  scene.reload(process() + neighbor("listen 1179;" + api()));
  scene.advance(1s);
  EXPECT_EQ(Scene::take(wire), Lines{"-10.1.0.0/16"});
}

TEST(Reload, OfAChangedDefinitionStartsTheSessionAnew) {
  Scene scene(neighbor(routes("10.1.0.0/16")));
  scene.start();
  Wire& wire = scene.establish_quiet();
  scene.reload(neighbor("hold-time 60;" + routes("10.2.0.0/16")));
  EXPECT_EQ(Scene::take(wire), Lines{"NOTIFICATION 6/3"});
  Wire& next = scene.establish();
  scene.advance(20ms);
  EXPECT_EQ(Scene::take(next), (Lines{"+10.2.0.0/16", "EOR"}));
  EXPECT_EQ(scene.daemon->peers().all()[0]->snapshot(scene.now).local_hold_time_s, 60);
}

TEST(Reload, OfALinkLocalNextHopSendsTheRoutesAgainToWhoeverIsSentIt) {
  const auto definition = [](std::string_view link_local) {
    std::string text = neighbor(fmt::format("local-link-local {}; capability {{ link-local-nexthop enable; }} static {{ route 2001:db8::/32 next-hop 2001:db8::1; }}",
                                            link_local));
    constexpr std::string_view k_usual = "ipv4 unicast";
    return text.replace(text.find(k_usual), k_usual.size(), "ipv6 unicast");
  };
  PeerOpen open;
  open.families = {bgp::k_ipv6_unicast};
  for (const bool agreed : {true, false}) {
    SCOPED_TRACE(agreed);
    open.link_local_next_hop = agreed;
    Scene scene(definition("fe80::1"));
    scene.start();
    Wire& wire = scene.establish(open);
    scene.advance(50ms);
    const auto sent = [&wire](std::string_view part) {
      return base::to_hex(std::exchange(wire.written, {})).find(part) != std::string::npos;
    };
    EXPECT_EQ(sent("fe800000000000000000000000000001"), agreed);
    scene.reload(definition("fe80::2"));
    scene.advance(50ms);
    EXPECT_EQ(sent("fe800000000000000000000000000002"), agreed);
    EXPECT_NE(wire.channel, nullptr);
    scene.reload(definition("fe80::2"));
    scene.advance(50ms);
    EXPECT_TRUE(wire.written.empty()) << "nothing has changed";
  }
}

TEST(Reload, OfADefinitionThatIsOvertakenBeforeItTookEffectUsesTheLastOne) {
  Scene scene(neighbor(routes("10.1.0.0/16")));
  scene.start();
  Wire& wire = scene.establish_quiet();
  wire.stuck = true;
  scene.reload(neighbor("hold-time 60;" + routes("10.2.0.0/16")));
  scene.reload(neighbor("hold-time 60;" + routes("10.3.0.0/16")));  // the same definition as the one that waits
  scene.advance(1s);
  Wire& next = scene.establish();
  scene.advance(20ms);
  EXPECT_EQ(Scene::take(next), (Lines{"+10.3.0.0/16", "EOR"}));
  EXPECT_EQ(scene.daemon->peers().all()[0]->snapshot(scene.now).local_hold_time_s, 60);
}

TEST(Reload, OfAChangedDefinitionEndsADialUnderWay) {
  Scene scene(neighbor());
  scene.start();
  Wire* before = scene.dialling();
  ASSERT_NE(before, nullptr);
  scene.reload(neighbor("connect 1790;"));
  EXPECT_EQ(before->channel, nullptr);
  ASSERT_NE(scene.dialling(), nullptr);
  EXPECT_EQ(scene.host.dialled.back().remote.port, 1790);
}

TEST(Reload, RemovesAndAddsNeighborsAndKeepsTheOrderOfTheFile) {
  Scene scene(neighbor() + neighbor({}, "10.0.0.5"));
  scene.start();
  Wire& kept = scene.establish_quiet({}, "10.0.0.5");
  Wire& removed = scene.establish_quiet();
  scene.reload(neighbor({}, "10.0.0.4") + neighbor({}, "10.0.0.5") + neighbor({}, "10.0.0.6"));
  EXPECT_EQ(Scene::take(removed), Lines{"NOTIFICATION 6/3"});
  EXPECT_EQ(removed.channel, nullptr);
  EXPECT_TRUE(Scene::take(kept).empty());
  EXPECT_NE(kept.channel, nullptr);
  EXPECT_EQ(peers(scene), (Lines{"10.0.0.4", "10.0.0.5", "10.0.0.6"}));
  EXPECT_NE(scene.dialling("10.0.0.6"), nullptr);
}

TEST(Reload, OfANeighborThatComesBackWhileItStillEndsStartsItAnew) {
  Scene scene(process() + neighbor());
  scene.start();
  Wire& wire = scene.establish_quiet();
  wire.stuck = true;
  scene.reload(process());
  EXPECT_EQ(scene.dialling(), nullptr);
  scene.reload(process() + neighbor());
  EXPECT_NE(scene.dialling(), nullptr);
  scene.reload(process() + neighbor(routes("10.1.0.0/16")));
  scene.advance(1s);
  EXPECT_EQ(scene.daemon->peers().all().size(), 1U);
  EXPECT_EQ(scene.daemon->peers().all()[0]->rib_out().size(), 1U);
}

TEST(Reload, BringsBackAPeerThatHadNoAttemptLeft) {
  config::Settings settings;
  settings.tcp_attempts = 1;
  const std::string configuration = neighbor() + neighbor("passive true;", "10.0.0.4");
  Scene scene(configuration, settings);
  scene.start();
  scene.end(scene.connect());
  EXPECT_EQ(peers(scene), Lines{"10.0.0.4"});
  scene.reload(configuration);
  EXPECT_EQ(peers(scene), (Lines{"10.0.0.3", "10.0.0.4"}));
  EXPECT_NE(scene.dialling(), nullptr);
}

TEST(Reload, IsNotHeldUpByRoutesThatCannotBeSent) {
  Scene scene(neighbor(routes("10.1.0.0/16")));
  scene.start();
  scene.reload(neighbor(routes("10.1.0.0/16")) + neighbor({}, "10.0.0.4"));
  EXPECT_EQ(peers(scene), (Lines{"10.0.0.3", "10.0.0.4"}));
}

// --- ranges ------------------------------------------------------------------------------------------------------------

struct RangeReload : ::testing::Test {
  static std::string range(std::string_view more = {}) { return neighbor("passive true;" + std::string(more), "10.1.0.0/16"); }
  Scene scene{range(routes("10.9.0.0/16"))};
  Wire* wire = nullptr;
  void SetUp() override {
    scene.start();
    wire = &scene.accept("10.1.2.3");
    scene.hear(*wire, PeerOpen{}.bytes() + keepalive());
    scene.advance(50ms);
    Scene::take(*wire);
  }
};

TEST_F(RangeReload, ThatIsRemovedEndsItsMembers) {
  scene.reload(process());
  EXPECT_EQ(Scene::take(*wire), Lines{"NOTIFICATION 6/3"});
  EXPECT_TRUE(scene.daemon->peers().all().empty());
}

TEST_F(RangeReload, ThatIsChangedEndsItsMembersWhichComeBackWithTheNewDefinition) {
  scene.reload(range("hold-time 60;"));
  EXPECT_EQ(Scene::take(*wire), Lines{"NOTIFICATION 6/3"});
  scene.hear(scene.accept("10.1.2.3"), PeerOpen{}.bytes() + keepalive());
  ASSERT_EQ(scene.daemon->peers().all().size(), 1U);
  EXPECT_EQ(scene.daemon->peers().all()[0]->snapshot(scene.now).local_hold_time_s, 60);
}

TEST_F(RangeReload, ThatIsKeptGivesItsMembersTheDifferenceOfTheRoutes) {
  scene.reload(range(routes("10.9.0.0/16 10.8.0.0/16")));
  scene.advance(1s);
  EXPECT_EQ(Scene::take(*wire), Lines{"+10.8.0.0/16"});
  EXPECT_EQ(scene.daemon->peers().all()[0]->address(), address("10.1.2.3"));
}

TEST_F(RangeReload, ThatIsRestartedEndsTheSessionsOfItsMembers) {
  scene.reload(range(routes("10.9.0.0/16")), Signal::restart);
  EXPECT_EQ(Scene::take(*wire), Lines{"NOTIFICATION 6/4"});
  EXPECT_TRUE(scene.daemon->peers().all().empty());
}

// --- watchdogs -----------------------------------------------------------------------------------------------------------

std::string guarded(std::string_view prefix, std::string_view more) {
  return fmt::format("static {{ route {} next-hop 10.0.0.2 watchdog dog {}; }}\n", prefix, more);
}

TEST(Reload, FilesRoutesThatComeUnderAWatchdog) {
  Scene scene(process() + neighbor(api() + routes("10.7.0.0/16")));
  scene.start();
  Wire& wire = scene.establish_quiet();
  scene.reload(process() + neighbor(api() + routes("10.7.0.0/16") + guarded("10.1.0.0/16", "withdraw")));
  scene.advance(1s);
  EXPECT_TRUE(Scene::take(wire).empty());
  scene.say(scene.wire("p"), "announce watchdog dog\n");
  scene.advance(1s);
  EXPECT_EQ(Scene::take(wire), Lines{"+10.1.0.0/16"});
  // its state is kept ...
  scene.reload(process() + neighbor(api() + guarded("10.1.0.0/16", "withdraw")));
  scene.advance(1s);
  EXPECT_EQ(Scene::take(wire), Lines{"-10.7.0.0/16"});
  // ... and forgotten with the route
  scene.reload(process() + neighbor(api()));
  scene.advance(1s);
  EXPECT_EQ(Scene::take(wire), Lines{"-10.1.0.0/16"});
  scene.say(scene.wire("p"), "announce watchdog dog\n");
  scene.advance(1s);
  EXPECT_TRUE(Scene::take(wire).empty());
}

}  // namespace
}  // namespace tandem::speaker
