// What a configuration makes of the peers there are: some end, some begin, some get another definition or other routes.
#include <algorithm>
#include <unordered_map>
#include <utility>

#include "common/speaker/peers.hpp"

namespace tandem::speaker {

namespace {

constexpr std::uint8_t k_cease_deconfigured = 3;
constexpr std::string_view k_removed = "stop, message [removed]";

// Routes that a reload leaves as they are stay where they are, and what was read again goes.
void keep_routes(const config::NeighborList& before, config::Configuration& after, const config::ReloadDiff& diff,
                 const config::RouteComparisons& routes) {
  const auto keep = [&](const std::pair<std::size_t, std::size_t>& pair) {
    if (routes.of(pair.second).same_routes()) after.neighbors[pair.second].routes.routes = before[pair.first]->routes.routes;
  };
  std::for_each(diff.kept.begin(), diff.kept.end(), keep);
  std::for_each(diff.changed.begin(), diff.changed.end(), keep);
}

}  // namespace

config::NeighborList Peers::configured() const {
  config::NeighborList list;
  list.reserve(neighbors_.size());
  for (const auto& neighbor : neighbors_) list.push_back(neighbor.get());
  return list;
}

// Of a configuration, while it is adopted.
struct Peers::Adopted {
  const config::ReloadDiff& diff;
  const config::RouteComparisons& routes;
  Neighbors neighbors{};
  Ranges ranges{};
  Changes changes{};
  [[nodiscard]] const config::RouteDiff& changed(std::size_t neighbor) {
    const config::RouteDiff& its = routes.of(neighbor).diff();
    changes.announced += its->announced.size();
    changes.withdrawn += its->withdrawn.size();
    return its;
  }
};

// The neighbors of configured peers have their keys already.
config::ReloadDiff Peers::diff(const config::NeighborList& before, const config::Configuration& configuration) const {
  std::unordered_map<const config::Neighbor*, const Peer*> peers;
  for (const auto& peer : peers_) {
    if (!peer->ephemeral() && !peer->stopped()) peers[&peer->neighbor()] = peer.get();
  }
  return config::diff(before, config::neighbors_of(configuration), [&](std::size_t position) {
    const auto known = peers.find(before[position]);
    return known == peers.end() ? config::peer_key(*before[position]) : known->second->key();
  });
}

Peers::Comparison Peers::compare(const config::Configuration& configuration) const {
  Comparison compared;
  compared.before = configured();
  compared.diff = diff(compared.before, configuration);
  for (const auto* pairs : {&compared.diff.kept, &compared.diff.changed}) {
    for (const auto& [old, fresh] : *pairs) compared.routes.add(fresh, compared.before[old]->routes, configuration.neighbors[fresh].routes);
  }
  return compared;
}

Peers::Changes Peers::adopt(config::Configuration configuration, Comparison compared, bool restart_sessions, base::TimePoint now) {
  const config::NeighborList before = configured();
  if (compared.before != before) compared.diff = this->diff(before, configuration);  // a command has removed one
  const config::ReloadDiff& diff = compared.diff;
  config::RouteComparisons& routes = compared.routes;
  keep_routes(before, configuration, diff, routes);
  Adopted adopted{diff, routes};
  adopted.changes.added = diff.added.size();
  adopted.changes.removed = diff.removed.size();
  adopted.changes.changed = diff.changed.size();
  for (config::Neighbor& neighbor : configuration.neighbors) {
    adopted.neighbors.push_back(neighbor.is_range() ? adopted.ranges.add(std::move(neighbor))
                                                    : std::make_shared<const config::Neighbor>(std::move(neighbor)));
  }
  adopt(adopted, restart_sessions, now);
  neighbors_ = std::move(adopted.neighbors);
  ranges_ = std::move(adopted.ranges);
  routes.discard(context_.discards);
  any_finished_ = true;
  sort();
  for (const auto& peer : peers_) peer->resubscribe();
  ++revision_;
  return adopted.changes;
}

void Peers::adopt(Adopted& adopted, bool restart_sessions, base::TimePoint now) {
  const config::ReloadDiff& diff = adopted.diff;
  const Neighbors& neighbors = adopted.neighbors;
  std::unordered_map<const config::Neighbor*, Peer*> running;  // by what they are or will be
  for (const auto& peer : peers_) {
    if (peer->stopped()) continue;
    switch (peer->provenance().kind) {
      case Provenance::Kind::configured: running[&peer->next_definition()] = peer.get(); break;
      case Provenance::Kind::range_member: break;  // as its range
      case Provenance::Kind::command: peer->stop(k_cease_deconfigured, k_removed, now); break;
    }
  }
  const auto peer_of = [&running](const config::Neighbor& neighbor) -> Peer* {
    const auto found = running.find(&neighbor);
    return found == running.end() ? nullptr : found->second;
  };
  // One that is given up (tcp.attempts) begins again, too; a range has no peer until somebody connects.
  const auto begin = [&](const std::shared_ptr<const config::Neighbor>& neighbor) {
    if (!neighbor->is_range()) add({neighbor, {}}, now).start(now);
  };

  for (const std::size_t old : diff.removed) {
    if (const Range* range = ranges_.of(neighbors_[old].get())) end_members(*range, now);
    if (Peer* peer = peer_of(*neighbors_[old])) peer->stop(k_cease_deconfigured, k_removed, now);
    context_.discards.retire(rib::SharedRoutes(neighbors_[old]->routes.routes));
  }
  for (const auto& [old, fresh] : diff.changed) {
    if (const Range* range = ranges_.of(neighbors_[old].get())) end_members(*range, now);
    if (Peer* peer = peer_of(*neighbors_[old])) {
      peer->replace(neighbors[fresh], adopted.changed(fresh), now);
    } else {
      begin(neighbors[fresh]);
    }
  }
  for (const auto& [old, fresh] : diff.kept) {
    if (Range* range = ranges_.of(neighbors_[old].get())) {
      hand_over_members(*range, *adopted.ranges.of(neighbors[fresh].get()), adopted.routes.of(fresh).diff(), restart_sessions, now);
    }
    if (Peer* peer = peer_of(*neighbors_[old])) {
      peer->update(neighbors[fresh], {}, adopted.changed(fresh));
      if (restart_sessions) peer->restart(now);
    } else {
      begin(neighbors[fresh]);
    }
  }
  for (const std::size_t fresh : diff.added) begin(neighbors[fresh]);
}

// A new connection finds what is configured then.
void Peers::end_members(const Range& range, base::TimePoint now) {
  for (const auto& [number, peer] : range.members()) {
    if (!peer->stopped()) peer->stop(k_cease_deconfigured, k_removed, now);
  }
}

void Peers::hand_over_members(Range& before, Range& after, const config::RouteDiff& routes, bool restart, base::TimePoint now) {
  after.take_members(before);
  for (const auto& [number, peer] : after.members()) {
    const config::Neighbor& member = peer->neighbor();
    peer->update(after.member(member.local_address, member.peer.address, member.source_interface),
                 {Provenance::Kind::range_member, after.neighbor(), number}, routes);
    if (restart) peer->restart(now);
  }
}

void Peers::sort() {
  std::unordered_map<const config::Neighbor*, std::size_t> positions;
  for (std::size_t i = 0; i < neighbors_.size(); ++i) positions.emplace(neighbors_[i].get(), i);
  const auto position = [&](const Peer& peer) {
    const auto found = positions.find(&peer.next_definition());
    return peer.ephemeral() || peer.stopped() || found == positions.end() ? positions.size() : found->second;
  };
  std::vector<std::pair<std::size_t, std::unique_ptr<Peer>>> order;
  order.reserve(peers_.size());
  for (auto& peer : peers_) order.emplace_back(position(*peer), std::move(peer));
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  by_address_.clear();
  for (std::size_t i = 0; i < order.size(); ++i) {
    peers_[i] = std::move(order[i].second);
    by_address_.emplace(peers_[i]->address(), peers_[i].get());
  }
  arrange();
}

}  // namespace tandem::speaker
