// The message header (RFC 4271 section 4.1, RFC 8654) and the framing of a byte stream into messages.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/base/error.hpp"
#include "common/bgp/dialect.hpp"

namespace tandem::bgp {

enum class MessageType : std::uint8_t {
  open = 1, update = 2, notification = 3, keepalive = 4, route_refresh = 5, operational = 6
};

inline constexpr std::size_t k_header_size = 19;
inline constexpr std::size_t k_message_size = 4096;            // RFC 4271
inline constexpr std::size_t k_extended_message_size = 65535;  // RFC 8654

// "open", "route-refresh"... as the `packets` events call it; "unknown" otherwise.
[[nodiscard]] std::string_view packet_name(std::uint8_t type, Dialect dialect = Dialect::main);
[[nodiscard]] std::string_view upper_name(std::uint8_t type);  // "UPDATE"

struct RawMessage {
  std::uint8_t type = 0;
  base::Bytes whole;  // header included
  [[nodiscard]] base::Bytes header() const { return whole.first(k_header_size); }
  [[nodiscard]] base::Bytes body() const { return whole.subspan(k_header_size); }
};

// Options for answers that differ between dialects (setting tandem.compat.strict).
struct HeaderRules {
  std::size_t maximum = k_message_size;  // for everything but OPEN and KEEPALIVE, which stay at 4096 (RFC 8654 section 4)
  bool strict = false;                   // unknown type: 1/3 with the type octet, instead of 1/0 with ExaBGP's text
  bool filters = false;                  // outbound route filters may follow in a ROUTE_REFRESH (RFC 5291), which we never agree on
};
// Of messages between others, whatever they have agreed on.
inline constexpr HeaderRules k_rules_of_others{k_extended_message_size, true, true};

// Takes the first message of `stream`: nullopt when it is not complete yet. Errors carry NOTIFICATION 1/1, 1/2, 1/0 or 7/1
// and are found as soon as the header is there, before the body is.
[[nodiscard]] base::Result<std::optional<RawMessage>> next_message(base::Bytes stream, const HeaderRules& rules);

// Appends a header with a length to be patched; finish_message fills it in. Returns where the message starts.
std::size_t begin_message(base::Buffer& out, MessageType type);
void finish_message(base::Buffer& out, std::size_t start);

void append_keepalive(base::Buffer& out);

}  // namespace tandem::bgp
