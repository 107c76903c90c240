#include "conformance/stage/stage.hpp"

#include <algorithm>
#include <set>

#include "conformance/stage/event_corpus.hpp"
#include "conformance/stage/kept_recording.hpp"
#include "conformance/stage/real_stage.hpp"
#include "conformance/stage/sim_stage.hpp"

namespace tandem::conformance {

std::unique_ptr<Stage> Stage::make(const std::string& engine, std::uint64_t seed) {
  collect_events();
  std::unique_ptr<Stage> stage;
  if (engine == "sim") {
    stage = std::make_unique<SimStage>(seed);
  } else {
    stage = std::make_unique<RealStage>(engine);
  }
  stage->settings.api_version = 6;
  stage->settings.log_enable = false;
  stage->settings.api_quiet = "timed";  // which changes share an UPDATE is then the same on every machine
  stage->settings.tcp_attempts = 0;
  stage->settings.reactor_engine = engine;
  return stage;
}

Stage::Stage() = default;
Stage::~Stage() = default;

void Stage::record(unsigned rounds) { kept_ = std::make_unique<KeptRecording>(true, rounds); }
void Stage::record_when_asked() { kept_ = std::make_unique<KeptRecording>(false, 0); }

std::vector<base::Buffer> Stage::recordings_made() { return kept_->finish(); }
base::Buffer Stage::recording() { return recordings_made().front(); }

process::Host& Stage::host_for_speaker(process::Host& host) { return kept_ == nullptr ? host : kept_->host_in_front_of(host); }

recording::Recorder* Stage::recorder() { return kept_ == nullptr ? nullptr : &kept_->recorder(); }
recording::Recordings* Stage::recordings() { return kept_ == nullptr ? nullptr : &kept_->recordings(); }
recording::Shadows* Stage::shadows() { return kept_ == nullptr ? nullptr : &kept_->shadow(); }
KeptShadow& Stage::shadow() { return kept_->shadow(); }

std::vector<std::string> Stage::command(const std::string& line) {
  const auto client = control();
  if (client == nullptr) return {"(no control socket)"};
  client->say(line);
  const auto answered = [&] { return client->count("done") + client->count("error") > 0 || client->has_closed(); };
  if (!run_until(answered, 20s)) return {"(no answer)"};
  client->exit();
  run_until([&] { return client->has_closed(); }, 1s);
  return client->texts();
}

ScriptedPeer* Stage::peer(const std::string& address) {
  for (std::size_t i = peers.size(); i > 0; --i) {
    if (peer_addresses[i - 1] == address) return peers[i - 1].get();
  }
  return nullptr;
}

ScriptedProgram* Stage::program_running(const std::string& name) {
  for (std::size_t i = programs.size(); i > 0; --i) {
    if (program_names[i - 1] == name) return programs[i - 1].get();
  }
  return nullptr;
}

std::size_t Stage::established() {
  std::set<std::string> seen;
  std::size_t up = 0;
  for (std::size_t i = peers.size(); i > 0; --i) {
    if (!seen.insert(peer_addresses[i - 1]).second) continue;
    if (peers[i - 1]->is_established() && !peers[i - 1]->has_closed()) ++up;
  }
  return up;
}

bool Stage::run_until_established(std::size_t count, base::Duration limit) {
  return run_until(
      [&] {
        if (established() < count) return false;
        return std::all_of(peer_addresses.begin(), peer_addresses.end(), [&](const std::string& address) {
          const ScriptedPeer* newest = peer(address);
          return newest->has_closed() || newest->ends_of_rib() > 0 || !newest->is_established();
        });
      },
      limit);
}

}  // namespace tandem::conformance
