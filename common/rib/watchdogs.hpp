// Routes filed under the name of a watchdog, which a program announces and withdraws together: as many as a table has, so that is done in slices,
// and of a route that somebody asks for at once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/rib/ordered_table.hpp"
#include "common/rib/route.hpp"

namespace tandem::rib {

class Watchdogs {
 public:
  // REQUIRES that the route is settled.
  void file(const std::string& name, const Route& route, bool held) {
    bool inserted = false;
    groups_[name].get_or_insert(route.nlri, inserted) = Filed{route.attributes, held, moves_so_far_};
  }

  void unfile(const bgp::NlriKey& key) {
    for (auto group = groups_.begin(); group != groups_.end();) {
      group->second.erase(key);
      if (!group->second.empty()) {
        ++group;
        continue;
      }
      std::erase_if(moves_, [&group](const Move& move) { return move.name == group->first; });
      group = groups_.erase(group);
    }
  }

  // Every route that is filed under the name now and is not there yet is to be moved to `held`, when what was to become of it before has.
  void set(std::string_view name, bool held) {
    if (groups_.contains(name)) moves_.push_back({std::string(name), held, ++moves_so_far_, {}});
  }
  static constexpr std::size_t k_waiting = 4;  // who says more before that is done has it done at once
  [[nodiscard]] bool full() const { return moves_.size() >= k_waiting; }
  [[nodiscard]] bool busy() const { return !moves_.empty(); }
  // A slice of that: moved(const NlriKey&, const AttributeSetRef&, bool held) for each. Takes from the budget what it has done, in routes.
  template <typename Moved>
  void work(std::size_t& budget, Moved&& moved);
  // ... and of one route all of it.
  template <typename Moved>
  void settle(const bgp::NlriKey& key, Moved&& moved) {
    for (std::size_t i = 0; i < moves_.size(); ++i) settle(moves_[i], key, moved);
  }

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [groups, moves, moves_so_far] = self;
    archive.object(self, "watchdogs")("groups", groups)("moves", moves)("moves_so_far", moves_so_far);
  }
  [[nodiscard]] std::string_view objection() const {
    const auto goes_on = [this](const Move& move) {
      const auto group = groups_.find(move.name);
      return move.number <= moves_so_far_ && (!move.walk.begun() || (group != groups_.end() && group->second.has(move.walk)));
    };
    return std::all_of(moves_.begin(), moves_.end(), goes_on) ? "" : "routes of a watchdog are moved that are not there";
  }

 private:
  struct Filed {
    AttributeSetRef attributes;
    bool held = false;
    std::uint32_t moves = 0;  // up to this one it has been moved, or was filed behind it
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [attributes, held, moves] = self;
      archive.object(self, "filed_route")("attributes", attributes)("held", held)("moves", moves);
    }
    [[nodiscard]] std::string_view objection() const { return attributes && !attributes->next_hop().self ? "" : "a filed route has no next hop yet"; }
  };
  using Group = OrderedTable<Filed>;
  struct Move {
    std::string name;
    bool held = false;
    std::uint32_t number = 0;
    TableWalk walk;
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [name, held, number, walk] = self;
      archive.object(self, "watchdog_move")("name", name)("held", held)("number", number)("walk", walk);
    }
  };
  template <typename Moved>
  void settle(const Move& move, const bgp::NlriKey& key, Moved&& moved) {
    const auto group = groups_.find(move.name);
    Filed* filed = group == groups_.end() ? nullptr : group->second.find(key);
    if (filed == nullptr || filed->moves >= move.number) return;
    filed->moves = move.number;
    if (filed->held == move.held) return;
    filed->held = move.held;
    moved(key, AttributeSetRef(filed->attributes), move.held);
  }

  std::map<std::string, Group, std::less<>> groups_;
  std::vector<Move> moves_;  // one after the other
  std::uint32_t moves_so_far_ = 0;
};

template <typename Moved>
void Watchdogs::work(std::size_t& budget, Moved&& moved) {
  std::vector<bgp::NlriKey> slice;
  while (!moves_.empty() && budget > 0) {
    const auto group = groups_.find(moves_.front().name);
    slice.clear();
    const bool more = group != groups_.end() && group->second.walk(moves_.front().walk, [&](const bgp::NlriKey& key, const Filed&) {
      slice.push_back(key);
      return --budget > 0;
    });
    for (const bgp::NlriKey& key : slice) settle(moves_.front(), key, moved);
    if (!more) moves_.erase(moves_.begin());
  }
}

}  // namespace tandem::rib
