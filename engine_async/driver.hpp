// A driver: the engine's side of one channel while this engine runs it, from the first look at the channel to its end or to the
// moment another engine takes over. A driver decides nothing: the channel's interest() does.
// Here a driver's code is one or more coroutines: each awaits what it has to wait for, and the driver ends with the last of them.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>

#include "common/speaker/channel.hpp"
#include "common/speaker/limits.hpp"
#include "engine_async/wakeup.hpp"

namespace tandem::engine_async {

class Loop;

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
  friend class Stream;
  friend class ListenerDriver;
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
