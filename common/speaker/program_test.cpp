// Starting, ending and starting again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/speaker/limits.hpp"
#include "common/speaker/test_support.hpp"

namespace tandem::speaker {
namespace {

using namespace test;
using Signals = std::vector<std::pair<std::int64_t, int>>;

TEST(Program, IsStartedWithTheDaemon) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  EXPECT_EQ(scene.starts("p"), 1U);
  EXPECT_NE(scene.find("p"), nullptr);
}

TEST(Program, ThatEndsIsStartedAgainAtOnce) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  scene.exit_program("p");
  EXPECT_EQ(scene.starts("p"), 2U);
  EXPECT_TRUE(scene.host.signals.empty());  // it was gone already
}

TEST(Program, ThatClosesItsOutputButLivesIsEndedAndStartedAgain) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  const std::int64_t pid = scene.pid_of("p");
  scene.end(scene.wire("p"));
  EXPECT_EQ(scene.host.signals, (Signals{{pid, SIGTERM}}));
  EXPECT_EQ(scene.starts("p"), 2U);
}

TEST(Program, ThatIgnoresSigtermIsKilledAfterTwoSeconds) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  const std::int64_t pid = scene.pid_of("p");
  scene.end(scene.wire("p"));
  scene.advance(1999ms);
  EXPECT_EQ(scene.host.signals.size(), 1U);
  scene.advance(1ms);
  EXPECT_EQ(scene.host.signals, (Signals{{pid, SIGTERM}, {pid, SIGKILL}}));
  scene.advance(1min);
  EXPECT_EQ(scene.host.signals.size(), 2U);
}

TEST(Program, ThatEndsAfterSigtermIsNotKilled) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  const std::int64_t pid = scene.pid_of("p");
  scene.end(scene.wire("p"));
  scene.host.ended.push_back({pid, 0, SIGTERM});
  scene.daemon->signal(Signal::child);
  scene.advance(1min);
  EXPECT_EQ(scene.host.signals.size(), 1U);
}

TEST(Program, ThatDiesIsStartedAgainAlthoughItsChildKeepsThePipeOpen) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  const std::int64_t pid = scene.pid_of("p");
  scene.host.groups.insert(pid);
  scene.host.ended.push_back({pid, 3, 0});
  scene.daemon->signal(Signal::child);
  scene.settle();
  EXPECT_EQ(scene.host.signals, (Signals{{pid, SIGTERM}})) << "the child is told";
  Wire& old = scene.wire("p");
  scene.say(old, "announce route 10.1.0.0/16 next-hop 10.0.0.2\n");  // may be the last words of the program
  EXPECT_EQ(scene.daemon->peers().all()[0]->rib_out().size(), 1U);
  scene.advance(2s);
  EXPECT_EQ(scene.host.signals, (Signals{{pid, SIGTERM}, {pid, SIGKILL}}));
  EXPECT_EQ(old.channel, nullptr);
  EXPECT_EQ(scene.starts("p"), 2U);
  scene.advance(1s);
  EXPECT_EQ(scene.daemon->programs().all()[0]->deadline(), std::nullopt);
}

TEST(Program, ThatDiesIsStartedAgainAsSoonAsItsChildHasLetGoOfThePipe) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  const std::int64_t pid = scene.pid_of("p");
  scene.host.groups.insert(pid);
  scene.host.ended.push_back({pid, 0, SIGSEGV});
  scene.daemon->signal(Signal::child);
  scene.settle();
  scene.host.groups.clear();
  scene.end(scene.wire("p"));
  EXPECT_EQ(scene.starts("p"), 2U);
  scene.advance(1min);
  EXPECT_EQ(scene.host.signals, (Signals{{pid, SIGTERM}})) << "nobody is left to be killed";
  EXPECT_EQ(scene.starts("p"), 2U);
}

TEST(Program, ThatEndsOnSigtermButLeavesAChildHasItKilled) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  const std::int64_t pid = scene.pid_of("p");
  scene.reload(neighbor());
  scene.advance(k_last_words);
  scene.host.groups.insert(pid);
  scene.host.ended.push_back({pid, -1, SIGTERM});
  scene.daemon->signal(Signal::child);
  scene.advance(1min);
  EXPECT_EQ(scene.host.signals, (Signals{{pid, SIGTERM}, {pid, SIGKILL}}));
}

TEST(Program, LeavesNothingBehindWhateverEndsTheDaemon) {
  Scene scene(process() + process("q") + neighbor(api()));
  scene.start();
  const std::int64_t p = scene.pid_of("p");
  const std::int64_t q = scene.pid_of("q");
  scene.reload(process("q") + neighbor());
  scene.advance(k_last_words);
  scene.daemon.reset();
  EXPECT_THAT(scene.host.signals, ::testing::UnorderedElementsAre(std::pair(p, SIGTERM), std::pair(p, SIGKILL), std::pair(q, SIGTERM)));
}

