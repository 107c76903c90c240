// Which peers a command is for: the words after `neighbor` (version 4) or `peer` (version 6), matched against the keys of the
// peers (spec api.md 4.2).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "common/base/token.hpp"

namespace tandem::api {

enum class Grammar : std::uint8_t { neighbor, peer };

class Selector {
 public:
  void clear();
  // `tokens` start behind the word `neighbor` or `peer`. Gives the number of tokens taken, nullopt when they are no selector.
  // The tokens must outlive the selector's use.
  [[nodiscard]] std::optional<std::size_t> parse(base::Tokens tokens, Grammar grammar);

  [[nodiscard]] bool written() const { return all_ || !terms_.empty(); }
  // Without a selector every peer matches.
  [[nodiscard]] bool matches(std::string_view peer_key) const;

  // What makes a token the start of a version 6 selector: "*", "[", or a word with "." or ":" in it.
  [[nodiscard]] static bool looks_like_selector(const base::Token& token);

 private:
  [[nodiscard]] std::optional<std::size_t> parse_term(base::Tokens tokens, Grammar grammar);

  bool all_ = false;
  std::vector<base::Tokens> terms_;  // each: an address, then pairs of filter name and value; one must match in full
};

// Peer keys are pairs of words: "neighbor 10.0.0.1 local-ip 10.0.0.2 ...". The value of `name`, "" when it is not there.
[[nodiscard]] std::string_view key_value(std::string_view peer_key, std::string_view name);

}  // namespace tandem::api
