// The signals the program handles (spec config.md 9): blocked everywhere, taken where somebody waits for them.
#pragma once

namespace tandem::program {

// Blocks the handled signals and ignores SIGPIPE. The engines wait for them in their own way.
void prepare_signals();

}  // namespace tandem::program
