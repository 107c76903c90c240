// One command line into words, in place: the tokens view the line, so that a line costs no allocation beyond a buffer that is
// used again. Programs repeat themselves: of a line that is the one before it but for a part of one word, only that word is looked at.
// The normal form is only made where it can be seen: in error lines, and inside quotes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/token.hpp"

namespace tandem::api {

// The normal form of spaces: tabs become spaces, one space after "[" and "(", before "]" and ")" and around ",", no
// other runs of spaces, none at the ends. Normalising twice changes nothing.
void append_normalised(std::string_view line, std::string& out);

class Tokenizer {
 public:
  // False when the line is not UTF-8 or a quote is never closed. Brackets, parentheses, braces, "," and ";" are tokens of their own;
  // \n, \t and \r written as a backslash and a letter are blanks outside of quotes.
  [[nodiscard]] bool tokenize(std::string_view line);

  // Valid until the next call, and while the line lives.
  [[nodiscard]] base::Tokens tokens() const { return tokens_; }
  // The line in normal form from the first of these tokens to the last; they are a part of tokens().
  [[nodiscard]] std::string normalised(base::Tokens tokens) const;

 private:
  [[nodiscard]] bool like_before(std::string_view line);
  void remember(std::string_view line);
  bool scan(std::string_view text, bool quotes);
  [[nodiscard]] std::size_t word_end(std::string_view text, std::size_t at);
  bool scan_quoted(std::string_view text, std::size_t& at, std::size_t start);

  std::vector<base::Token> tokens_;
  std::string normalised_;  // what the tokens view when the line has quotes
  bool ascii_ = true;
  bool plain_ = true;  // no backslash either
  // The line that the tokens are of, if one that differs from it in a word only has the same ones; "": it has not.
  std::string before_;
  const char* before_at_ = nullptr;  // where it stood
};

}  // namespace tandem::api
