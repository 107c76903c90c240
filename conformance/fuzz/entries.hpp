// What is fuzzed: one entry an input kind. Its seeds are the samples of families, attributes and messages (common/bgp/*_samples.cpp) where
// it reads these. Called by libFuzzer (target.cpp) and, with a fixed set of mutated inputs, by ctest. They
// return for every input or abort: memory errors are the sanitizers' business, broken promises of our own are asserted here.
#pragma once

#include <string>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/random.hpp"

namespace tandem::conformance::fuzz {

struct Entry {
  void (*run)(base::Bytes);
  std::vector<base::Buffer> seeds;
};

// Octets as what a peer sends: framing, every message, the session. The first two choose how they are delivered.
[[nodiscard]] Entry message();
// Of its seeds those that reach a session before and after its OPEN, one for each kind of message: what UPDATEs carry is changed where it
// is decoded (common/bgp/robustness_test.cpp).
[[nodiscard]] std::vector<base::Buffer> messages_to_a_session();
// Octets as the NLRI of a family, which the first of them chooses, with the use and whether path identifiers stand in front.
[[nodiscard]] Entry nlri();
// Octets as a command line that names routes.
[[nodiscard]] Entry command();
// Octets as a configuration file.
[[nodiscard]] Entry configuration();

// Octets as a captured file: records of a dump, packets, or lines of hexadecimal, which the first of them chooses.
[[nodiscard]] Entry captured();

// Octets as a recording: a file, or its records, which the first of them chooses with the form it is exported in.
[[nodiscard]] Entry recording();
// Octets as changes of the recording of a scenario, which is played then: what is changed, in which record, and how.
[[nodiscard]] Entry played();

// Octets as the state of a speaker, or as what goes beside it, which the first of them chooses, and whether the sum is made right.
[[nodiscard]] Entry state();

// A command line for a route of each kind of NLRI that can be written, and of most attributes.
[[nodiscard]] const std::vector<std::string>& route_commands();

// One of `seeds`, or `input`, with some octets changed, taken out, put in or copied; at most `limit` octets.
[[nodiscard]] base::Buffer mutate(base::Bytes input, const std::vector<base::Buffer>& seeds, std::size_t limit, base::Random& random);

}  // namespace tandem::conformance::fuzz
