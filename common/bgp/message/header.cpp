#include "common/bgp/message/header.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tandem::bgp {

namespace {

constexpr std::size_t k_marker_size = 16;
constexpr std::size_t k_length_end = k_marker_size + 2;
constexpr std::size_t k_route_refresh_size = 23;
constexpr std::size_t k_notification_head_size = 21;

struct TypeRow {
  std::string_view packet;
  std::string_view upper;
  std::size_t minimum;
  std::size_t maximum;  // 0: what the session negotiated
  std::string_view packet_4_2{};  // "": as `packet`
};
constexpr TypeRow k_unknown_type{"unknown", "unknown message", k_header_size, 0};
constexpr TypeRow k_types[] = {
    {"open", "OPEN", 29, k_message_size},
    {"update", "UPDATE", 23, 0},
    {"notification", "NOTIFICATION", k_notification_head_size, 0},
    {"keepalive", "KEEPALIVE", k_header_size, k_header_size},
    {"route-refresh", "ROUTE_REFRESH", k_route_refresh_size, k_route_refresh_size, "route refresh"},
    {"operational", "OPERATIONAL", k_header_size, 0},
};
[[nodiscard]] bool is_known(std::uint8_t type) { return type >= 1 && type <= std::size(k_types); }
[[nodiscard]] const TypeRow& type_row(std::uint8_t type) { return is_known(type) ? k_types[type - 1U] : k_unknown_type; }
[[nodiscard]] bool is(std::uint8_t type, MessageType wanted) { return type == static_cast<std::uint8_t>(wanted); }

// RFC 4271 section 6.1: the data is the length field. A NOTIFICATION is never answered by one (section 6.4).
[[nodiscard]] base::Error bad_length(std::string_view name, std::size_t length) {
  base::Buffer data{static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length)};
  return base::Error::notification(1, 2, fmt::format("{} has an invalid message length of {}", name, length), std::move(data));
}
[[nodiscard]] base::Error bad_length(std::uint8_t type, std::size_t length) {
  base::Error error = bad_length(upper_name(type), length);
  return is(type, MessageType::notification) ? base::Error(error.reason()) : error;
}

[[nodiscard]] base::Error unknown_type(std::uint8_t type, bool strict) {
  std::string reason = fmt::format("can not decode update message of type \"{}\"", type);
  if (strict) return base::Error::notification(1, 3, std::move(reason), {type});
  return base::Error::notification_with_text(1, 0, std::move(reason));
}

// RFC 7313 section 5: the data is the message, as much of it as fits into ours.
[[nodiscard]] base::Error bad_refresh(base::Bytes message, std::size_t maximum) {
  const base::Bytes data = message.first(std::min(message.size(), maximum - k_notification_head_size));
  return base::Error::notification(7, 1, fmt::format("ROUTE_REFRESH has an invalid message length of {}", message.size()),
                                   base::Buffer(data.begin(), data.end()));
}

}  // namespace

std::string_view packet_name(std::uint8_t type, Dialect dialect) {
  const TypeRow& row = type_row(type);
  return dialect == Dialect::release_4_2 && !row.packet_4_2.empty() ? row.packet_4_2 : row.packet;
}
std::string_view upper_name(std::uint8_t type) { return type_row(type).upper; }

base::Result<std::optional<RawMessage>> next_message(base::Bytes stream, const HeaderRules& rules) {
  if (stream.size() < k_length_end) return std::optional<RawMessage>();
  const auto marker = stream.first(k_marker_size);
  if (!std::all_of(marker.begin(), marker.end(), [](std::uint8_t octet) { return octet == 0xFF; })) {
    return base::Error::notification(1, 1, "The packet received does not contain a BGP marker");
  }
  const std::size_t length = static_cast<std::size_t>(stream[16]) << 8 | stream[17];
  // Such a message has no type, and nothing more of it may ever come.
  if (length < k_header_size) return bad_length("the message", length);
  if (stream.size() < k_header_size) return std::optional<RawMessage>();
  const std::uint8_t type = stream[18];
  if (length > rules.maximum) return bad_length(type, length);
  if (!is_known(type)) return unknown_type(type, rules.strict);
  const TypeRow& row = type_row(type);
  const bool open_ended = row.maximum == 0 || (rules.filters && is(type, MessageType::route_refresh));
  const bool right_length = length >= row.minimum && (open_ended || length <= row.maximum);
  if (!right_length && !is(type, MessageType::route_refresh)) return bad_length(type, length);
  if (stream.size() < length) return std::optional<RawMessage>();
  // The answer carries the message, so that it must be whole: how the stream was cut must not change what is sent.
  if (!right_length) return bad_refresh(stream.first(length), rules.maximum);
  return std::optional<RawMessage>(RawMessage{type, stream.first(length)});
}

std::size_t begin_message(base::Buffer& out, MessageType type) {
  const std::size_t start = out.size();
  out.resize(start + k_header_size, 0xFF);
  out[start + 16] = 0;
  out[start + 17] = 0;
  out[start + 18] = static_cast<std::uint8_t>(type);
  return start;
}

void finish_message(base::Buffer& out, std::size_t start) {
  base::ByteWriter(out).patch_u16(start + 16, static_cast<std::uint16_t>(out.size() - start));
}

void append_keepalive(base::Buffer& out) { finish_message(out, begin_message(out, MessageType::keepalive)); }

}  // namespace tandem::bgp
