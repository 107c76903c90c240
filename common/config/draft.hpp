// What was written about a neighbor, before anything is decided: raw values that know whether and where they were set. Templates
// are drafts too; merging copies them into the neighbor's draft, checking reads the result once.
#pragma once

#include <algorithm>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/bgp/dialect.hpp"
#include "common/config/configuration.hpp"
#include "common/config/tokenizer.hpp"

namespace tandem::config {

template <typename Value>
struct Given {
  std::optional<Value> value;
  Place place;  // of the statement that set it

  void set(Value v, Place at) {
    value = std::move(v);
    place = at;
  }
  [[nodiscard]] bool is_set() const { return value.has_value(); }
  [[nodiscard]] Value value_or(Value fallback) const { return value.value_or(std::move(fallback)); }
};

struct NamedPlace {
  std::string name;
  Place place;
};

struct FamilyEntry {
  bgp::Family family;
  Place place;
};
struct AddPathEntry {
  bgp::Family family;
  std::uint16_t limit = 0;  // 0: none
  Place place;
};
struct NextHopEntry {
  bgp::ExtendedNextHop value;
  Place place;
};

struct PrefixLimitEntry {
  PrefixLimit value;
  Place place;
};

struct ApiDraft {
  using Flags = std::bitset<k_topics>;
  std::string name;  // empty: unnamed
  std::vector<NamedPlace> processes;
  std::vector<NamedPlace> matches;  // regular expressions
  Place processes_place;            // of the first statement of each form; line 0: none
  Place matches_place;
  bool neighbor_changes = false;
  bool negotiated = false;
  bool fsm = false;
  bool signal = false;
  bool engine_changes = false;
  bool await_ready = false;
  Flags receive;
  Flags send;
};

// Where the routes of a RouteList stand, and the `self` of those whose next hop waits to be resolved.
class RoutePlaces {
 public:
  // `self`: of no line when there is none.
  void add(Place statement, Place self) {
    if (self.line != 0) selves_.emplace_back(static_cast<std::uint32_t>(statements_.size()), self);
    statements_.push_back(statement);
  }
  void append(const RoutePlaces& other) {
    const auto offset = static_cast<std::uint32_t>(statements_.size());
    statements_.insert(statements_.end(), other.statements_.begin(), other.statements_.end());
    for (const auto& [position, self] : other.selves_) selves_.emplace_back(position + offset, self);
  }
  [[nodiscard]] Place statement(std::size_t position) const { return statements_[position]; }
  // That of its `self`; where there is none, that of the statement.
  [[nodiscard]] Place self(std::size_t position) const {
    const auto found = std::lower_bound(selves_.begin(), selves_.end(), position, [](const auto& one, std::size_t other) { return one.first < other; });
    return found != selves_.end() && found->first == position ? found->second : statements_[position];
  }

 private:
  std::vector<Place> statements_;                        // of each route: there may be millions
  std::vector<std::pair<std::uint32_t, Place>> selves_;  // ascending by position
};

struct NeighborDraft {
  base::Location location;  // of the `neighbor` word
  std::vector<std::string> failed;  // keywords and sections with an error, whose absence is nobody's fault
  [[nodiscard]] bool has_failed(std::string_view word) const { return std::find(failed.begin(), failed.end(), word) != failed.end(); }

#define TANDEM_VALUE(section, member, keyword, Kind, bare, fallback, impact, reader, help) Given<Kind::Type> member;
#include "common/config/neighbor_keywords.inc"

  Place tcp_ao;  // where the section begins
  std::vector<NamedPlace> inherit;
  bool all_families = false;
  bgp::Dialect dialect = bgp::Dialect::main;  // whose families these are
  std::vector<FamilyEntry> families;
  bool all_add_path = false;
  std::vector<AddPathEntry> add_path_entries;
  std::vector<NextHopEntry> next_hops;
  std::vector<PrefixLimitEntry> prefix_limits;
  std::vector<bgp::Operational> operational_messages;
  std::vector<ApiDraft> apis;
  rib::RouteList routes;
  RoutePlaces route_places;  // of routes.routes
};

}  // namespace tandem::config
