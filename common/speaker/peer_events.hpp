// What programs are told about a peer: to whom, in which form, and when it was. Knows neither connections nor RIBs.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "common/api/event_encoder.hpp"
#include "common/config/configuration.hpp"
#include "common/session/session.hpp"
#include "common/speaker/subscribers.hpp"
#include "common/speaker/clock.hpp"

namespace tandem::speaker {

// Whom an event is about: the neighbor, and the session that it has at the moment (null: none).
struct EventSubject {
  const config::Neighbor& neighbor;
  const session::Session* session = nullptr;
};

// A message as programs see it. `update` and the sets are there when it was decoded.
struct EventMessage {
  session::Direction direction = session::Direction::receive;
  bgp::RawMessage raw;
  const bgp::Update* update = nullptr;
  rib::AttributeSetRef attributes;
  rib::AttributeSetRef mp_attributes;
  bool on_the_wire = true;  // false: nothing was received, and nobody is shown its octets
};

class PeerEvents {
 public:
  PeerEvents(const api::EventEncoder& encoder, const Clock& clock) : encoder_(encoder), clock_(clock) {}

  void subscribe(Subscribers subscribers) {
    subscribers_ = subscribers.empty() ? nullptr : std::make_unique<const Subscribers>(std::move(subscribers));
  }
  [[nodiscard]] const Subscribers& subscribers() const {
    static const Subscribers nobody;
    return subscribers_ ? *subscribers_ : nobody;
  }
  // When what is told from now on happened.
  void set_time(base::TimePoint now) { time_ = now; }
  [[nodiscard]] base::TimePoint time() const { return time_; }

  void state(const EventSubject& subject, session::State state);
  void connecting(const EventSubject& subject);  // the peer begins to try
  void change(const EventSubject& subject, std::string_view change, std::string_view reason);  // connected, up, down
  void negotiated(const EventSubject& subject, const bgp::Negotiated& negotiated);
  void signal(const EventSubject& subject, int code, std::string_view name);
  void message(const EventSubject& subject, const EventMessage& message);

  // --- a state snapshot: into `out`, for one program, as far as it is told of changes ----------------------------------------
  void tell_state(const EventReceiver& program, const EventSubject& subject, bool up, std::string& out);
  [[nodiscard]] bool tells_routes(const EventReceiver& program) const;
  void tell_update(const EventReceiver& program, const EventSubject& subject, const bgp::Update& update, const rib::AttributeSetRef& attributes, std::string& out);

  // Who is subscribed follows from the definition and the programs.
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [encoder, clock, subscribers, counter, time] = self;
    archive.object(self, "peer_events")("counter", counter)("time", time);
  }

 private:
  [[nodiscard]] bool tells_negotiated() const { return encoder_.words().always_negotiated || !subscribers().negotiated.empty(); }
  // Encodes one event for each receiver: the counter differs from line to line.
  template <typename Encode>
  void deliver(const Subscribers::List& list, const EventSubject& subject, Encode&& encode);

  const api::EventEncoder& encoder_;
  const Clock& clock_;
  std::unique_ptr<const Subscribers> subscribers_;  // null: nobody is told anything; most neighbors have no program
  std::uint64_t counter_ = 0;
  base::TimePoint time_{};
};

}  // namespace tandem::speaker
