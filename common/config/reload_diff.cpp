#include "common/config/reload_diff.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/config/neighbor_rows.hpp"

namespace tandem::config {

namespace {

// The greatest impact of what differs, and which keywords have it.
void find_impact(const Neighbor& before, const Neighbor& after, NeighborChange& change) {
  for (const NeighborRow& row : neighbor_rows()) {
    if (row.same == nullptr || row.same(before, after)) continue;
    if (row.impact > change.impact) change.keywords.clear();
    change.impact = std::max(change.impact, row.impact);
    if (row.impact == change.impact) change.keywords.push_back(row.keyword.name);
  }
}

// Lists that many neighbors share are compared once.
class RouteCounter {
 public:
  void count(NeighborChange& change, const RouteComparison* known) {
    const rib::RouteList& after = change.after->routes;
    if (change.before == nullptr) {
      change.announced = after.routes.size();
      return;
    }
    const rib::RouteList& before = change.before->routes;
    const bool plain = before.marks.empty() && after.marks.empty();
    if (plain && before.routes.shares(before_) && after.routes.shares(after_)) {
      change.announced = announced_;
      change.withdrawn = withdrawn_;
      return;
    }
    const bool knows = known != nullptr && known->is_of(before, after);
    const RouteDiff diff = knows ? known->diff() : diff_routes(before, after);
    change.announced = diff->announced.size();
    change.withdrawn = diff->withdrawn.size();
    if (!plain) return;
    before_ = before.routes;
    after_ = after.routes;
    announced_ = change.announced;
    withdrawn_ = change.withdrawn;
  }

 private:
  rib::SharedRoutes before_;  // of the last comparison
  rib::SharedRoutes after_;
  std::size_t announced_ = 0, withdrawn_ = 0;
};

constexpr std::string_view k_impact_words[] = {"nothing: what is used next has it", "the difference of the routes is sent",
                                                "the routes are sent again", "the session starts anew"};

}  // namespace

NeighborList neighbors_of(const Configuration& configuration) {
  NeighborList list;
  list.reserve(configuration.neighbors.size());
  for (const Neighbor& neighbor : configuration.neighbors) list.push_back(&neighbor);
  return list;
}

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
    note(api.engine_changes, 4);
    for (std::size_t topic = 0; topic < k_topics; ++topic) {
      note(api.receive[topic], k_change_flags + topic);
      note(api.send[topic], k_change_flags + k_topics + topic);
    }
  }
  return flags;
}

bool unchanged(const Neighbor& a, const Neighbor& b, Impact impact) {
  const auto rows = neighbor_rows();
  return std::all_of(rows.begin(), rows.end(), [&](const NeighborRow& row) { return row.impact != impact || row.same == nullptr || row.same(a, b); });
}

ReloadDiff diff(const NeighborList& before, const NeighborList& after, const std::function<std::string(std::size_t)>& old_key) {
  ReloadDiff result;
  std::unordered_map<std::string, std::size_t> old_positions;
  for (std::size_t i = 0; i < before.size(); ++i) old_positions.emplace(old_key ? old_key(i) : peer_key(*before[i]), i);
  std::vector<bool> stays(before.size(), false);
  for (std::size_t i = 0; i < after.size(); ++i) {
    const auto old = old_positions.find(peer_key(*after[i]));
    if (old == old_positions.end()) {
      result.added.push_back(i);
      continue;
    }
    stays[old->second] = true;
    const bool same = same_definition(*before[old->second], *after[i]);
    (same ? result.kept : result.changed).emplace_back(old->second, i);
  }
  for (std::size_t i = 0; i < stays.size(); ++i) {
    if (!stays[i]) result.removed.push_back(i);
  }
  return result;
}

std::vector<NeighborChange> explain(const NeighborList& before, const NeighborList& after, const RouteComparisons* compared) {
  const ReloadDiff neighbors = diff(before, after);
  std::vector<NeighborChange> changes(after.size());
  for (std::size_t i = 0; i < after.size(); ++i) changes[i].after = after[i];
  for (const auto* pairs : {&neighbors.changed, &neighbors.kept}) {
    for (const auto& [old, fresh] : *pairs) changes[fresh].before = before[old];
  }
  RouteCounter routes;
  for (std::size_t i = 0; i < after.size(); ++i) {
    NeighborChange& change = changes[i];
    routes.count(change, compared == nullptr ? nullptr : compared->find(i));
    if (change.before == nullptr) continue;
    find_impact(*change.before, *change.after, change);
    if (change.impact != Impact::nothing || change.announced + change.withdrawn == 0) continue;
    change.impact = Impact::routes;
    change.keywords.clear();
  }
  for (const std::size_t old : neighbors.removed) {
    NeighborChange gone;
    gone.before = before[old];
    changes.push_back(std::move(gone));
  }
  return changes;
}

std::string reload_table() {
  std::string table = "| keyword | written in | a reload that changes it |\n| --- | --- | --- |\n";
  for (const NeighborRow& row : neighbor_rows()) {
    table += fmt::format("| `{}` | `{}` | {} |\n", row.keyword.name, section(row.section).name, k_impact_words[static_cast<std::size_t>(row.impact)]);
  }
  return table;
}

}  // namespace tandem::config
