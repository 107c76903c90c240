// One neighbor: its RIBs, its connections (one, or up to three while a collision is being settled), its back-off, and the turn it gets in a
// round (spec session.md 1.1, 1.8). Survives sessions; replaced or given a new definition by a reload.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/api/executor.hpp"
#include "common/config/configuration.hpp"
#include "common/config/reload_diff.hpp"
#include "common/process/host.hpp"
#include "common/rib/adj_rib_in.hpp"
#include "common/rib/adj_rib_out.hpp"
#include "common/rib/update_packer.hpp"
#include "common/speaker/backoff.hpp"
#include "common/speaker/connection.hpp"
#include "common/speaker/limits.hpp"
#include "common/speaker/provenance.hpp"
#include "common/speaker/subscribers.hpp"
#include "common/speaker/token_bucket.hpp"

namespace tandem::speaker {

class Daemon;

class Peer {
 public:
  Peer(Daemon& daemon, api::PeerId id, std::shared_ptr<const config::Neighbor> neighbor, Provenance provenance);
  ~Peer();

  // --- lifecycle -----------------------------------------------------------------------------------------------------
  void start(base::TimePoint now);  // begins to connect, unless passive
  // A connection has ended and its last messages are still to be handled: an accepted one had better wait for that.
  [[nodiscard]] bool settling() const;
  // An accepted connection for this neighbor. Settles what RFC 4271 6.8 can settle before an OPEN.
  void accept(base::UniqueFd fd, const base::Endpoint& local, const base::Endpoint& remote, base::TimePoint now);
  // A new definition: the session ends (Cease 6/3, or silently under graceful restart) and starts anew with it.
  void replace(std::shared_ptr<const config::Neighbor> neighbor, config::RouteDiff routes, base::TimePoint now);
  // The same definition with other routes and subscriptions.
  void update(std::shared_ptr<const config::Neighbor> neighbor, Provenance provenance, const config::RouteDiff& routes);
  void restart(base::TimePoint now);
  // The neighbor goes away: `subcode` of Cease, or silently. gone() once nothing is left.
  void stop(std::uint8_t subcode, std::string_view reason, base::TimePoint now);
  [[nodiscard]] bool stopped() const { return stopped_; }
  [[nodiscard]] bool gone() const { return stopped_ && outgoing_ == nullptr && incoming_.empty() && lingering_.empty(); }
  void teardown(std::uint8_t subcode, base::TimePoint now);
  void drop_connections();  // close without another word (end of shutdown)

  // --- what connections report -----------------------------------------------------------------------------------------
  void connection_made(Connection& connection, base::TimePoint now);
  void connect_failed(Connection& connection, int error, base::TimePoint now);

