// Whose octets and words are reproduced where the trees of ExaBGP differ (setting tandem.compat.dialect). A value that is handed to what
// renders; rows that differ have a column for it (docs/compatibility.md lists them).
#pragma once

#include <cstdint>

namespace tandem::bgp {

enum class Dialect : std::uint8_t {
  main,
  release_2025_11,
  release_4_2,  // 4.2.21
};

}  // namespace tandem::bgp
