#include "common/rib/adj_rib_in.hpp"

namespace tandem::rib {

void AdjRibIn::announce(const bgp::NlriKey& key, const AttributeSetRef& attributes) {
  if (tables_.empty()) tables_.resize(bgp::k_family_count);
  std::unique_ptr<Table>& table = tables_[key.family()];
  if (!table) table = std::make_unique<Table>();
  bool inserted = false;
  AttributeSetRef& held = table->get_or_insert(key, inserted);
  if (!(held == attributes)) held = attributes;
}

void AdjRibIn::withdraw(const bgp::NlriKey& key) {
  if (tables_.empty() || !tables_[key.family()]) return;
  tables_[key.family()]->erase(key);
}

void AdjRibIn::clear() { tables_.clear(); }

std::size_t AdjRibIn::size() const noexcept {
  std::size_t count = 0;
  for (const auto& table : tables_) {
    if (table) count += table->size();
  }
  return count;
}

}  // namespace tandem::rib
