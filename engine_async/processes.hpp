// The pipes of an API program: what it writes is read in batches of one read a round, what the core has for it is written as it
// reads. A program that does not read never stops the reading of what it says, and the other way round. Starting and ending
// programs is the core's business.
// A coroutine reads one pipe, another writes the other.
#pragma once

#include "engine_async/connection.hpp"
#include "engine_async/driver.hpp"

namespace tandem::engine_async {

class Program final : public Driver {
 public:
  Program(Loop& loop, speaker::Channel& channel);

 private:
  asio::awaitable<void> run() override;

  Connection pipes_;
};

}  // namespace tandem::engine_async
