// Lists of a neighbor as JSON, and their schemas.
#include <algorithm>

#include "common/config/kind_json.hpp"
#include "common/config/neighbor_rows.hpp"

namespace tandem::config {

namespace {

using base::JsonWriter;

bool lists(const Subscriptions::Names& names, const std::string& name) { return std::find(names.begin(), names.end(), name) != names.end(); }

void family_names(JsonWriter& out) {
  out.begin_object();
  out.member("type", "string");
  out.key("enum");
  out.begin_array();
  for (const bgp::FamilyTraits& traits : bgp::family_table()) out.string(bgp::to_string(traits.family));
  out.end_array();
  out.end_object();
}

void open_items(JsonWriter& out) {
  out.member("type", "array");
  out.key("items");
}

void topics_json(std::string_view title, const Subscriptions::Names (&topics)[k_topics], const std::string& name, JsonWriter& out) {
  out.key(title);
  out.begin_array();
  for (std::size_t topic = 0; topic < k_topics; ++topic) {
    if (lists(topics[topic], name)) out.string(topic_name(static_cast<Topic>(topic)));
  }
  out.end_array();
}

void topics_schema(std::string_view title, JsonWriter& out) {
  out.key(title);
  out.begin_object();
  open_items(out);
  out.begin_object();
  out.member("type", "string");
  out.key("enum");
  out.begin_array();
  for (std::size_t topic = 0; topic < k_topics; ++topic) out.string(topic_name(static_cast<Topic>(topic)));
  out.end_array();
  out.end_object();
  out.end_object();
}

struct ApiFlag {
  std::string_view name;
  Subscriptions::Names Subscriptions::*names;
};
constexpr ApiFlag k_flags[] = {{"neighbor-changes", &Subscriptions::neighbor_changes},
                               {"negotiated", &Subscriptions::negotiated},
                               {"fsm", &Subscriptions::fsm},
                               {"signal", &Subscriptions::signal},
                               {"engine-changes", &Subscriptions::engine_changes},
                               {"await-ready", &Subscriptions::await_ready}};

}  // namespace

void FamilyList::json(const Neighbor& neighbor, JsonWriter& out) {
  out.begin_array();
  for (const bgp::Family family : neighbor.families) out.string(bgp::to_string(family));
  out.end_array();
}
void FamilyList::schema(JsonWriter& out) {
  open_items(out);
  family_names(out);
}

void NextHopList::json(const Neighbor& neighbor, JsonWriter& out) {
  out.begin_array();
  for (const bgp::ExtendedNextHop& entry : neighbor.extended_next_hops) {
    out.string(bgp::to_string(entry.family) + ' ' + bgp::to_string(entry.next_hop_afi));
  }
  out.end_array();
}
void NextHopList::schema(JsonWriter& out) {
  open_items(out);
  out.begin_object();
  out.member("type", "string");
  out.end_object();
}

void AddPathList::json(const Neighbor& neighbor, JsonWriter& out) {
  out.begin_array();
  for (const bgp::Family family : neighbor.add_path_families) {
    const auto limit = std::find_if(neighbor.paths_limits.begin(), neighbor.paths_limits.end(),
                                    [&](const bgp::PathsLimit& known) { return known.family == family; });
    out.begin_object();
    out.member("family", bgp::to_string(family));
    if (limit != neighbor.paths_limits.end()) out.member("limit", static_cast<std::uint64_t>(limit->limit));
    out.end_object();
  }
  out.end_array();
}
void AddPathList::schema(JsonWriter& out) {
  open_items(out);
  out.begin_object();
  out.member("type", "object");
  out.key("properties");
  out.begin_object();
  out.key("family");
  family_names(out);
  out.key("limit");
  out.begin_object();
  integer_schema(65535, out);
  out.end_object();
  out.end_object();
  out.member("additionalProperties", false);
  out.end_object();
}

void PrefixLimitList::json(const Neighbor& neighbor, JsonWriter& out) {
  out.begin_array();
  for (const PrefixLimit& entry : neighbor.prefix_limits) {
    out.begin_object();
    out.member("family", bgp::to_string(bgp::family_at(entry.family)));
    out.member("limit", static_cast<std::uint64_t>(entry.limit));
    out.member("threshold", static_cast<std::uint64_t>(entry.threshold));
    out.member("action", to_string(entry.action));
    if (entry.action == PrefixLimit::Action::restart) out.member("restart", static_cast<std::uint64_t>(entry.restart_s));
    out.end_object();
  }
  out.end_array();
}

void PrefixLimitList::schema(JsonWriter& out) {
  open_items(out);
  out.begin_object();
  out.member("type", "object");
  out.key("properties");
  out.begin_object();
  out.key("family");
  family_names(out);
  for (const auto& [name, most] : {std::pair("limit", k_prefix_limit_max), std::pair("threshold", std::uint64_t{100}), std::pair("restart", k_prefix_restart_max)}) {
    out.key(name);
    out.begin_object();
    integer_schema(most, out);
    out.end_object();
  }
  out.key("action");
  out.begin_object();
  out.member("type", "string");
  out.key("enum");
  out.begin_array();
  using Action = PrefixLimit::Action;
  for (const Action action : {Action::shut, Action::restart, Action::warn}) out.string(to_string(action));
  out.end_array();
  out.end_object();
  out.end_object();
  out.member("additionalProperties", false);
  out.end_object();
}

void ApiList::json(const Neighbor& neighbor, JsonWriter& out) {
  out.begin_array();
  for (const std::string& name : neighbor.api.processes) {
    out.begin_object();
    out.member("process", name);
    for (const ApiFlag& flag : k_flags) out.member(flag.name, lists(neighbor.api.*flag.names, name));
    topics_json("receive", neighbor.api.receive, name, out);
    topics_json("send", neighbor.api.send, name, out);
    out.end_object();
  }
  out.end_array();
}
void ApiList::schema(JsonWriter& out) {
  open_items(out);
  out.begin_object();
  out.member("type", "object");
  out.key("properties");
  out.begin_object();
  out.key("process");
  out.begin_object();
  out.member("type", "string");
  out.end_object();
  for (const ApiFlag& flag : k_flags) {
    out.key(flag.name);
    out.begin_object();
    out.member("type", "boolean");
    out.end_object();
  }
  topics_schema("receive", out);
  topics_schema("send", out);
  out.end_object();
  out.member("additionalProperties", false);
  out.end_object();
}

}  // namespace tandem::config
