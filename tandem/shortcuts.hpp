// The abbreviations of `tandem run`: "s n su" is "show neighbor summary".
#pragma once

#include <string>
#include <string_view>

namespace tandem::program {

// The command in full. Words that stand for themselves are left alone; the selector is moved to where the grammar wants it.
[[nodiscard]] std::string expand_shortcuts(std::string_view command);

}  // namespace tandem::program
