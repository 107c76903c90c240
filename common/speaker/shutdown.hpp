// The end of the daemon as a sequence of steps with deadlines: listeners, peers, programs told, programs ended.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "common/api/event_encoder.hpp"
#include "common/speaker/control_clients.hpp"
#include "common/speaker/listeners.hpp"
#include "common/speaker/peers.hpp"
#include "common/speaker/programs.hpp"
#include "common/speaker/clock.hpp"
#include "common/state/layout.hpp"

namespace tandem::speaker {

class Shutdown {
 public:
  // What is to end, and what it is told with.
  struct Parts {
    Listeners& listeners;
    const Peers& peers;
    Programs& programs;
    const ControlClients& clients;
    const api::EventEncoder& encoder;
    const Clock& clock;
  };
  // Step 1 and 2 happen now: listeners close, sessions end.
  Shutdown(const Parts& parts, base::TimePoint now);
  // One that is under way: it is read.
  explicit Shutdown(const Parts& parts) : parts_(parts) {}
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [parts, phase, until, end] = self;
    archive.object(self, "shutdown")("phase", state::up_to(phase, Phase::done))("until", until)("end", end);
  }
  [[nodiscard]] std::string_view objection() const { return end_ ? "" : "a shutdown has no end"; }
  // Goes on as far as it can; true once everything is over.
  bool step(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> deadline() const { return base::earliest(until_, end_); }

 private:
  enum class Phase { peers, notice, programs, done };
  Parts parts_;
  Phase phase_ = Phase::peers;
  std::optional<base::TimePoint> until_;  // of the phase
  std::optional<base::TimePoint> end_;    // of everything
};

}  // namespace tandem::speaker
