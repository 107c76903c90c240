// One TCP connection with a neighbor: dial it or take it as it was accepted (or left by the other engine), move its bytes until it
// ends. The session on top is the core's; program order here mirrors a connection's life, decisions come from the channel.
// One coroutine tells the story and reads, a second one writes; where they have to wait, they await.
#pragma once

#include "engine_async/driver.hpp"
#include "engine_async/stream.hpp"

namespace tandem::engine_async {

class ConnectionDriver final : public Driver {
 public:
  ConnectionDriver(Loop& loop, speaker::Channel& channel);

 private:
  asio::awaitable<void> run() override;
  asio::awaitable<void> dial();

  Stream stream_;
};

}  // namespace tandem::engine_async
