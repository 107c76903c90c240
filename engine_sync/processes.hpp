// The pipes of an API program: what it writes is read in batches of one read a round, what the core has for it is written as it
// reads. A program that does not read never stops the reading of what it says, and the other way round. Starting and ending
// programs is the core's business.
// One generator serves both pipes: neither a read nor a write ever waits, only the yield between them does.
#pragma once

#include "engine_sync/connection.hpp"
#include "engine_sync/driver.hpp"

namespace tandem::engine_sync {

class Program final : public Driver {
 public:
  Program(Loop& loop, speaker::Channel& channel);

 private:
  void run() override;

  Connection pipes_;
};

}  // namespace tandem::engine_sync
