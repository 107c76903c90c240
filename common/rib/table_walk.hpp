// How far somebody has come in a table. The table keeps it right when its entries move, so it costs nothing but itself: no copy of what is
// yet to be visited. Belongs to the table it was used with last, and follows it when the table is moved.
#pragma once

#include <cstddef>
#include <memory>

namespace tandem::rib {

template <typename Value>
class OrderedTable;

class TableWalk {
 public:
  [[nodiscard]] bool begun() const noexcept { return place_ != nullptr; }
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [place] = self;
    archive.object(self, "table_walk")("place", place);
  }

 private:
  template <typename Value>
  friend class OrderedTable;
  struct Place {
    std::size_t next = 0;
    std::size_t end = 0;  // what came behind it while the walk was under way is not visited: the walk has an end
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [next, end] = self;
      archive.object(self, "place")("next", next)("end", end);
    }
  };
  std::shared_ptr<Place> place_;
};

}  // namespace tandem::rib
