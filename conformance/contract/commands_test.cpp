// Invariants I1 to I7 of docs/contract.md: commands, their order, their answers.
#include <fmt/format.h>

#include <map>

#include "conformance/contract/scene.hpp"

namespace tandem::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Commands : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(Commands);

// A script of batches: each is one write, and the next waits until the last one has been answered and has reached the wire.
const std::vector<std::vector<std::string>> k_batches{
    {announce("10.0.0.0/24"), announce("10.0.1.0/24"), withdraw("10.0.0.0/24"), announce("10.0.1.0/24", "med 5")},
    {announce("10.0.2.0/24"), announce("10.0.3.0/24", "local-preference 7"), announce("10.0.4.0/24")},
    {"rib flush out"},
    {withdraw("10.0.2.0/24"), withdraw("10.0.9.0/24"), announce("10.0.2.0/24", "med 9")},
    {"peer * announce eor ipv4 unicast", announce("10.0.5.0/24"), "peer * announce route-refresh ipv4 unicast"},
    {"rib clear out", announce("10.0.6.0/24")},
};

std::vector<std::string> run_batches(Stage& stage) {
  Scene scene(stage);
  scene.neighbor().capabilities = {"route-refresh;"};
  scene.at(0).routes = {"10.9.0.0/16 next-hop 10.0.0.1", "10.8.0.0/16 next-hop 10.0.0.1", "10.7.0.0/16 next-hop 10.0.0.1 med 2"};
  scene.program("p");
  scene.start();
  EXPECT_TRUE(stage.run_until_established());
  EXPECT_TRUE(stage.run_until([&] { return stage.program_running("p") != nullptr; }));
  if (::testing::Test::HasFailure()) return {};
  auto& program = *stage.program_running("p");
  std::size_t expected = 0;
  for (const auto& batch : k_batches) {
    std::string octets;
    for (const auto& line : batch) octets += line + "\n";
    expected += batch.size();
    program.write(octets);
    EXPECT_TRUE(stage.run_until([&] { return program.count("done") + program.count("error") >= expected; }));
    stage.run_for(150ms);
  }
  EXPECT_EQ(program.count("error"), 0U);
  return lines(*stage.peer());
}

TEST(BothEngines, I01_TheSameBatchesGiveTheSameOctetsOnEveryDriver) {
  std::map<std::string, std::vector<std::string>> transcripts;
  for (const std::string& driver : drivers_to_play()) {
    SCOPED_TRACE(driver);
    const auto stage = Stage::make(driver);
    transcripts[driver] = run_batches(*stage);
    ASSERT_TRUE(stage->stop());
    EXPECT_EQ(transcripts[driver], transcripts["sync"]);
  }
  EXPECT_GT(transcripts["sync"].size(), 10U);
}

TEST(BothEngines, I01_AHundredRepetitionsInAllWeathersAreTheSame) {
  const auto transcript = [](std::uint64_t seed) { return run_batches(*Stage::make("sim", seed)); };
  const std::vector<std::string> first = transcript(1);
  const auto [from, to] = sim::seeds_to_play(100);
  for (std::uint64_t seed = from; seed <= to; ++seed) {
    SCOPED_TRACE(sim::replay_hint(seed));
    ASSERT_EQ(transcript(seed), first);
  }
}

// The announcement and the `clear` that takes it back arrive together: nobody may see the state in between.
void announce_and_clear(Stage& stage, bool chatty, std::size_t repetitions) {
  Scene scene(stage);
  PeerOptions options;
  options.chatty = chatty;
  options.keepalives = chatty;
  scene.neighbor(k_far, options).statements = {"group-updates false;"};
  scene.program("p");
  scene.start();
  ASSERT_TRUE(stage.run_until_established());
  ASSERT_TRUE(stage.run_until([&] { return stage.program_running("p") != nullptr; }));
  auto& program = *stage.program_running("p");
  for (std::size_t i = 0; i < repetitions; ++i) {
    program.write(announce(prefix_of(i)) + "\nrib clear out\n");
    ASSERT_TRUE(stage.run_until([&] { return program.count("done") == 2 * (i + 1); }));
    // The simulator may cut a write in two, which the commands of the next one must not join: those are taken together for 50 ms at most.
    if (stage.simulated()) stage.run_for(20ms);
  }
  stage.run_for(100ms);
  EXPECT_THAT(announced(stage.peer()->transcript()), ElementsAre());
}

