// The control socket (a Unix stream socket): its listener, and one driver for each client that has connected. A client is read and
// answered like an API program, over one descriptor instead of two.
// A reading and a writing coroutine a client.
#pragma once

#include "engine_async/connection.hpp"
#include "engine_async/driver.hpp"
#include "engine_async/listener.hpp"

namespace tandem::engine_async {

class ControlListener final : public Listener {
 public:
  ControlListener(Loop& loop, speaker::Channel& channel);
};

class ControlClient final : public Driver {
 public:
  ControlClient(Loop& loop, speaker::Channel& channel);

 private:
  asio::awaitable<void> run() override;

  Connection stream_;
};

}  // namespace tandem::engine_async
