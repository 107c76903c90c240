// How sessions end, and what comes after.
#include <gtest/gtest.h>

#include "common/speaker/test_support.hpp"

namespace tandem::speaker {
namespace {

using namespace test;

const std::string k_graceful = "capability { graceful-restart 120; }";

// The value of "reason" of each down event.
Lines reasons(Wire& program) {
  Lines found;
  for (const std::string& line : Scene::lines(program)) {
    const std::string key = "\"reason\": \"";
    const auto at = line.find(key);
    if (at != std::string::npos) found.push_back(line.substr(at + key.size(), line.find('"', at + key.size()) - at - key.size()));
  }
  return found;
}

TEST(PeerEnd, ATeardownSendsItsSubcodeAndTheSessionComesBackAtOnce) {
  Scene scene(process() + neighbor(api("neighbor-changes;")));
  scene.start();
  Wire& wire = scene.establish_quiet();
  scene.say(scene.wire("p"), "teardown 4\n");
  EXPECT_EQ(Scene::take(wire), Lines{"NOTIFICATION 6/4"});
  EXPECT_EQ(wire.channel, nullptr);
  EXPECT_NE(scene.dialling(), nullptr);
  EXPECT_EQ(reasons(scene.wire("p")), Lines{"notification sent (6,4)"});
}

TEST(PeerEnd, ATeardownUnderGracefulRestartClosesWithoutAWord) {
  Scene scene(process() + neighbor(k_graceful + api("neighbor-changes;")));
  scene.start();
  Wire& wire = scene.establish_quiet();
  scene.say(scene.wire("p"), "teardown 4\n");
  EXPECT_TRUE(Scene::take(wire).empty());
  EXPECT_EQ(wire.channel, nullptr);
  EXPECT_NE(scene.dialling(), nullptr);
  EXPECT_EQ(reasons(scene.wire("p")), Lines{"graceful restarted negotiated, closing without sending any notification"});
}

TEST(PeerEnd, ATeardownUnderGracefulRestartThroughNotificationsSendsOne) {
  Scene scene(process() + neighbor("capability { graceful-restart 120 notification; }" + api("neighbor-changes;")));
  scene.start();
  PeerOpen open;
  open.graceful_restart = open.restart_notification = true;
  Wire& wire = scene.establish_quiet(open);
  scene.say(scene.wire("p"), "teardown 4\n");
  EXPECT_EQ(Scene::take(wire), Lines{"NOTIFICATION 6/4"});
}

TEST(PeerEnd, AShutdownUnderGracefulRestartThroughNotificationsIsAHardReset) {
  for (const bool both : {true, false}) {
    Scene scene(process() + neighbor("capability { graceful-restart 120 notification; }" + api()));
    scene.start();
    PeerOpen open;
    open.graceful_restart = true;
    open.restart_notification = both;
    Wire& wire = scene.establish_quiet(open);
    scene.say(scene.wire("p"), "shutdown\n");
    EXPECT_EQ(Scene::take(wire), both ? Lines{"NOTIFICATION 6/9"} : Lines{});
  }
}

TEST(PeerEnd, ATeardownOfAPeerThatIsNotEstablishedDoesNothing) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  Wire& wire = scene.connect();
  scene.say(scene.wire("p"), "teardown 4\n");
  EXPECT_NE(wire.channel, nullptr);
  EXPECT_EQ(Scene::take(wire), Lines{"OPEN"});
}

TEST(PeerEnd, TheAnswerComesBeforeTheEventsOfItsCommand) {
  Scene scene(process() + neighbor(api("neighbor-changes;")));
  scene.start();
  scene.establish_quiet();
  Wire& program = scene.wire("p");
  Scene::lines(program);
  scene.say(program, "teardown 4\nversion\n");
  const Lines lines = Scene::lines(program);
  ASSERT_GE(lines.size(), 4U);
  EXPECT_EQ(lines[0], "done");
  EXPECT_NE(lines[1].find("\"down\""), std::string::npos);
  EXPECT_NE(lines[2].find("version"), std::string::npos);
  EXPECT_EQ(lines[3], "done");
}

TEST(PeerEnd, ANotificationThatCannotBeWrittenIsGivenUpAfterASecond) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  Wire& wire = scene.establish_quiet();
  wire.stuck = true;
  scene.say(scene.wire("p"), "teardown 4\n");
  scene.advance(999ms);
  EXPECT_NE(wire.channel, nullptr);
  EXPECT_EQ(scene.dialling(), nullptr);
  scene.advance(1ms);
  EXPECT_EQ(wire.channel, nullptr);
  EXPECT_NE(scene.dialling(), nullptr);
}