TEST_P(Commands, I02_AnAnnouncementTakenBackInTheSameWriteIsNeverSeenByAChattyPeer) {
  const std::size_t repetitions = GetParam() == "sim" ? 100 : 1000;
  play([&](Stage& stage) { announce_and_clear(stage, true, repetitions); });
}

TEST_P(Commands, I02_AnAnnouncementTakenBackInTheSameWriteIsNeverSeenByASilentPeer) {
  const std::size_t repetitions = GetParam() == "sim" ? 100 : 1000;
  play([&](Stage& stage) { announce_and_clear(stage, false, repetitions); });
}

TEST_P(Commands, I02_TwoWritesOneRightAfterTheOtherAreOneChangeToo) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    ASSERT_TRUE(stage.run_until([&] { return stage.program_running("p") != nullptr; }));
    auto& program = *stage.program_running("p");
    program.say(announce("10.1.0.0/16"));
    if (!stage.simulated()) stage.run_until([&] { return program.outbox().empty(); });
    program.say("rib clear out");
    stage.run_for(200ms);
    EXPECT_THAT(announced(stage.peer()->transcript()), ElementsAre());
  });
}

TEST_P(Commands, I03_WhatIsAcknowledgedIsInTheRibAndGoesBeforeWhatCameLater) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    ASSERT_TRUE(stage.run_until([&] { return stage.program_running("p") != nullptr; }));
    auto& program = *stage.program_running("p");
    std::vector<std::string> order;
    for (std::size_t i = 0; i < 30; ++i) {
      order.push_back(prefix_of(30 - i));
      program.say(announce(order.back(), "med " + std::to_string(i + 1)));
      ASSERT_TRUE(stage.run_until([&] { return program.count("done") == 2 * i + 1; }));
      const std::size_t before = program.containing(order.back());
      program.say("rib show out");
      ASSERT_TRUE(stage.run_until([&] { return program.count("done") == 2 * i + 2; }));
      EXPECT_EQ(program.containing(order.back()), before + 1) << order.back();
    }
    ASSERT_TRUE(stage.run_until([&] { return stage.peer()->table().size() == 30; }));
    EXPECT_EQ(announced(stage.peer()->transcript()), order);
  }, 5);
}

TEST_P(Commands, I04_LinesToAProgramAreWholeAndInOrder) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions options;
    options.script = {Step::established()};
    for (std::size_t i = 0; i < 300; ++i) options.script.push_back(Step::send(update({{prefix_of(i)}, std::nullopt, 1})));
    scene.neighbor(k_far, options).api = {"neighbor-changes;", "receive { parsed; update; }"};
    scene.program("p", [](ScriptedProgram& program) {
      for (int i = 0; i < 300; ++i) program.say(i % 2 == 0 ? "system version" : "no such command");
    });
    scene.start();
    ASSERT_TRUE(stage.run_until([&] {
      const auto* program = stage.program_running("p");
      return program != nullptr && program->count("error") == 150 && program->containing("\"type\": \"update\"") >= 300;
    }));
    std::string answers;
    std::size_t update = 0;
    for (const auto& line : stage.program_running("p")->lines()) {
      if (line.text == "done") answers += 'd';
      else if (line.text == "error") answers += 'e';
      else if (line.text.find("\"application\"") != std::string::npos) answers += 'v';
      else {
        ASSERT_THAT(line.text, StartsWith("{"));
        ASSERT_EQ(line.text.back(), '}');
        const bool announcement = line.text.find("\"announce\"") != std::string::npos;
        if (announcement) {
          EXPECT_THAT(line.text, HasSubstr(prefix_of(update++)));
        }
      }
    }
    std::string expected;
    for (int i = 0; i < 150; ++i) expected += "vde";
    EXPECT_EQ(answers, expected);
  }, 5);
}

TEST_P(Commands, I05_AnAnswerThatTakesManyRoundsIsNotOvertaken) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().routes = many_routes(3000, 100);
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    ASSERT_TRUE(stage.run_until([&] { return stage.program_running("p") != nullptr; }));
    auto& program = *stage.program_running("p");
    program.write("rib show out\nsystem version\n");
    ASSERT_TRUE(stage.run_until([&] { return program.count("done") == 2; }));
    const auto texts = program.texts();
    ASSERT_EQ(texts.size(), 3003U);
    EXPECT_EQ(texts[3000], "done");
    EXPECT_THAT(texts[3001], HasSubstr("application"));
  }, 3);
}

