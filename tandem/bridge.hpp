// A program between the speaker and its user: line by line, something is changed in both directions.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.hpp"

namespace tandem::program {

// Without its newline, both ways.
using LineChange = std::function<std::string(std::string_view line)>;

// Runs `program`: what comes from standard input goes to it through `to_program`, what it writes to standard output through
// `from_program`. Neither direction waits for the other, and no more than a line is kept of either. Returns the exit status of the
// program once it has ended (128 and the signal that ended it).
[[nodiscard]] base::Result<int> run_between(const std::vector<std::string>& program, const LineChange& to_program, const LineChange& from_program);

}  // namespace tandem::program