TEST(Program, ThatCouldNotBeStartedAgainIsTriedLaterAndLater) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  scene.host.cannot_start.insert("p");
  scene.exit_program("p");
  EXPECT_EQ(scene.host.refused, 1U);
  scene.advance(1s);
  EXPECT_EQ(scene.host.refused, 2U);
  scene.advance(2s);
  EXPECT_EQ(scene.host.refused, 3U);
  scene.advance(1h);
  EXPECT_LE(scene.host.refused, 3U + 65U) << "once a minute in the end";
  scene.host.cannot_start.clear();
  scene.advance(1min);
  EXPECT_EQ(scene.starts("p"), 2U);
  scene.host.cannot_start.insert("p");
  scene.exit_program("p");
  scene.advance(1s);
  const std::size_t refused = scene.host.refused;
  scene.host.cannot_start.clear();
  scene.advance(2s);
  EXPECT_EQ(scene.starts("p"), 3U) << "a start that works forgets what was before; refused " << refused;
}

TEST(Program, ThatCouldNotBeStartedIsNotTriedAgainOnceItIsRemoved) {
  Scene scene(process() + neighbor(api()));
  scene.host.cannot_start.insert("p");
  scene.start();
  scene.reload(neighbor());
  const std::size_t refused = scene.host.refused;
  scene.advance(1h);
  EXPECT_EQ(scene.host.refused, refused);
}

TEST(Program, ThatCannotBeStartedShutsTheDaemonDownWhenTheSettingSaysSo) {
  config::Settings settings;
  settings.api_terminate = true;
  Scene scene(process() + neighbor(api()), settings);
  scene.host.cannot_start.insert("p");
  scene.start();
  EXPECT_TRUE(scene.daemon->shutting_down());
}

TEST(Program, IsStartedAgainFiveTimesInABucketAndThenStaysDown) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  for (int i = 0; i < 6; ++i) scene.exit_program("p");
  EXPECT_EQ(scene.starts("p"), 1 + 5U);  // the start of the daemon does not count
  EXPECT_EQ(scene.find("p"), nullptr);
  EXPECT_FALSE(scene.daemon->shutting_down());
  scene.advance(10min);
  EXPECT_EQ(scene.starts("p"), 6U);
}

TEST(Program, IsStartedAgainInTheNextBucket) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  for (int i = 0; i < 5; ++i) scene.exit_program("p");
  scene.advance(64s);
  scene.exit_program("p");
  EXPECT_EQ(scene.starts("p"), 7U);
}

TEST(Program, ThatStaysDownIsStartedByAReload) {
  const std::string configuration = process() + neighbor(api());
  Scene scene(configuration);
  scene.start();
  for (int i = 0; i < 6; ++i) scene.exit_program("p");
  scene.reload(configuration);
  EXPECT_EQ(scene.starts("p"), 7U);
}

TEST(Program, WithoutRespawnIsStartedOnceInTheLifeOfTheDaemon) {
  Scene scene(process("p", "encoder json; respawn false;") + neighbor(api()));
  scene.start();
  scene.exit_program("p");
  EXPECT_EQ(scene.starts("p"), 1U);
  scene.reload(process("p", "encoder text; respawn false;") + neighbor(api()), Signal::full_reload);
  EXPECT_EQ(scene.starts("p"), 1U);
}

TEST(Program, IsNotStartedAgainWhenTheSettingForbidsItButAReloadMay) {
  config::Settings settings;
  settings.api_respawn = false;
  const std::string configuration = process() + neighbor(api());
  Scene scene(configuration, settings);
  scene.start();
  scene.exit_program("p");
  EXPECT_EQ(scene.starts("p"), 1U);
  scene.reload(configuration);
  EXPECT_EQ(scene.starts("p"), 2U);
}

TEST(Program, ThatCannotBeStartedDoesNotTouchSessions) {
  Scene scene(process() + neighbor(api()));
  scene.host.cannot_start.insert("p");
  scene.start();
  scene.establish_quiet();
  EXPECT_FALSE(scene.daemon->shutting_down());
  EXPECT_TRUE(scene.daemon->peers().all()[0]->established());
}

TEST(Program, ThatIsLostShutsTheDaemonDownWhenTheSettingSaysSo) {
  config::Settings settings;
  settings.api_terminate = true;
  Scene scene(process() + neighbor(api()), settings);
  scene.start();
  for (int i = 0; i < 5; ++i) scene.exit_program("p");
  EXPECT_FALSE(scene.daemon->shutting_down());
  scene.exit_program("p");
  EXPECT_TRUE(scene.daemon->shutting_down());
}

TEST(Program, KeepsItsSyncModeAndNothingElseOverARestart) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  scene.say(scene.wire("p"), "enable-sync\ndisable-ack\nannounce ro");
  scene.exit_program("p");
  Wire& again = scene.wire("p");
  scene.say(again, "# x\n");
  EXPECT_EQ(Scene::lines(again), Lines{"done"});
  EXPECT_TRUE(static_cast<Client&>(*again.channel).state().sync);
}