  // --- the round -----------------------------------------------------------------------------------------------------
  void mark_due();
  // One turn; true when there is more to do at once.
  bool turn(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> deadline() const;

  // --- routes (through the executor and the reload) -----------------------------------------------------------------------
  [[nodiscard]] base::Result<void> announce(const rib::Route& route, base::TimePoint now);
  [[nodiscard]] base::Result<void> withdraw(const rib::Route& route, base::TimePoint now);
  [[nodiscard]] base::Result<void> file_watchdog(const std::string& name, const rib::Route& route, bool held, base::TimePoint now);
  [[nodiscard]] rib::AdjRibOut& rib_out() { return *rib_out_; }
  [[nodiscard]] const rib::AdjRibOut& rib_out() const { return *rib_out_; }
  [[nodiscard]] rib::AdjRibIn& rib_in() { return rib_in_; }
  [[nodiscard]] const rib::AdjRibIn& rib_in() const { return rib_in_; }
  // A command changed the RIB: generation is held off for a moment (spec api.md 9.2), then the peer runs.
  void rib_changed(base::TimePoint now);
  void flush(base::TimePoint now);
  void queue_end_of_rib(bgp::Family family, base::TimePoint now);
  void queue_route_refresh(bgp::Family family);
  [[nodiscard]] bool drained() const;

  // --- what is known ---------------------------------------------------------------------------------------------------
  [[nodiscard]] api::PeerId id() const { return id_; }
  [[nodiscard]] const std::string& key() const { return key_; }
  [[nodiscard]] const config::Neighbor& neighbor() const { return *neighbor_; }
  // What a session that begins now is held to: a reload may have set it, and the one before still ends.
  [[nodiscard]] const config::Neighbor& next_definition() const { return next_neighbor_ ? *next_neighbor_ : *neighbor_; }
  [[nodiscard]] const base::IpAddress& address() const { return neighbor_->peer.address; }
  [[nodiscard]] const Provenance& provenance() const { return provenance_; }
  [[nodiscard]] bool ephemeral() const { return provenance_.kind == Provenance::Kind::range_member; }
  // Its adj-RIB-out is there. A member of a range is a stranger until it is Established: it has no routes, and no command reaches it.
  [[nodiscard]] bool has_routes() const { return routes_loaded_; }
  // Connected, and nothing valid has been heard.
  [[nodiscard]] bool awaits_open() const;
  [[nodiscard]] bool passive() const;
  [[nodiscard]] bool established() const { return established_ != nullptr; }
  [[nodiscard]] api::PeerSnapshot snapshot(base::TimePoint now) const;
  [[nodiscard]] const Subscribers& subscribers() const { return subscribers_; }
  void resubscribe();  // the programs have changed
  void announce_signal(int code, std::string_view name);

 private:
  // peer.cpp
  void configure();
  void load_routes();
  [[nodiscard]] const rib::RouteList& configured_routes() const { return provenance_.range ? provenance_.range->routes : neighbor_->routes; }
  void adopt_definition();
  void apply_routes(const config::RouteDiff& routes, const rib::RouteList& before);
  void dial(base::TimePoint now);
  void attempt_failed(base::TimePoint now);
  void schedule_attempt(base::TimePoint now);
  void connection_ended(Connection& connection, base::TimePoint now);
  void lose(Connection& connection, std::string_view text, base::TimePoint now);
  void set_aside(Connection& connection);
  void discard(Connection& connection);
  [[nodiscard]] bool overshadowed(const Connection& connection) const;
  [[nodiscard]] bool restarts_through_notifications(const session::Session& session) const;
  [[nodiscard]] bool ends_silently(const session::Session& session) const;
  [[nodiscard]] bool takes(const rib::Route& route) const;
  [[nodiscard]] base::Result<rib::AttributeSetRef> attributes_of(const rib::Route& route) const;
  [[nodiscard]] bool limit_reached() const;
  void end_session(std::uint8_t subcode, std::string_view reason, base::TimePoint now);
  [[nodiscard]] Connection* main_connection() const;
  // Incoming ones, oldest first, then the outgoing one; the rest is null.
  using Connections = std::array<Connection*, k_waiting_connections + 1>;
  [[nodiscard]] Connections connections() const;
  [[nodiscard]] process::DialPlan dial_plan() const;
  // peer_turn.cpp
  bool read_messages(Connection& connection, base::TimePoint now);
  void handle(Connection& connection, session::Inbound& inbound, base::TimePoint now);
  void handle_update(Connection& connection, session::Inbound& inbound, base::TimePoint now);
  void handle_refresh(Connection& connection, const session::Inbound& inbound, base::TimePoint now);
  void handle_refresh_mark(bgp::FamilyIndex family, bgp::RefreshSubtype mark, base::TimePoint now);
  bool settle_rib_in(base::TimePoint now);
  void tell_gone(std::vector<bgp::NlriKey> gone);
  void settle_collision(Connection& opened, base::TimePoint now);
  void enter_established(Connection& connection, base::TimePoint now);
  void leave_established();
  bool send_messages(base::TimePoint now);
  std::size_t send_run(base::TimePoint now);
  void send_initial_end_of_ribs(base::TimePoint now);
  void send_end_of_rib(bgp::Family family, base::TimePoint now);
  void send(base::Bytes message, base::TimePoint now);
  void release_holds(base::TimePoint now);
  [[nodiscard]] bool held() const { return first_hold_until_ || command_hold_until_; }
  [[nodiscard]] bool can_send_end_of_rib() const;
  [[nodiscard]] bool initial_end_of_rib_ready() const;
  // peer_events.cpp
  void drain_events(Connection& connection, base::TimePoint now);
  void tell_state(session::State state);
  void tell_change(std::string_view change, std::string_view reason);
  void tell_message(session::Direction direction, const bgp::RawMessage& message, const bgp::Update* update,
                    const rib::AttributeSetRef& attributes, const rib::AttributeSetRef& mp_attributes,
                    const bgp::Negotiated* negotiated, bool on_the_wire = true);

  Daemon& daemon_;
  api::PeerId id_;
  std::shared_ptr<const config::Neighbor> neighbor_;
  std::shared_ptr<const config::Neighbor> next_neighbor_;  // takes over when the session has ended
  config::RouteDiff next_routes_;
  std::string key_;
  Provenance provenance_;
  bool stopped_ = false;
  std::shared_ptr<const session::Parameters> parameters_;  // its connections share it
  Subscribers subscribers_;

  rib::AdjRibIn rib_in_;
  struct RefreshEnd {
    bgp::FamilyIndex family = 0;
    base::TimePoint at{};
  };
  std::vector<RefreshEnd> refresh_ends_;  // when a refresh that the peer began is taken to have ended
  std::unique_ptr<rib::AdjRibOut> rib_out_;
  bool routes_loaded_ = false;
  std::unique_ptr<rib::UpdatePacker> packer_;  // of the established session

  Connection* outgoing_ = nullptr;  // owned by the runtime
  // Oldest first. While none has brought a valid OPEN it may be the wrong one to wait for: a peer that has lost its first connection
  // must get in with its second.
  std::vector<Connection*> incoming_;
  Connection* established_ = nullptr;
  std::vector<Connection*> lingering_;  // muted ones that are still closing

  Backoff backoff_;
  std::uint32_t attempts_ = 0;
  int connects_ = 0;                                // of the present attempt
  std::optional<base::TimePoint> attempt_started_;
  std::optional<base::TimePoint> dial_at_;          // when to connect next; nullopt: not waiting to

  std::optional<base::TimePoint> first_hold_until_;    // Established, and the peer has not been heard since
  std::optional<base::TimePoint> command_hold_until_;  // commands may still be coming
  std::optional<base::TimePoint> first_change_;        // of the commands being held off
  bool initial_run_done_ = false;
  bool initial_end_of_rib_due_ = false;
  std::deque<bgp::Family> end_of_ribs_;             // asked for by commands; survive a session
  std::deque<bgp::Family> route_refreshes_;

  std::unique_ptr<TokenBucket> rate_limit_;         // null: none
  base::TimePoint created_{};
  base::TimePoint changed_{};                       // last Established, or last end of a session
  api::MessageCounters sent_;
  api::MessageCounters received_;
  std::uint64_t prefixes_received_ = 0;
  std::uint64_t prefixes_withdrawn_ = 0;
  std::uint64_t event_counter_ = 0;
  base::TimePoint event_time_{};
};

}  // namespace tandem::speaker
