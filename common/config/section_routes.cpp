// Routes, whatever section they stand in: one statement, or one whose block holds the rest. Their grammar is that of rib::RouteParser.
#include "common/config/section_routes.hpp"

#include "common/config/value.hpp"

namespace tandem::config {

namespace {

// The place of the last `next-hop self`.
Place find_self(base::Tokens words) {
  Place place;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i - 1].text == "next-hop" && lower_case(words[i].text) == "self") place = place_of(words[i]);
  }
  return place;
}

// `statement` is that of a route with a block; "": the current one.
void add_routes(ParserState& state, rib::ParsedRoutes parsed, base::Tokens words, Place place, const std::string& statement = {}) {
  NeighborDraft& draft = state.draft;
  for (rib::RouteWarning& warning : parsed.warnings) {
    state.warn_at({warning.line, warning.column}, printable_word(warning.word), std::move(warning.reason), statement);
  }
  for (rib::Route& route : parsed.routes) {
    if (!parsed.watchdog.empty()) {
      draft.routes.marks.push_back({static_cast<std::uint32_t>(draft.routes.routes.size()), parsed.watchdog, parsed.held});
    }
    draft.route_places.add(place, route.attributes->next_hop().self ? find_self(words) : Place{});
    draft.routes.routes.push_back(std::move(route));
  }
  state.routes.take_back(std::move(parsed));
}

// The words of a route and of its block, as one line.
void append_words(const rib::RouteStatement& statement, std::vector<base::Token>& out) {
  out.insert(out.end(), statement.words.begin(), statement.words.end());
  for (const rib::RouteStatement& inner : statement.block) append_words(inner, out);
}
std::vector<base::Token> all_words(const rib::RouteStatement& statement) {
  std::vector<base::Token> words;
  append_words(statement, words);
  return words;
}

rib::RouteStatement& innermost(ParserState& state) { return state.route_block.open.back(); }

}  // namespace

Status take_route(ParserState& state, rib::RouteForm form, base::Tokens words) {
  auto parsed = state.routes.parse(form, words, rib::RouteUse::announce);
  if (!parsed) return state.locate(parsed.error());
  add_routes(state, std::move(*parsed), words, state.statement_place());
  return {};
}

namespace {

// Nothing of the block is looked at until it is known to be one of a route.
Status begin_block(ParserState& state, const rib::RouteForm& form, const Statement& statement) {
  state.route_block = {};
  state.route_block.form = form;
  state.route_block.open.emplace_back();
  state.route_block.failed = true;
  if (statement.words.size() > 1) {
    state.set_title(fmt::format("{} {}", statement.words[0].text, printable_word(statement.words[1].text)));
  }
  if (const base::Token* open = unclosed_bracket(statement.words); open != nullptr) {
    return state.fail(*open, fmt::format("the list is not closed before '{{': '{}' is missing (a brace cannot be part of a value)",
                                         open->text == "[" ? ']' : ')'));
  }
  state.route_block.failed = false;
  state.route_block.statement = place_of(statement.words[0]);
  innermost(state).words = statement.words;
  innermost(state).has_block = true;
  return {};
}

}  // namespace

// The words between the prefix and the block are lost, as in ExaBGP.
Status enter_static_route(ParserState& state, const Statement& statement) {
  auto begun = begin_block(state, rib::k_prefix_form, statement);
  if (!begun) return begun;
  if (statement.words.size() < 2) {
    state.route_block.failed = true;
    return missing_value(state, statement, "a prefix before '{'");
  }
  if (statement.words.size() > 2) state.warn(statement.words[2], "ignored: attributes of a route with a block stand inside the block");
  innermost(state).words.assign(1, statement.words[1]);
  return {};
}
Status enter_flow_route(ParserState& state, const Statement& statement) { return begin_block(state, rib::k_flow_form, statement); }
Status enter_vpls_route(ParserState& state, const Statement& statement) { return begin_block(state, rib::k_vpls_form, statement); }

Status take_route_statement(ParserState& state, const Statement& statement) {
  state.route_block.words += statement.words.size();
  if (state.route_block.words > Tokenizer::k_words_max) {
    state.route_block.failed = true;
    return state.fail(statement.words[0], "a route of more than a million words");
  }
  innermost(state).block.push_back({statement.words, {}, false});
  return {};
}

Status enter_route_block(ParserState& state, const Statement& statement) {
  state.set_title(printable_word(statement.words[0].text));
  state.route_block.open.push_back({statement.words, {}, true});
  return {};
}

Status leave_route_block(ParserState& state) {
  rib::RouteStatement closed = std::move(innermost(state));
  state.route_block.open.pop_back();
  innermost(state).block.push_back(std::move(closed));
  return {};
}

Status leave_route(ParserState& state) {
  const RouteBlock block = std::move(state.route_block);
  state.route_block = {};
  if (block.failed) return {};
  std::vector<base::Error> more;
  const rib::RouteStatement& route = block.open.front();
  auto parsed = state.routes.parse(block.form, route, rib::RouteUse::announce, more);
  const std::vector<base::Token> words = all_words(route);
  const auto statement = [&] { return (block.form.keyword.empty() ? "route " : "") + statement_text(words); };
  const auto note = [&](const base::Error& error) { state.note(state.locate(error, statement())); };
  if (!parsed) {
    note(parsed.error());
    for (const base::Error& error : more) note(error);
    return {};
  }
  const std::string shown = parsed->warnings.empty() ? std::string() : statement();
  add_routes(state, std::move(*parsed), words, block.statement, shown);
  return {};
}

}  // namespace tandem::config
