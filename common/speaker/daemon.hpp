// The parts of the speaker, wired, and the round. Private to this room; users see speaker.hpp.
#pragma once

#include <optional>

#include "common/api/dispatcher.hpp"
#include "common/api/event_encoder.hpp"
#include "common/base/freed.hpp"
#include "common/base/random.hpp"
#include "common/rib/attribute_pool.hpp"
#include "common/speaker/acceptor.hpp"
#include "common/speaker/clock.hpp"
#include "common/speaker/control_clients.hpp"
#include "common/speaker/engine_choice.hpp"
#include "common/speaker/executor.hpp"
#include "common/speaker/listeners.hpp"
#include "common/speaker/measurements.hpp"
#include "common/speaker/peers.hpp"
#include "common/speaker/programs.hpp"
#include "common/speaker/quiet.hpp"
#include "common/speaker/reactor.hpp"
#include "common/speaker/rejections.hpp"
#include "common/speaker/reloader.hpp"
#include "common/speaker/requests.hpp"
#include "common/speaker/shutdown.hpp"
#include "common/speaker/snapshot.hpp"
#include "common/speaker/speaker_options.hpp"
#include "common/speaker/state_ahead.hpp"
#include "common/speaker/trial.hpp"

namespace tandem::state {
class Reader;
class Writer;
}  // namespace tandem::state

namespace tandem::speaker {

class Daemon {
 public:
  Daemon(process::Host& host, SpeakerOptions options);
  ~Daemon();

  // --- what Speaker forwards -------------------------------------------------------------------------------------------
  [[nodiscard]] base::Result<void> start(base::TimePoint now);
  [[nodiscard]] base::Buffer snapshot(base::TimePoint now, state::Secrets secrets) const;  // daemon_state.cpp
  // What is long of one, ahead of it: a slice. True: all of it is written. Until an upgrade is refused.
  bool write_ahead(std::size_t budget);
  [[nodiscard]] const std::vector<base::Buffer>& written_ahead() const { return ahead_->octets(); }
  // The rest, with keys. REQUIRES that write_ahead() has been; once.
  [[nodiscard]] base::Buffer snapshot_behind(base::TimePoint now);
  [[nodiscard]] base::Result<void> restore(base::Bytes snapshot, const Restore& with, base::TimePoint now);
  void let_go();
  void signal(Signal signal) { requests_.signal(signal); }
  bool round(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> deadline() const;
  [[nodiscard]] std::optional<Exit> exit() const { return exit_; }
  [[nodiscard]] Runtime& runtime() { return runtime_; }
  [[nodiscard]] EngineChoice& engine() { return engine_; }
  void engine_started(std::string_view name, base::TimePoint now);
  [[nodiscard]] bool engine_failed();
  [[nodiscard]] UpgradeWish& upgrade() { return upgrade_; }
  void upgrade_looked_at_by(std::int64_t pid, base::TimePoint until);
  void upgrade_refused(std::string_view reason);
  [[nodiscard]] std::vector<int> descriptors() const;
  [[nodiscard]] RecordingWish& recording() { return recording_; }
  [[nodiscard]] ShadowWish& shadow() { return shadow_; }
  [[nodiscard]] process::Host& host() { return host_; }
  [[nodiscard]] bool reloading() const { return reloader_.under_way(); }
  // What who restores a snapshot asks the host, for whoever writes down its answers: before it is read, and for it.
  void ask_as_when_made() const;
  void ask_as_when_restored() const;
  [[nodiscard]] const SpeakerOptions& options() const { return options_; }
  [[nodiscard]] Measurements& measurements() { return measurements_; }
  [[nodiscard]] api::Measurement measurement() const { return executor_.measurement(); }
  void waiting(std::optional<base::TimePoint> until, base::TimePoint now);
  void resumed(const Channel& channel, base::TimePoint now);
  [[nodiscard]] LoopObserver* observer() const { return peer_context_.observer; }
  void set_observer(LoopObserver* observer) { peer_context_.observer = client_services_.observer = observer; }

  // --- what tests look at ------------------------------------------------------------------------------------------------
  [[nodiscard]] const Peers& peers() const { return peers_; }
  [[nodiscard]] const Programs& programs() const { return programs_; }
  [[nodiscard]] const rib::AttributePool& pool() const { return pool_; }
  [[nodiscard]] const rib::Discards& discards() const { return discards_; }
  [[nodiscard]] Listeners& listeners() { return listeners_; }
  [[nodiscard]] bool shutting_down() const { return shutdown_.has_value(); }

 private:
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self);
  void store(state::Writer& writer) const;
  void load(state::Reader& reader);
  void load_rest(state::Reader& reader);
  void load_orphans(state::Reader& reader);
  void open_control_socket();
  void open_control_pipes();
  // the steps of a round
  void handle_requests();
  bool reload_on(base::TimePoint now);
  void reap();
  [[nodiscard]] bool leave_for_upgrade();
  void begin_shutdown();
  void attach_accepted();
  bool run_peers();
  bool run_clients();
  bool run_jobs();
  void watch_engine();
  void tell_engine() const;
  void give_back_memory();
  void drop_finished_peers();
  void observe(RoundStep step) const;
  [[nodiscard]] base::TimePoint now() const { return clock_.now(); }

  process::Host& host_;
  SpeakerOptions options_;
  process::HostIdentity identity_;
  base::Random random_;
  Clock clock_;
  rib::AttributePool pool_;  // outlives everything that holds routes: peers, and the channels of clients with their jobs
  rib::Discards discards_;
  RoundBudget budget_;
  std::size_t pool_octets_ = 0;  // the most since memory was given back
  std::uint64_t freed_ = base::Freed::total();  // by tables, until then
  Runtime runtime_;
  api::EventEncoder encoder_;
  base::Buffer scratch_;

  // Each is given those in front of it. Commands reach all of them, so the executor stands in front and knows those behind it.
  Requests requests_;
  EngineChoice engine_;
  Measurements measurements_;
  Trial trial_;
  RecordingWish recording_;
  ShadowWish shadow_;
  UpgradeWish upgrade_;
  std::unique_ptr<StateAhead> ahead_;  // null: nobody is going to go on
  SpeakerExecutor executor_;
  api::Dispatcher dispatcher_;
  ClientServices client_services_;
  Rejections rejections_;
  ControlClients control_clients_;
  Programs programs_;
  PeerContext peer_context_;
  Peers peers_;
  Quiet quiet_;
  Listeners listeners_;
  Acceptor acceptor_;
  Reloader reloader_;

  std::optional<Shutdown> shutdown_;
  std::optional<Exit> exit_;
};

}  // namespace tandem::speaker
