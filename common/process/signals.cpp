#include "common/process/signals.hpp"

namespace tandem::process {

void block_signals(const sigset_t& signals) {
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

}  // namespace tandem::process
