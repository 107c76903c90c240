// What is a turn, a lag, a wake-up, and that old times are forgotten.
#include "common/speaker/measurements.hpp"

#include <gtest/gtest.h>

namespace tandem::speaker {
namespace {

using namespace std::chrono_literals;
using base::TimePoint;

class MeasurementsTest : public ::testing::Test {
 protected:
  MeasurementsTest() {
    clock.start(TimePoint{1s}, {});
    measurements.begin({});
  }
  TimePoint at(base::Duration time) {
    clock.advance(TimePoint{1s} + time);
    return clock.now();
  }
  api::Measurement measured() { return measurements.since_begin({}); }

  Clock clock;
  Measurements measurements{clock};
};

TEST_F(MeasurementsTest, BehindASleepTheLagIsHowLateTheDeadlineIsServed) {
  measurements.waiting(at(100ms), at(10ms));
  measurements.round(at(103ms));
  EXPECT_DOUBLE_EQ(measured().lag_longest, 0.003);
  EXPECT_EQ(measured().wake_ups, 1U);
}

TEST_F(MeasurementsTest, WhatComesBeforeTheDeadlineWaitsForNothing) {
  measurements.waiting(at(100ms), at(10ms));
  measurements.round(at(50ms));
  measurements.waiting(std::nullopt, at(51ms));
  measurements.round(at(500ms));
  EXPECT_EQ(measured().lag_longest, 0);
  EXPECT_EQ(measured().rounds, 2U);
  EXPECT_EQ(measured().wake_ups, 2U);
}

TEST_F(MeasurementsTest, BehindATurnTheLagIsAsLongAsItWas) {
  measurements.waiting(std::nullopt, at(0ms));
  measurements.round(at(10ms));
  measurements.waiting(at(40ms), at(40ms));  // at once: what came since 10 ms has waited
  measurements.round(at(41ms));
  EXPECT_DOUBLE_EQ(measured().lag_longest, 0.031);
  EXPECT_EQ(measured().wake_ups, 1U) << "the second look was none";
}

TEST_F(MeasurementsTest, ATurnEndsAtTheNextLookAndBeginsWithTheWakeUp) {
  measurements.waiting(std::nullopt, at(0ms));
  measurements.round(at(10ms));
  measurements.waiting(std::nullopt, at(17ms));
  EXPECT_DOUBLE_EQ(measured().turn_longest, 0.007);
}

TEST_F(MeasurementsTest, WhereManyAreReadyDeliveringIsAPartOfTheTurn) {
  measurements.waiting(std::nullopt, at(0ms));
  std::size_t asked_for_the_time = 0;
  for (int i = 0; i < 100; ++i) {
    if (!measurements.resuming()) continue;
    ++asked_for_the_time;
    measurements.delivering(at(10ms));
  }
  EXPECT_EQ(asked_for_the_time, 1U) << "a clock is read once for all of them";
  measurements.round(at(30ms));
  measurements.waiting(std::nullopt, at(31ms));
  EXPECT_DOUBLE_EQ(measured().turn_longest, 0.021);
}

TEST_F(MeasurementsTest, TheLeastHoldMarginCounts) {
  EXPECT_EQ(measured().hold_margin, std::nullopt);
  measurements.hold_margin(0.7);
  measurements.hold_margin(0.4);
  measurements.hold_margin(0.6);
  EXPECT_EQ(measured().hold_margin, 0.4);
}

TEST_F(MeasurementsTest, OnlyWhatIsWorseThanEverIsWorse) {
  EXPECT_FALSE(measurements.take_worse());
  measurements.hold_margin(0.5);
  EXPECT_TRUE(measurements.take_worse());
  EXPECT_FALSE(measurements.take_worse());
  measurements.hold_margin(0.6);
  measurements.waiting(at(10ms), at(0ms));
  measurements.round(at(10ms));
  EXPECT_FALSE(measurements.take_worse());
  measurements.session_lost("neighbor 10.0.0.1", "NOTIFICATION sent (4,0)");
  EXPECT_TRUE(measurements.take_worse());
}

TEST_F(MeasurementsTest, OfLostSessionsTheFirstAreShownAndAllAreCounted) {
  for (int i = 0; i < 1000; ++i) measurements.session_lost("neighbor " + std::to_string(i), "x");
  EXPECT_EQ(measured().sessions_lost, 1000U);
  EXPECT_EQ(measured().lost.size(), 16U);
  EXPECT_EQ(measured().lost[0].neighbor, "neighbor 0");
}

TEST_F(MeasurementsTest, TheLastMinuteForgetsAndTheWholeDoesNot) {
  measurements.hold_margin(0.1);
  measurements.session_lost("neighbor 10.0.0.1", "x");
  Measurements::Sample sample;
  for (int second = 1; second <= 200; ++second) {
    sample.processor += 100ms;
    sample.queue += 5;
    measurements.waiting(std::nullopt, at(std::chrono::seconds(second)));
    measurements.round(at(std::chrono::seconds(second)));
    if (measurements.slice_over()) measurements.end_slice(sample);
  }
  measurements.hold_margin(0.5);
  const api::Measurement recent = measurements.recent(sample);
  EXPECT_EQ(recent.hold_margin, 0.5);
  EXPECT_EQ(recent.sessions_lost, 0U);
  EXPECT_TRUE(recent.lost.empty());
  EXPECT_DOUBLE_EQ(recent.seconds, 60);
  EXPECT_EQ(recent.rounds, 60U);
  EXPECT_DOUBLE_EQ(recent.processor(), 0.1);
  EXPECT_EQ(recent.queue_growth, 300);
  const api::Measurement whole = measurements.since_begin(sample);
  EXPECT_EQ(whole.hold_margin, 0.1);
  EXPECT_EQ(whole.sessions_lost, 1U);
  EXPECT_EQ(whole.rounds, 200U);
  EXPECT_DOUBLE_EQ(whole.seconds, 200);
  EXPECT_EQ(whole.queue_growth, 1000);
}

TEST_F(MeasurementsTest, AnotherEngineBeginsWithNothing) {
  measurements.hold_margin(0.1);
  measurements.session_lost("neighbor 10.0.0.1", "x");
  measurements.waiting(at(1ms), at(0ms));
  measurements.round(at(500ms));
  measurements.begin({});
  EXPECT_EQ(measured().hold_margin, std::nullopt);
  EXPECT_EQ(measured().sessions_lost, 0U);
  EXPECT_EQ(measured().lag_longest, 0);
  measurements.round(at(900ms));
  EXPECT_EQ(measured().lag_longest, 0) << "nobody was looked at before";
}

}  // namespace
}  // namespace tandem::speaker
