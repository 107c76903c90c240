// Long runs: floods, many reconnects, many starts. Descriptors and memory must be what they were (I22, I24; issue item 9).
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "conformance/contract/scene.hpp"
#include "conformance/stage/real_stage.hpp"

namespace tandem::conformance {
namespace {

class Limits : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(Limits);
class RealLimits : public RealEngines {};
TANDEM_ON_REAL_ENGINES(RealLimits);

// Of the process, or what stands for them in the simulator.
std::size_t open_descriptors(const Stage& stage) {
  if (const auto* simulated = dynamic_cast<const SimStage*>(&stage)) return simulated->world.tokens_in_use();
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

std::size_t resident_octets() {
  std::ifstream file("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  file >> total >> resident;
  return resident * 4096;
}

// After a pause longer than the hold time (SIGSTOP, a machine that was asleep) what came meanwhile counts first: Asio fetches 128 events
// at a time, and the sessions of the others must not expire before theirs.
TEST_P(RealLimits, I21_APauseOfTheProgramEndsNoSessionThatWasKeptAlive) {
  static constexpr std::size_t k_sessions = 300;
  play([](Stage& stage) {
    Scene scene(stage);
    for (std::size_t i = 0; i < k_sessions; ++i) scene.neighbor(fmt::format("127.0.{}.{}", 1 + i / 200, 1 + i % 200)).hold_time = 6;
    scene.start();
    ASSERT_TRUE(stage.run_until_established(k_sessions, 60s));
    {
      const std::lock_guard pause(stage.watcher().gate);
      stage.run_for(7s);
    }
    stage.run_for(1s);
    EXPECT_EQ(stage.established(), k_sessions);
    EXPECT_EQ(stage.peers.size(), k_sessions);
  });
}

// ExaBGP stops for ever after 13,107 acknowledgements nobody reads: 65,536 octets of pipe, five an answer.
TEST_P(RealLimits, AMillionAcknowledgementsNobodyReadsStopNothing) {
  static constexpr std::size_t k_commands = 1'000'000;
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor("127.0.0.11");
    scene.neighbor("127.0.0.12");
    scene.program("deaf", [](ScriptedProgram& program) { program.set_reading(false); });
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established(2));
    ASSERT_TRUE(stage.run_until([&] { return stage.programs.size() == 2; }));
    auto& deaf = *stage.program_running("deaf");
    auto& program = *stage.program_running("p");
    const std::size_t before = resident_octets();
    const std::string portion = [] {
      std::string out;
      for (int i = 0; i < 10'000; ++i) out += "# nothing\n";
      return out;
    }();
    std::size_t asked = 0;
    for (std::size_t i = 0; i < k_commands / 10'000; ++i) {
      deaf.write(portion);
      ASSERT_TRUE(stage.run_until([&] { return deaf.outbox().empty(); }, 60s)) << i;
      if (i % 10 != 0) continue;
      const std::string prefix = fmt::format("10.{}.0.0/16", i + 1);
      program.say(announce(prefix));
      ++asked;
      ASSERT_TRUE(stage.run_until([&] { return program.count("done") == asked; }, 2s)) << i;
      ASSERT_TRUE(stage.run_until([&] { return stage.peer("127.0.0.11")->table().has(prefix); }, 2s)) << i;
    }
    program.say("system queue-status");
    ASSERT_TRUE(stage.run_until([&] { return program.count("done") == asked + 1; }));
    EXPECT_EQ(stage.established(), 2U);
    EXPECT_EQ(stage.peers.size(), 2U);
    EXPECT_LT(resident_octets(), before + 100 * 1024 * 1024);
    deaf.set_reading(true);
    EXPECT_TRUE(stage.run_until([&] { return deaf.lines().size() == k_commands; }, 120s));
    EXPECT_EQ(deaf.count("done"), k_commands);
  });
}

TEST_P(Limits, AQueueThatIsNeverReadHasAnEndAndOnlyItsProgramPays) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().routes = many_routes(2000, 100);
    scene.program("deaf", [n = 0](ScriptedProgram& program) mutable {
      if (++n == 1) program.set_reading(false);
    });
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    ASSERT_TRUE(stage.run_until([&] { return stage.programs.size() == 1; }));
    // Each answer is long; jobs stop producing while their output is not read, so nothing grows and nobody is ended.
    auto& deaf = *stage.programs[0];
    for (int i = 0; i < 3000; ++i) deaf.say("rib show out");
    stage.run_for(2s);
    EXPECT_FALSE(deaf.has_closed());
    EXPECT_EQ(stage.established(), 1U);
  }, 1);
}

