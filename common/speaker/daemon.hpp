// The parts of the speaker and how they find each other. Private to this room; users see speaker.hpp.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/api/dispatcher.hpp"
#include "common/api/event_encoder.hpp"
#include "common/base/random.hpp"
#include "common/config/configuration.hpp"
#include "common/config/parser.hpp"
#include "common/rib/attribute_pool.hpp"
#include "common/speaker/control_clients.hpp"
#include "common/speaker/engine_choice.hpp"
#include "common/speaker/executor.hpp"
#include "common/speaker/host_probe.hpp"
#include "common/speaker/listeners.hpp"
#include "common/speaker/peer.hpp"
#include "common/speaker/programs.hpp"
#include "common/speaker/refusal_log.hpp"
#include "common/speaker/rejections.hpp"
#include "common/speaker/requests.hpp"
#include "common/speaker/schedule.hpp"
#include "common/speaker/shutdown.hpp"
#include "common/speaker/speaker.hpp"

namespace tandem::speaker {

class Daemon final : private PeerKeeper {
 public:
  Daemon(process::Host& host, SpeakerOptions options);
  ~Daemon();

  // --- what Speaker forwards (daemon.cpp) --------------------------------------------------------------------------
  [[nodiscard]] base::Result<void> start(base::TimePoint now);
  void signal(Signal signal) { requests_.signal(signal); }
  bool round(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> deadline() const;
  [[nodiscard]] std::optional<Exit> exit() const { return exit_; }

  // --- the parts -----------------------------------------------------------------------------------------------------
  [[nodiscard]] process::Host& host() { return host_; }
  [[nodiscard]] const SpeakerOptions& options() const { return options_; }
  [[nodiscard]] Runtime& runtime() { return runtime_; }
  [[nodiscard]] rib::AttributePool& pool() { return pool_; }
  [[nodiscard]] base::Random& random() { return random_; }
  [[nodiscard]] api::Dispatcher& dispatcher() { return *dispatcher_; }
  [[nodiscard]] api::Executor& executor() { return executor_; }
  [[nodiscard]] const api::EventEncoder& encoder() const { return encoder_; }
  [[nodiscard]] LoopObserver* observer() const override { return observer_; }
  void set_observer(LoopObserver* observer) { observer_ = observer; }

  // --- time ----------------------------------------------------------------------------------------------------------
  // The instant of the round under way, for what is called from deep inside it.
  [[nodiscard]] base::TimePoint now() const { return clock_.now(); }

  // --- peers (daemon.cpp, accept.cpp) -----------------------------------------------------------------------------------
  [[nodiscard]] const std::vector<std::unique_ptr<Peer>>& peers() const { return peers_; }
  [[nodiscard]] Peer* peer(api::PeerId id) const;
  [[nodiscard]] const std::vector<std::shared_ptr<const config::Neighbor>>& neighbors() const { return neighbors_; }
  void accept_session(process::IncomingConnection connection);  // attached at the next round's second step
  void reject(base::UniqueFd fd, const base::NotificationCause& cause, base::TimePoint now) override {
    rejections_.add(std::move(fd), cause, now);
  }

  // --- programs and clients ----------------------------------------------------------------------------------------------
  [[nodiscard]] Program* program(std::string_view name) const override { return programs_.find(name); }
  [[nodiscard]] const Programs& programs() const { return programs_; }
  [[nodiscard]] const ControlClients& control_clients() const { return control_clients_; }
  void accept_control(base::UniqueFd fd);

  // --- requests ------------------------------------------------------------------------------------------------------
  [[nodiscard]] Requests& requests() { return requests_; }
  [[nodiscard]] EngineChoice& engine() { return engine_; }
  void engine_started(std::string_view name, base::TimePoint now);
  [[nodiscard]] api::EngineStatus engine_status() const;
  [[nodiscard]] api::DaemonStatus status() const;
  [[nodiscard]] bool shutting_down() const { return shutdown_.has_value(); }

 private:
  // what peers ask for
  void mark_due(api::PeerId peer) override { schedule_.mark_due(peer); }
  void schedule(api::PeerId peer, base::TimePoint when) override { schedule_.at(peer, when); }
  void commands_reach_others() override { executor_.forget_selections(); }
  // daemon.cpp: the steps of a round
  void handle_requests();
  void begin_shutdown();
  void attach_accepted();
  bool run_peers();
  bool run_clients();
  bool run_jobs();
  void drop_gone_peers();
  void observe(RoundStep step) const;
  // reload.cpp
  [[nodiscard]] base::Result<config::Configuration> read_configuration(const std::string& path);
  void reload(bool restart_changed_programs, bool restart_sessions);
  void apply(config::Configuration configuration, bool restart_changed_programs, bool restart_sessions);
  [[nodiscard]] config::RouteDiff routes_changed(const config::Neighbor& before, const config::Neighbor& after);  // and counts
  void tell_loaded(base::WallTime began) const;
  void tell_changes(const std::string& path, base::WallTime began) const;
  [[nodiscard]] std::int64_t milliseconds_since(base::WallTime began) const;
  void open_control_socket();
  Peer& add_peer(std::shared_ptr<const config::Neighbor> neighbor, Provenance provenance);
  void apply_neighbors(config::Configuration configuration, bool restart_sessions);
  // A neighbor that is a range. Its members copy all of it but its routes.
  struct Range {
    std::shared_ptr<const config::Neighbor> neighbor;
    std::shared_ptr<const config::Neighbor> without_routes;
  };
  void change_members(const std::shared_ptr<const config::Neighbor>& before, const Range* after, bool restart);
  void sort_peers();
  // accept.cpp
  void attach(process::IncomingConnection connection);
  [[nodiscard]] static std::shared_ptr<const config::Neighbor> member_of(const Range& range, const base::IpAddress& local,
                                                                        const base::IpAddress& remote, const std::string& interface);
  [[nodiscard]] bool admit(const config::Neighbor& neighbor, const process::IncomingConnection& connection);
  [[nodiscard]] static std::size_t member_limit(const Range& range);
  [[nodiscard]] bool make_room_in(const Range& range);

  process::Host& host_;
  SpeakerOptions options_;
  process::HostIdentity identity_;
  base::Random random_;
  rib::AttributePool pool_;       // outlives everything that holds routes: peers, and the channels of clients with their jobs
  Runtime runtime_;
  api::EventEncoder encoder_;
  SpeakerExecutor executor_;
  std::unique_ptr<api::Dispatcher> dispatcher_;
  Requests requests_;
  EngineChoice engine_;

  Clock clock_;
  ClientServices client_services_;
  Programs programs_;

  std::vector<std::shared_ptr<const config::Neighbor>> neighbors_;  // the configuration in force, file order
  base::Buffer scratch_;
  PeerContext peer_context_{*this, host_, runtime_, random_, pool_, options_, encoder_, clock_, scratch_};
  std::vector<Range> ranges_;                                       // those of neighbors_ that are one
  std::vector<std::unique_ptr<Peer>> peers_;                        // configuration order, then ephemeral ones
  std::unordered_map<api::PeerId, Peer*> peers_by_id_;
  api::PeerId next_peer_ = 0;
  std::vector<api::PeerId> free_ids_;  // of peers that are gone
  Schedule schedule_;
  bool any_gone_ = false;         // a peer has told in its turn that nothing is left of it, or the neighbors are new
  Listeners listeners_;
  Rejections rejections_;
  RefusalLog refusals_;

  FoundPrograms found_programs_;  // at the start, perhaps as root, and at each reload
  ControlClients control_clients_;

  struct Changes {
    std::size_t added = 0, removed = 0, changed = 0;  // neighbors
    std::size_t announced = 0, withdrawn = 0;         // routes of those that are kept or changed
    Programs::Changes programs;
  };
  Changes changes_;               // of the last reload, for the log
  std::size_t configuration_ = 0; // position in options_.configurations
  std::optional<Shutdown> shutdown_;
  std::optional<Exit> exit_;

  std::string uuid_;
  LoopObserver* observer_ = nullptr;
};

}  // namespace tandem::speaker
