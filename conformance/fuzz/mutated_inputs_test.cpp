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

// Each octet of each seed, changed in ways that matter: one bit, and what other octets lead elsewhere.
void change_each_octet(const Entry& entry, std::string_view others) {
  for (const auto& seed : entry.seeds) {
    base::Buffer changed = seed;
    for (std::size_t at = 0; at < seed.size(); ++at) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        changed[at] = static_cast<std::uint8_t>(seed[at] ^ (1U << bit));
        entry.run(changed);
      }
      for (const char other : others) {
        changed[at] = static_cast<std::uint8_t>(other);
        entry.run(changed);
      }
      changed[at] = seed[at];
    }
  }
}

TEST(MutatedInputs, NoMessageBreaksTheCodecOrTheSession) { run(message(), 30'000); }
TEST(MutatedInputs, NoOctetsBreakTheCodecOfAFamily) { run(nlri(), 30'000); }
TEST(MutatedInputs, NoLineBreaksTheRouteGrammar) { run(command(), 10'000); }
TEST(MutatedInputs, NoTextBreaksTheConfigurationParser) { run(configuration(), 10'000); }
TEST(MutatedInputs, NoFileBreaksTheDecoderOfCaptures) { run(captured(), 10'000); }
TEST(MutatedInputs, NoOctetOfAMessageBreaksTheSession) { change_each_octet(message(), std::string_view("\0\x7F\xFF", 3)); }
TEST(MutatedInputs, NoOctetOfAFileBreaksTheDecoder) { change_each_octet(captured(), std::string_view("\0\x7F\xFF", 3)); }
TEST(MutatedInputs, NoCharacterOfALineBreaksTheRouteGrammar) { change_each_octet(command(), "{}[]();,\"\\ \n0"); }
TEST(MutatedInputs, NoCharacterOfAConfigurationBreaksTheParser) { change_each_octet(configuration(), "{};\"\\#\n0"); }

}  // namespace
}  // namespace tandem::conformance::fuzz
