// What a reload changes: a pure function of the old and the new configuration.
#pragma once

#include <bitset>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/config/configuration.hpp"

namespace tandem::config {

// True when a session with `a` may go on under `b`: every keyword equal whose row says that a change needs a new session.
[[nodiscard]] bool same_definition(const Neighbor& a, const Neighbor& b);

struct RouteDiff {
  std::vector<rib::Route> announce;     // new or with other attributes, in file order
  std::vector<rib::Route> withdraw;     // gone
};
[[nodiscard]] RouteDiff diff_routes(const rib::RouteList& before, const rib::RouteList& after);

// Which events a program is told by any neighbor: part of its definition.
using EventFlags = std::bitset<4 + 2 * k_topics>;
using ProgramFlags = std::unordered_map<std::string, EventFlags>;  // by name; programs without events are missing
[[nodiscard]] ProgramFlags program_flags(const Configuration& configuration);

struct ReloadDiff {
  std::vector<std::size_t> added;                             // positions in the new configuration
  std::vector<std::size_t> removed;                           // positions in the old one
  std::vector<std::pair<std::size_t, std::size_t>> changed;   // old, new: the session starts anew
  std::vector<std::pair<std::size_t, std::size_t>> kept;      // old, new: routes and api only
};
[[nodiscard]] ReloadDiff diff(const Configuration& before, const Configuration& after);

}  // namespace tandem::config
