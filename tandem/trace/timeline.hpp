// The loop as it goes, cut into slices: waits, drivers, the steps of rounds, and in them the turns of neighbors and other work. It reads the clock
// itself: inside a round time stands still for the core.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/speaker/loop_observer.hpp"
#include "tandem/trace/trace_file.hpp"

namespace tandem::trace {

class Timeline final : public speaker::LoopObserver {
 public:
  Timeline(TraceFile& file, base::TimePoint (*now)()) : file_(file), now_(now), last_put_(now()), mark_(last_put_) {}
  ~Timeline() override;
  Timeline(const Timeline&) = delete;
  Timeline& operator=(const Timeline&) = delete;

  void engine(std::string_view name) override;
  void waiting(std::optional<base::TimePoint> until, base::TimePoint now) override;
  void woke(speaker::WakeCause cause, base::TimePoint now) override;
  void resumed(const speaker::Channel& channel, base::TimePoint now) override;
  void round_step(speaker::RoundStep step, base::TimePoint now) override;
  void turn(std::string_view peer, std::size_t messages_in, std::size_t messages_out, base::TimePoint now) override;
  void worked(const char* what, std::string_view whose, std::size_t octets) override;

 private:
  void open(Slice slice, base::TimePoint at);
  void close(base::TimePoint at);
  void inside(Slice slice);

  TraceFile& file_;
  base::TimePoint (*now_)();
  std::vector<std::string> engines_;  // a row each
  std::vector<Slice> slices_;
  std::optional<Slice> open_;
  std::optional<std::size_t> last_wait_;  // in slices_
  base::TimePoint last_put_;
  base::TimePoint mark_;  // where the last slice inside a step has ended
  std::uint16_t row_ = 0;
};

}  // namespace tandem::trace
