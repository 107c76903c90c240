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
      listeners_(host_, runtime_) {
  dispatcher_->api_version = options_.settings.api_version;
  encoder_.compact = options_.settings.api_compact;
  uuid_ = make_uuid(random_);
}

Daemon::~Daemon() {
  if (!options_.control_socket.empty()) host_.remove_file(options_.control_socket);
}

// --- start -----------------------------------------------------------------------------------------------------------------

base::Result<void> Daemon::start(base::TimePoint now) {
  now_ = now;
  started_at_ = now;
  clock_.set(now, host_.wall_time());
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
  if (observer_ != nullptr) observer_->round_step(step, now_);
}

bool Daemon::round(base::TimePoint now) {
  now_ = now;
  if (exit_) return false;
  if (std::exchange(engine_is_new_, false)) base::log(LogCategory::reactor, LogLevel::info, "engine {} is running", engine_.name);
  observe(RoundStep::signals);
  handle_signals();
  observe(RoundStep::accepts);
  attach_accepted();
  observe(RoundStep::peers);
  bool again = run_peers();
  observe(RoundStep::commands);
  again |= run_clients();
  observe(RoundStep::callbacks);
  again |= run_jobs();
  run_deferred();
  drop_gone_peers();
  if (shutdown_ && shutdown_->step(now_)) exit_ = Exit::stop;
  observe(RoundStep::flush);
  if (!exit_ && !shutdown_ && !engine_wanted_.empty() && engine_wanted_ != engine_.name) exit_ = Exit::switch_engine;
  runtime_.collect();
  return again || any_due_ || clients_due_ || signal_pending_ || !listeners_.sessions().empty();
}

std::optional<base::TimePoint> Daemon::deadline() const {
  std::optional<base::TimePoint> first = deadlines_.next();
  for (const auto& program : programs_) first = base::earliest(first, program->deadline());
  for (const auto& program : retired_programs_) first = base::earliest(first, program->deadline());
  first = base::earliest(first, listeners_.deadline());
  first = base::earliest(first, refusals_.deadline());
  for (const Rejection* rejection : rejections_) first = base::earliest(first, rejection->give_up());
  if (shutdown_) first = base::earliest(first, shutdown_->deadline());
  return first;
}

void Daemon::signal(Signal signal) {
  pending_signals_[static_cast<std::size_t>(signal)] = true;
  signal_pending_ = true;
}

void Daemon::request(api::DaemonRequest request, std::string_view sender) {
  base::log(LogCategory::reactor, LogLevel::info, "{} asked for by {}", api::to_string(request), sender);
  requested_[static_cast<std::size_t>(request)] = true;
  signal_pending_ = true;
}

// Step 1. A shutdown overrides everything; of the others each kind counts once, however often it came (I26).
void Daemon::handle_signals() {
  if (!signal_pending_) return;
  signal_pending_ = false;
  const auto take = [this](Signal signal) { return std::exchange(pending_signals_[static_cast<std::size_t>(signal)], false); };
  const auto take_request = [this](api::DaemonRequest request) { return std::exchange(requested_[static_cast<std::size_t>(request)], false); };
  const auto tell = [this](SignalName what) {
    if (what.number != 0) base::log(LogCategory::reactor, LogLevel::info, "{} ({})", what.name, what.number);
    for (const auto& peer : peers_) peer->announce_signal(what.number, what.name, now_);
  };
  if (take(Signal::child)) reap_children();

  constexpr SignalName k_command{0, "none"};  // to programs; the log has who asked for it
  bool stop = false;
  for (const Signal signal : {Signal::terminate, Signal::hang_up, Signal::interrupt}) {
    if (!take(signal)) continue;
    stop = true;
    if (!shutdown_) tell(name_of(signal));
  }
  if (take_request(api::DaemonRequest::shutdown)) {
    stop = true;
    if (!shutdown_) tell(k_command);
  }
  if (stop && !shutdown_) {
    base::log(LogCategory::reactor, LogLevel::info, "shutting down");
    shutdown_.emplace(*this, now_);
  }
  const bool restart_signal = take(Signal::restart);
  const bool restart_command = take_request(api::DaemonRequest::restart);
  const bool full = take(Signal::full_reload);
  const bool plain = take(Signal::reload);
  const bool reload_command = take_request(api::DaemonRequest::reload);
  if (shutdown_) return;
  if (restart_signal || restart_command) {
    tell(restart_signal ? name_of(Signal::restart) : k_command);
    reload(true, true);
  } else if (full || plain || reload_command) {
    tell(full ? name_of(Signal::full_reload) : plain ? name_of(Signal::reload) : k_command);
    reload(full, false);
  }
}

