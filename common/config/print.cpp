#include "common/config/print.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace tandem::config {

namespace {

constexpr std::uint16_t k_restart_time_max = 4095;  // what can be written; more can only come from the hold time
constexpr std::string_view k_topic_names[k_topics] = {"parsed", "packets",      "consolidate", "open",       "update",
                                                      "notification", "keepalive", "refresh",     "operational"};

class Printer {
 public:
  template <typename... Arguments>
  void line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    out_.append(2 * depth_, ' ');
    fmt::format_to(std::back_inserter(out_), format, std::forward<Arguments>(arguments)...);
    out_ += '\n';
  }
  void open(std::string_view title) {
    line("{} {{", title);
    ++depth_;
  }
  void close() {
    --depth_;
    line("}}");
  }
  void flag(std::string_view keyword, bool value) { line("{} {};", keyword, value); }
  void number(std::string_view keyword, std::uint32_t value) {
    if (value != 0) line("{} {};", keyword, value);
  }
  void address(std::string_view keyword, const base::IpAddress& value) {
    if (value) line("{} {};", keyword, value.text());
  }
  void text(std::string_view keyword, std::string_view value) {
    if (!value.empty()) line("{} {};", keyword, quoted(value));
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  // A text of a configuration has one kind of quotes at most: the other one is around it.
  static std::string quoted(std::string_view value) {
    const char quote = value.find('"') == std::string_view::npos ? '"' : '\'';
    std::string out(1, quote);
    for (const char c : value) {
      switch (c) {
        case '\\': out += "\\\\"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        case '\b': out += "\\b"; break;
        case '\f': out += "\\f"; break;
        default: out += c;
      }
    }
    return out += quote;
  }
  std::string out_;
  std::size_t depth_ = 0;
};

std::string as_text(std::optional<base::Asn> asn) { return asn ? base::to_string(*asn) : std::string("auto"); }

void print_session(const Neighbor& n, Printer& to) {
  to.text("description", n.description);
  if (n.router_id) to.line("router-id {};", base::to_string(*n.router_id));
  to.line("local-address {};", n.local_address ? n.local_address.text() : "auto");
  to.address("local-link-local", n.local_link_local);
  to.line("local-as {};", as_text(n.local_as));
  to.line("peer-as {};", as_text(n.peer_as));
  to.text("host-name", n.host_name);
  to.text("domain-name", n.domain_name);
  to.line("hold-time {};", n.hold_time_s);
  to.number("rate-limit", n.rate_limit);
  to.flag("passive", n.passive);
  to.number("listen", n.listen_port);
  to.number("connect", n.connect_port);
  to.text("source-interface", n.source_interface);
  to.number("outgoing-ttl", n.outgoing_ttl);
  to.number("incoming-ttl", n.incoming_ttl);
  if (!n.md5_password.empty()) to.line("# md5-password is set, and not shown");
  if (n.md5_base64 != Md5Base64::no) to.line("md5-base64 {};", n.md5_base64 == Md5Base64::yes ? "true" : "auto");
  to.address("md5-ip", n.md5_address);
  to.flag("group-updates", n.group_updates);
  to.flag("auto-flush", n.auto_flush);
  to.flag("adj-rib-in", n.adj_rib_in);
  to.flag("adj-rib-out", n.adj_rib_out);
  to.flag("manual-eor", n.manual_eor);
}

void print_capabilities(const Neighbor& n, Printer& to) {
  constexpr std::string_view k_modes[] = {"disable", "receive", "send", "send/receive"};
  to.open("capability");
  to.flag("asn4", n.asn4);
  to.flag("extended-message", n.extended_message);
  to.flag("route-refresh", n.route_refresh);
  if (!n.graceful_restart_time_s) {
    to.line("graceful-restart disable;");
  } else {
    to.line("graceful-restart {}{};", *n.graceful_restart_time_s > k_restart_time_max ? 0 : *n.graceful_restart_time_s,
            n.graceful_restart_notification ? " notification" : "");
  }
  to.line("add-path {};", k_modes[n.add_path_mode & 3U]);
  to.flag("multi-session", n.multisession);
  to.flag("operational", n.operational);
  to.flag("nexthop", n.extended_next_hop);
  to.flag("aigp", n.aigp);
  to.flag("software-version", n.software_version);
  to.flag("link-local-nexthop", n.link_local_next_hop);
  to.flag("link-local-prefer", n.link_local_prefer);
  to.close();
}

bool contains(const std::vector<bgp::Family>& families, bgp::Family family) {
  return std::find(families.begin(), families.end(), family) != families.end();
}

void print_families(const Neighbor& n, Printer& to) {
  to.open("family");
  if (n.families.size() == bgp::k_family_count) {
    to.line("all;");
  } else {
    for (const bgp::Family family : n.families) to.line("{};", bgp::to_string(family));
  }
  to.close();
}

void print_next_hops(const Neighbor& n, Printer& to) {
  if (n.extended_next_hops.empty()) return;
  to.open("nexthop");
  for (const bgp::ExtendedNextHop& entry : n.extended_next_hops) {
    to.line("{} {};", bgp::to_string(entry.family), bgp::to_string(entry.next_hop_afi));
  }
  to.close();
}

// Without a section every family that can have several paths has them; a section with nothing but a family that cannot says "none".
void print_add_path(const Neighbor& n, Printer& to) {
  if (n.add_path_mode == 0) return;
  to.open("add-path");
  for (const bgp::Family family : n.add_path_families) {
    const auto limit = std::find_if(n.paths_limits.begin(), n.paths_limits.end(), [&](const bgp::PathsLimit& l) { return l.family == family; });
    if (limit != n.paths_limits.end()) to.line("{} limit {};", bgp::to_string(family), limit->limit);
    else to.line("{};", bgp::to_string(family));
  }
  if (n.add_path_families.empty()) {
    for (const bgp::FamilyTraits& traits : bgp::family_table()) {
      if (!traits.has(bgp::FamilyRule::configurable) || (traits.has(bgp::FamilyRule::add_path) && contains(n.families, traits.family))) continue;
      to.line("{};", bgp::to_string(traits.family));
      break;
    }
  }
  to.close();
}

bool lists(const Subscriptions::Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void print_topics(std::string_view title, const Subscriptions::Names (&topics)[k_topics], const std::string& name, Printer& to) {
  if (std::none_of(std::begin(topics), std::end(topics), [&](const auto& names) { return lists(names, name); })) return;
  to.open(title);
  for (std::size_t topic = 0; topic < k_topics; ++topic) {
    if (lists(topics[topic], name)) to.line("{};", k_topic_names[topic]);
  }
  to.close();
}

void print_api(const Subscriptions& api, Printer& to) {
  for (const std::string& name : api.processes) {
    to.open("api");
    to.line("processes [ {} ];", name);
    if (lists(api.neighbor_changes, name)) to.line("neighbor-changes;");
    if (lists(api.negotiated, name)) to.line("negotiated;");
    if (lists(api.fsm, name)) to.line("fsm;");
    if (lists(api.signal, name)) to.line("signal;");
    print_topics("receive", api.receive, name, to);
    print_topics("send", api.send, name, to);
    to.close();
  }
}

}  // namespace

std::string print(const Neighbor& neighbor) {
  Printer to;
  to.open("neighbor " + (neighbor.is_range() ? neighbor.peer.text() : neighbor.peer.address.text()));
  print_session(neighbor, to);
  print_capabilities(neighbor, to);
  print_families(neighbor, to);
  print_next_hops(neighbor, to);
  print_add_path(neighbor, to);
  print_api(neighbor.api, to);
  to.close();
  return to.take();
}

}  // namespace tandem::config
