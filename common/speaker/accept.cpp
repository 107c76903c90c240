// Which neighbor an accepted connection belongs to, and whether it may come in.
#include <fmt/core.h>

#include "common/bgp/message/notification.hpp"
#include "common/speaker/daemon.hpp"
#include "common/speaker/limits.hpp"

namespace tandem::speaker {

namespace {
constexpr std::uint8_t k_cease_rejected = 5;
constexpr std::uint8_t k_cease_deconfigured = 3;

// A link-local address is one of its interface only: two neighbors may have the same.
bool matches(const config::Neighbor& neighbor, const process::IncomingConnection& connection) {
  const bool elsewhere = connection.remote.address.is_link_local() && !neighbor.source_interface.empty() &&
                         neighbor.source_interface != connection.interface;
  return !elsewhere && neighbor.peer.contains(connection.remote.address) &&
         (!neighbor.local_address || neighbor.local_address == connection.local.address);
}
}  // namespace

void Daemon::accept_session(process::IncomingConnection connection) { listeners_.sessions().push_back(std::move(connection)); }

// A member of a range is a peer of its own, with the addresses of its connection, until its session ends.
std::shared_ptr<const config::Neighbor> Daemon::member_of(const Range& range, const base::IpAddress& local,
                                                          const base::IpAddress& remote, const std::string& interface) {
  auto member = std::make_shared<config::Neighbor>(*range.without_routes);
  member->peer = {remote, static_cast<std::uint8_t>(remote.bits())};
  member->local_address = local;
  if (remote.is_link_local()) member->source_interface = interface;
  if (!member->router_id && local.is_v4()) member->router_id = base::RouterId{local.v4_value()};
  return member;
}

std::size_t Daemon::member_limit(const Range& range) {
  const std::uint32_t written = range.neighbor->member_limit;
  return written != 0 ? written : k_range_members;
}

// Whoever is inside a range can connect, so its members are bounded. One that has not said anything gives way to the next, the oldest
// first; those that have are never put out.
bool Daemon::make_room_in(const Range& range) {
  std::size_t members = 0;
  Peer* silent = nullptr;
  for (const auto& peer : peers_) {
    if (peer->provenance().range != range.neighbor || peer->stopped()) continue;
    ++members;
    if (silent == nullptr && peer->awaits_open()) silent = peer.get();
  }
  if (members < member_limit(range)) return true;
  if (silent == nullptr) return false;
  silent->stop(k_cease_rejected, "stop, message [too many members of the range]", now());
  return true;
}

// What a neighbor demands of the kernel, whichever listener its connection came through: one of tcp.bind knows no TTL (RFC 5082), and it
// may have listened without the neighbor's key (RFC 2385), for lack of room or because the key is younger than the connection.
bool Daemon::admit(const config::Neighbor& neighbor, const process::IncomingConnection& connection) {
  base::Result<void> guarded;
  if (!neighbor.md5_password.empty()) {
    guarded = host_.require_md5_key(connection.fd.get(), {connection.remote.address, neighbor.md5_password});
  }
  if (guarded && neighbor.incoming_ttl != 0) guarded = host_.set_minimum_ttl(connection.fd.get(), neighbor.incoming_ttl);
  if (!guarded) {
    refusals_.write(now(), base::LogLevel::error, "{}: connection from {} refused: {}", config::peer_key(neighbor),
                    connection.remote.text(), guarded.error().reason());
  }
  return guarded.has_value();
}

void Daemon::attach(process::IncomingConnection connection) {
  for (const auto& peer : peers_) {
    if (peer->stopped() || !matches(peer->neighbor(), connection)) continue;
    if (peer->settling()) {
      peer->mark_due();
      accept_session(std::move(connection));  // once the session before it is over
    } else if (admit(peer->next_definition(), connection)) {
      peer->accept(std::move(connection.fd), connection.local, connection.remote, now());
    }
    return;
  }
  const Range* range = nullptr;
  for (const Range& candidate : ranges_) {
    if (!matches(*candidate.neighbor, connection)) continue;
    if (range != nullptr) {
      reject(std::move(connection.fd),
             bgp::make_cease(k_cease_rejected, "could not accept the connection (more than one neighbor match)"), now());
      return;
    }
    range = &candidate;
  }
  if (range == nullptr) {
    refusals_.write(now(), base::LogLevel::info, "no session is configured for {}", connection.remote.text());
    reject(std::move(connection.fd), bgp::make_cease(k_cease_deconfigured, "no session configured for the peer"), now());
    return;
  }
  if (!admit(*range->neighbor, connection)) return;
  if (!make_room_in(*range)) {
    refusals_.write(now(), base::LogLevel::warning, "{}: all its {} members are connected, {} is refused", config::peer_key(*range->neighbor),
                    member_limit(*range), connection.remote.address.text());
    reject(std::move(connection.fd), bgp::make_cease(k_cease_rejected, "could not accept the connection (too many members of the range)"),
           now());
    return;
  }
  Peer& peer = add_peer(member_of(*range, connection.local.address, connection.remote.address, connection.interface),
                        {Provenance::Kind::range_member, range->neighbor});
  peer.accept(std::move(connection.fd), connection.local, connection.remote, now());
}

}  // namespace tandem::speaker
