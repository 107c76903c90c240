#include "engine_sync/listener.hpp"

#include "common/process/clock.hpp"
#include "common/process/io.hpp"

namespace tandem::engine_sync {

using process::Accepted;
using process::IoStatus;

Listener::Listener(Loop& loop, speaker::Channel& channel) : Driver(loop, channel) {}

void Listener::run() {
  while (!over()) {
    const bool wanted = interest().accept;
    if (is_readable(wait(wanted, false)) && !over()) accept_some();
  }
}

void Listener::accept_some() {
  for (int i = 0; i < speaker::k_round_accepts && interest().accept; ++i) {
    Accepted next = process::accept_one(channel().input_fd());
    if (next.status == IoStatus::would_block) return;
    loop().mark_round_due(speaker::WakeCause::ready);
    if (next.status != IoStatus::done) return channel().accept_failed(next.error, process::now());
    channel().accepted(std::move(next.fd), next.local, next.remote, process::now());
  }
}

}  // namespace tandem::engine_sync
