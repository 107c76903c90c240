// The engines by name, and the loop that lets one continue where another left: the only place that knows both.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/speaker/reactor.hpp"
#include "common/speaker/speaker.hpp"

namespace tandem::program {

[[nodiscard]] std::vector<std::string> engine_names();
// Null when there is no engine of this name.
[[nodiscard]] std::unique_ptr<speaker::Reactor> make_reactor(std::string_view name);

// Drives the speaker, beginning with engine `first`, until it stops. Gives the exit status. REQUIRES that the signals are blocked
// (process::block_signals): the engines wait for them in their own way.
[[nodiscard]] int run_engines(speaker::Speaker& speaker, std::string_view first);

}  // namespace tandem::program
