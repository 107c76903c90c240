// What a reload that changes a keyword of a neighbor does: a column of neighbor_keywords.inc.
#pragma once

#include <cstdint>

namespace tandem::config {

// In the order of their weight.
enum class Impact : std::uint8_t {
  nothing,  // what is used next has it: a description, the programs that are told, the next session
  routes,   // the difference of the routes is sent
  refresh,  // all routes are sent again, on the same session
  session,  // the session starts anew
};

}  // namespace tandem::config
