// The fuzz targets' entry points over a fixed set of mutated inputs: what every build checks, whatever its compiler.
#include <gtest/gtest.h>

#include "conformance/fuzz/entries.hpp"

namespace tandem::conformance::fuzz {
namespace {

void run(const Entry& entry, std::size_t count) {
  for (const auto& seed : entry.seeds) {
    for (std::size_t size = 0; size <= seed.size(); ++size) entry.run(base::Bytes(seed).first(size));
  }
  base::Random random(1);
  base::Buffer input;
  for (std::size_t i = 0; i < count; ++i) {
    input = mutate(input, entry.seeds, 4096, random);
    entry.run(input);
  }
}

TEST(MutatedInputs, NoMessageBreaksTheCodecOrTheSession) { run(message(), 30'000); }
TEST(MutatedInputs, NoOctetsBreakTheCodecOfAFamily) { run(nlri(), 30'000); }
TEST(MutatedInputs, NoLineBreaksTheRouteGrammar) { run(command(), 10'000); }
TEST(MutatedInputs, NoTextBreaksTheConfigurationParser) { run(configuration(), 10'000); }

}  // namespace
}  // namespace tandem::conformance::fuzz
