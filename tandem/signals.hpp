// The signals the program handles (spec config.md 9): blocked everywhere, taken where somebody waits for them.
#pragma once

#include <signal.h>

#include <optional>

#include "common/speaker/speaker.hpp"

namespace tandem::program {

[[nodiscard]] sigset_t handled_signals();
// Blocks them and ignores SIGPIPE. The engines wait for them in their own way.
void prepare_signals();
[[nodiscard]] std::optional<speaker::Signal> meaning_of(int number);

}  // namespace tandem::program