// The JSON of all neighbors is one line, written in pieces; what happens while it is under way is told behind it.
TEST_P(Commands, I05_AnAnswerAboutManyNeighborsIsOneWholeLine) {
  play([](Stage& stage) {
    constexpr std::size_t k_neighbors = 1500;
    Scene scene(stage);
    scene.neighbor();
    for (std::size_t i = 1; i < k_neighbors; ++i) {
      NeighborText idle;
      idle.peer = fmt::format("10.9.{}.{}", i / 250, i % 250);
      idle.statements = {"passive;"};
      scene.neighbors().push_back(std::move(idle));
    }
    scene.program("p");
    for (NeighborText& neighbor : scene.neighbors()) neighbor.api = {"neighbor-changes;"};
    scene.start();
    auto& program = *stage.program_running("p");
    program.write("session ack enable\npeer show json\n");
    ASSERT_TRUE(stage.run_until([&] { return program.count("done") == 2; }));
    ASSERT_TRUE(stage.run_until_established());
    const auto texts = program.texts();
    const auto answer = std::find_if(texts.begin(), texts.end(), [](const std::string& line) { return line.starts_with("[ "); });
    ASSERT_NE(answer, texts.end());
    EXPECT_TRUE(answer->ends_with(" ]"));
    std::size_t shown = 0;
    for (std::size_t at = answer->find("\"fsm\""); at != std::string::npos; at = answer->find("\"fsm\"", at + 1)) ++shown;
    EXPECT_EQ(shown, k_neighbors) << answer->substr(0, 600);
    EXPECT_EQ(*(answer + 1), "done");
  }, 1);
}

TEST_P(Commands, I06_AFloodOfOneProgramDoesNotDelayAnother) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.program("flood");
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    ASSERT_TRUE(stage.run_until([&] { return stage.programs.size() == 2; }));
    std::string flood;
    while (flood.size() < 1024 * 1024) flood += "peer * announce route 10.1.0.0/16 next-hop 10.0.0.1\n";
    stage.program_running("flood")->write(flood);
    auto& program = *stage.program_running("p");
    for (std::size_t i = 1; i <= 10; ++i) {
      program.say("system version");
      ASSERT_TRUE(stage.run_until([&] { return program.count("done") == i; }, within(stage, 100ms)));
    }
    EXPECT_EQ(stage.established(), 1U);
  }, 3);
}

TEST_P(Commands, I06_ALineWithoutEndEndsItsProgramAndNobodyElse) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.program("endless", [n = 0](ScriptedProgram& program) mutable {
      if (++n == 1) program.write(std::string(1024 * 1024 + 70000, 'a'));
    });
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    ASSERT_TRUE(stage.run_until([&] { return stage.programs.size() == 3; }));  // the first was ended and started again
    EXPECT_TRUE(stage.run_until([&] { return stage.programs[0]->has_closed() || stage.programs[1]->has_closed(); }));
    auto& program = *stage.program_running("p");
    program.say("system version");
    EXPECT_TRUE(stage.run_until([&] { return program.count("done") == 1; }));
    EXPECT_EQ(stage.established(), 1U);
  }, 3);
}

TEST_P(Commands, I07_EveryCommandIsAnsweredExactlyOnce) {
  const std::vector<std::string> commands{
      "system version",
      "no such command",
      announce("10.1.0.0/16"),
      "peer * announce route 10.1.0.0/16",                      // no next hop
      "peer * announce route 10.1.0.0/99 next-hop 10.0.0.1",    // no such prefix
      "peer * announce route 10.1.0.1/16 next-hop 10.0.0.1",    // host bits
      "peer * announce route 2001:db8::/32 next-hop 2001:db8::1",  // not a family of the neighbor
      "peer * announce route 10.2.0.0/16 next-hop self",
      "peer 192.0.2.99 announce route 10.1.0.0/16 next-hop 10.0.0.1",  // nobody
      "peer * teardown",
      "peer * teardown abc",
      "peer * announce eor",
      "peer * announce eor ipv4 nonsense",
      "peer * announce route-refresh ipv4 unicast",
      "# a comment",
      "",
      "rib show out",
      "rib show in",
      "rib show sideways",
      "rib flush out",
      "rib clear in",
      "peer list",
      "peer show summary",
      "system help",
      "engine",
      "engine nonsense",
      "session ping",
      "peer * announce watchdog nobody",
      std::string("peer * announce route \xff\xfe next-hop 10.0.0.1"),
      std::string(5000, 'x'),
  };
  play([&](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    ASSERT_TRUE(stage.run_until([&] { return stage.program_running("p") != nullptr; }));
    auto& program = *stage.program_running("p");
    const auto answers = [&] { return program.count("done") + program.count("error"); };
    std::size_t expected = 0;
    for (const auto& command : commands) {
      program.say(command);
      ++expected;
      ASSERT_TRUE(stage.run_until([&] { return answers() >= expected; })) << command;
      ASSERT_EQ(answers(), expected) << command;
    }
    std::string all;
    for (const auto& command : commands) all += command + "\n";
    program.write(all);
    expected += commands.size();
    ASSERT_TRUE(stage.run_until([&] { return answers() >= expected; }));
    stage.run_for(50ms);
    EXPECT_EQ(answers(), expected);
    EXPECT_EQ(stage.established(), 1U);
  }, 3);
}

