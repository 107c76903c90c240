// What API commands do to this daemon (api/executor.hpp), peer by peer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/api/executor.hpp"
#include "common/rib/attribute_pool.hpp"
#include "common/speaker/clock.hpp"
#include "common/speaker/control_clients.hpp"
#include "common/speaker/engine_choice.hpp"
#include "common/speaker/measurements.hpp"
#include "common/speaker/peers.hpp"
#include "common/speaker/programs.hpp"
#include "common/speaker/reloader.hpp"
#include "common/speaker/requests.hpp"
#include "common/speaker/trial.hpp"
#include "common/speaker/upgrade_wish.hpp"
#include "common/speaker/writing_wish.hpp"

namespace tandem::speaker {

class SpeakerExecutor final : public api::Executor {
 public:
  // What commands act on and ask.
  struct Parts {
    Peers& peers;
    Programs& programs;
    ControlClients& control_clients;
    Requests& requests;
    Reloader& reloader;
    EngineChoice& engine;
    const Measurements& measurements;
    Trial& trial;
    RecordingWish& recording;
    ShadowWish& shadow;
    UpgradeWish& upgrade;
    const process::Host& host;
    rib::AttributePool& pool;
    const Clock& clock;
    const api::EventEncoder& encoder;
    // of the daemon
    std::string version;
    std::string uuid;
    std::int64_t pid = 0;
  };
  explicit SpeakerExecutor(Parts parts) : parts_(std::move(parts)) {}
  // Of the daemon that goes on in another one.
  [[nodiscard]] const std::string& uuid() const { return parts_.uuid; }
  void set_uuid(std::string uuid) { parts_.uuid = std::move(uuid); }

  [[nodiscard]] std::span<const api::PeerId> peers() const override;
  [[nodiscard]] std::span<const api::PeerId> peers_of(api::ClientId client) const override;
  [[nodiscard]] std::string_view peer_key(api::PeerId peer) const override;
  [[nodiscard]] bool established(api::PeerId peer) const override;
  [[nodiscard]] api::PeerSnapshot snapshot(api::PeerId peer) const override;
  [[nodiscard]] std::vector<api::IdleNeighbor> idle_neighbors() const override;
  [[nodiscard]] base::Result<void> create_peer(const api::NewPeer& peer) override;
  void delete_peer(api::PeerId peer) override;
  [[nodiscard]] rib::AttributePool& attribute_pool() override;
  [[nodiscard]] base::Result<void> accepts(api::PeerId peer, const rib::Route& route, rib::RouteUse use) const override;
  rib::ChangeMark announce(api::PeerId peer, const rib::Route& route) override;
  rib::ChangeMark withdraw(api::PeerId peer, const rib::Route& route) override;
  rib::ChangeMark file_watchdog(api::PeerId peer, const std::string& name, const rib::Route& route, bool held) override;
  void announce_watchdog(api::PeerId peer, std::string_view name) override;
  void withdraw_watchdog(api::PeerId peer, std::string_view name) override;
  void flush_out(api::PeerId peer) override;
  void clear_out(api::PeerId peer) override;
  void clear_in(api::PeerId peer) override;
  [[nodiscard]] std::optional<rib::Route> announced(api::PeerId peer, const bgp::NlriKey& key) const override;
  bool walk(api::PeerId peer, api::RibDirection direction, rib::RibCursor& cursor, const rib::RouteVisitor& visit) const override;
  void queue_end_of_rib(api::PeerId peer, bgp::Family family) override;
  void queue_route_refresh(api::PeerId peer, bgp::Family family) override;
  void queue_operational(api::PeerId peer, const bgp::Operational& message) override;
  void enable(api::PeerId peer) override;
  void teardown(api::PeerId peer, std::uint8_t subcode, std::string_view text) override;
  void request(api::DaemonRequest request, std::string_view sender) override;
  [[nodiscard]] std::unique_ptr<api::ReloadChecking> check_reload(std::string_view path) override;
  [[nodiscard]] api::DaemonStatus status() const override;
  [[nodiscard]] std::vector<api::QueueStatus> queue_status() const override;
  [[nodiscard]] api::Told tell_state(api::ClientId client, api::StateWalk& walk, std::string& out) override;
  void owner_ended(std::uint32_t owner) override;
  bool ready(api::ClientId client) override;
  void drop_pending_commands(api::ClientId client) override;
  [[nodiscard]] api::EngineStatus engine() const override;
  [[nodiscard]] base::Result<void> request_engine(std::string_view name) override;
  [[nodiscard]] std::optional<base::Result<void>> engine_outcome(std::string_view name) const override;
  [[nodiscard]] api::Measurement measurement() const override;
  [[nodiscard]] base::Result<void> begin_trial(const api::TrialPlan& plan) override;
  void stop_trial() override { parts_.trial.stop(); }
  [[nodiscard]] const api::TrialStatus* trial() const override { return parts_.trial.status(); }
  [[nodiscard]] base::RecordingFacts recording() const override { return parts_.host.recording(); }
  [[nodiscard]] base::Result<void> start_recording(const base::RecordingRequest& request) override;
  [[nodiscard]] std::optional<base::Result<void>> recording_outcome() const override { return parts_.recording.outcome(); }
  [[nodiscard]] base::Result<void> request_upgrade(std::string_view binary) override;
  [[nodiscard]] std::optional<base::Result<void>> upgrade_outcome() const override { return parts_.upgrade.outcome(); }
  void stop_recording() override { parts_.recording.stop(); }
  [[nodiscard]] base::ShadowFacts shadow() const override { return parts_.host.shadow(); }
  [[nodiscard]] base::Result<void> start_shadow(std::string_view engine) override { return parts_.shadow.start({std::string(engine)}); }
  [[nodiscard]] std::optional<base::Result<void>> shadow_outcome() const override { return parts_.shadow.outcome(); }
  void stop_shadow() override { parts_.shadow.stop(); }
  [[nodiscard]] Measurements::Sample sample() const;  // of the process, and of what programs have not read
  [[nodiscard]] api::SyncPoint sync_point(api::PeerId peer, rib::ChangeMark change) override;
  [[nodiscard]] bool reached(api::PeerId peer, api::SyncPoint& point) const override;

 private:
  struct Selection {
    api::ClientId client = 0;
    std::vector<api::PeerId> peers;
  };
  void refresh() const;

  Parts parts_;
  // Which client may act on which peer, as long as the peers are the same.
  mutable std::vector<api::PeerId> all_;
  mutable std::vector<api::PeerId> commanded_;  // those of all_ that commands reach
  mutable std::vector<Selection> selections_;
  mutable std::optional<std::uint64_t> revision_;  // of the peers, at that time
};

}  // namespace tandem::speaker
