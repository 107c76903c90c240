// Adj-RIB-In (RFC 4271 section 3.2): what one peer announced, in order of arrival within each family (spec session.md 3.5).
#pragma once

#include <memory>
#include <vector>

#include "common/rib/ordered_table.hpp"
#include "common/rib/route.hpp"

namespace tandem::rib {

class AdjRibIn {
 public:
  void announce(const bgp::NlriKey& key, const AttributeSetRef& attributes);
  void withdraw(const bgp::NlriKey& key);
  void clear();
  [[nodiscard]] std::size_t size() const noexcept;  // routes of all families

  // visit(const NlriKey&, const AttributeSetRef&), families in table order, then insertion order.
  template <typename Visitor>
  void for_each(Visitor&& visit) const {
    for (const auto& table : tables_) {
      if (table) table->for_each(visit);
    }
  }

 private:
  using Table = OrderedTable<AttributeSetRef>;
  std::vector<std::unique_ptr<Table>> tables_;  // by FamilyIndex; empty until the first route
};

}  // namespace tandem::rib
