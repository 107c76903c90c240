// What was written about a neighbor, before anything is decided: raw values that know whether and where they were set. Templates
// are drafts too; merging copies them into the neighbor's draft (spec config.md 3.2), checking reads the result once.
#pragma once

#include <algorithm>
#include <bitset>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "common/config/configuration.hpp"
#include "common/config/tokenizer.hpp"

namespace tandem::config {

template <typename Value>
struct Given {
  std::optional<Value> value;
  Place place;  // of the statement that set it

  void set(Value v, Place at) {
    value = std::move(v);
    place = at;
  }
  [[nodiscard]] bool is_set() const { return value.has_value(); }
  [[nodiscard]] Value value_or(Value fallback) const { return value.value_or(std::move(fallback)); }
};

// `auto` is nullopt.
struct AsSetting {
  std::optional<base::Asn> number;
};
// `disable` is nullopt; 0 follows the hold time.
struct GracefulRestartSetting {
  std::optional<std::uint16_t> time_s;
  bool notification = false;  // RFC 8538
};

struct NamedPlace {
  std::string name;
  Place place;
};

struct FamilyEntry {
  bgp::Family family;
  Place place;
};
struct AddPathEntry {
  bgp::Family family;
  std::uint16_t limit = 0;  // 0: none
  Place place;
};
struct NextHopEntry {
  bgp::ExtendedNextHop value;
  Place place;
};

struct ApiDraft {
  using Flags = std::bitset<k_topics>;
  std::string name;  // empty: unnamed
  std::vector<NamedPlace> processes;
  std::vector<NamedPlace> matches;  // regular expressions
  Place processes_place;            // of the first statement of each form; line 0: none
  Place matches_place;
  bool neighbor_changes = false;
  bool negotiated = false;
  bool fsm = false;
  bool signal = false;
  Flags receive;
  Flags send;
};

// Where a route of RouteList stands, and its `self` when the next hop waits to be resolved.
struct RoutePlace {
  Place statement;
  Place self;
};

struct NeighborDraft {
  base::Location location;  // of the `neighbor` word
  std::vector<std::string> failed;  // keywords and sections with an error, whose absence is nobody's fault
  [[nodiscard]] bool has_failed(std::string_view word) const { return std::find(failed.begin(), failed.end(), word) != failed.end(); }

  Given<base::Prefix> peer;
  Given<base::RouterId> router_id;
  Given<base::IpAddress> local_address;  // none: auto
  Given<base::IpAddress> local_link_local;
  Given<AsSetting> local_as;
  Given<AsSetting> peer_as;
  Given<std::string> description;
  Given<std::string> host_name;
  Given<std::string> domain_name;
  Given<std::uint16_t> hold_time;
  Given<std::uint32_t> rate_limit;
  Given<bool> passive;
  Given<std::uint16_t> listen;
  Given<std::uint16_t> connect;
  Given<std::string> source_interface;
  Given<std::uint8_t> outgoing_ttl;
  Given<std::uint8_t> incoming_ttl;
  Given<std::string> md5_password;
  Given<Md5Base64> md5_base64;
  Given<base::IpAddress> md5_ip;
  Given<bool> group_updates;
  Given<bool> auto_flush;
  Given<bool> adj_rib_in;
  Given<bool> adj_rib_out;
  Given<bool> manual_eor;

  Given<bool> asn4;
  Given<bool> extended_message;
  Given<bool> route_refresh;
  Given<GracefulRestartSetting> graceful_restart;
  Given<std::uint8_t> add_path;
  Given<bool> multi_session;
  Given<bool> operational;
  Given<bool> nexthop;
  Given<bool> aigp;
  Given<bool> software_version;
  Given<bool> link_local_nexthop;
  Given<bool> link_local_prefer;

  std::vector<NamedPlace> inherit;
  bool all_families = false;
  std::vector<FamilyEntry> families;
  bool all_add_path = false;
  std::vector<AddPathEntry> add_path_entries;
  std::vector<NextHopEntry> next_hops;
  std::vector<ApiDraft> apis;
  rib::RouteList routes;
  std::vector<RoutePlace> route_places;  // one for each of routes.routes
};

// Every scalar of a draft: what the template wins when it sets it.
inline constexpr auto k_draft_scalars = std::tuple{
    &NeighborDraft::peer,          &NeighborDraft::router_id,        &NeighborDraft::local_address,
    &NeighborDraft::local_as,      &NeighborDraft::local_link_local, &NeighborDraft::peer_as,
    &NeighborDraft::description,   &NeighborDraft::host_name,        &NeighborDraft::domain_name,
    &NeighborDraft::hold_time,     &NeighborDraft::rate_limit,       &NeighborDraft::passive,
    &NeighborDraft::listen,        &NeighborDraft::connect,          &NeighborDraft::source_interface,
    &NeighborDraft::outgoing_ttl,  &NeighborDraft::incoming_ttl,     &NeighborDraft::md5_password,
    &NeighborDraft::md5_base64,    &NeighborDraft::md5_ip,           &NeighborDraft::group_updates,
    &NeighborDraft::auto_flush,    &NeighborDraft::adj_rib_in,       &NeighborDraft::adj_rib_out,
    &NeighborDraft::manual_eor,    &NeighborDraft::asn4,             &NeighborDraft::extended_message,
    &NeighborDraft::route_refresh, &NeighborDraft::graceful_restart, &NeighborDraft::add_path,
    &NeighborDraft::multi_session, &NeighborDraft::operational,      &NeighborDraft::nexthop,
    &NeighborDraft::aigp,          &NeighborDraft::software_version, &NeighborDraft::link_local_nexthop,
    &NeighborDraft::link_local_prefer};

// Copies `from` into `onto`: its scalars win, its lists are appended. Nothing of `from` is shared afterwards (D1).
void merge(NeighborDraft& onto, const NeighborDraft& from);

}  // namespace tandem::config
