// One neighbor: its definition, how long it lives, and the turn it gets in a round. Survives sessions; replaced or given a new definition
// by a reload. What it is made of: its connections (peer_connections.hpp), what it is sent (peer_output.hpp), what it says (peer_input.hpp),
// and what programs are told about it (peer_events.hpp). The parts do not know each other, but for the events.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/api/executor.hpp"
#include "common/config/reload_diff.hpp"
#include "common/speaker/peer_connections.hpp"
#include "common/speaker/peer_context.hpp"
#include "common/speaker/peer_definition.hpp"
#include "common/speaker/peer_events.hpp"
#include "common/speaker/peer_input.hpp"
#include "common/speaker/peer_output.hpp"

namespace tandem::speaker {

class Peer final : private ConnectionOwner {
 public:
  Peer(const PeerContext& context, PeerKeeper& keeper, api::PeerId id, PeerDefinition definition, base::TimePoint now);
  // One that goes on: its state is read into it.
  Peer(const PeerContext& context, PeerKeeper& keeper, api::PeerId id, PeerDefinition definition);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // --- lifecycle -----------------------------------------------------------------------------------------------------
  void start(base::TimePoint now);  // begins to connect, unless passive
  // A connection has ended and its last messages are still to be handled: an accepted one had better wait for that.
  [[nodiscard]] bool settling() const { return connections_.any_finished(); }
  // An accepted connection for this neighbor. Settles what RFC 4271 6.8 can settle before an OPEN.
  void accept(base::UniqueFd fd, const base::Endpoint& local, const base::Endpoint& remote, base::TimePoint now);
  // A new definition: the session ends (Cease 6/3, or silently under graceful restart) and starts anew with it.
  void replace(std::shared_ptr<const config::Neighbor> neighbor, config::RouteDiff difference, base::TimePoint now);
  // The same definition with other routes and subscriptions.
  void update(std::shared_ptr<const config::Neighbor> neighbor, Provenance provenance, const config::RouteDiff& difference);
  void restart(base::TimePoint now);
  void enable(base::TimePoint now);  // comes back, when max-prefix keeps it down
  // The neighbor goes away: `subcode` of Cease, or silently. finished() once nothing is left.
  void stop(std::uint8_t subcode, std::string_view reason, base::TimePoint now);
  [[nodiscard]] bool stopped() const { return stopped_; }
  [[nodiscard]] bool finished() const { return stopped_ && connections_.none() && connections_.leaving().empty(); }
  void teardown(std::uint8_t subcode, std::string_view text, base::TimePoint now);
  void drop_connections() { connections_.drop_all(); }  // end of shutdown

