// The control socket (a Unix stream socket): its listener, and one driver for each client that has connected. A client is read and
// answered like an API program, over one descriptor instead of two.
// One generator a client.
#pragma once

#include "engine_sync/connection.hpp"
#include "engine_sync/driver.hpp"
#include "engine_sync/listener.hpp"

namespace tandem::engine_sync {

class ControlListener final : public Listener {
 public:
  ControlListener(Loop& loop, speaker::Channel& channel);
};

class ControlClient final : public Driver {
 public:
  ControlClient(Loop& loop, speaker::Channel& channel);

 private:
  void run() override;

  Connection stream_;
};

}  // namespace tandem::engine_sync
