// Two sessions against each other over memory, with the stream cut at random; and one session against noise. Seeds are printed.
#include <gtest/gtest.h>

#include <algorithm>

#include "common/base/random.hpp"
#include "common/session/test_support.hpp"

namespace tandem::session {

using namespace test;

namespace {

struct End {
  explicit End(Parameters given) : parameters(std::move(given)) {}
  Parameters parameters;
  Session session{parameters};
  base::Buffer said;   // everything that went out
  std::size_t heard = 0;  // octets of the other's `said` that arrived
  Lines events;
  std::vector<std::string> updates;

  void look() {
    const Lines more = take_events(session);
    events.insert(events.end(), more.begin(), more.end());
  }
};

struct Pair {
  explicit Pair(std::uint64_t seed) : dice(seed), a(side(65001, 1)), b(side(65002, 2)) {}

  static Parameters side(std::uint32_t as, std::uint32_t id) {
    Parameters parameters = ebgp_parameters();
    parameters.local_as = base::Asn{as};
    parameters.peer_as = base::Asn{65001 + 65002 - as};
    parameters.router_id = base::RouterId{id};
    parameters.hold_time_s = 9;
    return parameters;
  }

  // `from` writes a little, `to` reads a little, and somebody's timer may go off.
  void exchange(End& from, End& to) {
    base::Bytes piece;
    if (from.session.outbox().gather(std::span(&piece, 1)) != 0) {
      const std::size_t count = 1 + dice.below(std::min<std::size_t>(piece.size(), 40));
      from.said.insert(from.said.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(count));
      from.session.sent(count, now);
    }
    const std::size_t waiting = from.said.size() - to.heard;
    if (waiting != 0 && to.session.wants_input()) {
      const std::size_t count = 1 + dice.below(std::min<std::size_t>(waiting, 40));
      to.session.receive(base::Bytes(from.said).subspan(to.heard, count), now);
      to.heard += count;
    }
    if (to.session.has_input() && dice.below(2) == 0) {
      const auto inbound = to.session.step(true, now);
      if (inbound) to.updates.push_back(base::to_hex(inbound->message.body()));
    }
    to.session.expired(now);
    to.look();
  }
  void turn() {
    now += milliseconds(dice.below(20));
    exchange(a, b);
    exchange(b, a);
  }

  base::Random dice;
  TimePoint now{};
  End a;
  End b;
};

const Lines k_way_up = {"connected",  "CONNECT",     "send OPEN",      "OPENSENT",          "receive OPEN",
                        "negotiated", "OPENCONFIRM", "send KEEPALIVE", "receive KEEPALIVE", "ESTABLISHED", "up"};

std::string numbered_update(int number) {
  static constexpr char k_digits[] = "0123456789abcdef";
  std::string body = "0000000e40010100400200400304010101011800";
  body += k_digits[number / 4096 % 16];
  body += k_digits[number / 256 % 16];
  body += k_digits[number / 16 % 16];
  body += k_digits[number % 16];
  return body;
}

}  // namespace

TEST(SessionPair, ReachesEstablishedAndLosesNothingHoweverTheStreamIsCut) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Pair pair(seed);
    pair.a.session.connected(k_local, k_remote, pair.now);
    pair.b.session.connected(k_remote, k_local, pair.now);
    std::vector<std::string> queued;
    for (int i = 0; i < 6000; ++i) {
      pair.turn();
      if (pair.a.session.state() == State::established && queued.size() < 100) {
        queued.push_back(numbered_update(i));
        pair.a.session.queue(message(2, queued.back()));
      }
    }
    ASSERT_EQ(pair.a.session.state(), State::established);
    ASSERT_EQ(pair.b.session.state(), State::established);
    EXPECT_EQ(pair.b.updates, queued);
    for (const Lines* events : {&pair.a.events, &pair.b.events}) {
      ASSERT_GE(events->size(), k_way_up.size());
      EXPECT_TRUE(std::equal(k_way_up.begin(), k_way_up.end(), events->begin()));
      EXPECT_EQ(std::count(events->begin(), events->end(), "up"), 1);
    }
    // A minute of virtual time at a hold time of 9: both kept each other alive.
    EXPECT_GT(pair.now, TimePoint(seconds(40)));

    pair.a.session.terminate(bgp::make_cease(4), {}, pair.now);
    for (int i = 0; i < 600 && !pair.b.session.ending(); ++i) pair.turn();
    EXPECT_EQ(pair.b.events.back(), "IDLE");
    EXPECT_EQ(pair.b.events.at(pair.b.events.size() - 2), "down: notification received (6,4)");
    EXPECT_TRUE(pair.a.session.wants_close());
    EXPECT_TRUE(pair.b.session.wants_close());
  }
}

TEST(SessionPair, NoiseEndsTheSessionOnceAndNeverMore) {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    base::Random dice(seed);
    Fixture f;
    const State states[] = {State::open_sent, State::open_confirm, State::established};
    f.reach(states[dice.below(3)]);
    Lines events;
    for (int i = 0; i < 20; ++i) {
      // A frame that is nearly right, of a type that is nearly known, around octets that mean nothing.
      base::Buffer noise = message(static_cast<std::uint8_t>(dice.below(8)));
      for (std::uint64_t n = dice.below(60); n > 0; --n) noise.push_back(static_cast<std::uint8_t>(dice.below(256)));
      noise[17] = static_cast<std::uint8_t>(noise.size());
      if (dice.below(4) == 0) noise[dice.below(noise.size())] ^= static_cast<std::uint8_t>(1U << dice.below(8));
      const std::size_t cut = dice.below(noise.size() + 1);
      f.hear(base::Buffer(noise.begin(), noise.begin() + static_cast<std::ptrdiff_t>(cut)), dice.below(2) == 0);
      f.hear(base::Buffer(noise.begin() + static_cast<std::ptrdiff_t>(cut), noise.end()));
      if (dice.below(50) == 0) f.session.closed("closing connection", f.now);
      f.handle();
      const Lines more = take_events(f.session);
      events.insert(events.end(), more.begin(), more.end());
    }
    EXPECT_LE(std::count(events.begin(), events.end(), "IDLE"), 1);
    EXPECT_EQ(f.session.ending(), std::count(events.begin(), events.end(), "IDLE") == 1);
    EXPECT_LE(std::count(events.begin(), events.end(), "send NOTIFICATION"), 1);
    if (f.session.ending()) {
      EXPECT_EQ(events.back(), "IDLE");
    }
  }
}

TEST(SessionMemory, AnIdleSessionIsSmall) {
  Fixture f;
  f.reach(State::established);
  f.hear(keepalive());
  take_events(f.session);
  // What grows with the number of neighbors; the rest is behind pointers and comes with the OPENs.
  EXPECT_LE(sizeof(Session), 320U);
  RecordProperty("sizeof_session", static_cast<int>(sizeof(Session)));
}

}  // namespace tandem::session
