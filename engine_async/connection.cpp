#include "engine_async/connection.hpp"

#include "common/process/clock.hpp"
#include "common/process/io.hpp"
#include "engine_async/loop.hpp"

namespace tandem::engine_async {

ConnectionDriver::ConnectionDriver(Loop& loop, speaker::Channel& channel) : Driver(loop, channel), stream_(*this, speaker::k_bulk_read) {}

// Three ways in: a socket to be connected, one that was accepted, and a session that another engine has left. The last two look
// the same from here.
asio::awaitable<void> ConnectionDriver::run() {
  if (interest().connect) co_await dial();
  co_await stream_.pump();
}

asio::awaitable<void> ConnectionDriver::dial() {
  const std::optional<int> error = co_await stream_.connect();
  if (!error) co_return;
  if (*error != 0) co_return dial_failed(*error);
  const int socket = channel().input_fd();
  channel().connected(process::local_endpoint(socket), process::remote_endpoint(socket), process::now());
  loop().mark_round_due(speaker::WakeCause::ready);
}

}  // namespace tandem::engine_async
