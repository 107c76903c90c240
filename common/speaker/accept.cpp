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

void Daemon::attach(Acceptance acceptance) {
  for (const auto& peer : peers_) {
    if (peer->neighbor().is_range() || peer->gone() || !matches(peer->neighbor(), acceptance.local, acceptance.remote)) continue;
    peer->accept(std::move(acceptance.fd), acceptance.local, acceptance.remote, now_);
    return;
  }
  std::shared_ptr<const config::Neighbor> range;
  for (const auto& neighbor : neighbors_) {
    if (!neighbor->is_range() || !matches(*neighbor, acceptance.local, acceptance.remote)) continue;
    if (range) {
      reject(std::move(acceptance.fd),
             bgp::make_cease(k_cease_rejected, "could not accept the connection (more than one neighbor match)"), now_);
      return;
    }
    range = neighbor;
  }
  if (!range) {
    base::log(base::LogCategory::network, base::LogLevel::info, "no session is configured for {}", acceptance.remote.text());
    reject(std::move(acceptance.fd), bgp::make_cease(k_cease_deconfigured, "no session configured for the peer"), now_);
    return;
  }
  // A member of a range becomes a peer of its own, with the addresses of this connection, until its session ends.
  auto member = std::make_shared<config::Neighbor>(*range);
  member->peer = {acceptance.remote.address, static_cast<std::uint8_t>(acceptance.remote.address.bits())};
  member->local_address = acceptance.local.address;
  if (!member->router_id && acceptance.local.address.is_v4()) member->router_id = base::RouterId{acceptance.local.address.v4_value()};
  add_peer(std::move(member), true);
  peers_.back()->accept(std::move(acceptance.fd), acceptance.local, acceptance.remote, now_);
}

void Daemon::reject(base::UniqueFd fd, const base::NotificationCause& cause, base::TimePoint now) {
  base::Buffer message;
  bgp::encode_notification(cause.code, cause.subcode, cause.data, message);
  auto rejection = std::make_unique<Rejection>(runtime_, std::move(fd), message, now + k_shutdown_peers);
  rejections_.push_back(rejection.get());
  runtime_.adopt(std::move(rejection));
}

}  // namespace tandem::speaker
