#include "engine_async/loop.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <system_error>
#include <utility>

#include "common/base/log.hpp"
#include "common/process/clock.hpp"
#include "engine_async/client.hpp"
#include "engine_async/connection.hpp"
#include "engine_async/driver.hpp"
#include "engine_async/listener.hpp"
#include "engine_async/signals.hpp"

namespace tandem::engine_async {

using speaker::Channel;
using speaker::ChannelKind;
using speaker::Exit;
using speaker::WakeCause;

namespace {

// Who reads: this process when epoll says that it can, or the kernel by itself. Then a pipe may be empty before anything of it is in the queue.
#ifdef BOOST_ASIO_HAS_IO_URING_AS_DEFAULT
constexpr bool k_kernel_reads = true;
constexpr int k_passes = 3;  // reads that were asked for reach the kernel, their ends are found, and behind these come the handlers
#else
constexpr bool k_kernel_reads = false;
constexpr int k_passes = 2;  // what the first one finds is queued behind it
#endif

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
  asio::co_spawn(io_, turns(), [this](const std::exception_ptr& error) { leave(error); });
  run_handlers();
  while (!drivers_.empty()) finish(*drivers_.back());
  signals_.reset();
  return failed_ ? Exit::failure : *speaker_.exit();
}

// Until the last coroutine has ended. What leaves a handler ends the engine, but not at once: coroutines have borrowed descriptors, and
// give them back at their end.
void Loop::run_handlers() {
  for (bool over = false; !over;) {
    try {
      io_.run();
      over = true;
    } catch (const std::exception&) {
      leave(std::current_exception());
    }
  }
}

asio::awaitable<void> Loop::turns() {
  speaker_.runtime().wake_all();
  mark_round_due(WakeCause::again);
  while (!speaker_.exit()) {
    look_at_woken();
    co_await wait();
    const base::TimePoint now = co_await take_all();
    if (leaving_) co_return;
    finish_ended();
    due_.reset();
    resumed_ = 0;
    ++rounds_;
    if (speaker_.round(now)) mark_round_due(WakeCause::again);
  }
}

// What the last round has changed: new channels get a driver, the others look again, and write at once. Readers that have had their
// share of the last round go on.
void Loop::look_at_woken() {
  speaker_.runtime().take_woken(woken_);
  for (Channel* channel : woken_) {
    if (channel->driver() != nullptr) {
      static_cast<Driver*>(channel->driver())->woken();
    } else if (channel->input_fd() >= 0) {  // else it has ended, and waits for its last commands to be executed
      attach(*channel);
    }
  }
  for (Driver* driver : std::exchange(next_round_, {})) driver->reader_.notify();
}

// The round barrier: completions deliver and mark the round due, the first of a batch posts this coroutine behind the others. What a read
// had taken from the kernel before a round is delivered before the next one (Speaker's quiet counts on it). With epoll its completion is in the
// queue by then; a ring has to be looked at once more.
asio::awaitable<void> Loop::wait() {
  const base::TimePoint before = process::now();
  const std::optional<base::TimePoint> until = due_ ? before : speaker_.deadline();
  speaker_.waiting(until, before);
  if (!due_) arm(until, before);
  const bool at_once = due_.has_value();
  co_await round_.wait();
  if (at_once && k_kernel_reads) co_await pass();
  speaker::LoopObserver* const observer = speaker_.observer();
  if (observer != nullptr && due_) observer->woke(*due_);
}

// Everything that is queued now runs, and the kernel has been looked at once.
asio::awaitable<void> Loop::pass() {
  asio::post(io_, [this] { round_.notify(); });
  co_await round_.wait();
}

// The instant of the round: what came before a deadline that is due has been delivered. Asio takes 128 events from the kernel at a
// time, poll(2) all there are: behind a full portion there is more, as if nobody had looked.
asio::awaitable<base::TimePoint> Loop::take_all() {
  constexpr std::size_t k_many = 64;  // fewer: it was not a full portion
  constexpr base::TimePoint k_never{};
  base::TimePoint now = process::now();
  while (!leaving_ && speaker_.must_look_again(resumed_ < k_many ? looked_at_ : k_never, now)) {
    looked_at_ = now;
    resumed_ = 0;
    for (int i = 0; i < k_passes; ++i) co_await pass();
    now = process::now();
  }
  co_return now;
}

// A timer that is set for an earlier time stays: it finds nothing to do and is set anew, which is cheaper than setting it each round.
void Loop::arm(std::optional<base::TimePoint> deadline, base::TimePoint now) {
  if (!deadline) return;
  if (*deadline <= now) return mark_round_due(WakeCause::deadline);
  if (armed_ && *armed_ <= *deadline) return;
  armed_ = deadline;
  timer_.expires_after(*deadline - now);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error || leaving_) return;
    looked_at_ = std::max(looked_at_, *armed_);  // the kernel has told of the timer, and of what was ready before it
    armed_.reset();
    arm(speaker_.deadline(), process::now());
  });
}

// Every coroutine ends by its normal path: what is being waited for is cancelled, what has been read is delivered. `reason`: an
// exception, when that is why.
void Loop::leave(std::exception_ptr reason) {
  try {
    if (reason) std::rethrow_exception(reason);
  } catch (const std::exception& error) {
    base::log(base::LogCategory::reactor, base::LogLevel::critical, "this engine cannot go on: {}", error.what());
    failed_ = true;
  }
  if (std::exchange(leaving_, true)) return;
  timer_.cancel();
  signals_->leave();
  for (const auto& driver : drivers_) driver->leave();
  round_.notify();
}

void Loop::attach(Channel& channel) {
  try {
    auto made = make_driver(*this, channel);
    made->place_ = drivers_.size();
    drivers_.push_back(std::move(made));
  } catch (const std::exception&) {  // the kernel will not watch it: that ends this channel and nothing else
    channel.ended(speaker::EndCause::failed, ENOMEM, process::now());
    return mark_round_due(WakeCause::again);
  }
  drivers_.back()->start();
}

void Loop::finish_ended() {
  for (Driver* driver : std::exchange(ended_, {})) finish(*driver);
}

void Loop::finish(Driver& driver) {
  std::erase(next_round_, &driver);
  driver.finish();
  const std::size_t place = driver.place_;
  drivers_[place].swap(drivers_.back());
  drivers_[place]->place_ = place;
  drivers_.pop_back();
}

void Loop::mark_round_due(WakeCause cause) {
  if (due_) return;
  due_ = cause;
  asio::post(io_, [this] { round_.notify(); });
}

void Loop::resumed(const Channel& channel) {
  ++resumed_;
  if (speaker_.resuming()) speaker_.resumed(channel, process::now());
}

}  // namespace tandem::engine_async
