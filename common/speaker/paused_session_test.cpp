// What is written to sessions while nobody serves them is what the speaker would have written.
#include "common/speaker/paused_session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/bgp/message/header.hpp"
#include "common/speaker/test_support.hpp"

namespace tandem::speaker {
namespace {

using namespace test;

struct PausedSessionTest : ::testing::Test {
  Scene scene{neighbor("hold-time 12;")};
  Wire* session = nullptr;

  void begin() {
    scene.start();
    session = &scene.establish_quiet();
  }
  [[nodiscard]] std::vector<PausedSession> paused() const { return paused_sessions(scene.daemon->runtime()); }
  // As whoever writes to them does.
  void write(PausedSession& paused, base::TimePoint when, std::size_t left = 0) {
    bgp::append_keepalive(paused.waiting);
    paused.sent.push_back(when);
    paused.written += paused.waiting.size() - left;
    session->written.insert(session->written.end(), paused.waiting.begin(), paused.waiting.end() - static_cast<std::ptrdiff_t>(left));
    paused.waiting.erase(paused.waiting.begin(), paused.waiting.end() - static_cast<std::ptrdiff_t>(left));
    paused.due += paused.interval;
  }
};

TEST_F(PausedSessionTest, TheKeepalivesThatAreDueAreKnown) {
  begin();
  const auto all = paused();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].interval, 4s);
  EXPECT_EQ(all[0].due, *scene.daemon->deadline());
  EXPECT_TRUE(all[0].waiting.empty());
}

TEST_F(PausedSessionTest, ASessionWithoutAHoldTimeNeedsNone) {
  Scene quiet(neighbor("hold-time 0;"));
  quiet.start();
  quiet.establish_quiet();
  EXPECT_TRUE(paused_sessions(quiet.daemon->runtime()).empty());
}

// Whoever goes on: this one, or one that has its state from the beginning of the pause.
TEST_F(PausedSessionTest, OnesThatWereSentAreNotSentAgain) {
  begin();
  for (const bool other : {false, true}) {
    auto all = paused();
    ASSERT_EQ(all.size(), 1U);
    write(all[0], all[0].due + 1s);
    write(all[0], all[0].due);
    if (other) scene.hand_over();
    scene.now = all[0].due - 3s;
    go_on(scene.daemon->runtime(), all, scene.now);
    scene.hear(*session, keepalive());
    EXPECT_EQ(Scene::take(*session), (Lines{"KEEPALIVE", "KEEPALIVE"}));
    scene.advance(2999ms);
    EXPECT_EQ(Scene::take(*session), Lines{});
    scene.advance(1ms);
    EXPECT_EQ(Scene::take(*session), Lines{"KEEPALIVE"});
    scene.hear(*session, keepalive());
  }
}

TEST_F(PausedSessionTest, OfAHalfWrittenOneTheOtherHalfIsWritten) {
  begin();
  auto all = paused();
  ASSERT_EQ(all.size(), 1U);
  write(all[0], all[0].due, 7);
  scene.now = all[0].due - 3s;
  go_on(scene.daemon->runtime(), all, scene.now);
  scene.settle();
  EXPECT_EQ(Scene::take(*session), Lines{"KEEPALIVE"});
}

TEST_F(PausedSessionTest, WhatWaitedInFrontOfItIsWrittenOnce) {
  begin();
  session->stuck = true;
  scene.say(scene.control(), "peer * announce route 10.1.0.0/16 next-hop 10.0.0.1\n");
  scene.advance(100ms);
  auto all = paused();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_FALSE(all[0].waiting.empty());
  write(all[0], all[0].due, 7);
  scene.now = all[0].due - 3s;
  go_on(scene.daemon->runtime(), all, scene.now);
  session->stuck = false;
  scene.settle();
  EXPECT_EQ(Scene::take(*session), (Lines{"+10.1.0.0/16", "KEEPALIVE"}));
}

TEST_F(PausedSessionTest, ItIsReadAsItWasWritten) {
  begin();
  auto all = paused();
  ASSERT_EQ(all.size(), 1U);
  write(all[0], all[0].due, 7);
  const auto read = paused_from(to_octets(all));
  ASSERT_TRUE(read) << read.error().reason();
  EXPECT_EQ(to_octets(*read), to_octets(all));
  EXPECT_EQ(read->at(0).due, all[0].due);
  base::Buffer cut = to_octets(all);
  cut.pop_back();
  EXPECT_FALSE(paused_from(cut));
  all[0].interval = 0s;
  EXPECT_FALSE(paused_from(to_octets(all)));
}

}  // namespace
}  // namespace tandem::speaker
