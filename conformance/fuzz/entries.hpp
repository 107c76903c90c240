// What is fuzzed: one function an input kind, called by libFuzzer (fuzz_*.cpp) and, with a fixed set of mutated inputs, by ctest. They
// return for every input or abort: memory errors are the sanitizers' business, broken promises of our own are asserted here.
#pragma once

#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/random.hpp"

namespace tandem::conformance::fuzz {

// Any octets as what a peer sends: framing, every message, the session. The first two octets choose how they are delivered.
void message(base::Bytes input);
[[nodiscard]] std::vector<base::Buffer> message_seeds();

// Any octets as a configuration file.
void configuration(base::Bytes input);
[[nodiscard]] std::vector<base::Buffer> configuration_seeds();

// One of `seeds`, or `input`, with some octets changed, taken out, put in or copied; at most `limit` octets.
[[nodiscard]] base::Buffer mutate(base::Bytes input, const std::vector<base::Buffer>& seeds, std::size_t limit, base::Random& random);

}  // namespace tandem::conformance::fuzz
