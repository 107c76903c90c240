// The routes of a command line: which words name routes, and how each form of them is read. The API's commands and `tandem encode` share
// it, so that whatever can be announced can be encoded.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "common/rib/route_parser.hpp"

namespace tandem::api {

// What stands behind `announce` and `withdraw`.
enum class RouteForm : std::uint8_t { route, attributes, ipv4, ipv6 };

// The words of a route as the parser wants them: a last ";" is dropped, and "{ a; b; }" is taken apart. nullopt: more than one
// statement, or braces that do not match.
[[nodiscard]] std::optional<base::Tokens> one_statement(base::Tokens tokens, std::vector<base::Token>& storage);

[[nodiscard]] base::Result<rib::ParsedRoutes> parse_routes(rib::RouteParser& parser, RouteForm form, base::Tokens statement, rib::RouteUse use);

struct RouteCommand {
  rib::RouteUse use = rib::RouteUse::announce;
  rib::ParsedRoutes parsed;
};

// A whole line: "[announce|withdraw] route 10.0.0.0/24 next-hop 1.2.3.4", or any other form.
[[nodiscard]] base::Result<RouteCommand> parse_route_command(std::string_view line, rib::RouteParser& parser);

}  // namespace tandem::api
