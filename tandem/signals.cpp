#include "tandem/signals.hpp"

#include "common/speaker/signals.hpp"

namespace tandem::program {

void prepare_signals() {
  const sigset_t set = speaker::handled_signal_set();
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

}  // namespace tandem::program
