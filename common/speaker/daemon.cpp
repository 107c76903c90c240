#include "common/speaker/daemon.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/assert.hpp"
#include "common/speaker/limits.hpp"

namespace tandem::speaker {

using base::LogCategory;
using base::LogLevel;

namespace {

std::string make_uuid(base::Random& random) {
  const std::uint64_t high = random.next();
  const std::uint64_t low = random.next();
  // RFC 4122 version 4, variant 1
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xFFFF, high & 0xFFF,
                     0x8000 | (low >> 48 & 0x3FFF), low & 0xFFFFFFFFFFFFULL);
}

api::DaemonIdentity event_identity(const process::HostIdentity& identity) {
  return {identity.host_name, identity.pid, identity.parent_pid};
}

struct SignalName {
  int number;
  std::string_view name;
};
SignalName name_of(Signal signal) {
  for (const HandledSignal& handled : k_handled_signals) {
    if (handled.signal == signal) return {handled.number, handled.name};
  }
  return {0, ""};
}

}  // namespace

Daemon::Daemon(process::Host& host, SpeakerOptions options)
    : host_(host), options_(std::move(options)), identity_(host.identity()), random_(host.entropy()), pool_(options_.settings.compat_dialect),
      encoder_(event_identity(identity_), options_.settings.compat_dialect),
      engine_(options_.engines), measurements_(clock_), trial_(engine_, clock_),
      executor_({peers_, programs_, control_clients_, requests_, reloader_, engine_, measurements_, trial_, recording_, shadow_, upgrade_, host_, pool_, clock_,
                 encoder_, options_.version, make_uuid(random_), identity_.pid}),
      dispatcher_(executor_, options_.settings.compat_dialect), client_services_{runtime_, dispatcher_, executor_, false, {}}, rejections_(runtime_),
      control_clients_(host_, client_services_, rejections_, identity_), programs_(host_, client_services_, options_, clock_, requests_),
      peer_context_{host_, runtime_, random_, pool_, options_, encoder_, clock_, programs_, rejections_, client_services_.acting, scratch_, discards_, budget_,
                    measurements_},
      peers_(peer_context_), quiet_({peers_, programs_, control_clients_, host_, options_.settings}),
      listeners_(host_, runtime_), acceptor_(host_, listeners_, peers_, rejections_),
      reloader_({host_, options_, pool_, clock_, listeners_, programs_, peers_, discards_}) {
  dispatcher_.api_version = options_.settings.api_version;
  encoder_.compact = options_.settings.api_compact;
}

Daemon::~Daemon() {
  if (!options_.control_socket.empty()) host_.remove_file(options_.control_socket);
}

// --- start -----------------------------------------------------------------------------------------------------------------

base::Result<void> Daemon::start(base::TimePoint now) {
  clock_.start(now, host_.wall_time());
  measurements_.begin(executor_.sample());
  TANDEM_ASSERT(!options_.configurations.empty());
  if (const std::string& group = options_.settings.api_group; !group.empty()) {
    if (auto admitted = control_clients_.admit_group(group); !admitted) return admitted.error();
  }
  auto configuration = reloader_.read();
  if (!configuration) return configuration.error();
  if (auto bound = listeners_.bind(options_.settings.tcp_bind, options_.settings.tcp_port); !bound) return bound.error();
  if (auto opened = listeners_.adopt(configuration->neighbors); !opened) return opened.error();
  open_control_socket();
  open_control_pipes();
  reloader_.begin(std::move(*configuration));
  if (const std::string& shadow = options_.settings.reactor_shadow; !shadow.empty()) static_cast<void>(shadow_.start({shadow}));
  return {};
}

// Before the first program starts: with it the privileges go, and with them the folders that sockets are made in.
void Daemon::open_control_socket() {
  if (options_.control_socket.empty()) return;
  auto opened = listeners_.open_control(options_.control_socket);
  if (opened) return;
  // The daemon is useful without it, and the socket of a living daemon must not be taken from it.
  base::log(LogCategory::daemon, LogLevel::error, "no control socket: {}", opened.error().reason());
  options_.control_socket.clear();
}

void Daemon::open_control_pipes() {
  if (options_.control_pipes.empty()) return;
  auto pipes = host_.open_control_pipes(options_.control_pipes);
  if (pipes) control_clients_.adopt(std::move(*pipes));
  else base::log(LogCategory::daemon, LogLevel::error, "no named pipes: {}", pipes.error().reason());
}

// --- the round -------------------------------------------------------------------------------------------------------------

void Daemon::observe(RoundStep step) const {
  if (observer() != nullptr) observer()->round_step(step, now());
}

