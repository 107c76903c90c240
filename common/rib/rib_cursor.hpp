// How far somebody has come through an adj-RIB. What changes meanwhile is seen as it is then, or not at all; but a list that others have, too,
// is gone through to its end when another one has taken its place (a reload).
#pragma once

#include <functional>

#include "common/bgp/family.hpp"
#include "common/rib/ordered_table.hpp"
#include "common/rib/shared_table.hpp"

namespace tandem::rib {

struct RibCursor {
  [[nodiscard]] static RibCursor of_all() {
    RibCursor cursor;
    for (bgp::FamilyIndex family = 0; family < bgp::k_family_count; ++family) cursor.families.insert(family);
    return cursor;
  }

  bgp::FamilySet families;       // the others are passed over
  bgp::FamilyIndex family = 0;   // the one that is visited
  SharedTable table;             // of its routes those that others have, too
  std::size_t shared = 0;        // of these, those that were visited
  bool shared_only = false;      // it had no others
  TableWalk walk;                // in the table of the others

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [families, family, table, shared, shared_only, walk] = self;
    archive.object(self, "rib_cursor")("families", families)("family", family)("table", table)("shared", shared)("shared_only", shared_only)(
        "walk", walk);
  }
  void enter_next_family() {
    ++family;
    table = {};
    shared = 0;
    shared_only = false;
    walk = {};
  }
};

// False: enough for now.
using RouteVisitor = std::function<bool(const bgp::NlriKey& key, const AttributeSetRef& attributes)>;

}  // namespace tandem::rib
