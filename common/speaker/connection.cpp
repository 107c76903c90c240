#include "common/speaker/connection.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "common/base/log.hpp"
#include "common/session/fields.hpp"

namespace tandem::speaker {

namespace {

// The peer, or what lies between. Everything else says something about this machine, or about this program.
bool of_the_network(int error) {
  constexpr int k_errors[] = {ECONNRESET, ECONNABORTED, EPIPE, ETIMEDOUT, EHOSTUNREACH, EHOSTDOWN, ENETUNREACH, ENETDOWN, ENETRESET, EPROTO, EACCES, EPERM};
  return std::find(std::begin(k_errors), std::end(k_errors), error) != std::end(k_errors);
}

}  // namespace

Connection::Connection(ChannelKeeper& keeper, ConnectionOwner& owner, const base::IpAddress& peer,
                       std::shared_ptr<const session::Parameters> parameters, base::UniqueFd fd, const base::Endpoint& target)
    : Channel(keeper, ChannelKind::connection, fmt::format("{} out", peer.text())),
      ConnectionMemory(owner, Origin::outgoing, target, std::move(parameters), true) {
  set_descriptors(std::move(fd));
}

Connection::Connection(ChannelKeeper& keeper, ConnectionOwner& owner, const base::IpAddress& peer,
                       std::shared_ptr<const session::Parameters> parameters, base::UniqueFd fd, const base::Endpoint& local,
                       const base::Endpoint& remote, base::TimePoint now)
    : Channel(keeper, ChannelKind::connection, fmt::format("{} in", peer.text())),
      ConnectionMemory(owner, Origin::incoming, remote, std::move(parameters), false) {
  set_descriptors(std::move(fd));
  session_.connected(local, remote, now);
}

Connection::Connection(ChannelKeeper& keeper, ConnectionOwner& owner, std::shared_ptr<const session::Parameters> parameters)
    : Channel(keeper, ChannelKind::connection, {}), ConnectionMemory(owner, Origin::outgoing, {}, std::move(parameters), false) {}

void Connection::store(state::Writer& writer) const {
  channel_fields(writer, static_cast<const Channel&>(*this));
  fields(writer, static_cast<const ConnectionMemory&>(*this));
}

void Connection::load(state::Reader& reader) {
  channel_fields(reader, static_cast<Channel&>(*this));
  fields(reader, static_cast<ConnectionMemory&>(*this));
}

Interest Connection::interest() const {
  Interest wanted;
  if (finished()) return wanted;
  if (dropped_) {
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

void Connection::on_connected(const base::Endpoint& local, const base::Endpoint& remote, base::TimePoint now) {
  if (finished() || !dialling_ || dropped_) return;
  dialling_ = false;
  session_.connected(local, remote, now);
  owner_.connection_made(*this, now);
  wake();
}

void Connection::on_connect_failed(int error, base::TimePoint now) {
  if (finished()) return;
  finish();
  owner_.connect_failed(*this, error, now);
}

void Connection::on_received(base::Bytes bytes, base::TimePoint now) {
  session_.receive(bytes, now);
  owner_.mark_due();
}

bool Connection::on_sent(std::size_t count, base::TimePoint now) {
  session_.sent(count, now);
  owner_.mark_due();
  return true;
}

void Connection::on_ended(EndCause cause, int error, base::TimePoint now) {
  if (finished()) return;
  finish();
  failed_here_ = cause == EndCause::failed && !of_the_network(error);
  if (cause == EndCause::failed && !disowned_) {
    base::log(base::LogCategory::network, base::LogLevel::info, "{}: connection lost (error {})", name(), error);
  }
  // What came before the end is handled in the peer's turn, and only then the end (I15).
  session_.closed("closing connection", now);
  owner_.mark_due();
}

void Connection::drop() {
  dropped_ = true;
  wake();
}

}  // namespace tandem::speaker
