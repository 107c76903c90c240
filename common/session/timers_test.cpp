#include "common/session/timers.hpp"

#include <gtest/gtest.h>

namespace tandem::session {

using base::TimePoint;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using Due = Timers::Due;

const TimePoint k_start{seconds(1000)};

TEST(Timers, NothingIsDueBeforeOneIsStarted) {
  const Timers timers;
  EXPECT_EQ(timers.due(k_start), Due::nothing);
  EXPECT_EQ(timers.deadline(), std::nullopt);
}

TEST(Timers, TheOpenWaitIsDueAtItsInstantAndNotBefore) {
  Timers timers;
  timers.start_open_wait(k_start, seconds(60));
  EXPECT_EQ(timers.deadline(), k_start + seconds(60));
  EXPECT_EQ(timers.due(k_start + seconds(60) - nanoseconds(1)), Due::nothing);
  EXPECT_EQ(timers.due(k_start + seconds(60)), Due::open_wait);
}

TEST(Timers, TheHoldTimerReplacesTheOpenWait) {
  Timers timers;
  timers.start_open_wait(k_start, seconds(1));
  timers.start_hold(k_start, 9);
  EXPECT_EQ(timers.due(k_start + seconds(2)), Due::nothing);
  EXPECT_EQ(timers.due(k_start + seconds(9)), Due::hold);
}

TEST(Timers, TheHoldTimerStartsAgainAtEachMessage) {
  Timers timers;
  timers.start_hold(k_start, 9);
  timers.heard(k_start + seconds(8));
  EXPECT_EQ(timers.due(k_start + seconds(17) - nanoseconds(1)), Due::keepalive);
  EXPECT_EQ(timers.due(k_start + seconds(17)), Due::hold);
}

TEST(Timers, AMessageReadBeforeTheOpenWasHandledDoesNotShortenTheHoldTime) {
  Timers timers;
  timers.start_hold(k_start, 9);
  timers.heard(k_start - seconds(3));
  EXPECT_EQ(timers.due(k_start + seconds(9) - nanoseconds(1)), Due::keepalive);
}

TEST(Timers, KeepalivesAreDueEveryThirdOfTheHoldTimeInWholeSeconds) {
  for (const auto& [hold, interval] : {std::pair{3, 1}, {4, 1}, {10, 3}, {180, 60}, {65535, 21845}}) {
    Timers timers;
    timers.start_hold(k_start, static_cast<std::uint16_t>(hold));
    EXPECT_EQ(timers.deadline(), k_start + seconds(interval)) << hold;
  }
}

TEST(Timers, AKeepaliveMayLeaveBeforeAPauseThatItIsDueInAndASecondBehindTheOneBefore) {
  Timers timers;
  EXPECT_FALSE(timers.keepalive_may_leave_before(k_start + seconds(100), k_start));
  timers.start_hold(k_start, 9);
  const auto may = [&timers](milliseconds now, milliseconds until) { return timers.keepalive_may_leave_before(k_start + until, k_start + now); };
  EXPECT_FALSE(may(milliseconds(1000), milliseconds(2999)));
  EXPECT_TRUE(may(milliseconds(1000), milliseconds(3000)));
  EXPECT_FALSE(may(milliseconds(999), milliseconds(5999)));
  timers.restart_keepalive(k_start + seconds(2));
  EXPECT_EQ(timers.deadline(), k_start + seconds(5));
  EXPECT_FALSE(may(milliseconds(2500), milliseconds(7500)));
}

TEST(Timers, TheHoldMarginIsTheLeastThatWasLeftForEitherSide) {
  Timers timers;
  EXPECT_EQ(timers.take_hold_margin(), std::nullopt);
  timers.start_hold(k_start, 30);
  EXPECT_EQ(timers.take_hold_margin(), std::nullopt) << "nobody was heard yet";
  timers.heard(k_start + seconds(12));
  timers.heard(k_start + seconds(15));
  EXPECT_DOUBLE_EQ(*timers.take_hold_margin(), 0.6);
  EXPECT_EQ(timers.take_hold_margin(), std::nullopt);
  timers.keepalive_sent(k_start + seconds(10));
  EXPECT_DOUBLE_EQ(*timers.take_hold_margin(), 20.0 / 30);
  timers.keepalive_sent(k_start + seconds(26));
  EXPECT_DOUBLE_EQ(*timers.take_hold_margin(), 14.0 / 30) << "it left six seconds late";
}

TEST(Timers, ALateKeepaliveDoesNotPostponeThoseAfterIt) {
  Timers timers;
  timers.start_hold(k_start, 90);
  timers.keepalive_sent(k_start + seconds(30) + milliseconds(700));
  EXPECT_EQ(timers.deadline(), k_start + seconds(60));
}

TEST(Timers, MissedKeepalivesAreNotMadeUpFor) {
  Timers timers;
  timers.start_hold(k_start, 9);
  timers.heard(k_start + seconds(8));
  timers.keepalive_sent(k_start + seconds(10));
  EXPECT_EQ(timers.deadline(), k_start + seconds(13));
}

TEST(Timers, WithAHoldTimeOfZeroNothingRuns) {
  Timers timers;
  timers.start_open_wait(k_start, seconds(60));
  timers.start_hold(k_start, 0);
  timers.heard(k_start);
  timers.keepalive_sent(k_start);
  EXPECT_EQ(timers.deadline(), std::nullopt);
  EXPECT_EQ(timers.due(k_start + std::chrono::hours(1000)), Due::nothing);
}

TEST(Timers, TheFarewellStopsTheKeepalives) {
  Timers timers;
  timers.start_hold(k_start, 9);
  timers.start_farewell(k_start + seconds(2), seconds(4));
  EXPECT_EQ(timers.due(k_start + seconds(4)), Due::nothing);
  EXPECT_EQ(timers.due(k_start + seconds(6)), Due::farewell);
  timers.stop();
  EXPECT_EQ(timers.deadline(), std::nullopt);
}

}  // namespace tandem::session
