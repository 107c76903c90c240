#include "common/speaker/listener.hpp"

#include "common/speaker/daemon.hpp"
#include "common/speaker/limits.hpp"

namespace tandem::speaker {

Listener::Listener(Daemon& daemon, ChannelKind kind, std::string name, base::Endpoint at, base::UniqueFd fd)
    : Channel(daemon.runtime(), kind, std::move(name)), daemon_(daemon), at_(std::move(at)) {
  set_descriptors(std::move(fd));
}

Interest Listener::interest() const {
  Interest wanted;
  if (finished()) return wanted;
  wanted.close = closing_;
  wanted.accept = !closing_ && !paused_until_;
  return wanted;
}

void Listener::accepted(base::UniqueFd fd, const base::Endpoint& local, const base::Endpoint& remote, base::TimePoint now) {
  if (kind() == ChannelKind::control_listener) {
    daemon_.accept_control(std::move(fd));
  } else {
    daemon_.accept_session({std::move(fd), local, remote}, now);
  }
}

void Listener::accept_failed(int error, base::TimePoint now) {
  base::log(base::LogCategory::network, base::LogLevel::error, "{}: accept failed (error {}), trying again in a second", name(), error);
  paused_until_ = now + k_accept_pause;
  wake();
}

void Listener::expired(base::TimePoint now) {
  if (!paused_until_ || *paused_until_ > now) return;
  paused_until_.reset();
  wake();
}

void Listener::ended(EndCause, int, base::TimePoint) {
  if (finished()) return;
  finish();
  daemon_.forget_listener(*this);
  runtime_.retire(*this);
}

void Listener::close() {
  closing_ = true;
  wake();
}

}  // namespace tandem::speaker
