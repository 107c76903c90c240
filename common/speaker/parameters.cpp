#include "common/speaker/parameters.hpp"

#include <fmt/core.h>

namespace tandem::speaker {

namespace {
// draft-abraitis-bgp-version-capability: at most 64 octets
std::string software_version(const std::string& version) {
  constexpr std::size_t k_maximum = 64;
  std::string text = fmt::format("ExaBGP/{}", version);
  if (text.size() > k_maximum) text = text.substr(0, k_maximum - 3) + "...";
  return text;
}
}  // namespace

session::Parameters session_parameters(const config::Neighbor& neighbor, const SpeakerOptions& options) {
  session::Parameters p;
  p.local_as = neighbor.local_as;
  p.peer_as = neighbor.peer_as;
  p.router_id = neighbor.router_id;
  p.hold_time_s = neighbor.hold_time_s;
  p.send_hold_time_s = neighbor.send_hold_time_s;
  p.open_wait = std::chrono::seconds(options.settings.bgp_open_wait_s);
  p.families = neighbor.families;
  p.asn4 = neighbor.asn4;
  p.extended_message = neighbor.extended_message;
  p.route_refresh = neighbor.route_refresh;
  p.operational = neighbor.operational;
  p.multisession = neighbor.multisession;
  p.link_local_next_hop = neighbor.link_local_next_hop;
  p.aigp = neighbor.aigp;
  p.extended_next_hop = neighbor.extended_next_hop;
  p.extended_next_hops = neighbor.extended_next_hops;
  p.add_path_mode = neighbor.add_path_mode;
  p.add_path_families = neighbor.add_path_families;
  p.paths_limits = neighbor.paths_limits;
  p.graceful_restart_time_s = neighbor.graceful_restart.time_s;
  p.graceful_restart_notification = neighbor.graceful_restart.notification;
  p.long_lived_graceful_restart_s = neighbor.long_lived_graceful_restart_s;
  p.role = neighbor.role.role;
  p.role_strict = neighbor.role.strict;
  p.host_name = neighbor.host_name;
  p.domain_name = neighbor.domain_name;
  if (neighbor.software_version) p.software_version = software_version(options.settings.version);
  p.strict = options.settings.compat_strict;
  p.hide_empty_capabilities = options.settings.compat_dialect == bgp::Dialect::release_2025_11;
  return p;
}

rib::PackerOptions packer_options(const config::Neighbor& neighbor, const SpeakerOptions& options) {
  rib::PackerOptions p;
  p.group_updates = neighbor.group_updates;
  p.aigp = neighbor.aigp;
  p.dialect = options.settings.compat_dialect;
  // A multihop session has no common link
  if (neighbor.outgoing_ttl <= 1) p.link_local = neighbor.local_link_local;
  return p;
}

}  // namespace tandem::speaker
