#include "engine_sync/loop.hpp"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <new>
#include <utility>

#include "common/base/log.hpp"
#include "common/process/clock.hpp"
#include "engine_sync/client.hpp"
#include "engine_sync/connection.hpp"
#include "engine_sync/driver.hpp"
#include "engine_sync/listener.hpp"
#include "engine_sync/signals.hpp"

namespace tandem::engine_sync {

using speaker::Channel;
using speaker::ChannelKind;
using speaker::Exit;
using speaker::WakeCause;

namespace {

std::unique_ptr<Driver> make_driver(Loop& loop, Channel& channel) {
  switch (channel.kind()) {
    case ChannelKind::connection: return std::make_unique<ConnectionDriver>(loop, channel);
    case ChannelKind::listener:
    case ChannelKind::control_listener: return std::make_unique<ListenerDriver>(loop, channel);
    case ChannelKind::program:
    case ChannelKind::program_errors:
    case ChannelKind::control_client: return std::make_unique<ClientDriver>(loop, channel);
  }
  return nullptr;
}

}  // namespace

Loop::Loop(speaker::Speaker& speaker)
    : speaker_(speaker), scratch_(speaker::k_bulk_read), signals_(std::make_unique<Signals>(*this)) {}

Loop::~Loop() = default;

Exit Loop::run() {
  signals_->start();
  bool failed = false;
  try {
    speaker_.runtime().wake_all();
    mark_round_due(WakeCause::again);
    while (!speaker_.exit()) turn();
  } catch (const std::exception& error) {
    base::log(base::LogCategory::reactor, base::LogLevel::critical, "this engine cannot go on: {}", error.what());
    failed = true;
  }
  leave();
  signals_->leave();
  return failed ? Exit::failure : *speaker_.exit();
}

void Loop::turn() {
  look_at_woken();
  wait();
  poller_.dispatch();
  for (Driver* driver : std::exchange(again_, {})) {
    if (driver == nullptr) continue;
    driver->queued_ = false;
    resume(*driver, WakeReason::again);
  }
  const base::TimePoint now = take_all();
  due_.reset();
  ++rounds_;
  if (speaker_.round(now)) mark_round_due(WakeCause::again);
}

// What the last round has changed: new channels get a driver, the others look again, and write at once.
void Loop::look_at_woken() {
  speaker_.runtime().take_woken(woken_);
  for (Channel* channel : woken_) {
    if (channel->driver() != nullptr) {
      static_cast<Driver*>(channel->driver())->woken();
    } else if (channel->input_fd() >= 0) {  // else it has ended, and waits for its last commands to be executed
      attach(*channel);
    }
  }
}

void Loop::wait() {
  const base::TimePoint before = process::now();
  const bool at_once = due_ || !again_.empty();
  const std::optional<base::TimePoint> until = at_once ? before : speaker_.deadline();
  speaker_.waiting(until, before);
  const std::size_t ready = poller_.wait(until, before);
  looked_at_ = poller_.timed_out() ? std::max(*until, before) : before;  // poll(2) looks once more when its time is over
  speaker::LoopObserver* const observer = speaker_.observer();
  if (observer == nullptr) return;
  WakeCause cause = at_once ? due_.value_or(WakeCause::again) : WakeCause::deadline;
  if (ready != 0) cause = ready == 1 && signals_->pending() ? WakeCause::signal : WakeCause::ready;
  observer->woke(cause);
}

// The instant of the round: what came before a deadline that is due has been delivered. One look of poll(2) finds it all.
base::TimePoint Loop::take_all() {
  base::TimePoint now = process::now();
  while (speaker_.must_look_again(looked_at_, now)) {
    looked_at_ = now;
    poller_.wait(now, now);
    poller_.dispatch();
    now = process::now();
  }
  return now;
}

// Every driver ends by its normal path, never by unwinding: what it has read is delivered, what it was told is known.
void Loop::leave() {
  leaving_ = true;
  while (!drivers_.empty()) drivers_.back()->leave();
}

void Loop::attach(Channel& channel) {
  try {
    auto made = make_driver(*this, channel);
    made->place_ = drivers_.size();
    drivers_.push_back(std::move(made));
  } catch (const std::bad_alloc&) {  // no stack for it: that ends this channel and nothing else
    channel.ended(speaker::EndCause::failed, ENOMEM, process::now());
    return mark_round_due(WakeCause::again);
  }
  drivers_.back()->start();
}

void Loop::resume(Driver& driver, WakeReason reason) {
  resumed(driver.channel());
  Action action = Action::close;
  try {
    action = driver.generator_.resume(reason);
  } catch (const std::exception& error) {  // whatever it is, it ends one channel and no other (I29)
    base::log(base::LogCategory::reactor, base::LogLevel::error, "{}: {}", driver.channel().name(), error.what());
    driver.end(speaker::EndCause::failed);
  }
  switch (action) {
    case Action::now:
      if (!std::exchange(driver.queued_, true)) again_.push_back(&driver);
      break;
    case Action::later: break;
    case Action::close: finish(driver); break;
  }
}

void Loop::finish(Driver& driver) {
  mark_round_due(WakeCause::ready);
  for (Driver*& waiting : again_) {
    if (waiting == &driver) waiting = nullptr;
  }
  driver.finish();
  const std::size_t place = driver.place_;
  drivers_[place].swap(drivers_.back());
  drivers_[place]->place_ = place;
  drivers_.pop_back();
}

void Loop::mark_round_due(WakeCause cause) {
  if (!due_) due_ = cause;
}

void Loop::resumed(const Channel& channel) {
  if (speaker_.resuming()) speaker_.resumed(channel, process::now());
}

}  // namespace tandem::engine_sync
