#include "common/speaker/token_bucket.hpp"

#include <gtest/gtest.h>

namespace tandem::speaker {
namespace {
using namespace std::chrono_literals;

// I20: over any 5 s window at most 5N+N, at least 5N-1 when saturated.
TEST(TokenBucket, GivesAtMostTheRateAndTheBurstInAnyWindowAndNoLessWhenSaturated) {
  for (const std::uint32_t rate : {1U, 4U, 7U, 1000U}) {
    TokenBucket bucket(rate, base::TimePoint{});
    std::vector<base::TimePoint> taken;
    for (base::TimePoint now{}; now < base::TimePoint{20s}; now += 500us) {
      while (bucket.take(now)) taken.push_back(now);
    }
    for (base::TimePoint start{}; start < base::TimePoint{15s}; start += 250ms) {
      const auto count = std::count_if(taken.begin(), taken.end(), [&](auto at) { return at >= start && at < start + 5s; });
      EXPECT_LE(count, 6 * rate) << rate;
      EXPECT_GE(count, 5 * rate - 1) << rate;
    }
  }
}

TEST(TokenBucket, NamesTheInstantOfTheNextToken) {
  TokenBucket bucket(1, base::TimePoint{});
  EXPECT_TRUE(bucket.take(base::TimePoint{}));
  EXPECT_FALSE(bucket.take(base::TimePoint{400ms}));
  EXPECT_EQ(bucket.next(), base::TimePoint{1s});
  EXPECT_FALSE(bucket.take(base::TimePoint{999ms}));
  EXPECT_TRUE(bucket.take(base::TimePoint{1s}));
}

}  // namespace
}  // namespace tandem::speaker
