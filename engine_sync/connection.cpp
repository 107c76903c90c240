#include "engine_sync/connection.hpp"

#include "common/process/clock.hpp"
#include "common/process/io.hpp"
#include "engine_sync/loop.hpp"

namespace tandem::engine_sync {

ConnectionDriver::ConnectionDriver(Loop& loop, speaker::Channel& channel) : Driver(loop, channel), stream_(*this, speaker::k_bulk_read) {}

// Three ways in: a socket to be connected, one that was accepted, and a session that another engine has left. The last two look
// the same from here.
void ConnectionDriver::run(Yield& yield) {
  if (interest().connect) dial(yield);
  stream_.pump(yield);
  yield(Action::close);
}

void ConnectionDriver::dial(Yield& yield) {
  const std::optional<int> error = stream_.connect(yield);
  if (!error) return;
  if (*error != 0) return dial_failed(*error);
  const int socket = channel().input_fd();
  channel().connected(process::local_endpoint(socket), process::remote_endpoint(socket), process::now());
  loop().mark_round_due(speaker::WakeCause::ready);
}

}  // namespace tandem::engine_sync
