#include "tandem/replay/streams.hpp"

#include <algorithm>

#include "common/bgp/message/header.hpp"
#include "common/replay/unit.hpp"
#include "common/speaker/connection.hpp"

namespace tandem::replay {

using recording::Kind;
using recording::Record;
using speaker::ChannelKind;

namespace {

constexpr std::size_t k_first_max = 4096;  // an OPEN

Framing framing_of(ChannelKind kind) { return kind == ChannelKind::connection ? Framing::messages : Framing::lines; }

void split(Stream& stream, Framing framing, base::TimePoint at) {
  for (;;) {
    const base::Bytes left = base::Bytes(stream.sent).subspan(stream.behind_units);
    const std::size_t size = first_unit(left, framing);
    if (size == 0) return;
    const base::Bytes unit = left.first(size);
    stream.units.push_back({{unit.begin(), unit.end()}, at});
    stream.behind_units += size;
    if (framing == Framing::lines || !is_keepalive(unit)) ++stream.counted;
  }
}

}  // namespace

bool is_keepalive(base::Bytes message) {
  return message.size() == bgp::k_header_size && message.back() == static_cast<std::uint8_t>(bgp::MessageType::keepalive);
}

void Streams::begin(recording::ChannelId id) {
  const Channel& channel = channels_[id];
  const StreamName name{channel.kind, channel.name, ++ordinals_[{channel.kind, channel.name}]};
  names_[id] = name;
  streams_[name];
}

void Streams::take(const Record& record) {
  if (record.kind == Kind::channel) {
    if (channels_.contains(record.channel)) return;  // of a snapshot, and said again by who goes on from it
    const auto kind = static_cast<ChannelKind>(record.detail);
    const std::string name(base::as_text(record.octets));
    channels_[record.channel] = {kind, name};
    const bool dialled = kind == ChannelKind::connection && name.ends_with(" out");
    if (!dialled && kind != ChannelKind::listener && kind != ChannelKind::control_listener) begin(record.channel);
    return;
  }
  if (record.kind == Kind::signal) ++signals_[record.detail];
  const bool is_there = record.kind == Kind::connected || (record.kind == Kind::ends && !names_.contains(record.channel));
  if (is_there && channels_.contains(record.channel)) begin(record.channel);
  const auto name = names_.find(record.channel);
  if (name == names_.end()) return;
  Stream& stream = streams_[name->second];
  switch (record.kind) {
    case Kind::received:
      stream.received += record.octets.size();
      if (stream.first_received.size() < k_first_max) stream.first_received.insert(stream.first_received.end(), record.octets.begin(), record.octets.end());
      break;
    case Kind::sent:
      stream.sent.insert(stream.sent.end(), record.octets.begin(), record.octets.end());
      split(stream, framing_of(name->second.kind), record.at);
      break;
    case Kind::input_ended: stream.input_ended = true; break;
    case Kind::ended: stream.ended = true; break;
    default: break;
  }
}

void Streams::go_on(const speaker::Channel& channel) {
  const auto name = names_.find(channel.notes.id);
  if (name == names_.end()) return;
  Stream& stream = streams_[name->second];
  stream.goes_on = true;
  stream.sent = begun_unit(channel.outbox(), framing_of(channel.kind()));
  stream.written_before = stream.sent.size();
  const auto* const connection = dynamic_cast<const speaker::Connection*>(&channel);
  if (connection == nullptr) return;
  if (const bgp::Open* const open = connection->session().sent_open()) stream.ours = *open;
  if (const bgp::Open* const open = connection->session().received_open()) stream.theirs = *open;
}

const StreamName* Streams::find(recording::ChannelId id) const {
  const auto found = names_.find(id);
  return found == names_.end() ? nullptr : &found->second;
}

const Stream* Streams::find(const StreamName& name) const {
  const auto found = streams_.find(name);
  return found == streams_.end() ? nullptr : &found->second;
}

void Streams::drop(const StreamName& name) {
  streams_.erase(name);
  const auto id = std::find_if(names_.begin(), names_.end(), [&name](const auto& one) { return one.second == name; });
  if (id == names_.end()) return;
  channels_.erase(id->first);
  names_.erase(id);
}

const std::string& Streams::channel_name(recording::ChannelId id) const {
  static const std::string k_none;
  const auto found = channels_.find(id);
  return found == channels_.end() ? k_none : found->second.name;
}

}  // namespace tandem::replay
