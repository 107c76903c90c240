// Whom a command reaches, what it says when it is refused, and that a refusal changes nothing.
#include "conformance/contract/scene.hpp"

namespace tandem::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Selection : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(Selection);
class Refusals : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(Refusals);

// Three neighbors: 127.0.0.11 of AS 65001 (ours), 127.0.0.12 of 65002, 127.0.0.13 of 65003.
const std::vector<std::string> k_three{"127.0.0.11", "127.0.0.12", "127.0.0.13"};

void three_neighbors(Scene& scene) {
  for (std::uint32_t i = 0; i < k_three.size(); ++i) {
    const std::uint32_t as = 65001 + i;
    PeerOptions options;
    if (as != 65001) options.mirror.as = base::Asn{as};
    scene.neighbor(k_three[i], options).peer_as = std::to_string(as);
  }
}

TEST_P(Selection, EveryTermNarrowsAndAListIsAUnion) {
  struct Case {
    std::string selector;  // "*": what stands before the command
    std::string reached;   // which of the three, by their last digit
  };
  const std::vector<Case> cases{
      {"peer *", "123"},
      {"neighbor * peer-as 65003", "3"},
      {"peer * peer-as 65003", "3"},
      {"peer * local-as 65001 peer-as 65002", "2"},
      {"neighbor 127.0.0.11 peer-as 65001", "1"},
      {"neighbor 127.0.0.11, neighbor 127.0.0.13", "13"},
      {"peer [ 127.0.0.11, 127.0.0.12 peer-as 65002 ]", "12"},
      {"neighbor * peer-as 65002, neighbor 127.0.0.11", "12"},
      {"neighbor 127.0.0.11, neighbor 127.0.0.12 neighbor *", "12"},  // as old health checkers write it
  };
  const std::vector<std::string> refused{"peer * peer-as 65009", "peer 127.0.0.11 peer-as 65003", "peer * peer-as x", "neighbor * router-id 1", "peer 127.0.0.19"};
  play([&](Stage& stage) {
    Scene scene(stage);
    three_neighbors(scene);
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established(3));
    for (const auto& selector : refused) EXPECT_THAT(stage.command(selector + " announce route 10.99.0.0/16 next-hop 10.0.0.1"), ElementsAre("error")) << selector;
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const std::string prefix = "10." + std::to_string(i) + ".0.0/16";
      EXPECT_THAT(stage.command(cases[i].selector + " announce route " + prefix + " next-hop 10.0.0.1"), ElementsAre("done")) << cases[i].selector;
    }
    // What is announced to all comes behind all that came before it.
    EXPECT_THAT(stage.command("peer * announce route 10.100.0.0/16 next-hop 10.0.0.1"), ElementsAre("done"));
    const auto all_have_it = [&] { return std::all_of(k_three.begin(), k_three.end(), [&](const auto& address) { return stage.peer(address)->table().has("10.100.0.0/16"); }); };
    ASSERT_TRUE(stage.run_until(all_have_it));
    for (std::size_t i = 0; i < cases.size(); ++i) {
      std::string reached;
      for (const auto& address : k_three) {
        if (stage.peer(address)->table().has("10." + std::to_string(i) + ".0.0/16")) reached += address.back();
      }
      EXPECT_EQ(reached, cases[i].reached) << cases[i].selector;
    }
    for (const auto& address : k_three) EXPECT_FALSE(stage.peer(address)->table().has("10.99.0.0/16")) << address;
  }, 2);
}

TEST_P(Refusals, AreReasonedToWhomAskedForItAndBareToEverybodyElse) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.program("curious");
    scene.program("old");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    auto& curious = *stage.program_running("curious");
    auto& old = *stage.program_running("old");
    curious.say("session reasons enable");
    ASSERT_TRUE(stage.run_until([&] { return curious.count("done") == 1; }));
    for (auto* program : {&curious, &old}) {
      program->write("nonsense\npeer 192.0.2.1 teardown 4\nannounce route 10.0.0.1/24 next-hop 10.0.0.1\nsystem version\n");
    }
    ASSERT_TRUE(stage.run_until([&] { return curious.count("done") == 2 && old.count("done") == 1; }));
    EXPECT_EQ(curious.count("error"), 3U);
    EXPECT_EQ(curious.containing("error: "), 3U);
    EXPECT_EQ(curious.containing("unknown command 'nonsense'"), 1U);
    EXPECT_EQ(curious.containing("no neighbor matches the selector"), 1U);
    EXPECT_EQ(curious.containing("10.0.0.1/24"), 1U);
    const auto texts = old.texts();
    ASSERT_GE(texts.size(), 3U);
    EXPECT_EQ(texts[0], "error");
    EXPECT_EQ(texts[1], "error");
    EXPECT_EQ(old.containing("unknown command"), 0U);
  }, 3);
}

