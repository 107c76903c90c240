// The timers of one session (RFC 4271 section 8.1.3 and 10) as arithmetic on instants.
//
// At most three run at a time: one that ends the session when it is due (open wait, then hold, then the farewell of a session that
// is over), and beside the hold timer the KEEPALIVE clock and, while something waits to be sent, the send hold timer (RFC 9687). They
// never fire by themselves: the owner asks what is due.
#pragma once

#include <cstdint>
#include <optional>

#include "common/base/time.hpp"

namespace tandem::session {

class Timers {
 public:
  enum class Due : std::uint8_t { nothing, open_wait, hold, send_hold, keepalive, farewell };

  void start_open_wait(base::TimePoint now, base::Duration wait);
  // Replaces the open wait. Starts the KEEPALIVE clock too: a third of the hold time in whole seconds. 0: neither runs.
  void start_hold(base::TimePoint now, std::uint16_t hold_time_s);
  // How long the peer may take nothing of what waits for it. Zero: for ever.
  void allow_send_hold(base::Duration time) { send_hold_ = time; }
  void start_send_hold(base::TimePoint now);  // something waits, or some of it has left
  void stop_send_hold() { send_end_at_.reset(); }
  void start_farewell(base::TimePoint now, base::Duration wait);
  void stop();

  void heard(base::TimePoint now);              // a complete message arrived: the hold timer starts again
  void restart_keepalive(base::TimePoint now);  // the next KEEPALIVE is due a whole interval from now
  void keepalive_sent(base::TimePoint now);     // keeps the cadence: a late one does not postpone those after it

  // When the next one is due, and how far apart they are; nothing: none is sent.
  struct KeepaliveClock {
    base::TimePoint due{};
    base::Duration interval{};
  };
  [[nodiscard]] std::optional<KeepaliveClock> keepalives() const;

  // A KEEPALIVE is due until then, and may leave now: the one before is a second old (RFC 4271 section 4.4).
  [[nodiscard]] bool keepalive_may_leave_before(base::TimePoint until, base::TimePoint now) const;

  // The least that was left of a hold time, ours or, when a KEEPALIVE leaves, the peer's, as a share; nothing where neither has happened
  // since this was asked last.
  [[nodiscard]] std::optional<double> take_hold_margin();

  // What is due now. The hold timer goes before the KEEPALIVE (steps 3 and 4).
  [[nodiscard]] Due due(base::TimePoint now) const;
  [[nodiscard]] std::optional<base::TimePoint> deadline() const;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [ending, hold_time_s, end_at, keepalive_at, send_hold, send_end_at, least_left] = self;
    archive.object(self, "timers")("ending", ending)("hold_time_s", hold_time_s)("end_at", end_at)("keepalive_at", keepalive_at)(
        "send_hold", send_hold)("send_end_at", send_end_at)("least_left", least_left);
  }
  friend constexpr Due last_of(Due) { return Due::farewell; }

 private:
  [[nodiscard]] bool keepalive_runs() const { return ending_ == Due::hold; }
  [[nodiscard]] base::Duration keepalive_interval() const { return std::chrono::seconds(hold_time_s_ / 3); }

  Due ending_ = Due::nothing;  // the timer behind end_at_
  std::uint16_t hold_time_s_ = 0;
  base::TimePoint end_at_{};
  base::TimePoint keepalive_at_{};
  base::Duration send_hold_{};
  std::optional<base::TimePoint> send_end_at_;  // none: nothing waits
  base::Duration least_left_ = base::Duration::max();  // of a hold time
};

}  // namespace tandem::session
