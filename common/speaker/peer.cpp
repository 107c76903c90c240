#include "common/speaker/peer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "common/base/assert.hpp"
#include "common/bgp/message/notification.hpp"
#include "common/speaker/daemon.hpp"
#include "common/speaker/limits.hpp"
#include "common/speaker/parameters.hpp"

namespace tandem::speaker {

using base::LogCategory;
using base::LogLevel;

namespace {

constexpr std::uint8_t k_cease_deconfigured = 3;
constexpr std::uint8_t k_cease_reset = 4;
constexpr std::uint8_t k_cease_collision = 7;

// A program that repeats itself while nothing can be sent makes no queue without end.
void queue_request(std::deque<bgp::Family>& queue, bgp::Family family) {
  if (queue.size() >= k_waiting_requests && std::find(queue.begin(), queue.end(), family) != queue.end()) return;
  queue.push_back(family);
}

}  // namespace

Peer::Peer(Daemon& daemon, api::PeerId id, std::shared_ptr<const config::Neighbor> neighbor, Provenance provenance)
    : daemon_(daemon), id_(id), neighbor_(std::move(neighbor)), key_(config::peer_key(*neighbor_)), provenance_(std::move(provenance)),
      created_(daemon.now()), changed_(daemon.now()), event_time_(daemon.now()) {
  configure();
  rib_out_ = std::make_unique<rib::AdjRibOut>(neighbor_->adj_rib_out);
  if (!ephemeral()) load_routes();  // of a member only when it is Established: anybody can connect
}

Peer::~Peer() = default;

void Peer::configure() {
  parameters_ = std::make_shared<const session::Parameters>(session_parameters(*neighbor_, daemon_.options()));
  rate_limit_ = neighbor_->rate_limit == 0 ? nullptr : std::make_unique<TokenBucket>(neighbor_->rate_limit, daemon_.now());
  resubscribe();
}

void Peer::resubscribe() { subscribers_ = resolve(neighbor_->api, daemon_); }

void Peer::load_routes() {
  routes_loaded_ = true;
  const rib::RouteList& list = configured_routes();
  const std::span<const rib::Route> routes = list.routes;
  std::size_t next = 0;
  for (const auto& mark : list.marks) {
    rib_out_->announce(routes.subspan(next, mark.route - next));
    rib_out_->file_watchdog(mark.name, routes[mark.route], mark.held);
    next = mark.route + 1;
  }
  rib_out_->announce(routes.subspan(next));
}

bool Peer::passive() const { return ephemeral() || neighbor_->passive || daemon_.options().settings.bgp_passive; }

void Peer::mark_due() { daemon_.mark_due(*this); }

// --- connecting ----------------------------------------------------------------------------------------------------------

// The first attempt waits for nothing and takes nothing from the back-off, which counts from the end of a session.
void Peer::start(base::TimePoint now) {
  if (stopped_ || passive()) return;
  dial_at_ = now;
  mark_due();
}

void Peer::schedule_attempt(base::TimePoint now) {
  connects_ = 0;
  if (stopped_ || passive()) return;
  dial_at_ = now + backoff_.next(daemon_.random());
  mark_due();
}

process::DialPlan Peer::dial_plan() const {
  const config::Neighbor& n = *neighbor_;
  process::DialPlan plan;
  plan.remote.address = n.peer.address;
  plan.remote.port = n.connect_port != 0 ? n.connect_port : daemon_.options().settings.tcp_port;
  // md5-ip is also the source, unless the local address is the kernel's choice (spec config.md 3.3)
  if (n.local_address) plan.source = n.md5_address ? n.md5_address : n.local_address;
  plan.interface = n.source_interface;
  plan.ttl = n.outgoing_ttl;
  if (!n.md5_password.empty()) plan.md5 = process::Md5Key{n.peer.address, n.md5_password};
  if (daemon_.options().redirect) daemon_.options().redirect(key_, plan);
  return plan;
}

void Peer::dial(base::TimePoint now) {
  if (connects_ == 0) {
    ++attempts_;
    attempt_started_ = now;
    // The TCP connection is made in IDLE; ACTIVE only says that the peer begins to try (spec session.md 2.1).
    tell_state(session::State::active);
    tell_state(session::State::idle);
  }
  ++connects_;
  const process::DialPlan plan = dial_plan();
  auto socket = daemon_.host().open_dial_socket(plan);
  if (!socket) {
    base::log(LogCategory::network, LogLevel::error, "{}: {}", key_, socket.error().reason());
    attempt_failed(now);
    return;
  }
  auto connection = std::make_unique<Connection>(daemon_.runtime(), *this, parameters_, std::move(*socket), plan.remote);
  outgoing_ = connection.get();
  daemon_.runtime().adopt(std::move(connection));
}

void Peer::connect_failed(Connection& connection, int error, base::TimePoint now) {
  event_time_ = now;
  daemon_.runtime().retire(connection);
  std::erase(lingering_, &connection);
  if (outgoing_ == &connection) outgoing_ = nullptr;
  mark_due();
  if (connection.muted() || stopped_) return;
  base::log(LogCategory::network, LogLevel::debug, "{}: cannot connect (error {})", key_, error);
  if (next_neighbor_) {
    adopt_definition();
    schedule_attempt(now);
  } else if (connects_ < k_connects_per_attempt && now - *attempt_started_ < k_connect_window) {
    dial_at_ = now + k_connect_spacing;
  } else {
    base::log(LogCategory::network, LogLevel::info, "{}: could not connect", key_);
    attempt_failed(now);
  }
}

void Peer::attempt_failed(base::TimePoint now) {
  tell_state(session::State::idle);
  if (limit_reached()) {
    base::log(LogCategory::reactor, LogLevel::info, "{}: no attempt is left, giving up", key_);
    stopped_ = true;
    mark_due();
    return;
  }
  schedule_attempt(now);
}

bool Peer::limit_reached() const {
  const std::uint32_t limit = daemon_.options().settings.tcp_attempts;
  return limit != 0 && attempts_ >= limit;
}

void Peer::connection_made(Connection& connection, base::TimePoint now) {
  event_time_ = now;
  connects_ = 0;
  base::log(LogCategory::network, LogLevel::info, "{}: connected, {} to {}", connection.name(),
            connection.session().local().text(), connection.session().remote().text());
  drain_events(connection, now);
  mark_due();
}

void Peer::accept(base::UniqueFd fd, const base::Endpoint& local, const base::Endpoint& remote, base::TimePoint now) {
  event_time_ = now;
  if (established_ != nullptr) {
    // It may have lost that session without our seeing it, as we do not read.
    if (!established_->session().wants_input()) {
      established_->session().look_ahead();
      established_->touch();
    }
    daemon_.reject(std::move(fd), bgp::make_cease(k_cease_collision, "could not accept the connection, already established"), now);
    return;
  }
  // A session that is over but for its last octets is in nobody's way.
  for (Connection* connection : connections()) {
    if (connection != nullptr && connection->session().ending()) set_aside(*connection);
  }
  // Between connections that the peer opened its first valid OPEN decides.
  const auto opened = [](Connection* connection) { return connection->session().negotiated() != nullptr; };
  if (std::any_of(incoming_.begin(), incoming_.end(), opened)) {
    daemon_.reject(std::move(fd), bgp::make_cease(k_cease_collision), now);
    return;
  }
  if (outgoing_ != nullptr && outgoing_->dialling()) discard(*outgoing_);
  if (incoming_.size() == k_waiting_connections) lose(*incoming_.front(), {}, now);
  const bool alone = outgoing_ == nullptr && incoming_.empty();
  // It takes the place of the connection being dialled, and then belongs to the same attempt.
  if (alone && connects_ == 0) ++attempts_;
  if (alone && next_neighbor_) adopt_definition();
  dial_at_.reset();
  auto connection = std::make_unique<Connection>(daemon_.runtime(), *this, parameters_, std::move(fd), local, remote, now);
  incoming_.push_back(connection.get());
  daemon_.runtime().adopt(std::move(connection));
  connection_made(*incoming_.back(), now);
}

// --- ending --------------------------------------------------------------------------------------------------------------

Connection* Peer::main_connection() const {
  if (established_ != nullptr) return established_;
  return incoming_.empty() ? outgoing_ : incoming_.front();
}

Peer::Connections Peer::connections() const {
  Connections all{};
  auto next = std::copy(incoming_.begin(), incoming_.end(), all.begin());
  *next = outgoing_;
  return all;
}

void Peer::connection_ended(Connection& connection, base::TimePoint now) {
  event_time_ = now;
  drain_events(connection, now);
  if (&connection == established_) leave_established();
  if (&connection == outgoing_) outgoing_ = nullptr;
  std::erase(incoming_, &connection);
  std::erase(lingering_, &connection);
  daemon_.runtime().retire(connection);
  mark_due();
  if (stopped_ || connection.muted() || outgoing_ != nullptr || !incoming_.empty()) return;
  changed_ = now;
  sent_ = {};
  received_ = {};
  if (next_neighbor_) adopt_definition();
  if (ephemeral() || limit_reached()) {
    if (!ephemeral()) base::log(LogCategory::reactor, LogLevel::info, "{}: no attempt is left, giving up", key_);
    stopped_ = true;
    return;
  }
  schedule_attempt(now);
}

bool Peer::awaits_open() const {
  if (stopped_ || established_ != nullptr) return false;
  const auto opened = [](Connection* connection) { return connection != nullptr && connection->session().negotiated() != nullptr; };
  const Connections all = connections();
  return std::none_of(all.begin(), all.end(), opened);
}

bool Peer::settling() const {
  const Connections all = connections();
  return std::any_of(all.begin(), all.end(), [](const Connection* connection) { return connection != nullptr && connection->over(); });
}

// Another connection of this peer is alive: the end of this one is not the end of the session.
bool Peer::overshadowed(const Connection& connection) const {
  const Connections all = connections();
  return std::any_of(all.begin(), all.end(), [&connection](Connection* other) {
    return other != nullptr && other != &connection && !other->over() && !other->dialling() && !other->session().ending();
  });
}

// Both sides set the N bit: a NOTIFICATION does not make the peer drop our routes, a Hard Reset does (RFC 8538 section 4).
bool Peer::restarts_through_notifications(const session::Session& session) const {
  const bgp::Open* remote = session.received_open();
  if (!neighbor_->graceful_restart.notification || remote == nullptr || !remote->capabilities.graceful_restart) return false;
  return (remote->capabilities.graceful_restart->flags & bgp::GracefulRestart::k_notification) != 0;
}

// Under graceful restart the peer is to keep our routes: no NOTIFICATION (spec session.md 1.9). For good only if it said that it
// would keep them (DEV-5), and not if both want NOTIFICATIONs (RFC 8538).
bool Peer::ends_silently(const session::Session& session) const {
  if (!neighbor_->graceful_restart.time_s) return false;
  const bgp::Open* remote = session.received_open();
  const auto* theirs = remote != nullptr && remote->capabilities.graceful_restart ? &*remote->capabilities.graceful_restart : nullptr;
  if (restarts_through_notifications(session)) return false;
  return !stopped_ || theirs != nullptr;
}

// Cease, or a silent close.
void Peer::end_session(std::uint8_t subcode, std::string_view reason, base::TimePoint now) {
  event_time_ = now;
  for (Connection* connection : connections()) {
    if (connection == nullptr) continue;
    session::Session& session = connection->session();
    if (connection->dialling()) {
      connection->abort();
    } else if (session.ending() || connection->over()) {
      continue;  // its end is on its way
    } else if (ends_silently(session)) {
      session.abandon(reason.empty() ? "graceful restarted negotiated, closing without sending any notification" : reason, now);
    } else {
      base::NotificationCause cause = bgp::make_cease(subcode);
      if (stopped_ && restarts_through_notifications(session)) cause = bgp::make_hard_reset(cause);
      session.terminate(cause, reason, now);
    }
    drain_events(*connection, now);
    if (connection == established_) leave_established();
    connection->touch();
  }
  mark_due();
}

void Peer::teardown(std::uint8_t subcode, base::TimePoint now) {
  if (established_ == nullptr || subcode == 0) return;
  backoff_.reset();
  end_session(subcode, {}, now);
}

void Peer::restart(base::TimePoint now) {
  backoff_.reset();
  attempts_ = 0;
  if (outgoing_ == nullptr && incoming_.empty()) {
    schedule_attempt(now);
  } else {
    end_session(k_cease_reset, {}, now);
  }
}

void Peer::stop(std::uint8_t subcode, std::string_view reason, base::TimePoint now) {
  stopped_ = true;
  dial_at_.reset();
  end_session(subcode, reason, now);
}

void Peer::drop_connections() {
  for (Connection* connection : connections()) {
    if (connection != nullptr) connection->abort();
  }
  for (Connection* connection : lingering_) connection->abort();
}

// The connection that loses a collision: 6/7 and nothing else that anybody notices (spec session.md 1.4).
void Peer::lose(Connection& connection, std::string_view text, base::TimePoint now) {
  connection.mute();
  connection.session().terminate(bgp::make_cease(k_cease_collision, text), "connection collision", now);
  drain_events(connection, now);
  connection.touch();
  set_aside(connection);
  mark_due();
}

// It may finish what it is at, but plays no part any more.
void Peer::set_aside(Connection& connection) {
  connection.mute();
  if (lingering_.size() >= k_closing_connections) lingering_[lingering_.size() - k_closing_connections]->abort();
  lingering_.push_back(&connection);
  if (&connection == outgoing_) outgoing_ = nullptr;
  std::erase(incoming_, &connection);
}

// One that is still being dialled.
void Peer::discard(Connection& connection) {
  set_aside(connection);
  connection.abort();
}

// --- definitions -----------------------------------------------------------------------------------------------------------

void Peer::replace(std::shared_ptr<const config::Neighbor> neighbor, config::RouteDiff routes, base::TimePoint now) {
  if (next_neighbor_) {
    // A second change before the first has taken effect: what is in force is still neighbor_.
    routes = config::diff_routes(neighbor_->routes, neighbor->routes);
  }
  next_neighbor_ = std::move(neighbor);
  next_routes_ = std::move(routes);
  backoff_.reset();
  attempts_ = 0;
  if (outgoing_ != nullptr || !incoming_.empty()) {
    end_session(k_cease_deconfigured, {}, now);
    return;
  }
  adopt_definition();
  dial_at_.reset();
  schedule_attempt(now);
}

void Peer::adopt_definition() {
  const std::shared_ptr<const config::Neighbor> before = neighbor_;
  const bool keep_changes = neighbor_->adj_rib_out != next_neighbor_->adj_rib_out;
  neighbor_ = std::move(next_neighbor_);
  next_neighbor_ = nullptr;
  key_ = config::peer_key(*neighbor_);
  configure();
  if (keep_changes) {
    rib_out_ = std::make_unique<rib::AdjRibOut>(neighbor_->adj_rib_out);
    load_routes();
  } else {
    apply_routes(next_routes_, before->routes);
  }
  next_routes_ = {};
}

// neighbor_ is the new definition, `before` has the routes of the old one.
void Peer::apply_routes(const config::RouteDiff& routes, const rib::RouteList& before) {
  rib_out_->announce(std::span<const rib::Route>(routes.announce));
  // Routes that come under a watchdog; those that were under it before stay as it has them (spec session.md 3.6).
  std::map<std::string_view, rib::OrderedTable<bool>> filed;
  for (const auto& mark : before.marks) {
    bool inserted = false;
    filed[mark.name].get_or_insert(before.routes[mark.route].nlri, inserted) = true;
  }
  const rib::RouteList& after = configured_routes();
  for (const auto& mark : after.marks) {
    const rib::Route& route = after.routes[mark.route];
    const auto group = filed.find(mark.name);
    if (group != filed.end() && group->second.find(route.nlri) != nullptr) continue;
    rib_out_->file_watchdog(mark.name, route, mark.held);
  }
  for (const rib::Route& route : routes.withdraw) {
    rib_out_->unfile_watchdog(route.nlri);
    // One that a command or a watchdog has withdrawn already is not withdrawn again.
    if (!neighbor_->adj_rib_out || rib_out_->find(route.nlri) != nullptr) rib_out_->withdraw(route.nlri, route.attributes);
  }
}

void Peer::update(std::shared_ptr<const config::Neighbor> neighbor, Provenance provenance, const config::RouteDiff& routes) {
  if (next_neighbor_) {
    // The definition it equals has not taken effect yet: this one does in its place.
    next_routes_ = config::diff_routes(neighbor_->routes, neighbor->routes);
    next_neighbor_ = std::move(neighbor);
    return;
  }
  const std::shared_ptr<const config::Neighbor> before = std::exchange(neighbor_, std::move(neighbor));
  const Provenance before_provenance = std::exchange(provenance_, std::move(provenance));
  resubscribe();
  if (routes_loaded_) apply_routes(routes, before_provenance.range ? before_provenance.range->routes : before->routes);
  mark_due();
}

// --- routes ----------------------------------------------------------------------------------------------------------------

bool Peer::takes(const rib::Route& route) const {
  const bool configured =
      std::binary_search(neighbor_->families.begin(), neighbor_->families.end(), bgp::family_at(route.nlri.family()));
  if (!configured) {
    base::log(LogCategory::rib, LogLevel::error, "{}: the family of {} is not configured, skipped", key_, rib::describe(route));
  }
  return configured;
}

base::Result<rib::AttributeSetRef> Peer::attributes_of(const rib::Route& route) const {
  if (!route.attributes->next_hop().self) {
    std::string objection = config::next_hop_objection(*neighbor_, route.nlri.family(), route.attributes->next_hop());
    if (!objection.empty()) return base::Error(std::move(objection));
    return route.attributes;
  }
  return rib::resolve_next_hop_self(daemon_.pool(), route, neighbor_->local_address, neighbor_->router_id.value_or(base::RouterId{}));
}

base::Result<void> Peer::announce(const rib::Route& route, base::TimePoint now) {
  if (!takes(route)) return {};
  auto attributes = attributes_of(route);
  if (!attributes) return attributes.error();
  rib_out_->announce({route.nlri, std::move(*attributes)});
  rib_changed(now);
  return {};
}

base::Result<void> Peer::withdraw(const rib::Route& route, base::TimePoint now) {
  if (!takes(route)) return {};
  rib_out_->withdraw(route.nlri, route.attributes);
  rib_changed(now);
  return {};
}

base::Result<void> Peer::file_watchdog(const std::string& name, const rib::Route& route, bool held, base::TimePoint now) {
  if (!takes(route)) return {};
  auto attributes = attributes_of(route);
  if (!attributes) return attributes.error();
  rib_out_->file_watchdog(name, {route.nlri, std::move(*attributes)}, held);
  rib_changed(now);
  return {};
}

void Peer::rib_changed(base::TimePoint now) {
  if (established_ == nullptr) return;
  if (!first_change_) first_change_ = now;
  command_hold_until_ = std::min(now + k_command_quiet, *first_change_ + k_command_hold_off);
  daemon_.schedule(*this, *command_hold_until_);
}

void Peer::flush(base::TimePoint now) {
  if (established_ == nullptr) return;
  const bool bracket = established_->session().negotiated()->refresh == bgp::RefreshMode::enhanced;
  bgp::FamilySet families;
  for (const bgp::Family family : neighbor_->families) {
    if (const auto index = bgp::family_index(family)) families.insert(*index);
  }
  rib_out_->resend(families, bracket);
  rib_changed(now);
}

// Held off like any other command: the route written behind it is sent before it (spec api.md 9.2, 9.3).
void Peer::queue_end_of_rib(bgp::Family family, base::TimePoint now) {
  queue_request(end_of_ribs_, family);
  rib_changed(now);
}

void Peer::queue_route_refresh(bgp::Family family) {
  if (established_ == nullptr) return;
  const bgp::Negotiated& negotiated = *established_->session().negotiated();
  if (negotiated.refresh == bgp::RefreshMode::absent || !negotiated.family_set.contains(family)) {
    base::log(LogCategory::message, LogLevel::warning, "{}: route refresh for {} was not negotiated, not sent", key_,
              bgp::to_string(family));
    return;
  }
  queue_request(route_refreshes_, family);
  mark_due();
}

bool Peer::drained() const {
  if (established_ == nullptr) return true;
  return !rib_out_->has_pending() && !rib_out_->run_active() && established_->session().outbox().empty();
}

}  // namespace tandem::speaker