bool Daemon::round(base::TimePoint now) {
  clock_.advance(now);
  measurements_.round(now);
  if (exit_) return false;
  budget_.begin_round();
  reloader_.begin_round();
  if (engine_.first_round()) tell_engine();
  observe(RoundStep::signals);
  handle_requests();
  bool again = !shutdown_ && reload_on(now);
  observe(RoundStep::accepts);
  attach_accepted();
  observe(RoundStep::peers);
  quiet_.release(now);
  again |= run_peers();
  observe(RoundStep::commands);
  again |= run_clients();
  observe(RoundStep::callbacks);
  watch_engine();
  again |= run_jobs();
  again |= quiet_.look(now);
  programs_.settle(now);
  drop_finished_peers();
  discards_.collect();
  again |= !discards_.empty();
  if (shutdown_ && shutdown_->step(now)) exit_ = Exit::stop;
  observe(RoundStep::flush);
  if (!exit_ && !shutdown_ && upgrade_.due(now)) again |= leave_for_upgrade();
  if (!exit_ && engine_.wants_another()) exit_ = Exit::switch_engine;
  runtime_.collect();
  give_back_memory();
  return again || peers_.any_due() || client_services_.due || requests_.pending() || !listeners_.sessions().empty();
}

std::optional<base::TimePoint> Daemon::deadline() const {
  // Gathered in one place: asked once a turn, a chain of optional values costs more than all the answers.
  base::TimePoint first = base::TimePoint::max();
  for (const auto& when : {peers_.deadline(), programs_.deadline(), quiet_.deadline(), listeners_.deadline(), acceptor_.deadline(), control_clients_.deadline(),
                           rejections_.deadline(), trial_.deadline(), upgrade_.deadline(), shutdown_ ? shutdown_->deadline() : reloader_.deadline()}) {
    if (when && *when < first) first = *when;
  }
  return first == base::TimePoint::max() ? std::nullopt : std::optional(first);
}

// Step 1. A shutdown overrides everything; of the others each kind counts once, however often it came (I26).
void Daemon::handle_requests() {
  if (!requests_.begin()) return;
  const auto tell = [this](SignalName what) {
    if (what.number != 0) base::log(LogCategory::reactor, LogLevel::info, "{} ({})", what.name, what.number);
    for (const auto& peer : peers_.all()) peer->announce_signal(what.number, what.name, now());
  };
  if (requests_.take(Signal::child)) reap();

  constexpr SignalName k_command{0, ""};  // programs are told that there is no name; the log has who asked for it
  bool stop = false;
  for (const Signal signal : {Signal::terminate, Signal::hang_up, Signal::interrupt}) {
    if (!requests_.take(signal)) continue;
    stop = true;
    if (!shutdown_) tell(name_of(signal));
  }
  if (requests_.take(api::DaemonRequest::shutdown)) {
    stop = true;
    if (!shutdown_) tell(k_command);
  }
  if (stop && !shutdown_) {
    base::log(LogCategory::reactor, LogLevel::info, "shutting down");
    begin_shutdown();
  }
  const bool upgrade = requests_.take(Signal::upgrade);
  const bool restart_signal = requests_.take(Signal::restart);
  const bool restart_command = requests_.take(api::DaemonRequest::restart);
  const bool full = requests_.take(Signal::full_reload);
  const bool plain = requests_.take(Signal::reload);
  const bool reload_command = requests_.take(api::DaemonRequest::reload);
  if (shutdown_) return;
  if (upgrade) {
    tell(name_of(Signal::upgrade));
    if (!upgrade_.wanted()) upgrade_.request({});
  }
  if (restart_signal || restart_command) {
    tell(restart_signal ? name_of(Signal::restart) : k_command);
    reloader_.reload(true, true);
  } else if (full || plain || reload_command) {
    tell(full ? name_of(Signal::full_reload) : plain ? name_of(Signal::reload) : k_command);
    reloader_.reload(full, false);
  }
}

void Daemon::reap() {
  for (const process::ChildEnd& end : host_.reap()) {
    programs_.child_ended(end, now());
    upgrade_.child_ended(end);
  }
}

void Daemon::begin_shutdown() {
  shutdown_.emplace(Shutdown::Parts{listeners_, peers_, programs_, control_clients_, encoder_, clock_}, now());
  constexpr std::string_view k_reason = "the daemon is shutting down";
  engine_.close(k_reason);
  trial_.close(k_reason);
}

bool Daemon::reload_on(base::TimePoint now) {
  const bool again = reloader_.step(now);
  if (again && observer() != nullptr) observer()->worked("reload", {}, 0);
  return again;
}

// Step 2.
void Daemon::attach_accepted() {
  std::vector<process::IncomingConnection> clients = std::exchange(listeners_.clients(), {});
  if (shutdown_) {  // closing them is the answer
    listeners_.sessions().clear();
    return;
  }
  acceptor_.run(now());
  for (process::IncomingConnection& client : clients) control_clients_.accept(std::move(client.fd), now());
}

