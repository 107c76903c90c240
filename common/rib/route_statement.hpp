// A route as it is written, in configuration and commands alike: words, and statements in a block behind them.
#pragma once

#include <string_view>
#include <vector>

#include "common/base/error.hpp"
#include "common/base/token.hpp"
#include "common/bgp/family.hpp"

namespace tandem::rib {

// How a statement is read: the section it stands in, or the word of the command, says so.
struct RouteForm {
  enum class Words : std::uint8_t {
    route,       // PREFIX next-hop ... attributes
    attributes,  // next-hop ... attributes nlri PREFIX PREFIX
    family,      // SAFI ..., of `family.afi`; where that is undefined the rest of the statement decides
  };
  Words words = Words::route;
  bgp::Family family{bgp::Afi::undefined, bgp::Safi::undefined};
  // Where the family is known: the word in front of each route of it. A name may stand between it and a block.
  std::string_view keyword = {};
};

inline constexpr RouteForm k_prefix_form{RouteForm::Words::route};
inline constexpr RouteForm k_attributes_form{RouteForm::Words::attributes};
inline constexpr RouteForm k_flow_form{RouteForm::Words::family, {bgp::Afi::undefined, bgp::Safi::flow}, "route"};
inline constexpr RouteForm k_vpls_form{RouteForm::Words::family, {bgp::Afi::l2vpn, bgp::Safi::vpls}, "vpls"};
[[nodiscard]] constexpr RouteForm family_form(bgp::Afi afi) { return {RouteForm::Words::family, {afi, bgp::Safi::undefined}}; }

struct RouteStatement {
  std::vector<base::Token> words;     // without terminators
  std::vector<RouteStatement> block;  // `{ a; b { c; } }`
  bool has_block = false;
};

// An error about the word itself where it has a place, else its reason and what would be right.
[[nodiscard]] base::Error error_at(const base::Token& token, std::string reason, std::vector<std::string> alternatives = {});

// One statement from a line whose braces and semicolons are tokens of their own. The last `;`, and one before a `}`, may be absent.
[[nodiscard]] base::Result<RouteStatement> read_statement(base::Tokens tokens);

}  // namespace tandem::rib
