#include "engine_async/signals.hpp"

#include <boost/asio/co_spawn.hpp>

namespace tandem::engine_async {

using speaker::Signal;
using speaker::WakeCause;

Signals::Signals(Loop& loop) : loop_(loop), set_(loop.io_) {}

Signals::~Signals() {
  if (!started_) return;
  drain();
  set_.clear();  // while they are blocked: the default action of most is to end the program
  ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
}

void Signals::start() {
  started_ = true;
  const sigset_t set = speaker::handled_signal_set();
  ::pthread_sigmask(SIG_BLOCK, &set, &mask_before_);
  for (const speaker::HandledSignal& handled : speaker::k_handled_signals) set_.add(handled.number);
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);  // what was pending arrives now
  asio::co_spawn(loop_.io_, run(), [](const std::exception_ptr& error) {
    if (error) std::rethrow_exception(error);
  });
  // A pending SIGCHLD does not survive every change of a signal's disposition: look once for programs that have ended.
  loop_.speaker().signal(Signal::child);
}

// Blocks them first: from here on they stay in the kernel, for the next engine. The destructor asks for the rest.
void Signals::leave() {
  if (!started_) return;
  const sigset_t set = speaker::handled_signal_set();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  set_.cancel();
}

asio::awaitable<void> Signals::run() {
  while (!loop_.leaving()) {
    const auto [error, number] = co_await set_.async_wait(k_await);
    if (!error) deliver(number);
  }
}

void Signals::deliver(int number) {
  if (const auto meaning = speaker::signal_of(number)) loop_.speaker().signal(*meaning);
  loop_.mark_round_due(WakeCause::signal);
}

// What the handlers caught before leave() may still be in Asio's own pipe: asks until there is no more. No coroutine is left.
void Signals::drain() {
  bool found = true;
  while (found) {
    found = false;
    set_.async_wait([&](const boost::system::error_code& error, int number) {
      if (error) return;
      found = true;
      deliver(number);
    });
    loop_.io_.restart();
    loop_.io_.poll();
    if (found) continue;
    set_.cancel();
    loop_.io_.restart();
    loop_.io_.poll();
  }
}

}  // namespace tandem::engine_async
