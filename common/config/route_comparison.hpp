// What another list of routes changes, found out a slice at a time: two lists of a million routes must not stop a round while they are
// compared.
#pragma once

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "common/rib/discards.hpp"
#include "common/rib/ordered_table.hpp"
#include "common/rib/shared_routes.hpp"

namespace tandem::config {

struct RouteDiff {
  std::vector<rib::Route> announce;     // new or with other attributes, in file order
  std::vector<rib::Route> withdraw;     // gone
};
[[nodiscard]] RouteDiff diff_routes(const rib::RouteList& before, const rib::RouteList& after);

class RouteComparison {
 public:
  RouteComparison(rib::RouteList before, rib::RouteList after);
  // Takes from the budget what it has done, in routes. True: the rest can be asked for.
  bool step(std::size_t& budget);
  [[nodiscard]] bool same_routes() const { return same_; }  // to the octet; watchdogs are not looked at
  [[nodiscard]] const RouteDiff& diff() const { return diff_; }
  [[nodiscard]] RouteDiff take_diff() { return std::move(diff_); }
  void discard(rib::Discards& discards);  // what it holds is to be freed by them

 private:
  using Positions = rib::OrderedTable<std::uint32_t>;  // key to a position in a list
  enum class Phase : std::uint8_t { compare, index, look_up, find_gone, done };
  void compare(std::size_t& budget);
  void index(std::size_t& budget);
  void look_up(std::size_t& budget);
  void look_at(std::size_t position);
  void find_gone(std::size_t& budget);
  void go_to(Phase phase);

  rib::RouteList before_;
  rib::RouteList after_;
  Phase phase_ = Phase::compare;
  std::size_t next_ = 0;
  bool same_ = true;
  Positions old_last_;            // a later route with the same NLRI supersedes the earlier one
  Positions fresh_;               // of those that are in the new list only
  std::vector<bool> old_held_;    // by their watchdog
  std::vector<bool> new_held_;
  std::vector<bool> stays_;       // of the old list
  RouteDiff diff_;
};

// Those of the neighbors that two configurations have, by their positions in the new one. Lists that many share are compared once.
class RouteComparisons {
 public:
  void add(std::size_t neighbor, const rib::RouteList& before, const rib::RouteList& after);
  bool step(std::size_t& budget);
  // REQUIRES that it was added and all have been compared.
  [[nodiscard]] const RouteComparison& of(std::size_t neighbor) const { return *by_neighbor_.at(neighbor); }
  void discard(rib::Discards& discards);

 private:
  using Lists = std::pair<const rib::Route*, const rib::Route*>;
  std::map<std::size_t, std::shared_ptr<RouteComparison>> by_neighbor_;
  std::map<Lists, std::shared_ptr<RouteComparison>> by_lists_;  // those without watchdogs
  std::vector<std::shared_ptr<RouteComparison>> all_;
  std::size_t next_ = 0;
};

}  // namespace tandem::config
