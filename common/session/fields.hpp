// What is written of sessions in a state (docs/recording.md).
#pragma once

#include "common/bgp/fields.hpp"
#include "common/session/session.hpp"

namespace tandem::session {

template <typename Archive, typename Self>
void Parameters::fields(Archive& archive, Self& self) {
  auto& [local_as, peer_as, router_id, hold_time_s, send_hold_time_s, open_wait, families, asn4, extended_message, route_refresh, operational,
         multisession, link_local_next_hop, aigp, extended_next_hop, extended_next_hops, add_path_mode, add_path_families, paths_limits,
         graceful_restart_time_s, restarting, graceful_restart_notification, long_lived_graceful_restart_s, role, role_strict, host_name,
         domain_name, software_version, strict, hide_empty_capabilities] = self;
  archive.object(self, "parameters")("local_as", local_as)("peer_as", peer_as)("router_id", router_id)("hold_time_s", hold_time_s)(
      "send_hold_time_s", send_hold_time_s)("open_wait", open_wait)("families", families)("asn4", asn4)("extended_message", extended_message)(
      "route_refresh", route_refresh)("operational", operational)("multisession", multisession)("link_local_next_hop", link_local_next_hop)(
      "aigp", aigp)("extended_next_hop", extended_next_hop)("extended_next_hops", extended_next_hops)("add_path_mode", add_path_mode)(
      "add_path_families", add_path_families)("paths_limits", paths_limits)("graceful_restart_time_s", graceful_restart_time_s)(
      "restarting", restarting)("graceful_restart_notification", graceful_restart_notification)(
      "long_lived_graceful_restart_s", long_lived_graceful_restart_s)("role", role)("role_strict", role_strict)("host_name", host_name)(
      "domain_name", domain_name)("software_version", software_version)("strict", strict)("hide_empty_capabilities", hide_empty_capabilities);
}

}  // namespace tandem::session
