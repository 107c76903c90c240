// A neighbor in the words, the order and the layout of ExaBGP 4.2: everything that it knows, set or not. What it does not know follows in
// its place where it is not the default, so that the text means the same neighbor. Two things are left out of it: passwords, and a host
// name that nobody gave, which 4.2 prints and never announces, and which would be announced by whoever reads it here.
#include <algorithm>
#include <iterator>
#include <span>

#include "common/config/neighbor_rows.hpp"
#include "common/config/print.hpp"

namespace tandem::config {

namespace {

using Names = std::span<const std::string_view>;

// Printed below by name.
constexpr std::string_view k_known_values[] = {
    "peer-address", "description", "router-id", "host-name",  "domain-name", "local-address", "local-as",     "peer-as",      "hold-time",
    "rate-limit",   "manual-eor",  "passive",   "listen",     "connect",     "group-updates", "auto-flush",   "adj-rib-in",   "adj-rib-out",
    "md5-base64",   "md5-ip",      "family",    "nexthop",    "add-path",    "api",           "outgoing-ttl", "incoming-ttl"};
constexpr std::string_view k_known_capabilities[] = {"asn4", "route-refresh", "graceful-restart", "nexthop", "add-path", "multi-session",
                                                     "operational", "aigp"};

constexpr std::string_view yes_or_no(bool value) { return value ? "true" : "false"; }
constexpr std::string_view on_or_off(bool value) { return value ? "enable" : "disable"; }

void print_others(SectionId where, Names known, const Neighbor& neighbor, Printer& to) {
  static const Neighbor k_defaults;
  for (const NeighborRow& row : neighbor_rows()) {
    if (row.section != where || row.print == nullptr) continue;
    if (std::find(known.begin(), known.end(), row.keyword.name) != known.end()) continue;
    if (row.same != nullptr && row.same(neighbor, k_defaults)) continue;
    row.print(neighbor, to);
  }
}

void print_row(SectionId where, std::string_view name, const Neighbor& neighbor, Printer& to) {
  for (const NeighborRow& row : neighbor_rows()) {
    if (row.section == where && row.keyword.name == name) row.print(neighbor, to);
  }
}

void print_port(std::string_view keyword, std::uint16_t port, Printer& to) {
  if (port == 0) return;
  to.blank();
  to.line("{} {};", keyword, port);
}

void print_values(const Neighbor& n, Printer& to) {
  to.line("description {};", n.description.empty() ? "\"\"" : Text::text(n.description));
  if (n.router_id) to.line("router-id {};", base::to_string(*n.router_id));
  to.value("host-name", n.host_name.empty() ? "" : Text::text(n.host_name));
  to.value("domain-name", n.domain_name.empty() ? "" : Text::text(n.domain_name));
  to.line("local-address {};", AddressOrAuto::text(n.local_address));
  to.line("local-as {};", AsNumber::text(n.local_as));
  to.line("peer-as {};", AsNumber::text(n.peer_as));
  to.line("hold-time {};", n.hold_time_s);
  to.line("rate-limit {};", n.rate_limit == 0 ? "disable" : std::to_string(n.rate_limit));
  to.line("manual-eor {};", yes_or_no(n.manual_eor));
  to.blank();
  to.line("passive {};", yes_or_no(n.passive));
  print_port("listen", n.listen_port, to);
  print_port("connect", n.connect_port, to);
  to.line("group-updates {};", yes_or_no(n.group_updates));
  to.line("auto-flush {};", yes_or_no(n.auto_flush));
  to.line("adj-rib-in {};", yes_or_no(n.adj_rib_in));
  to.line("adj-rib-out {};", yes_or_no(n.adj_rib_out));
  const bool no_key = n.md5_password.empty() && n.md5_base64 == Md5Base64::no;
  to.line("md5-base64 {};", Base64Choice::text(no_key ? Md5Base64::automatic : n.md5_base64));
  const base::IpAddress md5_address = n.md5_address ? n.md5_address : n.local_address;
  if (md5_address) to.line("md5-ip \"{}\";", md5_address.text());
  if (n.outgoing_ttl != 0) to.line("outgoing-ttl {};", n.outgoing_ttl);
  if (n.incoming_ttl != 0) to.line("incoming-ttl {};", n.incoming_ttl);
  print_others(SectionId::neighbor, k_known_values, n, to);
  to.blank();
}

void print_capabilities(const Neighbor& n, Printer& to) {
  to.open("capability");
  to.line("asn4 {};", on_or_off(n.asn4));
  to.line("route-refresh {};", on_or_off(n.route_refresh));
  print_row(SectionId::capability, "graceful-restart", n, to);
  to.line("nexthop {};", on_or_off(n.extended_next_hop));
  to.line("add-path {};", AddPathMode::text(n.add_path_mode));
  to.line("multi-session {};", on_or_off(n.multisession));
  to.line("operational {};", on_or_off(n.operational));
  to.line("aigp {};", on_or_off(n.aigp));
  print_others(SectionId::capability, k_known_capabilities, n, to);
  to.close();
}

void print_lists(const Neighbor& n, Printer& to) {
  to.open("family");
  for (const bgp::Family family : n.families) to.line("{};", bgp::to_string(family));
  to.close();
  to.open("nexthop");
  for (const bgp::ExtendedNextHop& entry : n.extended_next_hops) to.line("{} {};", bgp::to_string(entry.family), bgp::to_string(entry.next_hop_afi));
  to.close();
  if (n.add_path_mode != 0) {
    AddPathList::print(n, to);
    return;
  }
  to.open("add-path");
  to.close();
}

constexpr Topic k_topic_order[] = {Topic::packets, Topic::parsed,    Topic::consolidate, Topic::notification, Topic::open,
                                   Topic::keepalive, Topic::update, Topic::refresh,     Topic::operational};

bool lists(const Subscriptions::Names& names, const std::string& name) { return std::find(names.begin(), names.end(), name) != names.end(); }

void print_topics(std::string_view title, const Subscriptions::Names (&topics)[k_topics], const std::string& name, Printer& to) {
  const auto told = [&](Topic topic) { return lists(topics[static_cast<std::size_t>(topic)], name); };
  if (std::none_of(std::begin(k_topic_order), std::end(k_topic_order), told)) return;
  to.open(title);
  for (const Topic topic : k_topic_order) {
    if (told(topic)) to.line("{};", topic_name(topic));
  }
  to.close();
}

void print_programs(const Subscriptions& api, Printer& to) {
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

std::string print_4_2(const Neighbor& neighbor) {
  Printer to;
  to.open("neighbor " + (neighbor.is_range() ? neighbor.peer.text() : neighbor.peer.address.text()));
  print_values(neighbor, to);
  print_capabilities(neighbor, to);
  print_lists(neighbor, to);
  print_programs(neighbor.api, to);
  to.close();
  return to.take();
}

}  // namespace tandem::config
