#include "common/speaker/acceptor.hpp"

#include <algorithm>
#include <utility>

#include "common/bgp/message/notification.hpp"
#include "common/speaker/tcp_key.hpp"

namespace tandem::speaker {

namespace {

constexpr std::uint8_t k_cease_deconfigured = 3;
constexpr std::uint8_t k_cease_rejected = 5;

// A link-local address is one of its interface only: two neighbors may have the same.
bool matches(const config::Neighbor& neighbor, const process::IncomingConnection& connection) {
  const bool elsewhere = connection.remote.address.is_link_local() && !neighbor.source_interface.empty() &&
                         neighbor.source_interface != connection.interface;
  return !elsewhere && neighbor.peer.contains(connection.remote.address) &&
         (!neighbor.local_address || neighbor.local_address == connection.local.address);
}

}  // namespace

void Acceptor::run(base::TimePoint now) {
  for (process::IncomingConnection& connection : std::exchange(listeners_.sessions(), {})) attach(std::move(connection), now);
}

Peer* Acceptor::peer_for(const process::IncomingConnection& connection) const {
  const std::vector<Peer*> peers = peers_.at(connection.remote.address);
  const auto found = std::find_if(peers.begin(), peers.end(),
                                  [&connection](const Peer* peer) { return !peer->stopped() && matches(peer->neighbor(), connection); });
  return found == peers.end() ? nullptr : *found;
}

void Acceptor::attach(process::IncomingConnection connection, base::TimePoint now) {
  Peer* peer = peer_for(connection);
  if (peer == nullptr) {
    attach_member(std::move(connection), now);
  } else if (peer->settling()) {
    peer->mark_due();
    listeners_.sessions().push_back(std::move(connection));  // once the session before it is over
  } else if (admit(peer->next_definition(), connection, now)) {
    peer->accept(std::move(connection.fd), connection.local, connection.remote, now);
  }
}

void Acceptor::attach_member(process::IncomingConnection connection, base::TimePoint now) {
  Range* range = nullptr;
  for (Range& candidate : peers_.ranges()) {
    if (!matches(*candidate.neighbor(), connection)) continue;
    if (range != nullptr) {
      rejections_.add(std::move(connection.fd),
                      bgp::make_cease(k_cease_rejected, "could not accept the connection (more than one neighbor match)"), now);
      return;
    }
    range = &candidate;
  }
  if (range == nullptr) {
    refusals_.write(now, base::LogLevel::info, "no session is configured for {}", connection.remote.text());
    rejections_.add(std::move(connection.fd), bgp::make_cease(k_cease_deconfigured, "no session configured for the peer"), now);
    return;
  }
  if (!admit(*range->neighbor(), connection, now)) return;
  if (!make_room(*range, now)) {
    refusals_.write(now, base::LogLevel::warning, "{}: all its {} members are connected, {} is refused", config::peer_key(*range->neighbor()),
                    range->limit(), connection.remote.address.text());
    rejections_.add(std::move(connection.fd), bgp::make_cease(k_cease_rejected, "could not accept the connection (too many members of the range)"),
                    now);
    return;
  }
  Peer& member = peers_.add_member(*range, connection.local.address, connection.remote.address, connection.interface, now);
  member.accept(std::move(connection.fd), connection.local, connection.remote, now);
}

// What a neighbor demands of the kernel, whichever listener its connection came through: one of tcp.bind knows no TTL (RFC 5082), and it
// may have listened without the neighbor's key (RFC 2385, 5925), for lack of room or because the key is younger than the connection.
bool Acceptor::admit(const config::Neighbor& neighbor, const process::IncomingConnection& connection, base::TimePoint now) {
  base::Result<void> guarded;
  if (const auto key = tcp_key(neighbor, connection.remote.address)) guarded = host_.require_key(connection.fd.get(), *key);
  if (guarded && neighbor.incoming_ttl != 0) guarded = host_.set_minimum_ttl(connection.fd.get(), neighbor.incoming_ttl);
  if (!guarded) {
    refusals_.write(now, base::LogLevel::error, "{}: connection from {} refused: {}", config::peer_key(neighbor), connection.remote.text(),
                    guarded.error().reason());
  }
  return guarded.has_value();
}

// Whoever is inside a range can connect, so its members are bounded. One that has not said anything gives way to the next, the oldest
// first; those that have are never put out.
bool Acceptor::make_room(Range& range, base::TimePoint now) {
  if (!range.full()) return true;
  Peer* silent = range.oldest_silent();
  if (silent == nullptr) return false;
  range.leave(*silent);
  silent->stop(k_cease_rejected, "stop, message [too many members of the range]", now);
  return true;
}

}  // namespace tandem::speaker
