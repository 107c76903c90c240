// A trial of the other engine on a running speaker: sessions stay, it goes back by itself, and the answer says what was measured.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "conformance/contract/scene.hpp"

namespace tandem::conformance {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;

class EngineTrial : public EachEngine {
 protected:
  // A speaker with a session, routes both ways, and somebody who asks for trials.
  struct Play {
    explicit Play(Stage& stage) : stage(stage), scene(stage) {}
    void start(PeerOptions options = {}, std::uint16_t hold_time = 180) {
      scene.neighbor(k_far, std::move(options)).routes = many_routes(100);
      scene.at(0).hold_time = hold_time;
      scene.at(0).api = {"engine-changes;"};
      scene.program("p", nullptr, "json");
      scene.start();
      if (::testing::Test::HasFatalFailure()) return;
      ASSERT_TRUE(stage.run_until_established());
      client = stage.control();
      ASSERT_NE(client, nullptr);
    }
    void ask(const std::string& more) { client->say(fmt::format("engine trial {} {}", another_engine(stage.engine()), more)); }
    // The last answer of the client: the report in front of its end.
    json::object report(const std::string& end) {
      EXPECT_TRUE(stage.run_until([&] { return client->count(end) == 1; }, 30s)) << end;
      for (auto line = client->lines().rbegin(); line != client->lines().rend(); ++line) {
        if (line->text.starts_with("{ \"engine\"")) return json::parse(line->text).as_object();
      }
      ADD_FAILURE() << "no report";
      return {};
    }
    [[nodiscard]] std::string runs() { return std::string(json::parse(stage.command("engine")[0]).at("engine").as_string()); }

