#include "engine_async/listener.hpp"

#include "common/process/clock.hpp"
#include "common/process/io.hpp"
#include "engine_async/loop.hpp"

namespace tandem::engine_async {

using process::Accepted;
using process::IoStatus;

namespace {
constexpr auto k_readable = asio::posix::descriptor_base::wait_read;
}

ListenerDriver::ListenerDriver(Loop& loop, speaker::Channel& channel) : Driver(loop, channel) {}

asio::awaitable<void> ListenerDriver::run() {
  while (!over()) {
    if (!interest().accept) {
      co_await reader_.wait();
      continue;
    }
    const auto [error] = co_await input_.async_wait(k_readable, k_await);
    loop().resumed(channel());
    if (error || over()) continue;
    accept_some();
    co_await next_round();
  }
}

void ListenerDriver::accept_some() {
  loop().mark_round_due(speaker::WakeCause::ready);
  for (int i = 0; i < speaker::k_round_accepts && interest().accept; ++i) {
    Accepted next = process::accept_one(channel().input_fd());
    if (next.status == IoStatus::would_block) return;
    if (next.status != IoStatus::done) return channel().accept_failed(next.error, process::now());
    channel().accepted(std::move(next.connection));
  }
}

}  // namespace tandem::engine_async
