// What a program may be trusted with beyond its commands (on-exit, await-ready, state-snapshot), and what it says last.
#include <atomic>
#include <boost/json.hpp>
#include <set>

#include "conformance/contract/scene.hpp"
#include "conformance/contract/told.hpp"

namespace tandem::conformance {
namespace {

class OnExit : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(OnExit);
class AwaitReady : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(AwaitReady);
class StateSnapshot : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(StateSnapshot);
class LastWords : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(LastWords);

// Until there are so many instances of a program, and the last one runs.
[[nodiscard]] bool run_until_started(Stage& stage, const std::string& name, std::size_t times) {
  return stage.run_until([&] {
    const auto starts = static_cast<std::size_t>(std::count(stage.program_names.begin(), stage.program_names.end(), name));
    return starts == times && stage.program_running(name) != nullptr;
  });
}

// --- on-exit -------------------------------------------------------------------------------------------------------------------

TEST_P(OnExit, WhatAProgramHasAnnouncedGoesWithItHoweverItEndsAndNothingElse) {
  play([](Stage& stage) {
    constexpr std::size_t k_routes = 2000;
    Scene scene(stage);
    scene.neighbor().routes = {"10.9.0.0/16 next-hop 10.0.0.1"};
    scene.program("p", nullptr, "json", "on-exit withdraw;");
    scene.program("q");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    const RouteTable& table = stage.peer()->table();
    stage.program_running("q")->say(announce("10.3.0.0/16"));
    ASSERT_TRUE(stage.run_until([&] { return table.has("10.3.0.0/16"); }));
    // It ends by itself; in the middle of a line; and is killed with the last one.
    for (std::size_t life = 1; life <= 3; ++life) {
      ASSERT_TRUE(run_until_started(stage, "p", life));
      ScriptedProgram& program = *stage.program_running("p");
      for (std::size_t i = 0; i < k_routes; ++i) program.say(announce(prefix_of(i)));
      ASSERT_TRUE(stage.run_until([&] { return table.size() == k_routes + 2; })) << table.size();
      if (life == 1) program.exit();
      if (life == 2) {
        program.write("peer * announce route 10.1.0.0/16");
        ASSERT_TRUE(stage.run_until([&] { return program.outbox().empty(); }));
        program.exit();
      }
      if (life == 3) break;
      ASSERT_TRUE(stage.run_until([&] { return table.size() == 2; })) << table.size();
    }
    // A reload that no longer names it ends it, too.
    Scene without(stage);
    without.neighbor().routes = scene.at(0).routes;
    without.at(0).connect = scene.at(0).connect;
    without.program("q");
    without.rewrite();
    stage.signal(speaker::Signal::reload);
    EXPECT_TRUE(stage.run_until([&] { return table.size() == 2; })) << table.size();
    EXPECT_TRUE(table.has("10.3.0.0/16"));
    EXPECT_TRUE(table.has("10.9.0.0/16"));
    EXPECT_EQ(stage.peers.size(), 1U) << "the session stays";
  }, 2);
}

// --- await-ready ---------------------------------------------------------------------------------------------------------------

TEST_P(AwaitReady, NoEndOfRibLeavesBeforeTheProgramHasSaidThatItIsReady) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().routes = {"10.9.0.0/16 next-hop 10.0.0.1"};
    scene.at(0).api = {"await-ready;"};
    scene.program("p", nullptr, "json");
    scene.start();
    const auto waits = [&](std::size_t routes) {
      ASSERT_TRUE(stage.run_until([&] { return stage.peer() != nullptr && stage.peer()->table().size() == routes; }));
      stage.run_for(300ms);
      EXPECT_EQ(stage.peer()->ends_of_rib(), 0U);
    };
    waits(1);
    ScriptedProgram& program = *stage.program_running("p");
    program.write(announce("10.1.0.0/16") + "\n" + announce("10.2.0.0/16") + "\nsession ready\n");
    ASSERT_TRUE(stage.run_until([&] { return stage.peer()->ends_of_rib() == 1; }));
    EXPECT_EQ(stage.peer()->table().size(), 3U) << "all that was announced before it";
    EXPECT_EQ(program.count("done"), 3U);
    // It is ready for the sessions that follow ...
    stage.peer()->end(Remote::Ending::close);
    ASSERT_TRUE(stage.run_until([&] { return stage.peers.size() == 2 && stage.peer()->ends_of_rib() == 1; }));
    // ... until it is started again.
    program.exit();
    ASSERT_TRUE(run_until_started(stage, "p", 2));
    stage.peer()->end(Remote::Ending::close);
    ASSERT_TRUE(stage.run_until([&] { return stage.peers.size() == 3; }));
    waits(3);
    stage.program_running("p")->say("session ready");
    EXPECT_TRUE(stage.run_until([&] { return stage.peer()->ends_of_rib() == 1; }));
  }, 3);
}

