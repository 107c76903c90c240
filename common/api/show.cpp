#include "common/api/show.hpp"
#include "common/base/format.hpp"
#include "common/bgp/capability/codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace tandem::api {

namespace {

struct CapabilityRow {
  std::string_view name;
  int CapabilityView::*value;
};
constexpr std::array<CapabilityRow, 7> k_capabilities{{{"asn4", &CapabilityView::asn4},
                                                       {"route-refresh", &CapabilityView::route_refresh},
                                                       {"multi-session", &CapabilityView::multi_session},
                                                       {"operational", &CapabilityView::operational},
                                                       {"add-path", &CapabilityView::add_path},
                                                       {"extended-message", &CapabilityView::extended_message},
                                                       {"graceful-restart", &CapabilityView::graceful_restart}}};

struct CounterRow {
  std::string_view name;
  std::uint64_t MessageCounters::*value;
};
constexpr std::array<CounterRow, 5> k_counters{{{"open", &MessageCounters::open},
                                                {"notification", &MessageCounters::notification},
                                                {"keepalive", &MessageCounters::keepalive},
                                                {"update", &MessageCounters::update},
                                                {"refresh", &MessageCounters::refresh}}};

// "0:00:04", "1 day, 0:00:00"
[[nodiscard]] std::string duration_text(std::uint64_t seconds) {
  const std::uint64_t days = seconds / 86400;
  const std::string clock = fmt::format("{}:{:02}:{:02}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
  if (days == 0) return clock;
  return fmt::format("{} day{}, {}", days, days == 1 ? "" : "s", clock);
}

[[nodiscard]] std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

// How `show neighbor extensive` looks: what stands in front of titles and lines, and what is not known yet.
struct Layout {
  std::string_view line_indent;
  std::string_view unknown;
  std::string_view title_indent;
  std::string_view column;  // between a title and its columns, more than in the others
  std::string_view between; // groups
  bool prefixes;            // their statistic is shown
  bool directions;          // of ADD-PATH; else whether it goes both ways
};
constexpr Layout k_layout{"    ", "unknown", "    ", "", "", true, true};
constexpr Layout k_layout_4_2{"   ", "n/a", "  ", " ", "\n", false, false};

[[nodiscard]] std::string_view enabled_text(int value, const Layout& layout) {
  if (value < 0) return layout.unknown;
  return value > 0 ? "enabled" : "disabled";
}

[[nodiscard]] std::string_view add_path_text(const PeerSnapshot::FamilyView& family) {
  if (family.add_path_send) return family.add_path_receive ? "send/receive" : "send";
  return family.add_path_receive ? "receive" : "disabled";
}

template <typename Value>
[[nodiscard]] std::string text_or(const std::optional<Value>& value, std::string_view nothing) {
  return value ? fmt::format("{}", *value) : std::string(nothing);
}

// The lines of the extensive layout, each group under the name it has in JSON.
struct ExtensiveLines {
  std::string local_address, state, duration, as, id, hold, capabilities, families, messages, prefixes, limits;
};

void add_line(std::string& group, std::string text) {
  if (!group.empty()) group += '\n';
  group += text;
}

[[nodiscard]] ExtensiveLines extensive_lines(const PeerSnapshot& peer, const Layout& layout = k_layout) {
  const std::string_view nothing = layout.prefixes ? std::string_view() : layout.unknown;
  const auto line = [&layout](std::string_view label, std::string_view a, std::string_view b = {}, std::string_view c = {}) {
    return fmt::format("{}{:<20} {:>15} {:>15} {:>15}", layout.line_indent, label, a, b, c);
  };
  ExtensiveLines lines;
  lines.local_address = line("local", peer.local_address);
  lines.state = line("state", peer.state);
  lines.duration = line(peer.established ? "up for" : "down for", duration_text(peer.duration_s));
  lines.as = line("AS", fmt::format("{}", peer.local_as), fmt::format("{}", peer.peer_as));
  lines.id = line("ID", peer.router_id, text_or(peer.peer_id, nothing));
  lines.hold = line("hold-time", fmt::format("{}", peer.local_hold_time_s), text_or(peer.peer_hold_time_s, nothing));
  for (const CapabilityRow& row : k_capabilities) {
    add_line(lines.capabilities,
             line(fmt::format("{}:", row.name), enabled_text(peer.local.*row.value, layout), enabled_text(peer.remote.*row.value, layout)));
  }
  for (const auto& family : peer.families) {
    add_line(lines.families, line(bgp::to_string(family.family) + ':', enabled_text(family.local ? 1 : 0, layout),
                                  enabled_text(family.remote, layout),
                                  layout.directions ? add_path_text(family)
                                                    : enabled_text(family.add_path_send && family.add_path_receive ? 1 : 0, layout)));
  }
  for (const CounterRow& row : k_counters) {
    add_line(lines.messages, line(fmt::format("{}:", row.name), fmt::format("{}", peer.sent.*row.value),
                                  fmt::format("{}", peer.received.*row.value)));
  }
  add_line(lines.messages, line("total:", fmt::format("{}", peer.sent.total()), fmt::format("{}", peer.received.total())));
  add_line(lines.prefixes, line("received:", fmt::format("{}", peer.prefixes_received)));
  add_line(lines.prefixes, line("withdrawn:", fmt::format("{}", peer.prefixes_withdrawn)));
  for (const auto& entry : peer.limits) {
    add_line(lines.limits, line(bgp::to_string(entry.family) + ':', fmt::format("{}", entry.count), fmt::format("{}", entry.limit), entry.action));
  }
  if (peer.kept_down) add_line(lines.limits, line("down:", peer.down_for_s ? duration_text(*peer.down_for_s) : "until enabled"));
  return lines;
}

// Only where there are limits: what others read stays as it is.
void limits_json(const PeerSnapshot& peer, base::JsonWriter& json) {
  if (peer.limits.empty()) return;
  json.key("max-prefix");
  json.begin_object();
  json.key("families");
  json.begin_object();
  for (const auto& entry : peer.limits) {
    json.key(bgp::to_string(entry.family));
    json.begin_object();
    json.member("count", entry.count);
    json.member("limit", entry.limit);
    json.member("threshold", entry.threshold);
    json.member("action", entry.action);
    json.end_object();
  }
  json.end_object();
  json.member("down", peer.kept_down);
  if (peer.down_for_s) json.member("seconds", *peer.down_for_s);
  json.end_object();
}

void counters_json(std::string_view name, const MessageCounters& counters, base::JsonWriter& json) {
  json.key(name);
  json.begin_object();
  for (const CounterRow& row : k_counters) json.member(row.name, counters.*row.value);
  json.member("total", counters.total());
  json.end_object();
}

void capabilities_json(const CapabilityView& capabilities, base::JsonWriter& json) {
  json.key("capabilities");
  json.begin_object();
  for (const CapabilityRow& row : k_capabilities) json.member(row.name, capabilities.*row.value);
  json.end_object();
}

void local_json(const PeerSnapshot& peer, base::JsonWriter& json) {
  json.key("local");
  json.begin_object();
  capabilities_json(peer.local, json);
  json.key("families");
  json.begin_object();
  for (const auto& family : peer.families) json.member(bgp::to_string(family.family), family.local);
  json.end_object();
  json.key("add-path");
  json.begin_object();
  for (const auto& family : peer.families) json.member(bgp::to_string(family.family), family.add_path_local);
  json.end_object();
  json.member("address", peer.local_address);
  json.member("as", peer.local_as);
  json.member("id", peer.router_id);
  json.member("hold", peer.local_hold_time_s);
  json.end_object();
}

void remote_json(const PeerSnapshot& peer, base::JsonWriter& json) {
  json.key("peer");
  json.begin_object();
  capabilities_json(peer.remote, json);
  json.key("families");
  json.begin_object();
  for (const auto& family : peer.families) json.member(bgp::to_string(family.family), family.remote);
  json.end_object();
  json.key("add-path");
  json.begin_object();
  for (const auto& family : peer.families) json.member(bgp::to_string(family.family), family.add_path_remote);
  json.end_object();
  json.member("address", peer.peer_address);
  json.member("as", peer.peer_as);
  json.key("id");
  if (peer.peer_id) json.string(*peer.peer_id);
  else json.null();
  json.key("hold");
  if (peer.peer_hold_time_s) json.number(static_cast<unsigned>(*peer.peer_hold_time_s));
  else json.null();
  json.end_object();
}

// What both ends have. "Not known yet" is not "yes".
void common_json(const PeerSnapshot& peer, base::JsonWriter& json) {
  json.key("capabilities");
  json.begin_array();
  for (const CapabilityRow& row : k_capabilities) {
    if (peer.local.*row.value > 0 && peer.remote.*row.value > 0) json.string(row.name);
  }
  json.end_array();
  json.key("families");
  json.begin_array();
  for (const auto& family : peer.families) {
    if (family.local && family.remote > 0) json.string(bgp::to_string(family.family));
  }
  json.end_array();
  json.key("add-path");
  json.begin_object();
  for (const auto& family : peer.families) json.member(bgp::to_string(family.family), add_path_text(family));
  json.end_object();
}

}  // namespace

void append_summary_header(std::string& out) {
  out += "Peer            AS        up/down state       |     #sent     #recvd    #pfx_in\n";
}

void append_summary(const PeerSnapshot& peer, std::string& out) {
  base::append(out, "{:<15} {:<7} {:>9} {:<12} {:>10} {:>10} {:>10}\n", peer.peer_address, peer.peer_as,
                 peer.established ? duration_text(peer.duration_s) : "down", lower(peer.state), peer.sent.update,
                 peer.received.update, peer.prefixes_received);
}

namespace {

void append_groups(const PeerSnapshot& peer, const Layout& layout, std::string& out) {
  const ExtensiveLines lines = extensive_lines(peer, layout);
  const auto group = [&](std::string_view title, std::string_view columns, std::initializer_list<std::string_view> members) {
    out += layout.between;
    out += layout.title_indent;
    out += title;
    out += layout.column;
    out += columns;
    out += '\n';
    for (const std::string_view member : members) {
      if (member.empty()) continue;
      out += member;
      out += '\n';
    }
  };
  out += "Neighbor " + peer.peer_address + '\n';
  group("Session", "                        Local", {lines.local_address, lines.state, lines.duration});
  group("Setup", "                          Local          Remote", {lines.as, lines.id, lines.hold});
  group("Capability", "                     Local          Remote", {lines.capabilities});
  group("Families", "                       Local          Remote        Add-Path", {lines.families});
  group("Message Statistic", "               Sent        Received", {lines.messages});
  if (layout.prefixes) group("Prefix Statistic", "", {lines.prefixes});
  if (!lines.limits.empty()) group("Prefix Limit", "                    Count           Limit          Beyond", {lines.limits});
}

}  // namespace

void append_extensive(const PeerSnapshot& peer, std::string& out) { append_groups(peer, k_layout, out); }

void append_extensive_4_2(const PeerSnapshot& peer, std::string& out) {
  append_groups(peer, k_layout_4_2, out);
  out += '\n';
}

void append_summary_header_4_2(std::string& out) { out += "Peer            AS        up/down state       |     #sent     #recvd\n"; }

void append_summary_4_2(const PeerSnapshot& peer, std::string& out) {
  base::append(out, "{:<15} {:<7} {:>9} {:<12} {:>10} {:>10}\n", peer.peer_address, peer.peer_as,
                 peer.established && peer.duration_s != 0 ? duration_text(peer.duration_s) : "down", lower(peer.state), peer.sent.update,
                 peer.received.update);
}

void append_configuration(const PeerSnapshot& peer, std::string& out) {
  out += peer.configuration;
  if (!peer.configuration.empty() && peer.configuration.back() != '\n') out += '\n';
}

void append_as(std::string_view name, std::optional<std::uint32_t> asn, base::JsonWriter& json) {
  json.key(name);
  if (asn) json.number(*asn);
  else json.null();
}

void append_idle_json(const IdleNeighbor& neighbor, base::JsonWriter& json) {
  json.begin_object();
  json.member("peer-address", neighbor.peer_address);
  json.member("local-address", neighbor.local_address);
  append_as("peer-as", neighbor.peer_as, json);
  append_as("local-as", neighbor.local_as, json);
  json.end_object();
}

void append_peer_json(const PeerSnapshot& peer, base::JsonWriter& json) {
  json.begin_object();
  json.member("state", std::string_view(peer.established ? "up" : "down"));
  json.member("duration", peer.duration_s);
  json.member("fsm", peer.state);
  local_json(peer, json);
  remote_json(peer, json);
  json.key("messages");
  json.begin_object();
  counters_json("sent", peer.sent, json);
  counters_json("received", peer.received, json);
  json.end_object();
  common_json(peer, json);
  json.key("prefixes");
  json.begin_object();
  json.member("received", peer.prefixes_received);
  json.member("withdrawn", peer.prefixes_withdrawn);
  json.end_object();
  limits_json(peer, json);
  json.end_object();
}

std::string extensive_members(const PeerSnapshot& peer) {
  const ExtensiveLines lines = extensive_lines(peer);
  std::string members;
  base::JsonWriter json(members);
  json.member("peer-address", peer.peer_address);
  json.member("local-address", lines.local_address);
  json.member("state", lines.state);
  json.member("duration", lines.duration);
  json.member("as", lines.as);
  json.member("id", lines.id);
  json.member("hold", lines.hold);
  json.member("capabilities", lines.capabilities);
  json.member("families", lines.families);
  json.member("messages", lines.messages);
  json.member("prefixes", lines.prefixes);
  if (!lines.limits.empty()) json.member("limits", lines.limits);
  return members;
}

}  // namespace tandem::api
