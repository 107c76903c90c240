// What API commands may do to the daemon. The command table calls it; the speaker implements it. Everything here is immediate and
// none of it waits: "announce" means "in the adj-RIB-out", not "on the wire".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/api/measurement.hpp"
#include "common/api/trial.hpp"
#include "common/base/asn.hpp"
#include "common/base/error.hpp"
#include "common/base/ip.hpp"
#include "common/base/recording_request.hpp"
#include "common/base/shadow_request.hpp"
#include "common/base/time.hpp"
#include "common/bgp/message/operational.hpp"
#include "common/bgp/negotiated.hpp"
#include "common/rib/change_mark.hpp"
#include "common/rib/rib_cursor.hpp"
#include "common/rib/route.hpp"
#include "common/rib/route_parser.hpp"

namespace tandem::api {

// A running peer during one command; never kept longer.
using PeerId = std::uint32_t;
// A program or a control connection.
using ClientId = std::uint32_t;

// Message counters of the current session.
struct MessageCounters {
  std::uint64_t open = 0, update = 0, notification = 0, keepalive = 0, refresh = 0, operational = 0;
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [open, update, notification, keepalive, refresh, operational] = self;
    archive.object(self, "message_counters")("open", open)("update", update)("notification", notification)("keepalive", keepalive)(
        "refresh", refresh)("operational", operational);
  }
  [[nodiscard]] std::uint64_t total() const { return open + update + notification + keepalive + refresh + operational; }
};

// -1: not known yet, 0: no, 1: yes.
struct CapabilityView {
  int asn4 = -1, route_refresh = -1, multi_session = -1, operational = -1, add_path = -1, extended_message = -1, graceful_restart = -1;
};

// Everything `show neighbor` prints of one peer.
struct PeerSnapshot {
  std::string key;
  std::string peer_address;
  std::string local_address;  // "auto" when it is not known yet
  std::uint32_t local_as = 0;
  std::uint32_t peer_as = 0;
  std::string router_id;
  std::optional<std::string> peer_id;
  std::uint16_t local_hold_time_s = 0;
  std::optional<std::uint16_t> peer_hold_time_s;
  bool established = false;
  std::string state;          // "ESTABLISHED"
  std::uint64_t duration_s = 0;
  CapabilityView local;
  CapabilityView remote;
  struct FamilyView {
    bgp::Family family;
    bool local = false;
    int remote = -1;
    int add_path_local = 0;   // RFC 7911 mode
    int add_path_remote = -1;
    bool add_path_send = false;     // as negotiated
    bool add_path_receive = false;
  };
  std::vector<FamilyView> families;
  MessageCounters sent;
  MessageCounters received;
  std::uint64_t prefixes_received = 0;
  std::uint64_t prefixes_withdrawn = 0;
  struct LimitView {
    bgp::Family family;
    std::uint64_t count = 0;  // routes of this session
    std::uint64_t limit = 0;
    unsigned threshold = 0;   // percent
    std::string action;
  };
  std::vector<LimitView> limits;  // of max-prefix
  bool kept_down = false;         // because of one
  std::optional<std::uint64_t> down_for_s;  // none: until it is enabled
  std::string configuration;  // the neighbor as configuration text, two-space indent, without routes
};

// A configured neighbor that has no peer: a range, or one that was given up (tcp.attempts).
struct IdleNeighbor {
  std::string key;
  std::string peer_address;   // "10.0.0.0/24" of a range
  std::string local_address;  // "auto" when the kernel chooses
  std::optional<std::uint32_t> peer_as;
  std::optional<std::uint32_t> local_as;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [key, peer_address, local_address, peer_as, local_as] = self;
    archive.object(self, "idle_neighbor")("key", key)("peer_address", peer_address)("local_address", local_address)(
        "peer_as", peer_as)("local_as", local_as);
  }
};

// A neighbor that a command makes.
struct NewPeer {
  base::IpAddress peer;
  base::IpAddress local;
  base::Asn local_as{};
  base::Asn peer_as{};
  std::optional<base::RouterId> router_id;           // none: the local address, which is IPv4
  std::vector<bgp::Family> families;
  std::optional<std::uint16_t> graceful_restart_s;   // none: no graceful restart
  bool group_updates = true;
  std::vector<std::string> services;                 // programs that may act on it
};

struct QueueStatus {
  std::string service;
  std::uint64_t items = 0;
  std::uint64_t bytes = 0;
};

struct EngineStatus {
  std::string name;                       // "sync", "async"; "sim" in the simulator
  std::vector<std::string> available;
  double since = 0;                       // wall-clock seconds since 1970 when it took over
  std::uint64_t switches = 0;
};

struct DaemonStatus {
  std::string version;
  std::string uuid;
  std::int64_t pid = 0;
  double start_time = 0;                  // wall-clock seconds since 1970
  std::uint64_t uptime_s = 0;
};

