#include "common/api/selector.hpp"

#include <algorithm>
#include <array>

namespace tandem::api {

namespace {

constexpr std::array<std::string_view, 5> k_filters{"local-ip", "local-as", "peer-as", "router-id", "family-allowed"};

[[nodiscard]] bool is_filter(const base::Token& token) {
  return std::find(k_filters.begin(), k_filters.end(), token.text) != k_filters.end();
}
[[nodiscard]] bool is_mark(const base::Token& token) { return token.text == "[" || token.text == "]" || token.text == ","; }

// Takes the first word of `text`.
[[nodiscard]] std::string_view next_word(std::string_view& text) {
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  const std::size_t end = std::min(text.find(' ', begin), text.size());
  const std::string_view word = text.substr(begin, end - begin);
  text.remove_prefix(end);
  return word;
}

}  // namespace

std::string_view key_value(std::string_view peer_key, std::string_view name) {
  while (!peer_key.empty()) {
    const std::string_view word = next_word(peer_key);
    const std::string_view value = next_word(peer_key);
    if (word == name) return value;
  }
  return {};
}

bool Selector::looks_like_selector(const base::Token& token) {
  return token.text == "*" || token.text == "[" || token.text.find_first_of(".:") != std::string_view::npos;
}

void Selector::clear() {
  all_ = false;
  terms_.clear();
}

std::optional<std::size_t> Selector::parse_term(base::Tokens tokens, Grammar grammar) {
  if (tokens.empty() || is_mark(tokens[0])) return std::nullopt;
  const bool everybody = tokens[0].text == "*";
  if (grammar == Grammar::peer && !looks_like_selector(tokens[0])) return std::nullopt;
  std::size_t taken = 1;
  while (taken < tokens.size() && is_filter(tokens[taken])) {
    if (taken + 1 >= tokens.size() || is_mark(tokens[taken + 1])) return std::nullopt;
    if (everybody && grammar == Grammar::peer) return std::nullopt;
    taken += 2;
  }
  if (everybody) all_ = true;
  else terms_.push_back(tokens.first(taken));
  return taken;
}

std::optional<std::size_t> Selector::parse(base::Tokens tokens, Grammar grammar) {
  clear();
  const bool bracket = grammar == Grammar::peer && !tokens.empty() && tokens[0].text == "[";
  std::size_t at = bracket ? 1 : 0;
  while (true) {
    const auto taken = parse_term(tokens.subspan(at), grammar);
    if (!taken) return std::nullopt;
    at += *taken;
    if (at >= tokens.size() || tokens[at].text != ",") break;
    ++at;
    // The word is repeated before each address, except within brackets: "neighbor A , neighbor B", "peer A, peer B".
    if (at < tokens.size() && tokens[at].text == (grammar == Grammar::peer ? "peer" : "neighbor")) ++at;
  }
  if (bracket) {
    if (at >= tokens.size() || tokens[at].text != "]") return std::nullopt;
    ++at;
  }
  return at;
}

bool Selector::matches(std::string_view peer_key) const {
  if (all_ || terms_.empty()) return true;
  return std::any_of(terms_.begin(), terms_.end(), [peer_key](base::Tokens term) {
    if (key_value(peer_key, "neighbor") != term[0].text) return false;
    for (std::size_t i = 1; i + 1 < term.size(); i += 2) {
      if (key_value(peer_key, term[i].text) != term[i + 1].text) return false;
    }
    return true;
  });
}

}  // namespace tandem::api
