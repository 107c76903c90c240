// What an established peer sends, and when.
#include <gtest/gtest.h>

#include <algorithm>

#include "common/session/limits.hpp"
#include "common/speaker/limits.hpp"
#include "common/speaker/test_support.hpp"

namespace tandem::speaker {
namespace {

using namespace test;

std::string announce(std::string_view prefix) { return fmt::format("announce route {} next-hop 10.0.0.2\n", prefix); }
std::string withdraw(std::string_view prefix) { return fmt::format("withdraw route {} next-hop 10.0.0.2\n", prefix); }
const std::string k_commanded = process() + neighbor(api());

std::string many_routes(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += fmt::format("{}10.{}.{}.0/24", i == 0 ? "" : " ", 1 + i / 250, i % 250);
  return routes(text);
}
std::size_t count(const Lines& lines, char first) {
  return static_cast<std::size_t>(std::count_if(lines.begin(), lines.end(), [first](const std::string& l) { return l[0] == first; }));
}

// --- after Established ---------------------------------------------------------------------------------------------------

TEST(PeerTurn, TheFirstUpdateWaitsTwentyMillisecondsForAPeerThatSaysNothing) {
  Scene scene(neighbor(routes("10.1.0.0/16")));
  scene.start();
  Wire& wire = scene.establish();
  scene.advance(19ms);
  EXPECT_TRUE(Scene::take(wire).empty());
  scene.advance(1ms);
  EXPECT_EQ(Scene::take(wire), (Lines{"+10.1.0.0/16", "EOR"}));
}

TEST(PeerTurn, TheFirstUpdateGoesOutOnceThePeerHasBeenHeard) {
  Scene scene(neighbor(routes("10.1.0.0/16")));
  scene.start();
  Wire& wire = scene.establish();
  scene.hear(wire, end_of_rib());
  EXPECT_EQ(Scene::take(wire), (Lines{"+10.1.0.0/16", "EOR"}));
}

TEST(PeerTurn, WhatCameBehindTheKeepaliveIsHandledBeforeTheFirstUpdate) {
  Scene scene(neighbor(routes("10.1.0.0/16")));
  scene.start();
  Wire& wire = scene.connect();
  scene.hear(wire, PeerOpen{}.bytes() + keepalive() + notification(6, 4));
  EXPECT_EQ(Scene::take(wire), (Lines{"OPEN", "KEEPALIVE"}));
}

TEST(PeerTurn, EndOfRibIsSentOnceForEveryNegotiatedFamilyInTheOrderOfThePeer) {
  Scene scene(neighbor("family { ipv6 unicast; ipv4 multicast; }"));
  scene.start();
  PeerOpen open;
  open.families = {bgp::k_ipv6_unicast, bgp::k_ipv4_unicast};
  Wire& wire = scene.establish(open);
  scene.advance(1s);
  EXPECT_EQ(base::to_hex(base::Bytes(wire.written).subspan(19)).substr(0, 22), "00000007900f0003000201");
  EXPECT_EQ(Scene::take(wire), (Lines{"EOR", "EOR"}));
}

TEST(PeerTurn, WithManualEorNoEndOfRibIsSentUnlessACommandAsks) {
  Scene scene(process() + neighbor("manual-eor true;" + api() + routes("10.1.0.0/16")));
  scene.start();
  Wire& wire = scene.establish_quiet();
  scene.advance(1s);
  EXPECT_TRUE(Scene::take(wire).empty());
  scene.say(scene.wire("p"), "announce eor ipv4 unicast\n");
  scene.advance(10ms);
  EXPECT_EQ(Scene::take(wire), Lines{"EOR"});
}

TEST(PeerTurn, WithoutACommonFamilyAKeepaliveStandsForTheEndOfRib) {
  Scene scene(neighbor());
  scene.start();
  PeerOpen open;
  open.families = {bgp::k_ipv6_unicast};
  Wire& wire = scene.establish(open);
  scene.advance(20ms);
  EXPECT_EQ(Scene::take(wire), Lines{"KEEPALIVE"});
}

// --- commands ------------------------------------------------------------------------------------------------------------

TEST(PeerTurn, ACommandIsHeldOffForFiveQuietMilliseconds) {
  Scene scene(process() + neighbor(api() + routes("10.7.0.0/16")));  // whose first run is over
  scene.start();
  Wire& wire = scene.establish_quiet();
  scene.say(scene.wire("p"), announce("10.1.0.0/16"));
  scene.advance(4ms);
  EXPECT_TRUE(Scene::take(wire).empty());
  scene.say(scene.wire("p"), withdraw("10.1.0.0/16") + announce("10.2.0.0/16"));
  scene.advance(4ms);
  EXPECT_TRUE(Scene::take(wire).empty());
  scene.advance(1ms);
  EXPECT_EQ(Scene::take(wire), (Lines{"-10.1.0.0/16", "+10.2.0.0/16"}));
}

TEST(PeerTurn, CommandsThatNeverStopAreHeldOffForFiftyMillisecondsAtMost) {
  Scene scene(k_commanded);
  scene.start();
  Wire& wire = scene.establish_quiet();
  for (int i = 0; i < 20; ++i) {
    scene.say(scene.wire("p"), announce(fmt::format("10.{}.0.0/16", i)));
    if (i <= 16) {
      EXPECT_TRUE(Scene::take(wire).empty()) << i;
    }
    scene.advance(3ms);
  }
  EXPECT_GE(count(Scene::take(wire), '+'), 16U);
}

TEST(PeerTurn, AnAnnounceThatIsTakenBackBeforeTheFirstRunIsNeverSent) {
  Scene scene(k_commanded);
  scene.start();
  Wire& wire = scene.establish();
  scene.say(scene.wire("p"), announce("10.1.0.0/16") + "clear adj-rib out\n");
  scene.advance(1s);
  EXPECT_EQ(Scene::take(wire), Lines{"EOR"});
}

TEST(PeerTurn, RefreshThenUpdatesThenEndOfRibWhateverTheOrderOfTheCommands) {
  Scene scene(process() + neighbor("capability { route-refresh; }" + api()));
  scene.start();
  PeerOpen open;
  open.refresh = true;
  Wire& wire = scene.establish_quiet(open);
  scene.say(scene.wire("p"), "announce eor ipv4 unicast\n");
  scene.say(scene.wire("p"), announce("10.1.0.0/16"));
  scene.say(scene.wire("p"), "announce route-refresh ipv4 unicast\n");
  scene.advance(20ms);
  EXPECT_EQ(Scene::take(wire), (Lines{"REFRESH 1/1 0", "+10.1.0.0/16", "EOR"}));
}

TEST(PeerTurn, AnEndOfRibThatASessionDidNotSendIsSentByTheNext) {
  Scene scene(k_commanded);
  scene.start();
  Wire& first = scene.establish_quiet();
  scene.say(scene.wire("p"), "announce eor ipv4 unicast\n");
  scene.end(first);
  Wire& second = scene.establish();
  scene.advance(1s);
  EXPECT_EQ(Scene::take(second), (Lines{"EOR", "EOR"}));
}

TEST(PeerTurn, ARefreshThatWasNotNegotiatedIsNotSent) {
  Scene scene(process() + neighbor("capability { route-refresh; }" + api()));
  scene.start();
  Wire& wire = scene.establish_quiet();
  scene.say(scene.wire("p"), "announce route-refresh ipv4 unicast\n");
  scene.advance(1s);
  EXPECT_TRUE(Scene::take(wire).empty());
}

TEST(PeerTurn, AFiledWatchdogRouteWithNextHopSelfIsResolved) {
  Scene scene(k_commanded);
  scene.start();
  Wire& wire = scene.establish_quiet();
  scene.say(scene.wire("p"), "announce route 10.1.0.0/16 next-hop self watchdog dog\n");
  scene.advance(10ms);
  EXPECT_EQ(Scene::take(wire), Lines{"+10.1.0.0/16"});
  scene.say(scene.wire("p"), "announce route 10.2.0.0/16 next-hop self watchdog dog withdraw\n");
  scene.advance(10ms);
  EXPECT_TRUE(Scene::take(wire).empty());
  scene.say(scene.wire("p"), "announce watchdog dog\n");
  scene.advance(10ms);
  EXPECT_EQ(Scene::take(wire), Lines{"+10.2.0.0/16"});
}

// A withdraw needs no next hop, and takes `self` even where this session has no address of its own to say.
TEST(PeerTurn, AWithdrawWithNextHopSelfIsTaken) {
  const bgp::Family vpn{bgp::Afi::ipv6, bgp::Safi::mpls_vpn};
  Scene scene(process() + neighbor("family { ipv4 unicast; ipv6 mpls-vpn; }" + api()));
  scene.start();
  PeerOpen open;
  open.families.push_back(vpn);
  Wire& wire = scene.establish_quiet(open);
  scene.say(scene.wire("p"), "announce route 10.1.0.0/16 next-hop self\n");
  scene.advance(10ms);
  EXPECT_EQ(Scene::take(wire), Lines{"+10.1.0.0/16"});
  scene.say(scene.wire("p"), "withdraw route 10.1.0.0/16 next-hop self\n");
  scene.advance(10ms);
  EXPECT_EQ(Scene::take(wire), Lines{"-10.1.0.0/16"});
  scene.say(scene.wire("p"), "withdraw route 2001:db8::/32 rd 1:1 label 5 next-hop self\n");
  scene.advance(10ms);
  EXPECT_FALSE(wire.written.empty());
  EXPECT_EQ(Scene::lines(scene.wire("p")), (Lines{"done", "done", "done"}));
}

// --- route refresh from the peer -------------------------------------------------------------------------------------------

struct Refresh : ::testing::Test {
  Scene scene{neighbor("capability { route-refresh; }" + routes("10.1.0.0/16"))};
  Wire* wire = nullptr;
  Lines answer(const PeerOpen& open, const base::Buffer& request) {
    scene.start();
    wire = &scene.establish_quiet(open);
    scene.hear(*wire, request);
    scene.advance(1s);
    return Scene::take(*wire);
  }
};

TEST_F(Refresh, IsAnsweredWithTheRoutesOfTheFamily) {
  PeerOpen open;
  open.refresh = true;
  EXPECT_EQ(answer(open, refresh(bgp::k_ipv4_unicast)), Lines{"+10.1.0.0/16"});
}
TEST_F(Refresh, IsAnsweredBetweenMarksWhenEnhancedRefreshWasNegotiated) {
  PeerOpen open;
  open.refresh = open.enhanced_refresh = true;
  EXPECT_EQ(answer(open, refresh(bgp::k_ipv4_unicast)), (Lines{"REFRESH 1/1 1", "+10.1.0.0/16", "REFRESH 1/1 2"}));
}
TEST_F(Refresh, IsIgnoredWhenItWasNotNegotiated) { EXPECT_TRUE(answer({}, refresh(bgp::k_ipv4_unicast)).empty()); }
TEST_F(Refresh, OfAFamilyThatWasNotNegotiatedIsIgnored) {
  PeerOpen open;
  open.refresh = true;
  EXPECT_TRUE(answer(open, refresh(bgp::k_ipv6_unicast)).empty());
}
TEST_F(Refresh, MarksOfThePeerAreNotAnswered) {
  PeerOpen open;
  open.refresh = open.enhanced_refresh = true;
  EXPECT_TRUE(answer(open, refresh(bgp::k_ipv4_unicast, bgp::RefreshSubtype::begin)).empty());
}

// --- turns and limits --------------------------------------------------------------------------------------------------------

TEST(PeerTurn, OneTurnSendsTwentyFiveMessagesAtMost) {
  Scene scene(neighbor("group-updates false;" + many_routes(60)));
  scene.start();
  Wire& wire = scene.establish();
  wire.stuck = true;
  scene.hear(wire, base::Buffer());  // nothing
  scene.now += 20ms;
  scene.daemon->round(scene.now);
  wire.stuck = false;
  const Connection& connection = static_cast<const Connection&>(*wire.channel);
  base::Buffer queued;
  base::Bytes pieces[200];
  const std::size_t found = connection.outbox().gather(pieces);
  for (std::size_t i = 0; i < found; ++i) queued.insert(queued.end(), pieces[i].begin(), pieces[i].end());
  EXPECT_EQ(describe(queued).size(), k_turn_messages_out);
}

// In messages of 64 KiB (RFC 8654) there are sixteen times as many routes.
TEST(PeerTurn, OneTurnSendsAsManyOctetsAsInTwentyFiveMessagesOf4096) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  PeerOpen open;
  open.extended_message = true;
  Wire& wire = scene.establish(open);
  scene.advance(1s);
  static_cast<void>(Scene::take(wire));
  std::string prefixes;
  for (int i = 0; i < 60'000; ++i) prefixes += fmt::format(" {}.{}.{}.0/24", 20 + i / 62'500, i / 250 % 250, i % 250);
  scene.say(scene.wire("p"), "announce attributes next-hop 10.0.0.2 nlri" + prefixes + "\n");
  wire.stuck = true;
  std::size_t largest = 0;
  for (scene.now += k_command_hold_off; largest == 0;) {
    ASSERT_TRUE(scene.daemon->round(scene.now));
    largest = wire.channel->outbox().size();
  }
  EXPECT_GE(largest, k_turn_octets_out);
  EXPECT_LT(largest, k_turn_octets_out + 65'535);
  wire.stuck = false;
  scene.settle();
  EXPECT_EQ(count(Scene::take(wire), '+'), 60'000U);
}

TEST(PeerTurn, OneTurnHearsNoMoreThanIsReadAtOnce) {
  Scene scene(neighbor("adj-rib-in true;"));
  scene.start();
  Wire& wire = scene.establish();
  scene.advance(1s);
  constexpr int k_messages = 60;
  constexpr int k_in_each = 900;
  base::Buffer all;
  for (int i = 0; i < k_messages; ++i) {
    std::string prefixes;
    for (int n = 0; n < k_in_each; ++n) prefixes += fmt::format("{}{}.{}.{}.0", n == 0 ? "" : " ", 20 + i, n / 250, n % 250);
    all = std::move(all) + announcement(prefixes);
  }
  wire.channel->receive(all, scene.now);
  const rib::AdjRibIn& table = scene.daemon->peers().all()[0]->rib_in();
  ASSERT_TRUE(scene.daemon->round(scene.now));
  EXPECT_GT(table.size(), k_turn_octets_in / 4 - k_in_each);
  EXPECT_LT(table.size(), k_turn_octets_in / 4 + k_in_each);
  scene.settle();
  EXPECT_EQ(table.size(), static_cast<std::size_t>(k_messages * k_in_each));
}

TEST(PeerTurn, APeerThatDoesNotReadIsNotFedWithoutBoundAndCostsNoRounds) {
  Scene scene(process() + neighbor("group-updates false;" + api() + many_routes(20'000)));
  scene.start();
  Wire& wire = scene.establish();
  wire.stuck = true;
  scene.advance(1s);
  EXPECT_LT(wire.channel->outbox().size(), session::k_outbox_high + 4096);
  scene.say(scene.wire("p"), "announce eor ipv4 unicast\nannounce eor ipv4 unicast\n");
  const std::size_t before = scene.rounds;
  scene.advance(10s);
  EXPECT_LT(scene.rounds - before, 20U);
  wire.stuck = false;
  scene.settle();
  EXPECT_EQ(count(Scene::take(wire), '+'), 20'000U);
}

TEST(PeerTurn, EndOfRibsAskedForWhileThePeerDoesNotReadAreBounded) {
  Scene scene(process() + neighbor("manual-eor true; group-updates false;" + api() + many_routes(20'000)));
  scene.start();
  Wire& wire = scene.establish();
  wire.stuck = true;
  scene.advance(1s);
  std::string flood;
  for (std::size_t i = 0; i < 2 * k_waiting_requests; ++i) flood += "announce eor ipv4 unicast\n";
  scene.say(scene.wire("p"), flood);
  wire.stuck = false;
  scene.advance(1s);
  const Lines sent = Scene::take(wire);
  EXPECT_EQ(count(sent, '+'), 20'000U);
  EXPECT_EQ(static_cast<std::size_t>(std::count(sent.begin(), sent.end(), "EOR")), k_waiting_requests);
}

TEST(PeerTurn, ARateLimitCountsUpdatesAndNeverDelaysKeepalives) {
  Scene scene(neighbor("rate-limit 4; hold-time 3;" + std::string("group-updates false;") + many_routes(40)));
  scene.start();
  Wire& wire = scene.establish();
  const TimePoint begin = scene.now;
  std::size_t sent = 0;
  std::size_t keepalives = 0;
  for (int second = 1; second <= 5; ++second) {
    scene.advance(1s);
    scene.hear(wire, keepalive());
    const Lines lines = Scene::take(wire);
    sent += count(lines, '+');
    keepalives += count(lines, 'K');
  }
  EXPECT_LE(sent, 5 * 4 + 4U);
  EXPECT_GE(sent, 5 * 4 - 1 - 6U);  // the peer's messages count as well
  EXPECT_GE(keepalives, 4U);
  EXPECT_EQ(scene.now - begin, 5s);
}

base::Buffer many_messages(std::size_t size) {
  base::Buffer many;
  while (many.size() < size) many = std::move(many) + end_of_rib();
  return many;
}

TEST(PeerTurn, ARateLimitedPeerThatDiedBehindItsMessagesIsNoticed) {
  Scene scene(neighbor("rate-limit 10; hold-time 3;"));
  scene.start();
  Wire& wire = scene.establish();
  scene.hear(wire, many_messages(300 * 1024));
  EXPECT_FALSE(wire.channel->interest().read);
  scene.advance(3s);
  EXPECT_TRUE(wire.channel->interest().read);
  scene.advance(3s);
  EXPECT_EQ(wire.channel, nullptr);
  EXPECT_NE(scene.dialling(), nullptr);
}

TEST(PeerTurn, ARateLimitedPeerThatEndedBehindItsMessagesIsNoticedWhenItComesBack) {
  Scene scene(neighbor("rate-limit 10; passive true;"));
  scene.start();
  Wire& first = scene.accept();
  scene.hear(first, PeerOpen{}.bytes() + keepalive());
  scene.hear(first, many_messages(300 * 1024));
  EXPECT_FALSE(first.channel->interest().read);
  EXPECT_EQ(Scene::take(scene.accept()), Lines{"NOTIFICATION 6/7"});
  ASSERT_TRUE(first.channel->interest().read);
  scene.end(first);
  Wire& second = scene.accept();
  scene.hear(second, PeerOpen{}.bytes() + keepalive());
  EXPECT_TRUE(scene.daemon->peers().all()[0]->established());
}

TEST(PeerTurn, ARateLimitedPeerThatDoesNotReadCostsNoRounds) {
  Scene scene(neighbor("rate-limit 1000000; group-updates false;" + many_routes(20'000)));
  scene.start();
  Wire& wire = scene.establish();
  wire.stuck = true;
  scene.advance(1s);
  const std::size_t before = scene.rounds;
  scene.advance(10s);
  EXPECT_LT(scene.rounds - before, 20U);
}

TEST(PeerTurn, RoutesOfARunThatWasCutShortAreSentOnceOnTheNextSession) {
  Scene scene(neighbor("group-updates false;" + many_routes(8'000)));
  scene.start();
  Wire& first = scene.establish();
  first.stuck = true;
  scene.advance(1s);
  ASSERT_TRUE(scene.daemon->peers().all()[0]->rib_out().run_active());
  scene.end(first, EndCause::failed);
  Wire& second = scene.establish();
  scene.advance(1s);
  const Lines lines = Scene::take(second);
  EXPECT_EQ(lines.size(), 8'001U);
  EXPECT_EQ(count(lines, '+'), 8'000U);
  EXPECT_EQ(lines.back(), "EOR");
}

TEST(PeerTurn, WhatIsToComeAtOnceGoesInOneWrite) {
  Scene scene(neighbor("group-updates false;" + many_routes(8'000)));
  scene.start();
  Wire& wire = scene.establish();
  scene.now += k_first_run_hold_off;
  std::vector<Channel*> woken;
  scene.daemon->runtime().take_woken(woken);
  std::size_t rounds = 0;
  do {
    ASSERT_TRUE(scene.daemon->round(scene.now));
    ++rounds;
  } while (!scene.daemon->runtime().has_woken());
  EXPECT_GE(wire.channel->outbox().size(), k_write_burst);
  EXPECT_LT(wire.channel->outbox().size(), k_write_burst + k_turn_messages_out * 4096);
  EXPECT_GT(rounds, 10U) << "a turn still says no more than it may";
  scene.settle();
  EXPECT_EQ(count(Scene::take(wire), '+'), 8'000U);
}

TEST(PeerTurn, PeersWithTheSameRoutesAreSentTheSameBlocks) {
  Scene scene(neighbor("group-updates false;" + many_routes(8'000)) + neighbor("group-updates false;" + many_routes(8'000), "10.0.0.4"));
  scene.start();
  Wire& one = scene.establish({}, "10.0.0.3");
  Wire& other = scene.establish({}, "10.0.0.4");
  scene.advance(k_first_run_hold_off - 1ms);
  scene.now += 1ms;
  scene.daemon->round(scene.now);
  base::Bytes first;
  base::Bytes second;
  ASSERT_EQ(one.channel->outbox().gather({&first, 1}), 1U);
  ASSERT_EQ(other.channel->outbox().gather({&second, 1}), 1U);
  EXPECT_EQ(first.data(), second.data());
  scene.settle();
  for (Wire* wire : {&one, &other}) EXPECT_EQ(count(Scene::take(*wire), '+'), 8'000U);
}

TEST(PeerTurn, MessagesReceivedBeforeTheEndOfAConnectionAreHandled) {
  Scene scene(process() + neighbor(api("neighbor-changes; receive { parsed; update; }")));
  scene.start();
  Wire& wire = scene.establish_quiet();
  Scene::lines(scene.wire("p"));
  wire.channel->receive(end_of_rib(), scene.now);
  scene.end(wire);
  const Lines told = Scene::lines(scene.wire("p"));
  ASSERT_EQ(told.size(), 2U);
  EXPECT_NE(told[0].find("eor"), std::string::npos);
  EXPECT_NE(told[1].find("\"down\""), std::string::npos);
}

}  // namespace
}  // namespace tandem::speaker