// What a reload would do to a neighbor or a program.
struct ReloadEffect {
  enum class Effect : std::uint8_t { nothing, routes, refresh, session, added, removed, started, stopped, outdated };
  std::string name;                   // the key of the neighbor, or the name of the process
  Effect effect = Effect::nothing;
  std::vector<std::string> keywords;  // why
  std::size_t announced = 0, withdrawn = 0;  // routes

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [name, effect, keywords, announced, withdrawn] = self;
    archive.object(self, "reload_effect")("name", name)("effect", effect)("keywords", keywords)("announced", announced)(
        "withdrawn", withdrawn);
  }
  friend constexpr Effect last_of(Effect) { return Effect::outdated; }
};
struct ReloadCheck {
  std::string path;
  std::vector<std::string> warnings;
  std::vector<ReloadEffect> neighbors;  // in the order of the file; those that go at the end
  std::vector<ReloadEffect> programs;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [path, warnings, neighbors, programs] = self;
    archive.object(self, "reload_check")("path", path)("warnings", warnings)("neighbors", neighbors)("programs", programs);
  }
};

// A file may take seconds to read: that is done a slice a round.
class ReloadChecking {
 public:
  virtual ~ReloadChecking() = default;
  // Nothing: there is more to do. The error may have several lines.
  [[nodiscard]] virtual std::optional<base::Result<ReloadCheck>> step() = 0;
};

enum class RibDirection : std::uint8_t { in, out };
constexpr RibDirection last_of(RibDirection) { return RibDirection::out; }
enum class DaemonRequest : std::uint8_t { shutdown, reload, restart };
[[nodiscard]] constexpr std::string_view to_string(DaemonRequest request) {
  constexpr std::string_view k_words[] = {"shutdown", "reload", "restart"};
  return k_words[static_cast<std::size_t>(request)];
}

// A change on its way to the socket of a peer. Filled in by Executor::reached() as it gets there.
struct SyncPoint {
  rib::ChangeMark change;                // first in the stream of UPDATEs,
  std::optional<std::uint64_t> octets;   // then among the octets of the connection
  std::uint64_t session = 0;             // of the peer; nothing is waited for in the next one

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [change, octets, session] = self;
    archive.object(self, "sync_point")("change", change)("octets", octets)("session", session);
  }
};

// How far a program has been told how things are.
struct StateWalk {
  bool begun = false;
  std::vector<PeerId> peers;
  std::size_t next = 0;         // of them
  bool state_told = false;      // of the next one
  rib::RibCursor routes = rib::RibCursor::of_all();  // of the next one

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [begun, peers, next, state_told, routes] = self;
    archive.object(self, "state_walk")("begun", begun)("peers", peers)("next", next)("state_told", state_told)("routes", routes);
  }
  [[nodiscard]] std::string_view objection() const { return next <= peers.size() ? "" : "a program was told of more neighbors than there are"; }
};
enum class Told : std::uint8_t { some, nothing_yet, everything };

class Executor {
 public:
  virtual ~Executor() = default;

  // --- peers, in configuration order ---------------------------------------------------------------------------------
  [[nodiscard]] virtual std::span<const PeerId> peers() const = 0;
  [[nodiscard]] virtual std::span<const PeerId> peers_of(ClientId client) const = 0;  // those the client may act on
  [[nodiscard]] virtual std::string_view peer_key(PeerId peer) const = 0;
  [[nodiscard]] virtual bool established(PeerId peer) const = 0;
  [[nodiscard]] virtual PeerSnapshot snapshot(PeerId peer) const = 0;
  [[nodiscard]] virtual std::vector<IdleNeighbor> idle_neighbors() const = 0;

  // Begins to connect at once. An error: there is one with the same key. It is gone after the next reload.
  [[nodiscard]] virtual base::Result<void> create_peer(const NewPeer& peer) = 0;
  virtual void delete_peer(PeerId peer) = 0;  // its session ends, and its configuration is forgotten until the next reload

  // --- routes ----------------------------------------------------------------------------------------------------------
  [[nodiscard]] virtual rib::AttributePool& attribute_pool() = 0;
  // Whether the peer can take the route, and if not, why: its family is not configured, or its next hop cannot be said.
  [[nodiscard]] virtual base::Result<void> accepts(PeerId peer, const rib::Route& route, rib::RouteUse use) const = 0;
  // REQUIRES accepts(). next-hop self is resolved here, per peer.
  virtual rib::ChangeMark announce(PeerId peer, const rib::Route& route) = 0;
  virtual rib::ChangeMark withdraw(PeerId peer, const rib::Route& route) = 0;
  virtual rib::ChangeMark file_watchdog(PeerId peer, const std::string& name, const rib::Route& route, bool held) = 0;
  virtual void announce_watchdog(PeerId peer, std::string_view name) = 0;  // nothing when it has none of that name
  virtual void withdraw_watchdog(PeerId peer, std::string_view name) = 0;
  virtual void flush_out(PeerId peer) = 0;
  virtual void clear_out(PeerId peer) = 0;
  virtual void clear_in(PeerId peer) = 0;
  // The route of the adj-RIB-out with this key, as it was announced.
  [[nodiscard]] virtual std::optional<rib::Route> announced(PeerId peer, const bgp::NlriKey& key) const = 0;
  // The table from where the cursor is, until the visitor has enough. True: there may be more.
  virtual bool walk(PeerId peer, RibDirection direction, rib::RibCursor& cursor, const rib::RouteVisitor& visit) const = 0;

