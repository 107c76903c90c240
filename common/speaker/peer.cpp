#include "common/speaker/peer.hpp"

#include <utility>

#include "common/base/log.hpp"
#include "common/bgp/message/notification.hpp"
#include "common/speaker/parameters.hpp"

namespace tandem::speaker {

using base::LogCategory;
using base::LogLevel;

namespace {

constexpr std::uint8_t k_cease_deconfigured = 3;
constexpr std::uint8_t k_cease_reset = 4;
constexpr std::uint8_t k_cease_collision = 7;

}  // namespace

Peer::Peer(const PeerContext& context, PeerKeeper& keeper, api::PeerId id, PeerDefinition definition, base::TimePoint now)
    : context_(context), keeper_(keeper), id_(id), definition_(std::move(definition)), events_(context.encoder, context.clock),
      connections_(definition_, context, *this), output_(definition_, context, events_, counters_),
      input_(definition_, context, events_, counters_), changed_(now) {
  events_.set_time(now);
  configure(now);
  if (!ephemeral()) output_.load_routes();  // of a member only when it is Established: anybody can connect
}

Peer::~Peer() = default;

void Peer::configure(base::TimePoint now) {
  set_parameters();
  rate_limit_ = neighbor().rate_limit == 0 ? nullptr : std::make_unique<TokenBucket>(neighbor().rate_limit, now);
  resubscribe();
}

// The restart bit tells the peer not to wait for our End-of-RIB before it sends (RFC 4724 section 4.1). Without await-ready it is always
// set; with it, until a session has had its End-of-RIBs since the start.
void Peer::set_parameters() {
  session::Parameters parameters = session_parameters(neighbor(), context_.options);
  parameters.restarting = neighbor().api.await_ready.empty() || !output_.restart_over();
  parameters_ = std::make_shared<const session::Parameters>(std::move(parameters));
}

void Peer::resubscribe() {
  events_.subscribe(resolve(neighbor().api, [this](const std::string& name) { return context_.programs.find(name); }));
}

bool Peer::passive() const { return ephemeral() || neighbor().passive || context_.options.settings.bgp_passive; }

// --- connecting ----------------------------------------------------------------------------------------------------------

// The first attempt waits for nothing and takes nothing from the back-off, which counts from the end of a session.
void Peer::start(base::TimePoint now) {
  if (stopped_ || passive()) return;
  connections_.dial_at(now);
  mark_due();
}

void Peer::schedule_attempt(base::TimePoint now) {
  connections_.end_attempt();
  if (stopped_ || (passive() && !ephemeral())) return;
  connections_.dial_later(now);
  mark_due();
}

void Peer::connect_failed(Connection& connection, int error, base::TimePoint now) {
  events_.set_time(now);
  connections_.remove(connection);
  mark_due();
  if (connection.disowned() || stopped_) return;
  base::log(LogCategory::network, LogLevel::debug, "{}: cannot connect (error {})", key(), error);
  if (next_neighbor_) {
    adopt_definition(now);
    schedule_attempt(now);
  } else if (!connections_.connect_again(now)) {
    base::log(LogCategory::network, LogLevel::info, "{}: could not connect", key());
    attempt_failed(now);
  }
}

void Peer::attempt_failed(base::TimePoint now) {
  events_.state(subject(), session::State::idle);
  if (connections_.attempts_used_up()) return give_up();
  schedule_attempt(now);
}

void Peer::give_up() {
  base::log(LogCategory::reactor, LogLevel::info, "{}: no attempt is left, giving up", key());
  stopped_ = true;
  mark_due();
}

void Peer::connection_made(Connection& connection, base::TimePoint now) {
  connections_.connected();
  base::log(LogCategory::network, LogLevel::info, "{}: connected, {} to {}", connection.name(), connection.session().local().text(),
            connection.session().remote().text());
  tell_events(connection, now);
  mark_due();
}

void Peer::accept(base::UniqueFd fd, const base::Endpoint& local, const base::Endpoint& remote, base::TimePoint now) {
  events_.set_time(now);
  if (established_ != nullptr) {
    // It may have lost that session without our seeing it, as we do not read.
    if (!established_->session().wants_input()) {
      established_->session().look_ahead();
      established_->touch();
    }
    context_.rejections.add(std::move(fd), bgp::make_cease(k_cease_collision, "could not accept the connection, already established"), now);
    return;
  }
  if (connections_.kept_down(now)) return refuse_kept_down(std::move(fd), now);
  if (!connections_.admits_another()) {
    context_.rejections.add(std::move(fd), bgp::make_cease(k_cease_collision), now);
    return;
  }
  const bool alone = connections_.make_room(now);
  if (alone && next_neighbor_) adopt_definition(now);
  connection_made(connections_.accept(std::move(fd), local, remote, parameters_, now), now);
}

// --- ending --------------------------------------------------------------------------------------------------------------

// Both sides set the N bit: a NOTIFICATION does not make the peer drop our routes, a Hard Reset does (RFC 8538 section 4).
bool Peer::restarts_through_notifications(const session::Session& session) const {
  const bgp::Open* remote = session.received_open();
  if (!neighbor().graceful_restart.notification || remote == nullptr || !remote->capabilities.graceful_restart) return false;
  return (remote->capabilities.graceful_restart->flags & bgp::GracefulRestart::k_notification) != 0;
}

// Under graceful restart the peer is to keep our routes: no NOTIFICATION. For good only if it said that it would keep them, and not if
// both want NOTIFICATIONs (RFC 8538).
bool Peer::ends_silently(const session::Session& session) const {
  if (!neighbor().graceful_restart.time_s) return false;
  const bgp::Open* remote = session.received_open();
  const auto* theirs = remote != nullptr && remote->capabilities.graceful_restart ? &*remote->capabilities.graceful_restart : nullptr;
  if (restarts_through_notifications(session)) return false;
  return !stopped_ || theirs != nullptr;
}

// Cease, or a silent close.
void Peer::end_session(const base::NotificationCause& cease, std::string_view reason, base::TimePoint now) {
  for (Connection* connection : connections_.all()) {
    if (connection == nullptr) continue;
    session::Session& session = connection->session();
    if (connection->dialling()) {
      connection->drop();
    } else if (session.ending() || connection->finished()) {
      continue;  // its end is on its way
    } else if (ends_silently(session)) {
      session.end_silently(reason.empty() ? "graceful restarted negotiated, closing without sending any notification" : reason, now);
    } else {
      const bool hard = stopped_ && restarts_through_notifications(session);
      session.terminate(hard ? bgp::make_hard_reset(cease) : cease, reason, now);
    }
    tell_events(*connection, now);
    if (connection == established_) leave_established(now);
    connection->touch();
  }
  mark_due();
}

void Peer::teardown(std::uint8_t subcode, std::string_view text, base::TimePoint now) {
  if (established_ == nullptr || subcode == 0) return;
  connections_.forget_failures();
  end_session(bgp::make_cease(subcode, text), {}, now);
}

void Peer::restart(base::TimePoint now) {
  connections_.forget_failures();
  connections_.forget_attempts();
  connections_.release();
  if (connections_.none()) schedule_attempt(now);
  else end_session(bgp::make_cease(k_cease_reset), {}, now);
}

void Peer::stop(std::uint8_t subcode, std::string_view reason, base::TimePoint now) {
  stopped_ = true;
  connections_.stop_dialling();
  end_session(bgp::make_cease(subcode), reason, now);
}

// --- definitions -----------------------------------------------------------------------------------------------------------

void Peer::replace(std::shared_ptr<const config::Neighbor> neighbor, config::RouteDiff difference, base::TimePoint now) {
  // A second change before the first has taken effect: what is in force is still the one before both.
  if (next_neighbor_) difference = config::diff_routes(definition_.neighbor->routes, neighbor->routes);
  next_neighbor_ = std::move(neighbor);
  next_difference_ = std::move(difference);
  connections_.forget_failures();
  connections_.forget_attempts();
  connections_.release();
  if (!connections_.none()) {
    end_session(bgp::make_cease(k_cease_deconfigured), {}, now);
    return;
  }
  adopt_definition(now);
  connections_.stop_dialling();
  schedule_attempt(now);
}

void Peer::adopt_definition(base::TimePoint now) {
  const PeerDefinition before = std::exchange(definition_, {std::exchange(next_neighbor_, nullptr), definition_.provenance});
  configure(now);
  if (before.neighbor->adj_rib_out != neighbor().adj_rib_out) output_.reload_routes();
  else output_.apply_routes(next_difference_, before.routes());
  next_difference_.reset();
}

void Peer::update(std::shared_ptr<const config::Neighbor> neighbor, Provenance provenance, const config::RouteDiff& difference) {
  if (next_neighbor_) {
    // The definition it equals has not taken effect yet: this one does in its place.
    next_difference_ = config::diff_routes(definition_.neighbor->routes, neighbor->routes);
    next_neighbor_ = std::move(neighbor);
    return;
  }
  const PeerDefinition before = std::exchange(definition_, {std::move(neighbor), std::move(provenance)});
  resubscribe();
  output_.apply_routes(difference, before.routes());
  if (!config::unchanged(*before.neighbor, this->neighbor(), config::Impact::refresh)) output_.send_anew();
  if (before.neighbor->prefix_limits != this->neighbor().prefix_limits) enable(events_.time());
  mark_due();
}

// --- routes ----------------------------------------------------------------------------------------------------------------

rib::ChangeMark Peer::announce(const rib::Route& route, base::TimePoint now) {
  rib_changed(now);
  return output_.announce(route);
}

rib::ChangeMark Peer::withdraw(const rib::Route& route, base::TimePoint now) {
  rib_changed(now);
  return output_.withdraw(route);
}

rib::ChangeMark Peer::file_watchdog(const std::string& name, const rib::Route& route, bool held, base::TimePoint now) {
  rib_changed(now);
  return output_.file_watchdog(name, route, held);
}

void Peer::rib_changed(base::TimePoint now) {
  if (output_.busy()) mark_due();
  const auto hold = output_.changed(now);
  if (!hold) return;
  if (hold->moved) keeper_.schedule(id_, hold->until);
  keeper_.holds_commands(id_, hold->begins);
}

void Peer::let_go(base::TimePoint now) {
  output_.let_go(now);
  mark_due();
}

void Peer::flush(base::TimePoint now) {
  output_.send_again();
  rib_changed(now);
}

void Peer::queue_end_of_rib(bgp::Family family, base::TimePoint now) {
  output_.queue_end_of_rib(family);
  rib_changed(now);
}

void Peer::queue_route_refresh(bgp::Family family) {
  if (output_.queue_route_refresh(family)) mark_due();
}

void Peer::queue_operational(const bgp::Operational& message) {
  if (output_.queue_operational(message)) mark_due();
}

}  // namespace tandem::speaker
