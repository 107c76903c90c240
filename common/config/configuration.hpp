// A configuration after parsing and checking: neighbors and programs as values. Nothing here is used as an internal structure of a
// running session; the speaker makes those (session::Parameters, rib::PackerOptions) from it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/asn.hpp"
#include "common/base/error.hpp"
#include "common/base/ip.hpp"
#include "common/bgp/capability/capability.hpp"
#include "common/bgp/family.hpp"
#include "common/bgp/message/operational.hpp"
#include "common/config/kinds.hpp"
#include "common/rib/shared_routes.hpp"

namespace tandem::config {

// What messages and changes the processes of a neighbor are told about. For each keyword the list of processes that asked
// for it, merged over all api sections in order.
enum class Topic : std::uint8_t { parsed, packets, consolidate, open, update, notification, keepalive, refresh, operational };
inline constexpr std::size_t k_topics = 9;

struct Subscriptions {
  using Names = std::vector<std::string>;
  Names processes;           // may command this neighbor (named, and matched through processes-match)
  Names neighbor_changes;
  Names negotiated;
  Names fsm;
  Names signal;
  Names engine_changes;
  Names await_ready;         // whose word the first End-of-RIB of a session waits for
  Names receive[k_topics];   // index: Topic
  Names send[k_topics];
  friend bool operator==(const Subscriptions&, const Subscriptions&) = default;
};

// How many routes of a family the peer may announce, and what is done about more.
struct PrefixLimit {
  enum class Action : std::uint8_t { shut, restart, warn };
  bgp::FamilyIndex family = 0;
  std::uint32_t limit = 0;
  std::uint8_t threshold = 75;    // percent of the limit: beyond it the log warns
  Action action = Action::shut;
  std::uint32_t restart_s = 0;    // with Action::restart: for how long the neighbor stays down
  friend bool operator==(const PrefixLimit&, const PrefixLimit&) = default;
};
inline constexpr std::uint64_t k_prefix_limit_max = 0xFFFFFFFF;
inline constexpr std::uint64_t k_prefix_restart_max = 7 * 86'400;
[[nodiscard]] std::string_view to_string(PrefixLimit::Action action);  // as it is written

// A member for each keyword with one value, named and explained in neighbor_keywords.inc. After checking: local_address and
// md5_address none means auto and local_address, passwords are decoded, router_id is set unless it follows an automatic local address,
// a restart time is the real one.
struct Neighbor {
#define TANDEM_VALUE(section, member, keyword, Kind, bare, fallback, impact, reader, help) Kind::Type member = fallback;
#include "common/config/neighbor_keywords.inc"

  std::vector<bgp::Family> families;          // sorted
  std::vector<bgp::Family> add_path_families; // what capability 69 lists, in its order
  std::vector<bgp::PathsLimit> paths_limits;
  std::vector<bgp::ExtendedNextHop> extended_next_hops;  // capability 5 lists those with IPv6 next hops

  std::vector<PrefixLimit> prefix_limits;     // at most one a family

  std::vector<bgp::Operational> operational_messages;

  Subscriptions api;
  rib::RouteList routes;                      // next-hop self is resolved
  base::Location location;                    // of the `neighbor` word

  [[nodiscard]] bool has_tcp_ao() const { return !ao_password.empty(); }  // then identifier and algorithm are there, and no MD5 is
  [[nodiscard]] bool is_range() const { return peer.length != peer.address.bits(); }
};

// "neighbor 10.0.0.1 local-ip auto local-as 1 peer-as 2 router-id 1.2.3.4 family-allowed in-open": the
// identity of a peer for duplicates, reload and the API. Of a link-local one " source-interface eth0" is part of it.
[[nodiscard]] std::string peer_key(const Neighbor& neighbor);

// Why no session with this neighbor can ever carry a route of the family with this next hop, and what would be right; "" when one may.
[[nodiscard]] std::string next_hop_objection(const Neighbor& neighbor, bgp::FamilyIndex family, const bgp::NextHop& next_hop);

enum class Encoder : std::uint8_t { text, json };

struct ProgramDefinition {
  std::string name;
  std::vector<std::string> arguments;  // resolved path first
  Encoder encoder = Encoder::text;
  bool respawn = true;
  bool state_snapshot = false;         // it is told how things are when it starts
  bool withdraw_on_exit = false;       // the routes that it has announced end with it
  base::Location location;
  // Names of the neighbors' event flags take part in "changed".
  friend bool operator==(const ProgramDefinition& a, const ProgramDefinition& b) {
    return a.name == b.name && a.arguments == b.arguments && a.encoder == b.encoder && a.respawn == b.respawn &&
           a.state_snapshot == b.state_snapshot && a.withdraw_on_exit == b.withdraw_on_exit;
  }
};

// Accepted, but probably a mistake: logged, never fatal.
struct Warning {
  base::SourceContext context;
  std::string reason;
};

struct Configuration {
  std::vector<Neighbor> neighbors;  // file order
  std::vector<ProgramDefinition> programs;    // file order
  std::vector<Warning> warnings;
};

}  // namespace tandem::config
