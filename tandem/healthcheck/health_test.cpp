#include "tandem/healthcheck/health.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tandem::healthcheck {
namespace {

// The states that are entered by results: + succeeds, - fails, d finds the service disabled. A dot stands for a result that changes nothing.
std::string entered(std::int64_t rise, std::int64_t fall, std::string_view results) {
  Health health(rise, fall);
  std::string text;
  for (const char result : results) {
    const auto state = health.check(result == 'd', result == '+');
    text += state ? std::string(to_string(*state)) : ".";
    text += ' ';
  }
  if (!text.empty()) text.pop_back();
  return text;
}

TEST(Health, IsUpAfterRiseSuccessesInARow) { EXPECT_EQ(entered(3, 3, "++++"), "RISING . UP ."); }
TEST(Health, IsDownAfterFallFailuresInARow) { EXPECT_EQ(entered(3, 2, "+++---"), "RISING . UP FALLING DOWN ."); }
TEST(Health, AFlappingServiceIsNeitherUpNorDown) { EXPECT_EQ(entered(2, 2, "+-+-+-"), "RISING FALLING RISING FALLING RISING FALLING"); }
TEST(Health, AFailureOnTheWayUpBeginsAnew) { EXPECT_EQ(entered(3, 3, "++-+++"), "RISING . FALLING RISING . UP"); }
TEST(Health, OneResultDecidesWhereOneIsEnough) {
  EXPECT_EQ(entered(1, 1, "+-+"), "UP DOWN UP");
  EXPECT_EQ(entered(0, -1, "-+"), "DOWN UP");
}
TEST(Health, ADisabledServiceBeginsAnew) { EXPECT_EQ(entered(2, 2, "++dd+++"), "RISING UP DISABLED . INIT RISING UP"); }

}  // namespace
}  // namespace tandem::healthcheck
