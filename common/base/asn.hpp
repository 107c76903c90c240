// Autonomous system numbers (RFC 6793) and BGP identifiers (RFC 6286) as types of their own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tandem::base {

enum class Asn : std::uint32_t {};

inline constexpr Asn k_as_trans{23456};  // RFC 6793: stands for a number that does not fit in two octets

[[nodiscard]] constexpr std::uint32_t value(Asn asn) { return static_cast<std::uint32_t>(asn); }
[[nodiscard]] constexpr bool needs_four_octets(Asn asn) { return value(asn) > 0xFFFF; }
[[nodiscard]] std::string to_string(Asn asn);
// Decimal 0..4294967295 or "high.low" (RFC 5396 asdot), ASCII digits only.
[[nodiscard]] std::optional<Asn> parse_asn(std::string_view text);

// Decimal digits only, no sign, no blanks, at most `maximum`.
[[nodiscard]] std::optional<std::uint64_t> parse_decimal(std::string_view text, std::uint64_t maximum);

enum class RouterId : std::uint32_t {};
[[nodiscard]] constexpr std::uint32_t value(RouterId id) { return static_cast<std::uint32_t>(id); }
[[nodiscard]] std::string to_string(RouterId id);  // dotted quad

}  // namespace tandem::base
