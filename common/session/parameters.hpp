// What a session is told about its neighbor: a plain value made from the configuration by the speaker. Internal structures are
// deliberately not the configuration's own (style of the house): this one holds what the OPEN and the FSM need, nothing else.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/asn.hpp"
#include "common/base/ip.hpp"
#include "common/base/time.hpp"
#include "common/bgp/capability/capability.hpp"
#include "common/bgp/negotiated.hpp"
#include "common/bgp/role.hpp"

namespace tandem::session {

struct Parameters {
  std::optional<base::Asn> local_as;       // nullopt: auto, mirror the peer's OPEN (which is then read first)
  std::optional<base::Asn> peer_as;        // nullopt: auto, any
  std::optional<base::RouterId> router_id; // nullopt: the local IPv4 address of the connection
  std::uint16_t hold_time_s = 180;         // 0 or 3..65535
  std::optional<std::uint16_t> send_hold_time_s;  // RFC 9687; nullopt: what follows from the hold time, 0: none
  base::Duration open_wait = std::chrono::seconds(60);

  std::vector<bgp::Family> families;       // sorted; what Multiprotocol announces
  bool asn4 = true;
  bool extended_message = true;
  bool route_refresh = false;
  bool operational = false;
  bool multisession = false;
  bool link_local_next_hop = false;
  bool aigp = false;                       // accept the AIGP attribute (RFC 7311); nothing announces it
  bool extended_next_hop = false;                          // announce capability 5, even with an empty list
  std::vector<bgp::ExtendedNextHop> extended_next_hops;    // in the order of the capability; IPv4 next hops are not announced in it
  std::uint8_t add_path_mode = 0;                          // bit 0 receive, bit 1 send (RFC 7911)
  std::vector<bgp::Family> add_path_families;
  std::vector<bgp::PathsLimit> paths_limits;
  std::optional<std::uint16_t> graceful_restart_time_s;    // RFC 4724; nullopt: not announced
  bool restarting = true;  // its restart bit
  bool graceful_restart_notification = false;              // RFC 8538 N bit
  std::optional<std::uint32_t> long_lived_graceful_restart_s;  // RFC 9494; nullopt: not announced
  std::optional<bgp::Role> role;                           // RFC 9234; nullopt: not announced, and no route is looked at
  bool role_strict = false;                                // the peer must announce its own
  std::string host_name;                                   // empty: capability 73 is not sent
  std::string domain_name;
  std::string software_version;                            // empty: capability 75 is not sent

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self);  // fields.hpp

  bool strict = false;             // RFC answers instead of ExaBGP's where they differ (tandem.compat.strict)
  bool hide_empty_capabilities = false;  // dialect 2025-11 never writes zero-length capabilities
};

}  // namespace tandem::session
