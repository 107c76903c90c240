#include "common/replay/explain.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/bgp/attribute/attributes.hpp"
#include "common/bgp/capability/codec.hpp"
#include "common/bgp/message/header.hpp"
#include "common/bgp/message/notification.hpp"
#include "common/bgp/message/open.hpp"
#include "common/bgp/message/route_refresh.hpp"
#include "common/bgp/message/update.hpp"
#include "common/session/negotiation.hpp"

namespace tandem::replay {

namespace {

constexpr std::size_t k_shown_prefixes = 6;

void append_prefixes(std::string& out, std::string_view what, const bgp::NlriBlock& block) {
  if (block.empty()) return;
  std::size_t count = 0;
  std::string shown;
  block.for_each([&](const bgp::NlriKey& key) {
    if (count++ >= k_shown_prefixes) return;
    shown += ' ';
    bgp::nlri_codec(key.family())->text(key, shown);
  });
  out += fmt::format(" {} {}:{}{}", what, bgp::to_string(bgp::family_at(block.family)), shown,
                     count > k_shown_prefixes ? fmt::format(" and {} more", count - k_shown_prefixes) : "");
}

std::string explain_update(base::Bytes body, const bgp::Negotiated& agreed) {
  const auto update = bgp::decode_update(body, agreed);
  if (!update) return fmt::format("UPDATE that cannot be decoded: {}", update.error().reason());
  if (update->end_of_rib) return fmt::format("End-of-RIB {}", bgp::to_string(*update->end_of_rib));
  std::string text = "UPDATE";
  append_prefixes(text, "withdraws", update->withdrawn);
  append_prefixes(text, "withdraws", update->mp_withdrawn);
  append_prefixes(text, "announces", update->announced);
  append_prefixes(text, "announces", update->mp_announced);
  const bgp::NextHop& hop = update->announced.empty() ? update->mp_next_hop : update->next_hop;
  if (hop.known()) text += " next-hop " + hop.address.text();
  base::Buffer canonical;
  bgp::canonical_attributes(update->attributes.wire(), update->attributes.asn4, canonical);
  bgp::attributes_text(canonical, text);
  return text;
}

}  // namespace

std::string explain(base::Bytes message, const std::optional<bgp::Negotiated>& agreed) {
  if (message.size() < bgp::k_header_size) return "octets that are no message";
  const std::uint8_t type = message[bgp::k_header_size - 1];
  const base::Bytes body = message.subspan(bgp::k_header_size);
  switch (static_cast<bgp::MessageType>(type)) {
    case bgp::MessageType::open: {
      const auto open = bgp::decode_open(body);
      if (!open) return "OPEN that cannot be decoded";
      return fmt::format("OPEN AS {} hold time {} router-id {} {}", base::to_string(open->asn()), open->hold_time_s,
                         base::to_string(open->router_id), bgp::capabilities_text(open->capabilities));
    }
    case bgp::MessageType::update: return agreed ? explain_update(body, *agreed) : "UPDATE";
    case bgp::MessageType::notification: {
      if (body.size() < 2) return "NOTIFICATION";
      const bgp::Notification what = bgp::decode_notification(body);
      return fmt::format("NOTIFICATION {}/{} ({})", what.code, what.subcode, bgp::describe(what.code, what.subcode));
    }
    case bgp::MessageType::route_refresh: {
      if (body.size() < 4) return "ROUTE-REFRESH";
      const bgp::RouteRefresh refresh = bgp::decode_route_refresh(body);
      return fmt::format("ROUTE-REFRESH {} {}", bgp::to_string(refresh.family), bgp::to_string(refresh.subtype));
    }
    default: return std::string(bgp::upper_name(type));
  }
}

std::optional<bgp::Open> read_open(base::Bytes message) {
  if (message.size() < bgp::k_header_size) return std::nullopt;
  auto open = bgp::decode_open(message.subspan(bgp::k_header_size));
  return open ? std::optional(std::move(*open)) : std::nullopt;
}

bgp::Negotiated read_as_sent(const bgp::Open& sent, const bgp::Open& received) {
  bgp::Negotiated agreed = session::negotiate(sent, received);
  agreed.add_path_receive = agreed.add_path_send;  // we read what was sent
  return agreed;
}

std::optional<bgp::Negotiated> read_as_sent(base::Bytes sent_open, base::Bytes received_open) {
  const auto ours = read_open(sent_open);
  const auto theirs = read_open(received_open);
  return ours && theirs ? std::optional(read_as_sent(*ours, *theirs)) : std::nullopt;
}

std::string in_hexadecimal(base::Bytes message, std::size_t limit) {
  constexpr std::size_t k_marker = 16;
  if (message.size() < bgp::k_header_size) return base::to_hex(message).substr(0, limit);
  const std::string digits = base::to_hex(message.subspan(k_marker, std::min(message.size() - k_marker, limit)), base::HexCase::upper);
  const std::string text = digits.substr(0, 4) + " " + digits.substr(4, 2) + (digits.size() > 6 ? " " + digits.substr(6) : "");
  return text.size() > limit ? text.substr(0, limit) + "..." : text;
}

}  // namespace tandem::replay
