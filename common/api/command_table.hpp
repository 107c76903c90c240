// The table of commands: words in both grammars, what may surround them, help, and the function that carries them out. A new
// command is one row here and one function in the commands_*.cpp of its topic.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/api/command.hpp"

namespace tandem::api {

[[nodiscard]] std::span<const Command> command_table();

struct Match {
  const Command* command = nullptr;
  base::Tokens args;
};
// The first row whose words `tokens` start with. `head` is the word in front of a selector ("peer", "neighbor"), or none when
// `tokens` are the whole line.
[[nodiscard]] Match find_command(std::string_view head, base::Tokens tokens);
// What a line becomes that belongs to the open block of its client (`group start`).
[[nodiscard]] const Command& grouped_command();
// Why there is no such row: which word is unknown or missing, and what could stand there.
[[nodiscard]] std::string explain_unknown(std::string_view head, base::Tokens tokens);

}  // namespace tandem::api
