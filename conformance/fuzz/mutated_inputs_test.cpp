// The fuzz targets' entry points over a fixed set of mutated inputs: what every build checks, whatever its compiler.
#include <gtest/gtest.h>

#include "conformance/fuzz/entries.hpp"

namespace tandem::conformance::fuzz {
namespace {

void run(void (*entry)(base::Bytes), const std::vector<base::Buffer>& seeds, std::size_t count) {
  for (const auto& seed : seeds) entry(seed);
  for (const auto& seed : seeds) {
    for (std::size_t cut = 0; cut < seed.size(); ++cut) entry(base::Bytes(seed).first(cut));
  }
  base::Random random(1);
  base::Buffer input;
  for (std::size_t i = 0; i < count; ++i) {
    input = mutate(input, seeds, 4096, random);
    entry(input);
  }
}

TEST(MutatedInputs, NoMessageBreaksTheCodecOrTheSession) { run(message, message_seeds(), 30'000); }
TEST(MutatedInputs, NoTextBreaksTheConfigurationParser) { run(configuration, configuration_seeds(), 10'000); }

}  // namespace
}  // namespace tandem::conformance::fuzz
