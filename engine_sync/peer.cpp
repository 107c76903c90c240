#include "engine_sync/peer.hpp"

#include "common/process/clock.hpp"
#include "common/process/io.hpp"

namespace tandem::engine_sync {

Peer::Peer(Loop& loop, speaker::Channel& channel) : Driver(loop, channel), connection_(*this, speaker::k_bulk_read) {}

// Three ways in: a socket to be connected, one that was accepted, and a session that another engine has left. The last two look
// the same from here.
void Peer::run() {
  if (interest().connect) dial();
  if (over()) return;
  pump();
}

void Peer::dial() {
  const std::optional<int> error = connection_.connect();
  if (!error) return;
  if (*error != 0) return dial_failed(*error);
  const int socket = channel().input_fd();
  channel().connected(process::local_endpoint(socket), process::remote_endpoint(socket), process::now());
  loop().mark_round_due(speaker::WakeCause::ready);
}

void Peer::pump() {
  while (!over()) {
    connection_.read();
    connection_.write();
    connection_.wait();
  }
}

}  // namespace tandem::engine_sync
