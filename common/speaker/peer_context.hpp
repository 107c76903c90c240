// What peers are given, and what each asks of whoever keeps it.
#pragma once

#include <algorithm>

#include "common/api/event_encoder.hpp"
#include "common/api/executor.hpp"
#include "common/base/random.hpp"
#include "common/process/host.hpp"
#include "common/rib/attribute_pool.hpp"
#include "common/rib/discards.hpp"
#include "common/speaker/acting.hpp"
#include "common/speaker/event_receiver.hpp"
#include "common/speaker/limits.hpp"
#include "common/speaker/loop_observer.hpp"
#include "common/speaker/measurements.hpp"
#include "common/speaker/rejections.hpp"
#include "common/speaker/runtime.hpp"
#include "common/speaker/speaker_options.hpp"
#include "common/speaker/clock.hpp"

namespace tandem::speaker {

class PeerKeeper {
 public:
  virtual void mark_due(api::PeerId peer) = 0;                        // it gets a turn in this round or the next
  virtual void schedule(api::PeerId peer, base::TimePoint when) = 0;  // it is due then, at the latest
  // What commands have changed is held back (quiet.hpp); `begins`: nothing was before.
  virtual void holds_commands(api::PeerId peer, bool begins) = 0;
  virtual void has_routes_now() = 0;                                  // a peer that had none: commands reach it

 protected:
  ~PeerKeeper() = default;
};

// Of a round, for what is as long as a table, in routes (limits.hpp).
class RoundBudget {
 public:
  void begin_round() { left_ = k_round_rib_slice; }
  [[nodiscard]] std::size_t take_slice() {
    const std::size_t slice = std::clamp(left_, k_rib_slice_least, k_turn_rib_slice);
    left_ -= std::min(left_, slice);
    return slice;
  }
  void give_back(std::size_t routes) { left_ += routes; }

 private:
  std::size_t left_ = k_round_rib_slice;
};

// Outlives them.
struct PeerContext {
  process::Host& host;
  Runtime& runtime;
  base::Random& random;
  rib::AttributePool& pool;
  const SpeakerOptions& options;
  const api::EventEncoder& encoder;
  const Clock& clock;
  const EventReceivers& programs;
  Rejections& rejections;  // for connections that are not wanted
  const Acting& acting;
  base::Buffer& scratch;   // for one message at a time, kept so that nothing is allocated for each
  rib::Discards& discards;
  RoundBudget& budget;
  Measurements& measurements;
  LoopObserver* observer = nullptr;
};

}  // namespace tandem::speaker
