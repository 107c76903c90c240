// The end of the daemon (I28).
#include <gtest/gtest.h>

#include "common/speaker/limits.hpp"
#include "common/speaker/test_support.hpp"

namespace tandem::speaker {
namespace {

using namespace test;

const std::string k_graceful = "capability { graceful-restart 120; }";

struct ShutdownTest : ::testing::Test {
  std::unique_ptr<Scene> scene;
  Wire* session = nullptr;
  Wire* program = nullptr;

  void begin(const std::string& configuration, const PeerOpen& open = {}) {
    scene = std::make_unique<Scene>(configuration);
    scene->start();
    program = scene->find("p");
    session = &scene->establish_quiet(open);
    if (program != nullptr) Scene::lines(*program);
  }
  void terminate() {
    scene->daemon->signal(Signal::terminate);
    scene->settle();
  }
  // The time until the daemon has ended, at most `limit`.
  base::Duration time_to_exit(base::Duration limit = 10s) {
    const TimePoint begun = scene->now;
    while (!scene->daemon->exit() && scene->now - begun < limit) scene->advance(10ms);
    return scene->now - begun;
  }
};

TEST_F(ShutdownTest, SendsAdministrativeShutdownToEveryPeer) {
  begin(neighbor());
  terminate();
  EXPECT_EQ(Scene::take(*session), Lines{"NOTIFICATION 6/2"});
  EXPECT_EQ(scene->daemon->exit(), Exit::stop);
}

TEST_F(ShutdownTest, ClosesWithoutAWordWhenBothAnnouncedGracefulRestart) {
  PeerOpen open;
  open.graceful_restart = true;
  begin(neighbor(k_graceful), open);
  terminate();
  EXPECT_TRUE(Scene::take(*session).empty());
  EXPECT_EQ(session->channel, nullptr);
}

TEST_F(ShutdownTest, SaysGoodbyeToAPeerThatDidNotAnnounceGracefulRestart) {
  begin(neighbor(k_graceful));
  terminate();
  EXPECT_EQ(Scene::take(*session), Lines{"NOTIFICATION 6/2"});
}

TEST_F(ShutdownTest, TellsProgramsTheSignalThenTheEndOfTheSessionsThenTheShutdown) {
  begin(process() + neighbor(api("signal; neighbor-changes;")));
  terminate();
  const Lines lines = Scene::lines(*program);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_NE(lines[0].find("\"signal\""), std::string::npos);
  EXPECT_NE(lines[1].find("stop, message [shutting down]"), std::string::npos);
  EXPECT_NE(lines[2].find("shutdown"), std::string::npos);
}

TEST_F(ShutdownTest, GivesProgramsTenthOfASecondBeforeSigterm) {
  begin(process() + neighbor(api()));
  terminate();
  scene->advance(99ms);
  EXPECT_TRUE(scene->host.signals.empty());
  scene->advance(1ms);
  EXPECT_EQ(scene->host.signals.size(), 1U);
  scene->host.ended.push_back({scene->pid_of("p"), 0, SIGTERM});
  scene->daemon->signal(Signal::child);
  scene->settle();
  EXPECT_EQ(scene->daemon->exit(), Exit::stop);
}

TEST_F(ShutdownTest, DoesNotWaitForProgramsThatHaveEnded) {
  begin(process() + neighbor(api()));
  terminate();
  scene->exit_program("p");
  EXPECT_EQ(scene->starts("p"), 1U);
  EXPECT_EQ(scene->daemon->exit(), Exit::stop);
}

TEST_F(ShutdownTest, TakesFourSecondsAtMostWhateverPeersAndProgramsDo) {
  begin(process() + neighbor(api("neighbor-changes;")));
  session->stuck = true;
  program->stuck = true;
  Wire& control = scene->control();
  control.stuck = true;
  terminate();
  const base::Duration time = time_to_exit();
  EXPECT_LE(time, 4s);
  EXPECT_EQ(scene->daemon->exit(), Exit::stop);
  EXPECT_EQ(scene->host.signals.back().second, SIGKILL);
}

TEST_F(ShutdownTest, ClosesSessionsThatCannotBeToldAfterASecond) {
  begin(neighbor());
  session->stuck = true;
  terminate();
  scene->advance(990ms);
  EXPECT_FALSE(scene->daemon->exit());
  scene->advance(10ms);
  EXPECT_EQ(scene->daemon->exit(), Exit::stop);
}

TEST_F(ShutdownTest, ExecutesNoCommandAndWritesNothingBehindTheNotice) {
  begin(process() + neighbor(api("neighbor-changes;")));
  terminate();
  Scene::lines(*program);
  scene->say(*program, "version\n");
  EXPECT_TRUE(Scene::lines(*program).empty());
}

TEST_F(ShutdownTest, TellsControlClientsBeforeItClosesThem) {
  begin(neighbor());
  Wire& control = scene->control();
  scene->say(control, "shutdown\n");
  const Lines lines = Scene::lines(control);
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines.back(), "shutdown");
  EXPECT_EQ(scene->daemon->exit(), Exit::stop);
}

TEST_F(ShutdownTest, ClosesTheListenersAndAcceptsNobody) {
  begin(neighbor("listen 1179;"));
  session->stuck = true;
  terminate();
  EXPECT_EQ(scene->find("10.0.0.2:1179"), nullptr);
  EXPECT_EQ(scene->find("socket"), nullptr);
  const std::size_t channels = scene->daemon->runtime().channels();
  scene->daemon->listeners().sessions().push_back({scene->host.descriptor(), endpoint("10.0.0.2"), endpoint("10.0.0.9", 50000), {}});
  scene->daemon->listeners().clients().push_back({scene->host.descriptor(), {}, {}, {}});
  scene->settle();
  EXPECT_EQ(scene->daemon->runtime().channels(), channels);
}

TEST_F(ShutdownTest, OverridesAReloadThatWasAskedForTogetherWithIt) {
  begin(neighbor());
  session->stuck = true;
  scene->host.files["conf"] = neighbor() + neighbor({}, "10.0.0.4");
  scene->daemon->signal(Signal::reload);
  terminate();
  EXPECT_TRUE(scene->daemon->shutting_down());
  EXPECT_EQ(scene->daemon->peers().all().size(), 1U);
}

TEST_F(ShutdownTest, OfADaemonWithoutPeersIsImmediate) {
  scene = std::make_unique<Scene>(neighbor("passive true;", "10.1.0.0/16"));
  scene->start();
  terminate();
  EXPECT_EQ(scene->daemon->exit(), Exit::stop);
}

TEST_F(ShutdownTest, EndsADialUnderWay) {
  scene = std::make_unique<Scene>(neighbor());
  scene->start();
  ASSERT_NE(scene->dialling(), nullptr);
  terminate();
  EXPECT_EQ(scene->daemon->exit(), Exit::stop);
}

}  // namespace
}  // namespace tandem::speaker
