#include "common/session/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/base/assert.hpp"
#include "common/base/log.hpp"
#include "common/session/limits.hpp"
#include "common/session/negotiation.hpp"

namespace tandem::session {

namespace {

using bgp::MessageType;

// NOTIFICATION codes (RFC 4271 section 4.5) and, for the state machine's, subcodes (RFC 6608).
constexpr std::uint8_t k_hold_timer_expired = 4;
constexpr std::uint8_t k_state_machine_error = 5;
constexpr std::uint8_t k_send_hold_timer_expired = 8;  // RFC 9687
constexpr std::uint8_t k_unexpected_in_open_sent = 1;
constexpr std::uint8_t k_unexpected_in_open_confirm = 2;
constexpr std::uint8_t k_unexpected_in_established = 3;

// The longest End-of-RIB: two empty fields, and MP_UNREACH_NLRI with an extended length and a family (RFC 4724 section 2).
constexpr std::size_t k_end_of_rib_body = 11;

bool is(const bgp::RawMessage& message, MessageType type) { return message.type == static_cast<std::uint8_t>(type); }

// How many families are reported; a peer can invent 2^24 of them.
constexpr std::size_t k_skipped_families = 32;

// An UPDATE nobody looks into must still have fields that fit into it (RFC 4271 section 6.3).
base::Result<void> check_fields(base::Bytes body) {
  base::ByteReader reader(body);
  reader.skip(reader.u16());  // withdrawn routes
  reader.skip(reader.u16());  // path attributes
  if (!reader.ok()) return base::Error::notification(3, 1, "UPDATE field exceeds available data");
  return {};
}

}  // namespace

Session::Session(const Parameters& parameters) : parameters_(parameters) {}
Session::~Session() = default;

// --- the transport ---------------------------------------------------------------------------------------------------

void Session::connected(const base::Endpoint& local, const base::Endpoint& remote, base::TimePoint now) {
  if (connected() || ending_) return;
  now_ = now;
  local_ = local;
  remote_ = remote;
  enter_connect();
  timers_.start_open_wait(now, parameters_.open_wait);
  if (parameters_.local_as) enter_open_sent(std::nullopt);
}

void Session::receive(base::Bytes bytes, base::TimePoint now) {
  if (!connected() || gone_ || bytes.empty()) return;
  // The peer is alive when its message arrives, not when its turn comes: a full inbox must not look like silence.
  if (inbox_.append(bytes)) timers_.heard(now);
}

bool Session::wants_input() const {
  return connected() && !gone_ && inbox_.size() < (looking_ahead_ ? k_inbox_look_ahead : k_inbox_high);
}

void Session::sent(std::size_t count, base::TimePoint now) {
  outbox_.consume(std::min(count, outbox_.size()));
  if (outbox_.empty()) timers_.stop_send_hold();
  else if (count != 0 && state_ == State::established) timers_.start_send_hold(now);
}

void Session::closed(std::string_view reason, base::TimePoint now) {
  if (gone_) return;
  gone_ = true;
  timers_.stop();
  outbox_.clear();
  inbox_.release();
  if (!connected()) {
    ending_ = true;
    inbox_.clear();
    return;
  }
  close_reason_ = std::make_unique<std::string>(reason);
  const auto next = inbox_.next(rules());
  if (next && !*next) enter_idle(*close_reason_, now);
}

// --- time ------------------------------------------------------------------------------------------------------------

std::optional<base::TimePoint> Session::deadline() const {
  if (gone_) return std::nullopt;
  if (ending_) return outbox_.empty() ? std::nullopt : timers_.deadline();
  // The OPEN is there; that its turn has not come is not the peer's fault.
  if (awaits_open() && has_input()) return std::nullopt;
  return timers_.deadline();
}

void Session::expired(base::TimePoint now) {
  now_ = now;
  if (gone_) return;
  switch (timers_.due(now)) {
    case Timers::Due::nothing:
      break;
    case Timers::Due::open_wait:
      if (!has_input()) terminate({k_hold_timer_expired, 0, {}}, {}, now);  // D3
      break;
    case Timers::Due::hold:
      if (!wants_input()) {
        // We are the ones who do not listen: the peer's KEEPALIVEs wait in the kernel behind the rest, if it still sends any.
        look_ahead();
        timers_.heard(now);
        break;
      }
      terminate({k_hold_timer_expired, 0, {}}, {}, now);
      break;
    case Timers::Due::send_hold:
      base::log(base::LogCategory::network, base::LogLevel::error, "{}: the peer takes nothing of the {} octets that wait for it", remote_.text(),
                outbox_.size());
      terminate({k_send_hold_timer_expired, 0, {}}, {}, now);
      break;
    case Timers::Due::keepalive:
      if (outbox_.size() < k_outbox_full) send_keepalive();
      timers_.keepalive_sent(now);
      break;
    case Timers::Due::farewell:
      timers_.stop();
      outbox_.clear();
      break;
  }
}

void Session::speak_before(base::TimePoint pause_ends, base::TimePoint now) {
  if (gone_ || !timers_.keepalive_may_leave_before(pause_ends, now)) return;
  now_ = now;
  if (outbox_.size() < k_outbox_full) send_keepalive();
  timers_.restart_keepalive(now);
}

void Session::keepalive_sent(base::TimePoint when) {
  if (!keepalives()) return;
  now_ = when;
  send_keepalive();
  timers_.keepalive_sent(when);
}

// --- the round -------------------------------------------------------------------------------------------------------

bool Session::has_input() const {
  if (!connected()) return false;
  if (gone_) return true;
  const auto next = inbox_.next(rules());
  return !next || next->has_value();
}

std::optional<Inbound> Session::step(bool decode_updates, base::TimePoint now) {
  now_ = now;
  inbox_.release();
  if (!connected()) {
    inbox_.clear();
    return std::nullopt;
  }
  const auto next = inbox_.next(rules());
  if (!next) {
    fail(next.error(), now);
    return std::nullopt;
  }
  if (!*next) {
    if (gone_) enter_idle(*close_reason_, now);
    return std::nullopt;
  }
  inbox_.take((*next)->whole.size());
  if (inbox_.size() < k_inbox_high) looking_ahead_ = false;
  auto inbound = dispatch(**next, decode_updates, now);
  if (!inbound) inbox_.release();  // nobody views it; an idle session is left without a buffer
  return inbound;
}

std::optional<Event> Session::next_event() {
  if (next_event_ == events_.size()) return std::nullopt;
  Event event = std::move(events_[next_event_++]);
  if (next_event_ == events_.size()) {
    events_ = std::vector<Event>();
    next_event_ = 0;
  }
  return event;
}

// --- sending and ending ----------------------------------------------------------------------------------------------

void Session::queue(base::Bytes messages) {
  if (state_ == State::established) send(messages);
}

void Session::queue(std::shared_ptr<const base::Buffer> messages) {
  if (state_ == State::established && begin_sending()) outbox_.append_shared(std::move(messages));
}

void Session::terminate(const base::NotificationCause& cause, std::string_view reason, base::TimePoint now) {
  if (ending_) return;
  if (connected()) {
    base::Buffer message;
    bgp::encode_notification(cause.code, cause.subcode, cause.data, message);
    send(message);
    tell_message(Direction::send, message);
  }
  enter_idle(reason.empty() ? fmt::format("notification sent ({},{})", cause.code, cause.subcode) : std::string(reason), now);
}

void Session::end_silently(std::string_view reason, base::TimePoint now) {
  if (!ending_) enter_idle(std::string(reason), now);
}

bool Session::wants_close() const { return ending_ && outbox_.empty(); }

// --- the edges -------------------------------------------------------------------------------------------------------

void Session::enter_connect() {
  tell(Event::Kind::connected);
  enter(State::connect);
}

void Session::enter_open_sent(std::optional<base::Asn> mirrored) {
  sent_open_ = std::make_unique<bgp::Open>(make_open(parameters_, local_.address, mirrored));
  base::Buffer message;
  bgp::encode_open(*sent_open_, message);
  send(message);
  tell_message(Direction::send, message);
  enter(State::open_sent);
}

void Session::enter_open_confirm(base::TimePoint now) {
  tell(Event::Kind::negotiated);
  enter(State::open_confirm);
  timers_.start_hold(now, negotiated_->hold_time_s);
  send_keepalive();  // the answer to the OPEN, with a hold time of 0 too
}

void Session::enter_established(base::TimePoint now) {
  enter(State::established);
  timers_.restart_keepalive(now);
  const base::Duration hold_time = std::chrono::seconds(negotiated_->hold_time_s);
  const base::Duration usual = std::max<base::Duration>(k_send_hold, 2 * hold_time);
  const auto configured = parameters_.send_hold_time_s;
  // Without a hold time nobody is to be found dead (RFC 9687 section 4).
  if (negotiated_->hold_time_s != 0) timers_.allow_send_hold(configured ? std::chrono::seconds(*configured) : usual);
  if (!outbox_.empty()) timers_.start_send_hold(now);
  tell(Event::Kind::up);
}

// The only way out. What waits in the outbox leaves within k_farewell; the inbox keeps its octets because the message that is
// being handled may view them.
void Session::enter_idle(std::string reason, base::TimePoint now) {
  ending_ = true;
  close_reason_.reset();
  if (!connected()) return;
  base::log(base::LogCategory::message, base::LogLevel::info, "session with {} ends: {}", remote_.text(), reason);
  timers_.stop();
  if (!outbox_.empty()) timers_.start_farewell(now, k_farewell);
  tell(Event::Kind::down);
  events_.back().reason = std::move(reason);
  enter(State::idle);
}

// --- messages --------------------------------------------------------------------------------------------------------

std::optional<Inbound> Session::dispatch(const bgp::RawMessage& message, bool decode_updates, base::TimePoint now) {
  // Obeyed in every state and never answered (RFC 4271 section 6.4).
  if (is(message, MessageType::notification)) {
    on_notification(message, now);
    return std::nullopt;
  }
  if (awaits_open()) {
    if (is(message, MessageType::open)) on_open(message, now);
    else on_unexpected(message, k_unexpected_in_open_sent, now);
    return std::nullopt;
  }
  if (is(message, MessageType::keepalive)) {
    // With a hold time of 0 as well: nobody asked for it, but it harms nobody (D4).
    tell_message(Direction::receive, message.whole);
    if (state_ == State::open_confirm) enter_established(now);
    return std::nullopt;
  }
  if (state_ == State::open_confirm) {
    on_unexpected(message, k_unexpected_in_open_confirm, now);
    return std::nullopt;
  }
  if (is(message, MessageType::open)) {
    on_unexpected(message, k_unexpected_in_established, now);
    return std::nullopt;
  }
  if (is(message, MessageType::update)) return on_update(message, decode_updates, now);
  Inbound inbound;
  inbound.message = message;
  if (is(message, MessageType::route_refresh)) inbound.refresh = bgp::decode_route_refresh(message.body());
  if (is(message, MessageType::operational) && negotiated_->operational) {
    auto operational = bgp::decode_operational(message.body());
    if (!operational) {
      fail(operational.error(), now);
      return std::nullopt;
    }
    inbound.operational = std::move(*operational);
  }
  return inbound;
}

void Session::on_open(const bgp::RawMessage& message, base::TimePoint now) {
  auto open = bgp::decode_open(message.body());
  if (!open) return fail(open.error(), now);
  tell_message(Direction::receive, message.whole);
  received_open_ = std::make_unique<bgp::Open>(std::move(*open));
  if (!sent_open_) enter_open_sent(received_open_->asn());
  auto negotiated = std::make_unique<bgp::Negotiated>(negotiate(*sent_open_, *received_open_));
  agree_on_unannounced(parameters_, *sent_open_, *received_open_, *negotiated);
  const auto valid = validate(parameters_, *sent_open_, *received_open_, *negotiated);
  if (!valid) return fail(valid.error(), now);
  negotiated_ = std::move(negotiated);
  enter_open_confirm(now);
}

void Session::on_notification(const bgp::RawMessage& message, base::TimePoint now) {
  const bgp::Notification notification = bgp::decode_notification(message.body());
  tell_message(Direction::receive, message.whole);
  enter_idle(fmt::format("notification received ({},{})", notification.code, notification.subcode), now);
}

void Session::on_unexpected(const bgp::RawMessage& message, std::uint8_t subcode, base::TimePoint now) {
  std::string reason = fmt::format("unexpected {} in {}", bgp::upper_name(message.type), to_string(state_));
  fail(base::Error::notification(k_state_machine_error, subcode, std::move(reason), {message.type}), now);
}

std::optional<Inbound> Session::on_update(const bgp::RawMessage& message, bool decode, base::TimePoint now) {
  std::optional<Inbound> inbound(std::in_place);
  inbound->message = message;
  if (decode || message.body().size() <= k_end_of_rib_body) {
    auto update = bgp::decode_update(message.body(), *negotiated_);
    if (decode && !update) {
      fail(update.error(), now);
      return std::nullopt;
    }
    if (decode) report(*update);
    if (decode || (update && update->end_of_rib)) {
      inbound->update = std::move(*update);
      return inbound;
    }
  }
  if (const auto fits = check_fields(message.body()); !fits) {
    fail(fits.error(), now);
    return std::nullopt;
  }
  inbound->undecoded = true;
  return inbound;
}

// What becomes of routes, once a family and once an attribute: a peer that sends one such route sends a table of them.
void Session::report(const bgp::Update& update) {
  const std::string_view culprit = update.treat_as_withdraw;
  if (!culprit.empty() && std::find(culprits_.begin(), culprits_.end(), culprit) == culprits_.end()) {
    culprits_.push_back(culprit);
    base::log(base::LogCategory::network, base::LogLevel::warning,
              "{}: routes are treated as withdrawn because of their attribute {} (RFC 7606); more of them are not reported",
              remote_.text(), culprit);
  }
  for (const bgp::SkippedNlri& skipped : update.skipped) {
    if (skipped_.size() == k_skipped_families || std::find(skipped_.begin(), skipped_.end(), skipped.family) != skipped_.end()) continue;
    skipped_.push_back(skipped.family);
    const bool known = negotiated_->families.end() != std::find(negotiated_->families.begin(), negotiated_->families.end(), skipped.family);
    base::log(base::LogCategory::network, base::LogLevel::warning, "{}: {} of {} ignored, {}; more of them are not reported",
              remote_.text(), skipped.count == 0 ? "routes" : fmt::format("{} route(s)", skipped.count), bgp::to_string(skipped.family),
              known ? "they cannot be decoded" : "the family was not negotiated");
  }
}

// An Error without a NOTIFICATION is one that must not be answered: a malformed NOTIFICATION.
void Session::fail(const base::Error& error, base::TimePoint now) {
  base::log(base::LogCategory::network, base::LogLevel::warning, "{}: {}", remote_.text(), error.reason());
  if (const base::NotificationCause* cause = error.notification()) terminate(*cause, {}, now);
  else end_silently(error.reason(), now);
}

// --- small things ----------------------------------------------------------------------------------------------------

void Session::send_keepalive() {
  base::Buffer message;
  bgp::append_keepalive(message);
  send(message);
  tell_message(Direction::send, message);
}

// On a connection that is gone octets have nowhere to go: they would only keep the session from ending.
void Session::send(base::Bytes message) {
  if (begin_sending()) outbox_.append(message);
}

bool Session::begin_sending() {
  if (gone_) return false;
  if (outbox_.empty() && state_ == State::established) timers_.start_send_hold(now_);
  return true;
}

void Session::tell(Event::Kind kind) {
  events_.emplace_back();
  events_.back().kind = kind;
  events_.back().state = state_;
}

void Session::tell_message(Direction direction, base::Bytes message) {
  tell(Event::Kind::message);
  events_.back().direction = direction;
  events_.back().message.assign(message.begin(), message.end());
}

void Session::enter(State state) {
  TANDEM_ASSERT(may_follow(state_, state));
  state_ = state;
  tell(Event::Kind::state);
}

bgp::HeaderRules Session::rules() const {
  return {negotiated_ ? negotiated_->message_size : bgp::k_message_size, parameters_.strict};
}

}  // namespace tandem::session
