// Adj-RIB-In (RFC 4271 section 3.2): what one peer announced, in order of arrival within each family.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "common/rib/discards.hpp"
#include "common/rib/ordered_table.hpp"
#include "common/rib/rib_cursor.hpp"
#include "common/rib/route.hpp"

namespace tandem::rib {

class AdjRibIn {
 public:
  void announce(const bgp::NlriKey& key, const AttributeSetRef& attributes);
  void withdraw(const bgp::NlriKey& key);
  void clear(Discards& discards);  // what it held is to be freed by them
  [[nodiscard]] std::size_t size() const noexcept;  // routes of all families
  [[nodiscard]] std::size_t size(bgp::FamilyIndex family) const noexcept;

  // --- enhanced route refresh (RFC 7313) -------------------------------------------------------------------------------
  // What is there is stale from now on, until it is announced again; once more when a refresh of the family is under way.
  // REQUIRES !busy(), as everything that changes the table.
  void begin_refresh(bgp::FamilyIndex family);
  // What is stale still is to go. Nothing happens when no refresh of the family has begun.
  void end_refresh(bgp::FamilyIndex family);
  [[nodiscard]] bool refreshing(bgp::FamilyIndex family) const { return find(family) != nullptr; }
  // Both may leave work behind that is proportional to the table. Until it is done a slice at a time nothing else may change.
  [[nodiscard]] bool busy() const { return work_.has_value(); }
  // A slice of at most `budget` routes; gone(const NlriKey&) for each that has left the table with it.
  template <typename Visitor>
  void work(std::size_t budget, Visitor&& gone);

  // visit(const NlriKey&, const AttributeSetRef&), families in table order, then insertion order, stale routes first.
  template <typename Visitor>
  void for_each(Visitor&& visit) const;
  // The same, from where the cursor is until the visitor has enough; the table may change before the next slice: what is there all the
  // time is visited at least once. True: there may be more; perhaps not before work() is done.
  bool walk(RibCursor& cursor, const RouteVisitor& visit) const;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [tables, refreshes, work] = self;
    archive.object(self, "adj_rib_in")("tables", tables)("refreshes", refreshes)("work", work);
  }
  [[nodiscard]] std::string_view objection() const;
  // What is long of it: OrderedTable::write_ahead()
  template <typename Writer>
  bool write_ahead(Writer& writer, bgp::FamilyIndex family, std::size_t& next, std::size_t& budget) const {
    return family >= tables_.size() || !tables_[family] || tables_[family]->write_ahead(writer, k_table_section, next, budget);
  }

 private:
  using Table = OrderedTable<AttributeSetRef>;
  struct Refresh {
    bgp::FamilyIndex family = 0;
    Table stale;
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [family, stale] = self;
      archive.object(self, "refresh")("family", family)("stale", stale);
    }
  };
  struct Work {
    bgp::FamilyIndex family = 0;
    Table::Remains rest{};
    bool sweep = false;  // they leave; otherwise they join what is stale
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [family, rest, sweep] = self;
      archive.object(self, "refresh_work")("family", family)("rest", rest)("sweep", sweep);
    }
  };
  [[nodiscard]] const Refresh* find(bgp::FamilyIndex family) const;
  [[nodiscard]] Refresh* find(bgp::FamilyIndex family) { return const_cast<Refresh*>(std::as_const(*this).find(family)); }

  std::vector<std::unique_ptr<Table>> tables_;  // by FamilyIndex; empty until the first route
  std::vector<Refresh> refreshes_;              // under way: nearly always none
  std::optional<Work> work_;
};

template <typename Visitor>
void AdjRibIn::work(std::size_t budget, Visitor&& gone) {
  if (!work_) return;
  if (work_->sweep) {
    work_->rest.take(budget, [&gone](const bgp::NlriKey& key, AttributeSetRef&&) { gone(key); });
  } else {
    Table& stale = find(work_->family)->stale;
    work_->rest.take(budget, [&stale](const bgp::NlriKey& key, AttributeSetRef&& attributes) {
      bool inserted = false;
      stale.get_or_insert(key, inserted) = std::move(attributes);
    });
  }
  if (work_->rest.empty()) work_.reset();
}

template <typename Visitor>
void AdjRibIn::for_each(Visitor&& visit) const {
  for (bgp::FamilyIndex family = 0; family < tables_.size(); ++family) {
    if (const Refresh* refresh = find(family)) refresh->stale.for_each(visit);
    if (work_ && work_->family == family) work_->rest.for_each(visit);
    if (tables_[family]) std::as_const(*tables_[family]).for_each(visit);
  }
}

}  // namespace tandem::rib
