#include "common/base/histogram.hpp"

#include <gtest/gtest.h>

namespace tandem::base {
namespace {

using namespace std::chrono_literals;

TEST(Histogram, APercentileIsNeverTooLittleAndAtMostAQuarterTooMuch) {
  for (const Duration one : {3us, 4us, 5us, 7us, 8us, 999us, 20'000us, 3'000'000us}) {
    Histogram histogram;
    for (int i = 0; i < 99; ++i) histogram.add(one);
    histogram.add(one * 1000);
    EXPECT_GE(histogram.percentile(99), one);
    EXPECT_LE(histogram.percentile(99), one + std::max<Duration>(one / 4, 1us));
    EXPECT_EQ(histogram.longest(), one * 1000);
    EXPECT_EQ(histogram.percentile(100), one * 1000);
  }
}

TEST(Histogram, NothingIsInAnEmptyOneAndWhatIsTooLongIsStillCounted) {
  Histogram histogram;
  EXPECT_EQ(histogram.percentile(50), Duration::zero());
  histogram.add(Duration(-5));
  histogram.add(std::chrono::hours(24 * 365));
  EXPECT_EQ(histogram.count(), 2U);
  EXPECT_EQ(histogram.percentile(50), Duration(1us));
  EXPECT_EQ(histogram.longest(), std::chrono::hours(24 * 365));
}

TEST(Histogram, OneAddedToAnotherIsAsIfAllHadBeenAddedToOne) {
  Histogram together, first, second;
  for (int i = 1; i < 2000; ++i) {
    together.add(i * 7us);
    (i % 3 == 0 ? first : second).add(i * 7us);
  }
  first.add(second);
  for (const unsigned percent : {1U, 50U, 90U, 99U, 100U}) EXPECT_EQ(first.percentile(percent), together.percentile(percent));
  EXPECT_EQ(first.count(), together.count());
}

}  // namespace
}  // namespace tandem::base
