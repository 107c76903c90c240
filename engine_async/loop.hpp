// One run of the reactor: wait for what the channels want, deliver what happened, let the speaker have its round, and again. It owns
// the drivers and the waiting, and nothing that the next engine would miss; the order of things inside a round is the core's.
// This loop is a coroutine itself. Completion handlers only move octets and mark the round due; the first of a batch wakes the loop up
// behind the others.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "common/speaker/channel.hpp"
#include "common/speaker/speaker.hpp"
#include "engine_async/wakeup.hpp"

namespace tandem::engine_async {

class Driver;
class Signals;

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
  void run_handlers();
  asio::awaitable<void> turns();
  void look_at_woken();
  asio::awaitable<void> wait();
  asio::awaitable<void> pass();
  asio::awaitable<base::TimePoint> take_all();
  void arm(std::optional<base::TimePoint> deadline, base::TimePoint now);
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
  base::TimePoint looked_at_{};  // what came before has been found, but for more than one portion of it
  std::uint64_t rounds_ = 0;
  std::size_t resumed_ = 0;  // coroutines, for this round
  bool leaving_ = false;
  bool failed_ = false;
};

}  // namespace tandem::engine_async
