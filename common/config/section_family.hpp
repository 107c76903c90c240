// From lists of families as written to what a neighbor negotiates and announces (spec config.md 3.4 to 3.7).
#pragma once

#include "common/config/draft.hpp"

namespace tandem::config {

// Sorted, without repeats; all known ones when none is written.
void fill_families(const NeighborDraft& draft, Neighbor& neighbor);
// What capability 69 and PATHS-LIMIT list. REQUIRES families and add_path_mode.
void fill_add_path(const NeighborDraft& draft, Neighbor& neighbor);
// What capability 5 lists. REQUIRES families.
void fill_next_hops(const NeighborDraft& draft, Neighbor& neighbor);

}  // namespace tandem::config
