// Tables that nobody needs any more, taken apart a slice at a time: no round stands still while a million routes go.
#pragma once

#include <vector>

#include "common/rib/ordered_table.hpp"
#include "common/rib/route.hpp"

namespace tandem::rib {

class Discards {
 public:
  using Table = OrderedTable<AttributeSetRef>;

  void add(Table&& table) {
    if (!table.empty()) add(table.take_all());
  }
  void add(Table::Remains&& remains) { remains_.push_back(std::move(remains)); }
  [[nodiscard]] bool empty() const { return remains_.empty(); }
  [[nodiscard]] std::size_t size() const {  // routes
    std::size_t count = 0;
    for (const Table::Remains& remains : remains_) count += remains.size();
    return count;
  }
  // Looks at `budget` places.
  void work(std::size_t budget) {
    if (remains_.empty()) return;
    remains_.back().take(budget, [](const bgp::NlriKey&, AttributeSetRef&&) {});
    if (remains_.back().empty()) remains_.pop_back();
  }

 private:
  std::vector<Table::Remains> remains_;
};

}  // namespace tandem::rib
