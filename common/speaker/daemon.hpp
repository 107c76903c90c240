// The parts of the speaker and how they find each other. Private to this room; users see speaker.hpp.
#pragma once

#include <functional>
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
#include "common/speaker/program.hpp"
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
  [[nodiscard]] base::TimePoint now() const { return now_; }
  [[nodiscard]] double wall(base::TimePoint at) const { return clock_.seconds(at); }  // since 1970, for events
  [[nodiscard]] std::int64_t wall_seconds(base::TimePoint at) const { return static_cast<std::int64_t>(wall(at)); }

  // --- peers (daemon.cpp, accept.cpp) -----------------------------------------------------------------------------------
  [[nodiscard]] const std::vector<std::unique_ptr<Peer>>& peers() const { return peers_; }
  [[nodiscard]] Peer* peer(api::PeerId id) const;
  [[nodiscard]] const std::vector<std::shared_ptr<const config::Neighbor>>& neighbors() const { return neighbors_; }
  void accept_session(process::IncomingConnection connection);  // attached at the next round's second step
  void reject(base::UniqueFd fd, const base::NotificationCause& cause, base::TimePoint now) override {
    rejections_.add(std::move(fd), cause, now);
  }

  // --- programs and clients ----------------------------------------------------------------------------------------------
  [[nodiscard]] Program* program(std::string_view name) const override;
  [[nodiscard]] const std::vector<std::unique_ptr<Program>>& programs() const { return programs_; }
  [[nodiscard]] std::vector<api::QueueStatus> queue_status() const;
  [[nodiscard]] Client* client(api::ClientId id) const;
  [[nodiscard]] ClientServices& client_services() { return client_services_; }
  void accept_control(base::UniqueFd fd);
  void adopt_orphan(Client& client) { orphans_.push_back(&client); }
  void forget_orphan(const Client& client) { std::erase(orphans_, &client); }
  void program_lost(const Program& program);  // ended, and will not come back by itself
  // Runs `work` at the end of the step under way: for what would destroy its own caller.
  void later(std::function<void(base::TimePoint)> work) { deferred_.push_back(std::move(work)); }

  // --- requests ------------------------------------------------------------------------------------------------------
  [[nodiscard]] Requests& requests() { return requests_; }
  [[nodiscard]] EngineChoice& engine() { return engine_; }
  [[nodiscard]] std::optional<base::Result<void>> engine_outcome(std::string_view name) const;
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
  void run_deferred();
  void reap_children();
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
  void apply_programs(const config::Configuration& configuration, bool restart_changed);
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

  base::TimePoint now_{};
  WallClock clock_;
  base::TimePoint started_at_{};

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
  std::vector<std::unique_ptr<Program>> programs_;
  std::vector<std::unique_ptr<Program>> retired_programs_;  // still ending
  ClientServices client_services_;
  ControlClients control_clients_;
  std::vector<Client*> orphans_;  // instances of programs that were stopped, until their channel has ended
  std::vector<std::function<void(base::TimePoint)>> deferred_;

  struct Changes {
    std::size_t added = 0, removed = 0, changed = 0;  // neighbors
    std::size_t announced = 0, withdrawn = 0;         // routes of those that are kept or changed
    std::size_t started = 0, stopped = 0;             // programs
  };
  Changes changes_;               // of the last reload, for the log
  std::size_t configuration_ = 0; // position in options_.configurations
  std::optional<Shutdown> shutdown_;
  std::optional<Exit> exit_;

  std::string uuid_;
  LoopObserver* observer_ = nullptr;
};

}  // namespace tandem::speaker
