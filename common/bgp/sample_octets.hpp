// Octets as tables of samples have them.
#pragma once

#include <string>
#include <string_view>

#include "common/base/assert.hpp"
#include "common/base/bytes.hpp"

namespace tandem::bgp::testing {

// Of hexadecimal digits with blanks for the eye. A table that has anything else is wrong.
[[nodiscard]] inline base::Buffer sample_octets(std::string_view hex) {
  std::string digits;
  for (const char c : hex) {
    if (c != ' ') digits += c;
  }
  auto out = base::from_hex(digits);
  TANDEM_ASSERT(out.has_value());
  return *std::move(out);
}

}  // namespace tandem::bgp::testing
