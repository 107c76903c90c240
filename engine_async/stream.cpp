#include "engine_async/stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include "common/process/clock.hpp"
#include "common/process/io.hpp"
#include "engine_async/loop.hpp"

namespace tandem::engine_async {

using process::IoResult;
using process::IoStatus;
using speaker::EndCause;
using speaker::WakeCause;

namespace {
constexpr auto k_writable = asio::posix::descriptor_base::wait_write;
}

asio::awaitable<std::optional<int>> Stream::connect() {
  speaker::Channel& channel = driver_.channel();
  if (!channel.connect_started) {
    const IoResult begun = process::start_connect(channel.input_fd(), channel.dial_target());
    if (begun.status == IoStatus::failed) co_return begun.error;
    channel.connect_started = true;
  }
  // Only a writable socket knows: SO_ERROR is 0 while the connect is still under way, too.
  const auto [error] = co_await driver_.input_.async_wait(k_writable, k_await);
  driver_.loop().resumed(channel);
  if (error) co_return std::nullopt;
  co_return process::connect_result(channel.input_fd());
}

asio::awaitable<void> Stream::pump() {
  if (!driver_.over()) driver_.spawn(write());
  while (!driver_.over()) {
    co_await read();
    co_await wait();
  }
}

asio::awaitable<void> Stream::read() {
  if (driver_.over()) co_return;
  if (!driver_.interest().read) {
    if (write_error_ != 0) driver_.end(EndCause::failed, write_error_);
    co_return;
  }
  if (write_error_ != 0) {
    read_now(read_size_);
    co_return;
  }
  const auto into = asio::buffer(small_);
  const auto [error, count] = co_await driver_.input_.async_read_some(into, k_await);
  driver_.loop().resumed(driver_.channel());
  if (count != 0) {
    deliver(std::span(small_).first(count));
    if (count == small_.size() && driver_.interest().read) read_now(read_size_ - count);
  } else if (error == asio::error::eof) {
    input_ended();
  } else if (error != asio::error::operation_aborted) {
    driver_.end(EndCause::failed, error.value());
  }
}

asio::awaitable<void> Stream::write() {
  speaker::Channel& channel = driver_.channel();
  while (!driver_.over()) {
    if (!driver_.interest().write || write_error_ != 0) {
      co_await driver_.writer_.wait();
      continue;
    }
    const IoResult result = process::write_some(channel.output_fd(), channel.outbox());
    if (result.status == IoStatus::done) {
      if (channel.sent(result.count, process::now())) driver_.loop().mark_round_due(WakeCause::again);
    } else if (result.status == IoStatus::would_block) {
      co_await driver_.output().async_wait(k_writable, k_await);
      driver_.loop().resumed(channel);
    } else {
      write_error_ = result.error;
      driver_.stir();
    }
  }
}

asio::awaitable<void> Stream::wait() {
  if (driver_.over()) co_return;
  if (read_in_ == driver_.loop().rounds() + 1) {
    co_await driver_.next_round();
  } else if (!driver_.interest().read && write_error_ == 0) {
    co_await driver_.reader_.wait();
  }
}

void Stream::deliver(std::span<const std::uint8_t> bytes) {
  read_in_ = driver_.loop().rounds() + 1;
  driver_.channel().receive(bytes, process::now());
  driver_.loop().mark_round_due(WakeCause::ready);
}

void Stream::input_ended() {
  if (driver_.channel().input_ended(process::now())) driver_.loop().mark_round_due(WakeCause::ready);
  else driver_.end(EndCause::end_of_file);
}

// What is there without waiting: the bulk behind a full small buffer, or the last words of somebody who listens no more.
void Stream::read_now(std::size_t most) {
  const auto into = driver_.loop().scratch().first(most);
  const IoResult result = process::read_some(driver_.channel().input_fd(), into);
  switch (result.status) {
    case IoStatus::done: deliver(into.first(result.count)); break;
    case IoStatus::would_block:
      if (write_error_ != 0) driver_.end(EndCause::failed, write_error_);
      break;
    case IoStatus::closed: input_ended(); break;
    case IoStatus::failed: driver_.end(EndCause::failed, result.error); break;
  }
}

}  // namespace tandem::engine_async