// Step 3.
bool Daemon::run_peers() {
  programs_.expired(now());
  listeners_.expired(now());
  acceptor_.expired(now());
  control_clients_.expired(now());
  rejections_.expired(now());
  return peers_.run(now());
}

// Step 4: programs in configuration order, then control clients in order of their connection.
bool Daemon::run_clients() {
  if (!std::exchange(client_services_.due, false)) return false;
  bool again = programs_.run_commands(now());
  again |= control_clients_.run_commands(now());
  client_services_.due |= again;
  return again;
}

// Step 5. However many ask for a lot, they share what a round may take.
bool Daemon::run_jobs() {
  const std::size_t jobs = programs_.jobs() + control_clients_.jobs();
  const std::size_t budget = std::clamp(k_jobs_budget / std::max<std::size_t>(jobs, 1), k_job_least, k_job_budget);
  bool again = programs_.run_jobs(budget);
  again |= control_clients_.run_jobs(budget);
  if (!discards_.empty()) {
    discards_.work(k_turn_rib_slice);
    if (observer() != nullptr) observer()->worked("free", {}, 0);
  }
  return again || !discards_.empty();
}

// In front of the jobs: who waits for the end of a trial is answered in the round that ends it.
void Daemon::watch_engine() {
  if (measurements_.slice_over()) measurements_.end_slice(executor_.sample());
  if (!trial_.under_way()) return;
  trial_.step();
  if (trial_.wants_look(measurements_.take_worse())) trial_.look(measurements_.since_begin(executor_.sample()));
}

// What is free between other blocks stays with the process until the host is asked to take it.
void Daemon::give_back_memory() {
  pool_octets_ = std::max(pool_octets_, pool_.octets());
  if (pool_octets_ - pool_.octets() + (base::Freed::total() - freed_) < k_give_back) return;
  host_.give_back_memory();
  pool_octets_ = pool_.octets();
  freed_ = base::Freed::total();
}

void Daemon::drop_finished_peers() {
  if (!peers_.drop_finished() || !peers_.none() || shutdown_ || options_.settings.tcp_attempts == 0) return;
  base::log(LogCategory::reactor, LogLevel::info, "no peer is left, shutting down");
  begin_shutdown();
}

// --- the engine ------------------------------------------------------------------------------------------------------------

void Daemon::engine_started(std::string_view name, base::TimePoint now) {
  clock_.advance(now);
  if (observer() != nullptr) observer()->engine(name);
  engine_.started(name, now);
  measurements_.begin(executor_.sample());
  if (exit_ == Exit::switch_engine) exit_.reset();
}

// First what is long of the state is written ahead. A round before the end the engine has written what peers are told by then.
bool Daemon::leave_for_upgrade() {
  if (!write_ahead(k_turn_rib_slice)) {
    if (observer() != nullptr) observer()->worked("state", {}, 0);
    return true;
  }
  if (!upgrade_.speak_first()) {
    exit_ = Exit::upgrade;
    return false;
  }
  for (const auto& peer : peers_.all()) peer->speak_before(now() + k_upgrade_pause, now());
  return true;
}

void Daemon::upgrade_looked_at_by(std::int64_t pid, base::TimePoint until) {
  upgrade_.looked_at_by(pid, until);
  if (exit_ == Exit::upgrade) exit_.reset();
}

void Daemon::upgrade_refused(std::string_view reason) {
  upgrade_.refused(reason);
  ahead_.reset();
  base::log(LogCategory::daemon, LogLevel::error, "the program goes on as it is: {}", reason);
  if (exit_ == Exit::upgrade) exit_.reset();
}

// It belongs to no neighbor: each program is told once, however many neighbors ask for it.
void Daemon::tell_engine() const {
  const Trial::Reason reason = trial_.of_switch();
  std::vector<const EventReceiver*> told;
  std::string line;
  for (const auto& neighbor : peers_.neighbors()) {
    for (const std::string& name : neighbor->api.engine_changes) {
      EventReceiver* const program = programs_.find(name);
      if (program == nullptr || !program->running() || std::find(told.begin(), told.end(), program) != told.end()) continue;
      told.push_back(program);
      line.clear();
      encoder_.engine(program->form(), clock_.seconds(now()), engine_.name(), engine_.before(), reason.word, reason.detail, line);
      program->tell(line);
    }
  }
}

bool Daemon::engine_failed() { return trial_.engine_failed(measurements_.since_begin(executor_.sample())); }

void Daemon::waiting(std::optional<base::TimePoint> until, base::TimePoint now) {
  measurements_.waiting(until, now);
  if (observer() != nullptr) observer()->waiting(until, now);
}

void Daemon::resumed(const Channel& channel, base::TimePoint now) {
  measurements_.delivering(now);
  if (observer() != nullptr) observer()->resumed(channel, now);
}

}  // namespace tandem::speaker
