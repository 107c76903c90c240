// What the JSON of this room looks like (common/base/json_shape.hpp): small values by their names, and what is made from the rows of
// families, attributes and capabilities.
#pragma once

#include <vector>

#include "common/base/json_shape.hpp"
#include "common/bgp/dialect.hpp"

namespace tandem::bgp {

// Among them `attributes` (the members of "attribute"), `announce`, `withdraw`, `capabilities`, and the names of families.
[[nodiscard]] std::vector<base::ShapeDefinition> shape_definitions(Dialect dialect = Dialect::main);

}  // namespace tandem::bgp
