#include "common/config/value.hpp"

#include <algorithm>

namespace tandem::config {

bool is_plain_name(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  });
}

base::Error missing_value(const ParserState& state, const Statement& statement, std::string_view expected) {
  const base::Token& name = statement.words[0];
  return state.fail(name, fmt::format("'{}' needs a value: {}", name.text, expected));
}

base::Result<std::vector<base::Token>> read_list(ParserState& state, const Statement& statement, bool commas) {
  const auto is = [](const base::Token& word, std::string_view text) { return !word.quoted && word.text == text; };
  const auto& words = statement.words;
  if (words.size() < 2) return missing_value(state, statement, "a list in brackets");
  if (!is(words[1], "[")) return state.fail(words[1], "a list in brackets is expected: [ NAME NAME ]");
  std::vector<base::Token> items;
  std::size_t i = 2;
  for (; i < words.size() && !is(words[i], "]"); ++i) {
    if (is(words[i], "[")) return state.fail(words[i], "a list inside a list");
    if (!commas || !is(words[i], ",")) items.push_back(words[i]);
  }
  if (i == words.size()) return state.fail(words.back(), "the list is not closed: ']' is missing");
  state.warn_ignored(statement, i + 1);
  return items;
}

const base::Token* unclosed_bracket(base::Tokens words) {
  std::vector<const base::Token*> open;
  for (const base::Token& word : words) {
    if (word.quoted) continue;
    if (word.text == "[" || word.text == "(") open.push_back(&word);
    else if ((word.text == "]" || word.text == ")") && !open.empty()) open.pop_back();
  }
  return open.empty() ? nullptr : open.back();
}

}  // namespace tandem::config
