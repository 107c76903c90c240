#include "common/speaker/backoff.hpp"

#include <gtest/gtest.h>

namespace tandem::speaker {
namespace {

TEST(Backoff, FollowsTheSequenceOfTheSpecificationWithinTheJitter) {
  const int expected[] = {0, 1, 2, 3, 4, 5, 7, 9, 11, 14, 17, 21, 26, 32, 39, 47, 57, 60, 60};
  base::Random random(1);
  Backoff backoff;
  for (const int seconds : expected) {
    const double delay = base::seconds(backoff.next(random));
    if (seconds < 3) {
      EXPECT_EQ(delay, seconds);
    } else {
      EXPECT_GE(delay, seconds * 0.75);
      EXPECT_LE(delay, seconds * 1.25);
    }
  }
}

TEST(Backoff, StartsAgainAtZeroAfterAReset) {
  base::Random random(1);
  Backoff backoff;
  for (int i = 0; i < 5; ++i) static_cast<void>(backoff.next(random));
  backoff.reset();
  EXPECT_EQ(backoff.next(random), base::Duration::zero());
}

}  // namespace
}  // namespace tandem::speaker
