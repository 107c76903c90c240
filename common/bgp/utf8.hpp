// Cutting UTF-8 text to a number of octets without splitting a character.
#pragma once

#include <string_view>

namespace tandem::bgp {

[[nodiscard]] inline std::string_view cut_utf8(std::string_view text, std::size_t octets) {
  if (text.size() <= octets) return text;
  while (octets > 0 && (static_cast<unsigned char>(text[octets]) & 0xC0) == 0x80) --octets;
  return text.substr(0, octets);
}

}  // namespace tandem::bgp
