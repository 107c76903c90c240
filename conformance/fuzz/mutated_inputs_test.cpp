// The fuzz targets' entry points over a fixed set of mutated inputs: what every build checks, whatever its compiler.
#include <gtest/gtest.h>

#include <algorithm>

#include "common/base/changed_octets.hpp"
#include "conformance/fuzz/entries.hpp"

namespace tandem::conformance::fuzz {
namespace {

using base::testing::Change;

void run(const Entry& entry, std::size_t count, std::size_t limit = 4096) {
  for (const auto& seed : entry.seeds) {
    for (std::size_t size = 0; size <= seed.size(); ++size) entry.run(base::Bytes(seed).first(size));
  }
  base::Random random(1);
  base::Buffer input;
  for (std::size_t i = 0; i < count; ++i) {
    input = mutate(input, entry.seeds, limit, random);
    entry.run(input);
  }
}

// Each octet of each seed from `from` on, changed, but for the beginning that it shares with the seed before it: there it would be the same
// again.
void change_each_octet(void (*run)(base::Bytes), const std::vector<base::Buffer>& seeds, std::size_t from, Change change = base::testing::k_every_affordable) {
  base::Buffer before;
  for (const base::Buffer& seed : seeds) {
    const auto different = std::mismatch(seed.begin(), seed.end(), before.begin(), before.end()).first;
    base::testing::change_each_octet(seed, std::max(from, static_cast<std::size_t>(different - seed.begin())), change, run);
    before = seed;
  }
}

TEST(MutatedInputs, NoMessageBreaksTheCodecOrTheSession) { run(message(), 30'000); }
TEST(MutatedInputs, NoOctetsBreakTheCodecOfAFamily) { run(nlri(), 30'000); }
TEST(MutatedInputs, NoLineBreaksTheRouteGrammar) { run(command(), 10'000); }
TEST(MutatedInputs, NoTextBreaksTheConfigurationParser) { run(configuration(), 10'000); }
TEST(MutatedInputs, NoFileBreaksTheDecoderOfCaptures) { run(captured(), 10'000); }
TEST(MutatedInputs, NoFileBreaksTheReaderOfRecordings) { run(recording(), 10'000); }
TEST(MutatedInputs, NoOctetsBreakTheReaderOfStates) { run(state(), 1'000, 64 * 1024); }
TEST(MutatedInputs, NoRecordingBreaksWhoPlaysIt) { run(played(), 10'000); }
TEST(MutatedInputs, NoOctetOfAMessageBreaksTheSession) { change_each_octet(message().run, messages_to_a_session(), 2); }
TEST(MutatedInputs, NoOctetOfAFileBreaksTheDecoder) { change_each_octet(captured().run, captured().seeds, 1); }
// Nearly all of a recording is under a sum, which sees any change.
TEST(MutatedInputs, NoOctetOfARecordingBreaksItsReader) { change_each_octet(recording().run, recording().seeds, 1, Change::every_bit); }
TEST(MutatedInputs, NoOctetOfAStateBreaksItsReader) { change_each_octet(state().run, state().seeds, 1, Change::one_bit); }
TEST(MutatedInputs, NoCharacterOfALineBreaksTheRouteGrammar) { change_each_octet(command().run, command().seeds, 0); }
TEST(MutatedInputs, NoCharacterOfAConfigurationBreaksTheParser) { change_each_octet(configuration().run, configuration().seeds, 0); }

}  // namespace
}  // namespace tandem::conformance::fuzz
