#include "engine_sync/signals.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <system_error>

namespace tandem::engine_sync {

using speaker::Signal;
using speaker::WakeCause;

Signals::Signals(Loop& loop) : loop_(loop) {}

Signals::~Signals() { leave(); }

void Signals::start() {
  const sigset_t set = speaker::handled_signal_set();
  ::pthread_sigmask(SIG_BLOCK, &set, &mask_before_);
  descriptor_.reset(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!descriptor_) throw std::system_error(errno, std::system_category(), "signalfd");
  loop_.poller_.add(descriptor_.get(), *this);
  loop_.poller_.modify(descriptor_.get(), true, false);
  // A pending SIGCHLD does not survive every change of a signal's disposition: look once for programs that have ended.
  loop_.speaker().signal(Signal::child);
}

void Signals::leave() {
  if (!descriptor_) return;
  loop_.poller_.remove(descriptor_.get());
  descriptor_.reset();
  ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
}

bool Signals::pending() const { return descriptor_ && loop_.poller_.found(descriptor_.get()); }

void Signals::ready(WakeReason) {
  signalfd_siginfo caught;
  while (::read(descriptor_.get(), &caught, sizeof caught) == static_cast<ssize_t>(sizeof caught)) {
    deliver(static_cast<int>(caught.ssi_signo));
  }
}

void Signals::deliver(int number) {
  if (const auto meaning = speaker::signal_of(number)) loop_.speaker().signal(*meaning);
  loop_.mark_round_due(WakeCause::signal);
}

}  // namespace tandem::engine_sync