TEST_P(Refusals, SurplusWordsBehindACommandAreAnErrorAndChangeNothing) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    for (const auto* line : {"shutdown now", "daemon shutdown please", "reload again", "restart once more", "peer * teardown 4 quickly", "peer * announce eor ipv4 unicast twice"}) {
      EXPECT_THAT(stage.command(line), ElementsAre("error")) << line;
    }
    EXPECT_THAT(stage.command("peer * announce route 10.0.0.0/24 next-hop 10.0.0.1 json sync"), ::testing::Contains("done")) << "two words for the answer are not surplus";
    ASSERT_TRUE(stage.run_until([&] { return stage.peer()->table().has("10.0.0.0/24"); }));
    EXPECT_FALSE(stage.stopped());
    EXPECT_EQ(stage.peers.size(), 1U) << "nothing was torn down";
    EXPECT_THAT(stage.command("shutdown"), ::testing::Contains("done"));
    EXPECT_TRUE(stage.run_until([&] { return stage.stopped(); }));
  }, 2);
}

TEST_P(Refusals, ARestartByCommandTellsPeersThatItIsOne) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    const auto first = stage.peers.back();
    EXPECT_THAT(stage.command("restart"), ::testing::Contains("done"));
    ASSERT_TRUE(stage.run_until([&] { return first->has_closed(); }));
    EXPECT_EQ(describe(first->transcript().back().bytes).substr(5, 7), "03 0604");
    EXPECT_TRUE(stage.run_until([&] { return stage.peers.size() == 2 && stage.established() == 1; }));
  }, 3);
}

class Shown : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(Shown);

TEST_P(Shown, ANeighborThatNeverCameUpHasBeenDownSinceTheStart) {
  play([](Stage& stage) {
    Scene scene(stage);
    stage.settings.api_version = 4;
    scene.neighbor();
    stage.forget_peer_at(k_far);
    scene.program("p");
    scene.start();
    stage.run_for(2100ms);
    const auto lines = stage.command("show neighbor extensive");
    const auto down = std::find_if(lines.begin(), lines.end(), [](const std::string& line) { return line.find("down for") != std::string::npos; });
    ASSERT_NE(down, lines.end()) << ::testing::PrintToString(lines);
    EXPECT_THAT(*down, HasSubstr("0:00:0"));
    EXPECT_EQ(down->find("0:00:00"), std::string::npos) << *down;
  }, 2);
}

// The table comes in pieces: others are answered while it is written to somebody who is slow to read.
TEST_P(Shown, TheSummaryOfManyNeighborsHoldsNobodyUp) {
  static constexpr std::size_t k_neighbors = 4000;
  play([](Stage& stage) {
    stage.settings.api_version = 4;
    Scene scene(stage);
    scene.program("p");
    scene.neighbor();
    std::string many;
    for (std::size_t i = 0; i < k_neighbors; ++i) {
      NeighborText text;
      text.peer = "10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1);
      text.statements = {"passive;"};
      many += to_text(text);
    }
    stage.configuration(scene.text() + many);
    stage.start();
    const auto slow = stage.control();
    ASSERT_TRUE(stage.run_until([&] { return slow->has_started(); }));
    slow->set_reading(false);
    slow->say("show neighbor summary");
    for (int i = 0; i < 3; ++i) EXPECT_THAT(stage.command("system version"), ::testing::Contains("done"));
    EXPECT_THAT(slow->lines(), IsEmpty());
    slow->set_reading(true);
    ASSERT_TRUE(stage.run_until([&] { return slow->count("done") == 1; }));
    EXPECT_EQ(slow->containing("10.1."), k_neighbors);
  }, 1);
}

}  // namespace
}  // namespace tandem::conformance
