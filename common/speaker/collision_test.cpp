// Two connections with one peer (RFC 4271 section 6.8, RFC 6286; I30).
#include <gtest/gtest.h>

#include <algorithm>

#include "common/speaker/test_support.hpp"

namespace tandem::speaker {
namespace {

using namespace test;

constexpr std::uint32_t k_lower = 0x0A000001;   // ours is 10.0.0.2
constexpr std::uint32_t k_equal = 0x0A000002;
constexpr std::uint32_t k_higher = 0x0A000003;

PeerOpen with_id(std::uint32_t router_id) {
  PeerOpen open;
  open.router_id = router_id;
  return open;
}

std::size_t downs(const Lines& lines) {
  std::size_t count = 0;
  for (const std::string& line : lines) count += line.find("\"down\"") != std::string::npos ? 1U : 0U;
  return count;
}

// A daemon with an outgoing connection in OpenSent and an incoming one that has just been accepted.
struct Collision : ::testing::Test {
  Scene scene{process() + neighbor(api("neighbor-changes; fsm;"))};
  Wire* out = nullptr;
  Wire* in = nullptr;

  void collide() {
    scene.start();
    out = &scene.connect();
    in = &scene.accept();
    ASSERT_NE(out->channel, nullptr);
    ASSERT_NE(in->channel, nullptr);
    EXPECT_EQ(Scene::take(*out), Lines{"OPEN"});
    EXPECT_EQ(Scene::take(*in), Lines{"OPEN"});
  }
  void expect_survivor(Wire& survivor, Wire& loser) {
    EXPECT_EQ(loser.channel, nullptr);
    ASSERT_NE(survivor.channel, nullptr);
    const Lines last = Scene::take(loser);
    ASSERT_FALSE(last.empty());
    EXPECT_EQ(last.back(), "NOTIFICATION 6/7");
    EXPECT_EQ(downs(Scene::lines(scene.wire("p"))), 0U);
    EXPECT_EQ(scene.daemon->peers().all().size(), 1U);
  }
  void finish(Wire& survivor, const PeerOpen& open, bool opened) {
    scene.hear(survivor, opened ? keepalive() : open.bytes() + keepalive());
    EXPECT_TRUE(scene.daemon->peers().all()[0]->established());
    EXPECT_EQ(downs(Scene::lines(scene.wire("p"))), 0U);
  }
};

TEST_F(Collision, TheOutgoingConnectionStaysWhenOurIdentifierIsHigherAndItsOpenCameFirst) {
  collide();
  scene.hear(*out, with_id(k_lower).bytes());
  expect_survivor(*out, *in);
  finish(*out, with_id(k_lower), true);
}

TEST_F(Collision, TheOutgoingConnectionStaysWhenOurIdentifierIsHigherAndTheOtherOpenCameFirst) {
  collide();
  scene.hear(*in, with_id(k_lower).bytes());
  expect_survivor(*out, *in);
  finish(*out, with_id(k_lower), false);
}

TEST_F(Collision, TheIncomingConnectionStaysWhenTheirIdentifierIsHigherAndItsOpenCameFirst) {
  collide();
  scene.hear(*in, with_id(k_higher).bytes());
  expect_survivor(*in, *out);
  finish(*in, with_id(k_higher), true);
}

TEST_F(Collision, TheIncomingConnectionStaysWhenTheirIdentifierIsHigherAndTheOtherOpenCameFirst) {
  collide();
  scene.hear(*out, with_id(k_higher).bytes());
  expect_survivor(*in, *out);
  finish(*in, with_id(k_higher), false);
}

TEST_F(Collision, WithEqualIdentifiersTheHigherAsWins) {
  collide();
  scene.hear(*in, with_id(k_equal).bytes());  // 65000; ours is 65533
  expect_survivor(*out, *in);
  finish(*out, with_id(k_equal), false);
}

TEST_F(Collision, AConnectionAcceptedInOpenConfirmIsSettledByItsOpen) {
  scene.start();
  out = &scene.connect();
  scene.hear(*out, with_id(k_higher).bytes());
  in = &scene.accept();
  ASSERT_NE(in->channel, nullptr);
  Scene::take(*out);
  scene.hear(*in, with_id(k_higher).bytes());
  expect_survivor(*in, *out);
  finish(*in, with_id(k_higher), true);
}

TEST_F(Collision, TheConnectionThatGetsEstablishedFirstStays) {
  scene.start();
  out = &scene.connect();
  scene.hear(*out, with_id(k_higher).bytes());
  in = &scene.accept();
  Scene::take(*out);
  scene.hear(*out, keepalive());
  expect_survivor(*out, *in);
}

TEST_F(Collision, AnEstablishedSessionIsNotTouched) {
  scene.start();
  out = &scene.establish_quiet(with_id(k_higher));
  in = &scene.accept();
  EXPECT_EQ(in->channel, nullptr);
  EXPECT_EQ(Scene::take(*in), Lines{"NOTIFICATION 6/7"});
  EXPECT_TRUE(scene.daemon->peers().all()[0]->established());
  EXPECT_TRUE(Scene::take(*out).empty());
  EXPECT_EQ(downs(Scene::lines(scene.wire("p"))), 0U);
}

TEST_F(Collision, AConnectionBeingDialledGivesWayToAnAcceptedOne) {
  scene.start();
  ASSERT_NE(scene.dialling(), nullptr);
  in = &scene.accept();
  EXPECT_EQ(scene.dialling(), nullptr);
  finish(*in, with_id(k_lower), false);
}

// Two connections that the peer opened: a passive neighbor, and none of ours.
struct TwoAccepted : ::testing::Test {
  Scene scene{process() + neighbor("passive true;" + api("neighbor-changes;"))};

