// A driver: the engine's side of one channel while this engine runs it, from the first look at the channel to its end or to the
// moment another engine takes over. A driver decides nothing: the channel's interest() does.
// Here a driver's code is a generator: it yields while it has nothing to do and is resumed with the reason to go on.
#pragma once

#include <cstddef>
#include <cstdint>

#include "common/speaker/channel.hpp"
#include "common/speaker/limits.hpp"
#include "engine_sync/generator.hpp"
#include "engine_sync/poller.hpp"

namespace tandem::engine_sync {

class Loop;

class Driver : private Poller::Waiter {
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
  virtual void run(Yield& yield) = 0;
  // What poll(2) is to wake this driver for at its next yield. That costs no system call, so it is said each time.
  void watch(bool read, bool write);

 private:
  friend class Stream;
  friend class Loop;
  void ready(WakeReason reason) override;
  void add_descriptors();
  void remove_descriptors();

  enum class End : std::uint8_t { none, channel, dial };

  Loop& loop_;
  speaker::Channel& channel_;
  std::size_t place_ = 0;  // in Loop::drivers_
  End end_ = End::none;
  speaker::EndCause cause_ = speaker::EndCause::asked;
  int error_ = 0;
  bool queued_ = false;  // in Loop::again_
  Generator generator_;
};

}  // namespace tandem::engine_sync
