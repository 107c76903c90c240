// Process signals become Speaker::signal(), which keeps each kind until the round's signal point (I26). None is lost when engines
// change: the program blocks them, so that they stay pending in the kernel while no engine runs, and each engine puts the mask
// back as it found it. SIGPIPE is ignored by the program.
// Here Asio's handlers catch them, so they are unblocked while the engine runs.
#pragma once

#include <boost/asio/signal_set.hpp>

#include <signal.h>

#include "engine_async/loop.hpp"

namespace tandem::engine_async {

class Signals final {
 public:
  explicit Signals(Loop& loop);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  void start();
  void leave();  // nothing that has been caught is forgotten

 private:
  asio::awaitable<void> run();
  void deliver(int number);
  void drain();

  Loop& loop_;
  sigset_t mask_before_{};
  bool started_ = false;
  asio::signal_set set_;
};

}  // namespace tandem::engine_async
