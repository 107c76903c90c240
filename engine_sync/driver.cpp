#include "engine_sync/driver.hpp"

#include "common/process/clock.hpp"
#include "engine_sync/loop.hpp"

namespace tandem::engine_sync {

using speaker::EndCause;

Driver::Driver(Loop& loop, speaker::Channel& channel) : loop_(loop), channel_(channel) {
  generator_ = Generator(loop_.stacks_, [this](Yield& yield) { run(yield); });
  add_descriptors();
  channel_.attach(this);
}

Driver::~Driver() = default;

void Driver::start() { loop_.resume(*this, WakeReason::again); }

void Driver::woken() { loop_.resume(*this, WakeReason::woken); }

void Driver::leave() { loop_.resume(*this, WakeReason::leave); }

void Driver::finish() {
  remove_descriptors();  // before the core closes them
  const base::TimePoint now = process::now();
  if (end_ == End::dial) channel_.connect_failed(error_, now);
  if (end_ == End::channel) channel_.ended(cause_, error_, now);
  channel_.detach();
}

bool Driver::over() {
  if (end_ != End::none || loop_.leaving()) return true;
  if (!interest().ends()) return false;
  end(EndCause::asked);
  return true;
}

void Driver::end(EndCause cause, int error) {
  if (end_ != End::none) return;
  end_ = End::channel;
  cause_ = cause;
  error_ = error;
}

void Driver::dial_failed(int error) {
  if (end_ != End::none) return;
  end_ = End::dial;
  error_ = error;
}

void Driver::ready(WakeReason reason) { loop_.resume(*this, reason); }

void Driver::watch(bool read, bool write) {
  if (channel_.one_descriptor()) {
    loop_.poller_.modify(channel_.input_fd(), read, write);
  } else {
    loop_.poller_.modify(channel_.input_fd(), read, false);
    loop_.poller_.modify(channel_.output_fd(), false, write);
  }
}

void Driver::add_descriptors() {
  loop_.poller_.add(channel_.input_fd(), *this);
  if (!channel_.one_descriptor()) loop_.poller_.add(channel_.output_fd(), *this);
}

void Driver::remove_descriptors() {
  if (!channel_.one_descriptor()) loop_.poller_.remove(channel_.output_fd());
  loop_.poller_.remove(channel_.input_fd());
}

}  // namespace tandem::engine_sync