  void expect_one_session(Wire& winner, Wire& loser) {
    EXPECT_EQ(loser.channel, nullptr);
    const Lines last = Scene::take(loser);
    ASSERT_FALSE(last.empty());
    EXPECT_EQ(last.back(), "NOTIFICATION 6/7");
    scene.hear(winner, keepalive());
    EXPECT_TRUE(scene.daemon->peers().all()[0]->established());
    EXPECT_EQ(downs(Scene::lines(scene.wire("p"))), 0U);
    scene.advance(2min);
    EXPECT_NE(winner.channel, nullptr);
  }
};

// Hold time 0, so that two minutes may pass.
PeerOpen patient() {
  PeerOpen open;
  open.hold_time_s = 0;
  return open;
}

TEST_F(TwoAccepted, ThePeerGetsInWithItsSecondConnectionWhenTheFirstIsSilent) {
  scene.start();
  Wire& first = scene.accept();
  Wire& second = scene.accept();
  EXPECT_NE(first.channel, nullptr);
  scene.hear(second, patient().bytes());
  expect_one_session(second, first);
}

TEST_F(TwoAccepted, TheFirstStaysWhenItsOpenComesFirst) {
  scene.start();
  Wire& first = scene.accept();
  Wire& second = scene.accept();
  scene.hear(first, patient().bytes());
  expect_one_session(first, second);
}

TEST_F(TwoAccepted, ASecondOneIsRefusedWhenTheFirstHasSentItsOpen) {
  scene.start();
  Wire& first = scene.accept();
  scene.hear(first, patient().bytes());
  Wire& second = scene.accept();
  EXPECT_EQ(Scene::take(second), Lines{"NOTIFICATION 6/7"});
  EXPECT_EQ(second.channel, nullptr);
  scene.hear(first, keepalive());
  EXPECT_TRUE(scene.daemon->peers().all()[0]->established());
}

TEST_F(TwoAccepted, OfTwoOpensThatAreReadTogetherTheOlderConnectionStays) {
  scene.start();
  Wire& first = scene.accept();
  Wire& second = scene.accept();
  second.channel->receive(patient().bytes(), scene.now);
  first.channel->receive(patient().bytes(), scene.now);
  scene.settle();
  expect_one_session(first, second);
}

TEST_F(TwoAccepted, AnOpenThatIsWrongDecidesNothing) {
  scene.start();
  Wire& first = scene.accept();
  Wire& second = scene.accept();
  PeerOpen wrong = patient();
  wrong.as = 65099;
  Scene::take(first);
  scene.hear(first, wrong.bytes());
  EXPECT_EQ(Scene::take(first), Lines{"NOTIFICATION 2/2"});
  ASSERT_NE(second.channel, nullptr);
  scene.hear(second, patient().bytes() + keepalive());
  EXPECT_TRUE(scene.daemon->peers().all()[0]->established());
}

TEST_F(TwoAccepted, AFloodOfSilentOnesHoldsNobodyUpAndTwoOfThemWait) {
  scene.start();
  std::vector<Wire*> silent;
  for (int i = 0; i < 100; ++i) silent.push_back(&scene.accept());
  const auto waiting = [&] { return std::count_if(silent.begin(), silent.end(), [](const Wire* wire) { return wire->channel != nullptr; }); };
  EXPECT_EQ(waiting(), 2);
  EXPECT_EQ(Scene::take(*silent[0]), (Lines{"OPEN", "NOTIFICATION 6/7"}));
  EXPECT_NE(silent[99]->channel, nullptr);
  Wire& peer = scene.accept();
  scene.hear(peer, patient().bytes() + keepalive());
  EXPECT_TRUE(scene.daemon->peers().all()[0]->established());
  EXPECT_EQ(waiting(), 0);
  EXPECT_EQ(downs(Scene::lines(scene.wire("p"))), 0U);
}

TEST_F(TwoAccepted, NotificationsThatDoNotLeaveAreNotKeptWithoutEnd) {
  scene.start();
  for (int i = 0; i < 100; ++i) scene.accept().stuck = true;
  std::size_t open = 0;
  for (const Wire& wire : scene.wires) open += wire.kind == ChannelKind::connection && wire.channel != nullptr ? 1U : 0U;
  EXPECT_LE(open, k_closing_connections + k_waiting_connections + 1);
}

TEST_F(Collision, WithTwoAcceptedOnesTheOutgoingConnectionMayStillWin) {
  collide();
  Wire& second = scene.accept();
  scene.hear(*out, with_id(k_lower).bytes());
  EXPECT_EQ(in->channel, nullptr);
  EXPECT_EQ(second.channel, nullptr);
  finish(*out, with_id(k_lower), true);
}

TEST_F(Collision, WithTwoAcceptedOnesTheOutgoingConnectionMayLoseToEither) {
  collide();
  Wire& second = scene.accept();
  scene.hear(*out, with_id(k_higher).bytes());
  EXPECT_EQ(out->channel, nullptr);
  EXPECT_NE(in->channel, nullptr);
  finish(second, with_id(k_higher), false);
  EXPECT_EQ(in->channel, nullptr);
}

TEST_F(Collision, TheLoserIsNeverToldAsNegotiated) {
  scene.host.files["conf"] = process() + neighbor(api("negotiated;"));
  collide();
  scene.hear(*in, with_id(k_lower).bytes());
  EXPECT_TRUE(Scene::lines(scene.wire("p")).empty());
  scene.hear(*out, with_id(k_lower).bytes());
  EXPECT_EQ(Scene::lines(scene.wire("p")).size(), 1U);
}

TEST_F(Collision, OneOfTwoConnectionsThatEndsByItselfIsNotTheEndOfTheSession) {
  collide();
  scene.end(*in, EndCause::failed);
  EXPECT_EQ(downs(Scene::lines(scene.wire("p"))), 0U);
  finish(*out, with_id(k_higher), false);
}

TEST_F(Collision, TheEndOfTheLoserLeavesTheWinnerAlone) {
  collide();
  in->stuck = true;
  scene.hear(*out, with_id(k_lower).bytes() + keepalive());
  ASSERT_TRUE(scene.daemon->peers().all()[0]->established());
  scene.advance(2s);  // the NOTIFICATION never leaves
  EXPECT_EQ(in->channel, nullptr);
  EXPECT_TRUE(scene.daemon->peers().all()[0]->established());
  EXPECT_EQ(downs(Scene::lines(scene.wire("p"))), 0U);
}

}  // namespace
}  // namespace tandem::speaker
