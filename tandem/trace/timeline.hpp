// The loop as it goes, cut into slices: waits, drivers, the steps of rounds, and in them the turns of neighbors and other work. Inside a round, where
// time stands still for the core, it reads the clock itself, but only where the processor has counted on enough for something to have happened.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/speaker/loop_observer.hpp"
#include "tandem/trace/labels.hpp"
#include "tandem/trace/trace_file.hpp"

namespace tandem::trace {

class Timeline final : public speaker::LoopObserver {
 public:
  struct Time {
    base::TimePoint (*now)();
    std::uint64_t (*ticks)();  // process::ticks
  };
  Timeline(TraceFile& file, Time time);
  ~Timeline() override;
  Timeline(const Timeline&) = delete;
  Timeline& operator=(const Timeline&) = delete;

  void engine(std::string_view name) override;
  void waiting(std::optional<base::TimePoint> until, base::TimePoint now) override;
  void woke(speaker::WakeCause cause) override;
  void resumed(const speaker::Channel& channel, base::TimePoint now) override;
  void round_step(speaker::RoundStep step, base::TimePoint now) override;
  void turn(std::string_view peer, std::size_t messages_in, std::size_t messages_out, base::TimePoint now) override;
  void worked(const char* what, std::string_view whose, std::size_t octets) override;

 private:
  [[nodiscard]] bool nothing_has_passed() const;
  void open(const Label& label, base::TimePoint at);
  [[nodiscard]] base::TimePoint close(base::TimePoint at);
  [[nodiscard]] bool is_open(SliceKind kind) const { return open_ != nullptr && open_->kind == kind; }
  void inside(const Label& label, base::TimePoint at, std::size_t amount, std::size_t amount_out = 0);

  TraceFile& file_;
  const Time time_;
  Labels* labels_ = nullptr;  // of the engine that runs
  std::vector<Slice> slices_;
  std::optional<std::size_t> last_wait_;  // in slices_
  base::TimePoint last_put_;
  // The slice under way
  const Label* open_ = nullptr;
  base::TimePoint begin_;
  base::TimePoint mark_;    // where the last slice inside it has ended
  std::uint64_t mark_ticks_ = 0;
  std::size_t inside_ = 0;  // how many there are
};

}  // namespace tandem::trace