TEST_P(Limits, I24_AThousandReconnectsLeaveNoDescriptorBehind) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor("127.0.0.11");
    scene.neighbor("127.0.0.12");
    scene.start();
    ASSERT_TRUE(stage.run_until_established(2));
    // Ended by a command: the next session comes at once. A far end that ends them itself would be met with back-off.
    std::size_t before = 0;
    for (std::size_t i = 0; i < 1010; ++i) {
      if (i == 10) before = open_descriptors(stage);
      const std::size_t connections = stage.peers.size();
      ASSERT_EQ(stage.command("peer 127.0.0.11 teardown 4").back(), "done") << i;
      ASSERT_TRUE(stage.run_until([&] { return stage.peers.size() > connections; })) << i;
      ASSERT_TRUE(stage.run_until_established(2)) << i;
    }
    EXPECT_EQ(std::count(stage.peer_addresses.begin(), stage.peer_addresses.end(), "127.0.0.12"), 1);
    // The number moves by the connection that is just being made or closed.
    EXPECT_TRUE(stage.run_until([&] { return open_descriptors(stage) <= before; }, 10s)) << open_descriptors(stage) << " after " << before;
  });
}

TEST_P(Limits, I24_AHundredStartsOfAProgramLeaveNoDescriptorBehind) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    const std::string with = scene.text();
    const std::string without = to_text(scene.at(0));
    std::size_t before = 0;
    for (std::size_t i = 1; i <= 100; ++i) {
      ASSERT_TRUE(stage.run_until([&] { return stage.programs.size() == i; })) << i;
      stage.rewrite(without);
      stage.signal(speaker::Signal::reload);
      ASSERT_TRUE(stage.run_until([&] { return stage.programs.back()->has_closed(); })) << i;
      if (i == 5) before = open_descriptors(stage);
      if (i == 100) break;
      stage.rewrite(with);
      stage.signal(speaker::Signal::reload);
    }
    EXPECT_TRUE(stage.run_until([&] { return open_descriptors(stage) <= before; }, 5s)) << open_descriptors(stage) << " after " << before;
    EXPECT_EQ(stage.peers.size(), 1U);
  });
}

// Everything at once in bad weather: resets, cuts, delays. Whatever happens, sessions come back and the tables are right in the end.
class Weather : public Simulated {};
TANDEM_ON_THE_SIMULATOR(Weather);

TEST_P(Weather, SessionsComeBackAndTablesAreRightAfterAStorm) {
  play([](Stage& stage) {
    auto& world = dynamic_cast<SimStage&>(stage).world;
    world.weather.reset_per_million = 20'000;
    Scene scene(stage);
    for (int i = 0; i < 4; ++i) scene.neighbor("127.0.0." + std::to_string(11 + i)).routes = many_routes(300, 3);
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.program_running("p") != nullptr; }));
    base::Random random(stage.watcher().rounds + 1);
    std::size_t said = 0;
    for (int i = 0; i < 50; ++i) {
      const std::string prefix = prefix_of(random.below(400));
      stage.program_running("p")->say(random.below(2) == 0 ? announce(prefix, "med " + std::to_string(i + 1)) : withdraw(prefix));
      ++said;
      stage.run_for(base::Duration(random.below(2'000'000'000)));
    }
    world.weather.reset_per_million = 0;
    ASSERT_TRUE(stage.run_until([&] { return stage.program_running("p")->count("done") == said; }, 300s));
    stage.run_for(200s);
    ASSERT_EQ(stage.established(), 4U);
    const auto& first = stage.peer("127.0.0.11")->table().routes();
    for (int i = 0; i < 4; ++i) {
      const auto* peer = stage.peer("127.0.0." + std::to_string(11 + i));
      EXPECT_EQ(peer->broken(), "");
      EXPECT_EQ(peer->table().routes(), first);
    }
    EXPECT_EQ(stage.command("rib show out").size() - 1, first.size() * 4);
  }, 30);
}

}  // namespace
}  // namespace tandem::conformance
