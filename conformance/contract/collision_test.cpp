// I30, RFC 4271 section 6.8: of two connections with one neighbor exactly one survives, the one initiated by the higher identifier,
// whatever state the first was in and whoever answers first.
#include "conformance/contract/scene.hpp"

namespace tandem::conformance {
namespace {

using ::testing::HasSubstr;

constexpr std::uint32_t k_lower = 0x09000001;   // ours is 10.0.0.1
constexpr std::uint32_t k_higher = 0x0B000001;

class Collision : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(Collision);

// Two connections with one neighbor: `outgoing` was dialled by the speaker, `incoming` by the far end.
struct Pair {
  std::shared_ptr<ScriptedPeer> outgoing;
  std::shared_ptr<ScriptedPeer> incoming;
};

PeerOptions by_hand() {
  PeerOptions options;
  options.answer_open = false;
  return options;
}

void answer_open(ScriptedPeer& peer, std::uint32_t id) {
  MirrorRules rules;
  rules.router_id = id;
  peer.send(mirror_open(peer.received_open(), rules));
}

bool is_down_told(Stage& stage) { return stage.program_running("p")->containing("\"down\"") > 0; }

// What a loser got: OPEN, perhaps a KEEPALIVE, Cease / Connection Collision Resolution, the end.
void expect_lost(Stage& stage, ScriptedPeer& loser) {
  EXPECT_TRUE(stage.run_until([&] { return loser.has_closed(); }, 5s));
  ASSERT_FALSE(loser.transcript().empty());
  EXPECT_EQ(describe(loser.transcript().back().bytes).substr(5, 7), "03 0607");
}

void expect_won(Stage& stage, ScriptedPeer& winner) {
  winner.send(keepalive());
  EXPECT_TRUE(stage.run_until([&] { return winner.ends_of_rib() == 1; }, 5s));
  stage.run_for(300ms);
  EXPECT_FALSE(winner.has_closed());
  EXPECT_EQ(winner.count(k_notification), 0U);
  EXPECT_EQ(winner.table().size(), 5U);
}

void begin(Stage& stage, std::uint16_t& port) {
  Scene scene(stage);
  port = stage.listen_port();
  scene.neighbor(k_far, by_hand()).statements = {"listen " + std::to_string(port) + ";"};
  scene.at(0).api = {"neighbor-changes;"};
  scene.at(0).routes = many_routes(5, 5);
  scene.program("p", nullptr, "json");
  scene.start();
}

void dial_in(Stage& stage, std::uint16_t port, Pair& pair) {
  pair.incoming = std::make_shared<ScriptedPeer>(by_hand());
  stage.dial(k_far, {*base::IpAddress::parse("127.0.0.1"), port}, pair.incoming);
}

TEST_P(Collision, I30_WhileConnectingTheIncomingConnectionReplacesTheDial) {
  play([](Stage& stage) {
    std::uint16_t port = 0;
    begin(stage, port);
    stage.forget_peer_at(k_far);
    ASSERT_TRUE(stage.run_until([&] { return stage.program_running("p") != nullptr; }));
    stage.run_for(150ms);
    if (!stage.peers.empty()) {  // it was connected already: end that, and what follows is refused
      stage.peers.back()->end(Remote::Ending::close);
      stage.run_until([&] { return stage.peers.back()->has_closed(); });
      stage.run_for(200ms);
    }
    Pair pair;
    dial_in(stage, port, pair);
    ASSERT_TRUE(stage.run_until([&] { return pair.incoming->count(k_open) == 1; }));
    stage.peer_at(k_far, by_hand());
    const std::size_t before = stage.peers.size();
    answer_open(*pair.incoming, k_lower);
    expect_won(stage, *pair.incoming);
    EXPECT_EQ(stage.peers.size(), before);
  }, 20);
}

// Both connections are in OpenSent; `incoming_first` says on which one the OPEN arrives first.
void both_open_sent(Stage& stage, std::uint32_t id, bool incoming_first) {
  std::uint16_t port = 0;
  begin(stage, port);
  Pair pair;
  ASSERT_TRUE(stage.run_until([&] { return stage.peer() != nullptr && stage.peer()->count(k_open) == 1; }));
  pair.outgoing = stage.peers.back();
  dial_in(stage, port, pair);
  ASSERT_TRUE(stage.run_until([&] { return pair.incoming->count(k_open) == 1; }));
  EXPECT_FALSE(pair.outgoing->has_closed());
  ScriptedPeer& first = incoming_first ? *pair.incoming : *pair.outgoing;
  answer_open(first, id);
  ScriptedPeer& winner = id > 0x0A000001 ? *pair.incoming : *pair.outgoing;
  ScriptedPeer& loser = id > 0x0A000001 ? *pair.outgoing : *pair.incoming;
  expect_lost(stage, loser);
  if (&winner != &first) answer_open(winner, id);
  ASSERT_TRUE(stage.run_until([&] { return winner.count(k_keepalive) == 1; }));
  expect_won(stage, winner);
  EXPECT_FALSE(is_down_told(stage));
}

TEST_P(Collision, I30_InOpenSentTheHigherRemoteIdentifierKeepsTheIncomingConnection) {
  for (const bool incoming_first : {true, false}) {
    play([=](Stage& stage) { both_open_sent(stage, k_higher, incoming_first); }, 20);
  }
}

TEST_P(Collision, I30_InOpenSentTheLowerRemoteIdentifierKeepsTheOutgoingConnection) {
  for (const bool incoming_first : {true, false}) {
    play([=](Stage& stage) { both_open_sent(stage, k_lower, incoming_first); }, 20);
  }
}

// The outgoing connection is in OpenConfirm when the incoming one arrives.
void in_open_confirm(Stage& stage, std::uint32_t id) {
  std::uint16_t port = 0;
  begin(stage, port);
  Pair pair;
  ASSERT_TRUE(stage.run_until([&] { return stage.peer() != nullptr && stage.peer()->count(k_open) == 1; }));
  pair.outgoing = stage.peers.back();
  answer_open(*pair.outgoing, id);
  ASSERT_TRUE(stage.run_until([&] { return pair.outgoing->count(k_keepalive) == 1; }));
  dial_in(stage, port, pair);
  const bool incoming_wins = id > 0x0A000001;
  if (incoming_wins) {
    ASSERT_TRUE(stage.run_until([&] { return pair.incoming->count(k_open) == 1; }));
    answer_open(*pair.incoming, id);
    expect_lost(stage, *pair.outgoing);
    ASSERT_TRUE(stage.run_until([&] { return pair.incoming->count(k_keepalive) == 1; }));
    expect_won(stage, *pair.incoming);
  } else {
    stage.run_until([&] { return pair.incoming->count(k_open) == 1 || pair.incoming->has_closed(); });
    if (!pair.incoming->has_closed() && pair.incoming->count(k_open) == 1) answer_open(*pair.incoming, id);
    expect_lost(stage, *pair.incoming);
    expect_won(stage, *pair.outgoing);
  }
  EXPECT_FALSE(is_down_told(stage));
}

TEST_P(Collision, I30_InOpenConfirmTheHigherRemoteIdentifierKeepsTheIncomingConnection) {
  play([](Stage& stage) { in_open_confirm(stage, k_higher); }, 20);
}

TEST_P(Collision, I30_InOpenConfirmTheLowerRemoteIdentifierKeepsTheOutgoingConnection) {
  play([](Stage& stage) { in_open_confirm(stage, k_lower); }, 20);
}

TEST_P(Collision, I30_AnEstablishedSessionIsNotTouched) {
  for (const std::uint32_t id : {k_lower, k_higher}) {
    play([=](Stage& stage) {
      std::uint16_t port = 0;
      begin(stage, port);
      Pair pair;
      ASSERT_TRUE(stage.run_until([&] { return stage.peer() != nullptr && stage.peer()->count(k_open) == 1; }));
      pair.outgoing = stage.peers.back();
      answer_open(*pair.outgoing, id);
      pair.outgoing->send(keepalive());
      ASSERT_TRUE(stage.run_until([&] { return pair.outgoing->ends_of_rib() == 1; }));
      dial_in(stage, port, pair);
      expect_lost(stage, *pair.incoming);
      EXPECT_THAT(base::as_text(base::Bytes(pair.incoming->transcript().back().bytes)), HasSubstr("already established"));
      stage.run_for(200ms);
      EXPECT_FALSE(pair.outgoing->has_closed());
      EXPECT_EQ(pair.outgoing->count(k_notification), 0U);
      EXPECT_FALSE(is_down_told(stage));
    }, 10);
  }
}

class Incoming : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(Incoming);

TEST_P(Incoming, APassiveNeighborWaitsAndThenSpeaksFirst) {
  play([](Stage& stage) {
    Scene scene(stage);
    const std::uint16_t port = stage.listen_port();
    scene.neighbor().statements = {"passive;", "listen " + std::to_string(port) + ";"};
    scene.at(0).routes = many_routes(3);
    scene.start();
    stage.run_for(200ms);
    EXPECT_TRUE(stage.peers.empty());
    const auto caller = std::make_shared<ScriptedPeer>();
    stage.dial(k_far, {*base::IpAddress::parse("127.0.0.1"), port}, caller);
    EXPECT_TRUE(stage.run_until([&] { return caller->ends_of_rib() == 1; }));
    EXPECT_EQ(caller->table().size(), 3U);
  });
}

// Two connections that the peer opened: it gets in with the one whose valid OPEN comes first, and the other is told so.
class TwoIncoming : public EachEngine {
 protected:
  std::shared_ptr<ScriptedPeer> call(Stage& stage, PeerOptions options = by_hand()) const {
    const auto caller = std::make_shared<ScriptedPeer>(std::move(options));
    stage.dial(k_far, {*base::IpAddress::parse("127.0.0.1"), port_}, caller);
    EXPECT_TRUE(stage.run_until([&] { return caller->count(k_open) == 1 || caller->has_closed(); }));
    return caller;
  }
  void begin(Stage& stage) {
    Scene scene(stage);
    port_ = stage.listen_port();
    scene.neighbor().statements = {"passive;", "listen " + std::to_string(port_) + ";"};
    scene.at(0).routes = many_routes(5, 5);
    scene.start();
  }
  std::uint16_t port_ = 0;
};
TANDEM_ON_EVERY_DRIVER(TwoIncoming);

TEST_P(TwoIncoming, TheSecondWinsWhenTheFirstIsSilent) {
  play([this](Stage& stage) {
    begin(stage);
    const auto silent = call(stage);
    const auto second = call(stage);
    EXPECT_FALSE(silent->has_closed());
    answer_open(*second, k_lower);
    expect_lost(stage, *silent);
    expect_won(stage, *second);
  });
}

TEST_P(TwoIncoming, TheFirstWinsWhenItsOpenComesFirst) {
  play([this](Stage& stage) {
    begin(stage);
    const auto first = call(stage);
    const auto second = call(stage);
    answer_open(*first, k_lower);
    expect_lost(stage, *second);
    expect_won(stage, *first);
  });
}

TEST_P(TwoIncoming, TheSecondIsRefusedWhenTheFirstHasSentItsOpen) {
  play([this](Stage& stage) {
    begin(stage);
    const auto first = call(stage);
    answer_open(*first, k_lower);
    ASSERT_TRUE(stage.run_until([&] { return first->count(k_keepalive) == 1; }));
    const auto second = call(stage);
    expect_lost(stage, *second);
    EXPECT_EQ(second->count(k_open), 0U);
    expect_won(stage, *first);
  });
}

TEST_P(TwoIncoming, OneSessionComesOfTwoOpensAtTheSameTime) {
  play([this](Stage& stage) {
    begin(stage);
    const auto first = call(stage);
    const auto second = call(stage);
    answer_open(*first, k_lower);
    answer_open(*second, k_lower);
    ASSERT_TRUE(stage.run_until([&] { return first->has_closed() || second->has_closed(); }));
    expect_lost(stage, first->has_closed() ? *first : *second);
    expect_won(stage, first->has_closed() ? *second : *first);
  }, 20);
}

TEST_P(TwoIncoming, AFloodOfSilentOnesLocksNobodyOut) {
  play([this](Stage& stage) {
    begin(stage);
    std::vector<std::shared_ptr<ScriptedPeer>> silent;
    for (int i = 0; i < 20; ++i) silent.push_back(call(stage));
    EXPECT_TRUE(stage.run_until([&] {
      return std::count_if(silent.begin(), silent.end(), [](const auto& one) { return !one->has_closed(); }) == 2;
    }));
    const auto caller = call(stage, {});
    EXPECT_TRUE(stage.run_until([&] { return caller->ends_of_rib() == 1; }));
    for (const auto& one : silent) expect_lost(stage, *one);
  }, 3);
}

TEST_P(Incoming, AStrangerIsToldSo) {
  play([](Stage& stage) {
    Scene scene(stage);
    const std::uint16_t port = stage.listen_port();
    scene.neighbor().statements = {"passive;", "listen " + std::to_string(port) + ";"};
    scene.start();
    const auto caller = std::make_shared<ScriptedPeer>(by_hand());
    stage.dial("127.0.0.66", {*base::IpAddress::parse("127.0.0.1"), port}, caller);
    ASSERT_TRUE(stage.run_until([&] { return caller->has_closed(); }));
    ASSERT_EQ(caller->transcript().size(), 1U);
    EXPECT_EQ(describe(caller->transcript()[0].bytes).substr(5, 7), "03 0603");
    EXPECT_THAT(base::as_text(base::Bytes(caller->transcript()[0].bytes)), HasSubstr("no session configured for the peer"));
  });
}

TEST_P(Incoming, ARangeMakesAPeerForEachCallerAndForgetsItAfterwards) {
  play([](Stage& stage) {
    Scene scene(stage);
    const std::uint16_t port = stage.listen_port();
    scene.neighbor("127.0.1.0/24").statements = {"passive;", "listen " + std::to_string(port) + ";"};
    scene.at(0).routes = many_routes(3);
    scene.start();
    std::vector<std::shared_ptr<ScriptedPeer>> callers;
    for (const auto* address : {"127.0.1.7", "127.0.1.8"}) {
      callers.push_back(std::make_shared<ScriptedPeer>());
      stage.dial(address, {*base::IpAddress::parse("127.0.0.1"), port}, callers.back());
    }
    ASSERT_TRUE(stage.run_until([&] { return callers[0]->ends_of_rib() == 1 && callers[1]->ends_of_rib() == 1; }));
    for (const auto& caller : callers) EXPECT_EQ(caller->table().size(), 3U);  // those of the range, which all share
    callers[0]->end(Remote::Ending::close);
    EXPECT_TRUE(stage.run_until([&] {
      const auto answer = stage.command("peer list");
      return answer[0].find("127.0.1.7") == std::string::npos && answer[0].find("127.0.1.8") != std::string::npos;
    }));
  }, 5);
}

// Strangers inside a range take each other's place, never that of somebody who has spoken.
TEST_P(Incoming, MembersOfARangeAreBoundedAndTheSilentOnesGiveWay) {
  play([](Stage& stage) {
    Scene scene(stage);
    const std::uint16_t port = stage.listen_port();
    scene.neighbor("127.0.1.0/24").statements = {"passive;", "member-limit 3;", "listen " + std::to_string(port) + ";"};
    scene.at(0).routes = many_routes(3);
    scene.start();
    const auto call = [&](int i, PeerOptions options) {
      const auto caller = std::make_shared<ScriptedPeer>(std::move(options));
      stage.dial("127.0.1." + std::to_string(i), {*base::IpAddress::parse("127.0.0.1"), port}, caller);
      return caller;
    };
    const auto first = call(1, {});
    ASSERT_TRUE(stage.run_until([&] { return first->ends_of_rib() == 1; }));
    std::vector<std::shared_ptr<ScriptedPeer>> silent;
    for (int i = 2; i < 12; ++i) {
      silent.push_back(call(i, by_hand()));
      ASSERT_TRUE(stage.run_until([&] { return silent.back()->count(k_open) == 1; }));
    }
    EXPECT_TRUE(stage.run_until([&] {
      return std::count_if(silent.begin(), silent.end(), [](const auto& one) { return !one->has_closed(); }) == 2;
    }));
    EXPECT_EQ(describe(silent[0]->transcript().back().bytes).substr(5, 7), "03 0605");
    const auto last = call(12, {});
    EXPECT_TRUE(stage.run_until([&] { return last->ends_of_rib() == 1; }));
    EXPECT_FALSE(first->has_closed());
    const auto second = call(13, {});
    EXPECT_TRUE(stage.run_until([&] { return second->ends_of_rib() == 1; }));
    const auto refused = call(14, {});
    EXPECT_TRUE(stage.run_until([&] { return refused->has_closed(); }));
    EXPECT_EQ(refused->count(k_open), 0U);
    for (const auto& one : {first, last, second}) EXPECT_FALSE(one->has_closed());
  }, 3);
}

}  // namespace
}  // namespace tandem::conformance
