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
  return {0, "none"};
}

}  // namespace

Daemon::Daemon(process::Host& host, SpeakerOptions options)
    : host_(host), options_(std::move(options)), identity_(host.identity()), random_(host.entropy()),
      encoder_(event_identity(identity_)), executor_(*this), dispatcher_(std::make_unique<api::Dispatcher>(executor_)),
      engine_(options_.engines), client_services_{runtime_, *dispatcher_, executor_},
      programs_(host_, client_services_, options_.settings, clock_, requests_), listeners_(host_, runtime_), rejections_(runtime_),
      control_clients_(client_services_, rejections_) {
  dispatcher_->api_version = options_.settings.api_version;
  encoder_.compact = options_.settings.api_compact;
  uuid_ = make_uuid(random_);
}

Daemon::~Daemon() {
  if (!options_.control_socket.empty()) host_.remove_file(options_.control_socket);
}

// --- start -----------------------------------------------------------------------------------------------------------------

base::Result<void> Daemon::start(base::TimePoint now) {
  clock_.start(now, host_.wall_time());
  TANDEM_ASSERT(!options_.configurations.empty());
  const base::WallTime began = host_.wall_time();
  auto configuration = read_configuration(options_.configurations.front());
  if (!configuration) return configuration.error();
  if (auto bound = listeners_.bind(options_.settings.tcp_bind, options_.settings.tcp_port); !bound) return bound.error();
  if (auto opened = listeners_.adopt(configuration->neighbors); !opened) return opened.error();
  open_control_socket();
  apply(std::move(*configuration), false, false);
  tell_loaded(began);
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

// --- the round -------------------------------------------------------------------------------------------------------------

void Daemon::observe(RoundStep step) const {
  if (observer_ != nullptr) observer_->round_step(step, now());
}

bool Daemon::round(base::TimePoint now) {
  clock_.advance(now);
  if (exit_) return false;
  engine_.first_round();
  observe(RoundStep::signals);
  handle_requests();
  observe(RoundStep::accepts);
  attach_accepted();
  observe(RoundStep::peers);
  bool again = run_peers();
  observe(RoundStep::commands);
  again |= run_clients();
  observe(RoundStep::callbacks);
  again |= run_jobs();
  programs_.settle(now);
  drop_gone_peers();
  if (shutdown_ && shutdown_->step(now)) exit_ = Exit::stop;
  observe(RoundStep::flush);
  if (!exit_ && engine_.wants_another()) exit_ = Exit::switch_engine;
  runtime_.collect();
  return again || schedule_.any() || client_services_.due || requests_.pending() || !listeners_.sessions().empty();
}

std::optional<base::TimePoint> Daemon::deadline() const {
  std::optional<base::TimePoint> first = schedule_.next();
  first = base::earliest(first, programs_.deadline());
  first = base::earliest(first, listeners_.deadline());
  first = base::earliest(first, refusals_.deadline());
  first = base::earliest(first, rejections_.deadline());
  if (shutdown_) first = base::earliest(first, shutdown_->deadline());
  return first;
}

// Step 1. A shutdown overrides everything; of the others each kind counts once, however often it came (I26).
void Daemon::handle_requests() {
  if (!requests_.begin()) return;
  const auto tell = [this](SignalName what) {
    if (what.number != 0) base::log(LogCategory::reactor, LogLevel::info, "{} ({})", what.name, what.number);
    for (const auto& peer : peers_) peer->announce_signal(what.number, what.name, now());
  };
  if (requests_.take(Signal::child)) programs_.reap(now());

  constexpr SignalName k_command{0, "none"};  // to programs; the log has who asked for it
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
  const bool restart_signal = requests_.take(Signal::restart);
  const bool restart_command = requests_.take(api::DaemonRequest::restart);
  const bool full = requests_.take(Signal::full_reload);
  const bool plain = requests_.take(Signal::reload);
  const bool reload_command = requests_.take(api::DaemonRequest::reload);
  if (shutdown_) return;
  if (restart_signal || restart_command) {
    tell(restart_signal ? name_of(Signal::restart) : k_command);
    reload(true, true);
  } else if (full || plain || reload_command) {
    tell(full ? name_of(Signal::full_reload) : plain ? name_of(Signal::reload) : k_command);
    reload(full, false);
  }
}

void Daemon::begin_shutdown() {
  shutdown_.emplace(Shutdown::Parts{listeners_, peers_, programs_, control_clients_, encoder_, clock_}, now());
  engine_.close("the daemon is shutting down");
}

// Step 2.
void Daemon::attach_accepted() {
  for (process::IncomingConnection& connection : std::exchange(listeners_.sessions(), {})) {
    if (!shutdown_) attach(std::move(connection));
  }
  for (process::IncomingConnection& connection : std::exchange(listeners_.clients(), {})) accept_control(std::move(connection.fd));
}

// Step 3. Configuration order; whoever is not due does not run.
bool Daemon::run_peers() {
  programs_.expired(now());
  listeners_.expired(now());
  refusals_.expired(now());
  rejections_.expired(now());
  if (!schedule_.begin(now())) return false;
  bool again = false;
  for (std::size_t i = 0; i < peers_.size(); ++i) {
    Peer& peer = *peers_[i];
    if (!schedule_.take(peer.id())) continue;
    if (peer.turn(now())) {
      schedule_.mark_due(peer.id());
      again = true;
    }
    any_gone_ |= peer.finished();
    if (const auto deadline = peer.deadline()) schedule_.at(peer.id(), *deadline);
  }
  return again;
}

// Step 4: programs in configuration order, then control clients in order of their connection.
bool Daemon::run_clients() {
  if (!std::exchange(client_services_.due, false)) return false;
  bool again = programs_.run_commands(now());
  again |= control_clients_.run_commands(now());
  client_services_.due |= again;
  return again;
}

// Step 5.
bool Daemon::run_jobs() {
  const bool again = programs_.run_jobs();
  return control_clients_.run_jobs() || again;
}

// --- peers -----------------------------------------------------------------------------------------------------------------

Peer* Daemon::peer(api::PeerId id) const {
  const auto found = peers_by_id_.find(id);
  return found == peers_by_id_.end() ? nullptr : found->second;
}

Peer& Daemon::add_peer(std::shared_ptr<const config::Neighbor> neighbor, Provenance provenance) {
  api::PeerId id = next_peer_;
  if (free_ids_.empty()) {
    ++next_peer_;
  } else {
    id = free_ids_.back();
    free_ids_.pop_back();
  }
  auto peer = std::make_unique<Peer>(peer_context_, id, PeerDefinition{std::move(neighbor), std::move(provenance)}, now());
  peers_by_id_[id] = peer.get();
  schedule_.mark_due(id);
  peers_.push_back(std::move(peer));
  executor_.forget_selections();
  return *peers_.back();
}

void Daemon::drop_gone_peers() {
  if (!std::exchange(any_gone_, false)) return;
  const auto gone = [this](const std::unique_ptr<Peer>& peer) {
    if (!peer->finished()) return false;
    schedule_.forget(peer->id());
    peers_by_id_.erase(peer->id());
    free_ids_.push_back(peer->id());
    return true;
  };
  if (std::erase_if(peers_, gone) != 0) executor_.forget_selections();
  // A range has no peer while nobody connects.
  if (peers_.empty() && ranges_.empty() && !shutdown_ && options_.settings.tcp_attempts != 0) {
    base::log(LogCategory::reactor, LogLevel::info, "no peer is left, shutting down");
    begin_shutdown();
  }
}

void Daemon::accept_control(base::UniqueFd fd) {
  if (!shutdown_) control_clients_.accept(std::move(fd), now());  // else closing it is the answer
}

// --- requests --------------------------------------------------------------------------------------------------------------

void Daemon::engine_started(std::string_view name, base::TimePoint now) {
  engine_.started(name, now);
  if (exit_ == Exit::switch_engine) exit_.reset();
}

api::EngineStatus Daemon::engine_status() const { return {engine_.name(), engine_.known(), clock_.seconds(engine_.since()), engine_.switches()}; }

api::DaemonStatus Daemon::status() const {
  const auto uptime = (now() - clock_.started()) / std::chrono::seconds(1);
  return {options_.version, uuid_, identity_.pid, clock_.seconds(clock_.started()), static_cast<std::uint64_t>(uptime)};
}

}  // namespace tandem::speaker
