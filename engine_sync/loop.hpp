// One run of the reactor: wait for what the channels want, deliver what happened, let the speaker have its round, and again. It owns
// the drivers and the waiting, and nothing that the next engine would miss; the order of things inside a round is the core's.
// This loop is the order of things: whoever reads turn() from top to bottom knows what happens when.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "common/speaker/channel.hpp"
#include "common/speaker/speaker.hpp"
#include "engine_sync/generator.hpp"
#include "engine_sync/poller.hpp"

namespace tandem::engine_sync {

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

}  // namespace tandem::engine_sync
