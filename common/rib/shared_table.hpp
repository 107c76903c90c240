// A shared list of routes as one adj-RIB-out has it: all of them but those that it has in another state, or not any more. Costs a bit a
// route once there is such a one, and nothing before. Copies are snapshots, and cost nothing until one of them changes.
#pragma once

#include <memory>
#include <vector>

#include "common/base/work.hpp"
#include "common/rib/shared_routes.hpp"

namespace tandem::rib {

class SharedTable {
 public:
  SharedTable() = default;
  // REQUIRES a directory.
  explicit SharedTable(SharedRoutes routes) : routes_(std::move(routes)), size_(routes_.size()) {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] const SharedRoutes& routes() const noexcept { return routes_; }
  [[nodiscard]] bool complete() const noexcept { return !gone_; }
  [[nodiscard]] bool has(std::uint32_t position) const { return !gone_ || !(*gone_)[position]; }

  [[nodiscard]] const Route* find(const bgp::NlriKey& key) const;
  bool erase(const bgp::NlriKey& key);
  // Of the list, those that are gone: visit(const Route&).
  template <typename Visitor>
  void for_each_gone(Visitor&& visit) const {
    if (!gone_) return;
    base::Work::did(gone_->size() / 64);
    for (std::uint32_t position = 0; position < gone_->size(); ++position) {
      if ((*gone_)[position]) visit(routes_[position]);
    }
  }

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [routes, gone, size] = self;
    archive.object(self, "shared_table")("routes", routes)("gone", gone)("size", size);
  }
  [[nodiscard]] std::string_view objection() const;

  // The routes of a family by rank, null for one that is gone.
  [[nodiscard]] std::size_t count(bgp::FamilyIndex family) const;  // those that are gone among them
  [[nodiscard]] const Route* at(bgp::FamilyIndex family, std::size_t rank) const;
  // In this order: visit(const NlriKey&, const AttributeSetRef&).
  template <typename Visitor>
  void for_each(bgp::FamilyIndex family, Visitor&& visit) const {
    const std::size_t ranks = count(family);
    for (std::size_t rank = 0; rank < ranks; ++rank) {
      if (const Route* route = at(family, rank)) visit(route->nlri, route->attributes);
    }
  }

 private:
  [[nodiscard]] std::uint32_t position(const bgp::NlriKey& key) const;

  SharedRoutes routes_;
  std::shared_ptr<std::vector<bool>> gone_;  // by position; null: none is
  std::size_t size_ = 0;
};

}  // namespace tandem::rib