TEST(PeerEnd, ARestartSendsAdministrativeResetAndComesBackAtOnce) {
  Scene scene(neighbor(routes("10.1.0.0/16")));
  scene.start();
  Wire& wire = scene.establish_quiet();
  scene.reload(neighbor(routes("10.1.0.0/16")), Signal::restart);
  EXPECT_EQ(Scene::take(wire), Lines{"NOTIFICATION 6/4"});
  Wire& next = scene.establish();
  scene.advance(20ms);
  EXPECT_EQ(Scene::take(next), (Lines{"+10.1.0.0/16", "EOR"}));
}

TEST(PeerEnd, ChangesMadeWhileTheSessionWasDownAreSentBeforeWhatIsCached) {
  Scene scene(process() + neighbor(api() + routes("10.1.0.0/16")));
  scene.start();
  scene.end(scene.establish_quiet());
  scene.say(scene.wire("p"), "announce route 10.9.0.0/16 next-hop 10.0.0.2 med 9\n");
  Wire& wire = scene.establish();
  scene.advance(20ms);
  EXPECT_EQ(Scene::take(wire), (Lines{"+10.9.0.0/16", "+10.1.0.0/16", "EOR"}));
}

TEST(PeerEnd, CountersStartAnewWithEachSession) {
  Scene scene(neighbor());
  scene.start();
  scene.end(scene.establish_quiet());
  scene.end(scene.connect());  // before an OPEN
  scene.advance(1s);
  scene.establish_quiet();
  const api::PeerSnapshot view = scene.daemon->peers().all()[0]->snapshot(scene.now);
  EXPECT_EQ(view.sent.open, 1U);
  EXPECT_EQ(view.received.open, 1U);
  EXPECT_EQ(view.sent.update, 1U);  // the End-of-RIB
}

TEST(PeerEnd, AnOpenThatIsNotAcceptedEndsTheConnectionAndIsTriedAgain) {
  Scene scene(process() + neighbor(api("neighbor-changes;")));
  scene.start();
  Wire& wire = scene.connect();
  PeerOpen open;
  open.as = 65001;
  scene.hear(wire, open.bytes());
  EXPECT_EQ(Scene::take(wire), (Lines{"OPEN", "NOTIFICATION 2/2"}));
  EXPECT_NE(scene.dialling(), nullptr);
  EXPECT_EQ(reasons(scene.wire("p")), Lines{"notification sent (2,2)"});
}

// An operator who has changed no setting sees why a neighbor does not come up (category network, which is on by default).
TEST(PeerEnd, TheLogSaysWhichNotificationEndedAConnectionThatNeverWasUp) {
  struct Sink : base::LogSink {
    Lines lines;
    void write(base::LogCategory category, base::LogLevel level, std::string_view line) override {
      if (category == base::LogCategory::network && level == base::LogLevel::warning) lines.emplace_back(line);
    }
  } sink;
  Scene scene(neighbor());
  scene.start();
  Wire& wire = scene.connect();
  base::set_log_sink(&sink);
  base::set_log_threshold(base::LogCategory::network, base::LogLevel::info);
  scene.hear(wire, notification(2, 2));
  base::set_log_sink(nullptr);
  base::set_log_threshold(base::LogCategory::network, base::LogLevel::off);
  ASSERT_EQ(sink.lines.size(), 1U);
  EXPECT_NE(sink.lines[0].find(": NOTIFICATION received (2,2) "), std::string::npos) << sink.lines[0];
}

TEST(PeerEnd, TheHoldTimerEndsASilentSession) {
  Scene scene(neighbor("hold-time 9;"));
  scene.start();
  Wire& wire = scene.establish_quiet();
  scene.advance(10s);
  const Lines lines = Scene::take(wire);
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines.back(), "NOTIFICATION 4/0");
}

TEST(PeerEnd, AFailureOfOnePeerLeavesTheOthersAlone) {
  Scene scene(neighbor() + neighbor({}, "10.0.0.4"));
  scene.start();
  Wire& first = scene.establish_quiet();
  Wire& second = scene.establish_quiet({}, "10.0.0.4");
  scene.hear(first, base::Buffer(19, 0));  // no marker
  EXPECT_EQ(Scene::take(first), Lines{"NOTIFICATION 1/1"});
  EXPECT_TRUE(scene.daemon->peers().all()[1]->established());
  EXPECT_TRUE(Scene::take(second).empty());
}

}  // namespace
}  // namespace tandem::speaker
