#include "common/base/asn.hpp"

#include <fmt/core.h>

namespace tandem::base {

std::string to_string(Asn asn) { return std::to_string(value(asn)); }

std::optional<std::uint64_t> parse_decimal(std::string_view text, std::uint64_t maximum) {
  if (text.empty()) return std::nullopt;
  constexpr std::uint64_t k_tenth = ~std::uint64_t{0} / 10;
  std::uint64_t number = 0;
  for (const char c : text) {
    const auto digit = static_cast<std::uint64_t>(static_cast<std::uint8_t>(c)) - std::uint64_t{'0'};
    if (digit > 9 || number > k_tenth) return std::nullopt;
    const std::uint64_t tens = number * 10;
    number = tens + digit;
    if (number < tens || number > maximum) return std::nullopt;
  }
  return number;
}

std::optional<Asn> parse_asn(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) {
    const auto number = parse_decimal(text, 0xFFFFFFFF);
    if (!number) return std::nullopt;
    return Asn{static_cast<std::uint32_t>(*number)};
  }
  const auto high = parse_decimal(text.substr(0, dot), 0xFFFF);
  const auto low = parse_decimal(text.substr(dot + 1), 0xFFFF);
  if (!high || !low) return std::nullopt;
  return Asn{static_cast<std::uint32_t>(*high << 16 | *low)};
}

std::string to_string(RouterId id) {
  const std::uint32_t v = value(id);
  return fmt::format("{}.{}.{}.{}", v >> 24, (v >> 16) & 255, (v >> 8) & 255, v & 255);
}

}  // namespace tandem::base
