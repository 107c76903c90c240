// The storm (storm.hpp): everything at once, in virtual time. A failure prints its seed; TANDEM_SIM_SEED repeats it, TANDEM_STORM_SEEDS
// asks for more of them than a suite has time for.
#include <algorithm>
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

// All that was written in the storm, to everybody.
std::vector<Storm::Written> written_in(std::uint64_t seed, unsigned hand_over_percent, std::size_t& handed_over) {
  std::vector<Storm::Written> written;
  Storm storm(seed);
  storm.keep(written);
  if (hand_over_percent > 0) storm.hand_over(hand_over_percent);
  storm.start();
  storm.blow(60);
  handed_over = storm.handed_over();
  return written;
}

// Files begin at moments that nobody has chosen, from states that nobody has thought of.
TEST(Storms, WhatIsRecordedOfThemInFilesThatFollowEachOtherIsIdenticalWhenItIsReplayed) {
  const auto [first, last] = sim::seeds_to_play(2);
  for (std::uint64_t seed = first; seed <= last && !HasFailure(); ++seed) {
    SCOPED_TRACE(sim::replay_hint(seed));
    Storm storm(seed);
    storm.record(20);
    storm.start();
    storm.blow(60);
    const auto files = storm.recordings_made();
    EXPECT_GT(files.size(), 5U);
    for (std::size_t i = 0; i < files.size() && !HasFailure(); ++i) EXPECT_EQ(replayed(files[i]), "") << "file " << i << " of " << files.size();
  }
}

TEST(Storms, ASpeakerThatGoesOnFromASnapshotWritesWhatTheFirstOneWouldHave) {
  const auto [first, last] = sim::seeds_to_play(2);
  for (std::uint64_t seed = first; seed <= last && !HasFailure(); ++seed) {
    SCOPED_TRACE(sim::replay_hint(seed));
    std::size_t handed_over = 0;
    const auto expected = written_in(seed, 0, handed_over);
    const auto seen = written_in(seed, 1, handed_over);
    EXPECT_GT(handed_over, 10U);
    const auto [one, other] = std::mismatch(expected.begin(), expected.end(), seen.begin(), seen.end());
    EXPECT_TRUE(one == expected.end() && other == seen.end())
        << "write " << one - expected.begin() << " of " << expected.size() << ": "
        << (one == expected.end() ? "(none)" : base::as_text(one->octets)) << "\ninstead of it: "
        << (other == seen.end() ? "(none)" : base::as_text(other->octets));
  }
}

// As another program takes over (docs/engines.md): what a peer reads is whole messages in their order, whoever has written them, and half of one.
TEST(Storms, APauseInWhichOnlyKeepalivesAreWrittenLosesAndDoublesNothing) {
  const auto [first, last] = sim::seeds_to_play(10);
  for (std::uint64_t seed = first; seed <= last && !HasFailure(); ++seed) {
    SCOPED_TRACE(sim::replay_hint(seed));
    Storm storm(seed);
    storm.start();
    storm.hand_over_in(20s, 1);
    storm.blow(60);
    storm.hand_over_no_more();
    EXPECT_GT(storm.handed_over(), 10U);
    EXPECT_GT(storm.kept_alive(), 0U);
    storm.calm_down();
    storm.expect_everything_in_place();
    storm.expect_a_clean_end();
  }
}

}  // namespace
}  // namespace tandem::conformance
