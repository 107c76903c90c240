#include "engine_async/driver.hpp"

#include <boost/asio/co_spawn.hpp>

#include <utility>

#include "common/base/log.hpp"
#include "common/process/clock.hpp"
#include "engine_async/loop.hpp"

namespace tandem::engine_async {

using speaker::EndCause;

Driver::Driver(Loop& loop, speaker::Channel& channel) : loop_(loop), channel_(channel), input_(loop.io_) {
  input_.assign(channel_.input_fd());
  if (!channel_.one_descriptor()) {
    try {
      output_ = std::make_unique<asio::posix::stream_descriptor>(loop.io_);
      output_->assign(channel_.output_fd());
    } catch (...) {
      input_.release();  // the channel closes it
      throw;
    }
  }
  channel_.attach(this);
}

Driver::~Driver() {
  if (output_ && output_->is_open()) output_->release();
  if (input_.is_open()) input_.release();
}

void Driver::start() { spawn(run()); }

void Driver::woken() {
  if (over()) return;
  reader_.notify();
  writer_.notify();
}

void Driver::leave() { stir(); }

void Driver::finish() {
  if (output_) output_->release();
  input_.release();  // before the core closes them
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
  stir();
}

void Driver::dial_failed(int error) {
  if (end_ != End::none) return;
  end_ = End::dial;
  error_ = error;
  stir();
}

void Driver::spawn(asio::awaitable<void> code) {
  ++coroutines_;
  asio::co_spawn(loop_.io_, std::move(code), [this](const std::exception_ptr& error) { coroutine_ended(error); });
}

// Until the round that is due has run: one share a round for everybody, as in the other engine.
asio::awaitable<void> Driver::next_round() {
  loop_.next_round_.push_back(this);
  return reader_.wait();
}

// Whatever waits wakes up and asks over(). A read that was performed already still ends with its bytes.
void Driver::stir() {
  boost::system::error_code ignored;
  input_.cancel(ignored);
  if (output_) output_->cancel(ignored);
  reader_.notify();
  writer_.notify();
}

void Driver::coroutine_ended(const std::exception_ptr& error) {
  try {
    if (error) std::rethrow_exception(error);
  } catch (const std::exception& problem) {  // whatever it is, it ends one channel and no other (I29)
    base::log(base::LogCategory::reactor, base::LogLevel::error, "{}: {}", channel_.name(), problem.what());
    end(EndCause::failed);
  }
  if (--coroutines_ != 0) return;
  loop_.ended_.push_back(this);
  loop_.mark_round_due(speaker::WakeCause::ready);
}

}  // namespace tandem::engine_async