// --- state-snapshot ------------------------------------------------------------------------------------------------------------

// What a program knows that has believed all its lines, in their order.
struct Belief {
  std::size_t begun = 0, ended = 0;
  std::string state;
  std::set<std::string> routes;

  explicit Belief(const ScriptedProgram& program) {
    for (const std::string& line : program.texts()) {
      boost::system::error_code failed;
      const boost::json::value event = boost::json::parse(line, failed);
      EXPECT_FALSE(failed) << line;
      if (!failed && event.is_object()) take(event.as_object());
    }
  }

 private:
  void take(const boost::json::object& event) {
    if (const auto* snapshot = event.if_contains("snapshot")) ++(*snapshot == "begin" ? begun : ended);
    const auto* neighbor = event.if_contains("neighbor");
    if (neighbor == nullptr) return;
    if (event.at("type") == "state") state = std::string(neighbor->at("state").as_string());
    boost::system::error_code none;
    if (const auto* announced = neighbor->find_pointer("/message/update/announce/ipv4 unicast", none)) {
      for (const auto& next_hop : announced->as_object()) {
        for (const auto& nlri : next_hop.value().as_array()) routes.emplace(nlri.at("nlri").as_string());
      }
    }
    if (const auto* withdrawn = neighbor->find_pointer("/message/update/withdraw/ipv4 unicast", none)) {
      for (const auto& nlri : withdrawn->as_array()) routes.erase(std::string(nlri.at("nlri").as_string()));
    }
  }
};

TEST_P(StateSnapshot, WhoeverStartsAgainKnowsAllThatIsThereWhateverChangesMeanwhile) {
  play([](Stage& stage) {
    constexpr unsigned k_updates = 200;
    Scene scene(stage);
    scene.neighbor().api = {"neighbor-changes;", "receive { parsed; update; }"};
    scene.at(0).statements = {"adj-rib-in true;"};
    scene.program("p", nullptr, "json", "state-snapshot;");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    const auto prefixes = [](unsigned update, unsigned count) {
      std::string out;
      for (unsigned i = 0; i < count; ++i) out += fmt::format("18 1E {:02X} {:02X} ", update, i);
      return out;
    };
    const std::string attributes = "40010100 400200 4003040A000001";
    for (unsigned i = 0; i < k_updates; ++i) stage.peer()->send(update_of("", attributes, prefixes(i, 10)));
    ASSERT_TRUE(stage.run_until([&] { return stage.program_running("p")->containing("\"30.199.0.0/24\"") == 1; }, 60s));
    stage.program_running("p")->exit();
    for (unsigned i = 0; i < k_updates; i += 2) stage.peer()->send(update_of(prefixes(i, 5), attributes, prefixes(i + 1, 11)));
    ASSERT_TRUE(run_until_started(stage, "p", 2));
    const ScriptedProgram& program = *stage.program_running("p");
    constexpr std::size_t k_left = k_updates / 2 * (5 + 11);
    ASSERT_TRUE(stage.run_until([&] { return Belief(program).ended == 1 && Belief(program).routes.size() == k_left; }, 60s)) << Belief(program).routes.size();
    const Belief belief(program);
    EXPECT_EQ(belief.begun, 1U);
    EXPECT_EQ(belief.state, "up");
    EXPECT_TRUE(belief.routes.contains("30.199.10.0/24"));
    EXPECT_FALSE(belief.routes.contains("30.198.4.0/24"));
    EXPECT_NE(program.texts().front().find("\"begin\""), std::string::npos);
  }, 3);
}

