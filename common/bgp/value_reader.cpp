#include "common/bgp/value_reader.hpp"

#include <algorithm>
#include <charconv>

namespace tandem::bgp {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

std::optional<std::uint64_t> parse_hex_number(std::string_view text, std::uint64_t maximum) {
  if (text.size() < 3 || text[0] != '0' || (text[1] != 'x' && text[1] != 'X')) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data() + 2, text.data() + text.size(), value, 16);
  if (failure != std::errc() || end != text.data() + text.size() || value > maximum) return std::nullopt;
  return value;
}

}  // namespace tandem::bgp
