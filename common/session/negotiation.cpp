#include "common/session/negotiation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "common/bgp/message/header.hpp"
#include "common/bgp/nlri/codec.hpp"

namespace tandem::session {

namespace {

using bgp::Afi;
using bgp::CapabilityCode;
using bgp::Family;
using bgp::Safi;

constexpr std::uint8_t k_receive = 1;  // RFC 7911 section 4, bit masks
constexpr std::uint8_t k_send = 2;
constexpr std::uint8_t k_session_per_family_set = 1;  // draft-ietf-idr-bgp-multisession: the code of Multiprotocol
constexpr std::uint16_t k_restart_time_mask = 0xFFF;

template <typename Range, typename Value>
bool contains(const Range& range, const Value& value) {
  return std::find(std::begin(range), std::end(range), value) != std::end(range);
}

// ADD-PATH changes how NLRI are read, so it is not agreed on for families whose NLRI tandem cannot read.
bool can_add_path(bgp::FamilyIndex index) {
  return bgp::family_traits(index).has(bgp::FamilyRule::add_path) && bgp::nlri_codec(index) != nullptr;
}

void announce_next_hops(const Parameters& parameters, bgp::Capabilities& capabilities) {
  for (const bgp::ExtendedNextHop& entry : parameters.extended_next_hops) {
    const auto index = bgp::family_index(entry.family);
    if (!index || !bgp::family_traits(*index).has(bgp::FamilyRule::extended_next_hop) || entry.next_hop_afi != Afi::ipv6) continue;
    if (!contains(capabilities.extended_next_hop, entry)) capabilities.extended_next_hop.push_back(entry);
  }
  if (parameters.hide_empty_capabilities && capabilities.extended_next_hop.empty()) return;
  capabilities.announce(CapabilityCode::extended_next_hop);
}

void announce_add_path(const Parameters& parameters, bgp::Capabilities& capabilities) {
  if (parameters.add_path_mode == 0) return;
  // Capability 69 lists families in this order, whatever the order of the configuration.
  for (const bgp::FamilyIndex index : bgp::families_by_safi()) {
    const Family family = bgp::family_at(index);
    if (!contains(parameters.add_path_families, family) || !can_add_path(index)) continue;
    capabilities.add_path.push_back({family, parameters.add_path_mode});
  }
  if (capabilities.add_path.empty()) return;
  capabilities.announce(CapabilityCode::add_path);

  if ((parameters.add_path_mode & k_receive) == 0) return;
  for (const bgp::PathsLimit& entry : parameters.paths_limits) {
    const bool announced = std::any_of(capabilities.add_path.begin(), capabilities.add_path.end(),
                                       [&](const auto& path) { return path.family == entry.family; });
    if (announced && entry.limit != 0) capabilities.paths_limit.push_back(entry);
  }
  if (!capabilities.paths_limit.empty()) capabilities.announce(CapabilityCode::paths_limit);
}

void announce_graceful_restart(const Parameters& parameters, bgp::Capabilities& capabilities) {
  if (!parameters.graceful_restart_time_s) return;
  bgp::GracefulRestart restart;
  if (parameters.restarting) restart.flags |= bgp::GracefulRestart::k_restart;
  if (parameters.graceful_restart_notification) restart.flags |= bgp::GracefulRestart::k_notification;
  restart.time_s = *parameters.graceful_restart_time_s & k_restart_time_mask;
  for (const Family family : parameters.families) restart.families.push_back({family, bgp::GracefulRestart::k_forwarding});
  capabilities.graceful_restart = std::move(restart);
  capabilities.announce(CapabilityCode::graceful_restart);
}

void announce_long_lived(const Parameters& parameters, bgp::Capabilities& capabilities) {
  if (!parameters.long_lived_graceful_restart_s) return;
  bgp::LongLivedGracefulRestart restart;
  for (const Family family : parameters.families) {
    restart.families.push_back({family, bgp::GracefulRestart::k_forwarding, *parameters.long_lived_graceful_restart_s});
  }
  capabilities.long_lived_graceful_restart = std::move(restart);
  capabilities.announce(CapabilityCode::long_lived_graceful_restart);
}

void announce_role(const Parameters& parameters, bgp::Capabilities& capabilities) {
  if (!parameters.role) return;
  capabilities.roles = {static_cast<std::uint8_t>(*parameters.role)};
  capabilities.announce(CapabilityCode::role);
}

void announce_texts(const Parameters& parameters, bgp::Capabilities& capabilities) {
  if (!parameters.host_name.empty()) {
    capabilities.hostname = bgp::Hostname{parameters.host_name, parameters.domain_name};
    capabilities.announce(CapabilityCode::hostname);
  }
  if (!parameters.software_version.empty()) {
    capabilities.software_version = parameters.software_version;
    capabilities.announce(CapabilityCode::software_version);
  }
}

// In the order of the capability registry. What is not announced is not negotiated either: dialect 2025-11, which leaves empty
// capabilities out, does not behave as if it had sent them.
bgp::Capabilities make_capabilities(const Parameters& parameters, base::Asn local_as) {
  bgp::Capabilities capabilities;
  const auto announce_empty = [&](bool wanted, CapabilityCode code) {
    if (wanted && !parameters.hide_empty_capabilities) capabilities.announce(code);
  };
  capabilities.multiprotocol = parameters.families;
  if (!parameters.families.empty()) capabilities.announce(CapabilityCode::multiprotocol);
  if (parameters.asn4) {
    capabilities.asn4 = local_as;
    capabilities.announce(CapabilityCode::asn4);
  }
  if (parameters.extended_next_hop) announce_next_hops(parameters, capabilities);
  announce_add_path(parameters, capabilities);
  announce_graceful_restart(parameters, capabilities);
  announce_long_lived(parameters, capabilities);
  announce_empty(parameters.route_refresh, CapabilityCode::route_refresh);
  announce_empty(parameters.route_refresh, CapabilityCode::enhanced_route_refresh);
  announce_empty(parameters.operational, CapabilityCode::operational);
  announce_empty(parameters.extended_message, CapabilityCode::extended_message);
  announce_texts(parameters, capabilities);
  announce_empty(parameters.link_local_next_hop, CapabilityCode::link_local_next_hop);
  announce_role(parameters, capabilities);
  if (parameters.multisession) {
    capabilities.multisession_ids = {k_session_per_family_set};
    capabilities.announce(CapabilityCode::multisession);
  }
  return capabilities;
}

// The families the sender means. RFC 4760 section 8, and every other daemon: an OPEN without the Multiprotocol capability offers
// IPv4 unicast. ExaBGP agrees on nothing then.
std::vector<Family> offered(const bgp::Open& open) {
  if (!open.capabilities.has(CapabilityCode::multiprotocol)) return {bgp::k_ipv4_unicast};
  return open.capabilities.multiprotocol;
}

std::uint8_t add_path_mode(const bgp::Capabilities& capabilities, Family family) {
  for (const bgp::AddPathEntry& entry : capabilities.add_path) {
    if (entry.family == family) return entry.mode;
  }
  return 0;
}

void negotiate_families(const bgp::Open& sent, const bgp::Open& received, bgp::Negotiated& result) {
  const auto& ours = sent.capabilities;
  const auto& theirs = received.capabilities;
  for (const Family family : offered(received)) {
    const auto index = bgp::family_index(family);
    if (!index || result.family_set.contains(*index) || !contains(ours.multiprotocol, family)) continue;
    result.families.push_back(family);
    result.family_set.insert(*index);
    if (!can_add_path(*index)) continue;
    const std::uint8_t our_mode = add_path_mode(ours, family);
    const std::uint8_t their_mode = add_path_mode(theirs, family);
    if ((our_mode & k_send) != 0 && (their_mode & k_receive) != 0) result.add_path_send.insert(*index);
    if ((our_mode & k_receive) != 0 && (their_mode & k_send) != 0) result.add_path_receive.insert(*index);
  }
  for (const bgp::ExtendedNextHop& entry : ours.extended_next_hop) {
    if (contains(theirs.extended_next_hop, entry)) result.extended_next_hops.push_back(entry);
  }
  for (const bgp::PathsLimit& entry : theirs.paths_limit) {
    if (result.add_path_send.contains(entry.family)) result.paths_limits.emplace_back(entry.family, entry.limit);
  }
}

// None stands for a session per set of families.
std::set<std::uint8_t> session_ids(const bgp::Capabilities& capabilities) {
  std::set<std::uint8_t> ids(capabilities.multisession_ids.begin(), capabilities.multisession_ids.end());
  if (ids.empty()) ids.insert(k_session_per_family_set);
  return ids;
}

std::vector<Family> sorted(std::vector<Family> families) {
  std::sort(families.begin(), families.end());
  return families;
}

base::Result<void> validate_multisession(const bgp::Open& sent, const bgp::Open& received) {
  const auto& ours = sent.capabilities;
  const auto& theirs = received.capabilities;
  if (!ours.has(CapabilityCode::multisession)) return {};
  if (!theirs.has(CapabilityCode::multisession)) {
    return base::Error::notification_with_text(2, 9, "multisession is mandatory with this peer");
  }
  if (session_ids(ours) != session_ids(theirs)) {
    return base::Error::notification_with_text(2, 8, "multisession, our session identifiers differ from the peer's");
  }
  if (sorted(offered(sent)) != sorted(offered(received))) {
    return base::Error::notification_with_text(2, 8, "multisession, our families differ from the peer's");
  }
  return {};
}

// RFC 9234 section 4.2. Within an AS roles say nothing.
base::Result<void> validate_role(const Parameters& parameters, const bgp::Open& received, const bgp::Negotiated& negotiated) {
  if (!parameters.role || negotiated.internal()) return {};
  const auto mismatch = [](std::string reason) { return base::Error::notification_with_text(2, 11, std::move(reason)); };
  const std::vector<std::uint8_t>& theirs = received.capabilities.roles;
  if (theirs.empty()) {
    if (!parameters.role_strict) return {};
    return mismatch(fmt::format("role mismatch: the peer announces none, ours is {} and strict", bgp::to_string(*parameters.role)));
  }
  if (theirs.size() > 1) return mismatch("role mismatch: the peer announces more than one");
  if (bgp::is_counterpart(*parameters.role, theirs[0])) return {};
  return mismatch(fmt::format("role mismatch: ours is {}, the peer's is {}", bgp::to_string(*parameters.role), bgp::role_name(theirs[0])));
}

// The data is the identifier that offends.
base::Error bad_identifier(base::RouterId id, std::string reason) {
  base::Buffer data;
  base::ByteWriter(data).u32(base::value(id));
  return base::Error::notification(2, 3, std::move(reason), std::move(data));
}

}  // namespace

bgp::Open make_open(const Parameters& parameters, const base::IpAddress& local_address, std::optional<base::Asn> mirrored) {
  const base::Asn local_as = parameters.local_as.value_or(mirrored.value_or(base::Asn{0}));
  bgp::Open open;
  open.as_field = static_cast<std::uint16_t>(base::value(base::needs_four_octets(local_as) ? base::k_as_trans : local_as));
  open.hold_time_s = parameters.hold_time_s;
  if (parameters.router_id) {
    open.router_id = *parameters.router_id;
  } else if (local_address.is_v4()) {
    open.router_id = base::RouterId{local_address.v4_value()};
  }
  open.capabilities = make_capabilities(parameters, local_as);
  return open;
}

bgp::Negotiated negotiate(const bgp::Open& sent, const bgp::Open& received) {
  const auto both = [&](CapabilityCode code) { return sent.capabilities.has(code) && received.capabilities.has(code); };
  bgp::Negotiated result;
  result.asn4 = both(CapabilityCode::asn4);
  // Our own AS in full, also towards a peer that knows two octets only: AS_PATH is narrowed when it is encoded (RFC 6793).
  result.local_as = sent.asn();
  result.peer_as = result.asn4 ? received.asn() : base::Asn{received.as_field};
  result.local_id = sent.router_id;
  result.peer_id = received.router_id;
  result.hold_time_s = std::min(sent.hold_time_s, received.hold_time_s);
  if (both(CapabilityCode::extended_message)) result.message_size = bgp::k_extended_message_size;
  result.operational = both(CapabilityCode::operational);
  result.multisession = both(CapabilityCode::multisession);
  result.link_local_next_hop = both(CapabilityCode::link_local_next_hop);
  if (both(CapabilityCode::enhanced_route_refresh)) {
    result.refresh = bgp::RefreshMode::enhanced;
  } else if (both(CapabilityCode::route_refresh)) {
    result.refresh = bgp::RefreshMode::normal;
  }
  negotiate_families(sent, received, result);
  return result;
}

void agree_on_unannounced(const Parameters& parameters, const bgp::Open& sent, const bgp::Open& received, bgp::Negotiated& negotiated) {
  negotiated.aigp = parameters.aigp;
  if (!negotiated.internal()) negotiated.role = parameters.role;
  if (!sent.capabilities.has(CapabilityCode::extended_next_hop) || !received.capabilities.has(CapabilityCode::extended_next_hop)) return;
  for (const bgp::ExtendedNextHop& entry : parameters.extended_next_hops) {
    if (entry.next_hop_afi == Afi::ipv4 && negotiated.family_set.contains(entry.family)) negotiated.extended_next_hops.push_back(entry);
  }
}

base::Result<void> validate(const Parameters& parameters, const bgp::Open& sent, const bgp::Open& received,
                            const bgp::Negotiated& negotiated) {
  const base::Asn peer_as = negotiated.peer_as;
  if (parameters.peer_as && peer_as != *parameters.peer_as) {
    return base::Error::notification_with_text(2, 2,
                                               fmt::format("ASN in OPEN ({}) did not match ASN expected ({})",
                                                           base::value(peer_as), base::value(*parameters.peer_as)));
  }
  // RFC 7607 section 2, for neighbors whose AS is not configured, and whichever of the two fields says it.
  if (base::value(peer_as) == 0 || received.capabilities.asn4 == base::Asn{0}) {
    return base::Error::notification_with_text(2, 2, "ASN in OPEN (0) is reserved");
  }
  if (base::value(received.router_id) == 0) {
    return bad_identifier(received.router_id, fmt::format("{} is an invalid router_id", base::to_string(received.router_id)));
  }
  if (negotiated.internal() && sent.router_id == received.router_id) {
    return bad_identifier(received.router_id,
                          fmt::format("BGP Identifier collision, same router-id ({}) on both sides of this IBGP session",
                                      base::to_string(received.router_id)));
  }
  if (received.hold_time_s == 1 || received.hold_time_s == 2) {
    base::Buffer data;
    base::ByteWriter(data).u16(received.hold_time_s);
    return base::Error::notification(2, 6, fmt::format("Hold Time is invalid ({})", received.hold_time_s), std::move(data));
  }
  if (auto valid = validate_role(parameters, received, negotiated); !valid) return valid;
  return validate_multisession(sent, received);
}

}  // namespace tandem::session
