// What another list of routes changes, found out a slice at a time: two lists of a million routes must not stop a round while they are
// compared.
#pragma once

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "common/rib/discards.hpp"
#include "common/rib/ordered_table.hpp"
#include "common/rib/route_difference.hpp"

namespace tandem::config {

using RouteDiff = std::shared_ptr<const rib::RouteDifference>;  // of as many neighbors as have both lists
[[nodiscard]] RouteDiff diff_routes(const rib::RouteList& before, const rib::RouteList& after);

class RouteComparison {
 public:
  RouteComparison(rib::RouteList before, rib::RouteList after);
  // Takes from the budget what it has done, in routes. True: the rest can be asked for.
  bool step(std::size_t& budget);
  [[nodiscard]] bool same_routes() const { return same_; }  // to the octet; watchdogs are not looked at
  [[nodiscard]] const RouteDiff& diff() const { return diff_; }
  // These have been compared, and not others.
  [[nodiscard]] bool is_of(const rib::RouteList& before, const rib::RouteList& after) const {
    return found_->before.shares(before.routes) && found_->after.shares(after.routes);
  }
  void discard(rib::Discards& discards);  // what it holds is to be freed by them

 private:
  using Positions = rib::OrderedTable<std::uint32_t>;  // key to a position in a list
  enum class Phase : std::uint8_t { compare, directories, index, look_up, find_gone, done };
  void compare(std::size_t& budget);
  void make_directories(std::size_t& budget);
  void index(std::size_t& budget);
  void look_up(std::size_t& budget);
  void look_at(std::uint32_t position);
  void find_gone(std::size_t& budget);
  void go_to(Phase phase);
  [[nodiscard]] std::uint32_t find_before(const rib::Route& route);

  rib::RouteList before_;
  rib::RouteList after_;
  Phase phase_ = Phase::compare;
  std::size_t next_ = 0;
  bool same_ = true;
  // A list with a directory has no NLRI twice, and finds each. For another one there are tables.
  const rib::RouteDirectory* old_directory_ = nullptr;
  const rib::RouteDirectory* new_directory_ = nullptr;
  std::size_t likely_ = 0;        // where the next route looked up may stand in the old list: most stand one behind the other in both
  Positions old_last_;            // a later route with the same NLRI supersedes the earlier one
  Positions fresh_;               // of those that are in the new list only
  std::vector<bool> old_held_;    // by their watchdog
  std::vector<bool> new_held_;
  std::vector<bool> stays_;       // of the old list
  std::shared_ptr<rib::RouteDifference> found_ = std::make_shared<rib::RouteDifference>();
  RouteDiff diff_ = found_;
};

// Those of the neighbors that two configurations have, by their positions in the new one. Lists that many share are compared once.
class RouteComparisons {
 public:
  void add(std::size_t neighbor, const rib::RouteList& before, const rib::RouteList& after);
  bool step(std::size_t& budget);
  // REQUIRES that it was added and all have been compared.
  [[nodiscard]] const RouteComparison& of(std::size_t neighbor) const { return *by_neighbor_.at(neighbor); }
  [[nodiscard]] const RouteComparison* find(std::size_t neighbor) const {  // null: it was not added
    const auto known = by_neighbor_.find(neighbor);
    return known == by_neighbor_.end() ? nullptr : known->second.get();
  }
  void discard(rib::Discards& discards);

 private:
  using Lists = std::pair<const rib::Route*, const rib::Route*>;
  std::map<std::size_t, std::shared_ptr<RouteComparison>> by_neighbor_;
  std::map<Lists, std::shared_ptr<RouteComparison>> by_lists_;  // those without watchdogs
  std::vector<std::shared_ptr<RouteComparison>> all_;
  std::size_t next_ = 0;
};

}  // namespace tandem::config
