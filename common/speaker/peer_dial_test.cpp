// Connecting: attempts, their windows, the idle hold time, the limit (I31).
#include <gtest/gtest.h>

#include <functional>

#include "common/speaker/test_support.hpp"

namespace tandem::speaker {
namespace {

using namespace test;

config::Settings attempts(std::uint32_t limit) {
  config::Settings settings;
  settings.tcp_attempts = limit;
  return settings;
}

// Refuses every connection at once.
void refuse_all(Scene& scene, base::Duration time) {
  const TimePoint end = scene.now + time;
  while (!scene.daemon->exit()) {
    if (scene.dialling() != nullptr) {
      scene.refuse();
      continue;
    }
    const auto next = scene.daemon->deadline();
    if (!next || *next > end) break;
    scene.advance(*next - scene.now);
  }
  scene.advance(end - scene.now);
}

TEST(PeerDial, TheFirstConnectionIsDialledAtOnce) {
  Scene scene(neighbor());
  scene.start();
  ASSERT_NE(scene.dialling(), nullptr);
  ASSERT_EQ(scene.host.dialled.size(), 1U);
  EXPECT_EQ(scene.host.dialled[0].remote, endpoint("10.0.0.3", 179));
  EXPECT_EQ(scene.host.dialled[0].source, address("10.0.0.2"));
}

TEST(PeerDial, APassivePeerNeverDials) {
  Scene scene(neighbor("passive true;"));
  scene.start();
  scene.advance(10min);
  EXPECT_TRUE(scene.host.dialled.empty());
}

TEST(PeerDial, APeerThatNeverCameUpHasBeenDownSinceItIsThere) {
  for (const char* more : {"", "passive true;"}) {
    Scene scene(neighbor(more));
    scene.start();
    refuse_all(scene, 10min);
    const api::PeerSnapshot view = scene.daemon->peers().all()[0]->snapshot(scene.now);
    EXPECT_FALSE(view.established);
    EXPECT_EQ(view.duration_s, 600U) << more;
  }
}

TEST(PeerDial, ARefusedConnectIsRepeatedEveryTenthOfASecondWithinTheAttempt) {
  Scene scene(neighbor());
  scene.start();
  scene.refuse();
  EXPECT_EQ(scene.dialling(), nullptr);
  scene.advance(99ms);
  EXPECT_EQ(scene.dialling(), nullptr);
  scene.advance(1ms);
  EXPECT_NE(scene.dialling(), nullptr);
}

TEST(PeerDial, AnAttemptIsFiftyConnects) {
  Scene scene(neighbor(), attempts(1));
  scene.start();
  refuse_all(scene, 1min);
  EXPECT_EQ(scene.host.dialled.size(), 50U);
}

TEST(PeerDial, AnAttemptIsThirtySeconds) {
  Scene scene(neighbor(), attempts(1));
  scene.start();
  for (int i = 0; i < 3; ++i) {
    ASSERT_NE(scene.dialling(), nullptr) << i;
    scene.advance(12s);
    scene.refuse();
    scene.advance(100ms);
  }
  EXPECT_EQ(scene.dialling(), nullptr);
  EXPECT_TRUE(scene.daemon->shutting_down());
}

TEST(PeerDial, BackOffIsCountedFromTheEndOfTheSessionAndGrows) {
  Scene scene(neighbor());
  scene.start();
  for (const auto delay : {0s, 1s, 2s}) {
    Wire& wire = scene.connect();
    scene.end(wire);  // before an OPEN
    if (delay > 0s) {
      scene.advance(delay - 1ms);
      EXPECT_EQ(scene.dialling(), nullptr) << delay.count();
      scene.advance(1ms);
    }
    EXPECT_NE(scene.dialling(), nullptr) << delay.count();
  }
}

// Ends sessions right after Established, as `end` does it, until nobody dials within four seconds. Returns how long each wait was.
std::vector<base::Duration> waits_between_sessions(Scene& scene, const std::function<void(Wire&)>& end, std::size_t sessions) {
  std::vector<base::Duration> waits;
  for (std::size_t i = 0; i < sessions; ++i) {
    end(scene.establish());
    const TimePoint ended = scene.now;
    while (scene.dialling() == nullptr && scene.now - ended < 10s) scene.advance(100ms);
    waits.push_back(scene.now - ended);
  }
  return waits;
}

TEST(PeerDial, APeerThatEndsEverySessionAfterEstablishedIsAskedLessAndLess) {
  const std::vector<base::Duration> expected{0s, 1s, 2s};
  for (const auto& ending : {notification(6, 2), notification(3, 9), base::Buffer{}}) {
    Scene scene(neighbor());
    scene.start();
    const auto waits = waits_between_sessions(scene, [&](Wire& wire) {
      if (ending.empty()) scene.end(wire, EndCause::failed);
      else scene.hear(wire, ending);
    }, 3);
    EXPECT_EQ(waits, expected);
  }
}

TEST(PeerDial, BackOffStartsAnewAfterASessionThatLastedItsHoldTimeAndHalfAMinute) {
  struct Case {
    std::uint16_t hold_time_s;
    base::Duration lasted;
    bool forgotten;
  };
  for (const Case& c : {Case{90, 89s, false}, Case{90, 90s, true}, Case{9, 29s, false}, Case{9, 30s, true}, Case{0, 29s, false}, Case{0, 30s, true}}) {
    SCOPED_TRACE(fmt::format("hold time {}, lasted {} s", c.hold_time_s, c.lasted / 1s));
    Scene scene(neighbor());
    scene.start();
    waits_between_sessions(scene, [&](Wire& wire) { scene.end(wire); }, 3);
    PeerOpen open;
    open.hold_time_s = c.hold_time_s;
    Wire& wire = scene.establish(open);
    for (base::Duration spent{}; spent < c.lasted; spent += 1s) {
      scene.advance(1s);
      scene.hear(wire, keepalive());
    }
    scene.end(wire);
    EXPECT_EQ(scene.dialling() != nullptr, c.forgotten);
  }
}

TEST(PeerDial, AnAcceptedConnectionDoesNotMakeBackOffStartAnew) {
  Scene scene(neighbor());
  scene.start();
  for (int i = 0; i < 3; ++i) {
    scene.end(scene.connect());
    scene.advance(4s);
  }
  ASSERT_NE(scene.dialling(), nullptr);
  scene.end(scene.accept());
  EXPECT_EQ(scene.dialling(), nullptr);
}

TEST(PeerDial, ATeardownARestartAndAReloadMakeBackOffStartAnew) {
  const auto after = [](const std::function<void(Scene&)>& end) {
    Scene scene(process() + neighbor(api()));
    scene.start();
    waits_between_sessions(scene, [&](Wire& wire) { scene.end(wire); }, 3);
    scene.establish();
    end(scene);
    return scene.dialling() != nullptr;
  };
  EXPECT_TRUE(after([](Scene& scene) { scene.say(scene.wire("p"), "teardown 4\n"); }));
  EXPECT_TRUE(after([](Scene& scene) { scene.daemon->signal(Signal::restart); scene.settle(); }));
  EXPECT_TRUE(after([](Scene& scene) { scene.reload(process() + neighbor("hold-time 30;" + api())); }));
}

TEST(PeerDial, ASocketThatCannotBeMadeEndsTheAttempt) {
  Scene scene(neighbor());
  scene.host.sockets_fail = true;
  scene.start();
  scene.advance(10s);
  scene.host.sockets_fail = false;
  EXPECT_EQ(scene.dialling(), nullptr);
  scene.advance(5s);
  EXPECT_NE(scene.dialling(), nullptr);
}

TEST(PeerDial, ALimitOfAttemptsMeansExactlyThatManyAndThenTheDaemonEnds) {
  Scene scene(neighbor(), attempts(3));
  scene.start();
  refuse_all(scene, 10min);
  EXPECT_EQ(scene.host.dialled.size(), 3 * 50U);
  EXPECT_TRUE(scene.daemon->peers().all().empty());
  EXPECT_EQ(scene.daemon->exit(), Exit::stop);
}

TEST(PeerDial, WithALimitADaemonWithoutAnyNeighborEnds) {
  Scene scene(process(), attempts(1));
  scene.start();
  scene.advance(10s);
  EXPECT_EQ(scene.daemon->exit(), Exit::stop);
}

TEST(PeerDial, WithALimitAReloadThatRemovesARangeEndsTheDaemon) {
  Scene scene(neighbor("passive true;", "10.1.0.0/16"), attempts(1));
  scene.start();
  scene.advance(10s);
  EXPECT_FALSE(scene.daemon->shutting_down());
  scene.reload(process());
  EXPECT_TRUE(scene.daemon->shutting_down());
}

TEST(PeerDial, TheLimitCountsSessionsThatEnd) {
  Scene scene(neighbor(), attempts(2));
  scene.start();
  scene.end(scene.establish());
  EXPECT_FALSE(scene.daemon->shutting_down());
  Wire& second = scene.connect();
  scene.hear(second, notification(6, 2));
  EXPECT_TRUE(scene.daemon->peers().all().empty());
  EXPECT_TRUE(scene.daemon->shutting_down());
}

TEST(PeerDial, TheLimitCountsAcceptedConnectionsOfAPassivePeer) {
  Scene scene(neighbor("passive true;"), attempts(2));
  scene.start();
  scene.end(scene.accept());
  EXPECT_EQ(scene.daemon->peers().all().size(), 1U);
  scene.end(scene.accept());
  EXPECT_TRUE(scene.daemon->peers().all().empty());
}

TEST(PeerDial, AConnectionAcceptedDuringAnAttemptBelongsToIt) {
  Scene scene(neighbor(), attempts(2));
  scene.start();
  ASSERT_NE(scene.dialling(), nullptr);
  scene.end(scene.accept());  // the first attempt
  ASSERT_EQ(scene.daemon->peers().all().size(), 1U);
  ASSERT_NE(scene.dialling(), nullptr);
  scene.refuse();
  scene.end(scene.accept());  // the second, between two connects
  EXPECT_TRUE(scene.daemon->peers().all().empty());
}

TEST(PeerDial, WithoutALimitADaemonWithoutNeighborsStaysAlive) {
  Scene scene(process());
  scene.start();
  scene.advance(1h);
  EXPECT_FALSE(scene.daemon->exit());
  EXPECT_FALSE(scene.daemon->deadline());
}

TEST(PeerDial, ARefusedAttemptIsToldAsActiveIdleIdle) {
  Scene scene(process() + neighbor(api("fsm;")), attempts(1));
  scene.start();
  Wire& program = scene.wire("p");
  refuse_all(scene, 10s);
  Lines states;
  for (const std::string& line : Scene::lines(program)) {
    const auto at = line.find("\"state\": \"");
    if (at != std::string::npos) states.push_back(line.substr(at + 10, line.find('"', at + 10) - at - 10));
  }
  EXPECT_EQ(states, (Lines{"ACTIVE", "IDLE", "IDLE"}));
}

TEST(PeerDial, AConnectionThatComesUpAfterItWasGivenUpSaysNothing) {
  Scene scene(neighbor());
  scene.start();
  Wire* dialled = scene.dialling();
  ASSERT_NE(dialled, nullptr);
  scene.daemon->listeners().sessions().push_back({scene.host.descriptor(), endpoint("10.0.0.2"), endpoint("10.0.0.3", 50000), {}});
  scene.daemon->round(scene.now);
  dialled->channel->connected(endpoint("10.0.0.2", 40000), endpoint("10.0.0.3"), scene.now);
  scene.settle();
  EXPECT_EQ(dialled->channel, nullptr);
  EXPECT_TRUE(dialled->written.empty());
}

}  // namespace
}  // namespace tandem::speaker
