// Signals before anybody waits for them.
#pragma once

#include <signal.h>

namespace tandem::process {

// Blocks these in this thread and in those it makes, so that only who waits for them takes them, and ignores SIGPIPE: a reader that
// has gone is an error of the write.
void block_signals(const sigset_t& signals);

}  // namespace tandem::process
