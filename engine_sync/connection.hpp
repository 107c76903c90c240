// One TCP connection with a neighbor: dial it or take it as it was accepted (or left by the other engine), move its bytes until it
// ends. The session on top is the core's; program order here mirrors a connection's life, decisions come from the channel.
// One generator tells the whole story; where it has to wait, it yields.
#pragma once

#include "engine_sync/driver.hpp"
#include "engine_sync/stream.hpp"

namespace tandem::engine_sync {

class ConnectionDriver final : public Driver {
 public:
  ConnectionDriver(Loop& loop, speaker::Channel& channel);

 private:
  void run(Yield& yield) override;
  void dial(Yield& yield);

  Stream stream_;
};

}  // namespace tandem::engine_sync
