// Process signals become Speaker::signal(), which keeps each kind until the round's signal point (I26). None is lost when engines
// change: the program blocks them, so that they stay pending in the kernel while no engine runs, and each engine puts the mask
// back as it found it. SIGPIPE is ignored by the program.
// Here they stay blocked and arrive through a signalfd(2) that poll(2) watches like any other descriptor.
#pragma once

#include <signal.h>

#include "common/base/unique_fd.hpp"
#include "engine_sync/loop.hpp"

namespace tandem::engine_sync {

class Signals final : private Poller::Waiter {
 public:
  explicit Signals(Loop& loop);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  void start();
  void leave();  // nothing that has been caught is forgotten
  [[nodiscard]] bool pending() const;  // one has been caught and not told yet

 private:
  void ready(WakeReason reason) override;
  void deliver(int number);

  Loop& loop_;
  sigset_t mask_before_{};
  base::UniqueFd descriptor_;
};

}  // namespace tandem::engine_sync
