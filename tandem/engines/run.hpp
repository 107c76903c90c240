// One engine of the table after the other on the same speaker.
#pragma once

#include <string_view>

#include "common/speaker/speaker.hpp"

namespace tandem::program {

// Drives the speaker, beginning with engine `first`, until it stops. Gives the exit status. REQUIRES that the signals are blocked
// (process::block_signals): the engines wait for them in their own way.
[[nodiscard]] int run_engines(speaker::Speaker& speaker, std::string_view first);

}  // namespace tandem::program
