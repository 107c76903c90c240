#include "tandem/signals.hpp"

namespace tandem::program {

sigset_t handled_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int number : {SIGTERM, SIGHUP, SIGINT, SIGUSR1, SIGUSR2, SIGALRM, SIGCHLD}) ::sigaddset(&set, number);
  return set;
}

void prepare_signals() {
  const sigset_t set = handled_signals();
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

std::optional<speaker::Signal> meaning_of(int number) {
  switch (number) {
    case SIGTERM: return speaker::Signal::terminate;
    case SIGHUP: return speaker::Signal::hang_up;
    case SIGINT: return speaker::Signal::interrupt;
    case SIGUSR1: return speaker::Signal::reload;
    case SIGUSR2: return speaker::Signal::full_reload;
    case SIGALRM: return speaker::Signal::restart;
    case SIGCHLD: return speaker::Signal::child;
    default: return std::nullopt;
  }
}

}  // namespace tandem::program
