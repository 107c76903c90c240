// What a reload changes: a pure function of the old and the new configuration.
#pragma once

#include <bitset>
#include <functional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/config/configuration.hpp"
#include "common/config/impact.hpp"
#include "common/config/route_comparison.hpp"

namespace tandem::config {

// Every keyword is equal whose row says that a change has this impact.
[[nodiscard]] bool unchanged(const Neighbor& a, const Neighbor& b, Impact impact);
// A session with `a` may go on under `b`.
[[nodiscard]] inline bool same_definition(const Neighbor& a, const Neighbor& b) { return unchanged(a, b, Impact::session); }

// Which events a program is told by any neighbor: part of its definition.
inline constexpr std::size_t k_change_flags = 5;  // events that are no messages
using EventFlags = std::bitset<k_change_flags + 2 * k_topics>;
using ProgramFlags = std::unordered_map<std::string, EventFlags>;  // by name; programs without events are missing
[[nodiscard]] ProgramFlags program_flags(const Configuration& configuration);

// Those of a configuration, not copied: they may have millions of routes.
using NeighborList = std::vector<const Neighbor*>;
[[nodiscard]] NeighborList neighbors_of(const Configuration& configuration);

struct ReloadDiff {
  std::vector<std::size_t> added;                             // positions in the new configuration
  std::vector<std::size_t> removed;                           // positions in the old one
  std::vector<std::pair<std::size_t, std::size_t>> changed;   // old, new: the session starts anew
  std::vector<std::pair<std::size_t, std::size_t>> kept;      // old, new: routes and api only
};
// `old_key` gives the key of a position in the old configuration, for whoever has them already: there may be thousands.
[[nodiscard]] ReloadDiff diff(const NeighborList& before, const NeighborList& after, const std::function<std::string(std::size_t)>& old_key = nullptr);

// What a reload does to one neighbor, and why.
struct NeighborChange {
  const Neighbor* before = nullptr;           // null: it is new
  const Neighbor* after = nullptr;            // null: it goes
  Impact impact = Impact::nothing;            // the greatest of what has changed
  std::vector<std::string_view> keywords;     // whose change has this impact, in the order of the rows; none for routes, which are counted
  std::size_t announced = 0, withdrawn = 0;   // routes; of one that goes none are counted
};
// In the order of the new configuration; those that go stand at the end. `compared`: their routes, as far as they are known already; may be null.
[[nodiscard]] std::vector<NeighborChange> explain(const NeighborList& before, const NeighborList& after, const RouteComparisons* compared = nullptr);

// Every keyword with what a reload that changes it does, as a table of Markdown: docs/reload.md has it.
[[nodiscard]] std::string reload_table();

}  // namespace tandem::config
