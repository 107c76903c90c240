#include "common/rib/adj_rib_in.hpp"

#include <algorithm>

#include "common/base/assert.hpp"

namespace tandem::rib {

void AdjRibIn::announce(const bgp::NlriKey& key, const AttributeSetRef& attributes) {
  if (tables_.empty()) tables_.resize(bgp::k_family_count);
  std::unique_ptr<Table>& table = tables_[key.family()];
  if (!table) table = std::make_unique<Table>();
  bool inserted = false;
  if (!refreshes_.empty()) {
    if (Refresh* refresh = find(key.family())) refresh->stale.erase(key);
  }
  AttributeSetRef& held = table->get_or_insert(key, inserted);
  if (!(held == attributes)) held = attributes;
}

void AdjRibIn::withdraw(const bgp::NlriKey& key) {
  if (tables_.empty() || !tables_[key.family()]) return;
  if (tables_[key.family()]->erase(key) || refreshes_.empty()) return;
  if (Refresh* refresh = find(key.family())) refresh->stale.erase(key);
}

void AdjRibIn::clear(Discards& discards) {
  for (std::unique_ptr<Table>& table : tables_) {
    if (table) discards.add(std::move(*table));
  }
  for (Refresh& refresh : refreshes_) discards.add(std::move(refresh.stale));
  if (work_) discards.add(std::move(work_->rest));
  tables_.clear();
  refreshes_.clear();
  work_.reset();
}

const AdjRibIn::Refresh* AdjRibIn::find(bgp::FamilyIndex family) const {
  const auto found = std::find_if(refreshes_.begin(), refreshes_.end(), [family](const Refresh& one) { return one.family == family; });
  return found == refreshes_.end() ? nullptr : &*found;
}

// Nothing is marked: the table itself becomes the stale one, and what comes from now on has a new one.
void AdjRibIn::begin_refresh(bgp::FamilyIndex family) {
  TANDEM_ASSERT(!busy());
  Table* table = tables_.empty() ? nullptr : tables_[family].get();
  Refresh* refresh = find(family);
  if (refresh == nullptr) {
    refreshes_.push_back({family, {}});
    refresh = &refreshes_.back();
  }
  if (table == nullptr || table->empty()) return;
  if (refresh->stale.empty()) {
    refresh->stale = std::exchange(*table, {});
  } else {
    work_ = Work{family, table->take_all(), false};
  }
}

void AdjRibIn::end_refresh(bgp::FamilyIndex family) {
  TANDEM_ASSERT(!busy());
  Refresh* refresh = find(family);
  if (refresh == nullptr) return;
  if (!refresh->stale.empty()) work_ = Work{family, refresh->stale.take_all(), true};
  refreshes_.erase(refreshes_.begin() + (refresh - refreshes_.data()));
}

// A refresh that begins makes another table of the one that is walked: the walk goes on there, and then through the new one. Where the
// table has been taken apart its family is begun again.
bool AdjRibIn::walk(RibCursor& cursor, const RouteVisitor& visit) const {
  for (; cursor.family < tables_.size(); cursor.enter_next_family()) {
    if (!cursor.families.contains(cursor.family)) continue;
    if (work_ && work_->family == cursor.family) return true;
    const Refresh* refresh = find(cursor.family);
    const bool in_stale = refresh != nullptr && refresh->stale.has(cursor.walk);
    if (!in_stale && !(tables_[cursor.family] && tables_[cursor.family]->has(cursor.walk))) cursor.walk = {};
    if (refresh != nullptr && (in_stale || !cursor.walk.begun())) {
      if (refresh->stale.walk(cursor.walk, visit)) return true;
      cursor.walk = {};
    }
    if (tables_[cursor.family] && tables_[cursor.family]->walk(cursor.walk, visit)) return true;
  }
  return false;
}

std::size_t AdjRibIn::size() const noexcept {
  std::size_t count = 0;
  for (bgp::FamilyIndex family = 0; family < bgp::k_family_count; ++family) count += size(family);
  return count;
}

std::size_t AdjRibIn::size(bgp::FamilyIndex family) const noexcept {
  std::size_t count = family < tables_.size() && tables_[family] ? tables_[family]->size() : 0;
  if (const Refresh* refresh = find(family)) count += refresh->stale.size();
  if (work_ && work_->family == family) count += work_->rest.size();
  return count;
}

std::string_view AdjRibIn::objection() const {
  if (!tables_.empty() && tables_.size() != bgp::k_family_count) return "an adj-RIB-in has not a table for each family";
  std::string_view fault;
  const auto of_family = [&fault](bgp::FamilyIndex family) {
    return [&fault, family](const bgp::NlriKey& key, const AttributeSetRef& attributes) {
      if (key.family() != family || !attributes) fault = "a received route is in the table of another family";
    };
  };
  bgp::FamilySet refreshed;
  for (const Refresh& refresh : refreshes_) {
    if (refresh.family >= bgp::k_family_count || refreshed.contains(refresh.family)) return "a refresh is of no family, or of one that has another";
    refreshed.insert(refresh.family);
    refresh.stale.for_each(of_family(refresh.family));
  }
  for (bgp::FamilyIndex family = 0; family < tables_.size(); ++family) {
    if (tables_[family]) std::as_const(*tables_[family]).for_each(of_family(family));
  }
  if (!work_) return fault;
  if (work_->family >= tables_.size() || (!work_->sweep && !refreshed.contains(work_->family))) return "what is left of a refresh is of no family";
  work_->rest.for_each(of_family(work_->family));
  return fault;
}

}  // namespace tandem::rib
