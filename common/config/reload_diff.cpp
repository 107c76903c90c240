#include "common/config/reload_diff.hpp"

#include <algorithm>

#include "common/config/neighbor_rows.hpp"
#include "common/rib/ordered_table.hpp"

namespace tandem::config {

namespace {

using Positions = rib::OrderedTable<std::uint32_t>;  // key to a position in the list

// A later route with the same NLRI supersedes the earlier one.
Positions last_positions(const rib::RouteList& list) {
  Positions table;
  table.reserve(list.routes.size());
  for (std::size_t i = 0; i < list.routes.size(); ++i) {
    bool inserted = false;
    table.get_or_insert(list.routes[i].nlri, inserted) = static_cast<std::uint32_t>(i);
  }
  return table;
}

// Most reloads leave most neighbors alone: no table is needed to see that.
bool same_routes(const rib::RouteList& a, const rib::RouteList& b) {
  const auto same_mark = [](const rib::RouteList::WatchdogMark& x, const rib::RouteList::WatchdogMark& y) {
    return x.route == y.route && x.held == y.held && x.name == y.name;
  };
  return a.routes == b.routes && std::equal(a.marks.begin(), a.marks.end(), b.marks.begin(), b.marks.end(), same_mark);
}

std::vector<bool> held_routes(const rib::RouteList& list) {
  std::vector<bool> held(list.routes.size(), false);
  for (const rib::RouteList::WatchdogMark& mark : list.marks) held[mark.route] = mark.held;
  return held;
}

void diff_neighbors(const Configuration& before, const Configuration& after, ReloadDiff& result) {
  std::unordered_map<std::string, std::size_t> old_positions;
  for (std::size_t i = 0; i < before.neighbors.size(); ++i) old_positions.emplace(peer_key(before.neighbors[i]), i);
  std::vector<bool> stays(before.neighbors.size(), false);
  for (std::size_t i = 0; i < after.neighbors.size(); ++i) {
    const auto old = old_positions.find(peer_key(after.neighbors[i]));
    if (old == old_positions.end()) {
      result.added.push_back(i);
      continue;
    }
    stays[old->second] = true;
    const bool same = same_definition(before.neighbors[old->second], after.neighbors[i]);
    (same ? result.kept : result.changed).emplace_back(old->second, i);
  }
  for (std::size_t i = 0; i < stays.size(); ++i) {
    if (!stays[i]) result.removed.push_back(i);
  }
}

}  // namespace

ProgramFlags program_flags(const Configuration& configuration) {
  ProgramFlags flags;
  const auto note = [&](const Subscriptions::Names& names, std::size_t bit) {
    for (const std::string& name : names) flags[name].set(bit);
  };
  for (const Neighbor& neighbor : configuration.neighbors) {
    const Subscriptions& api = neighbor.api;
    note(api.neighbor_changes, 0);
    note(api.negotiated, 1);
    note(api.fsm, 2);
    note(api.signal, 3);
    for (std::size_t topic = 0; topic < k_topics; ++topic) {
      note(api.receive[topic], 4 + topic);
      note(api.send[topic], 4 + k_topics + topic);
    }
  }
  return flags;
}

bool same_definition(const Neighbor& a, const Neighbor& b) {
  const auto rows = neighbor_rows();
  return std::all_of(rows.begin(), rows.end(), [&](const NeighborRow& row) {
    return row.impact != Impact::session || row.same == nullptr || row.same(a, b);
  });
}

// A route held by its watchdog counts as not announced: the watchdog decides about it, and its state survives a reload.
// The new list is read backwards, so that the last route of an NLRI is met first and the others are known to be superseded.
RouteDiff diff_routes(const rib::RouteList& before, const rib::RouteList& after) {
  RouteDiff result;
  if (same_routes(before, after)) return result;
  const Positions old_last = last_positions(before);
  const std::vector<bool> old_held = held_routes(before);
  const std::vector<bool> new_held = held_routes(after);
  std::vector<bool> stays(before.routes.size(), false);
  Positions fresh;
  for (std::size_t i = after.routes.size(); i-- > 0;) {
    const rib::Route& route = after.routes[i];
    bool announced = false;
    if (const std::uint32_t* old = old_last.find(route.nlri); old != nullptr) {
      if (stays[*old]) continue;
      stays[*old] = true;
      announced = !old_held[*old] && before.routes[*old].attributes == route.attributes;
    } else {
      bool inserted = false;
      fresh.get_or_insert(route.nlri, inserted);
      if (!inserted) continue;
    }
    if (!announced && !new_held[i]) result.announce.push_back(route);
  }
  std::reverse(result.announce.begin(), result.announce.end());
  for (std::size_t i = 0; i < before.routes.size(); ++i) {
    const rib::Route& route = before.routes[i];
    if (!stays[i] && *old_last.find(route.nlri) == i) result.withdraw.push_back(route);
  }
  return result;
}

ReloadDiff diff(const Configuration& before, const Configuration& after) {
  ReloadDiff result;
  diff_neighbors(before, after, result);
  return result;
}

}  // namespace tandem::config
