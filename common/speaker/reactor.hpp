// The interface of an engine.
#pragma once

#include <cstdint>
#include <memory>

namespace tandem::speaker {

class Speaker;

enum class Exit : std::uint8_t {
  stop,           // the speaker is finished
  switch_engine,  // another engine is to continue on the same speaker (Speaker::engine_wanted)
  failure,        // the engine cannot go on; the reason has been logged
  upgrade         // another program is to go on with the speaker (Speaker::upgrade_wanted)
};

constexpr Exit last_of(Exit) { return Exit::upgrade; }

// Drives a speaker until it exits. Every channel that had a driver has none when run returns, and its descriptor is as it was.
// One thread; run may be called again later. When it cannot begin (no descriptor is left) it throws std::exception, and the speaker is
// untouched.
class Reactor {
 public:
  virtual ~Reactor() = default;
  virtual Exit run(Speaker& speaker) = 0;
};

}  // namespace tandem::speaker