  // --- messages --------------------------------------------------------------------------------------------------------
  virtual void queue_end_of_rib(PeerId peer, bgp::Family family) = 0;
  virtual void queue_route_refresh(PeerId peer, bgp::Family family) = 0;
  virtual void queue_operational(PeerId peer, const bgp::Operational& message) = 0;
  virtual void enable(PeerId peer) = 0;  // one that max-prefix keeps down comes back
  // `text`: the shutdown communication (RFC 9003) instead of the standard one; "": that.
  virtual void teardown(PeerId peer, std::uint8_t subcode, std::string_view text) = 0;

  // --- the daemon ------------------------------------------------------------------------------------------------------
  virtual void request(DaemonRequest request, std::string_view sender) = 0;  // who asked is logged
  // What a reload of this file ("": the one that is running) would do, of which nothing is done.
  [[nodiscard]] virtual std::unique_ptr<ReloadChecking> check_reload(std::string_view path) = 0;
  [[nodiscard]] virtual DaemonStatus status() const = 0;
  [[nodiscard]] virtual std::vector<QueueStatus> queue_status() const = 0;
  // Appends the next events of a state snapshot for a program, a bounded number.
  [[nodiscard]] virtual Told tell_state(ClientId client, StateWalk& walk, std::string& out) = 0;
  // A program has ended: what it owns (ClientState::owner) is withdrawn.
  virtual void owner_ended(std::uint32_t owner) = 0;
  // A program has announced what it has to announce: End-of-RIBs do not wait for it any longer. False: the client is no program.
  virtual bool ready(ClientId client) = 0;
  virtual void drop_pending_commands(ClientId client) = 0;  // `reset`
  [[nodiscard]] virtual EngineStatus engine() const = 0;
  // Asks for another reactor after this round. Errors: unknown name.
  [[nodiscard]] virtual base::Result<void> request_engine(std::string_view name) = 0;
  // What has become of that; nullopt: it is not decided yet.
  [[nodiscard]] virtual std::optional<base::Result<void>> engine_outcome(std::string_view name) const = 0;
  // What was measured of the one that runs, in the last minute or since it began.
  [[nodiscard]] virtual Measurement measurement() const = 0;
  // Errors: one is under way, the engine runs already, there is too little to compare with.
  [[nodiscard]] virtual base::Result<void> begin_trial(const TrialPlan& plan) = 0;
  virtual void stop_trial() = 0;  // it goes back; nothing where there is none
  [[nodiscard]] virtual const TrialStatus* trial() const = 0;  // the one under way, or the last one; null: there was none
  [[nodiscard]] virtual base::RecordingFacts recording() const = 0;
  // Asks for a recording before the next round. Errors: one is under way, there can be none.
  [[nodiscard]] virtual base::Result<void> start_recording(const base::RecordingRequest& request) = 0;
  // What has become of that; nullopt: it is not decided yet.
  [[nodiscard]] virtual std::optional<base::Result<void>> recording_outcome() const = 0;
  virtual void stop_recording() = 0;  // after this round
  // Another engine beside the one that leads. Asks for it before the next round. An error: one is about to begin.
  [[nodiscard]] virtual base::ShadowFacts shadow() const = 0;
  [[nodiscard]] virtual base::Result<void> start_shadow(std::string_view engine) = 0;
  [[nodiscard]] virtual std::optional<base::Result<void>> shadow_outcome() const = 0;
  virtual void stop_shadow() = 0;  // after this round
  // Asks for another program to go on; empty: this one, as it is on the disk. An error: another one is being looked at.
  [[nodiscard]] virtual base::Result<void> request_upgrade(std::string_view binary) = 0;
  [[nodiscard]] virtual std::optional<base::Result<void>> upgrade_outcome() const = 0;
  // What `sync` waits for: that a change of this client has been written to the socket of the peer, or that its session is down.
  [[nodiscard]] virtual SyncPoint sync_point(PeerId peer, rib::ChangeMark change) = 0;
  [[nodiscard]] virtual bool reached(PeerId peer, SyncPoint& point) const = 0;
};

}  // namespace tandem::api
