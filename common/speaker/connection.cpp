#include "common/speaker/connection.hpp"

#include <fmt/core.h>

#include "common/base/log.hpp"
#include "common/speaker/peer.hpp"
#include "common/speaker/runtime.hpp"

namespace tandem::speaker {

Connection::Connection(Runtime& runtime, Peer& peer, std::shared_ptr<const session::Parameters> parameters, base::UniqueFd fd,
                       const base::Endpoint& target)
    : Channel(runtime, ChannelKind::connection, fmt::format("{} out", peer.address().text())),
      peer_(peer), origin_(Origin::outgoing), target_(target), parameters_(std::move(parameters)), session_(*parameters_), dialling_(true) {
  set_descriptors(std::move(fd));
}

Connection::Connection(Runtime& runtime, Peer& peer, std::shared_ptr<const session::Parameters> parameters, base::UniqueFd fd,
                       const base::Endpoint& local, const base::Endpoint& remote, base::TimePoint now)
    : Channel(runtime, ChannelKind::connection, fmt::format("{} in", peer.address().text())),
      peer_(peer), origin_(Origin::incoming), target_(remote), parameters_(std::move(parameters)), session_(*parameters_) {
  set_descriptors(std::move(fd));
  session_.connected(local, remote, now);
}

Interest Connection::interest() const {
  Interest wanted;
  if (over()) return wanted;
  if (aborted_) {
    wanted.close = true;
  } else if (dialling_) {
    wanted.connect = true;
  } else {
    wanted.read = session_.wants_input();
    wanted.write = !session_.outbox().empty();
    wanted.close = session_.wants_close();
  }
  return wanted;
}

void Connection::connected(const base::Endpoint& local, const base::Endpoint& remote, base::TimePoint now) {
  if (over() || !dialling_ || aborted_) return;  // an aborted one only waits to be closed
  dialling_ = false;
  session_.connected(local, remote, now);
  peer_.connection_made(*this, now);
  wake();
}

void Connection::connect_failed(int error, base::TimePoint now) {
  if (over()) return;
  finish();
  peer_.connect_failed(*this, error, now);
}

void Connection::receive(base::Bytes bytes, base::TimePoint now) {
  session_.receive(bytes, now);
  peer_.mark_due();
}

void Connection::sent(std::size_t count, base::TimePoint now) {
  session_.sent(count, now);
  peer_.mark_due();
}

void Connection::ended(EndCause cause, int error, base::TimePoint now) {
  if (over()) return;
  finish();
  if (cause == EndCause::failed && !muted_) {
    base::log(base::LogCategory::network, base::LogLevel::info, "{}: connection lost (error {})", name(), error);
  }
  // What came before the end is handled in the peer's turn, and only then the end (spec session.md 5.6, I15).
  session_.closed("closing connection", now);
  peer_.mark_due();
}

void Connection::abort() {
  aborted_ = true;
  wake();
}

Rejection::Rejection(Runtime& runtime, base::UniqueFd fd, base::Bytes notification, base::TimePoint give_up)
    : Channel(runtime, ChannelKind::connection, "rejected"), give_up_(give_up) {
  set_descriptors(std::move(fd));
  outbox_.append(notification);
}

Interest Rejection::interest() const {
  Interest wanted;
  wanted.write = !over() && !outbox_.empty();
  wanted.close = !over() && outbox_.empty();
  return wanted;
}

void Rejection::sent(std::size_t count, base::TimePoint) {
  outbox_.consume(count);
  wake();
}

// The daemon, which knows it by its address, forgets and retires it.
void Rejection::ended(EndCause, int, base::TimePoint) { finish(); }

void Rejection::expire() {
  outbox_.clear();
  wake();
}

}  // namespace tandem::speaker
