// What a peer is given by whoever keeps it, and what it asks of it.
#pragma once

#include "common/api/event_encoder.hpp"
#include "common/api/executor.hpp"
#include "common/base/random.hpp"
#include "common/process/host.hpp"
#include "common/rib/attribute_pool.hpp"
#include "common/speaker/event_receiver.hpp"
#include "common/speaker/loop_observer.hpp"
#include "common/speaker/runtime.hpp"
#include "common/speaker/speaker_options.hpp"
#include "common/speaker/clock.hpp"

namespace tandem::speaker {

class PeerKeeper {
 public:
  virtual void mark_due(api::PeerId peer) = 0;                        // it gets a turn in this round or the next
  virtual void schedule(api::PeerId peer, base::TimePoint when) = 0;  // it is due then, at the latest
  virtual void commands_reach_others() = 0;                           // a peer has routes now that had none
  // A connection that is not wanted: told why, then closed.
  virtual void reject(base::UniqueFd fd, const base::NotificationCause& cause, base::TimePoint now) = 0;
  [[nodiscard]] virtual EventReceiver* program(std::string_view name) const = 0;  // null: there is none
  [[nodiscard]] virtual LoopObserver* observer() const = 0;  // null: nobody

 protected:
  ~PeerKeeper() = default;
};

struct PeerContext {
  PeerKeeper& keeper;
  process::Host& host;
  Runtime& runtime;
  base::Random& random;
  rib::AttributePool& pool;
  const SpeakerOptions& options;
  const api::EventEncoder& encoder;
  const Clock& clock;
  base::Buffer& scratch;  // for one message at a time, kept so that nothing is allocated for each
};

}  // namespace tandem::speaker
