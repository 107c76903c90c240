// What may come next in a command that is being typed, from the table of commands: for the interactive client and for shells.
#pragma once

#include <compare>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tandem::api {

struct CompletionWord {
  std::string word;
  std::string help;  // of the command that it ends; empty: of none
  friend auto operator<=>(const CompletionWord&, const CompletionWord&) = default;
};

// The words that may stand behind `words`, in order, each once.
[[nodiscard]] std::vector<CompletionWord> next_words(std::span<const std::string> words);

// The commands that `words` begin, or are: "show adj-rib in [extensive] ...", and what they do.
[[nodiscard]] std::vector<CompletionWord> commands_like(std::span<const std::string> words);

}  // namespace tandem::api
