// A neighbor as configuration text: what the parser would make the same neighbor of, except
// secrets, which are never printed, and routes, which `show adj-rib out` lists.
#pragma once

#include <string>

#include "common/config/configuration.hpp"

namespace tandem::config {

// Two spaces a level, every setting that has a value, one api section for each process. Ends with a newline.
[[nodiscard]] std::string print(const Neighbor& neighbor);
// The same in the form of dialect 4.2.
[[nodiscard]] std::string print_4_2(const Neighbor& neighbor);

}  // namespace tandem::config
