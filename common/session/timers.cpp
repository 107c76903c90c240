#include "common/session/timers.hpp"

#include <algorithm>
#include <utility>

namespace tandem::session {

void Timers::start_open_wait(base::TimePoint now, base::Duration wait) {
  ending_ = Due::open_wait;
  end_at_ = now + wait;
}

void Timers::start_hold(base::TimePoint now, std::uint16_t hold_time_s) {
  hold_time_s_ = hold_time_s;
  ending_ = hold_time_s == 0 ? Due::nothing : Due::hold;
  end_at_ = now + std::chrono::seconds(hold_time_s);
  restart_keepalive(now);
}

void Timers::start_farewell(base::TimePoint now, base::Duration wait) {
  ending_ = Due::farewell;
  end_at_ = now + wait;
}

void Timers::start_send_hold(base::TimePoint now) {
  if (send_hold_ != base::Duration::zero()) send_end_at_ = now + send_hold_;
}

void Timers::stop() {
  ending_ = Due::nothing;
  send_end_at_.reset();
}

void Timers::heard(base::TimePoint now) {
  // Octets may be handed over with the time they were read at, which can be before the time the OPEN was handled at.
  if (ending_ != Due::hold) return;
  least_left_ = std::min(least_left_, end_at_ - now);
  end_at_ = std::max(end_at_, now + std::chrono::seconds(hold_time_s_));
}

void Timers::restart_keepalive(base::TimePoint now) { keepalive_at_ = now + keepalive_interval(); }

void Timers::keepalive_sent(base::TimePoint now) {
  if (!keepalive_runs()) return;
  // The one before left when this one became due, less an interval; the peer has the same hold time.
  least_left_ = std::min(least_left_, std::chrono::seconds(hold_time_s_) - keepalive_interval() - (now - keepalive_at_));
  keepalive_at_ += keepalive_interval();
  if (keepalive_at_ <= now) restart_keepalive(now);  // more than one was missed: a burst would help nobody
}

std::optional<Timers::KeepaliveClock> Timers::keepalives() const {
  if (!keepalive_runs()) return std::nullopt;
  return KeepaliveClock{keepalive_at_, keepalive_interval()};
}

bool Timers::keepalive_may_leave_before(base::TimePoint until, base::TimePoint now) const {
  constexpr base::Duration k_least_interval = std::chrono::seconds(1);
  return keepalive_runs() && keepalive_at_ <= until && now - (keepalive_at_ - keepalive_interval()) >= k_least_interval;
}

std::optional<double> Timers::take_hold_margin() {
  if (least_left_ == base::Duration::max() || hold_time_s_ == 0) return std::nullopt;
  const double left = base::seconds(std::exchange(least_left_, base::Duration::max()));
  return std::clamp(left / hold_time_s_, 0.0, 1.0);
}

Timers::Due Timers::due(base::TimePoint now) const {
  if (ending_ != Due::nothing && now >= end_at_) return ending_;
  if (send_end_at_ && now >= *send_end_at_) return Due::send_hold;
  return keepalive_runs() && now >= keepalive_at_ ? Due::keepalive : Due::nothing;
}

std::optional<base::TimePoint> Timers::deadline() const {
  if (ending_ == Due::nothing) return std::nullopt;
  base::TimePoint first = keepalive_runs() ? std::min(end_at_, keepalive_at_) : end_at_;
  return send_end_at_ ? std::min(first, *send_end_at_) : first;
}

}  // namespace tandem::session
