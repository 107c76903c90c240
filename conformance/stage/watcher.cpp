#include "conformance/stage/watcher.hpp"

#include <algorithm>
#include <utility>

#include "common/base/work.hpp"
#include "common/speaker/channel.hpp"

namespace tandem::conformance {

void Watcher::resumed(const speaker::Channel& channel, base::TimePoint) {
  if (!recording) return;
  const std::lock_guard lock(mutex_);
  record_.emplace_back(channel.name());
}

void Watcher::round_step(speaker::RoundStep step, base::TimePoint) {
  const int number = static_cast<int>(step);
  if (number == 0) ++rounds;
  if (step == speaker::RoundStep::flush) {
    const std::uint64_t work = base::Work::done();
    if (rounds > 1) most_work = std::max<std::uint64_t>(most_work, work - work_before_);
    work_before_ = work;
  }
  if (number != (last_step_ + 1) % 6) steps_in_order = false;
  last_step_ = number;
}

void Watcher::turn(std::string_view peer, std::size_t, std::size_t messages_out, base::TimePoint) {
  ++turns;
  if (messages_out > most_messages_out) most_messages_out = messages_out;
  if (!recording) return;
  const std::lock_guard lock(mutex_);
  record_.push_back("turn " + std::string(peer));
}

std::vector<std::string> Watcher::recorded() {
  const std::lock_guard lock(mutex_);
  return std::exchange(record_, {});
}

}  // namespace tandem::conformance
