// The turn of a peer: what comes in, what goes out, and in which order.
#include <fmt/format.h>

#include "common/base/log.hpp"
#include "common/bgp/message/notification.hpp"
#include "common/speaker/limits.hpp"
#include "common/speaker/peer.hpp"

namespace tandem::speaker {

using base::LogCategory;
using base::LogLevel;
using session::Direction;
using session::State;

bool Peer::turn(base::TimePoint now) {
  events_.set_time(now);
  const std::uint64_t in_before = counters_.received.total();
  const std::uint64_t out_before = counters_.sent.total();
  if (!stopped_ && connections_.take_due(now)) {
    if (ephemeral()) stopped_ = true;  // it was kept down long enough: whoever connects is a new member
    else dial(now);
  }
  bool again = run_connections(now);
  run_leaving(now);
  again |= output_.withdraw_ended();
  again |= output_.work();
  if (established_ != nullptr && !established_->finished()) {
    const bool more = output_.send(rate_limit_.get(), now);
    again |= more;
    if (!more || established_->session().outbox().size() >= k_write_burst) established_->touch();
    if (const auto margin = established_->session().take_hold_margin()) context_.measurements.hold_margin(*margin);
  }
  if (LoopObserver* observer = context_.observer) {
    // The counters start anew when a session ends.
    const auto since = [](std::uint64_t total, std::uint64_t before) { return total < before ? total : total - before; };
    observer->turn(key(), since(counters_.received.total(), in_before), since(counters_.sent.total(), out_before), now);
  }
  return again;
}

std::optional<base::TimePoint> Peer::deadline() const {
  std::optional<base::TimePoint> first = connections_.deadline();
  if (established_ == nullptr) return first;
  first = base::earliest(first, input_.deadline());
  first = base::earliest(first, output_.deadline(events_.time()));
  const bool wants_tokens = output_.rib().run_active() || established_->session().has_input();
  if (rate_limit_ && wants_tokens && rate_limit_->next() > events_.time()) first = base::earliest(first, rate_limit_->next());
  return first;
}

// The driver is woken now, as there may be no other turn before the pause.
void Peer::speak_before(base::TimePoint pause_ends, base::TimePoint now) {
  for (Connection* connection : connections_.all()) {
    if (connection == nullptr || connection->finished()) continue;
    connection->session().speak_before(pause_ends, now);
    connection->touch();
  }
  mark_due();
}

void Peer::dial(base::TimePoint now) {
  if (connections_.begin_connect(now)) events_.connecting(subject());
  if (auto begun = connections_.connect(parameters_); !begun) {
    base::log(LogCategory::network, LogLevel::error, "{}: {}", key(), begun.error().reason());
    attempt_failed(now);
  }
}

// --- in --------------------------------------------------------------------------------------------------------------------

bool Peer::run_connections(base::TimePoint now) {
  bool again = false;
  for (Connection* connection : connections_.all()) {
    // The OPEN of one may have ended another meanwhile.
    if (connection == nullptr || connection->disowned()) continue;
    if (connection->finished()) {
      // The end of the stream is its last input; until the session has come to it there are messages to handle.
      again |= read_messages(*connection, now);
      if (connection->session().ending()) connection_ended(*connection, now);
      continue;
    }
    if (connection->dialling()) continue;
    again |= read_messages(*connection, now);
    connection->session().expired(now);
    tell_events(*connection, now);
    if (connection == established_ && connection->session().ending()) leave_established(now);
    if (connection != established_) connection->touch();  // that one has not said all of its turn
  }
  return again;
}

void Peer::run_leaving(base::TimePoint now) {
  const std::vector<Connection*> leaving = connections_.leaving();
  for (Connection* connection : leaving) {
    if (connection->finished()) {
      connection_ended(*connection, now);
    } else if (!connection->dialling()) {
      connection->session().expired(now);
      connection->touch();
    }
  }
}

bool Peer::read_messages(Connection& connection, base::TimePoint now) {
  session::Session& session = connection.session();
  const bool decode = input_.wants_decoded_updates();
  if (established_ == &connection && !within_limits(connection, now)) return false;  // a reload may have set others
  std::size_t octets = 0;
  for (std::size_t handled = 0; handled < k_turn_messages_in && octets < k_turn_octets_in; ++handled) {
    if (established_ == &connection && !input_.settle(session, now)) return true;
    if (!session.has_input() || session.ending()) return false;
    if (rate_limit_ && established_ == &connection && !connection.finished() && !rate_limit_->take(now)) return false;
    const State before = session.state();
    auto inbound = session.step(decode, now);
    if (before == State::established) output_.heard();
    // Before anybody is told: the loser of a collision was never there.
    if (before != State::open_confirm && session.state() == State::open_confirm) connections_.settle(connection, established_, now);
    tell_events(connection, now);
    if (session.ending()) return false;
    if (before != State::established && session.state() == State::established) enter_established(connection, now);
    if (!inbound) continue;
    octets += inbound->message.whole.size();
    if (const auto family = input_.handle(session, *inbound, now)) output_.send_again(*family);
    if (!within_limits(connection, now)) return false;
  }
  return session.has_input();
}

// --- the session -------------------------------------------------------------------------------------------------------------

void Peer::connection_ended(Connection& connection, base::TimePoint now) {
  tell_events(connection, now);
  if (&connection == established_) leave_established(now);
  connections_.remove(connection);
  mark_due();
  if (stopped_ || connection.disowned() || !connections_.none()) return;
  counters_.sent = {};
  counters_.received = {};
  if (next_neighbor_) adopt_definition(now);
  else if (!neighbor().api.await_ready.empty()) set_parameters();
  if (ephemeral() && !connections_.kept_down(now)) stopped_ = true;
  else if (connections_.attempts_used_up()) give_up();
  else schedule_attempt(now);
}

void Peer::enter_established(Connection& connection, base::TimePoint now) {
  established_ = &connection;
  farewell_ = {};
  connections_.keep_only(connection, now);
  input_.established();
  if (!output_.loaded()) {
    output_.load_routes();
    keeper_.has_routes_now();
  }
  output_.established(connection.session(), now);
  changed_ = now;
  for (const bgp::Family family : neighbor().families) {
    if (!connection.session().negotiated()->family_set.contains(family)) {
      base::log(LogCategory::message, LogLevel::info, "{}: {} was not negotiated", key(), bgp::to_string(family));
    }
  }
}

// A session that somebody wanted to end (Cease, a reload), or that went with its peer, is not lost. Every other NOTIFICATION says that
// one side heard nothing for too long, or not what the other said.
void Peer::count_if_lost() {
  constexpr std::uint8_t k_cease = 6;
  const bool complaint = farewell_.notification != 0 && farewell_.notification != k_cease;
  if (complaint) context_.measurements.session_lost(key(), farewell_.reason);
  else if (established_->failed_here()) context_.measurements.session_lost(key(), "the connection could not be gone on with");
}

void Peer::leave_established(base::TimePoint now) {
  count_if_lost();
  // A peer that ends every session at once is not to be asked again at once: only one that lasted makes up for those that did not.
  const base::Duration hold_time = std::chrono::seconds(established_->session().negotiated()->hold_time_s);
  if (now - changed_ >= std::max(hold_time, k_stable_session)) connections_.forget_failures();
  established_ = nullptr;
  output_.closed();
  input_.closed();
  changed_ = now;
  counters_.sent = {};
  counters_.received = {};
}

// --- what is told about it -----------------------------------------------------------------------------------------------------

EventSubject Peer::subject() const {
  const Connection* connection = established_ != nullptr ? established_ : connections_.main();
  return {neighbor(), connection != nullptr ? &connection->session() : nullptr};
}

api::Told Peer::tell_state(const EventReceiver& program, api::StateWalk& walk, base::TimePoint now, std::string& out) {
  events_.set_time(now);
  if (!std::exchange(walk.state_told, true)) {
    events_.tell_state(program, subject(), established_ != nullptr, out);
    return api::Told::some;
  }
  if (established_ == nullptr) return api::Told::everything;  // its routes are nobody's any more
  return input_.tell_routes(program, established_->session(), walk.routes, out);
}

void Peer::announce_signal(int code, std::string_view name, base::TimePoint now) {
  events_.set_time(now);
  events_.signal(subject(), code, name);
}

void Peer::tell_events(Connection& connection, base::TimePoint now) {
  events_.set_time(now);
  while (auto event = connection.session().next_event()) {
    if (connection.disowned()) continue;
    const bool end = event->kind == session::Event::Kind::down ||
                     (event->kind == session::Event::Kind::state && event->state == State::idle);
    // Another connection is there: the end of this one is not the end of the session.
    if (end && connections_.any_live_but(connection)) continue;
    tell_event(*event, connection.session(), connection.origin() == Origin::outgoing);
  }
}

void Peer::tell_event(const session::Event& event, const session::Session& session, bool outgoing) {
  switch (event.kind) {
    case session::Event::Kind::state: events_.state(subject(), event.state); break;
    case session::Event::Kind::connected: events_.change(subject(), "connected", {}); break;
    case session::Event::Kind::up:
      base::log(LogCategory::network, LogLevel::info, "{}: up", key());
      if (context_.encoder.words().connected_to) {
        base::log(LogCategory::reactor, LogLevel::info, "connected to peer-{0} with {1}-{0} {2}-{3}", id_ + 1, outgoing ? "outgoing" : "incoming",
                  session.local().address.text(), session.remote().address.text());
      }
      events_.change(subject(), "up", {});
      break;
    case session::Event::Kind::down:
      base::log(LogCategory::network, LogLevel::info, "{}: down, {}", key(), event.reason);
      events_.change(subject(), "down", event.reason);
      break;
    case session::Event::Kind::negotiated: events_.negotiated({neighbor(), &session}, *session.negotiated()); break;
    case session::Event::Kind::message: {
      EventMessage message;
      message.direction = event.direction;
      message.raw = {event.message[bgp::k_header_size - 1], event.message};
      api::MessageCounters& counters = event.direction == Direction::send ? counters_.sent : counters_.received;
      switch (static_cast<bgp::MessageType>(message.raw.type)) {
        case bgp::MessageType::open: ++counters.open; break;
        case bgp::MessageType::keepalive: ++counters.keepalive; break;
        case bgp::MessageType::notification: {
          ++counters.notification;
          const bgp::Notification what = bgp::decode_notification(message.raw.body());
          std::string said = fmt::format("NOTIFICATION {} ({},{}) {}", event.direction == Direction::send ? "sent" : "received", what.code,
                                         what.subcode, bgp::describe(what.code, what.subcode));
          base::log(LogCategory::network, LogLevel::warning, "{}: {}", key(), said);
          if (established_ != nullptr && &established_->session() == &session) farewell_ = {what.code, std::move(said)};
          break;
        }
        default: break;
      }
      events_.message({neighbor(), &session}, message);
      break;
    }
  }
}

}  // namespace tandem::speaker
