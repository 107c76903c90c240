#include "common/speaker/peer_events.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "common/bgp/message/route_refresh.hpp"

namespace tandem::speaker {

using api::EventDirection;
using config::Topic;
using session::Direction;

namespace {

api::NeighborIdentity identity(const EventSubject& subject, bool tells_negotiated) {
  const config::Neighbor& neighbor = subject.neighbor;
  api::NeighborIdentity who;
  who.tells_negotiated = tells_negotiated;
  who.local = neighbor.local_address;
  who.peer = neighbor.peer.address;
  who.local_as = neighbor.local_as.value_or(base::Asn{});
  who.peer_as = neighbor.peer_as.value_or(base::Asn{});
  who.router_id = neighbor.router_id;
  if (subject.session == nullptr) return who;
  if (!who.local) who.local = subject.session->local().address;
  if (const bgp::Negotiated* negotiated = subject.session->negotiated()) {
    who.local_as = negotiated->local_as;
    who.peer_as = negotiated->peer_as;
    if (!who.router_id) who.router_id = negotiated->local_id;
  }
  return who;
}

constexpr std::size_t k_line = 1024;  // octets that most events have less than

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

}  // namespace

template <typename Encode>
void PeerEvents::deliver(const Subscribers::List& list, const EventSubject& subject, Encode&& encode) {
  if (list.empty()) return;
  api::NeighborIdentity who = identity(subject, tells_negotiated());
  std::string line;
  line.reserve(k_line);
  for (EventReceiver* receiver : list) {
    if (!receiver->running()) continue;
    who.counter = encoder_.counts(receiver->form()) ? ++counter_ : counter_;
    line.clear();
    encode(receiver->form(), who, line);
    receiver->tell(line);
  }
}

void PeerEvents::state(const EventSubject& subject, session::State state) {
  deliver(subscribers().fsm, subject, [&](api::EventForm form, const api::NeighborIdentity& who, std::string& out) {
    encoder_.fsm(form, who, clock_.seconds(time_), session::to_string(state), out);
  });
}

// The TCP connection is made in IDLE; ACTIVE only says that the peer begins to try.
void PeerEvents::connecting(const EventSubject& subject) {
  state(subject, session::State::active);
  if (encoder_.words().idle_before_connecting) state(subject, session::State::idle);
}

void PeerEvents::change(const EventSubject& subject, std::string_view change, std::string_view reason) {
  deliver(subscribers().neighbor_changes, subject, [&](api::EventForm form, const api::NeighborIdentity& who, std::string& out) {
    encoder_.state(form, who, clock_.seconds(time_), change, reason, out);
  });
}

void PeerEvents::negotiated(const EventSubject& subject, const bgp::Negotiated& negotiated) {
  deliver(subscribers().negotiated, subject, [&](api::EventForm form, const api::NeighborIdentity& who, std::string& out) {
    encoder_.negotiated(form, who, clock_.seconds(time_), negotiated, out);
  });
}

void PeerEvents::signal(const EventSubject& subject, int code, std::string_view name) {
  deliver(subscribers().signal, subject, [&](api::EventForm form, const api::NeighborIdentity& who, std::string& out) {
    encoder_.signal(form, who, clock_.seconds(time_), code, name, out);
  });
}

void PeerEvents::tell_state(const EventReceiver& program, const EventSubject& subject, bool up, std::string& out) {
  const auto is_told = [&program](const Subscribers::List& list) { return std::find(list.begin(), list.end(), &program) != list.end(); };
  const api::EventForm form = program.form();
  const double time = clock_.seconds(time_);
  api::NeighborIdentity who = identity(subject, tells_negotiated());
  if (is_told(subscribers().neighbor_changes)) {
    who.counter = ++counter_;
    encoder_.state(form, who, time, up ? "up" : "down", "not established", out);
  }
  if (up && is_told(subscribers().negotiated)) {
    who.counter = ++counter_;
    encoder_.negotiated(form, who, time, *subject.session->negotiated(), out);
  }
  if (is_told(subscribers().fsm)) {
    who.counter = ++counter_;
    encoder_.fsm(form, who, time, session::to_string(subject.session != nullptr ? subject.session->state() : session::State::idle), out);
  }
}

bool PeerEvents::tells_routes(const EventReceiver& program) const {
  const Subscribers::List& list = subscribers().of(Direction::receive, Topic::update);
  return subscribers().wants_decoded(Direction::receive, Topic::update) && std::find(list.begin(), list.end(), &program) != list.end();
}

void PeerEvents::tell_update(const EventReceiver& program, const EventSubject& subject, const bgp::Update& update, const rib::AttributeSetRef& attributes,
                             std::string& out) {
  api::NeighborIdentity who = identity(subject, tells_negotiated());
  who.counter = ++counter_;
  api::MessageEvent event;
  event.message.type = static_cast<std::uint8_t>(bgp::MessageType::update);
  event.update = &update;
  event.mp_attributes = attributes;
  encoder_.message(program.form(), who, clock_.seconds(time_), event, subject.session->negotiated(), out);
}

// Three rules: nobody asked; consolidated; raw and parsed.
void PeerEvents::message(const EventSubject& subject, const EventMessage& message) {
  const Direction direction = message.direction;
  const Topic topic = topic_of(message.raw.type);
  if (!subscribers().wants(direction, topic)) return;
  const bgp::Negotiated* negotiated = subject.session != nullptr ? subject.session->negotiated() : nullptr;
  const double time = clock_.seconds(time_);
  const auto way = direction == Direction::receive ? EventDirection::receive : EventDirection::send;
  const bool consolidate = subscribers().wants(direction, Topic::consolidate);
  const bool packets = message.on_the_wire && subscribers().wants(direction, Topic::packets);
  if (packets && !consolidate) {
    deliver(subscribers().of(direction, Topic::packets), subject,
            [&](api::EventForm form, const api::NeighborIdentity& who, std::string& out) {
              encoder_.packet(form, who, time, way, message.raw, negotiated, out);
            });
  }
  if (!consolidate && !subscribers().wants(direction, Topic::parsed)) return;
  if (topic == Topic::update && message.update == nullptr) return;

  api::MessageEvent event;
  event.direction = way;
  event.message = message.raw;
  event.update = message.update;
  event.attributes = message.attributes;
  event.mp_attributes = message.mp_attributes;
  event.consolidate_header = message.on_the_wire && consolidate && (direction == Direction::receive || packets);
  event.consolidate_body = event.consolidate_header;
  bgp::RouteRefresh refresh;
  if (topic == Topic::refresh) {
    refresh = bgp::decode_route_refresh(message.raw.body());
    event.refresh = &refresh;
  }
  std::optional<bgp::Operational> operational;
  if (topic == Topic::operational) {
    auto decoded = bgp::decode_operational(message.raw.body());
    if (!decoded) return;
    operational = std::move(*decoded);
    event.operational = &*operational;
  }
  std::optional<bgp::Open> open;
  if (topic == Topic::open) {
    auto decoded = bgp::decode_open(message.raw.body());
    if (!decoded) return;
    open = std::move(*decoded);
    event.open = &*open;
  }
  deliver(subscribers().of(direction, topic), subject, [&](api::EventForm form, const api::NeighborIdentity& who, std::string& out) {
    encoder_.message(form, who, time, event, negotiated, out);
  });
}

}  // namespace tandem::speaker
