// static { }: routes to announce, flat or as a block. Their grammar is that of rib::RouteParser.
#include "common/config/section_routes.hpp"
#include "common/config/value.hpp"

namespace tandem::config {

namespace {

base::Tokens after_keyword(const Statement& statement) { return base::Tokens(statement.words).subspan(1); }

Status add_route(ParserState& state, const Statement& statement) {
  if (statement.words.size() < 2) return missing_value(state, statement, "PREFIX next-hop ADDRESS ...");
  auto parsed = state.routes.parse_route(after_keyword(statement), rib::RouteUse::announce);
  if (!parsed) return state.locate(parsed.error());
  add_routes(state, std::move(*parsed), statement.words, place_of(statement.words[0]));
  return {};
}

Status add_attributes(ParserState& state, const Statement& statement) {
  if (statement.words.size() < 2) return missing_value(state, statement, "next-hop ADDRESS ... nlri PREFIX ...");
  auto parsed = state.routes.parse_attributes(after_keyword(statement), rib::RouteUse::announce);
  if (!parsed) return state.locate(parsed.error());
  add_routes(state, std::move(*parsed), statement.words, place_of(statement.words[0]));
  return {};
}

constexpr Keyword k_keywords[] = {
    {"route", "PREFIX next-hop ADDRESS [attributes]", "a route to announce", add_route, SectionId::static_route},
    {"attributes", "next-hop ADDRESS [attributes] nlri PREFIX...", "routes that share attributes", add_attributes},
    {"attribute", "next-hop ADDRESS [attributes] nlri PREFIX...", "the same as attributes", add_attributes},
    {"sr-policy", "...", "a segment routing policy", not_supported},
};

constexpr Retired k_retired[] = {
    {"network", "use route PREFIX next-hop ADDRESS"},
    {"prefix", "use route PREFIX next-hop ADDRESS"},
    {"next-hop", "it stands in a route: route PREFIX next-hop ADDRESS"},
    {"flow", "flow { } stands in the neighbor, beside static { }"},
};

// The place of the last `next-hop self`.
Place find_self(base::Tokens words) {
  Place place;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i - 1].text == "next-hop" && lower_case(words[i].text) == "self") place = place_of(words[i]);
  }
  return place;
}

}  // namespace

std::span<const Keyword> static_keywords() { return k_keywords; }
std::span<const Retired> static_retired() { return k_retired; }

void add_routes(ParserState& state, rib::ParsedRoutes parsed, base::Tokens words, Place place) {
  NeighborDraft& draft = state.draft;
  for (rib::RouteWarning& warning : parsed.warnings) {
    state.warn_at({warning.line, warning.column}, printable_word(warning.word), std::move(warning.reason));
  }
  for (rib::Route& route : parsed.routes) {
    if (!parsed.watchdog.empty()) {
      draft.routes.marks.push_back({static_cast<std::uint32_t>(draft.routes.routes.size()), parsed.watchdog, parsed.held});
    }
    draft.route_places.push_back({place, route.attributes->next_hop().self ? find_self(words) : Place{}});
    draft.routes.routes.push_back(std::move(route));
  }
}

// The words between the prefix and the block are lost, as in ExaBGP.
Status enter_static_route(ParserState& state, const Statement& statement) {
  state.route_block = {};
  state.route_block.failed = true;
  if (statement.words.size() < 2) return missing_value(state, statement, "a prefix before '{'");
  state.set_title(fmt::format("route {}", printable_word(statement.words[1].text)));
  if (const base::Token* open = unclosed_bracket(statement.words); open != nullptr) {
    return state.fail(*open, fmt::format("the list is not closed before '{{': '{}' is missing (a brace cannot be part of a value)",
                                         open->text == "[" ? ']' : ')'));
  }
  if (statement.words.size() > 2) state.warn(statement.words[2], "ignored: attributes of a route with a block stand inside the block");
  state.route_block.failed = false;
  state.route_block.words.assign(1, statement.words[1]);
  state.route_block.statement = place_of(statement.words[0]);
  return {};
}

// Each statement must be complete by itself: it is tried alone, as the attributes of a withdraw, which needs no next hop.
Status take_static_route_attribute(ParserState& state, const Statement& statement) {
  std::vector<base::Token>& words = state.route_block.words;
  if (words.empty()) return {};
  if (words.size() + statement.words.size() > Tokenizer::k_words_max) {
    return state.fail(statement.words[0], "a route of more than a million words");
  }
  std::vector<base::Token>& alone = state.route_block.alone;
  alone.assign(1, words[0]);
  alone.insert(alone.end(), statement.words.begin(), statement.words.end());
  if (auto tried = state.routes.parse_route(alone, rib::RouteUse::withdraw); !tried) {
    state.route_block.failed = true;
    return state.locate(tried.error());
  }
  words.insert(words.end(), statement.words.begin(), statement.words.end());
  return {};
}

Status leave_static_route(ParserState& state) {
  if (state.route_block.failed) return {};
  auto parsed = state.routes.parse_route(state.route_block.words, rib::RouteUse::announce);
  if (!parsed) return state.locate(parsed.error(), "route " + statement_text(state.route_block.words));
  add_routes(state, std::move(*parsed), state.route_block.words, state.route_block.statement);
  return {};
}

}  // namespace tandem::config
