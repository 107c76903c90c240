#include "common/speaker/executor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "common/base/log.hpp"

namespace tandem::speaker {

void SpeakerExecutor::refresh() const {
  if (revision_ == parts_.peers.revision()) return;
  revision_ = parts_.peers.revision();
  selections_.clear();
  all_.clear();
  commanded_.clear();
  for (const auto& peer : parts_.peers.all()) {
    all_.push_back(peer->id());
    if (peer->has_routes() && !peer->stopped()) commanded_.push_back(peer->id());
  }
}

std::span<const api::PeerId> SpeakerExecutor::peers() const {
  refresh();
  return all_;
}

std::span<const api::PeerId> SpeakerExecutor::peers_of(api::ClientId client) const {
  refresh();
  for (const Selection& selection : selections_) {
    if (selection.client == client) return selection.peers;
  }
  const Program* program = parts_.programs.find(client);
  if (program == nullptr) return commanded_;  // a control client may act on all
  Selection selection{client, {}};
  for (const auto& peer : parts_.peers.all()) {
    const auto& allowed = peer->subscribers().processes;
    if (peer->has_routes() && !peer->stopped() && std::find(allowed.begin(), allowed.end(), program) != allowed.end()) selection.peers.push_back(peer->id());
  }
  selections_.push_back(std::move(selection));
  return selections_.back().peers;
}

std::string_view SpeakerExecutor::peer_key(api::PeerId id) const {
  const Peer* peer = parts_.peers.find(id);
  return peer != nullptr ? std::string_view(peer->key()) : std::string_view();
}

bool SpeakerExecutor::established(api::PeerId id) const {
  const Peer* peer = parts_.peers.find(id);
  return peer != nullptr && peer->established();
}

api::PeerSnapshot SpeakerExecutor::snapshot(api::PeerId id) const {
  const Peer* peer = parts_.peers.find(id);
  return peer != nullptr ? peer->snapshot(parts_.clock.now()) : api::PeerSnapshot{};
}

std::vector<api::IdleNeighbor> SpeakerExecutor::idle_neighbors() const {
  // Usually there is none, and a million keys need not be made to find that out.
  const auto configured = [](const auto& peer) { return !peer->ephemeral() && !peer->stopped(); };
  const auto count = std::count_if(parts_.peers.all().begin(), parts_.peers.all().end(), configured);
  if (static_cast<std::size_t>(count) == parts_.peers.neighbors().size()) return {};
  std::unordered_set<std::string_view> running;
  for (const auto& peer : parts_.peers.all()) running.insert(peer->key());
  const auto number = [](std::optional<base::Asn> asn) { return asn ? std::optional(base::value(*asn)) : std::nullopt; };
  std::vector<api::IdleNeighbor> idle;
  for (const auto& neighbor : parts_.peers.neighbors()) {
    std::string key = config::peer_key(*neighbor);
    if (running.contains(key)) continue;
    std::string address = neighbor->peer.address.text();
    if (neighbor->is_range()) address += fmt::format("/{}", neighbor->peer.length);
    idle.push_back({std::move(key), std::move(address), neighbor->local_address ? neighbor->local_address.text() : "auto",
                    number(neighbor->peer_as), number(neighbor->local_as)});
  }
  return idle;
}

base::Result<void> SpeakerExecutor::create_peer(const api::NewPeer& peer) {
  auto neighbor = std::make_shared<config::Neighbor>();
  neighbor->peer = {peer.peer, static_cast<std::uint8_t>(peer.peer.bits())};
  neighbor->local_address = peer.local;
  neighbor->local_as = peer.local_as;
  neighbor->peer_as = peer.peer_as;
  neighbor->router_id = peer.router_id ? peer.router_id : base::RouterId{peer.local.v4_value()};
  neighbor->families = peer.families;
  std::sort(neighbor->families.begin(), neighbor->families.end());
  if (peer.graceful_restart_s) neighbor->graceful_restart.time_s = *peer.graceful_restart_s != 0 ? *peer.graceful_restart_s : neighbor->hold_time_s;
  neighbor->group_updates = peer.group_updates;
  neighbor->api.processes = peer.services;
  for (const std::string& service : peer.services) {
    if (parts_.programs.find(service) != nullptr) continue;
    base::log(base::LogCategory::processes, base::LogLevel::warning, "neighbor {}: there is no process '{}' that could act on it",
              peer.peer.text(), service);
  }
  return parts_.peers.create(std::move(neighbor), parts_.clock.now());
}

void SpeakerExecutor::delete_peer(api::PeerId id) {
  if (Peer* peer = parts_.peers.find(id)) parts_.peers.remove(*peer, parts_.clock.now());
}

rib::AttributePool& SpeakerExecutor::attribute_pool() { return parts_.pool; }

base::Result<void> SpeakerExecutor::accepts(api::PeerId id, const rib::Route& route, rib::RouteUse use) const {
  const Peer* peer = parts_.peers.find(id);
  return peer != nullptr ? peer->accepts(route, use) : base::Result<void>(base::Error("the neighbor is gone"));
}

rib::ChangeMark SpeakerExecutor::announce(api::PeerId id, const rib::Route& route) {
  Peer* peer = parts_.peers.find(id);
  return peer != nullptr ? peer->announce(route, parts_.clock.now()) : rib::ChangeMark{};
}

rib::ChangeMark SpeakerExecutor::withdraw(api::PeerId id, const rib::Route& route) {
  Peer* peer = parts_.peers.find(id);
  return peer != nullptr ? peer->withdraw(route, parts_.clock.now()) : rib::ChangeMark{};
}

rib::ChangeMark SpeakerExecutor::file_watchdog(api::PeerId id, const std::string& name, const rib::Route& route, bool held) {
  Peer* peer = parts_.peers.find(id);
  return peer != nullptr ? peer->file_watchdog(name, route, held, parts_.clock.now()) : rib::ChangeMark{};
}

void SpeakerExecutor::announce_watchdog(api::PeerId id, std::string_view name) {
  if (Peer* peer = parts_.peers.find(id); peer != nullptr && peer->has_routes()) {
    peer->rib_out().set_watchdog(name, false);
    peer->rib_changed(parts_.clock.now());
  }
}

void SpeakerExecutor::withdraw_watchdog(api::PeerId id, std::string_view name) {
  if (Peer* peer = parts_.peers.find(id); peer != nullptr && peer->has_routes()) {
    peer->rib_out().set_watchdog(name, true);
    peer->rib_changed(parts_.clock.now());
  }
}

void SpeakerExecutor::flush_out(api::PeerId id) {
  if (Peer* peer = parts_.peers.find(id)) peer->flush(parts_.clock.now());
}

void SpeakerExecutor::clear_out(api::PeerId id) {
  if (Peer* peer = parts_.peers.find(id)) {
    peer->rib_out().clear();
    peer->rib_changed(parts_.clock.now());
  }
}

void SpeakerExecutor::clear_in(api::PeerId id) {
  if (Peer* peer = parts_.peers.find(id)) peer->clear_rib_in();
}

std::optional<rib::Route> SpeakerExecutor::announced(api::PeerId id, const bgp::NlriKey& key) const {
  const Peer* peer = parts_.peers.find(id);
  const rib::AttributeSetRef* attributes = peer != nullptr ? peer->rib_out().find(key) : nullptr;
  return attributes != nullptr ? std::optional(rib::Route{key, *attributes}) : std::nullopt;
}

bool SpeakerExecutor::walk(api::PeerId id, api::RibDirection direction, rib::RibCursor& cursor, const rib::RouteVisitor& visit) const {
  const Peer* peer = parts_.peers.find(id);
  if (peer == nullptr) return false;
  return direction == api::RibDirection::in ? peer->rib_in().walk(cursor, visit) : peer->rib_out().walk(cursor, visit);
}

void SpeakerExecutor::queue_end_of_rib(api::PeerId id, bgp::Family family) {
  if (Peer* peer = parts_.peers.find(id)) peer->queue_end_of_rib(family, parts_.clock.now());
}

void SpeakerExecutor::queue_route_refresh(api::PeerId id, bgp::Family family) {
  if (Peer* peer = parts_.peers.find(id)) peer->queue_route_refresh(family);
}

void SpeakerExecutor::queue_operational(api::PeerId id, const bgp::Operational& message) {
  if (Peer* peer = parts_.peers.find(id)) peer->queue_operational(message);
}

void SpeakerExecutor::enable(api::PeerId id) {
  if (Peer* peer = parts_.peers.find(id)) peer->enable(parts_.clock.now());
}

void SpeakerExecutor::teardown(api::PeerId id, std::uint8_t subcode, std::string_view text) {
  if (Peer* peer = parts_.peers.find(id)) peer->teardown(subcode, text, parts_.clock.now());
}

void SpeakerExecutor::request(api::DaemonRequest request, std::string_view sender) { parts_.requests.command(request, sender); }

std::unique_ptr<api::ReloadChecking> SpeakerExecutor::check_reload(std::string_view path) { return parts_.reloader.check(path); }

api::DaemonStatus SpeakerExecutor::status() const {
  const Clock& clock = parts_.clock;
  const auto uptime = (clock.now() - clock.started()) / std::chrono::seconds(1);
  return {parts_.version, parts_.uuid, parts_.pid, clock.seconds(clock.started()), static_cast<std::uint64_t>(uptime)};
}

std::vector<api::QueueStatus> SpeakerExecutor::queue_status() const { return parts_.programs.queue_status(); }

api::Told SpeakerExecutor::tell_state(api::ClientId id, api::StateWalk& walk, std::string& out) {
  Program* program = parts_.programs.find(id);
  if (program == nullptr) return api::Told::everything;
  const auto mark = [&](std::string_view word) { parts_.encoder.snapshot(program->form(), parts_.clock.seconds(parts_.clock.now()), word, out); };
  if (!std::exchange(walk.begun, true)) {
    walk.peers.assign(peers().begin(), peers().end());
    mark("begin");
    return api::Told::some;
  }
  if (walk.next == walk.peers.size()) {
    mark("end");
    return api::Told::everything;
  }
  Peer* peer = parts_.peers.find(walk.peers[walk.next]);
  const api::Told told = peer != nullptr ? peer->tell_state(*program, walk, parts_.clock.now(), out) : api::Told::everything;
  if (told != api::Told::everything) return told;
  ++walk.next;
  walk.state_told = false;
  walk.routes = rib::RibCursor::of_all();
  return api::Told::some;
}

void SpeakerExecutor::owner_ended(std::uint32_t owner) {
  for (const auto& peer : parts_.peers.all()) peer->owner_ended(owner);
}

bool SpeakerExecutor::ready(api::ClientId id) {
  Program* program = parts_.programs.find(id);
  if (program == nullptr) return false;
  program->say_ready();
  for (const auto& peer : parts_.peers.all()) {
    if (peer->awaits_ready()) peer->mark_due();
  }
  return true;
}

void SpeakerExecutor::drop_pending_commands(api::ClientId id) {
  const Program* program = parts_.programs.find(id);
  if (Client* client = program != nullptr ? program->client() : parts_.control_clients.find(id)) client->drop_commands();
}

api::EngineStatus SpeakerExecutor::engine() const {
  const EngineChoice& engine = parts_.engine;
  return {engine.name(), engine.known(), parts_.clock.seconds(engine.since()), engine.switches()};
}

base::Result<void> SpeakerExecutor::request_engine(std::string_view name) {
  if (!parts_.trial.under_way()) return parts_.engine.request(name);
  return base::Error("a trial is under way: 'engine trial stop' ends it");
}
std::optional<base::Result<void>> SpeakerExecutor::engine_outcome(std::string_view name) const { return parts_.engine.outcome(name); }

base::Result<void> SpeakerExecutor::request_upgrade(std::string_view binary) {
  if (parts_.upgrade.wanted()) return base::Error("another program is being asked whether it can go on: its answer comes first");
  parts_.upgrade.request(binary);
  return {};
}

base::Result<void> SpeakerExecutor::start_recording(const base::RecordingRequest& request) {
  if (const base::RecordingFacts facts = recording(); facts.on) {
    return base::Error(fmt::format("{} is being recorded: 'record stop' ends it", facts.file));
  }
  return parts_.recording.start(request);
}

Measurements::Sample SpeakerExecutor::sample() const {
  const process::Usage usage = parts_.host.usage();
  Measurements::Sample sample{usage.processor, usage.memory, 0};
  for (const api::QueueStatus& queue : parts_.programs.queue_status()) sample.queue += queue.bytes;
  return sample;
}

api::Measurement SpeakerExecutor::measurement() const { return parts_.measurements.recent(sample()); }
base::Result<void> SpeakerExecutor::begin_trial(const api::TrialPlan& plan) { return parts_.trial.begin(plan, measurement()); }

api::SyncPoint SpeakerExecutor::sync_point(api::PeerId id, rib::ChangeMark change) {
  Peer* peer = parts_.peers.find(id);
  return peer != nullptr ? peer->sync_point(change) : api::SyncPoint{};
}

bool SpeakerExecutor::reached(api::PeerId id, api::SyncPoint& point) const {
  const Peer* peer = parts_.peers.find(id);
  return peer == nullptr || peer->reached(point);
}

}  // namespace tandem::speaker
