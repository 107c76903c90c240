// A trial: the other engine for a while, and the way back, by itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "common/speaker/test_support.hpp"

namespace tandem::speaker {
namespace {

using namespace test;
using ::testing::Contains;
using ::testing::HasSubstr;

struct TrialTest : ::testing::Test {
  std::unique_ptr<Scene> scene;
  Wire* session = nullptr;
  Wire* client = nullptr;

  void begin(const std::string& command, const std::string& configuration = neighbor("hold-time 30;")) {
    scene = std::make_unique<Scene>(configuration);
    scene->start();
    scene->daemon->engine_started("sync", scene->now);
    session = &scene->establish_quiet();
    client = &scene->control();
    scene->say(*client, "session reasons enable\nsession text enable\n");
    Scene::lines(*client);
    scene->advance(6s);
    scene->say(*client, command + "\n");
  }
  // What the program does when the speaker wants another engine.
  void switch_engines() {
    ASSERT_EQ(scene->daemon->exit(), Exit::switch_engine);
    scene->daemon->engine_started(scene->daemon->engine().wanted(), scene->now);
    scene->settle();
  }
  // Time passes, and the peer says what keeps the session.
  void live(base::Duration time) {
    const TimePoint end = scene->now + time;
    while (scene->now < end && !scene->daemon->exit()) {
      scene->advance(std::min<base::Duration>(5s, end - scene->now));
      if (session->channel != nullptr) scene->hear(*session, keepalive());
    }
  }
  [[nodiscard]] std::string engine() const { return scene->daemon->engine().name(); }
  [[nodiscard]] std::string said() { return fmt::format("{}", fmt::join(Scene::lines(*client), "\n")); }
  std::string command(const std::string& line) {
    Wire& other = scene->control();
    scene->say(other, "session text enable\n");
    Scene::lines(other);
    scene->say(other, line + "\n");
    return fmt::format("{}", fmt::join(Scene::lines(other), "\n"));
  }
};

TEST_F(TrialTest, AfterItsTimeTheEngineBeforeRunsAgain) {
  begin("engine trial async for 60s");
  switch_engines();
  EXPECT_EQ(engine(), "async");
  live(59s);
  EXPECT_EQ(engine(), "async");
  EXPECT_EQ(scene->daemon->exit(), std::nullopt);
  live(1s);
  switch_engines();
  EXPECT_EQ(engine(), "sync");
  const std::string answer = said();
  EXPECT_THAT(answer, HasSubstr("trial of async instead of sync: returned, 60.0 s of 60 s\n"));
  EXPECT_THAT(answer, ::testing::EndsWith("done"));
  EXPECT_NE(session->channel, nullptr) << "the session is as it was";
}

TEST_F(TrialTest, ALookInBetweenDoesNotPostponeItsEnd) {
  begin("engine trial async for 60s unless sessions lost then keep");
  switch_engines();
  live(59500ms);
  scene->daemon->measurements().hold_margin(0.01);  // worse than ever: it is looked at now, and again in a second
  scene->settle();
  live(500ms);
  EXPECT_THAT(said(), HasSubstr("kept, 60.0 s of 60 s"));
}

TEST_F(TrialTest, ItStaysWhereThatIsAskedFor) {
  begin("engine trial async for 60s then keep");
  switch_engines();
  live(61s);
  EXPECT_EQ(scene->daemon->exit(), std::nullopt);
  EXPECT_EQ(engine(), "async");
  EXPECT_THAT(said(), HasSubstr("kept, 60.0 s of 60 s"));
  EXPECT_FALSE(scene->daemon->deadline() <= scene->now + 1s) << "nobody looks any more";
}

TEST_F(TrialTest, WhoWaitsIsToldHowItStandsBeforeClientsLoseTheirPatience) {
  begin("engine trial async for 60s");
  switch_engines();
  EXPECT_THAT(said(), HasSubstr("watching, 0.0 s of 60 s, then back"));
  live(4s);
  EXPECT_THAT(said(), HasSubstr("watching, 3.0 s of 60 s"));
}

TEST_F(TrialTest, ASessionThatOurOwnTimerEndsRollsItBack) {
  begin("engine trial async for 600s unless sessions lost then keep");
  switch_engines();
  scene->advance(31s);  // nobody says anything
  switch_engines();
  EXPECT_EQ(engine(), "sync");
  const std::string answer = said();
  EXPECT_THAT(answer, HasSubstr("rolled back"));
  EXPECT_THAT(answer, HasSubstr("NOTIFICATION sent (4,0)"));
  EXPECT_THAT(answer, ::testing::EndsWith("error"));
}

TEST_F(TrialTest, APeerThatGoesAwayDoesNot) {
  const std::pair<const char*, std::function<void(TrialTest&)>> k_ends[] = {
      {"closes", [](TrialTest& test) { test.scene->end(*test.session); }},
      {"Cease", [](TrialTest& test) { test.scene->hear(*test.session, notification(6, 2)); }},
      {"we", [](TrialTest& test) { test.command("neighbor 10.0.0.3 teardown 4"); }},
  };
  for (const auto& [name, end] : k_ends) {
    SCOPED_TRACE(name);
    begin("engine trial async for 60s unless sessions lost then keep");
    switch_engines();
    end(*this);
    session->channel = nullptr;
    scene->advance(61s);
    EXPECT_EQ(engine(), "async");
    EXPECT_THAT(said(), HasSubstr("kept"));
  }
}

TEST_F(TrialTest, ANotificationThatSaysOurOctetsWereWrongDoes) {
  begin("engine trial async for 60s unless sessions lost then keep");
  switch_engines();
  scene->hear(*session, notification(1, 1));
  switch_engines();
  EXPECT_THAT(said(), HasSubstr("NOTIFICATION received (1,1)"));
}

TEST_F(TrialTest, ALateLoopRollsItBackAtOnce) {
  begin("engine trial async for 60s unless lag 100ms");
  switch_engines();
  scene->daemon->waiting(scene->now + 1s, scene->now);
  scene->now += 1200ms;
  scene->settle();
  switch_engines();
  EXPECT_EQ(engine(), "sync");
  EXPECT_THAT(said(), HasSubstr("rolled back, 1.2 s of 60 s (lag 100.0 ms: 200.0 ms)"));
}

TEST_F(TrialTest, AThinHoldMarginRollsItBack) {
  begin("engine trial async for 60s unless hold margin below 30%");
  switch_engines();
  live(5s);
  EXPECT_EQ(scene->daemon->exit(), std::nullopt);
  scene->advance(23s);
  scene->hear(*session, keepalive());
  switch_engines();
  EXPECT_THAT(said(), HasSubstr("hold margin below 30.0 %: 23.3 %"));
}

TEST_F(TrialTest, AnEngineThatCannotBeginIsRefusedAndNothingHasHappened) {
  begin("engine trial async for 60s");
  ASSERT_EQ(scene->daemon->exit(), Exit::switch_engine);
  scene->daemon->engine_started("async", scene->now);
  scene->daemon->engine().refused("no descriptor is left");
  scene->settle();
  EXPECT_EQ(engine(), "sync");
  const std::string answer = said();
  EXPECT_THAT(answer, HasSubstr("refused"));
  EXPECT_THAT(answer, HasSubstr("error: engine async cannot begin: no descriptor is left"));
}

TEST_F(TrialTest, AnEngineThatCannotGoOnIsRolledBack) {
  begin("engine trial async for 60s then keep");
  switch_engines();
  live(7s);
  ASSERT_TRUE(scene->daemon->engine_failed());
  scene->daemon->engine_started(scene->daemon->engine().wanted(), scene->now);
  scene->settle();
  EXPECT_EQ(engine(), "sync");
  EXPECT_THAT(said(), HasSubstr("rolled back, 7.0 s of 60 s (engine async cannot go on)"));
  EXPECT_FALSE(scene->daemon->engine_failed()) << "there is none to go back to";
}

TEST_F(TrialTest, ThereIsOneAtATimeAndNoOtherSwitchMeanwhile) {
  begin("engine trial async for 60s");
  switch_engines();
  EXPECT_THAT(command("engine trial async for 5s"), HasSubstr("error: a trial of async is under way: 'engine trial stop' ends it"));
  EXPECT_THAT(command("engine sync"), HasSubstr("error: a trial is under way: 'engine trial stop' ends it"));
  EXPECT_EQ(scene->daemon->exit(), std::nullopt);
  EXPECT_THAT(command("engine trial status"), HasSubstr("watching"));
}

TEST_F(TrialTest, StoppedItGoesBackAndBothWhoAskAreAnswered) {
  begin("engine trial async for 60s");
  switch_engines();
  live(10s);
  Wire& other = scene->control();
  scene->say(other, "session text enable\nengine trial stop\n");
  switch_engines();
  EXPECT_EQ(engine(), "sync");
  EXPECT_THAT(said(), HasSubstr("stopped, 10.0 s of 60 s"));
  EXPECT_THAT(Scene::lines(other), Contains(HasSubstr("stopped, 10.0 s of 60 s")));
  EXPECT_THAT(command("engine trial stop"), HasSubstr("error: no trial is under way"));
}

TEST_F(TrialTest, GoesOnWithoutWhoeverBeganIt) {
  begin("engine trial async for 60s");
  switch_engines();
  scene->end(*client);
  live(60s);
  switch_engines();
  EXPECT_EQ(engine(), "sync");
  EXPECT_THAT(command("engine trial status"), HasSubstr("returned"));
}

TEST_F(TrialTest, IsOfAnotherEngineAndComparesWithEnough) {
  begin("engine trial sync for 60s");
  EXPECT_THAT(said(), HasSubstr("error: engine sync runs already: a trial is of another one"));
  scene->daemon->engine_started("sync", scene->now);
  scene->settle();
  EXPECT_THAT(command("engine trial async for 60s unless cpu factor 2"),
              HasSubstr("error: unless cpu factor: engine sync has run for 0.0 s only, and 5 s are needed to compare with"));
  EXPECT_EQ(scene->daemon->exit(), std::nullopt);
}

TEST_F(TrialTest, ProgramsThatAskForItAreToldOnceOfEachSwitchAndWhy) {
  begin("engine trial async for 600s unless sessions lost then keep",
        process() + neighbor("hold-time 30;" + api("engine-changes;")) + neighbor(api("engine-changes;"), "10.0.0.9"));
  Wire& program = scene->wire("p");
  const auto told = [&program] {
    Lines events;
    for (const std::string& line : Scene::lines(program)) {
      if (line.find("\"type\": \"engine\"") != std::string::npos) events.push_back(line.substr(line.find("\"engine\": {")));
    }
    return events;
  };
  EXPECT_EQ(told(), Lines{}) << "the first engine is no change";
  switch_engines();
  EXPECT_EQ(told(), Lines{R"("engine": { "name": "async", "before": "sync", "reason": "trial", "detail": "" } })"});
  scene->advance(31s);
  switch_engines();
  const Lines back = told();
  ASSERT_EQ(back.size(), 1U);
  EXPECT_THAT(back[0], HasSubstr(R"("engine": { "name": "sync", "before": "async", "reason": "rolled back", "detail": "sessions lost: 1, neighbor 10.0.0.3)"));
  command("engine async");
  switch_engines();
  EXPECT_EQ(told(), Lines{R"("engine": { "name": "async", "before": "sync", "reason": "command", "detail": "" } })"});
}

TEST_F(TrialTest, EndsWithTheDaemonWhichIsNotKeptFromIt) {
  begin("engine trial async for 60s");
  switch_engines();
  scene->daemon->signal(Signal::terminate);
  scene->settle();
  scene->advance(4s);
  EXPECT_EQ(scene->daemon->exit(), Exit::stop);
}

}  // namespace
}  // namespace tandem::speaker
