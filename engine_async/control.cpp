#include "engine_async/control.hpp"

namespace tandem::engine_async {

ControlListener::ControlListener(Loop& loop, speaker::Channel& channel) : Listener(loop, channel) {}

ControlClient::ControlClient(Loop& loop, speaker::Channel& channel)
    : Driver(loop, channel), stream_(*this, speaker::k_line_read) {}

asio::awaitable<void> ControlClient::run() {
  spawn(stream_.write());
  while (!over()) {
    co_await stream_.read();
    co_await stream_.wait();
  }
}

}  // namespace tandem::engine_async
