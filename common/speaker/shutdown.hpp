// The end of the daemon as a sequence of steps with deadlines: listeners, peers, programs told, programs ended.
#pragma once

#include <optional>

#include "common/base/time.hpp"

namespace tandem::speaker {

class Daemon;

class Shutdown {
 public:
  // Step 1 and 2 happen now: listeners close, sessions end.
  Shutdown(Daemon& daemon, base::TimePoint now);
  // Goes on as far as it can; true once everything is over.
  bool step(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> deadline() const { return base::earliest(until_, end_); }

 private:
  enum class Phase { peers, notice, programs, done };
  Daemon* daemon_;
  Phase phase_ = Phase::peers;
  std::optional<base::TimePoint> until_;  // of the phase
  std::optional<base::TimePoint> end_;    // of everything
};

}  // namespace tandem::speaker
