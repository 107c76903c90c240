// Which neighbors a command is about: `neighbor <address> [key value]...` in version 4, `peer <address> ...` in version 6. Every word
// of a selector narrows; what cannot be understood is an error, never "all".
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.hpp"
#include "common/base/token.hpp"

namespace tandem::api {

enum class Grammar : std::uint8_t { neighbor, peer };

class Selector {
 public:
  // In version 6 the words after `peer` are a selector only when they begin like one.
  [[nodiscard]] static bool looks_like_selector(const base::Token& token);

  // Reads a selector from the front of `tokens` (the word before it excluded); the number of tokens taken.
  [[nodiscard]] base::Result<std::size_t> parse(base::Tokens tokens, Grammar grammar);
  void clear();

  // Whether there is one at all. Without one everybody matches.
  [[nodiscard]] bool written() const { return !terms_.empty(); }
  [[nodiscard]] bool matches(std::string_view peer_key) const;

 private:
  struct Filter {
    std::string_view key;
    std::string_view value;
  };
  struct Term {
    std::string_view address;  // none: any
    std::size_t first = 0;     // its filters, in filters_
    std::size_t count = 0;
  };
  [[nodiscard]] base::Result<std::size_t> parse_term(base::Tokens tokens, Grammar grammar);
  [[nodiscard]] std::string_view kept(std::string_view written, std::string canonical);
  [[nodiscard]] std::optional<std::string_view> canonical_value(std::string_view key, std::string_view text);
  [[nodiscard]] bool matches(const Term& term, std::string_view peer_key) const;

  // Views of the tokens, and of canonical_ where a value was not written as keys have it.
  std::vector<Term> terms_;
  std::vector<Filter> filters_;
  std::deque<std::string> canonical_;
};

// The value behind a name in a peer key: "neighbor", "local-ip", ... Empty when the key does not have it.
[[nodiscard]] std::string_view key_value(std::string_view peer_key, std::string_view name);

}  // namespace tandem::api
