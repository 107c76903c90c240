// Reading values from tokens: what the text forms of all attributes and NLRI share.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.hpp"
#include "common/base/token.hpp"

namespace tandem::bgp {

// The value of one keyword, token by token.
class ValueReader {
 public:
  ValueReader(std::string_view keyword, base::Tokens tokens) : keyword_(keyword), tokens_(tokens) {}

  [[nodiscard]] std::size_t taken() const { return taken_; }
  [[nodiscard]] bool at_end() const { return taken_ == tokens_.size(); }
  [[nodiscard]] bool next_is(std::string_view punctuation) const {
    return !at_end() && !tokens_[taken_].quoted && tokens_[taken_].text == punctuation;
  }
  bool take(std::string_view punctuation) {
    if (!next_is(punctuation)) return false;
    ++taken_;
    return true;
  }
  // The next word without taking it; null at the end and at punctuation.
  [[nodiscard]] const base::Token* peek() const { return at_end() || is_punctuation(tokens_[taken_]) ? nullptr : &tokens_[taken_]; }
  // The next word; null at the end and at punctuation.
  [[nodiscard]] const base::Token* word() {
    if (at_end() || is_punctuation(tokens_[taken_])) return nullptr;
    return &tokens_[taken_++];
  }

  // The reason as it is, at the token.
  [[nodiscard]] base::Error fail(const base::Token& token, std::string reason, std::vector<std::string> alternatives = {}) const;
  // "community: '65536:1' is not valid, a:b with halves up to 65535 expected", at the token.
  [[nodiscard]] base::Error refuse(const base::Token& token, std::string_view expected, std::vector<std::string> alternatives = {}) const;
  // The value is missing, or something else stands where it should.
  [[nodiscard]] base::Error missing(std::string_view expected, std::vector<std::string> alternatives = {}) const;

  // What is read next is the value of another keyword, where one follows the other in a fixed order: "rd 65000:1 source-as 1".
  void about(std::string_view keyword) { keyword_ = keyword; }
  // The keyword itself, which must stand here; what follows is about it.
  [[nodiscard]] std::optional<base::Error> expect(std::string_view keyword);

  // One word, or words between brackets: calls visit(token) for each; visit returns an optional<Error>.
  template <typename Visitor>
  [[nodiscard]] std::optional<base::Error> list(std::string_view expected, Visitor&& visit) {
    if (!take("[")) {
      const base::Token* only = word();
      if (only == nullptr) return missing(expected);
      return visit(*only);
    }
    while (!take("]")) {
      const base::Token* each = word();
      if (each == nullptr) return missing(fmt::format("{} or ']'", expected));
      if (auto error = visit(*each)) return error;
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] static bool is_punctuation(const base::Token& token) {
    return !token.quoted && token.text.size() == 1 && std::string_view("[](),;{}").find(token.text) != std::string_view::npos;
  }

  std::string_view keyword_;
  base::Tokens tokens_;
  std::size_t taken_ = 0;
};

// The words of a text of our own, as the readers of configuration and commands would take it apart: at blanks, punctuation for itself,
// quoted text as one word. The tokens view `text`.
[[nodiscard]] std::vector<base::Token> split_words(std::string_view text);
[[nodiscard]] std::string lower(std::string_view text);
// "0x" and hex digits, at most 16; nothing else.
[[nodiscard]] std::optional<std::uint64_t> parse_hex_number(std::string_view text, std::uint64_t maximum);

}  // namespace tandem::bgp
