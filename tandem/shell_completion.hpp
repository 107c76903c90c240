// What may come next in a command line of the program, from its subcommands, their options and the table of commands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/api/completion.hpp"

namespace tandem::program {

struct ShellCompletion {
  std::vector<api::CompletionWord> words;  // that begin as the last word of the line does
  bool files = false;                      // or a file
};

// `line` begins with the name of the program and ends at the cursor.
[[nodiscard]] ShellCompletion complete_line(std::string_view line);

// The shells there is a script for, and the script: it asks `tandem shell complete LINE`. Null: no such shell.
[[nodiscard]] std::vector<std::string_view> completed_shells();
[[nodiscard]] const char* completion_script(std::string_view shell);
// Where a user's own scripts are, below his home; relative to it.
[[nodiscard]] std::string_view completion_file(std::string_view shell);

}  // namespace tandem::program
