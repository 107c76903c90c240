// A session that nobody serves while another program takes the place of this one (docs/engines.md): what is to be known to go on sending its
// KEEPALIVEs, and what was written meanwhile. It goes from one program to the other beside the state, which is older than that.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/error.hpp"
#include "common/base/time.hpp"

namespace tandem::speaker {

class Runtime;

struct PausedSession {
  int descriptor = -1;
  base::Duration interval{};
  base::TimePoint due{};                // the next KEEPALIVE
  base::Buffer waiting{};               // what is to be written in front of it, whole messages but for the first
  std::uint64_t written = 0;            // octets, since nobody serves it
  std::vector<base::TimePoint> sent{};  // KEEPALIVEs that were put behind what waits
  bool failed = false;                  // the connection; whoever serves it finds out, too

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [descriptor, interval, due, waiting, written, sent, failed] = self;
    archive.object(self, "paused_session")("descriptor", descriptor)("interval", interval)("due", due)("waiting", waiting)("written", written)("sent", sent)(
        "failed", failed);
  }
  [[nodiscard]] std::string_view objection() const;
};

// All sessions that KEEPALIVEs are sent on. But those for which a lot waits: their peers have enough to read.
[[nodiscard]] std::vector<PausedSession> paused_sessions(const Runtime& runtime);
// Puts the KEEPALIVEs that are due behind what waits, and writes it as far as it is taken: how many of these octets were, none where there is no room;
// nullopt: the connection has failed, and is left to the engine that finds out. When to come again; nullopt: there is nothing to do.
using WriteSome = std::function<std::optional<std::size_t>(int descriptor, base::Bytes octets)>;
[[nodiscard]] std::optional<base::TimePoint> write_due(std::vector<PausedSession>& sessions, base::TimePoint now, const WriteSome& write_some);
// They go on with what was written.
void go_on(const Runtime& runtime, const std::vector<PausedSession>& paused, base::TimePoint now);

// As octets. Both programs have the same clock.
[[nodiscard]] base::Buffer to_octets(const std::vector<PausedSession>& paused);
[[nodiscard]] base::Result<std::vector<PausedSession>> paused_from(base::Bytes octets);

}  // namespace tandem::speaker
