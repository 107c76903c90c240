// How statements of one value and of lists are read, and what is wrong with them.
#pragma once

#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/diagnostics.hpp"
#include "common/config/kinds.hpp"
#include "common/config/parser_state.hpp"
#include "common/config/section.hpp"

namespace tandem::config {

// Letters, digits, dot, dash and underscore: names of templates and api sections.
[[nodiscard]] bool is_plain_name(std::string_view word);

// What a keyword without value means.
enum class Bare : std::uint8_t { required, yes, no, empty };

[[nodiscard]] base::Error missing_value(const ParserState& state, const Statement& statement, std::string_view expected);

// Reads the one value of a statement, words[1].
template <typename Kind>
[[nodiscard]] base::Result<typename Kind::Type> read_value(ParserState& state, const Statement& statement) {
  if (statement.words.size() < 2) return missing_value(state, statement, Kind::k_expected);
  const base::Token& word = statement.words[1];
  auto value = Kind::read(word.text);
  if (!value) {
    std::vector<std::string> right = Kind::alternatives();
    std::string reason = fmt::format("'{}' is not {}{}", word_text(statement.words, 1), Kind::k_expected, suggestion(word.text, right));
    return state.fail(word, std::move(reason), std::move(right));
  }
  state.warn_ignored(statement, 2);
  // named: a std::string could become an Error as well
  return base::Result<typename Kind::Type>(boost::system::in_place_value, std::move(*value));
}

template <auto Member, typename Kind, Bare bare>
Status set_scalar(ParserState& state, const Statement& statement) {
  const Place place = place_of(statement.words[0]);
  auto& target = state.draft.*Member;
  // peer-address stands beside the address behind `neighbor`
  if (target.is_set() && statement.words[0].text != "peer-address") state.warn(statement.words[0], "given twice: the last one counts");
  if constexpr (bare != Bare::required) {
    if (statement.words.size() == 1) {
      if constexpr (bare == Bare::empty) target.set({}, place);
      else target.set(static_cast<typename Kind::Type>(bare == Bare::yes), place);
      return {};
    }
  }
  auto value = read_value<Kind>(state, statement);
  if (!value) return value.error();
  target.set(std::move(*value), place);
  return {};
}

// `[ a b c ]` from words[1] on; commas are skipped where they are allowed.
[[nodiscard]] base::Result<std::vector<base::Token>> read_list(ParserState& state, const Statement& statement, bool commas);

// The family of words[0] and words[1]; words[0] is a known AFI, being a keyword.
[[nodiscard]] base::Result<bgp::Family> read_family(const ParserState& state, const Statement& statement, bool fold_case);

// The last bracket that has no counterpart, or nullptr.
[[nodiscard]] const base::Token* unclosed_bracket(base::Tokens words);

}  // namespace tandem::config
