#include "tandem/compare/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "common/bgp/attribute/attributes.hpp"
#include "common/bgp/capability/codec.hpp"
#include "common/bgp/message/header.hpp"
#include "common/bgp/message/notification.hpp"
#include "common/bgp/message/open.hpp"
#include "common/bgp/message/route_refresh.hpp"
#include "common/bgp/message/update.hpp"
#include "common/session/negotiation.hpp"

namespace tandem::compare {

namespace {

using harness::Message;

constexpr std::size_t k_shown_prefixes = 6;

// How the octets of one session are to be read; nothing when an OPEN is missing.
std::optional<bgp::Negotiated> negotiated(const SessionTranscript& session) {
  if (session.messages.empty() || session.answered_with.size() < bgp::k_header_size) return std::nullopt;
  auto ours = bgp::decode_open(base::Bytes(session.messages.front().bytes).subspan(bgp::k_header_size));
  auto theirs = bgp::decode_open(base::Bytes(session.answered_with).subspan(bgp::k_header_size));
  if (!ours || !theirs) return std::nullopt;
  bgp::Negotiated agreed = session::negotiate(*ours, *theirs);
  agreed.add_path_receive = agreed.add_path_send;  // we read what tandem sent
  return agreed;
}

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

std::string explain(const Message& message, const std::optional<bgp::Negotiated>& agreed) {
  const base::Bytes body = base::Bytes(message.bytes).subspan(std::min(message.bytes.size(), bgp::k_header_size));
  switch (static_cast<bgp::MessageType>(message.type())) {
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
    default: return std::string(bgp::upper_name(message.type()));
  }
}

std::vector<const Message*> without_keepalives(const SessionTranscript& session) {
  std::vector<const Message*> kept;
  for (const Message& message : session.messages) {
    if (message.type() != harness::k_keepalive) kept.push_back(&message);
  }
  return kept;
}

std::string side(const EngineReport& report, const SessionTranscript& session, const Message* message) {
  if (message == nullptr) return fmt::format("  {:5}  nothing more\n", report.engine);
  return fmt::format("  {:5}  {}\n         {}\n", report.engine, explain(*message, negotiated(session)),
                     harness::describe(message->bytes).substr(0, 400));
}

}  // namespace

std::string first_difference(const EngineReport& a, const EngineReport& b) {
  for (const SessionTranscript& left : a.sessions) {
    const auto right = std::find_if(b.sessions.begin(), b.sessions.end(), [&](const auto& other) { return other.name == left.name; });
    if (right == b.sessions.end()) return fmt::format("{}: there with {}, not with {}\n", left.name, a.engine, b.engine);
    const auto mine = without_keepalives(left);
    const auto theirs = without_keepalives(*right);
    for (std::size_t i = 0; i < std::max(mine.size(), theirs.size()); ++i) {
      const Message* one = i < mine.size() ? mine[i] : nullptr;
      const Message* two = i < theirs.size() ? theirs[i] : nullptr;
      if (one != nullptr && two != nullptr && one->bytes == two->bytes) continue;
      return fmt::format("{}, message {} (KEEPALIVEs not counted):\n", left.name, i + 1) + side(a, left, one) + side(b, *right, two);
    }
  }
  for (const SessionTranscript& right : b.sessions) {
    const auto left = std::find_if(a.sessions.begin(), a.sessions.end(), [&](const auto& other) { return other.name == right.name; });
    if (left == a.sessions.end()) return fmt::format("{}: there with {}, not with {}\n", right.name, b.engine, a.engine);
  }
  return {};
}

std::string table(const EngineReport& a, const EngineReport& b) {
  std::string out = fmt::format("{:<28}{:>14}{:>14}\n{:-<56}\n", "", a.engine, b.engine, "");
  const auto row = [&](std::string_view what, const std::function<std::string(const Figures&)>& value) {
    out += fmt::format("{:<28}{:>14}{:>14}\n", what, value(a.figures), value(b.figures));
  };
  row("time to Established (ms)", [](const Figures& f) { return fmt::format("{:.1f}", f.established_s * 1000); });
  row("routes received", [](const Figures& f) { return fmt::format("{}", f.routes); });
  row("routes per second", [](const Figures& f) { return fmt::format("{:.0f}", f.routes_per_s); });
  row("octets", [](const Figures& f) { return fmt::format("{}", f.octets); });
  row("messages", [](const Figures& f) { return fmt::format("{}", f.messages); });
  row("wake-ups", [](const Figures& f) { return fmt::format("{}", f.wake_ups); });
  row("system calls", [](const Figures& f) { return f.system_calls ? fmt::format("{}", *f.system_calls) : "not counted"; });
  row("CPU (ms)", [](const Figures& f) { return fmt::format("{:.0f}", f.cpu_s * 1000); });
  row("peak RSS (KiB)", [](const Figures& f) { return fmt::format("{}", f.peak_rss_kib); });
  return out;
}

}  // namespace tandem::compare
