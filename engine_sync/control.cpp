#include "engine_sync/control.hpp"

namespace tandem::engine_sync {

ControlListener::ControlListener(Loop& loop, speaker::Channel& channel) : Listener(loop, channel) {}

ControlClient::ControlClient(Loop& loop, speaker::Channel& channel)
    : Driver(loop, channel), stream_(*this, speaker::k_line_read) {}

void ControlClient::run() {
  while (!over()) {
    stream_.read();
    stream_.write();
    stream_.wait();
  }
}

}  // namespace tandem::engine_sync
