#include "engine_async/processes.hpp"

namespace tandem::engine_async {

Program::Program(Loop& loop, speaker::Channel& channel) : Driver(loop, channel), pipes_(*this, speaker::k_line_read) {}

asio::awaitable<void> Program::run() {
  spawn(pipes_.write());
  while (!over()) {
    co_await pipes_.read();
    co_await pipes_.wait();
  }
}

}  // namespace tandem::engine_async
