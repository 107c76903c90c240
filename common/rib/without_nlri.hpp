// An UPDATE that has attributes and no NLRI, as a route: its key is empty. It takes its turn among the routes and needs no family; nothing
// takes it back.
#pragma once

#include <string>

#include "common/bgp/nlri/nlri_draft.hpp"
#include "common/bgp/nlri/nlri_key.hpp"
#include "common/rib/attribute_pool.hpp"

namespace tandem::rib {

[[nodiscard]] inline bool without_nlri(const bgp::NlriKey& key) { return key.family() == 0 && key.identity().empty(); }

// Why what has been said is none: it belongs to a route (`of_routes`: words that are neither of the NLRI nor attributes), or there is
// nothing to say. "": it is one.
[[nodiscard]] std::string objection_without_nlri(const bgp::NlriDraft& said, bool of_routes, const AttributeSet& attributes);

}  // namespace tandem::rib
