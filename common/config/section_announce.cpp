// announce { ipv4 { } ipv6 { } l2vpn { } } (spec config.md 3.11): routes by family, one statement each.
#include "common/config/section_routes.hpp"
#include "common/config/value.hpp"

namespace tandem::config {

namespace {

Status announce_prefix(ParserState& state, const Statement& statement) {
  if (statement.words.size() < 2) return missing_value(state, statement, "PREFIX next-hop ADDRESS ...");
  const bgp::Afi afi = state.current_section() == SectionId::announce_ipv4 ? bgp::Afi::ipv4 : bgp::Afi::ipv6;
  auto parsed = state.routes.parse_family(afi, statement.words, rib::RouteUse::announce);
  if (!parsed) return state.locate(parsed.error());
  add_routes(state, std::move(*parsed), statement.words, place_of(statement.words[0]));
  return {};
}

constexpr std::string_view k_route = "PREFIX next-hop ADDRESS [attributes]";

constexpr Keyword k_ip[] = {
    {"unicast", k_route, "a unicast route", announce_prefix},
    {"multicast", k_route, "a multicast route", announce_prefix},
    {"nlri-mpls", k_route, "a labelled route (RFC 8277)", not_supported},
    {"labeled-unicast", k_route, "the same as nlri-mpls", not_supported},
    {"mpls-vpn", k_route, "a VPN route (RFC 4364)", not_supported},
    {"flow", "...", "a flow specification rule", not_supported},
    {"flow-vpn", "...", "a flow specification rule of a VPN", not_supported},
    {"mcast-vpn", "TYPE ...", "a multicast VPN route (RFC 6514)", not_supported},
    {"mup", "TYPE ...", "a mobile user plane route", not_supported},
    {"sr-policy", "...", "a segment routing policy", not_supported},
};
constexpr Keyword k_l2vpn[] = {
    {"vpls", "...", "a VPLS route (RFC 4761)", not_supported},
};

}  // namespace

std::span<const Keyword> announce_ip_keywords() { return k_ip; }
std::span<const Keyword> announce_l2vpn_keywords() { return k_l2vpn; }

}  // namespace tandem::config
