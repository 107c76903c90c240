// Configuration text to statements of words: continuation, escapes, quotes, comments. Every word knows the
// physical line and column it came from, after continuation and escapes too. Columns count characters, not octets.
//
// A line without `\` and without non-ASCII characters is cut in place: its words view the text itself. Other lines are rewritten
// into an arena that lives as long as the tokenizer, so that words of several statements may be collected.
#pragma once

#include <compare>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/error.hpp"
#include "common/base/token.hpp"

namespace tandem::config {

struct Place {
  int line = 0;  // 0: unknown
  int column = 0;
  friend auto operator<=>(const Place&, const Place&) = default;
};

inline Place place_of(const base::Token& token) { return {token.line, token.column}; }

// The words up to `;`, `{` or `}`, which is the terminator and not among them.
struct Statement {
  std::vector<base::Token> words;
  char terminator = ';';
  Place end;  // of the terminator
};

class Tokenizer {
 public:
  // Bounds the memory one statement can take; no sensible configuration comes near it.
  static constexpr std::size_t k_words_max = 1'000'000;

  enum class Step : std::uint8_t { statement, end };

  // `text` must outlive the tokenizer and the words it gives; it is UTF-8. Its first line may be one in the middle of a file.
  explicit Tokenizer(std::string_view text, int first_line = 1) : text_(text), lines_read_(first_line - 1) {}

  // Fills `out` with the next statement. Errors have a context without file and section; `out` has the words before them then.
  [[nodiscard]] base::Result<Step> next(Statement& out);
  // After an error: the next statement is that of the next line. Gives what is skipped, the statement that was begun.
  std::string_view skip_line();

  // Where the reader stands: after the last line at the end of the text.
  [[nodiscard]] Place place() const;

 private:
  [[nodiscard]] base::Result<bool> read_line();
  [[nodiscard]] base::Result<void> rewrite_line(std::string_view first, bool joined);
  [[nodiscard]] base::Result<void> expand_escapes(std::string& line);
  [[nodiscard]] base::Result<void> read_word(Statement& out);
  [[nodiscard]] base::Result<void> read_quoted(Statement& out, std::size_t start);
  std::string_view take_physical_line();

  [[nodiscard]] Place place_at(std::size_t offset) const;
  [[nodiscard]] base::Token token(std::size_t start, std::size_t end) const;
  [[nodiscard]] base::Error error(Place place, const Statement& statement, std::string token, std::string reason) const;

  std::string_view text_;
  std::size_t position_ = 0;  // in text_, of the next physical line
  int lines_read_;            // physical

  std::string_view line_;         // being cut
  std::size_t at_ = 0;            // in line_
  std::size_t statement_at_ = 0;  // in line_, where the statement that is read begins
  int line_number_ = 0;           // of line_, while places_ is empty
  std::vector<Place> places_;     // of each octet of line_ when it was rewritten, and one for its end
  std::deque<std::string> arena_;
};

}  // namespace tandem::config
