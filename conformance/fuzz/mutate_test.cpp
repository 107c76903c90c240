// The fuzz targets without a fuzzer: every seed, every prefix of it, and a fixed number of random mutations, with any compiler.
#include <gtest/gtest.h>

#include <algorithm>

#include "common/base/random.hpp"
#include "conformance/fuzz/seeds.hpp"

namespace tandem::fuzz {
namespace {

constexpr int k_mutations = 3000;

TEST(TANDEM_FUZZ_SUITE, EveryPrefixOfEverySeedIsAnsweredAndNothingElse) {
  ASSERT_FALSE(seeds().empty());
  for (const base::Buffer& seed : seeds()) {
    for (std::size_t size = 0; size <= seed.size(); ++size) EXPECT_EQ(LLVMFuzzerTestOneInput(seed.data(), size), 0);
  }
}

TEST(TANDEM_FUZZ_SUITE, RandomMutationsAreAnsweredAndNothingElse) {
  base::Random random(20261122);
  const std::vector<base::Buffer> all = seeds();
  for (int i = 0; i < k_mutations; ++i) {
    base::Buffer input = all[random.below(all.size())];
    for (std::uint64_t changes = 1 + random.below(8); changes != 0 && !input.empty(); --changes) {
      const std::size_t at = random.below(input.size());
      switch (random.below(4)) {
        case 0: input[at] = static_cast<std::uint8_t>(random.next()); break;
        case 1: input[at] ^= static_cast<std::uint8_t>(1U << random.below(8)); break;
        case 2: input.erase(input.begin() + static_cast<std::ptrdiff_t>(at)); break;
        default: input.insert(input.begin() + static_cast<std::ptrdiff_t>(at), static_cast<std::uint8_t>(random.next())); break;
      }
    }
    EXPECT_EQ(LLVMFuzzerTestOneInput(input.data(), input.size()), 0);
  }
}

}  // namespace
}  // namespace tandem::fuzz
