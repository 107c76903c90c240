// What is sent to a peer: its adj-RIB-out, and in which order UPDATEs, End-of-RIBs and route refreshes go out on a session.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/api/executor.hpp"
#include "common/bgp/message/operational.hpp"
#include "common/config/reload_diff.hpp"
#include "common/rib/adj_rib_out.hpp"
#include "common/rib/route_parser.hpp"
#include "common/rib/update_packer.hpp"
#include "common/speaker/owned_routes.hpp"
#include "common/speaker/peer_context.hpp"
#include "common/speaker/peer_counters.hpp"
#include "common/speaker/peer_definition.hpp"
#include "common/speaker/peer_events.hpp"
#include "common/speaker/token_bucket.hpp"

namespace tandem::speaker {

// What commands have changed and that is held back, because more that belongs to it may follow.
struct HeldChanges {
  std::vector<std::uint64_t> clients;  // who has changed something, by Client::serial()
  base::TimePoint alone_from{};        // the run before is long enough ago

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [clients, alone_from] = self;
    archive.object(self, "held_changes")("clients", clients)("alone_from", alone_from);
  }
};

class PeerOutput {
 public:
  PeerOutput(const PeerDefinition& definition, const PeerContext& context, PeerEvents& events, PeerCounters& counters);

  ~PeerOutput();
  PeerOutput(const PeerOutput&) = delete;
  PeerOutput& operator=(const PeerOutput&) = delete;

  // --- routes ----------------------------------------------------------------------------------------------------------
  [[nodiscard]] rib::AdjRibOut& rib() { return *rib_; }
  [[nodiscard]] const rib::AdjRibOut& rib() const { return *rib_; }
  // Until they are loaded there are none, whatever is configured.
  void load_routes();
  [[nodiscard]] bool loaded() const { return loaded_; }
  // Another definition, whose RIB keeps routes or not: it begins anew.
  void reload_routes();
  // `before`: the routes configured so far; those of the definition are the new ones.
  void apply_routes(const config::RouteDiff& difference, const rib::RouteList& before);
  [[nodiscard]] base::Result<void> accepts(const rib::Route& route, rib::RouteUse use) const;  // if not, why
  // These three REQUIRE accepts().
  rib::ChangeMark announce(const rib::Route& route);
  rib::ChangeMark withdraw(const rib::Route& route);
  rib::ChangeMark file_watchdog(const std::string& name, const rib::Route& route, bool held);
  // A program has ended whose routes end with it. True: withdraw_ended() has something to do.
  bool owner_ended(Owner owner);
  bool withdraw_ended();  // a slice of them; true: there is more
  // A command has changed something: generation is held off for a moment, from the first of several on (nullopt: there is no session).
  struct Hold {
    base::TimePoint until;
    bool begins = false;
    bool moved = false;  // it was to end at another instant before
  };
  std::optional<Hold> changed(base::TimePoint now);
  [[nodiscard]] const HeldChanges* held_changes() const { return command_hold_until_ ? &held_changes_ : nullptr; }  // null: there are none
  void let_go(base::TimePoint now) { command_hold_until_ = now; }  // REQUIRES held_changes()
  void send_again();  // everything
  void send_anew();   // ... in another form, as the definition says now
  void send_again(bgp::FamilyIndex family);
  void queue_end_of_rib(bgp::Family family);
  // The End-of-RIBs of this session wait for programs.
  [[nodiscard]] bool awaits_ready() const { return ready_until_.has_value(); }
  // A session has had its End-of-RIBs: a restart of ours, as peers with await-ready see one, is over (RFC 4724 section 4.1).
  [[nodiscard]] bool restart_over() const { return restart_over_; }
  // False: it cannot be asked for.
  bool queue_route_refresh(bgp::Family family);
  bool queue_operational(const bgp::Operational& message);

  // --- the session -----------------------------------------------------------------------------------------------------
  void established(session::Session& session, base::TimePoint now);
  void closed();
  void heard() { first_hold_until_.reset(); }  // what the peer said first was not ours to wait for any longer
  // A turn's worth. True when there is more to send at once. `rate_limit` null: none.
  bool send(TokenBucket* rate_limit, base::TimePoint now);
  // A slice of what is as long as a table and not pending yet. True: there is more.
  [[nodiscard]] bool busy() const { return rib_->busy(); }
  bool work();
  [[nodiscard]] std::optional<base::TimePoint> deadline(base::TimePoint last_turn) const;
  // What `sync` waits for: that a change is on the wire, or that nobody is there to take it.
  [[nodiscard]] api::SyncPoint sync_point(rib::ChangeMark change);
  [[nodiscard]] bool reached(api::SyncPoint& point) const;

  // What is long of it beside the adj-RIB-out: OwnedRoutes::write_ahead()
  bool write_owners_ahead(state::Writer& writer, std::size_t& next, std::size_t& budget) const;
  // `session`: the one that is Established, which has been read; null: none.
  void store(state::Writer& writer) const;
  void load(state::Reader& reader, session::Session* session);

 private:
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self);
  void note_owner(const bgp::NlriKey& key);
  [[nodiscard]] rib::AttributeSetRef attributes_of(const rib::Route& route) const;
  void send_operational();
  std::size_t send_run(TokenBucket* rate_limit, base::TimePoint now);
  std::size_t send_block(std::size_t& budget);
  void send_initial_end_of_ribs();
  void send_end_of_rib(bgp::Family family);
  void send_message(base::Bytes message);
  void release_holds(base::TimePoint now);
  void forget_command_hold();
  [[nodiscard]] bool held() const { return first_hold_until_ || command_hold_until_ || rib_->moving(); }
  [[nodiscard]] bool can_send_end_of_rib() const;
  [[nodiscard]] bool initial_end_of_rib_ready() const;
  [[nodiscard]] bool programs_ready() const;
  [[nodiscard]] bool bracketed() const;

  const PeerDefinition& definition_;
  const PeerContext& context_;
  PeerEvents& events_;
  PeerCounters& counters_;

  std::unique_ptr<rib::AdjRibOut> rib_;
  std::unique_ptr<OwnedRoutes> owned_;  // null: no route ends with a program
  bool loaded_ = false;
  std::uint64_t sessions_ = 0;                 // Established so far
  session::Session* session_ = nullptr;        // Established; null: none
  std::unique_ptr<rib::UpdatePacker> packer_;  // of session_

  std::optional<base::TimePoint> first_hold_until_;    // Established, and the peer has not been heard since
  std::optional<base::TimePoint> command_hold_until_;  // commands may still be coming
  std::optional<base::TimePoint> first_change_;        // of the commands being held off
  HeldChanges held_changes_;
  bool initial_run_done_ = false;
  bool initial_end_of_rib_due_ = false;
  bool restart_over_ = false;
  std::optional<base::TimePoint> ready_until_;  // until then at the latest the End-of-RIBs wait for programs to be ready
  // Asked for by commands, a few at a time; those of the first survive a session. (An empty deque would take 600 octets a peer.)
  std::vector<bgp::Family> end_of_ribs_;
  std::vector<bgp::Family> route_refreshes_;
  std::vector<bgp::Operational> operational_;           // of this session
  std::map<bgp::Family, bgp::Operational> advisories_;  // ASMs of commands, which each new session is told
  std::map<base::RouterId, std::uint32_t> sequences_;   // given last, by router-id
};

}  // namespace tandem::speaker
