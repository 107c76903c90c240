// Who gives commands: an API program over its two pipes, a control client over one socket. What it writes is read in batches of one
// read a round, what the core has for it is written as it reads. One that does not read never stops the reading of what it says, and
// the other way round. Starting and ending programs is the core's business.
// A coroutine reads one pipe, another writes the other.
#pragma once

#include "engine_async/driver.hpp"
#include "engine_async/stream.hpp"

namespace tandem::engine_async {

class ClientDriver final : public Driver {
 public:
  ClientDriver(Loop& loop, speaker::Channel& channel);

 private:
  asio::awaitable<void> run() override;

  Stream stream_;
};

}  // namespace tandem::engine_async