  // --- the round -----------------------------------------------------------------------------------------------------
  void mark_due() override { keeper_.mark_due(id_); }
  // One turn; true when there is more to do at once.
  bool turn(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> deadline() const;
  void speak_before(base::TimePoint pause_ends, base::TimePoint now);  // nobody will be served until then

  // --- routes (through the executor) -------------------------------------------------------------------------------------
  [[nodiscard]] base::Result<void> accepts(const rib::Route& route, rib::RouteUse use) const { return output_.accepts(route, use); }
  // These three REQUIRE accepts().
  rib::ChangeMark announce(const rib::Route& route, base::TimePoint now);
  rib::ChangeMark withdraw(const rib::Route& route, base::TimePoint now);
  rib::ChangeMark file_watchdog(const std::string& name, const rib::Route& route, bool held, base::TimePoint now);
  [[nodiscard]] rib::AdjRibOut& rib_out() { return output_.rib(); }
  [[nodiscard]] const rib::AdjRibOut& rib_out() const { return output_.rib(); }
  void clear_rib_in() { input_.clear(); }
  [[nodiscard]] const rib::AdjRibIn& rib_in() const { return input_.rib(); }
  // A command changed the RIB: generation is held off for a moment, then the peer runs.
  void rib_changed(base::TimePoint now);
  [[nodiscard]] const HeldChanges* held_changes() const { return output_.held_changes(); }
  [[nodiscard]] bool awaits_ready() const { return output_.awaits_ready(); }
  void let_go(base::TimePoint now);  // of held changes: nothing else can be coming
  void owner_ended(Owner owner) {
    if (output_.owner_ended(owner)) mark_due();
  }
  void flush(base::TimePoint now);
  void queue_end_of_rib(bgp::Family family, base::TimePoint now);
  void queue_route_refresh(bgp::Family family);
  void queue_operational(const bgp::Operational& message);
  [[nodiscard]] api::SyncPoint sync_point(rib::ChangeMark change) { return output_.sync_point(change); }
  [[nodiscard]] bool reached(api::SyncPoint& point) const { return output_.reached(point); }

  // --- what is known ---------------------------------------------------------------------------------------------------
  [[nodiscard]] api::PeerId id() const { return id_; }
  [[nodiscard]] const std::string& key() const { return definition_.key; }
  [[nodiscard]] const config::Neighbor& neighbor() const { return *definition_.neighbor; }
  // What a session that begins now is held to: a reload may have set it, and the one before still ends.
  [[nodiscard]] const config::Neighbor& next_definition() const { return next_neighbor_ ? *next_neighbor_ : neighbor(); }
  [[nodiscard]] const base::IpAddress& address() const { return neighbor().peer.address; }
  [[nodiscard]] const PeerDefinition& definition() const { return definition_; }
  [[nodiscard]] const Provenance& provenance() const { return definition_.provenance; }
  [[nodiscard]] bool ephemeral() const { return provenance().kind == Provenance::Kind::range_member; }
  // Its adj-RIB-out is there. A member of a range is a stranger until it is Established: it has no routes, and no command reaches it.
  [[nodiscard]] bool has_routes() const { return output_.loaded(); }
  // Connected, perhaps, and nothing valid has been heard.
  [[nodiscard]] bool awaits_open() const { return !stopped_ && established_ == nullptr && !connections_.any_opened(); }
  [[nodiscard]] bool passive() const;
  [[nodiscard]] bool established() const { return established_ != nullptr; }
  [[nodiscard]] api::PeerSnapshot snapshot(base::TimePoint now) const;
  [[nodiscard]] const Subscribers& subscribers() const { return events_.subscribers(); }
  void resubscribe();  // the programs have changed
  // The next events that say how things are, for one who is told of changes.
  api::Told tell_state(const EventReceiver& program, api::StateWalk& walk, base::TimePoint now, std::string& out);
  void announce_signal(int code, std::string_view name, base::TimePoint now);
  // All but its number and definition, which it is made with.
  void store(state::Writer& writer) const;
  void load(state::Reader& reader);
  // What is long of it, ahead of the rest; takes from the budget what it has done, in routes. True: all of it is written.
  struct AheadPlace {
    std::size_t part = 0;  // its list of routes, a table ...
    std::size_t next = 0;  // a piece of that
  };
  bool write_ahead(state::Writer& writer, AheadPlace& place, std::size_t& budget) const;

 private:
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self);
  // what connections report
  void connection_made(Connection& connection, base::TimePoint now) override;
  void connect_failed(Connection& connection, int error, base::TimePoint now) override;
  // peer.cpp
  void configure(base::TimePoint now);
  void set_parameters();
  void adopt_definition(base::TimePoint now);
  void schedule_attempt(base::TimePoint now);
  void attempt_failed(base::TimePoint now);
  void give_up();
  [[nodiscard]] bool restarts_through_notifications(const session::Session& session) const;
  [[nodiscard]] bool ends_silently(const session::Session& session) const;
  void end_session(const base::NotificationCause& cease, std::string_view reason, base::TimePoint now);
  // peer_turn.cpp
  void dial(base::TimePoint now);
  bool run_connections(base::TimePoint now);
  void run_leaving(base::TimePoint now);
  bool read_messages(Connection& connection, base::TimePoint now);
  void connection_ended(Connection& connection, base::TimePoint now);
  void enter_established(Connection& connection, base::TimePoint now);
  void leave_established(base::TimePoint now);
  void count_if_lost();
  // peer_limits.cpp
  bool within_limits(Connection& connection, base::TimePoint now);  // else the session is over
  void refuse_kept_down(base::UniqueFd fd, base::TimePoint now);
  void add_limits(api::PeerSnapshot& view, base::TimePoint now) const;
  // What the session on a connection has to tell.
  void tell_events(Connection& connection, base::TimePoint now);
  void tell_event(const session::Event& event, const session::Session& session, bool outgoing);
  [[nodiscard]] EventSubject subject() const;

  const PeerContext& context_;
  PeerKeeper& keeper_;
  api::PeerId id_;
  PeerDefinition definition_;
  std::shared_ptr<const config::Neighbor> next_neighbor_;  // takes over when the session has ended
  config::RouteDiff next_difference_;
  std::shared_ptr<const session::Parameters> parameters_;  // its connections share it
  bool stopped_ = false;

  PeerCounters counters_;
  PeerEvents events_;
  PeerConnections connections_;
  PeerOutput output_;
  PeerInput input_;
  Connection* established_ = nullptr;  // one of connections_
  // What was said last on the session that ends: a NOTIFICATION, sent or received, and how the end is told.
  struct Farewell {
    std::uint8_t notification = 0;  // its code; 0: there was none
    std::string reason;
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [notification, reason] = self;
      archive.object(self, "farewell")("notification", notification)("reason", reason);
    }
  };
  Farewell farewell_;
  std::unique_ptr<TokenBucket> rate_limit_;  // null: none
  base::TimePoint changed_{};  // last Established, or last end of a session
};

}  // namespace tandem::speaker
