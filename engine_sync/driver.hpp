// A driver: the engine's side of one channel while this engine runs it, from the first look at the channel to its end or to the
// moment another engine takes over. And the loop as drivers see it. A driver decides nothing: the channel's interest() does.
// Here a driver's code is a generator: it yields while it has nothing to do and is resumed with the reason to go on.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "common/speaker/channel.hpp"
#include "common/speaker/limits.hpp"
#include "common/speaker/speaker.hpp"
#include "engine_sync/generator.hpp"
#include "engine_sync/poller.hpp"

namespace tandem::engine_sync {

class Driver;
class Signals;

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
  void mark_round_due(speaker::WakeCause cause);  // something was delivered: do not sleep before the next round
  void resumed(const speaker::Channel& channel);  // for the observer

 private:
  friend class Driver;
  friend class Signals;
  void turn();
  void look_at_woken();
  void wait();
  base::TimePoint take_all();
  void leave();
  void attach(speaker::Channel& channel);
  void resume(Driver& driver, WakeReason reason);
  void finish(Driver& driver);

  speaker::Speaker& speaker_;
  Poller poller_;
  StackPool stacks_;
  std::vector<std::uint8_t> scratch_;
  std::vector<std::unique_ptr<Driver>> drivers_;  // each knows its place
  std::vector<speaker::Channel*> woken_;
  std::vector<Driver*> again_;  // those that said Action::now
  std::unique_ptr<Signals> signals_;
  std::optional<speaker::WakeCause> due_;
  base::TimePoint looked_at_{};  // what came before has been found by poll(2)
  std::uint64_t rounds_ = 0;
  bool leaving_ = false;
};

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
  virtual void run() = 0;

 private:
  friend class Connection;
  friend class Listener;
  friend class Loop;
  void ready(WakeReason reason) override { loop_.resume(*this, reason); }
  WakeReason wait(bool read, bool write, Action action = Action::later);
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
  Generator::Yield* yield_ = nullptr;
  Generator generator_;
};

}  // namespace tandem::engine_sync
