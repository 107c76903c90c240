#include "common/bgp/message/notification.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "common/base/json_writer.hpp"
#include "common/bgp/message/header.hpp"
#include "common/bgp/utf8.hpp"

namespace tandem::bgp {

namespace {

constexpr std::uint8_t k_cease = 6;
constexpr std::uint8_t k_maximum_prefixes = 1;
constexpr std::uint8_t k_administrative_shutdown = 2;
constexpr std::uint8_t k_administrative_reset = 4;
constexpr std::uint8_t k_hard_reset = 9;
constexpr std::size_t k_communication_size = 255;  // RFC 9003

constexpr std::string_view k_header_error[] = {"Unspecific", "Connection Not Synchronized", "Bad Message Length", "Bad Message Type"};
constexpr std::string_view k_open_error[] = {
    "Unspecific", "Unsupported Version Number", "Bad Peer AS", "Bad BGP Identifier", "Unsupported Optional Parameter",
    "Authentication Notification (Deprecated)", "Unacceptable Hold Time", "Unsupported Capability", "Grouping Conflict",
    "Grouping Required", "Capability Value Mismatch", "Role Mismatch"};
constexpr std::string_view k_update_error[] = {
    "Unspecific", "Malformed Attribute List", "Unrecognized Well-known Attribute", "Missing Well-known Attribute",
    "Attribute Flags Error", "Attribute Length Error", "Invalid ORIGIN Attribute", "AS Routing Loop",
    "Invalid NEXT_HOP Attribute", "Optional Attribute Error", "Invalid Network Field", "Malformed AS_PATH"};
constexpr std::string_view k_hold_timer[] = {"Unspecific"};
constexpr std::string_view k_state_machine[] = {"Unspecific", "Receive Unexpected Message in OpenSent State",
                                                "Receive Unexpected Message in OpenConfirm State",
                                                "Receive Unexpected Message in Established State"};
constexpr std::string_view k_cease_names[] = {
    "Unspecific", "Maximum Number of Prefixes Reached", "Administrative Shutdown", "Peer De-configured", "Administrative Reset",
    "Connection Rejected", "Other Configuration Change", "Connection Collision Resolution", "Out of Resources", "Hard Reset",
    "BFD Down"};
constexpr std::string_view k_refresh_error[] = {"", "Invalid Message Length", "Malformed Message Subtype"};

struct Code {
  std::string_view name;
  std::span<const std::string_view> subcodes;
};
constexpr std::string_view k_unnamed_code = "unknown error";
const Code k_codes[] = {
    {k_unnamed_code, {}},
    {"Message header error", k_header_error},
    {"OPEN message error", k_open_error},
    {"UPDATE message error", k_update_error},
    {"Hold timer expired", k_hold_timer},
    {"State machine error", k_state_machine},
    {"Cease", k_cease_names},
    {k_unnamed_code, k_refresh_error},  // the name events have always shown
    {"Send hold timer expired", k_hold_timer},
};

// Empty when the pair has no name.
[[nodiscard]] std::string_view find_subcode(std::uint8_t code, std::uint8_t subcode) {
  if (code >= std::size(k_codes) || subcode >= k_codes[code].subcodes.size()) return {};
  return k_codes[code].subcodes[subcode];
}

[[nodiscard]] bool has_communication(std::uint8_t code, std::uint8_t subcode) {
  return code == k_cease && (subcode == k_administrative_shutdown || subcode == k_administrative_reset);
}

[[nodiscard]] std::string invalid_communication(std::string_view why, std::size_t length, base::Bytes octets) {
  return fmt::format("invalid Shutdown Communication ({}) length : {} [0x{}]", why, length,
                     base::to_hex(octets, base::HexCase::upper));
}

}  // namespace

Notification decode_notification(base::Bytes body) {
  base::ByteReader reader(body);
  Notification notification;
  notification.code = reader.u8();
  notification.subcode = reader.u8();
  if (reader.ok()) notification.data = reader.rest();
  return notification;
}

void encode_notification(std::uint8_t code, std::uint8_t subcode, base::Bytes data, base::Buffer& out) {
  const std::size_t start = begin_message(out, MessageType::notification);
  base::ByteWriter writer(out);
  writer.u8(code);
  writer.u8(subcode);
  writer.bytes(data.first(std::min(data.size(), k_extended_message_size - k_header_size - 2)));
  finish_message(out, start);
}

base::NotificationCause make_cease(std::uint8_t subcode, std::string_view text) {
  if (text.empty()) text = find_subcode(k_cease, subcode);
  if (text.empty()) text = "unknown notification type";
  text = cut_utf8(text, k_communication_size);
  base::NotificationCause cause{k_cease, subcode, {}};
  if (has_communication(k_cease, subcode)) cause.data.push_back(static_cast<std::uint8_t>(text.size()));
  cause.data.insert(cause.data.end(), text.begin(), text.end());
  return cause;
}

base::NotificationCause make_max_prefix(Family family, std::uint32_t limit) {
  base::NotificationCause cause{k_cease, k_maximum_prefixes, {}};
  base::ByteWriter writer(cause.data);
  writer.u16(static_cast<std::uint16_t>(family.afi));
  writer.u8(static_cast<std::uint8_t>(family.safi));
  writer.u32(limit);
  return cause;
}

base::NotificationCause make_hard_reset(const base::NotificationCause& cause) {
  base::NotificationCause outer{k_cease, k_hard_reset, {cause.code, cause.subcode}};
  outer.data.insert(outer.data.end(), cause.data.begin(), cause.data.end());
  return outer;
}

std::string_view code_name(std::uint8_t code) { return code < std::size(k_codes) ? k_codes[code].name : k_unnamed_code; }

std::string_view subcode_name(std::uint8_t code, std::uint8_t subcode) {
  const std::string_view name = find_subcode(code, subcode);
  return name.empty() ? "unknow reason" : name;
}

std::string received_message(const Notification& notification) {
  const base::Bytes data = notification.data;
  if (notification.code == k_cease && notification.subcode == k_hard_reset && data.size() >= 2 &&
      (data[0] != k_cease || data[1] != k_hard_reset)) {
    const Notification inner = decode_notification(data);
    const std::string text = received_message(inner);
    return describe(inner.code, inner.subcode) + (text.empty() ? "" : ": " + text);
  }
  if (!has_communication(notification.code, notification.subcode) || data.empty()) return std::string(base::as_text(data));
  const std::size_t length = data[0];
  const base::Bytes rest = data.subspan(1);
  if (length == 0) return "empty Shutdown Communication.";
  if (length > rest.size()) return invalid_communication("buffer underrun", length, rest);
  std::string text(base::as_text(rest.first(length)));
  if (!base::is_valid_utf8(text)) return invalid_communication("invalid UTF-8", length, rest.first(length));
  std::replace(text.begin(), text.end(), '\r', ' ');
  std::replace(text.begin(), text.end(), '\n', ' ');
  std::string out = fmt::format("Shutdown Communication: \"{}\"", text);
  const base::Bytes trailing = rest.subspan(length);
  if (!trailing.empty()) out += fmt::format(", trailing data: 0x{}", base::to_hex(trailing, base::HexCase::upper));
  return out;
}

std::string describe(std::uint8_t code, std::uint8_t subcode) {
  return fmt::format("{} / {}", code_name(code), subcode_name(code, subcode));
}

}  // namespace tandem::bgp
