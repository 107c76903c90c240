// The third driver: it drives the same channels as the engines do, through the same calls, with virtual time, memory for transports
// and chance for everything an engine must not rely on: who is ready first, how much is read or written at once, when it arrives.
// No descriptor, no sleep, one thread; the same seed gives the same run.
#pragma once

#include <functional>
#include <vector>

#include "common/speaker/reactor.hpp"
#include "common/speaker/speaker.hpp"
#include "conformance/sim/world.hpp"

namespace tandem::conformance::sim {

class Reactor : public speaker::Reactor {
 public:
  explicit Reactor(World& world) : world_(world) {}

  // Until the speaker exits; failure when nothing can ever happen again.
  speaker::Exit run(speaker::Speaker& speaker) override;

  // Runs until `condition` holds (checked after every pass), the speaker exits, or `limit` of virtual time is over. True when it
  // holds. Drivers stay attached in between.
  bool run_until(speaker::Speaker& speaker, const std::function<bool()>& condition, base::Duration limit);
  void run_for(speaker::Speaker& speaker, base::Duration time);
  // Detaches every driver, as an engine that leaves; the next run attaches new ones.
  void leave(speaker::Speaker& speaker);

  // Nobody drives the channels until then. The far ends go on with what was written to them; what they say waits. `write` is called when it was last said
  // that it is to be, and says when it is next.
  void pause(base::TimePoint end, const std::function<std::optional<base::TimePoint>()>& write);

  [[nodiscard]] std::size_t wake_ups() const { return wake_ups_; }
  [[nodiscard]] std::size_t rounds() const { return rounds_; }
  // The longest series of rounds in which the speaker was run at its own wish, nothing moved and no time passed. Work in portions
  // makes some; a loop that spins never ends, so here it ends at k_spin.
  static constexpr std::size_t k_spin = 10'000;
  [[nodiscard]] std::size_t most_barren_rounds() const { return most_barren_; }
  // Percentage of passes after which every driver is detached and attached again.
  unsigned leave_percent = 0;
  // Asked before each pass which speaker goes on: perhaps another one, from a snapshot. Null: none does.
  std::function<speaker::Speaker&()> who_goes_on;
  // Told what the speaker has written. Null: nobody is.
  std::function<void(const Stream&, base::Bytes)> on_written;

 private:
  bool take_over(speaker::Speaker& speaker);  // false: no other engine is wanted
  bool run_out(const std::function<bool()>& condition);
  bool pass(speaker::Speaker& speaker);      // false: nothing was done
  void attach_woken(speaker::Speaker& speaker);
  bool drive(speaker::Speaker& speaker, Stream& stream);
  bool drive_channel(speaker::Speaker& speaker, Stream& stream);
  bool connect_channel(Stream& stream);
  bool accept(Stream& stream);
  bool write(Stream& stream);
  bool read(Stream& stream);
  bool end_of_remote(Stream& stream, const speaker::Interest& interest);
  bool drive_remote(Stream& stream);
  void end(Stream& stream, speaker::EndCause cause, int error);
  bool collect_remote(Stream& stream);
  bool wait(speaker::Speaker& speaker, base::TimePoint limit);
  [[nodiscard]] std::optional<base::TimePoint> next_event(speaker::Speaker& speaker);

  World& world_;
  std::vector<speaker::Channel*> woken_;
  std::vector<Stream*> order_;
  std::size_t wake_ups_ = 0;
  std::size_t rounds_ = 0;
  std::size_t barren_ = 0;
  std::size_t most_barren_ = 0;
  bool again_ = true;
};

}  // namespace tandem::conformance::sim
