// Routes of a neighbor or template, whatever section they were written in.
#pragma once

#include "common/config/parser_state.hpp"

namespace tandem::config {

// Appends to the draft. `words` are those the routes were parsed from, `place` that of the statement.
void add_routes(ParserState& state, rib::ParsedRoutes parsed, base::Tokens words, Place place);

}  // namespace tandem::config