    Stage& stage;
    Scene scene;
    std::shared_ptr<ScriptedProgram> client;
  };
};
TANDEM_ON_EVERY_DRIVER(EngineTrial);

TEST_P(EngineTrial, GoesBackAfterItsTimeAndTheSessionHasNoticedNothing) {
  play([](Stage& stage) {
    Play play(stage);
    play.start();
    if (HasFatalFailure()) return;
    play.ask("for 1s unless sessions lost unless hold margin below 10%");
    ASSERT_TRUE(stage.run_until([&] { return play.runs() == another_engine(stage.engine()); }));
    stage.peer()->send(update({{"30.0.0.0/24"}, std::nullopt, 1}));
    const json::object report = play.report("done");
    EXPECT_EQ(report.at("result"), "returned");
    EXPECT_EQ(report.at("engine"), json::string(another_engine(stage.engine())));
    EXPECT_GT(report.at("during").at("rounds").to_number<double>(), 0);
    EXPECT_GE(report.at("during").at("seconds").to_number<double>(), 1);
    EXPECT_EQ(report.at("unless").as_array().size(), 2U);
    EXPECT_EQ(play.runs(), stage.engine());
    EXPECT_EQ(stage.command("rib show in").size(), 2U) << "what came meanwhile is there";
    EXPECT_EQ(stage.peers.size(), 1U);
    EXPECT_FALSE(stage.peer()->has_closed());
    EXPECT_EQ(stage.peer()->table().size(), 100U);
  });
}

TEST_P(EngineTrial, StaysWhereThatIsWanted) {
  play([](Stage& stage) {
    Play play(stage);
    play.start();
    if (HasFatalFailure()) return;
    play.ask("for 1s then keep");
    EXPECT_EQ(play.report("done").at("result"), "kept");
    EXPECT_EQ(play.runs(), another_engine(stage.engine()));
    EXPECT_FALSE(stage.peer()->has_closed());
    auto& program = *stage.program_running("p");
    EXPECT_TRUE(stage.run_until([&] { return program.containing("\"type\": \"engine\"") == 1; })) << "it is told of the switch, once";
  });
}

TEST_P(EngineTrial, ASessionThatIsLostBringsTheOtherEngineBack) {
  play([](Stage& stage) {
    PeerOptions silent;
    silent.keepalives = false;
    Play play(stage);
    play.start(silent, 3);
    if (HasFatalFailure()) return;
    play.ask("for 60s unless sessions lost then keep");
    const json::object report = play.report("error");
    EXPECT_EQ(report.at("result"), "rolled back");
    EXPECT_THAT(json::serialize(report.at("during").at("lost")), HasSubstr("NOTIFICATION sent (4,0)"));
    EXPECT_EQ(play.runs(), stage.engine());
  });
}

TEST_P(EngineTrial, APeerThatGoesAwayIsNoReason) {
  play([](Stage& stage) {
    Play play(stage);
    play.start();
    if (HasFatalFailure()) return;
    play.ask("for 2s unless sessions lost then keep");
    ASSERT_TRUE(stage.run_until([&] { return play.runs() == another_engine(stage.engine()); }));
    stage.peer()->end(Remote::Ending::close);
    ASSERT_TRUE(stage.run_until([&] { return stage.peers[0]->has_closed(); }));
    EXPECT_EQ(play.report("done").at("result"), "kept");
  }, 3);
}

TEST_P(EngineTrial, StoppedItGoesBackAtOnce) {
  play([](Stage& stage) {
    Play play(stage);
    play.start();
    if (HasFatalFailure()) return;
    play.ask("for 1h then keep");
    ASSERT_TRUE(stage.run_until([&] { return play.runs() == another_engine(stage.engine()); }));
    EXPECT_EQ(stage.command("engine " + stage.engine()).back(), "error") << "it is under way";
    EXPECT_EQ(stage.command("engine trial stop").back(), "done");
    EXPECT_EQ(play.report("done").at("result"), "stopped");
    EXPECT_EQ(play.runs(), stage.engine());
    EXPECT_EQ(stage.command("engine trial status").back(), "done");
  });
}

TEST_P(EngineTrial, AShutdownDoesNotWaitForIt) {
  play([](Stage& stage) {
    Play play(stage);
    play.start();
    if (HasFatalFailure()) return;
    play.ask("for 1h");
    ASSERT_TRUE(stage.run_until([&] { return play.runs() == another_engine(stage.engine()); }));
    EXPECT_TRUE(stage.stop(6s));
  }, 3);
}

class EngineTrialOnRealEngines : public EngineTrial {};
TANDEM_ON_REAL_ENGINES(EngineTrialOnRealEngines);

TEST_P(EngineTrialOnRealEngines, ALoopThatStandsStillIsLate) {
  play([](Stage& stage) {
    Play play(stage);
    play.start();
    if (HasFatalFailure()) return;
    play.ask("for 60s unless lag 300ms then keep");
    ASSERT_TRUE(stage.run_until([&] { return dynamic_cast<RealStage&>(stage).engine_starts() == 2; }));
    {
      const std::lock_guard still(stage.watcher().gate);
      stage.run_for(1500ms);  // the trial looks every second, and is late for it
    }
    const json::object report = play.report("error");
    EXPECT_EQ(report.at("result"), "rolled back");
    EXPECT_THAT(std::string(report.at("reason").as_string()), HasSubstr("lag 300.0 ms"));
    EXPECT_GE(report.at("during").at("lag_longest").to_number<double>(), 0.3);
    EXPECT_EQ(play.runs(), stage.engine());
    EXPECT_FALSE(stage.peer()->has_closed());
  });
}

TEST_P(EngineTrialOnRealEngines, AnEngineThatCannotGoOnGivesTheSessionsBack) {
  play([](Stage& stage) {
    Play play(stage);
    play.start();
    if (HasFatalFailure()) return;
    play.ask("for 60s then keep");
    ASSERT_TRUE(stage.run_until([&] { return dynamic_cast<RealStage&>(stage).engine_starts() == 2; }));
    stage.watcher().breaks = true;
    stage.peer()->send(update({{"30.0.0.0/24"}, std::nullopt, 1}));
    const json::object report = play.report("error");
    EXPECT_EQ(report.at("result"), "rolled back");
    EXPECT_THAT(std::string(report.at("reason").as_string()), HasSubstr("cannot go on"));
    EXPECT_EQ(play.runs(), stage.engine());
    EXPECT_EQ(stage.command("rib show in").size(), 2U);
    EXPECT_EQ(stage.peers.size(), 1U);
    EXPECT_FALSE(stage.peer()->has_closed());
  });
}

TEST_P(EngineTrialOnRealEngines, WhatIsMeasuredIsTheLoopOfTheEngineThatRuns) {
  play([](Stage& stage) {
    Play play(stage);
    play.start();
    if (HasFatalFailure()) return;
    {
      const std::lock_guard still(stage.watcher().gate);
      stage.peer()->send(update({{"30.0.0.0/24"}, std::nullopt, 1}));
      stage.run_for(200ms);
    }
    const json::value measured = json::parse(stage.command("engine")[0]).at("measured");
    EXPECT_GT(measured.at("memory").to_number<double>(), 1e6);
    EXPECT_GT(measured.at("processor").to_number<double>(), 0);
    EXPECT_GT(measured.at("wake_ups").to_number<double>(), 0);
    EXPECT_GT(measured.at("lag_longest").to_number<double>(), 0);
    EXPECT_EQ(measured.at("sessions_lost").to_number<int>(), 0);
  });
}

}  // namespace
}  // namespace tandem::conformance
