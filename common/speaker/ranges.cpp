#include "common/speaker/ranges.hpp"

#include <utility>

#include "common/speaker/limits.hpp"

namespace tandem::speaker {

std::shared_ptr<const config::Neighbor> Range::member(const base::IpAddress& local, const base::IpAddress& remote,
                                                     const std::string& interface) const {
  auto member = std::make_shared<config::Neighbor>(*without_routes_);
  member->peer = {remote, static_cast<std::uint8_t>(remote.bits())};
  member->local_address = local;
  if (remote.is_link_local()) member->source_interface = interface;
  if (!member->router_id && local.is_v4()) member->router_id = base::RouterId{local.v4_value()};
  return member;
}

std::size_t Range::limit() const { return neighbor_->member_limit != 0 ? neighbor_->member_limit : k_range_members; }

Peer* Range::oldest_silent() {
  for (auto member = members_.lower_bound(heard_before_); member != members_.end(); ++member) {
    heard_before_ = member->first;
    if (member->second->awaits_open()) return member->second;
  }
  return nullptr;
}

void Range::take_members(Range& from) {
  members_ = std::exchange(from.members_, {});
  std::erase_if(members_, [](const auto& member) { return member.second->stopped(); });
  heard_before_ = from.heard_before_;
}

std::shared_ptr<const config::Neighbor> Ranges::add(config::Neighbor neighbor) {
  rib::RouteList routes = std::exchange(neighbor.routes, {});
  auto without_routes = std::make_shared<const config::Neighbor>(neighbor);
  neighbor.routes = std::move(routes);
  auto whole = std::make_shared<const config::Neighbor>(std::move(neighbor));
  add(whole, std::move(without_routes));
  return whole;
}

Range& Ranges::add(std::shared_ptr<const config::Neighbor> neighbor, std::shared_ptr<const config::Neighbor> without_routes) {
  const config::Neighbor* key = neighbor.get();
  Range& range = ranges_.emplace_back(std::move(neighbor), std::move(without_routes));
  by_neighbor_.emplace(key, &range);
  return range;
}

Range* Ranges::of(const config::Neighbor* neighbor) const {
  const auto found = by_neighbor_.find(neighbor);
  return found == by_neighbor_.end() ? nullptr : found->second;
}

}  // namespace tandem::speaker
