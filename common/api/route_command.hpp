// The routes of a command line: which words name routes, and how each form of them is read. The API's commands and `tandem encode` share
// it, so that whatever can be announced can be encoded.
#pragma once

#include <string_view>

#include "common/rib/route_parser.hpp"

namespace tandem::api {

// A word that stands behind `announce` and `withdraw`, and how what follows it is read.
struct RouteWord {
  std::string_view word;
  rib::RouteForm form;
};
// Null when it does not name routes.
[[nodiscard]] const RouteWord* find_route_word(std::string_view word);
// The statement of which `word` is the first token of `line`, as the route parser wants it.
[[nodiscard]] base::Tokens route_statement(const RouteWord& word, base::Tokens line);

struct RouteCommand {
  rib::RouteUse use = rib::RouteUse::announce;
  rib::ParsedRoutes parsed;
};

// A whole line: "[announce|withdraw] route 10.0.0.0/24 next-hop 1.2.3.4", or any other form.
[[nodiscard]] base::Result<RouteCommand> parse_route_command(std::string_view line, rib::RouteParser& parser);

}  // namespace tandem::api
