// What errors and warnings show: statements as text with secrets hidden, and "did you mean".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "common/base/error.hpp"
#include "common/base/token.hpp"
#include "common/config/configuration.hpp"

namespace tandem::config {

// The words as one line, shortened when long, with passwords hidden. `terminator` is appended unless it is 0.
[[nodiscard]] std::string statement_text(base::Tokens words, char terminator = 0);

// One word as an error may show it: printable, shortened, hidden when it is the value of a password.
[[nodiscard]] std::string word_text(base::Tokens words, std::size_t index);
[[nodiscard]] std::string printable_word(std::string_view word);

// True for text that may carry a password, misspelt keywords included.
[[nodiscard]] bool mentions_secret(std::string_view text);

// A warning in one line.
[[nodiscard]] std::string headline(const Warning& warning);

// Changes needed to make `b` out of `a`: insert, delete, replace, swap of neighbours. Stops counting at `limit` + 1.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);
// The candidate nearest to a misspelt word, else the only one that it abbreviates; "" when there is none within two changes.
[[nodiscard]] std::string_view nearest(std::string_view word, std::span<const std::string> candidates);
// " (did you mean 'X'?)", or "".
[[nodiscard]] std::string suggestion(std::string_view word, std::span<const std::string> candidates);

// An error as people read it: one header line "file:line:column: reason", then section, statement, token, alternatives; of long lists
// of these their length, unless they are asked for.
enum class Alternatives : std::uint8_t { few, all };
[[nodiscard]] std::string render(const base::Error& error, Alternatives alternatives = Alternatives::few);
[[nodiscard]] std::string render(const Warning& warning);

}  // namespace tandem::config
