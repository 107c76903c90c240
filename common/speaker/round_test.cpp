// The order of a round, and what wakes it (I26, I32).
#include <gtest/gtest.h>

#include <algorithm>

#include "common/speaker/test_support.hpp"

namespace tandem::speaker {
namespace {

using namespace test;

struct Recorder final : LoopObserver {
  Lines seen;
  void round_step(RoundStep step, TimePoint) override { seen.emplace_back(to_string(step)); }
  void turn(std::string_view peer, std::size_t, std::size_t, TimePoint) override {
    seen.push_back("turn " + std::string(peer.substr(9, peer.find(' ', 9) - 9)));
  }
};

TEST(Round, DoesItsStepsInOrder) {
  Scene scene(neighbor());
  scene.start();
  Recorder recorder;
  scene.daemon->set_observer(&recorder);
  scene.daemon->round(scene.now);
  EXPECT_EQ(recorder.seen, (Lines{"signals", "accepts", "peers", "commands", "callbacks", "flush"}));
}

TEST(Round, GivesEveryPeerThatIsDueOneTurnInTheOrderOfTheFile) {
  Scene scene(neighbor({}, "10.0.0.5") + neighbor({}, "10.0.0.4") + neighbor({}, "10.0.0.3"));
  scene.start();
  Recorder recorder;
  scene.daemon->set_observer(&recorder);
  scene.daemon->peers().all()[2]->mark_due();
  scene.daemon->peers().all()[0]->mark_due();
  scene.daemon->round(scene.now);
  EXPECT_EQ(recorder.seen, (Lines{"signals", "accepts", "peers", "turn 10.0.0.5", "turn 10.0.0.3", "commands", "callbacks", "flush"}));
}

TEST(Round, WithoutAnythingToDoAsksForNoOther) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  EXPECT_FALSE(scene.daemon->round(scene.now));
}

TEST(Round, OfAnIdleSessionIsNeededForItsTimersOnly) {
  Scene scene(neighbor("hold-time 30;"));
  scene.start();
  scene.establish_quiet();
  const std::size_t before = scene.rounds;
  scene.advance(29s);
  EXPECT_LE(scene.rounds - before, 8U);  // two KEEPALIVEs
}

TEST(Round, CountsASignalOnceHoweverOftenItCame) {
  Scene scene(process() + neighbor(api("signal;")));
  scene.start();
  for (int i = 0; i < 3; ++i) scene.daemon->signal(Signal::reload);
  scene.settle();
  EXPECT_EQ(Scene::lines(scene.wire("p")).size(), 1U);
}

TEST(Round, DoesNotDependOnHowTheInputWasCut) {
  const std::string commands =
      "announce route 10.1.0.0/16 next-hop 10.0.0.2\nwithdraw route 10.1.0.0/16 next-hop 10.0.0.2\n"
      "announce route 10.2.0.0/16 next-hop 10.0.0.2 med 5\nannounce eor ipv4 unicast\n";
  Lines whole;
  for (const std::size_t piece : {commands.size(), std::size_t{1}, std::size_t{7}}) {
    Scene scene(process() + neighbor(api() + routes("10.7.0.0/16")));
    scene.start();
    Wire& wire = scene.establish_quiet();
    for (std::size_t at = 0; at < commands.size(); at += piece) scene.say(scene.wire("p"), commands.substr(at, piece));
    scene.advance(1s);
    const Lines sent = Scene::take(wire);
    if (whole.empty()) whole = sent;
    EXPECT_EQ(sent, whole) << piece;
    EXPECT_EQ(sent.size(), 3U);
  }
}

TEST(Round, AnswersAnEngineRequestWhenTheOtherEngineRuns) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  scene.daemon->engine_started("sync", scene.now);
  scene.say(scene.wire("p"), "engine async\nsystem api version\n");
  EXPECT_EQ(scene.daemon->exit(), Exit::switch_engine);
  EXPECT_EQ(scene.daemon->engine().wanted(), "async");
  EXPECT_EQ(Scene::lines(scene.wire("p")), Lines());
  scene.daemon->engine_started("async", scene.now);
  EXPECT_FALSE(scene.daemon->exit());
  scene.settle();
  const Lines answers = Scene::lines(scene.wire("p"));
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[0], "done");
  EXPECT_EQ(scene.daemon->engine().switches(), 1U);
}

TEST(Round, TellsWhoeverAskedWhyTheOtherEngineCannotBegin) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  scene.daemon->engine_started("sync", scene.now);
  const base::TimePoint since = scene.daemon->engine().since();
  scene.say(scene.wire("p"), "engine async\n");
  scene.now += 1s;
  scene.daemon->engine_started("async", scene.now);
  scene.daemon->engine().refused("no descriptor is left");
  EXPECT_FALSE(scene.daemon->exit());
  scene.settle();
  EXPECT_EQ(Scene::lines(scene.wire("p")), (Lines{"error: engine async cannot begin: no descriptor is left", "error"}));
  EXPECT_EQ(scene.daemon->engine().name(), "sync");
  EXPECT_EQ(scene.daemon->engine().since(), since);
  EXPECT_EQ(scene.daemon->engine().switches(), 0U);
  EXPECT_FALSE(scene.daemon->exit());
}

TEST(Round, AnswersAnEngineRequestThatAShutdownOverrides) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  scene.establish_quiet();
  scene.daemon->engine_started("sync", scene.now);
  scene.daemon->signal(Signal::terminate);
  scene.say(scene.wire("p"), "engine async\n");
  EXPECT_NE(scene.daemon->exit(), Exit::switch_engine);
  const Lines answers = Scene::lines(scene.wire("p"));
  EXPECT_EQ(std::count(answers.begin(), answers.end(), "done"), 0);
}

TEST(Round, RefusesAnEngineItDoesNotKnow) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  scene.daemon->engine_started("sync", scene.now);
  scene.say(scene.wire("p"), "engine warp\n");
  EXPECT_FALSE(scene.daemon->exit());
}

}  // namespace
}  // namespace tandem::speaker
