#include "engine_async/peer.hpp"

#include "common/process/clock.hpp"
#include "common/process/io.hpp"

namespace tandem::engine_async {

Peer::Peer(Loop& loop, speaker::Channel& channel) : Driver(loop, channel), connection_(*this, speaker::k_bulk_read) {}

// Three ways in: a socket to be connected, one that was accepted, and a session that another engine has left. The last two look
// the same from here.
asio::awaitable<void> Peer::run() {
  if (interest().connect) co_await dial();
  if (over()) co_return;
  co_await pump();
}

asio::awaitable<void> Peer::dial() {
  const std::optional<int> error = co_await connection_.connect();
  if (!error) co_return;
  if (*error != 0) co_return dial_failed(*error);
  const int socket = channel().input_fd();
  channel().connected(process::local_endpoint(socket), process::remote_endpoint(socket), process::now());
  loop().mark_round_due(speaker::WakeCause::ready);
}

asio::awaitable<void> Peer::pump() {
  spawn(connection_.write());
  while (!over()) {
    co_await connection_.read();
    co_await connection_.wait();
  }
}

}  // namespace tandem::engine_async