TEST_P(Commands, I07_AcknowledgementsCanBeTurnedOffAndOnAgain) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.program_running("p") != nullptr; }));
    auto& program = *stage.program_running("p");
    program.write("session ack disable\nsystem version\nno such command\nsession ack enable\n# comment\nsession ack silence\nsystem version\n"
                  "session ack enable\n");
    ASSERT_TRUE(stage.run_until([&] { return program.count("done") == 4; }));
    std::vector<std::string> kinds;
    for (const auto& text : program.texts()) kinds.push_back(text == "done" || text == "error" ? text : "data");
    EXPECT_THAT(kinds, ElementsAre("done", "data", "done", "done", "data", "done"));
  });
}

TEST_P(Commands, DoneMeansThatANeighborTookItAndErrorThatNothingHasChanged) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.neighbor("127.0.0.11").families = {"ipv4 multicast"};
    scene.start();
    ASSERT_TRUE(stage.run_until_established(2));
    const auto last = [&](const std::string& line) { return stage.command(line).back(); };
    EXPECT_EQ(last("peer * announce attributes next-hop 10.0.0.1 nlri 10.0.0.0/24 2001:db8::/32"), "error") << "nobody has IPv6";
    EXPECT_EQ(last("peer * announce ipv6 unicast 2001:db8::/32 next-hop 2001:db8::1"), "error");
    EXPECT_EQ(last("peer * withdraw ipv6 unicast 2001:db8::/32"), "error");
    EXPECT_EQ(last("peer * peer-as 64999 announce route 10.0.0.0/24 next-hop 10.0.0.1"), "error") << "nobody is meant";
    EXPECT_EQ(stage.command("rib show out").size(), 1U) << "nothing has changed";
    EXPECT_EQ(last("peer * announce route 10.0.1.0/24 next-hop self"), "done");
    EXPECT_EQ(last("peer * withdraw route 10.0.2.0/24"), "done") << "of what was never announced";
    EXPECT_EQ(last("peer * announce route 10.0.1.0/24 next-hop self"), "done") << "of what is there";
    ASSERT_TRUE(stage.run_until([&] { return !announced(stage.peer(k_far)->transcript()).empty(); }));
    stage.run_for(150ms);
    EXPECT_THAT(announced(stage.peer(k_far)->transcript()), ElementsAre("10.0.1.0/24"));
    EXPECT_THAT(announced(stage.peer("127.0.0.11")->transcript()), ElementsAre());
  }, 3);
}

// printf 'rib show out\n' | nc -N -U ...
TEST_P(Commands, AControlClientThatShutsItsSendingHalfDownGetsItsAnswers) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().routes = many_routes(3000, 100);
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    const auto client = stage.control();
    client->write("rib show out\nno such command\nsystem version\nhalf a li");
    client->fall_silent();
    ASSERT_TRUE(stage.run_until([&] { return client->has_closed(); }));
    EXPECT_EQ(client->lines().size(), 3004U);
    EXPECT_EQ(client->count("done"), 2U);
    EXPECT_EQ(client->count("error"), 1U);
    const auto idle = stage.control();
    idle->fall_silent();
    EXPECT_TRUE(stage.run_until([&] { return idle->has_closed(); }));
    EXPECT_EQ(stage.command("peer list").back(), "done");
  }, 5);
}

}  // namespace
}  // namespace tandem::conformance
