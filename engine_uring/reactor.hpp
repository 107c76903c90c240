// The reactor of engine_async once more, with an Asio that waits in io_uring: operations are queued in a ring that the kernel reads, and
// their results in one that it writes, so that many of them cost one system call. Drivers, coroutines and loop are the same sources.
#pragma once

#include <optional>
#include <string>

#include "common/speaker/reactor.hpp"

namespace tandem::engine_uring {

class Reactor final : public speaker::Reactor {
 public:
  speaker::Exit run(speaker::Speaker& speaker) override;
};

// Why the kernel gives this process no ring, and what to use instead; nullopt: it does.
[[nodiscard]] std::optional<std::string> refusal();

}  // namespace tandem::engine_uring
