#include "common/rib/route_statement.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tandem::rib {

namespace {

constexpr unsigned k_depth_max = 4;  // nothing nests deeper than `flow { route { match { } } }`

bool is(const base::Token& token, std::string_view mark) { return !token.quoted && token.text == mark; }

// The words of a statement and its block. `at` is behind them afterwards, at the terminator that was not part of it.
base::Result<void> read(base::Tokens tokens, std::size_t& at, unsigned depth, RouteStatement& out) {
  while (at < tokens.size() && !is(tokens[at], ";") && !is(tokens[at], "{") && !is(tokens[at], "}")) out.words.push_back(tokens[at++]);
  if (at == tokens.size() || !is(tokens[at], "{")) return {};
  const base::Token& opened = tokens[at++];
  if (depth == k_depth_max) return error_at(opened, "a block too deep inside others");
  out.has_block = true;
  while (at < tokens.size() && !is(tokens[at], "}")) {
    RouteStatement inner;
    if (auto done = read(tokens, at, depth + 1, inner); !done) return done;
    if (!inner.words.empty()) out.block.push_back(std::move(inner));
    else if (inner.has_block) return error_at(opened, "a block without a name");
    if (at < tokens.size() && is(tokens[at], ";")) ++at;
  }
  if (at == tokens.size()) return error_at(opened, "the block is not closed: '}' is missing");
  ++at;
  return {};
}

}  // namespace

base::Error error_at(const base::Token& token, std::string reason, std::vector<std::string> alternatives) {
  if (token.line > 0) {
    base::SourceContext context;
    context.location.line = token.line;
    context.location.column = token.column;
    context.token = std::string(token.text);
    context.alternatives = std::move(alternatives);
    return base::Error::at(std::move(context), std::move(reason));
  }
  if (!alternatives.empty()) reason += fmt::format(" (valid: {})", fmt::join(alternatives, ", "));
  return base::Error(std::move(reason));
}

base::Result<RouteStatement> read_statement(base::Tokens tokens) {
  RouteStatement statement;
  std::size_t at = 0;
  if (auto done = read(tokens, at, 0, statement); !done) return done.error();
  if (at < tokens.size() && is(tokens[at], ";")) ++at;
  if (at < tokens.size()) {
    return error_at(tokens[at], is(tokens[at], "}") ? "nothing is open that '}' could close" : fmt::format("more than one statement, at '{}'", tokens[at].text));
  }
  return statement;
}

}  // namespace tandem::rib
