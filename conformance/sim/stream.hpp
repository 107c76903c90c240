// One connection, pipe pair or listener of the simulated world: what would be a descriptor is a number (a token) here. A stream holds
// the octets that are under way in both directions, cut and delayed as the weather says.
#pragma once

#include <deque>
#include <memory>
#include <optional>

#include "common/base/bytes.hpp"
#include "common/base/ip.hpp"
#include "common/base/random.hpp"
#include "common/base/time.hpp"
#include "common/speaker/channel.hpp"
#include "harness/remote.hpp"

namespace tandem::conformance {
using namespace harness;
}

namespace tandem::conformance::sim {

// How the network behaves. The defaults are unkind but not hostile.
struct Weather {
  base::Duration delay_min{};
  base::Duration delay_max = std::chrono::milliseconds(3);
  std::size_t window = 64 * 1024;     // octets under way to a remote that does not read
  unsigned tiny_percent = 20;         // deliveries and writes cut to 1..8 octets
  unsigned partial_percent = 30;      // deliveries and writes cut anywhere
  unsigned reset_per_million = 0;     // chance of a reset at each delivery
  unsigned scarce_percent = 0;        // sockets, accepts and programs that fail for want of a descriptor
  base::Duration octet_gap{};         // not zero: what remotes say arrives octet by octet, this far apart
  static Weather calm() { return {{}, {}, 1024 * 1024, 0, 0, 0, 0, {}}; }
};

// Octets under way in one direction, in order; never overtaken by later ones.
class Flow {
 public:
  void put(base::Buffer bytes, base::TimePoint ripe);
  [[nodiscard]] bool empty() const { return pieces_.empty(); }
  [[nodiscard]] std::size_t octets() const { return octets_; }
  [[nodiscard]] bool ripe(base::TimePoint now) const { return !pieces_.empty() && pieces_.front().ripe <= now; }
  [[nodiscard]] std::optional<base::TimePoint> next() const;
  [[nodiscard]] base::TimePoint last() const { return last_; }
  // The octets that have arrived, cut as the weather says.
  base::Buffer take(base::TimePoint now, const Weather& weather, base::Random& random);
  void clear();

 private:
  struct Piece {
    base::Buffer bytes;
    base::TimePoint ripe;
  };
  std::deque<Piece> pieces_;
  std::size_t octets_ = 0;
  base::TimePoint last_{};
};

// How much of `available` goes at once.
[[nodiscard]] std::size_t cut(std::size_t available, const Weather& weather, base::Random& random);

struct Stream {
  int token = 0;
  int write_token = 0;                     // of a program, which has a pipe each way; 0: none
  std::shared_ptr<Remote> remote;          // null for listeners, and before the connect succeeded
  speaker::Channel* channel = nullptr;     // null: nobody drives it (yet, or any more)
  std::int64_t pid = 0;                    // of a program
  bool listening = false;
  base::Endpoint local;                    // the speaker's end
  base::Endpoint far;
  std::optional<base::TimePoint> connect_at;  // a connect is under way and its result is known then
  int connect_error = 0;
  Flow to_remote;
  Flow to_channel;
  std::optional<base::TimePoint> silent_at;  // the remote says nothing more, and listens on
  std::optional<base::TimePoint> end_at;   // the remote has ended; the speaker may know from then on
  bool reset = false;
  bool closed_told = false;                // Remote::closed has been called
  bool speaker_gone = false;               // the speaker closed its end
  bool finished = false;                   // both ends are done: to be forgotten
  std::deque<Stream*> backlog;             // of a listener: connections to be accepted
};

}  // namespace tandem::conformance::sim
