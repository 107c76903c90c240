// Who gives commands: an API program over its two pipes, a control client over one socket. What it writes is read in batches of one
// read a round, what the core has for it is written as it reads. One that does not read never stops the reading of what it says, and
// the other way round. Starting and ending programs is the core's business.
// One generator serves both directions.
#pragma once

#include "engine_sync/driver.hpp"
#include "engine_sync/stream.hpp"

namespace tandem::engine_sync {

class ClientDriver final : public Driver {
 public:
  ClientDriver(Loop& loop, speaker::Channel& channel);

 private:
  void run(Yield& yield) override;

  Stream stream_;
};

}  // namespace tandem::engine_sync