void Daemon::reap_children() {
  for (const process::ChildEnd& end : host_.reap()) {
    for (const auto& program : programs_) program->child_ended(end, now_);
    for (const auto& program : retired_programs_) program->child_ended(end, now_);
  }
  std::erase_if(retired_programs_, [](const auto& program) { return program->quiet(); });
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
  while (const auto owner = deadlines_.take_due(now_)) {
    if (*owner < due_.size()) due_[*owner] = 1;
    any_due_ = true;
  }
  for (const auto& program : programs_) program->expired(now_);
  for (const auto& program : retired_programs_) program->expired(now_);
  listeners_.expired(now_);
  refusals_.expired(now_);
  std::erase_if(rejections_, [this](Rejection* rejection) {
    if (rejection->finished()) {
      runtime_.retire(*rejection);
    } else if (rejection->give_up() <= now_) {
      rejection->drop();
    }
    return rejection->finished();
  });
  if (!any_due_) return false;
  any_due_ = false;
  bool again = false;
  for (std::size_t i = 0; i < peers_.size(); ++i) {
    Peer& peer = *peers_[i];
    if (due_[peer.id()] == 0) continue;
    due_[peer.id()] = 0;
    if (peer.turn(now_)) {
      mark_due(peer.id());
      again = true;
    }
    any_gone_ |= peer.finished();
    if (const auto deadline = peer.deadline()) deadlines_.schedule(peer.id(), *deadline);
  }
  return again;
}

// Step 4: programs in configuration order, then control clients in order of their connection.
bool Daemon::run_clients() {
  if (!clients_due_) return false;
  clients_due_ = false;
  bool again = false;
  for (std::size_t i = 0; i < programs_.size(); ++i) {
    if (Client* client = programs_[i]->client()) again |= client->run_commands(now_);
  }
  const std::vector<Client*> orphans = orphans_;
  for (Client* client : orphans) client->run_commands(now_);
  const std::vector<ControlClient*> clients = control_clients_;
  for (ControlClient* client : clients) again |= client->run_commands(now_);
  clients_due_ |= again;
  return again;
}

// Step 5.
bool Daemon::run_jobs() {
  bool again = false;
  for (std::size_t i = 0; i < programs_.size(); ++i) {
    if (Client* client = programs_[i]->client()) again |= client->run_job();
  }
  const std::vector<ControlClient*> clients = control_clients_;
  for (ControlClient* client : clients) again |= client->run_job();
  return again;
}

void Daemon::run_deferred() {
  while (!deferred_.empty()) {
    auto work = std::move(deferred_);
    deferred_.clear();
    for (const auto& each : work) each(now_);
  }
}

// --- peers -----------------------------------------------------------------------------------------------------------------

Peer* Daemon::peer(api::PeerId id) const {
  const auto found = peers_by_id_.find(id);
  return found == peers_by_id_.end() ? nullptr : found->second;
}

void Daemon::mark_due(api::PeerId peer) {
  if (peer >= due_.size()) due_.resize(peer + 1);
  due_[peer] = 1;
  any_due_ = true;
}

Peer& Daemon::add_peer(std::shared_ptr<const config::Neighbor> neighbor, Provenance provenance) {
  api::PeerId id = next_peer_;
  if (free_ids_.empty()) {
    ++next_peer_;
  } else {
    id = free_ids_.back();
    free_ids_.pop_back();
  }
  auto peer = std::make_unique<Peer>(peer_context_, id, PeerDefinition{std::move(neighbor), std::move(provenance)}, now_);
  peers_by_id_[id] = peer.get();
  mark_due(id);
  peers_.push_back(std::move(peer));
  executor_.forget_selections();
  return *peers_.back();
}

