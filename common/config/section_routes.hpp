// Routes of a neighbor or template, whatever section they are written in.
#pragma once

#include "common/config/parser_state.hpp"

namespace tandem::config {

// Adds the routes of the current statement, which has no block, to the draft. `words` are those behind the keyword.
Status take_route(ParserState& state, rib::RouteForm form, base::Tokens words);

}  // namespace tandem::config
