#include "conformance/stage/sim_stage.hpp"

#include <fmt/format.h>

#include "common/config/parser.hpp"
#include "common/speaker/paused_session.hpp"

namespace tandem::conformance {

SimStage::SimStage(std::uint64_t seed, sim::Weather weather) : world(seed, weather), host(world), reactor(world) {}

SimStage::~SimStage() {
  if (speaker_) reactor.leave(*speaker_);
}

void SimStage::configurations(const std::vector<std::string>& texts) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    files_.push_back(fmt::format("/sim/{}.conf", i));
    world.files[files_.back()] = texts[i];
  }
}

void SimStage::rewrite(const std::string& text) { world.files[files_.front()] = text; }

std::uint16_t SimStage::peer_at(const std::string& address, PeerOptions options) {
  constexpr std::uint16_t k_port = 1790;
  world.acceptors[{*base::IpAddress::parse(address), k_port}] = [this, options, address](const auto&, const auto&) {
    peers.push_back(std::make_shared<ScriptedPeer>(options));
    peer_addresses.push_back(address);
    return peers.back();
  };
  return k_port;
}

void SimStage::forget_peer_at(const std::string& address) { world.acceptors.erase({*base::IpAddress::parse(address), 1790}); }

std::string SimStage::program(const std::string& name, std::function<void(ScriptedProgram&)> prepare) {
  world.programs[name] = [this, name, prepare] {
    programs.push_back(std::make_shared<ScriptedProgram>());
    program_names.push_back(name);
    if (prepare) prepare(*programs.back());
    return programs.back();
  };
  return "/sim/" + name;
}

void SimStage::start() {
  const std::string error = start_error();
  ASSERT_EQ(error, "");
}

std::string SimStage::start_error() {
  options_.settings = settings;
  options_.configurations = files_;
  options_.engines = {"sim", "other"};
  options_.control_socket = "/sim/control";
  options_.version = "test";
  options_.recorder = recorder();
  options_.recordings = recordings();
  options_.shadows = shadows();
  speaker_ = std::make_unique<speaker::Speaker>(host_for_speaker(host), options_);
  speaker_->set_observer(&watcher_);
  speaker_->engine_started("sim", world.now());
  const auto started = speaker_->start(world.now());
  return started ? "" : config::render(started.error());
}

void SimStage::hand_over(unsigned percent, std::uint64_t seed) { hand_over_in({}, percent, seed); }

void SimStage::hand_over_in(base::Duration pause, unsigned percent, std::uint64_t seed) {
  reactor.who_goes_on = [this, pause, percent, random = base::Random(seed)]() mutable -> speaker::Speaker& {
    // What waits to be freed is no state. Chance is asked in the rounds that free it, too: another speaker has none of them.
    const bool frees = watcher_.rounds > 0 && watcher_.freed_in_round == watcher_.rounds;
    static_cast<void>(speaker_->write_ahead(random.below(k_routes_ahead)));  // while they change
    if (random.below(100) < percent && !frees) hand_over_now(base::Duration(random.below(static_cast<std::uint64_t>(pause.count()) + 1)));
    return *speaker_;
  };
}

// What was written ahead, however much that is, and the rest.
base::Buffer SimStage::snapshot_in_parts(base::TimePoint taken) {
  base::Buffer all;
  const auto add = [&all](const base::Buffer& part) { all.insert(all.end(), part.begin(), part.end()); };
  for (const base::Buffer& part : speaker_->written_ahead()) add(part);
  add(speaker_->snapshot_behind(taken));
  return all;
}

// What chance decides afterwards is what it would have decided without.
void SimStage::hand_over_now(base::Duration pause) {
  reactor.leave(*speaker_);
  const base::TimePoint taken = world.now();
  const base::Buffer snapshot = handed_over_ % 2 == 0 ? snapshot_in_parts(taken) : speaker_->snapshot(taken, state::Secrets::included);
  auto paused = speaker_->paused_sessions();
  const auto write = [this](int descriptor, base::Bytes octets) { return write_some(descriptor, octets); };
  reactor.pause(taken + pause, [&] { return speaker::write_due(paused, world.now(), write); });
  for (const auto& session : paused) kept_alive_ += session.sent.size();
  const base::Random aside = world.random;
  auto next = std::make_unique<speaker::Speaker>(host_for_speaker(host), options_);
  world.random = aside;
  const auto restored = next->restore(snapshot, {}, taken);
  ASSERT_TRUE(restored) << restored.error().reason();
  speaker_->let_go();
  speaker_ = std::move(next);
  speaker_->set_observer(&watcher_);
  if (pause > base::Duration::zero()) speaker_->go_on(paused, world.now());
  ++handed_over_;
}

// As the world lets an engine write.
std::optional<std::size_t> SimStage::write_some(int descriptor, base::Bytes octets) {
  sim::Stream* const stream = world.find(descriptor);
  if (stream == nullptr || stream->remote == nullptr || stream->end_at) return std::nullopt;
  const std::size_t room = world.weather.window - std::min(world.weather.window, stream->to_remote.octets());
  if (world.random.below(100) < world.weather.partial_percent) return 0;
  const std::size_t count = sim::cut(std::min(room, octets.size()), world.weather, world.random);
  const base::Bytes some = octets.first(count);
  if (count > 0) stream->to_remote.put({some.begin(), some.end()}, world.ripe_at());
  return count;
}

bool SimStage::run_until(const std::function<bool()>& condition, base::Duration limit) {
  return reactor.run_until(*speaker_, condition, limit);
}

void SimStage::run_for(base::Duration time) { reactor.run_for(*speaker_, time); }

// Asynchronous as a real one: between two passes, at an instant of the simulator's choice.
void SimStage::signal(speaker::Signal signal) {
  world.at(world.now(), [this, signal] { speaker_->signal(signal); });
}

void SimStage::dial(const std::string& from, const base::Endpoint& to, std::shared_ptr<Remote> remote) {
  const base::Endpoint source{*base::IpAddress::parse(from), 45000};
  if (!world.dial_speaker(source, to, remote)) remote->closed(world.now());
}

std::shared_ptr<ScriptedProgram> SimStage::control() {
  auto client = std::make_shared<ScriptedProgram>();
  return world.dial_control(client) ? client : nullptr;
}

bool SimStage::stop(base::Duration limit) {
  if (!stopped()) signal(speaker::Signal::terminate);
  return run_until([this] { return stopped(); }, limit);
}

}  // namespace tandem::conformance