TEST(Program, ThatIsChangedIsRestartedByAFullReloadOnly) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  scene.reload(process("p", "encoder text;") + neighbor(api()));
  EXPECT_EQ(scene.starts("p"), 1U);
  // compared with what it was started as, not with the file before
  scene.reload(process("p", "encoder text;") + neighbor(api()), Signal::full_reload);
  scene.advance(k_last_words);
  EXPECT_EQ(scene.starts("p"), 2U);
  scene.reload(process("p", "encoder text;") + neighbor(api()), Signal::full_reload);
  scene.advance(k_last_words);
  EXPECT_EQ(scene.starts("p"), 2U);
}

TEST(Program, ThatIsToldOtherEventsIsAChangedOne) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  scene.reload(process() + neighbor(api("neighbor-changes;")), Signal::full_reload);
  scene.advance(k_last_words);
  EXPECT_EQ(scene.starts("p"), 2U);
}

TEST(Program, ThatIsNotConfiguredAnyMoreIsEndedBehindItsLastLines) {
  Scene scene(process() + neighbor(api()));
  scene.start();
  Wire& program = scene.wire("p");
  const std::int64_t pid = scene.pid_of("p");
  scene.host.files["conf"] = neighbor();
  program.channel->receive(base::as_bytes(std::string_view("announce route 10.1.0.0/16 next-hop 10.0.0.2\n")), scene.now);
  scene.daemon->signal(Signal::reload);
  scene.settle();
  scene.advance(k_last_words);
  EXPECT_EQ(program.channel, nullptr);
  EXPECT_EQ(scene.host.signals, (Signals{{pid, SIGTERM}}));
  EXPECT_EQ(scene.daemon->peers().all()[0]->rib_out().size(), 1U);
  EXPECT_TRUE(scene.daemon->programs().all().empty());
}

TEST(Program, ThatIsRemovedInTheMiddleOfALongAnswerLeavesNoChannelBehind) {
  std::string prefixes;
  for (int i = 0; i < 20'000; ++i) prefixes += fmt::format("{}10.{}.{}.0/24", i == 0 ? "" : " ", i / 200, i % 200);
  Scene scene(process() + neighbor(api() + routes(prefixes)));
  scene.start();
  Wire& program = scene.wire("p");
  program.stuck = true;
  scene.say(program, "show adj-rib out\n");
  const std::size_t channels = scene.daemon->runtime().channels();
  scene.reload(neighbor(routes(prefixes)));
  scene.advance(k_last_words);
  EXPECT_EQ(program.channel, nullptr);
  EXPECT_EQ(scene.daemon->runtime().channels(), channels - 1);
}

TEST(Program, MayCommandOnlyTheNeighborsThatNameIt) {
  Scene scene(process() + neighbor(api()) + neighbor({}, "10.0.0.4"));
  scene.start();
  scene.say(scene.wire("p"), "announce route 10.1.0.0/16 next-hop 10.0.0.2\n");
  EXPECT_EQ(scene.daemon->peers().all()[0]->rib_out().size(), 1U);
  EXPECT_EQ(scene.daemon->peers().all()[1]->rib_out().size(), 0U);
}

TEST(Program, ThatMatchesAnExpressionMayCommandButIsToldNothing) {
  Scene scene(process("p") + process("q") + neighbor("api { processes-match [ \"^q\" ]; neighbor-changes; }"));
  scene.start();
  scene.say(scene.wire("q"), "announce route 10.1.0.0/16 next-hop 10.0.0.2\n");
  EXPECT_EQ(Scene::lines(scene.wire("q")), Lines{"done"});
  scene.say(scene.wire("p"), "announce route 10.2.0.0/16 next-hop 10.0.0.2\n");
  EXPECT_EQ(Scene::lines(scene.wire("p")), Lines{"error"});
  scene.establish_quiet();
  EXPECT_TRUE(Scene::lines(scene.wire("q")).empty());
  EXPECT_EQ(scene.daemon->peers().all()[0]->rib_out().size(), 1U);
}

TEST(Program, RightsOfARunningProgramFollowAReload) {
  Scene scene(process() + neighbor(api()) + neighbor({}, "10.0.0.4"));
  scene.start();
  scene.say(scene.wire("p"), "announce route 10.1.0.0/16 next-hop 10.0.0.2\n");
  scene.reload(process() + neighbor() + neighbor(api(), "10.0.0.4"));
  scene.say(scene.wire("p"), "announce route 10.2.0.0/16 next-hop 10.0.0.2\n");
  EXPECT_EQ(scene.daemon->peers().all()[0]->rib_out().size(), 1U);
  EXPECT_EQ(scene.daemon->peers().all()[1]->rib_out().size(), 1U);
  EXPECT_EQ(scene.starts("p"), 1U);
}

}  // namespace
}  // namespace tandem::speaker
