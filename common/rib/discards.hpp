// What nobody needs any more and is as long as a table, taken apart a slice at a time: no round stands still while a million routes go.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "common/rib/ordered_table.hpp"
#include "common/rib/route.hpp"

namespace tandem::rib {

class Discards {
 public:
  using Table = OrderedTable<AttributeSetRef>;

  template <typename Value>
  void add(OrderedTable<Value>&& table) {
    if (!table.empty()) add(table.take_all());
  }
  // Something with shed(places), size() and empty().
  template <typename Thing>
  void add(Thing&& thing) {
    if (!thing.empty()) items_.push_back(std::make_unique<Holder<std::decay_t<Thing>>>(std::forward<Thing>(thing)));
  }
  [[nodiscard]] bool empty() const { return items_.empty(); }
  [[nodiscard]] std::size_t size() const {  // routes
    std::size_t count = 0;
    for (const auto& item : items_) count += item->size();
    return count;
  }
  // Looks at `budget` places.
  void work(std::size_t budget) {
    if (!items_.empty() && items_.back()->shed(budget)) items_.pop_back();
  }

 private:
  struct Item {
    virtual ~Item() = default;
    virtual bool shed(std::size_t places) = 0;  // true: nothing is left
    [[nodiscard]] virtual std::size_t size() const = 0;
  };
  template <typename Thing>
  struct Holder final : Item {
    explicit Holder(Thing held) : thing(std::move(held)) {}
    bool shed(std::size_t places) override {
      thing.shed(places);
      return thing.empty();
    }
    [[nodiscard]] std::size_t size() const override { return thing.size(); }
    Thing thing;
  };
  std::vector<std::unique_ptr<Item>> items_;
};

}  // namespace tandem::rib