void Daemon::drop_gone_peers() {
  if (!std::exchange(any_gone_, false)) return;
  const auto gone = [this](const std::unique_ptr<Peer>& peer) {
    if (!peer->finished()) return false;
    deadlines_.forget(peer->id());
    due_[peer->id()] = 0;
    peers_by_id_.erase(peer->id());
    free_ids_.push_back(peer->id());
    return true;
  };
  if (std::erase_if(peers_, gone) != 0) executor_.forget_selections();
  // A range has no peer while nobody connects.
  if (peers_.empty() && ranges_.empty() && !shutdown_ && options_.settings.tcp_attempts != 0) {
    base::log(LogCategory::reactor, LogLevel::info, "no peer is left, shutting down");
    shutdown_.emplace(*this, now_);
  }
}

// --- programs and clients --------------------------------------------------------------------------------------------------

Program* Daemon::program(std::string_view name) const {
  for (const auto& program : programs_) {
    if (program->definition().name == name) return program.get();
  }
  return nullptr;
}

Client* Daemon::client(api::ClientId id) const {
  for (const auto& program : programs_) {
    if (program->client_id() == id) return program->client();
  }
  for (ControlClient* client : control_clients_) {
    if (client->state().id == id) return client;
  }
  return nullptr;
}

std::vector<api::QueueStatus> Daemon::queue_status() const {
  std::vector<api::QueueStatus> status;
  for (const auto& program : programs_) {
    if (program->running()) status.push_back(program->client()->queue_status());
  }
  return status;
}

void Daemon::accept_control(base::UniqueFd fd) {
  if (shutdown_) return;  // closing it is the answer
  if (control_clients_.size() >= k_control_clients) {
    reject_client(std::move(fd));
    return;
  }
  api::ClientState state;
  state.id = new_client_id();
  state.service = fmt::format("control-{}", state.id);
  state.version = dispatcher_->api_version;
  auto client = std::make_unique<ControlClient>(*this, std::move(fd), std::move(state));
  control_clients_.push_back(client.get());
  runtime_.adopt(std::move(client));
}

void Daemon::forget_client(const ControlClient& client) { std::erase(control_clients_, &client); }

void Daemon::program_lost(const Program& program) {
  if (!options_.settings.api_terminate || shutdown_) return;
  base::log(LogCategory::processes, LogLevel::critical, "process {} is lost and api.terminate is set: shutting down",
            program.definition().name);
  request(api::DaemonRequest::shutdown, "api.terminate");
}

// --- requests --------------------------------------------------------------------------------------------------------------

base::Result<void> Daemon::request_engine(std::string_view name) {
  const auto& known = options_.engines;
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    return base::Error(fmt::format("unknown engine '{}' ({})", name, fmt::join(known, ", ")));
  }
  engine_wanted_ = name;
  engine_refusal_ = "another engine was asked for meanwhile";
  return {};
}

std::optional<base::Result<void>> Daemon::engine_outcome(std::string_view name) const {
  if (engine_.name == name) return base::Result<void>();
  if (shutdown_) return base::Error("the daemon is shutting down");
  if (engine_wanted_ == name) return std::nullopt;
  return base::Error(engine_refusal_);
}

void Daemon::engine_started(std::string_view name, base::TimePoint now) {
  engine_before_ = std::exchange(engine_, Engine{std::string(name), now, engine_.starts + 1});
  engine_wanted_ = name;
  engine_is_new_ = true;
  if (exit_ == Exit::switch_engine) exit_.reset();
}

void Daemon::engine_refused(std::string_view reason) {
  engine_refusal_ = fmt::format("engine {} cannot begin: {}", engine_.name, reason);
  base::log(LogCategory::reactor, LogLevel::critical, "{}", engine_refusal_);
  engine_ = engine_before_;
  engine_wanted_ = engine_.name;
}

api::EngineStatus Daemon::engine_status() const {
  return {engine_.name, options_.engines, wall(engine_.since), engine_.starts == 0 ? 0 : engine_.starts - 1};
}

api::DaemonStatus Daemon::status() const {
  const auto uptime = (now_ - started_at_) / std::chrono::seconds(1);
  return {options_.version, uuid_, identity_.pid, wall(started_at_), static_cast<std::uint64_t>(uptime)};
}

}  // namespace tandem::speaker
