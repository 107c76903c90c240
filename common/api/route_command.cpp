#include "common/api/route_command.hpp"

#include <algorithm>
#include <string>

#include "common/api/tokenize.hpp"

namespace tandem::api {

namespace {

using rib::RouteForm;

// Those that come by the hundred thousand stand first.
constexpr RouteWord k_words[] = {
    {"route", rib::k_prefix_form},
    {"ipv4", rib::family_form(bgp::Afi::ipv4)},
    {"ipv6", rib::family_form(bgp::Afi::ipv6)},
    {"attributes", rib::k_attributes_form},
    {"attribute", rib::k_attributes_form},
    {"l2vpn", rib::family_form(bgp::Afi::l2vpn)},
    {"bgp-ls", rib::family_form(bgp::Afi::bgp_ls)},
    {"flow", rib::k_flow_form},
    {"vpls", rib::k_vpls_form},
};

[[nodiscard]] base::Error unknown_word(std::string_view word) {
  std::string known;
  for (const RouteWord& row : k_words) {
    if (!known.empty()) known += ", ";
    known += row.word;
  }
  return base::Error("'" + std::string(word) + "' is no route, one of these is expected: " + known);
}

}  // namespace

const RouteWord* find_route_word(std::string_view word) {
  const auto* row = std::find_if(std::begin(k_words), std::end(k_words), [word](const RouteWord& known) { return known.word == word; });
  return row == std::end(k_words) ? nullptr : row;
}

base::Tokens route_statement(const RouteWord& word, base::Tokens line) {
  return word.form.keyword == word.word ? line : line.subspan(1);  // `vpls` begins the statement, too
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
  const RouteWord* word = find_route_word(tokens[0].text);
  if (word == nullptr) return unknown_word(tokens[0].text);
  auto parsed = parser.parse_line(word->form, route_statement(*word, tokens), command.use);
  if (!parsed) return parsed.error();
  command.parsed = std::move(*parsed);
  return command;
}

}  // namespace tandem::api
