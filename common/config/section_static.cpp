// static { }, flow { } and l2vpn { }: routes to announce, flat or as a block. Their grammar is that of rib::RouteParser.
#include "common/config/section_routes.hpp"
#include "common/config/value.hpp"

namespace tandem::config {

namespace {

base::Tokens after_keyword(const Statement& statement) { return base::Tokens(statement.words).subspan(1); }

Status add_route(ParserState& state, const Statement& statement) {
  if (statement.words.size() < 2) return missing_value(state, statement, "PREFIX next-hop ADDRESS ...");
  return take_route(state, rib::k_prefix_form, after_keyword(statement));
}

Status add_attributes(ParserState& state, const Statement& statement) {
  if (statement.words.size() < 2) return missing_value(state, statement, "next-hop ADDRESS ... [nlri PREFIX ...]");
  return take_route(state, rib::k_attributes_form, after_keyword(statement));
}

Status add_family_route(ParserState& state, const Statement& statement) { return take_route(state, rib::family_form({}), statement.words); }
Status add_flow(ParserState& state, const Statement& statement) { return take_route(state, rib::k_flow_form, statement.words); }
Status add_vpls(ParserState& state, const Statement& statement) { return take_route(state, rib::k_vpls_form, statement.words); }

constexpr Keyword k_static[] = {
    {"route", "PREFIX next-hop ADDRESS [attributes]", "a route to announce", add_route, SectionId::static_route},
    {"attributes", "next-hop ADDRESS [attributes] [nlri PREFIX...]", "routes that share attributes; without nlri an UPDATE of them alone", add_attributes},
    {"attribute", "next-hop ADDRESS [attributes] [nlri PREFIX...]", "the same as attributes", add_attributes},
    {"sr-policy", "distinguisher NUMBER color NUMBER endpoint ADDRESS next-hop ADDRESS ...", "a segment routing policy (RFC 9830)",
     add_family_route},
};
constexpr Keyword k_flow[] = {
    {"route", "[NAME]", "a flow specification rule: match { } and then { }, or both in a line", add_flow, SectionId::flow_route},
};
constexpr Keyword k_l2vpn[] = {
    {"vpls", "[NAME]", "a VPLS route (RFC 4761)", add_vpls, SectionId::vpls_route},
};

constexpr Retired k_retired[] = {
    {"network", "use route PREFIX next-hop ADDRESS"},
    {"prefix", "use route PREFIX next-hop ADDRESS"},
    {"next-hop", "it stands in a route: route PREFIX next-hop ADDRESS"},
    {"flow", "flow { } stands in the neighbor, beside static { }"},
};

}  // namespace

std::span<const Keyword> static_keywords() { return k_static; }
std::span<const Retired> static_retired() { return k_retired; }
std::span<const Keyword> flow_keywords() { return k_flow; }
std::span<const Keyword> l2vpn_keywords() { return k_l2vpn; }

}  // namespace tandem::config
