#include "common/api/route_command.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "common/api/tokenize.hpp"

namespace tandem::api {

namespace {

struct FormWord {
  std::string_view word;
  RouteForm form;
};
constexpr std::array k_forms = {FormWord{"route", RouteForm::route}, FormWord{"attributes", RouteForm::attributes},
                                FormWord{"attribute", RouteForm::attributes}, FormWord{"ipv4", RouteForm::ipv4},
                                FormWord{"ipv6", RouteForm::ipv6}};

[[nodiscard]] base::Error unknown_form(std::string_view word) {
  std::string known;
  for (const FormWord& row : k_forms) {
    if (!known.empty()) known += ", ";
    known += row.word;
  }
  return base::Error("'" + std::string(word) + "' is no route, one of these is expected: " + known);
}

}  // namespace

std::optional<base::Tokens> one_statement(base::Tokens tokens, std::vector<base::Token>& storage) {
  const auto is = [](const base::Token& token, std::string_view mark) { return !token.quoted && token.text == mark; };
  if (!tokens.empty() && is(tokens.back(), ";")) tokens = tokens.first(tokens.size() - 1);
  const auto is_terminator = [&](const base::Token& token) { return is(token, ";") || is(token, "{") || is(token, "}"); };
  const auto first = std::find_if(tokens.begin(), tokens.end(), is_terminator);
  if (first == tokens.end()) return tokens;
  if (!is(*first, "{") || !is(tokens.back(), "}")) return std::nullopt;
  storage.assign(tokens.begin(), first);
  for (const base::Token& token : tokens.subspan(static_cast<std::size_t>(first - tokens.begin()) + 1)) {
    if (is(token, ";")) continue;
    if (is(token, "{") || (is(token, "}") && &token != &tokens.back())) return std::nullopt;
    storage.push_back(token);
  }
  storage.pop_back();  // the closing brace
  return base::Tokens(storage);
}

base::Result<rib::ParsedRoutes> parse_routes(rib::RouteParser& parser, RouteForm form, base::Tokens statement, rib::RouteUse use) {
  switch (form) {
    case RouteForm::route: return parser.parse_route(statement, use);
    case RouteForm::attributes: return parser.parse_attributes(statement, use);
    case RouteForm::ipv4: return parser.parse_family(bgp::Afi::ipv4, statement, use);
    case RouteForm::ipv6: return parser.parse_family(bgp::Afi::ipv6, statement, use);
  }
  return base::Error("unknown form of route");
}

base::Result<RouteCommand> parse_route_command(std::string_view line, rib::RouteParser& parser) {
  Tokenizer tokenizer;
  if (!tokenizer.tokenize(line)) return base::Error("a quote is not closed, or the text is not UTF-8");
  base::Tokens tokens = tokenizer.tokens();
  RouteCommand command;
  if (!tokens.empty() && (tokens[0].text == "announce" || tokens[0].text == "withdraw")) {
    if (tokens[0].text == "withdraw") command.use = rib::RouteUse::withdraw;
    tokens = tokens.subspan(1);
  }
  if (tokens.empty()) return base::Error("there is no route");
  const auto row = std::find_if(k_forms.begin(), k_forms.end(), [&](const FormWord& known) { return known.word == tokens[0].text; });
  if (row == k_forms.end()) return unknown_form(tokens[0].text);
  std::vector<base::Token> storage;
  const auto statement = one_statement(tokens.subspan(1), storage);
  if (!statement) return base::Error("more than one statement");
  auto parsed = parse_routes(parser, row->form, *statement, command.use);
  if (!parsed) return parsed.error();
  command.parsed = std::move(*parsed);
  return command;
}

}  // namespace tandem::api
