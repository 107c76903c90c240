#include "common/speaker/peers.hpp"

#include <algorithm>
#include <utility>

namespace tandem::speaker {

namespace {
constexpr std::uint8_t k_cease_deconfigured = 3;
}

// --- how they are found ------------------------------------------------------------------------------------------------------

Peer* Peers::find(api::PeerId id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

std::vector<Peer*> Peers::at(const base::IpAddress& address) const {
  std::vector<Peer*> peers;
  const auto [first, last] = by_address_.equal_range(address);
  std::transform(first, last, std::back_inserter(peers), [](const auto& entry) { return entry.second; });
  return peers;
}

Peer& Peers::add(PeerDefinition definition, base::TimePoint now) {
  api::PeerId id = next_id_;
  if (free_ids_.empty()) {
    ++next_id_;
  } else {
    id = free_ids_.back();
    free_ids_.pop_back();
  }
  PeerKeeper& keeper = *this;
  peers_.push_back(std::make_unique<Peer>(context_, keeper, id, std::move(definition), now));
  Peer& peer = *peers_.back();
  by_id_[id] = &peer;
  by_address_.emplace(peer.address(), &peer);
  schedule_.append(id);
  schedule_.mark_due(id);
  ++revision_;
  return peer;
}

Peer& Peers::add_member(Range& range, const base::IpAddress& local, const base::IpAddress& remote, const std::string& interface,
                        base::TimePoint now) {
  Peer& peer = add({range.member(local, remote, interface), {Provenance::Kind::range_member, range.neighbor(), ++last_member_}}, now);
  range.join(peer);
  return peer;
}

base::Result<void> Peers::create(std::shared_ptr<const config::Neighbor> neighbor, base::TimePoint now) {
  PeerDefinition definition(std::move(neighbor), {Provenance::Kind::command, nullptr, 0});
  for (const Peer* peer : at(definition.neighbor->peer.address)) {
    if (!peer->stopped() && peer->key() == definition.key) return base::Error("peer already exists: " + definition.key);
  }
  add(std::move(definition), now).start(now);
  return {};
}

void Peers::remove(Peer& peer, base::TimePoint now) {
  if (peer.stopped()) return;
  leave_range(peer);
  if (peer.provenance().kind == Provenance::Kind::configured) {
    std::erase_if(neighbors_, [&peer](const auto& neighbor) {
      return neighbor->peer.address == peer.address() && config::peer_key(*neighbor) == peer.key();
    });
  }
  context_.discards.retire(rib::SharedRoutes(peer.definition().routes().routes));
  peer.stop(k_cease_deconfigured, "stop, message [removed]", now);
  ++revision_;
}

void Peers::forget(const Peer& peer) {
  leave_range(peer);
  schedule_.forget(peer.id());
  by_id_.erase(peer.id());
  const auto [first, last] = by_address_.equal_range(peer.address());
  const auto entry = std::find_if(first, last, [&peer](const auto& candidate) { return candidate.second == &peer; });
  if (entry != last) by_address_.erase(entry);
  free_ids_.push_back(peer.id());
}

void Peers::leave_range(const Peer& peer) {
  if (!peer.ephemeral()) return;
  if (Range* range = ranges_.of(peer.provenance().range.get())) range->leave(peer);
}

// --- the round ---------------------------------------------------------------------------------------------------------------

bool Peers::run(base::TimePoint now) {
  if (!schedule_.begin(now)) return false;
  bool again = false;
  const auto number = [this](std::size_t place) { return peers_[place]->id(); };
  for (std::optional<std::size_t> place = schedule_.take_from(0, number); place; place = schedule_.take_from(*place + 1, number)) {
    const std::unique_ptr<Peer>& peer = peers_[*place];
    if (peer->turn(now)) {
      schedule_.mark_due(peer->id());
      again = true;
    }
    if (peer->stopped()) leave_range(*peer);
    any_finished_ |= peer->finished();
    if (const auto deadline = peer->deadline()) schedule_.at(peer->id(), *deadline);
  }
  return again;
}

void Peers::arrange() {
  schedule_.arrange(peers_.size(), [this](std::size_t place) { return peers_[place]->id(); });
}

void Peers::holds_commands(api::PeerId peer, bool begins) {
  holding_.fresh = true;
  if (begins) holding_.peers.push_back(peer);
}

bool Peers::drop_finished() {
  if (!std::exchange(any_finished_, false)) return false;
  const auto finished = [this](const std::unique_ptr<Peer>& peer) {
    if (!peer->finished()) return false;
    forget(*peer);
    return true;
  };
  if (std::erase_if(peers_, finished) == 0) return true;
  ++revision_;
  arrange();
  return true;
}

}  // namespace tandem::speaker
