// One word of a configuration statement or of an API command, with the place it came from.
#pragma once

#include <span>
#include <string_view>

namespace tandem::base {

// `text` views the buffer of the reader that made the token, and lives as long as that.
struct Token {
  std::string_view text;
  int line = 0;
  int column = 0;
  bool quoted = false;  // came from "..." or '...': never punctuation, never a keyword list
};

using Tokens = std::span<const Token>;

}  // namespace tandem::base
