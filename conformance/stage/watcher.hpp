// Counts what a loop does, from within its thread, to be read from the test's.
#pragma once

#include <atomic>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/speaker/loop_observer.hpp"

namespace tandem::conformance {

class Watcher : public speaker::LoopObserver {
 public:
  void waiting(std::optional<base::TimePoint>, base::TimePoint) override {
    ++waits;
    if (breaks.exchange(false)) throw std::runtime_error("the test has broken it");
    const std::lock_guard pause(gate);
  }
  void woke(speaker::WakeCause) override { ++wake_ups; }
  void resumed(const speaker::Channel& channel, base::TimePoint) override;
  void round_step(speaker::RoundStep step, base::TimePoint) override;
  void turn(std::string_view peer, std::size_t messages_in, std::size_t messages_out, base::TimePoint) override;
  void worked(const char* what, std::string_view, std::size_t) override {
    if (std::string_view(what) == "free") freed_in_round = rounds.load();
  }

  std::mutex gate;  // whoever holds it keeps the loop from going on, as SIGSTOP would
  std::atomic<bool> breaks{false};  // the engine cannot go on, from the next wait on
  std::atomic<std::uint64_t> waits{0};
  std::atomic<std::uint64_t> wake_ups{0};
  std::atomic<std::uint64_t> rounds{0};
  std::atomic<std::uint64_t> freed_in_round{0};  // the last one that has taken something apart
  std::atomic<std::uint64_t> turns{0};
  std::atomic<std::size_t> most_messages_out{0};  // of one turn
  std::atomic<std::uint64_t> most_work{0};        // of a turn of the loop, from one flush to the next, in units that are the same on every machine (base::Work)
  std::atomic<bool> steps_in_order{true};         // every round logged its six steps in order (I32)

  // What was resumed, by channel name, and the steps, while `recording`.
  std::atomic<bool> recording{false};
  [[nodiscard]] std::vector<std::string> recorded();

 private:
  int last_step_ = -1;
  std::uint64_t work_before_ = 0;  // at the flush before
  std::mutex mutex_;
  std::vector<std::string> record_;
};

}  // namespace tandem::conformance
