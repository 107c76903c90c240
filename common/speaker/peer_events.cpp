// What programs are told about a peer, to whom and in which form (spec api.md 5.1, 5.2).
#include <fmt/core.h>

#include "common/bgp/message/notification.hpp"
#include "common/speaker/daemon.hpp"
#include "common/speaker/peer.hpp"

namespace tandem::speaker {

using api::EventDirection;
using base::LogCategory;
using base::LogLevel;
using config::Topic;
using session::Direction;

namespace {

api::NeighborIdentity identity(const config::Neighbor& neighbor, const Connection* connection) {
  api::NeighborIdentity who;
  who.local = neighbor.local_address;
  who.peer = neighbor.peer.address;
  who.local_as = neighbor.local_as.value_or(base::Asn{});
  who.peer_as = neighbor.peer_as.value_or(base::Asn{});
  who.router_id = neighbor.router_id;
  if (connection == nullptr) return who;
  session::Session& session = const_cast<Connection*>(connection)->session();
  if (!who.local) who.local = session.local().address;
  if (const bgp::Negotiated* negotiated = session.negotiated()) {
    who.local_as = negotiated->local_as;
    who.peer_as = negotiated->peer_as;
    if (!who.router_id) who.router_id = negotiated->local_id;
  }
  return who;
}

Topic topic_of(std::uint8_t type) {
  switch (static_cast<bgp::MessageType>(type)) {
    case bgp::MessageType::open: return Topic::open;
    case bgp::MessageType::update: return Topic::update;
    case bgp::MessageType::notification: return Topic::notification;
    case bgp::MessageType::keepalive: return Topic::keepalive;
    case bgp::MessageType::route_refresh: return Topic::refresh;
    case bgp::MessageType::operational: break;
  }
  return Topic::operational;
}

// Encodes one event for each receiver: the counter differs from line to line (spec api.md 6).
template <typename Encode>
void deliver(const Subscribers::List& list, std::uint64_t& counter, api::NeighborIdentity& who, Encode&& encode) {
  std::string line;
  for (Program* program : list) {
    if (!program->running()) continue;
    who.counter = ++counter;
    line.clear();
    encode(program->form(), who, line);
    program->tell(line);
  }
}

}  // namespace

void Peer::drain_events(Connection& connection, base::TimePoint now) {
  event_time_ = now;
  session::Session& session = connection.session();
  while (auto event = session.next_event()) {
    if (connection.muted()) continue;
    const bool end = event->kind == session::Event::Kind::down ||
                     (event->kind == session::Event::Kind::state && event->state == session::State::idle);
    if (end && overshadowed(connection)) continue;
    switch (event->kind) {
      case session::Event::Kind::state:
        tell_state(event->state);
        break;
      case session::Event::Kind::connected:
        tell_change("connected", {});
        break;
      case session::Event::Kind::up:
        base::log(LogCategory::network, LogLevel::info, "{}: up", key_);
        tell_change("up", {});
        break;
      case session::Event::Kind::down:
        base::log(LogCategory::network, LogLevel::info, "{}: down, {}", key_, event->reason);
        tell_change("down", event->reason);
        break;
      case session::Event::Kind::negotiated: {
        if (subscribers_.negotiated.empty()) break;
        api::NeighborIdentity who = identity(*neighbor_, &connection);
        deliver(subscribers_.negotiated, event_counter_, who, [&](api::EventForm form, const api::NeighborIdentity& n, std::string& out) {
          daemon_.encoder().negotiated(form, n, daemon_.wall(now), *session.negotiated(), out);
        });
        break;
      }
      case session::Event::Kind::message: {
        const bgp::RawMessage message{event->message[bgp::k_header_size - 1], event->message};
        api::MessageCounters& counters = event->direction == Direction::send ? sent_ : received_;
        switch (static_cast<bgp::MessageType>(message.type)) {
          case bgp::MessageType::open: ++counters.open; break;
          case bgp::MessageType::keepalive: ++counters.keepalive; break;
          case bgp::MessageType::notification: {
            ++counters.notification;
            const bgp::Notification what = bgp::decode_notification(message.body());
            base::log(LogCategory::message, LogLevel::warning, "{}: NOTIFICATION {} ({},{}) {}", key_,
                      event->direction == Direction::send ? "sent" : "received", what.code, what.subcode,
                      bgp::describe(what.code, what.subcode));
            break;
          }
          default: break;
        }
        tell_message(event->direction, message, nullptr, {}, {}, session.negotiated());
        break;
      }
    }
  }
}

void Peer::tell_state(session::State state) {
  if (subscribers_.fsm.empty()) return;
  api::NeighborIdentity who = identity(*neighbor_, main_connection());
  deliver(subscribers_.fsm, event_counter_, who, [&](api::EventForm form, const api::NeighborIdentity& n, std::string& out) {
    daemon_.encoder().fsm(form, n, daemon_.wall(event_time_), session::to_string(state), out);
  });
}

void Peer::tell_change(std::string_view change, std::string_view reason) {
  if (subscribers_.neighbor_changes.empty()) return;
  api::NeighborIdentity who = identity(*neighbor_, main_connection());
  deliver(subscribers_.neighbor_changes, event_counter_, who, [&](api::EventForm form, const api::NeighborIdentity& n, std::string& out) {
    daemon_.encoder().state(form, n, daemon_.wall(event_time_), change, reason, out);
  });
}

void Peer::announce_signal(int code, std::string_view name) {
  if (subscribers_.signal.empty()) return;
  event_time_ = daemon_.now();
  api::NeighborIdentity who = identity(*neighbor_, main_connection());
  deliver(subscribers_.signal, event_counter_, who, [&](api::EventForm form, const api::NeighborIdentity& n, std::string& out) {
    daemon_.encoder().signal(form, n, daemon_.wall(event_time_), code, name, out);
  });
}

// The three rules of spec api.md 5.1: nobody asked; consolidated; raw and parsed.
void Peer::tell_message(Direction direction, const bgp::RawMessage& message, const bgp::Update* update,
                        const rib::AttributeSetRef& attributes, const rib::AttributeSetRef& mp_attributes,
                        const bgp::Negotiated* negotiated, bool on_the_wire) {
  const Topic topic = topic_of(message.type);
  if (!subscribers_.wants(direction, topic)) return;
  api::NeighborIdentity who = identity(*neighbor_, main_connection());
  const double time = daemon_.wall(event_time_);
  const auto way = direction == Direction::receive ? EventDirection::receive : EventDirection::send;
  const bool consolidate = subscribers_.wants(direction, Topic::consolidate);
  const bool packets = on_the_wire && subscribers_.wants(direction, Topic::packets);
  if (packets && !consolidate) {
    deliver(subscribers_.of(direction, Topic::packets), event_counter_, who,
            [&](api::EventForm form, const api::NeighborIdentity& n, std::string& out) {
              daemon_.encoder().packet(form, n, time, way, message, negotiated, out);
            });
  }
  if (!consolidate && !subscribers_.wants(direction, Topic::parsed)) return;
  if (topic == Topic::update && update == nullptr) return;

  api::MessageEvent event;
  event.direction = way;
  event.message = message;
  event.update = update;
  event.attributes = attributes;
  event.mp_attributes = mp_attributes;
  event.consolidate_header = on_the_wire && consolidate && (direction == Direction::receive || packets);
  event.consolidate_body = event.consolidate_header;
  bgp::RouteRefresh refresh;
  if (topic == Topic::refresh) {
    refresh = bgp::decode_route_refresh(message.body());
    event.refresh = &refresh;
  }
  std::optional<bgp::Open> open;
  if (topic == Topic::open) {
    auto decoded = bgp::decode_open(message.body());
    if (!decoded) return;
    open = std::move(*decoded);
    event.open = &*open;
  }
  deliver(subscribers_.of(direction, topic), event_counter_, who,
          [&](api::EventForm form, const api::NeighborIdentity& n, std::string& out) {
            daemon_.encoder().message(form, n, time, event, negotiated, out);
          });
}

}  // namespace tandem::speaker
