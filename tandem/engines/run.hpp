// One engine of the table after the other on the same speaker.
#pragma once

#include <functional>
#include <string_view>

#include "common/speaker/speaker.hpp"

namespace tandem::program {

// Drives the speaker, beginning with engine `first`, until it stops. Gives the exit status. REQUIRES that the signals are blocked
// (process::block_signals): the engines wait for them in their own way. `first`: "" for the one that its snapshot has. `upgrade`: engine_loop.hpp.
[[nodiscard]] int run_engines(speaker::Speaker& speaker, std::string_view first, const std::function<void()>& upgrade = {});

}  // namespace tandem::program
