// Timers of a session in virtual time (I21): what fires, exactly when, and what keeps it from firing.
#include <gtest/gtest.h>

#include <algorithm>

#include "common/session/limits.hpp"
#include "common/session/test_support.hpp"

namespace tandem::session {

using namespace test;

namespace {

constexpr base::Duration k_instant = std::chrono::nanoseconds(1);

void expect_hold_timer_expired(Fixture& f) {
  EXPECT_EQ(messages(take_output(f.session)), Lines{"03 0400"});
  EXPECT_EQ(take_events(f.session), (Lines{"send NOTIFICATION", "down: notification sent (4,0)", "IDLE"}));
}

// Lets time pass from deadline to deadline, as a driver does, and counts KEEPALIVEs.
std::size_t run_until(Fixture& f, TimePoint end) {
  std::size_t keepalives = 0;
  while (f.session.deadline() && *f.session.deadline() <= end) {
    EXPECT_GE(*f.session.deadline(), f.now);
    f.now = *f.session.deadline();
    f.session.expired(f.now);
    const Lines sent = messages(take_output(f.session));
    keepalives += static_cast<std::size_t>(std::count(sent.begin(), sent.end(), "04"));
  }
  f.now = end;
  return keepalives;
}

}  // namespace

TEST(SessionOpenWait, EndsTheSessionAtItsInstantAndNotBefore) {  // D3
  for (const bool strict : {false, true}) {
    Parameters parameters = ebgp_parameters();
    parameters.strict = strict;
    parameters.open_wait = seconds(5);
    Fixture f(parameters);
    f.reach(State::open_sent);
    EXPECT_EQ(f.session.deadline(), f.now + seconds(5));
    f.pass(seconds(5) - k_instant);
    EXPECT_EQ(f.session.state(), State::open_sent);
    f.pass(k_instant);
    expect_hold_timer_expired(f);
  }
}

TEST(SessionOpenWait, RunsWithLocalAsAutoToo) {
  Parameters parameters = ebgp_parameters();
  parameters.local_as.reset();
  Fixture f(parameters);
  f.reach(State::connect);
  f.pass(parameters.open_wait);
  expect_hold_timer_expired(f);
}

TEST(SessionOpenWait, DoesNotBlameThePeerForAnOpenThatWaitsItsTurn) {
  Fixture f;
  f.reach(State::open_sent);
  f.session.receive(open_message(), f.now);
  EXPECT_EQ(f.session.deadline(), std::nullopt);
  f.pass(seconds(60));
  f.handle();
  EXPECT_EQ(f.session.state(), State::open_confirm);
}

TEST(SessionOpenWait, PartOfAnOpenIsNotAnOpen) {
  Fixture f;
  f.reach(State::open_sent);
  f.session.receive(base::Bytes(open_message()).first(28), f.now);
  f.pass(seconds(60));
  expect_hold_timer_expired(f);
}

TEST(SessionHoldTimer, ExpiresInOpenConfirmAndEstablishedAtTheNegotiatedInstant) {
  for (const State state : {State::open_confirm, State::established}) {
    Fixture f;
    f.reach(state, {.hold_time = "0009"});
    run_until(f, f.now + seconds(9) - k_instant);
    EXPECT_EQ(f.session.state(), state);
    take_events(f.session);
    f.pass(k_instant);
    expect_hold_timer_expired(f);
  }
}

TEST(SessionHoldTimer, StartsAgainAtEveryCompleteMessage) {
  for (const auto& octets : {keepalive(), message(2, "00000000"), message(5, "00010001")}) {
    Fixture f;
    f.reach(State::established, {.hold_time = "0009"});
    run_until(f, f.now + seconds(8));
    f.hear(octets);
    run_until(f, f.now + seconds(9) - k_instant);
    EXPECT_EQ(f.session.state(), State::established);
    take_events(f.session);
    f.pass(k_instant);
    expect_hold_timer_expired(f);
  }
}

TEST(SessionHoldTimer, PartOfAMessageIsNoSignOfLife) {
  Fixture f;
  f.reach(State::established, {.hold_time = "0009"});
  run_until(f, f.now + seconds(8));
  f.session.receive(base::Bytes(keepalive()).first(18), f.now);
  take_events(f.session);
  f.pass(seconds(1));
  expect_hold_timer_expired(f);
}

TEST(SessionHoldTimer, CountsTheArrivalOfMessagesThatWaitTheirTurn) {
  Fixture f;
  f.reach(State::established, {.hold_time = "0009"});
  run_until(f, f.now + seconds(8));
  f.session.receive(message(2, "00000000") + message(2, "00000000"), f.now);
  run_until(f, f.now + seconds(9) - k_instant);
  EXPECT_EQ(f.session.state(), State::established);
  EXPECT_EQ(f.handle(), 2U);
  take_events(f.session);
  f.pass(k_instant);  // handling them was no message
  expect_hold_timer_expired(f);
}

TEST(SessionHoldTimer, DoesNotBlameThePeerForOctetsNobodyReads) {
  Fixture f;
  f.reach(State::established, {.hold_time = "0009"});
  base::Buffer many;
  while (many.size() < k_inbox_high) many = std::move(many) + message(2, "00000000");
  f.session.receive(many, f.now);
  ASSERT_FALSE(f.session.wants_input());
  EXPECT_EQ(run_until(f, f.now + seconds(17)), 5U);
  EXPECT_EQ(f.session.state(), State::established);
  f.handle();
  EXPECT_TRUE(f.session.wants_input());
  take_events(f.session);
  EXPECT_LE(*f.session.deadline(), f.now + seconds(9));
  run_until(f, f.now + seconds(9));
  EXPECT_EQ(f.session.state(), State::idle);
}

TEST(SessionKeepaliveTimer, RunsFromEstablishedEveryThirdOfTheHoldTime) {
  Fixture f;
  f.connect();
  f.hear(open_message({.hold_time = "000A"}));
  take_output(f.session);
  EXPECT_EQ(f.session.deadline(), f.now + seconds(3));
  f.pass(seconds(2));
  f.hear(keepalive());
  EXPECT_EQ(f.session.deadline(), f.now + seconds(3));
  const TimePoint established = f.now;
  for (int i = 1; i <= 20; ++i) {
    EXPECT_EQ(run_until(f, established + seconds(3 * i) - k_instant), 0U);
    EXPECT_EQ(run_until(f, established + seconds(3 * i)), 1U);
    f.hear(keepalive());
  }
}

TEST(SessionKeepaliveTimer, OneThatIsDueInAPauseLeavesBeforeItAndTheNextAnIntervalLater) {
  Fixture f;
  f.reach(State::established, {.hold_time = "000F"});
  take_output(f.session);
  f.pass(seconds(2));
  f.session.speak_before(f.now + seconds(3) - k_instant, f.now);
  EXPECT_EQ(messages(take_output(f.session)), Lines{}) << "it is due behind the pause";
  f.session.speak_before(f.now + seconds(3), f.now);
  EXPECT_EQ(messages(take_output(f.session)), Lines{"04"});
  f.session.speak_before(f.now + seconds(60), f.now);
  EXPECT_EQ(messages(take_output(f.session)), Lines{}) << "not two in a second (RFC 4271 section 4.4)";
  EXPECT_EQ(f.session.deadline(), f.now + seconds(5));
  f.session.closed("", f.now);
  f.session.speak_before(f.now + seconds(60), f.now + seconds(4));
  EXPECT_EQ(messages(take_output(f.session)), Lines{});
}

TEST(SessionKeepaliveTimer, RunsInOpenConfirm) {
  Fixture f;
  f.reach(State::open_confirm, {.hold_time = "0009"});
  EXPECT_EQ(run_until(f, f.now + seconds(8)), 2U);
}

TEST(SessionKeepaliveTimer, IsNotPostponedByOutputNorHeldUpByAFullInbox) {
  Fixture f;
  f.reach(State::established, {.hold_time = "0009"});
  base::Buffer many;
  while (many.size() < k_inbox_high) many = std::move(many) + message(2, "00000000");
  f.session.receive(many, f.now);
  f.pass(seconds(2));
  f.session.queue(message(2, "00000000"));
  f.pass(seconds(1));
  EXPECT_EQ(messages(take_output(f.session)), (Lines{"02 00000000", "04"}));
  EXPECT_EQ(take_events(f.session), Lines{"send KEEPALIVE"});
}

// A peer may have died behind messages that wait for their turn: they are read past, and then its silence counts.
base::Buffer full_inbox(std::size_t size = k_inbox_high) {
  base::Buffer many;
  const base::Buffer one = message(2, "00000000");
  while (many.size() < size) many.insert(many.end(), one.begin(), one.end());
  return many;
}

TEST(SessionHoldTimer, IsNotHeldUpForEverByAFullInbox) {
  Fixture f;
  f.reach(State::established, {.hold_time = "0009"});
  f.session.receive(full_inbox(), f.now);
  EXPECT_FALSE(f.session.wants_input());
  f.pass(seconds(9));  // we did not listen, so it is not the peer's fault
  EXPECT_EQ(f.session.state(), State::established);
  EXPECT_TRUE(f.session.wants_input());
  take_output(f.session);
  take_events(f.session);
  f.pass(seconds(9));  // we did
  expect_hold_timer_expired(f);
}

TEST(SessionHoldTimer, ReadingPastAFullInboxFindsThePeerAlive) {
  Fixture f;
  f.reach(State::established, {.hold_time = "0009"});
  f.session.receive(full_inbox(), f.now);
  f.pass(seconds(9));
  for (int i = 0; i < 10; ++i) {
    f.pass(seconds(8));
    f.session.receive(keepalive(), f.now);
    EXPECT_TRUE(f.session.wants_input());
  }
  EXPECT_EQ(f.session.state(), State::established);
}

TEST(SessionHoldTimer, ReadingPastAFullInboxHasABoundAndEndsWithIt) {
  Fixture f;
  f.reach(State::established, {.hold_time = "0009"});
  f.session.receive(full_inbox(), f.now);
  f.pass(seconds(9));
  f.session.receive(full_inbox(k_inbox_look_ahead - k_inbox_high), f.now);
  EXPECT_FALSE(f.session.wants_input());
  f.handle(false);
  f.session.receive(full_inbox(), f.now);
  EXPECT_FALSE(f.session.wants_input());
}

TEST(SessionKeepaliveTimer, NoneLeavesAfterTheHoldTimerExpired) {
  Fixture f;
  f.reach(State::established, {.hold_time = "0009"});
  f.pass(seconds(9));  // both are due
  expect_hold_timer_expired(f);
}

TEST(SessionKeepaliveTimer, TooEarlyIsANoOp) {
  Fixture f;
  f.reach(State::established);
  for (int i = 0; i < 10; ++i) f.pass(seconds(5));
  EXPECT_TRUE(f.session.outbox().empty());
  EXPECT_TRUE(take_events(f.session).empty());
}

// Nothing that waits for a peer grows without bound, not even slowly.
TEST(SessionKeepalive, DoesNotPileUpForAPeerThatNeverReads) {
  Parameters parameters = ebgp_parameters();
  parameters.send_hold_time_s = 0;
  Fixture f(parameters);
  f.reach(State::established);
  for (int i = 0; i < 40'000; ++i) {
    ASSERT_TRUE(f.session.deadline());
    f.now = *f.session.deadline();
    f.session.receive(keepalive(), f.now);
    static_cast<void>(f.session.step(false, f.now));
    f.session.expired(f.now);
    static_cast<void>(take_events(f.session));
  }
  EXPECT_EQ(f.session.state(), State::established);
  EXPECT_LE(f.session.outbox().size(), k_outbox_full + bgp::k_header_size);
}

// The peer is heard and takes nothing, from one deadline to the next, until the session ends.
base::Duration lives_without_being_read(Fixture& f) {
  const TimePoint start = f.now;
  f.session.queue(message(2, "00000000"));
  while (!f.session.ending() && f.now - start < std::chrono::hours(48)) {
    if (!f.session.deadline()) return base::Duration::max();
    f.now = std::max(f.now, *f.session.deadline());
    f.session.receive(keepalive(), f.now);
    f.handle(false);
    f.session.expired(f.now);
  }
  return f.session.ending() ? f.now - start : base::Duration::max();
}

// RFC 9687 section 4: the greater of eight minutes and twice the hold time, unless another is configured.
TEST(SessionSendHoldTimer, EndsASessionWhosePeerTakesNothing) {
  struct Case {
    std::uint16_t hold_time_s;
    std::optional<std::uint16_t> configured;
    base::Duration expected;
  };
  const Case k_cases[] = {{180, {}, seconds(480)}, {300, {}, seconds(600)}, {3, {}, seconds(480)}, {180, 9, seconds(9)}, {9, 3600, seconds(3600)},
                          {9, 0, base::Duration::max()}, {0, {}, base::Duration::max()}, {0, 9, base::Duration::max()}};
  for (const Case& sample : k_cases) {
    Parameters parameters = ebgp_parameters();
    parameters.hold_time_s = sample.hold_time_s;
    parameters.send_hold_time_s = sample.configured;
    Fixture f(parameters);
    f.reach(State::established, {.hold_time = "FFFF"});
    EXPECT_EQ(lives_without_being_read(f), sample.expected) << sample.hold_time_s;
    if (sample.expected == base::Duration::max()) continue;
    EXPECT_EQ(messages(take_output(f.session)).back(), "03 0800");
    const Lines events = take_events(f.session);
    EXPECT_NE(std::find(events.begin(), events.end(), "down: notification sent (8,0)"), events.end());
  }
}

TEST(SessionSendHoldTimer, StartsAgainWithEveryOctetThatIsTakenAndRunsOnlyWhileSomethingWaits) {
  Parameters parameters = ebgp_parameters();
  parameters.send_hold_time_s = 10;
  Fixture f(parameters);
  f.reach(State::established);
  for (int i = 0; i < 4; ++i) f.pass(seconds(9));  // nothing waits
  EXPECT_EQ(f.session.state(), State::established);
  f.session.queue(message(2, "00000000"));
  for (int i = 0; i < 4; ++i) {
    f.pass(seconds(9));
    f.session.sent(1, f.now);
  }
  EXPECT_EQ(f.session.state(), State::established);
  f.pass(seconds(10) - k_instant);
  EXPECT_EQ(f.session.state(), State::established);
  f.pass(k_instant);
  EXPECT_TRUE(f.session.ending());
}

}  // namespace tandem::session
