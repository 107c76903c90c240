#include "common/speaker/listener.hpp"

#include "common/base/log.hpp"
#include "common/speaker/limits.hpp"

namespace tandem::speaker {

Listener::Listener(ChannelKeeper& keeper, ChannelKind kind, std::string name, base::UniqueFd fd,
                   std::vector<process::IncomingConnection>& arrivals)
    : Channel(keeper, kind, std::move(name)), ListenerMemory{arrivals} {
  set_descriptors(std::move(fd));
}

Interest Listener::interest() const {
  Interest wanted;
  if (finished()) return wanted;
  wanted.close = closing_;
  wanted.accept = !closing_ && !paused_until_;
  return wanted;
}

void Listener::on_accept_failed(int error, base::TimePoint now) {
  base::log(base::LogCategory::network, base::LogLevel::error, "{}: accept failed (error {}), trying again in a second", name(), error);
  paused_until_ = now + k_accept_pause;
  wake();
}

void Listener::expired(base::TimePoint now) {
  if (!paused_until_ || *paused_until_ > now) return;
  paused_until_.reset();
  wake();
}

// The owner, who looks at it in each round, forgets and retires it.
void Listener::on_ended(EndCause, int, base::TimePoint) {
  finish();
  paused_until_.reset();
}

void Listener::close() {
  closing_ = true;
  wake();
}

}  // namespace tandem::speaker
