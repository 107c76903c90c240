// A listening socket: accepts while the core wants connections, at most ten a round, and tells when the kernel refuses (no more
// descriptors). Who may connect is the core's business.
// One coroutine a socket awaits the next connection, then accepts what is there.
#pragma once

#include "engine_async/driver.hpp"

namespace tandem::engine_async {

class ListenerDriver final : public Driver {
 public:
  ListenerDriver(Loop& loop, speaker::Channel& channel);

 private:
  asio::awaitable<void> run() override;
  void accept_some();
};

}  // namespace tandem::engine_async
