#include "common/config/print.hpp"

#include <algorithm>

#include "common/config/neighbor_rows.hpp"

namespace tandem::config {

namespace {

constexpr std::string_view k_topic_names[k_topics] = {"parsed", "packets",      "consolidate", "open",       "update",
                                                      "notification", "keepalive", "refresh",     "operational"};

bool contains(const std::vector<bgp::Family>& families, bgp::Family family) {
  return std::find(families.begin(), families.end(), family) != families.end();
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

void print_section(SectionId where, bool values, const Neighbor& neighbor, Printer& to) {
  for (const NeighborRow& row : neighbor_rows()) {
    const bool is_value = row.keyword.block == SectionId::none;
    if (row.section == where && is_value == values && row.print != nullptr) row.print(neighbor, to);
  }
}

}  // namespace

void FamilyList::print(const Neighbor& n, Printer& to) {
  to.open("family");
  if (n.families.size() == bgp::k_family_count) {
    to.line("all;");
  } else {
    for (const bgp::Family family : n.families) to.line("{};", bgp::to_string(family));
  }
  to.close();
}

void PrefixLimitList::print(const Neighbor& neighbor, Printer& to) {
  if (neighbor.prefix_limits.empty()) return;
  to.open("max-prefix");
  for (const PrefixLimit& entry : neighbor.prefix_limits) {
    const std::string threshold = entry.threshold == PrefixLimit{}.threshold ? "" : fmt::format(" threshold {}", entry.threshold);
    const std::string seconds = entry.action == PrefixLimit::Action::restart ? fmt::format(" {}", entry.restart_s) : "";
    to.line("{} {}{} {}{};", bgp::to_string(bgp::family_at(entry.family)), entry.limit, threshold, to_string(entry.action), seconds);
  }
  to.close();
}

void OperationalKept::print(const Neighbor& n, Printer& to) {
  if (n.operational_messages.empty()) return;
  to.open("operational");
  for (const bgp::Operational& message : n.operational_messages) {
    std::string text;
    bgp::operational_text(message, text);
    to.line("{};", text);
  }
  to.close();
}

void NextHopList::print(const Neighbor& n, Printer& to) {
  if (n.extended_next_hops.empty()) return;
  to.open("nexthop");
  for (const bgp::ExtendedNextHop& entry : n.extended_next_hops) {
    to.line("{} {};", bgp::to_string(entry.family), bgp::to_string(entry.next_hop_afi));
  }
  to.close();
}

// Without a section every family that can have several paths has them; a section with nothing but a family that cannot says "none".
void AddPathList::print(const Neighbor& n, Printer& to) {
  if (n.add_path_mode == 0) return;
  to.open("add-path");
  for (const bgp::Family family : n.add_path_families) {
    const auto limit = std::find_if(n.paths_limits.begin(), n.paths_limits.end(), [&](const bgp::PathsLimit& l) { return l.family == family; });
    if (limit != n.paths_limits.end()) to.line("{} limit {};", bgp::to_string(family), limit->limit);
    else to.line("{};", bgp::to_string(family));
  }
  if (n.add_path_families.empty()) {
    for (const bgp::FamilyTraits& traits : bgp::family_table()) {
      if (traits.has(bgp::FamilyRule::add_path) && contains(n.families, traits.family)) continue;
      to.line("{};", bgp::to_string(traits.family));
      break;
    }
  }
  to.close();
}

void ApiList::print(const Neighbor& n, Printer& to) {
  const Subscriptions& api = n.api;
  for (const std::string& name : api.processes) {
    to.open("api");
    to.line("processes [ {} ];", name);
    if (lists(api.neighbor_changes, name)) to.line("neighbor-changes;");
    if (lists(api.negotiated, name)) to.line("negotiated;");
    if (lists(api.fsm, name)) to.line("fsm;");
    if (lists(api.signal, name)) to.line("signal;");
    if (lists(api.engine_changes, name)) to.line("engine-changes;");
    if (lists(api.await_ready, name)) to.line("await-ready;");
    print_topics("receive", api.receive, name, to);
    print_topics("send", api.send, name, to);
    to.close();
  }
}

std::string_view topic_name(Topic topic) { return k_topic_names[static_cast<std::size_t>(topic)]; }

std::string print(const Neighbor& neighbor) {
  Printer to;
  to.open("neighbor " + (neighbor.is_range() ? neighbor.peer.text() : neighbor.peer.address.text()));
  print_section(SectionId::neighbor, true, neighbor, to);
  to.open("capability");
  print_section(SectionId::capability, true, neighbor, to);
  to.close();
  if (neighbor.has_tcp_ao()) to.line("# tcp-ao is set, and not shown");
  print_section(SectionId::neighbor, false, neighbor, to);
  to.close();
  return to.take();
}

}  // namespace tandem::config