// --- last words ----------------------------------------------------------------------------------------------------------------

// What a program wrote before the file that does not name it any more was read is carried out.
TEST_P(LastWords, OfAProgramThatAReloadEndsCount) {
  play([](Stage& stage) {
    std::atomic<bool> reading = false;
    std::atomic<bool> written = false;
    Scene scene(stage);
    scene.neighbor();
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    ScriptedProgram& program = *stage.program_running("p");
    Scene without(stage);
    without.neighbor().connect = scene.at(0).connect;
    without.rewrite();
    std::string lines;
    while (lines.size() < 10'000) lines += announce(prefix_of(static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n')))) + "\n";
    const auto count = static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n'));
    const auto say = [&] {
      program.write(lines);
      ASSERT_TRUE(stage.run_until([&] { return program.outbox().empty(); }));
    };
    if (auto* real = dynamic_cast<RealStage*>(&stage)) {
      // The engine is busy with the file when they are written: it has not read any of them.
      real->before_reading = [&] {
        reading = true;
        while (!written) std::this_thread::yield();
      };
      stage.signal(speaker::Signal::reload);
      ASSERT_TRUE(stage.run_until([&] { return reading.load(); }));
      say();
      written = true;
    } else {
      say();
      stage.signal(speaker::Signal::reload);
    }
    EXPECT_TRUE(stage.run_until([&] { return program.has_closed(); }));
    EXPECT_TRUE(stage.run_until([&] { return stage.peer()->table().size() == count; })) << stage.peer()->table().size() << " of " << count;
    EXPECT_EQ(stage.peers.size(), 1U);
  }, 5);
}

// What it says in its handler of SIGTERM, too. With a kernel it is a shell, as a relay is not the one who speaks.
TEST_P(LastWords, ThatAProgramSaysWhenAReloadTellsItToEndCount) {
  play([](Stage& stage) {
    const std::string first = announce("10.1.0.0/16") + "\n" + announce("10.2.0.0/16") + "\n";
    const std::string last = withdraw("10.1.0.0/16") + "\n" + announce("10.3.0.0/16") + "\n";
    const TemporaryDirectory directory;
    directory.write("p.sh", fmt::format("trap 'printf \"{}\"; exit 0' TERM\nprintf \"{}\"\nwhile :; do sleep 1000 & wait; done\n", last, first));
    std::string run = "/bin/sh " + directory.path() + "/p.sh";
    if (stage.simulated()) {
      run = stage.program("p", [&](ScriptedProgram& program) {
        program.on_start = [&](ScriptedProgram& self, base::TimePoint) { self.write(first); };
        program.on_terminate = [&](ScriptedProgram& self) {
          self.write(last);
          self.exit();
        };
      });
    }
    Scene scene(stage);
    scene.neighbor().api = {"processes [ p ];"};
    const std::string with = process_text("p", run) + scene.text();
    scene.at(0).api.clear();
    scene.at(0).routes = {"10.4.0.0/16 next-hop 10.0.0.1"};
    stage.configuration(with);
    stage.start();
    ASSERT_TRUE(stage.run_until_established());
    const RouteTable& table = stage.peer()->table();
    ASSERT_TRUE(stage.run_until([&] { return table.has("10.1.0.0/16") && table.has("10.2.0.0/16"); }));
    scene.rewrite();
    stage.signal(speaker::Signal::reload);
    EXPECT_TRUE(stage.run_until([&] { return table.has("10.4.0.0/16"); }));
    EXPECT_TRUE(stage.run_until([&] { return table.has("10.3.0.0/16") && !table.has("10.1.0.0/16"); }));
    EXPECT_EQ(table.size(), 3U);
    EXPECT_EQ(stage.peers.size(), 1U) << "the session stays";
  }, 10);
}

}  // namespace
}  // namespace tandem::conformance
