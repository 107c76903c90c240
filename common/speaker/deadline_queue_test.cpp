#include "common/speaker/deadline_queue.hpp"

#include <gtest/gtest.h>

namespace tandem::speaker {
namespace {

using namespace std::chrono_literals;
const base::TimePoint k_start{base::Duration(1s)};

TEST(DeadlineQueue, TheEarliestDeadlineIsNext) {
  DeadlineQueue queue;
  EXPECT_FALSE(queue.next());
  queue.schedule(1, k_start + 20s);
  queue.schedule(2, k_start + 10s);
  EXPECT_EQ(queue.next(), k_start + 10s);
}

TEST(DeadlineQueue, NobodyIsDueBeforeTheDeadline) {
  DeadlineQueue queue;
  queue.schedule(1, k_start + 10s);
  EXPECT_FALSE(queue.take_due(k_start + 10s - 1ns));
  EXPECT_EQ(queue.take_due(k_start + 10s), 1U);
  EXPECT_FALSE(queue.take_due(k_start + 10s));
  EXPECT_FALSE(queue.next());
}

TEST(DeadlineQueue, ALaterDeadlineNeverReplacesAnEarlierOne) {
  DeadlineQueue queue;
  queue.schedule(1, k_start + 10s);
  queue.schedule(1, k_start + 20s);
  EXPECT_EQ(queue.next(), k_start + 10s);
  EXPECT_EQ(queue.take_due(k_start + 30s), 1U);
  EXPECT_FALSE(queue.take_due(k_start + 30s));
}

TEST(DeadlineQueue, AnEarlierDeadlineReplacesALaterOne) {
  DeadlineQueue queue;
  queue.schedule(1, k_start + 20s);
  queue.schedule(1, k_start + 10s);
  EXPECT_EQ(queue.take_due(k_start + 15s), 1U);
  EXPECT_FALSE(queue.take_due(k_start + 25s));
}

TEST(DeadlineQueue, AForgottenOwnerIsNeverDue) {
  DeadlineQueue queue;
  queue.schedule(1, k_start);
  queue.schedule(2, k_start + 1s);
  queue.forget(1);
  queue.forget(7);  // never heard of
  EXPECT_EQ(queue.next(), k_start + 1s);
  EXPECT_EQ(queue.take_due(k_start + 5s), 2U);
}

TEST(DeadlineQueue, EqualDeadlinesAreDueInTheOrderOfTheirOwners) {
  DeadlineQueue queue;
  for (const unsigned owner : {3U, 1U, 2U}) queue.schedule(owner, k_start);
  EXPECT_EQ(queue.take_due(k_start), 1U);
  EXPECT_EQ(queue.take_due(k_start), 2U);
  EXPECT_EQ(queue.take_due(k_start), 3U);
}

TEST(DeadlineQueue, AnOwnerThatIsWokenEarlyAgainAndAgainLeavesNoHeapBehind) {
  DeadlineQueue queue;
  for (int i = 0; i < 10'000; ++i) {
    const base::TimePoint now = k_start + i * 1ms;
    queue.schedule(1, k_start + 60s);
    queue.schedule(1, now);
    ASSERT_EQ(queue.take_due(now), 1U);
  }
  EXPECT_LT(queue.entries(), 200U);
  queue.schedule(1, k_start + 70s);
  EXPECT_EQ(queue.next(), k_start + 70s);
}

}  // namespace
}  // namespace tandem::speaker
