#include "common/speaker/channel.hpp"

#include "common/base/assert.hpp"
#include "common/recording/recorder.hpp"

namespace tandem::speaker {

std::string_view to_string(ChannelKind kind) {
  switch (kind) {
    case ChannelKind::connection: return "connection";
    case ChannelKind::listener: return "listener";
    case ChannelKind::program: return "program";
    case ChannelKind::program_errors: return "program errors";
    case ChannelKind::control_listener: return "control listener";
    case ChannelKind::control_client: return "control client";
  }
  return "";
}

Channel::Channel(ChannelKeeper& keeper, ChannelKind kind, std::string name)
    : keeper_(keeper), name_(std::move(name)), kind_(kind) {}

void Channel::wake() { keeper_.wake(*this); }

void Channel::record_received(base::Bytes bytes, base::TimePoint now) { keeper_.recorder->received(notes.id, bytes, now); }
void Channel::record_sent(std::size_t count, base::TimePoint now) { keeper_.recorder->sent(notes.id, outbox(), count, now); }

void Channel::connected(const base::Endpoint& local, const base::Endpoint& remote, base::TimePoint now) {
  if (keeper_.recorder != nullptr) keeper_.recorder->connected(notes.id, local, remote, now);
  on_connected(local, remote, now);
}

void Channel::connect_failed(int error, base::TimePoint now) {
  if (keeper_.recorder != nullptr) keeper_.recorder->connect_failed(notes.id, error, now);
  on_connect_failed(error, now);
}

bool Channel::input_ended(base::TimePoint now) {
  if (keeper_.recorder != nullptr) keeper_.recorder->input_ended(notes.id, now);
  return on_input_ended(now);
}

void Channel::accepted(process::IncomingConnection connection) {
  if (keeper_.recorder != nullptr) keeper_.recorder->accepted(notes.id, connection.local, connection.remote, connection.interface);
  on_accepted(std::move(connection));
}

void Channel::accept_failed(int error, base::TimePoint now) {
  if (keeper_.recorder != nullptr) keeper_.recorder->accept_failed(notes.id, error, now);
  on_accept_failed(error, now);
}

void Channel::ended(EndCause cause, int error, base::TimePoint now) {
  if (keeper_.recorder != nullptr) keeper_.recorder->ended(notes.id, static_cast<std::uint8_t>(cause), error, outbox().size(), now);
  on_ended(cause, error, now);
}

void Channel::attach(void* driver) {
  TANDEM_ASSERT(driver_ == nullptr && driver != nullptr);
  if (keeper_.recorder != nullptr) keeper_.recorder->attached(notes.id);
  driver_ = driver;
  keeper_.driver_attached();
}

void Channel::detach() {
  TANDEM_ASSERT(driver_ != nullptr);
  if (keeper_.recorder != nullptr) keeper_.recorder->detached(notes.id);
  driver_ = nullptr;
  keeper_.driver_detached();
}

}  // namespace tandem::speaker
