// When what commands have changed leaves: as soon as it is known that nothing else can be coming (api.quiet), after 5 ms otherwise.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/speaker/limits.hpp"
#include "common/speaker/test_support.hpp"

namespace tandem::speaker {
namespace {

using namespace test;
using process::Rest;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string announce_line(std::string_view prefix) { return fmt::format("announce route {} next-hop 10.0.0.2\n", prefix); }

struct Quiet : ::testing::Test {
  std::unique_ptr<Scene> scene;
  Wire* peer = nullptr;

  static config::Settings known() {
    config::Settings settings;
    settings.api_quiet = "known";
    return settings;
  }
  void begin(config::Settings settings = known(), std::string_view programs = "p") {
    std::string text;
    for (std::size_t at = 0; at < programs.size(); at += 2) text += process(programs.substr(at, 1));
    scene = std::make_unique<Scene>(text + neighbor(fmt::format("api {{ processes [ {} ]; }}", programs)), std::move(settings));
    scene->start();
    peer = &scene->establish_quiet();
    scene->advance(1s);
  }
  Wire& program(std::string_view name = "p") { return scene->wire(name); }
  Lines sent() { return Scene::take(*peer); }
};

TEST_F(Quiet, WhatAProgramAtRestHasChangedLeavesAtOnce) {
  begin();
  scene->host.rest = Rest::yes;
  scene->say(program(), announce_line("10.1.0.0/16"));
  EXPECT_THAT(sent(), ElementsAre("+10.1.0.0/16"));
}

TEST_F(Quiet, WhereNobodyCanTellItLeavesWhenNothingCameForAWhile) {
  begin();
  scene->host.rest = Rest::unknown;
  scene->say(program(), announce_line("10.1.0.0/16"));
  scene->advance(k_command_quiet - 1us);
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_EQ(scene->host.asked, 1U) << "asking again is no use";
  scene->advance(1us);
  EXPECT_THAT(sent(), ElementsAre("+10.1.0.0/16"));
}

TEST_F(Quiet, AProgramThatMovesIsAskedAgainAfterTwiceAsLongEachTime) {
  begin();
  scene->host.rest = Rest::no;
  scene->say(program(), announce_line("10.1.0.0/16"));
  EXPECT_EQ(scene->host.asked, 1U);
  scene->advance(20us);
  EXPECT_EQ(scene->host.asked, 2U);
  scene->advance(39us);
  EXPECT_EQ(scene->host.asked, 2U);
  EXPECT_THAT(sent(), IsEmpty());
  scene->host.rest = Rest::yes;
  scene->advance(1us);
  EXPECT_THAT(sent(), ElementsAre("+10.1.0.0/16"));
}

TEST_F(Quiet, WhatAnEngineHadReadBeforeTheAnswerKeepsItBack) {
  begin();
  scene->host.rest = Rest::yes;
  bool first = true;
  scene->host.when_asked = [this, &first] {
    if (!std::exchange(first, false)) return;
    program().channel->receive(base::as_bytes(announce_line("10.2.0.0/16")), scene->now);
    scene->host.rest = Rest::no;
  };
  scene->say(program(), announce_line("10.1.0.0/16"));
  EXPECT_THAT(sent(), IsEmpty());
  scene->advance(10ms);
  EXPECT_THAT(sent(), ElementsAre("+10.1.0.0/16", "+10.2.0.0/16"));
}

TEST_F(Quiet, NothingLeavesWhileHalfALineIsThere) {
  begin();
  scene->host.rest = Rest::yes;
  scene->say(program(), announce_line("10.1.0.0/16") + "announce ro");
  EXPECT_EQ(scene->host.asked, 0U);
  EXPECT_THAT(sent(), IsEmpty());
  scene->say(program(), "ute 10.2.0.0/16 next-hop 10.0.0.2\n");
  EXPECT_THAT(sent(), ElementsAre("+10.1.0.0/16", "+10.2.0.0/16"));
}

TEST_F(Quiet, ASyncAndTheEndOfAGroupAreTheLastWord) {
  begin();
  scene->say(program(), "announce route 10.1.0.0/16 next-hop 10.0.0.2 sync\n");
  EXPECT_THAT(sent(), ElementsAre("+10.1.0.0/16"));
  scene->advance(1s);
  scene->say(program(), "group start\n" + announce_line("10.2.0.0/16") + announce_line("10.3.0.0/16"));
  scene->advance(1s);
  EXPECT_THAT(sent(), IsEmpty());
  scene->say(program(), "group end\nannou");
  EXPECT_THAT(sent(), IsEmpty()) << "half a line is there";
  scene->say(program(), "nce eor\n");
  scene->advance(1s);
  sent();
  scene->say(program(), "group start\n" + announce_line("10.4.0.0/16") + "group end\n");
  EXPECT_THAT(sent(), ElementsAre("+10.4.0.0/16"));
}

TEST_F(Quiet, SoIsTheEndOfTheInput) {
  begin();
  Wire& control = scene->control();
  scene->say(control, announce_line("10.1.0.0/16"));
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_TRUE(control.channel->input_ended(scene->now));
  scene->settle();
  EXPECT_THAT(sent(), ElementsAre("+10.1.0.0/16"));
  scene->advance(1s);
  scene->host.rest = Rest::no;
  scene->say(program(), announce_line("10.2.0.0/16"));
  scene->end(program());
  scene->advance(20us);
  EXPECT_THAT(sent(), ElementsAre("+10.2.0.0/16"));
}

TEST_F(Quiet, ANeighborWaitsForEveryProgramThatHasChangedSomething) {
  begin(known(), "p q");
  scene->host.rests[scene->pid_of("p")] = Rest::yes;
  scene->host.rests[scene->pid_of("q")] = Rest::no;
  scene->say(program("q"), announce_line("10.1.0.0/16"));
  scene->say(program("p"), announce_line("10.2.0.0/16"));
  EXPECT_THAT(sent(), IsEmpty());
  scene->host.rests[scene->pid_of("q")] = Rest::yes;
  scene->advance(40us);
  EXPECT_THAT(sent(), ElementsAre("+10.1.0.0/16", "+10.2.0.0/16"));
}

TEST_F(Quiet, WhatComesSoonBehindARunWaitsUntilAMillisecondIsOver) {
  begin();
  scene->host.rest = Rest::yes;
  scene->say(program(), announce_line("10.1.0.0/16"));
  sent();
  scene->advance(100us);
  scene->say(program(), announce_line("10.2.0.0/16"));
  scene->advance(899us);
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_EQ(scene->host.asked, 1U) << "nor is anybody asked before";
  scene->advance(1us);
  EXPECT_THAT(sent(), ElementsAre("+10.2.0.0/16"));
}

TEST_F(Quiet, TheAnswerLeavesBeforeTheUpdate) {
  begin();
  scene->host.rest = Rest::yes;
  peer->stuck = true;  // what is sent to the peer waits
  scene->say(program(), announce_line("10.1.0.0/16"));
  EXPECT_THAT(Scene::lines(program()), ElementsAre("done"));
}

TEST_F(Quiet, TimedAsksNobody) {
  config::Settings settings;
  settings.api_quiet = "timed";
  begin(settings);
  scene->host.rest = Rest::yes;
  scene->say(program(), announce_line("10.1.0.0/16"));
  EXPECT_EQ(scene->host.asked, 0U);
  EXPECT_THAT(sent(), IsEmpty());
  scene->advance(k_command_quiet);
  EXPECT_THAT(sent(), ElementsAre("+10.1.0.0/16"));
}

}  // namespace
}  // namespace tandem::speaker
