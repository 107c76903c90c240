#include "engine_sync/listener.hpp"

#include "common/process/clock.hpp"
#include "common/process/io.hpp"
#include "engine_sync/loop.hpp"

namespace tandem::engine_sync {

using process::Accepted;
using process::IoStatus;

ListenerDriver::ListenerDriver(Loop& loop, speaker::Channel& channel) : Driver(loop, channel) {}

void ListenerDriver::run(Yield& yield) {
  while (!over()) {
    watch(interest().accept, false);
    const WakeReason reason = yield(Action::later);
    if (is_readable(reason) && !over()) accept_some();
  }
  yield(Action::close);
}

void ListenerDriver::accept_some() {
  for (int i = 0; i < speaker::k_round_accepts && interest().accept; ++i) {
    Accepted next = process::accept_one(channel().input_fd());
    if (next.status == IoStatus::would_block) return;
    loop().mark_round_due(speaker::WakeCause::ready);
    if (next.status != IoStatus::done) return channel().accept_failed(next.error, process::now());
    channel().accepted(std::move(next.connection));
  }
}

}  // namespace tandem::engine_sync
