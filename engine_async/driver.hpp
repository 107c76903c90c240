// A driver: the engine's side of one channel while this engine runs it, from the first look at the channel to its end or to the
// moment another engine takes over. And the loop as drivers see it. A driver decides nothing: the channel's interest() does.
// Here a driver's code is one or more coroutines: each awaits what it has to wait for, and the driver ends with the last of them.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "common/speaker/channel.hpp"
#include "common/speaker/limits.hpp"
#include "common/speaker/speaker.hpp"

namespace tandem::engine_async {

namespace asio = boost::asio;

class Driver;
class Signals;

// End of file, reset and cancellation are values, not exceptions.
inline constexpr auto k_await = asio::as_tuple(asio::use_awaitable);

// Where one coroutine waits for something that is no descriptor. Nothing is remembered: whoever waits has looked first, and there is
// one thread, so nothing can happen between the look and the wait.
class Wakeup {
 public:
  [[nodiscard]] asio::awaitable<void> wait();  // REQUIRES that nobody waits here
  void notify();                               // the waiter runs before this returns

 private:
  struct Waiter {
    virtual ~Waiter() = default;
    virtual void resume() = 0;
  };
  template <typename Handler>
  struct Suspended;
  std::unique_ptr<Waiter> waiter_;
};

// One run of the reactor.
class Loop {
 public:
  explicit Loop(speaker::Speaker& speaker);
  ~Loop();
  speaker::Exit run();

  [[nodiscard]] speaker::Speaker& speaker() { return speaker_; }
  [[nodiscard]] bool leaving() const { return leaving_; }  // another engine takes over, or the program ends
  [[nodiscard]] std::uint64_t rounds() const { return rounds_; }  // that have run
  [[nodiscard]] std::span<std::uint8_t> scratch() { return scratch_; }  // where bulk is read into, whoever reads
  void mark_round_due(speaker::WakeCause cause);  // something was delivered: one round for the whole batch of completions
  void resumed(const speaker::Channel& channel);  // something that was awaited has come

 private:
  friend class Driver;
  friend class Signals;
  asio::awaitable<void> turns();
  void look_at_woken();
  asio::awaitable<void> wait();
  asio::awaitable<base::TimePoint> take_all();
  void arm(base::TimePoint now);
  void leave(std::exception_ptr reason);
  void attach(speaker::Channel& channel);
  void finish_ended();
  void finish(Driver& driver);

  speaker::Speaker& speaker_;
  asio::io_context io_{1};
  asio::steady_timer timer_{io_};  // the only one: speaker.deadline() is the earliest of all
  std::optional<base::TimePoint> armed_;
  Wakeup round_;
  std::vector<std::uint8_t> scratch_;
  std::vector<std::unique_ptr<Driver>> drivers_;  // each knows its place
  std::vector<speaker::Channel*> woken_;
  std::vector<Driver*> next_round_;  // those that have had their share of this one
  std::vector<Driver*> ended_;       // those whose last coroutine has returned
  std::unique_ptr<Signals> signals_;
  std::optional<speaker::WakeCause> due_;
  base::TimePoint looked_at_{};  // what came before has been found by epoll, but for more than one portion of it
  std::uint64_t rounds_ = 0;
  std::size_t resumed_ = 0;  // coroutines, for this round
  bool leaving_ = false;
  bool failed_ = false;
};

class Driver {
 public:
  Driver(Loop& loop, speaker::Channel& channel);
  virtual ~Driver();
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  [[nodiscard]] speaker::Channel& channel() { return channel_; }
  [[nodiscard]] speaker::Interest interest() const { return channel_.interest(); }
  [[nodiscard]] Loop& loop() { return loop_; }

  // --- for the loop --------------------------------------------------------------------------------------------------
  void start();   // the first look
  void woken();   // the interest may have changed
  void leave();   // end by the normal path; the channel lives on
  void finish();  // gives the channel back: ended (or not) and detached. REQUIRES that its code has ended.

  // --- for the code of a driver --------------------------------------------------------------------------------------
  [[nodiscard]] bool over();  // true: return. Asked before each step and after each wait
  void end(speaker::EndCause cause, int error = 0);  // the first call counts
  void dial_failed(int error);

 protected:
  virtual asio::awaitable<void> run() = 0;
  void spawn(asio::awaitable<void> code);  // another coroutine of this driver

 private:
  friend class Connection;
  friend class Listener;
  friend class Loop;
  asio::awaitable<void> next_round();
  void stir();
  void coroutine_ended(const std::exception_ptr& error);
  [[nodiscard]] asio::posix::stream_descriptor& output() { return output_ ? *output_ : input_; }

  enum class End : std::uint8_t { none, channel, dial };

  Loop& loop_;
  speaker::Channel& channel_;
  std::size_t place_ = 0;  // in Loop::drivers_
  End end_ = End::none;
  speaker::EndCause cause_ = speaker::EndCause::asked;
  int error_ = 0;
  int coroutines_ = 0;
  // Borrowed from the channel, and released before they are destroyed: they would close what they hold.
  asio::posix::stream_descriptor input_;
  std::unique_ptr<asio::posix::stream_descriptor> output_;  // of a program: its other pipe
  Wakeup reader_;
  Wakeup writer_;
};

}  // namespace tandem::engine_async
