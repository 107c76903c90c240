// Which neighbor an accepted connection belongs to (spec session.md 1.3).
#include <fmt/core.h>

#include "common/bgp/message/notification.hpp"
#include "common/speaker/daemon.hpp"
#include "common/speaker/limits.hpp"

namespace tandem::speaker {

namespace {
constexpr std::uint8_t k_cease_rejected = 5;
constexpr std::uint8_t k_cease_deconfigured = 3;

bool matches(const config::Neighbor& neighbor, const base::Endpoint& local, const base::Endpoint& remote) {
  return neighbor.peer.contains(remote.address) && (!neighbor.local_address || neighbor.local_address == local.address);
}
}  // namespace

void Daemon::accept_session(Acceptance acceptance, base::TimePoint) { accepted_.push_back(std::move(acceptance)); }

// A member of a range is a peer of its own, with the addresses of its connection, until its session ends.
std::shared_ptr<const config::Neighbor> Daemon::member_of(const Range& range, const base::IpAddress& local,
                                                          const base::IpAddress& remote) {
  auto member = std::make_shared<config::Neighbor>(*range.without_routes);
  member->peer = {remote, static_cast<std::uint8_t>(remote.bits())};
  member->local_address = local;
  if (!member->router_id && local.is_v4()) member->router_id = base::RouterId{local.v4_value()};
  return member;
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
  if (members < k_range_members) return true;
  if (silent == nullptr) return false;
  silent->stop(k_cease_rejected, "stop, message [too many members of the range]", now_);
  return true;
}

void Daemon::attach(Acceptance acceptance) {
  for (const auto& peer : peers_) {
    if (peer->stopped() || !matches(peer->neighbor(), acceptance.local, acceptance.remote)) continue;
    if (peer->settling()) {
      peer->mark_due();
      accepted_.push_back(std::move(acceptance));  // once the session before it is over
      return;
    }
    peer->accept(std::move(acceptance.fd), acceptance.local, acceptance.remote, now_);
    return;
  }
  const Range* range = nullptr;
  for (const Range& candidate : ranges_) {
    if (!matches(*candidate.neighbor, acceptance.local, acceptance.remote)) continue;
    if (range != nullptr) {
      reject(std::move(acceptance.fd),
             bgp::make_cease(k_cease_rejected, "could not accept the connection (more than one neighbor match)"), now_);
      return;
    }
    range = &candidate;
  }
  if (range == nullptr) {
    base::log(base::LogCategory::network, base::LogLevel::info, "no session is configured for {}", acceptance.remote.text());
    reject(std::move(acceptance.fd), bgp::make_cease(k_cease_deconfigured, "no session configured for the peer"), now_);
    return;
  }
  if (!make_room_in(*range)) {
    base::log(base::LogCategory::network, base::LogLevel::warning, "{}: all its {} members are connected, {} is refused",
              config::peer_key(*range->neighbor), k_range_members, acceptance.remote.address.text());
    reject(std::move(acceptance.fd), bgp::make_cease(k_cease_rejected, "could not accept the connection (too many members of the range)"),
           now_);
    return;
  }
  Peer& peer = add_peer(member_of(*range, acceptance.local.address, acceptance.remote.address),
                        {Provenance::Kind::range_member, range->neighbor});
  peer.accept(std::move(acceptance.fd), acceptance.local, acceptance.remote, now_);
}

// Spec api.md 7.2: told why, then closed.
void Daemon::reject_client(base::UniqueFd fd) {
  constexpr std::string_view k_answer = "error: maximum concurrent clients reached\ndone\n";
  auto rejection = std::make_unique<Rejection>(runtime_, std::move(fd), base::as_bytes(k_answer), now_ + k_shutdown_peers);
  rejections_.push_back(rejection.get());
  runtime_.adopt(std::move(rejection));
}

void Daemon::reject(base::UniqueFd fd, const base::NotificationCause& cause, base::TimePoint now) {
  base::Buffer message;
  bgp::encode_notification(cause.code, cause.subcode, cause.data, message);
  auto rejection = std::make_unique<Rejection>(runtime_, std::move(fd), message, now + k_shutdown_peers);
  rejections_.push_back(rejection.get());
  runtime_.adopt(std::move(rejection));
}

}  // namespace tandem::speaker
