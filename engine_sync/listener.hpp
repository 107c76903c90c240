// A listening socket: accepts while the core wants connections, at most ten a round, and tells when the kernel refuses (no more
// descriptors). Who may connect is the core's business.
// Accepts until it would block, then yields until poll(2) sees the next connection.
#pragma once

#include "engine_sync/driver.hpp"

namespace tandem::engine_sync {

class ListenerDriver final : public Driver {
 public:
  ListenerDriver(Loop& loop, speaker::Channel& channel);

 private:
  void run(Yield& yield) override;
  void accept_some();
};

}  // namespace tandem::engine_sync
