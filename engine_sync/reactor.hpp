// The reactor: wait for what the channels want, deliver what happened, let the speaker have its round, and again. It owns the
// waiting and nothing that the next engine would miss; the order of things inside a round is the core's.
// This engine waits in poll(2) and runs each channel's driver as a generator on a fiber of its own.
#pragma once

#include "common/speaker/reactor.hpp"

namespace tandem::engine_sync {

class Reactor final : public speaker::Reactor {
 public:
  speaker::Exit run(speaker::Speaker& speaker) override;
};

}  // namespace tandem::engine_sync
