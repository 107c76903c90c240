// The routes of an adj-RIB-out that end with the program that announced them (on-exit withdraw): whose each is. What nobody owns in that
// way, as all that other programs announce, is not in it and costs nothing.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/rib/ordered_table.hpp"

namespace tandem::speaker {

using Owner = std::uint32_t;  // an instance of a program; 0: nobody whose end means anything

class OwnedRoutes {
  using Table = rib::OrderedTable<Owner>;

 public:
  // Somebody has announced it, or it is gone: who did so before has nothing to do with it any more.
  void announced(const bgp::NlriKey& key, Owner owner);
  void withdrawn(const bgp::NlriKey& key) { announced(key, 0); }
  // What is its is to go, a slice at a time.
  void ended(Owner owner);
  [[nodiscard]] bool busy() const { return !ended_.empty(); }
  [[nodiscard]] bool empty() const { return owners_.empty() && !rest_; }
  // Looks at `budget` routes; gone(const NlriKey&) for each whose owner has ended. REQUIRES busy().
  template <typename Visitor>
  void work(std::size_t budget, Visitor&& gone);

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [owners, rest, ended, waiting] = self;
    archive.object(self, "owned_routes")("owners", owners)("rest", rest)("ended", ended)("waiting", waiting);
  }
  // While somebody's routes are gone through it is said whose.
  [[nodiscard]] std::string_view objection() const { return rest_.has_value() == !ended_.empty() ? "" : "routes of nobody are gone through"; }
  // What is long of it: OrderedTable::write_ahead()
  template <typename Writer>
  bool write_ahead(Writer& writer, std::size_t& next, std::size_t& budget) const {
    return owners_.write_ahead(writer, k_section, next, budget);
  }
  // Reads such a piece, if the next section is one. False: it is not.
  template <typename Reader>
  [[nodiscard]] static bool load_piece(Reader& reader) {
    if (!reader.at(k_section)) return false;
    reader.template piece<Table::Entry>(k_section);
    return true;
  }

 private:
  static constexpr std::string_view k_section = "owners";
  // While `rest_` is gone through, what has become of a route since stands in the table: 0 as well.
  Table owners_;
  std::optional<Table::Remains> rest_;
  std::vector<Owner> ended_;    // those that `rest_` is gone through for
  std::vector<Owner> waiting_;  // and those that have ended since
};

inline void OwnedRoutes::announced(const bgp::NlriKey& key, Owner owner) {
  if (owner == 0 && !rest_) {
    owners_.erase(key);
    return;
  }
  bool inserted = false;
  owners_.get_or_insert(key, inserted) = owner;
}

inline void OwnedRoutes::ended(Owner owner) {
  if (rest_) {
    waiting_.push_back(owner);
    return;
  }
  if (owners_.empty()) return;
  ended_.push_back(owner);
  rest_ = owners_.take_all();
}

template <typename Visitor>
void OwnedRoutes::work(std::size_t budget, Visitor&& gone) {
  rest_->take(budget, [&](const bgp::NlriKey& key, Owner&& owner) {
    if (owner == 0 || owners_.find(key) != nullptr) return;
    if (std::find(ended_.begin(), ended_.end(), owner) != ended_.end()) return gone(key);
    bool inserted = false;
    owners_.get_or_insert(key, inserted) = owner;
  });
  if (!rest_->empty()) return;
  rest_.reset();
  ended_.clear();
  for (const Owner owner : std::exchange(waiting_, {})) ended(owner);
}

}  // namespace tandem::speaker
