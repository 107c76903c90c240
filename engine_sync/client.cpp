#include "engine_sync/client.hpp"

namespace tandem::engine_sync {

ClientDriver::ClientDriver(Loop& loop, speaker::Channel& channel) : Driver(loop, channel), stream_(*this, speaker::k_line_read) {}

void ClientDriver::run(Yield& yield) {
  stream_.pump(yield);
  yield(Action::close);
}

}  // namespace tandem::engine_sync
