// The reactor: wait for what the channels want, deliver what happened, let the speaker have its round, and again. It owns the
// waiting and nothing that the next engine would miss; the order of things inside a round is the core's.
// This engine waits in a Boost.Asio io_context and runs each channel's driver as C++20 coroutines; Asio stays out of this header.
#pragma once

#include "common/speaker/reactor.hpp"

namespace tandem::engine_async {

class Reactor final : public speaker::Reactor {
 public:
  speaker::Exit run(speaker::Speaker& speaker) override;
};

}  // namespace tandem::engine_async
