// The manual page, from what the subcommands, the settings and the commands say of themselves.
#pragma once

#include <string>

namespace tandem::program {

// tandem(1), as troff reads it.
[[nodiscard]] std::string manual_page();

}  // namespace tandem::program
