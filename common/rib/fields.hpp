// What is written of routes in a state (docs/recording.md). Attribute sets are written once each; they are interned again in the pool
// that the reader was provided with.
#pragma once

#include "common/bgp/fields.hpp"
#include "common/rib/attribute_pool.hpp"

namespace tandem::rib {

void store(state::Writer& writer, const AttributeSetRef& attributes);
void load(state::Reader& reader, AttributeSetRef& attributes);

// Reads a piece that was written ahead, if the next section is one of routes. False: it is not.
[[nodiscard]] bool load_piece(state::Reader& reader);

}  // namespace tandem::rib
