#include "common/speaker/peer_connections.hpp"

#include <algorithm>

#include "common/base/log.hpp"
#include "common/bgp/message/notification.hpp"
#include "common/speaker/tcp_key.hpp"

namespace tandem::speaker {

using base::LogCategory;
using base::LogLevel;

namespace {

constexpr std::uint8_t k_cease_collision = 7;

bool is_live(const Connection* connection) { return connection != nullptr && connection->live(); }
bool has_opened(const Connection* connection) { return connection != nullptr && connection->session().negotiated() != nullptr; }

}  // namespace

// --- those there are -----------------------------------------------------------------------------------------------------

PeerConnections::All PeerConnections::all() const {
  All all{};
  *std::copy(incoming_.begin(), incoming_.end(), all.begin()) = outgoing_;
  return all;
}

bool PeerConnections::any_finished() const {
  const All those = all();
  return std::any_of(those.begin(), those.end(), [](const Connection* one) { return one != nullptr && one->finished(); });
}

bool PeerConnections::any_opened() const {
  const All those = all();
  return std::any_of(those.begin(), those.end(), has_opened);
}

bool PeerConnections::any_live_but(const Connection& connection) const {
  const All those = all();
  return std::any_of(those.begin(), those.end(), [&connection](const Connection* one) { return one != &connection && is_live(one); });
}

std::optional<base::TimePoint> PeerConnections::deadline() const {
  std::optional<base::TimePoint> first = dial_at_;
  for (const Connection* connection : all()) {
    if (connection != nullptr) first = base::earliest(first, connection->session().deadline());
  }
  for (const Connection* connection : leaving_) first = base::earliest(first, connection->session().deadline());
  return first;
}

// --- dialling ------------------------------------------------------------------------------------------------------------

void PeerConnections::dial_later(base::TimePoint now) {
  connects_ = 0;
  if (kept_down(now)) dial_at_ = down_until_;
  else dial_at_ = now + backoff_.next(context_.random);
}

void PeerConnections::keep_down(std::optional<base::TimePoint> until) {
  down_ = true;
  down_until_ = until;
}

bool PeerConnections::take_due(base::TimePoint now) {
  if (!dial_at_ || *dial_at_ > now) return false;
  dial_at_.reset();
  down_ = false;
  return true;
}

bool PeerConnections::begin_connect(base::TimePoint now) {
  const bool first = connects_++ == 0;
  if (first) {
    ++attempts_;
    attempt_started_ = now;
  }
  return first;
}

base::Result<void> PeerConnections::connect(std::shared_ptr<const session::Parameters> parameters) {
  const process::DialPlan plan = dial_plan();
  auto socket = context_.host.open_dial_socket(plan);
  if (!socket) return socket.error();
  auto connection = std::make_unique<Connection>(context_.runtime, owner_, definition_.neighbor->peer.address, std::move(parameters),
                                                 std::move(*socket), plan.remote);
  outgoing_ = connection.get();
  context_.runtime.adopt(std::move(connection));
  return {};
}

process::DialPlan PeerConnections::dial_plan() const {
  const config::Neighbor& n = *definition_.neighbor;
  process::DialPlan plan;
  plan.remote.address = n.peer.address;
  plan.remote.port = n.connect_port != 0 ? n.connect_port : context_.options.settings.tcp_port;
  // md5-ip is also the source, unless the local address is the kernel's choice
  if (n.local_address) plan.source = n.md5_address ? n.md5_address : n.local_address;
  plan.interface = n.source_interface;
  plan.ttl = n.outgoing_ttl;
  plan.key = tcp_key(n, n.peer.address);
  if (context_.options.redirect) context_.options.redirect(definition_.key, plan);
  return plan;
}

bool PeerConnections::connect_again(base::TimePoint now) {
  if (connects_ >= k_connects_per_attempt || now - *attempt_started_ >= k_connect_window) return false;
  dial_at_ = now + k_connect_spacing;
  return true;
}

bool PeerConnections::attempts_used_up() const {
  const std::uint32_t limit = context_.options.settings.tcp_attempts;
  return limit != 0 && attempts_ >= limit;
}

// --- accepting -----------------------------------------------------------------------------------------------------------

// A session that is over but for its last octets is in nobody's way. Between connections that the peer opened its first valid OPEN
// decides.
bool PeerConnections::admits_another() {
  for (Connection* connection : all()) {
    if (connection != nullptr && connection->session().ending()) disown(*connection);
  }
  return std::none_of(incoming_.begin(), incoming_.end(), has_opened);
}

bool PeerConnections::make_room(base::TimePoint now) {
  drop_dial();
  if (incoming_.size() == k_waiting_connections) close_loser(*incoming_.front(), {}, now);
  return none();
}

Connection& PeerConnections::accept(base::UniqueFd fd, const base::Endpoint& local, const base::Endpoint& remote,
                                    std::shared_ptr<const session::Parameters> parameters, base::TimePoint now) {
  // It takes the place of the connection being dialled, and then belongs to the same attempt.
  if (none() && connects_ == 0) ++attempts_;
  dial_at_.reset();
  auto connection = std::make_unique<Connection>(context_.runtime, owner_, definition_.neighbor->peer.address, std::move(parameters),
                                                 std::move(fd), local, remote, now);
  Connection& accepted = *connection;
  incoming_.push_back(&accepted);
  context_.runtime.adopt(std::move(connection));
  return accepted;
}

// --- one of several ------------------------------------------------------------------------------------------------------

// RFC 4271 section 6.8, RFC 6286 section 2.3: of two connections the one stays that was opened by the speaker with the higher
// identifier, or, when those are equal, the higher AS number. Of two that the peer opened the one stays that says so first.
void PeerConnections::settle(Connection& opened, const Connection* established, base::TimePoint now) {
  if (established != nullptr && established->live()) {
    close_loser(opened, "could not accept the connection, already established", now);
    return;
  }
  const std::vector<Connection*> accepted = incoming_;
  if (opened.origin() == Origin::incoming) {
    for (Connection* other : accepted) {
      if (other != &opened && is_live(other)) close_loser(*other, {}, now);
    }
  }
  drop_dial();
  if (!is_live(outgoing_) || std::none_of(incoming_.begin(), incoming_.end(), is_live)) return;
  const bgp::Negotiated& negotiated = *opened.session().negotiated();
  const bool ours_is_higher = negotiated.local_id != negotiated.peer_id ? negotiated.local_id > negotiated.peer_id
                                                                         : negotiated.local_as > negotiated.peer_as;
  base::log(LogCategory::network, LogLevel::info, "{}: connection collision, closing the {} connection", definition_.key,
            ours_is_higher ? "incoming" : "outgoing");
  if (!ours_is_higher) return close_loser(*outgoing_, {}, now);
  for (Connection* other : accepted) {
    if (is_live(other) && !other->disowned()) close_loser(*other, {}, now);
  }
}

void PeerConnections::keep_only(const Connection& established, base::TimePoint now) {
  drop_dial();
  for (Connection* other : all()) {
    if (other != nullptr && other != &established && !other->finished()) close_loser(*other, {}, now);
  }
}

// 6/7, and nothing else that anybody notices.
void PeerConnections::close_loser(Connection& connection, std::string_view text, base::TimePoint now) {
  connection.session().terminate(bgp::make_cease(k_cease_collision, text), "connection collision", now);
  connection.touch();
  disown(connection);
  owner_.mark_due();
}

// --- ending --------------------------------------------------------------------------------------------------------------

void PeerConnections::disown(Connection& connection) {
  connection.disown();
  if (leaving_.size() >= k_closing_connections) leaving_[leaving_.size() - k_closing_connections]->drop();
  leaving_.push_back(&connection);
  if (&connection == outgoing_) outgoing_ = nullptr;
  std::erase(incoming_, &connection);
}

void PeerConnections::drop_dial() {
  if (outgoing_ == nullptr || !outgoing_->dialling()) return;
  Connection& dialled = *outgoing_;
  disown(dialled);
  dialled.drop();
}

void PeerConnections::remove(Connection& connection) {
  if (&connection == outgoing_) outgoing_ = nullptr;
  std::erase(incoming_, &connection);
  std::erase(leaving_, &connection);
  context_.runtime.retire(connection);
}

void PeerConnections::drop_all() {
  for (Connection* connection : all()) {
    if (connection != nullptr) connection->drop();
  }
  for (Connection* connection : leaving_) connection->drop();
}

}  // namespace tandem::speaker
