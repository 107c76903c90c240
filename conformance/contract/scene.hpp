// What contract tests share: a test that is played on every driver, and a scene that puts neighbors, far ends and programs together.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

#include "conformance/stage/drivers.hpp"
#include "conformance/stage/real_stage.hpp"
#include "conformance/stage/sim_stage.hpp"
#include "conformance/stage/stage.hpp"

namespace tandem::conformance {

// Played once on the real engines, with `seeds` seeds on the simulator (or with those of TANDEM_SIM_SEEDS, the one of TANDEM_SIM_SEED).
class EachEngine : public ::testing::TestWithParam<std::string> {
 protected:
  void play(const std::function<void(Stage&)>& scenario, std::uint64_t seeds = 10) const { play_on(GetParam(), scenario, seeds); }

  // Every other seed is recorded in files that follow each other: what is in the middle of something is gone on with from a snapshot.
  static constexpr unsigned k_rounds_recorded = 10;

  static void play_on(const std::string& engine, const std::function<void(Stage&)>& scenario, std::uint64_t seeds = 10) {
    const auto [first, last] = engine == "sim" ? sim::seeds_to_play(seeds) : sim::Seeds();
    for (std::uint64_t seed = first; seed <= last; ++seed) {
      SCOPED_TRACE(engine == "sim" ? sim::replay_hint(seed) : engine);
      const auto stage = Stage::make(engine, seed);
      stage->record(seed % 2 == 0 ? k_rounds_recorded : 0);
      scenario(*stage);
      if (::testing::Test::HasFatalFailure()) return;
      EXPECT_TRUE(stage->stop()) << "the speaker does not stop";
      if (::testing::Test::HasFailure()) return;
      for (const base::Buffer& file : stage->recordings_made()) {
        EXPECT_EQ(replayed(file), "") << "the recording of the scenario differs when it is replayed";
      }
      if (::testing::Test::HasFailure()) return;
    }
  }
};
// The same, for what only makes sense with a kernel or only in virtual time.
class RealEngines : public EachEngine {};
class Simulated : public EachEngine {};

#define TANDEM_ON_EVERY_DRIVER(Suite) \
  INSTANTIATE_TEST_SUITE_P(Engine, Suite, ::testing::ValuesIn(drivers_to_play()), [](const auto& info) { return info.param; })
#define TANDEM_ON_REAL_ENGINES(Suite) \
  INSTANTIATE_TEST_SUITE_P(Engine, Suite, ::testing::ValuesIn(engines_to_play()), [](const auto& info) { return info.param; })
#define TANDEM_ON_THE_SIMULATOR(Suite) \
  INSTANTIATE_TEST_SUITE_P(Engine, Suite, ::testing::Values("sim"), [](const auto& info) { return info.param; })

inline const std::string k_far = "127.0.0.10";

class Scene {
 public:
  explicit Scene(Stage& stage) : stage_(stage) {}

  // A neighbor with a scripted peer at `address`, iBGP, hold time 180; change the result before start().
  NeighborText& neighbor(const std::string& address = k_far, PeerOptions options = {}) {
    NeighborText text;
    text.peer = address;
    const bool range = address.find('/') != std::string::npos;
    if (!range) text.connect = stage_.peer_at(address, std::move(options));
    neighbors_.push_back(std::move(text));
    return neighbors_.back();
  }
  // A program that commands every neighbor.
  void program(const std::string& name, std::function<void(ScriptedProgram&)> prepare = nullptr, const std::string& encoder = "text",
               const std::string& statements = "") {
    processes_ += process_text(name, stage_.program(name, std::move(prepare)), encoder, statements);
    names_ += name + " ";
    programs_.push_back(name);
  }
  [[nodiscard]] std::string text() const {
    std::string out = processes_;
    for (NeighborText neighbor : neighbors_) {
      if (!names_.empty()) neighbor.api.insert(neighbor.api.begin(), "processes [ " + names_ + "];");
      out += to_text(neighbor);
    }
    return out;
  }
  void start() {
    stage_.configuration(text());
    stage_.start();
    // A real program takes its time to start, and a test wants to talk to it.
    const auto started = [this](const std::string& name) { return stage_.program_running(name) != nullptr; };
    const auto all_started = [&] { return std::all_of(programs_.begin(), programs_.end(), started); };
    if (::testing::Test::HasFatalFailure()) return;
    ASSERT_TRUE(stage_.run_until(all_started)) << "a program has not started";
  }
  void rewrite() { stage_.rewrite(text()); }
  [[nodiscard]] NeighborText& at(std::size_t i) { return neighbors_[i]; }
  [[nodiscard]] std::deque<NeighborText>& neighbors() { return neighbors_; }

 private:
  Stage& stage_;
  std::deque<NeighborText> neighbors_;
  std::string processes_;
  std::string names_;
  std::vector<std::string> programs_;
};

[[nodiscard]] inline std::string announce(const std::string& prefix, const std::string& more = "") {
  return "peer * announce route " + prefix + " next-hop 10.0.0.1" + (more.empty() ? "" : " " + more);
}
[[nodiscard]] inline std::string withdraw(const std::string& prefix) { return "peer * withdraw route " + prefix; }

// The prefixes announced by a transcript, in order, an UPDATE's own order kept.
[[nodiscard]] inline std::vector<std::string> announced(const Transcript& transcript) {
  std::vector<std::string> out;
  for (const auto& message : transcript) {
    for (auto& prefix : changes_of(message.bytes).announced) out.push_back(std::move(prefix));
  }
  return out;
}
[[nodiscard]] inline std::vector<std::string> withdrawn(const Transcript& transcript) {
  std::vector<std::string> out;
  for (const auto& message : transcript) {
    for (auto& prefix : changes_of(message.bytes).withdrawn) out.push_back(std::move(prefix));
  }
  return out;
}
// All octets received but those of KEEPALIVEs, for comparing runs.
[[nodiscard]] inline std::vector<std::string> lines(const ScriptedPeer& peer) { return without_keepalives(peer.transcript()); }

// A far end with a small window, so that what it does not read soon stays with the speaker.
[[nodiscard]] inline std::uint16_t narrow_peer_at(Stage& stage, const std::string& address, PeerOptions options) {
  auto* real = dynamic_cast<RealStage*>(&stage);
  if (real == nullptr) {
    dynamic_cast<SimStage&>(stage).world.weather.window = 4096;
    return stage.peer_at(address, std::move(options));
  }
  SocketHabits habits;
  habits.receive_buffer = 4096;
  real->forget_peer_at(address);
  return real->peer_at(address, std::move(options), habits);
}

// Until the loop has come to rest: hardly a round in 300 ms, three times in a row, because on a busy machine the engine may not have
// been given the processor for as long.
inline void settle(Stage& stage) {
  int quiet = 0;
  for (int i = 0; i < 60 && quiet < 3; ++i) {
    const auto before = stage.watcher().rounds.load();
    stage.run_for(300ms);
    quiet = stage.watcher().rounds - before <= 3 ? quiet + 1 : 0;
  }
}

// A limit for things that must happen within `exact`: the simulator is held to it, a busy machine gets time to breathe.
[[nodiscard]] inline base::Duration within(const Stage& stage, base::Duration exact) {
  return stage.simulated() ? exact : exact + std::chrono::milliseconds(500);
}

}  // namespace tandem::conformance
