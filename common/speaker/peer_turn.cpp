// The turn of a peer: what comes in, what goes out, and in which order (spec session.md 1.7, 1.8; api.md 9.3).
#include <algorithm>

#include "common/base/assert.hpp"
#include "common/bgp/message/route_refresh.hpp"
#include "common/session/limits.hpp"
#include "common/speaker/daemon.hpp"
#include "common/speaker/limits.hpp"
#include "common/speaker/parameters.hpp"
#include "common/speaker/peer.hpp"

namespace tandem::speaker {

using base::LogCategory;
using base::LogLevel;
using config::Topic;
using session::Direction;
using session::State;

namespace {

struct Interned {
  rib::AttributeSetRef attributes;     // of the announces in the NLRI field
  rib::AttributeSetRef mp_attributes;  // of those in MP_REACH_NLRI, which has a next hop of its own
};

// A message without attributes, as most withdraws are, has no set.
Interned intern(rib::AttributePool& pool, const bgp::Update& update) {
  Interned interned;
  const bgp::AttributeBlock& block = update.attributes;
  if (!update.announced.empty() || (update.has_withdraws() && !block.wire().empty())) {
    interned.attributes = pool.intern_received(block.wire(), block.asn4, update.next_hop);
  }
  if (!update.mp_announced.empty()) interned.mp_attributes = pool.intern_received(block.wire(), block.asn4, update.mp_next_hop);
  return interned;
}

}  // namespace

bool Peer::turn(base::TimePoint now) {
  event_time_ = now;
  const std::uint64_t in_before = received_.total();
  const std::uint64_t out_before = sent_.total();
  if (dial_at_ && *dial_at_ <= now && !stopped_) {
    dial_at_.reset();
    dial(now);
  }
  bool again = false;
  for (Connection* connection : connections()) {
    // The OPEN of one may have ended another meanwhile.
    if (connection == nullptr || connection->muted()) continue;
    if (connection->over()) {
      // The end of the stream is its last input; until the session has come to it there are messages to handle.
      again |= read_messages(*connection, now);
      if (connection->session().ending()) connection_ended(*connection, now);
      continue;
    }
    if (connection->dialling()) continue;
    again |= read_messages(*connection, now);
    connection->session().expired(now);
    drain_events(*connection, now);
    if (connection == established_ && connection->session().ending()) leave_established();
    connection->touch();
  }
  const std::vector<Connection*> lingering = lingering_;
  for (Connection* connection : lingering) {
    if (connection->over()) {
      connection_ended(*connection, now);
    } else if (!connection->dialling()) {
      connection->session().expired(now);
      connection->touch();
    }
  }
  if (established_ != nullptr && !established_->over()) again |= send_messages(now);
  if (LoopObserver* observer = daemon_.observer()) {
    // The counters start anew when a session ends.
    const auto since = [](std::uint64_t total, std::uint64_t before) { return total < before ? total : total - before; };
    observer->turn(key_, since(received_.total(), in_before), since(sent_.total(), out_before), now);
  }
  return again;
}

std::optional<base::TimePoint> Peer::deadline() const {
  std::optional<base::TimePoint> first = dial_at_;
  for (Connection* connection : connections()) {
    if (connection != nullptr) first = base::earliest(first, connection->session().deadline());
  }
  for (Connection* connection : lingering_) first = base::earliest(first, connection->session().deadline());
  if (established_ == nullptr) return first;
  for (const RefreshEnd& end : refresh_ends_) first = base::earliest(first, end.at);
  const bool something_waits = rib_out_->has_pending() || initial_end_of_rib_due_ || !end_of_ribs_.empty();
  // What could go on at once has been said by turn(); a deadline in the past would only keep the engine from waiting.
  if (something_waits && !rib_out_->run_active() && held()) {
    const auto until = std::max(first_hold_until_.value_or(event_time_), command_hold_until_.value_or(event_time_));
    if (until > event_time_) first = base::earliest(first, until);
  }
  if (rate_limit_ && (rib_out_->run_active() || established_->session().has_input()) && rate_limit_->next() > event_time_) {
    first = base::earliest(first, rate_limit_->next());
  }
  return first;
}

// --- in --------------------------------------------------------------------------------------------------------------------

bool Peer::read_messages(Connection& connection, base::TimePoint now) {
  session::Session& session = connection.session();
  const bool decode = neighbor_->adj_rib_in || subscribers_.wants_decoded(Direction::receive, Topic::update) ||
                      base::log_enabled(LogCategory::routes, LogLevel::debug);
  for (std::size_t handled = 0; handled < k_turn_messages_in; ++handled) {
    if (established_ == &connection && !settle_rib_in(now)) return true;
    if (!session.has_input() || session.ending()) return false;
    if (rate_limit_ && established_ == &connection && !connection.over() && !rate_limit_->take(now)) return false;
    const State before = session.state();
    auto inbound = session.step(decode, now);
    if (before == State::established) first_hold_until_.reset();
    // Before anybody is told: the loser of a collision was never there.
    if (before != State::open_confirm && session.state() == State::open_confirm) settle_collision(connection, now);
    drain_events(connection, now);
    if (session.ending()) return false;
    if (before != State::established && session.state() == State::established) enter_established(connection, now);
    if (inbound) handle(connection, *inbound, now);
  }
  return session.has_input();
}

void Peer::handle(Connection& connection, session::Inbound& inbound, base::TimePoint now) {
  if (inbound.message.type == static_cast<std::uint8_t>(bgp::MessageType::update)) {
    ++received_.update;
    handle_update(connection, inbound, now);
  } else if (inbound.refresh) {
    ++received_.refresh;
    handle_refresh(connection, inbound, now);
  } else {
    ++received_.operational;
    tell_message(Direction::receive, inbound.message, nullptr, {}, {}, connection.session().negotiated());
  }
}

void Peer::handle_update(Connection& connection, session::Inbound& inbound, base::TimePoint) {
  const bgp::Update* update = inbound.update ? &*inbound.update : nullptr;
  Interned interned;
  if (update != nullptr && update->treat_as_withdraw.empty()) {
    interned = intern(daemon_.pool(), *update);
  } else if (update != nullptr) {
    base::log(LogCategory::parser, LogLevel::warning, "{}: UPDATE treated as a withdraw because of its attribute {} (RFC 7606)", key_,
              update->treat_as_withdraw);
  }
  tell_message(Direction::receive, inbound.message, update, interned.attributes, interned.mp_attributes,
               connection.session().negotiated());
  if (update == nullptr) return;

  const bool keep = neighbor_->adj_rib_in;
  const auto withdraw = [&](const bgp::NlriKey& key) {
    ++prefixes_withdrawn_;
    if (keep) rib_in_.withdraw(key);
  };
  const auto announce = [&](const rib::AttributeSetRef& set) {
    return [this, keep, &set](const bgp::NlriKey& key) {
      ++prefixes_received_;
      if (keep) rib_in_.announce(key, set);
    };
  };
  update->withdrawn.for_each(withdraw);
  update->mp_withdrawn.for_each(withdraw);
  if (update->treat_as_withdraw.empty()) {
    update->announced.for_each(announce(interned.attributes));
    update->mp_announced.for_each(announce(interned.mp_attributes));
  } else {
    update->announced.for_each(withdraw);
    update->mp_announced.for_each(withdraw);
  }
}

void Peer::handle_refresh(Connection& connection, const session::Inbound& inbound, base::TimePoint now) {
  const bgp::Negotiated& negotiated = *connection.session().negotiated();
  tell_message(Direction::receive, inbound.message, nullptr, {}, {}, &negotiated);
  const bgp::RouteRefresh& refresh = *inbound.refresh;
  // Only what was negotiated; subtypes that nobody knows are ignored (RFC 7313 section 5).
  if (refresh.subtype > bgp::RefreshSubtype::end) return;
  const auto family = bgp::family_index(refresh.family);
  const bool mark = refresh.subtype != bgp::RefreshSubtype::query;
  if (negotiated.refresh == bgp::RefreshMode::absent || (mark && negotiated.refresh != bgp::RefreshMode::enhanced) || !family || !negotiated.family_set.contains(*family)) {
    base::log(LogCategory::message, LogLevel::warning, "{}: route refresh for {} was not negotiated, ignored", key_,
              bgp::to_string(refresh.family));
    return;
  }
  if (mark) return handle_refresh_mark(*family, refresh.subtype, now);
  bgp::FamilySet families;
  families.insert(*family);
  rib_out_->resend(families, negotiated.refresh == bgp::RefreshMode::enhanced);
}

// RFC 7313 section 4: what the peer does not announce between its BoRR and its EoRR it does not have any more.
void Peer::handle_refresh_mark(bgp::FamilyIndex family, bgp::RefreshSubtype mark, base::TimePoint now) {
  if (!neighbor_->adj_rib_in) return;
  const bool begins = mark == bgp::RefreshSubtype::begin;
  if (!begins && !rib_in_.refreshing(family)) return;
  std::erase_if(refresh_ends_, [family](const RefreshEnd& end) { return end.family == family; });
  if (begins) {
    rib_in_.begin_refresh(family);
    refresh_ends_.push_back({family, now + std::chrono::seconds(daemon_.options().settings.bgp_refresh_stalepath_time_s)});
  } else {
    rib_in_.end_refresh(family);
  }
}

// What a refresh leaves to be done, a slice. False: there is more, and what the peer says next must wait for it.
bool Peer::settle_rib_in(base::TimePoint now) {
  while (!rib_in_.busy()) {
    const auto due = std::find_if(refresh_ends_.begin(), refresh_ends_.end(), [now](const RefreshEnd& end) { return end.at <= now; });
    if (due == refresh_ends_.end()) return true;
    base::log(LogCategory::message, LogLevel::warning, "{}: the peer has not ended its route refresh of {}, taken to be over", key_,
              bgp::to_string(bgp::family_at(due->family)));
    rib_in_.end_refresh(due->family);
    refresh_ends_.erase(due);
  }
  std::vector<bgp::NlriKey> gone;
  rib_in_.work(k_turn_rib_slice, [&gone](const bgp::NlriKey& key) { gone.push_back(key); });
  if (!gone.empty()) tell_gone(std::move(gone));
  return !rib_in_.busy();
}

// The peer has not said so in a message: programs are told as if it had.
void Peer::tell_gone(std::vector<bgp::NlriKey> gone) {
  prefixes_withdrawn_ += gone.size();
  const bgp::Negotiated& negotiated = *established_->session().negotiated();
  base::log(LogCategory::message, LogLevel::info, "{}: {} routes were not announced again by a route refresh and are gone", key_, gone.size());
  if (!subscribers_.wants_decoded(Direction::receive, Topic::update)) return;
  bgp::Negotiated mirrored = negotiated;
  mirrored.add_path_send = mirrored.add_path_receive;
  rib::UpdatePacker packer(mirrored, {});
  std::vector<const bgp::NlriKey*> keys;
  for (const bgp::NlriKey& key : gone) keys.push_back(&key);
  for (std::span<const bgp::NlriKey* const> left = keys; !left.empty();) {
    base::Buffer message;
    const std::size_t taken = packer.withdraw(nullptr, left, message);
    if (taken == 0) return;
    left = left.subspan(taken);
    const bgp::RawMessage raw{message[bgp::k_header_size - 1], message};
    if (const auto update = bgp::decode_update(raw.body(), negotiated)) {
      tell_message(Direction::receive, raw, &*update, {}, {}, &negotiated, false);
    }
  }
}

// RFC 4271 section 6.8, RFC 6286 section 2.3: of two connections the one stays that was opened by the speaker with the higher
// identifier, or, when those are equal, the higher AS number. Of two that the peer opened the one stays that says so first.
void Peer::settle_collision(Connection& opened, base::TimePoint now) {
  if (established_ != nullptr && !established_->over() && !established_->session().ending()) {
    lose(opened, "could not accept the connection, already established", now);
    return;
  }
  const bool incoming = opened.origin() == Origin::incoming;
  const auto is_live = [](Connection* connection) {
    return connection != nullptr && !connection->over() && !connection->session().ending();
  };
  const std::vector<Connection*> accepted = incoming_;
  if (incoming) {
    for (Connection* other : accepted) {
      if (other != &opened && is_live(other)) lose(*other, {}, now);
    }
  }
  if (outgoing_ != nullptr && outgoing_->dialling()) discard(*outgoing_);
  if (!is_live(outgoing_) || std::none_of(incoming_.begin(), incoming_.end(), is_live)) return;
  const bgp::Negotiated& negotiated = *opened.session().negotiated();
  const bool ours_is_higher = negotiated.local_id != negotiated.peer_id ? negotiated.local_id > negotiated.peer_id
                                                                         : negotiated.local_as > negotiated.peer_as;
  base::log(LogCategory::network, LogLevel::info, "{}: connection collision, closing the {} connection", key_,
            ours_is_higher ? "incoming" : "outgoing");
  if (!ours_is_higher) return lose(*outgoing_, {}, now);
  for (Connection* other : accepted) {
    if (is_live(other) && !other->muted()) lose(*other, {}, now);
  }
}

void Peer::enter_established(Connection& connection, base::TimePoint now) {
  established_ = &connection;
  for (Connection* other : connections()) {
    if (other == nullptr || other == &connection || other->over()) continue;
    if (other->dialling()) {
      discard(*other);
    } else {
      lose(*other, {}, now);
    }
  }
  rib_in_.clear();
  refresh_ends_.clear();
  if (!routes_loaded_) {
    load_routes();
    daemon_.peers_changed();
  }
  rib_out_->established(connection.session().negotiated()->paths_limits);
  packer_ = std::make_unique<rib::UpdatePacker>(*connection.session().negotiated(), packer_options(*neighbor_, daemon_.options()));
  changed_ = now;
  prefixes_received_ = 0;
  prefixes_withdrawn_ = 0;
  initial_run_done_ = false;
  initial_end_of_rib_due_ = !neighbor_->manual_eor;
  first_hold_until_ = now + k_first_run_hold_off;
  command_hold_until_.reset();
  first_change_.reset();
  for (const bgp::Family family : neighbor_->families) {
    if (!connection.session().negotiated()->family_set.contains(family)) {
      base::log(LogCategory::message, LogLevel::info, "{}: {} was not negotiated", key_, bgp::to_string(family));
    }
  }
}

void Peer::leave_established() {
  // A peer that ends every session at once is not to be asked again at once: only one that lasted makes up for those that did not.
  const base::Duration hold_time = std::chrono::seconds(established_->session().negotiated()->hold_time_s);
  if (event_time_ - changed_ >= std::max(hold_time, k_stable_session)) backoff_.reset();
  established_ = nullptr;
  packer_.reset();
  rib_out_->closed();
  route_refreshes_.clear();
  refresh_ends_.clear();
  first_hold_until_.reset();
  command_hold_until_.reset();
  first_change_.reset();
  initial_end_of_rib_due_ = false;
  changed_ = event_time_;
  sent_ = {};
  received_ = {};
}

// --- out -------------------------------------------------------------------------------------------------------------------

void Peer::release_holds(base::TimePoint now) {
  if (first_hold_until_ && *first_hold_until_ <= now) first_hold_until_.reset();
  if (command_hold_until_ && *command_hold_until_ <= now) {
    command_hold_until_.reset();
    first_change_.reset();
  }
}

bool Peer::initial_end_of_rib_ready() const {
  return initial_end_of_rib_due_ && !first_hold_until_ && !rib_out_->run_active() && (initial_run_done_ || !rib_out_->has_pending());
}

// One that a command asked for.
bool Peer::can_send_end_of_rib() const {
  return !end_of_ribs_.empty() && !initial_end_of_rib_due_ && !held() && !rib_out_->run_active() && !rib_out_->has_pending();
}

bool Peer::send_messages(base::TimePoint now) {
  session::Session& session = established_->session();
  if (session.ending()) return false;
  release_holds(now);
  if (!route_refreshes_.empty()) {
    base::Buffer message;
    bgp::encode_route_refresh({route_refreshes_.front(), bgp::RefreshSubtype::query}, message);
    route_refreshes_.pop_front();
    send(message, now);
  }
  if (!rib_out_->run_active() && rib_out_->has_pending() && !held()) rib_out_->start_run();
  bool starved = false;
  if (rib_out_->run_active()) {
    starved = send_run(now) == 0 && rate_limit_ != nullptr;
  } else if (initial_end_of_rib_ready()) {
    send_initial_end_of_ribs(now);
  } else if (can_send_end_of_rib()) {
    const bgp::Family family = end_of_ribs_.front();
    end_of_ribs_.pop_front();
    send_end_of_rib(family, now);
  }
  established_->touch();
  if (session.outbox().size() >= session::k_outbox_high) return false;  // sent() makes us due again
  if (!route_refreshes_.empty()) return true;
  if (rib_out_->run_active()) return !starved;
  return (rib_out_->has_pending() && !held()) || initial_end_of_rib_ready() || can_send_end_of_rib();
}

std::size_t Peer::send_run(base::TimePoint now) {
  const session::Session& session = established_->session();
  const std::size_t limit = rate_limit_ ? 1 : k_turn_messages_out;
  base::Buffer& message = daemon_.scratch();
  std::size_t count = 0;
  while (count < limit && rib_out_->run_active() && session.outbox().size() < session::k_outbox_high) {
    if (rate_limit_ && !rate_limit_->available(now)) break;
    message.clear();
    const rib::AdjRibOut::Produced produced = rib_out_->next_message(*packer_, message);
    if (produced.message) {
      if (rate_limit_) rate_limit_->take(now);
      ++count;
      send(message, now);
    }
    if (produced.over) {
      initial_run_done_ = true;
      // a run that had nothing to say is no reason to wait for a token
      return std::max<std::size_t>(count, 1);
    }
  }
  return count;
}

void Peer::send_initial_end_of_ribs(base::TimePoint now) {
  initial_end_of_rib_due_ = false;
  const std::vector<bgp::Family>& families = established_->session().negotiated()->families;
  for (const bgp::Family family : families) send_end_of_rib(family, now);
  if (families.empty()) {
    base::Buffer message;
    bgp::append_keepalive(message);
    send(message, now);
  }
}

void Peer::send_end_of_rib(bgp::Family family, base::TimePoint now) {
  base::Buffer message;
  bgp::encode_end_of_rib(family, message);
  send(message, now);
}

void Peer::send(base::Bytes octets, base::TimePoint) {
  session::Session& session = established_->session();
  const bgp::RawMessage message{octets[bgp::k_header_size - 1], octets};
  const auto type = static_cast<bgp::MessageType>(message.type);
  const bool update = type == bgp::MessageType::update;
  if (update) ++sent_.update;
  if (type == bgp::MessageType::route_refresh) ++sent_.refresh;
  if (type == bgp::MessageType::keepalive) ++sent_.keepalive;
  // The event comes before the bytes (spec api.md 5.2).
  if (update && subscribers_.wants_decoded(Direction::send, Topic::update)) {
    bgp::Negotiated mirrored = *session.negotiated();
    mirrored.add_path_receive = mirrored.add_path_send;
    mirrored.aigp = true;  // what we sent is shown, whatever we would accept
    mirrored.as_zero = true;
    if (auto decoded = bgp::decode_update(message.body(), mirrored)) {
      const Interned interned = intern(daemon_.pool(), *decoded);
      tell_message(Direction::send, message, &*decoded, interned.attributes, interned.mp_attributes, session.negotiated());
    }
  } else {
    tell_message(Direction::send, message, nullptr, {}, {}, session.negotiated());
  }
  session.queue(octets);
}

}  // namespace tandem::speaker
