// What nobody needs any more and is as long as a table, taken apart a slice at a time: no round stands still while a million routes go.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "common/rib/ordered_table.hpp"
#include "common/rib/shared_routes.hpp"

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
  // A list that goes when the last of those who share it lets go of it, whoever that is.
  void retire(SharedRoutes&& list) {
    const auto same = [&list](const SharedRoutes& known) { return known.shares(list); };
    if (list.size() < k_long || std::any_of(retired_.begin(), retired_.end(), same)) list = {};
    else retired_.push_back(std::move(list));
  }
  // Every round: takes over the retired ones that nobody has any more.
  void collect() {
    for (std::size_t looks = std::min(k_looks, retired_.size()); looks > 0; --looks) {
      if (next_retired_ >= retired_.size()) next_retired_ = 0;
      SharedRoutes& list = retired_[next_retired_];
      if (list.shared()) {
        ++next_retired_;
        continue;
      }
      add(std::move(list));
      list = std::move(retired_.back());
      retired_.pop_back();
    }
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
  static constexpr std::size_t k_long = 4096;  // routes of a list that is not freed at once
  static constexpr std::size_t k_looks = 16;
  std::vector<std::unique_ptr<Item>> items_;
  std::vector<SharedRoutes> retired_;
  std::size_t next_retired_ = 0;
};

}  // namespace tandem::rib
