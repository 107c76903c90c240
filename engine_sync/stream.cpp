#include "engine_sync/stream.hpp"

#include "common/process/clock.hpp"
#include "common/process/io.hpp"
#include "engine_sync/loop.hpp"

namespace tandem::engine_sync {

using process::IoResult;
using process::IoStatus;
using speaker::EndCause;
using speaker::Interest;
using speaker::WakeCause;

std::optional<int> Stream::connect(Yield& yield) {
  speaker::Channel& channel = driver_.channel();
  if (!channel.connect_started) {
    const IoResult begun = process::start_connect(channel.input_fd(), channel.dial_target());
    if (begun.status == IoStatus::failed) return begun.error;
    channel.connect_started = true;
  }
  // Only a writable socket knows: SO_ERROR is 0 while the connect is still under way, too.
  driver_.watch(false, true);
  while (!is_writable(yield(Action::later))) {
    if (driver_.over()) return std::nullopt;
  }
  return process::connect_result(channel.input_fd());
}

void Stream::pump(Yield& yield) {
  while (!driver_.over()) {
    read();
    write();
    wait(yield);
  }
}

void Stream::read() {
  if (driver_.over()) return;
  if (!driver_.interest().read) {
    if (write_error_ != 0) driver_.end(EndCause::failed, write_error_);
    return;
  }
  if (!readable_ || read_in_ == driver_.loop().rounds() + 1) return;
  const IoResult result = process::read_some(driver_.channel().input_fd(), driver_.loop().scratch().first(read_size_));
  switch (result.status) {
    case IoStatus::done: deliver(result.count); break;
    case IoStatus::would_block:
      readable_ = false;
      if (write_error_ != 0) driver_.end(EndCause::failed, write_error_);
      break;
    case IoStatus::closed: input_ended(); break;
    case IoStatus::failed: driver_.end(EndCause::failed, result.error); break;
  }
}

void Stream::write() {
  speaker::Channel& channel = driver_.channel();
  while (!driver_.over() && driver_.interest().write && writable_ && write_error_ == 0) {
    const IoResult result = process::write_some(channel.output_fd(), channel.outbox());
    if (result.status == IoStatus::done) {
      if (channel.sent(result.count, process::now())) driver_.loop().mark_round_due(WakeCause::again);
    } else if (result.status == IoStatus::would_block) {
      writable_ = false;
    } else {
      write_error_ = result.error;
      readable_ = true;
    }
  }
}

void Stream::wait(Yield& yield) {
  if (driver_.over()) return;
  const Interest wanted = driver_.interest();
  const bool at_once = (wanted.read && readable_) || write_error_ != 0;
  driver_.watch(wanted.read, wanted.write && write_error_ == 0);
  const WakeReason reason = yield(at_once ? Action::now : Action::later);
  readable_ = readable_ || is_readable(reason);
  writable_ = writable_ || is_writable(reason);
}

void Stream::input_ended() {
  readable_ = false;
  if (driver_.channel().input_ended(process::now())) driver_.loop().mark_round_due(WakeCause::ready);
  else driver_.end(EndCause::end_of_file);
}

// A read that filled its buffer has probably left something: the next one need not wait for poll(2) to say so.
void Stream::deliver(std::size_t count) {
  readable_ = count == read_size_ || write_error_ != 0;
  read_in_ = driver_.loop().rounds() + 1;
  driver_.channel().receive(driver_.loop().scratch().first(count), process::now());
  driver_.loop().mark_round_due(WakeCause::ready);
}

}  // namespace tandem::engine_sync
