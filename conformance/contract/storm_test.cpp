// The storm (storm.hpp): everything at once, in virtual time. A failure prints its seed; TANDEM_SIM_SEED repeats it, TANDEM_STORM_SEEDS
// asks for more of them than a suite has time for.
#include <cstdlib>

#include "conformance/contract/storm.hpp"

namespace tandem::conformance {
namespace {

std::uint64_t seeds_wanted() {
  constexpr std::uint64_t k_seeds = 20;
  const char* const text = std::getenv("TANDEM_STORM_SEEDS");
  return text != nullptr ? std::strtoull(text, nullptr, 10) : k_seeds;
}

void play(std::uint64_t seed) {
  SCOPED_TRACE(sim::replay_hint(seed));
  Storm storm(seed);
  storm.start();
  for (int gust = 0; gust < 2; ++gust) {
    storm.blow(60);
    if (::testing::Test::HasFailure()) return;
    storm.calm_down();
    if (::testing::Test::HasFailure()) return;
    storm.expect_everything_in_place();
    if (::testing::Test::HasFailure()) return;
  }
  storm.expect_rest();
  storm.expect_a_clean_end();
}

TEST(Storms, LeaveEverythingInItsPlaceWhateverHappened) {
  const auto [first, last] = sim::seeds_to_play(seeds_wanted());
  for (std::uint64_t seed = first; seed <= last && !HasFailure(); ++seed) play(seed);
}

}  // namespace
}  // namespace tandem::conformance
