// Lines in, answers out (I4 to I7).
#include <gtest/gtest.h>

#include "common/speaker/limits.hpp"
#include "common/speaker/test_support.hpp"

namespace tandem::speaker {
namespace {

using namespace test;

struct ClientTest : ::testing::Test {
  Scene scene{process() + process("q") + neighbor(api() + api({}, "q"))};
  Wire* program = nullptr;

  void SetUp() override {
    scene.start();
    program = &scene.wire("p");
  }
  Lines say(std::string_view text) {
    scene.say(*program, text);
    return Scene::lines(*program);
  }
  static std::string repeated(std::string_view line, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += line;
    return text;
  }
};

TEST_F(ClientTest, EveryLineIsAnsweredOnceAndInOrder) {
  EXPECT_EQ(say("# one\nnonsense\n\n"), (Lines{"done", "error", "done"}));
}

TEST_F(ClientTest, EventsAreNotToldInTheMiddleOfALongLine) {
  std::string configuration = process() + neighbor(api("neighbor-changes;"));
  for (int i = 0; i < 1500; ++i) configuration += neighbor("passive;", fmt::format("10.1.{}.{}", i / 250, i % 250));
  Scene many(configuration);
  many.start();
  Wire& wire = many.wire("p");
  Scene::lines(wire);
  wire.stuck = true;
  many.say(wire, "peer show\n");
  EXPECT_NE(wire.channel->interest(), Interest{});
  EXPECT_LT(wire.channel->outbox().size(), k_job_high_water + 2 * k_job_budget) << "the rest waits until this is read";
  many.establish();
  wire.stuck = false;
  many.settle();
  const Lines lines = Scene::lines(wire);
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_TRUE(lines[0].starts_with("[ { \"state\": ") && lines[0].ends_with(" } ]"));
  EXPECT_EQ(lines[1], "done");
  EXPECT_NE(lines[2].find("\"state\": \"connected\""), std::string::npos) << lines[2];
  EXPECT_NE(lines[3].find("\"state\": \"up\""), std::string::npos) << lines[3];
}

TEST_F(ClientTest, ALineMayComeInPieces) {
  EXPECT_TRUE(say("# o").empty());
  EXPECT_TRUE(say("n").empty());
  EXPECT_EQ(say("e\n# two\n# th"), (Lines{"done", "done"}));
  EXPECT_EQ(say("ree\n"), Lines{"done"});
}

TEST_F(ClientTest, WhiteSpaceAtTheEndOfALineMeansNothing) { EXPECT_EQ(say("disable-ack \t\r\nversion\r\n").size(), 2U); }

TEST_F(ClientTest, ALineThatIsNotUtf8IsAnErrorAndEndsNobody) {
  EXPECT_EQ(say("# \xC3\xA9\n"), Lines{"done"});
  EXPECT_EQ(say("# \xFF\xFE\n"), Lines{"error"});
  EXPECT_EQ(say("version \xFF\n"), Lines{"error"});
  EXPECT_NE(program->channel, nullptr);
}

TEST_F(ClientTest, OneRoundExecutesOneBatchOfAClient) {
  const std::string line = "# " + std::string(998, 'x') + "\n";
  program->stuck = true;
  program->channel->receive(base::as_bytes(repeated(line, 40)), scene.now);
  EXPECT_TRUE(scene.daemon->round(scene.now));
  EXPECT_EQ(program->channel->outbox().size(), 5 * 17U);  // 17 lines reach 16384 octets
  EXPECT_TRUE(scene.daemon->round(scene.now));
  EXPECT_FALSE(scene.daemon->round(scene.now));
  EXPECT_EQ(program->channel->outbox().size(), 5 * 40U);
}

TEST_F(ClientTest, LongAnswersEndABatch) {
  program->stuck = true;
  program->channel->receive(base::as_bytes(repeated("help\n", 1000)), scene.now);
  EXPECT_TRUE(scene.daemon->round(scene.now));
  const std::size_t first = program->channel->outbox().size();
  EXPECT_GE(first, k_batch_answers);
  EXPECT_LT(first, 2 * k_batch_answers);
  scene.settle();
  program->stuck = false;
  scene.settle();
  const Lines lines = Scene::lines(*program);
  EXPECT_EQ(std::count(lines.begin(), lines.end(), "done"), 1000);
}

TEST_F(ClientTest, ABusyClientDoesNotKeepAnotherFromItsBatch) {
  Wire& other = scene.wire("q");
  program->channel->receive(base::as_bytes(repeated("# x\n", 100'000)), scene.now);
  other.channel->receive(base::as_bytes(std::string_view("# y\n")), scene.now);
  scene.daemon->round(scene.now);
  EXPECT_FALSE(other.channel->outbox().empty());
}

TEST_F(ClientTest, AClientWithALineToWorkOnIsNotReadBeyondTheBacklog) {
  program->channel->receive(base::as_bytes(repeated("# x\n", k_command_backlog / 4)), scene.now);
  EXPECT_FALSE(program->channel->interest().read);
  scene.settle();
  EXPECT_TRUE(program->channel->interest().read);
}

TEST_F(ClientTest, ALongLineIsReadToItsEnd) {
  const std::string half(500'000, 'x');
  EXPECT_TRUE(say("# " + half).empty());
  EXPECT_TRUE(program->channel->interest().read);
  EXPECT_EQ(say(half + "\n"), Lines{"done"});
}

TEST_F(ClientTest, ALineOfMoreThanAMebibyteEndsItsProgramWhichIsStartedAgain) {
  const std::int64_t pid = scene.pid_of("p");
  scene.say(*program, std::string(k_command_line + 1, 'x'));
  EXPECT_EQ(program->channel, nullptr);
  EXPECT_EQ(scene.host.signals, (std::vector<std::pair<std::int64_t, int>>{{pid, SIGTERM}}));
  EXPECT_EQ(scene.starts("p"), 2U);
  EXPECT_EQ(scene.starts("q"), 1U);
  program = &scene.wire("p");
  EXPECT_EQ(say("# again\n"), Lines{"done"});
}

TEST_F(ClientTest, AProgramThatNeverReadsItsAnswersStopsNothing) {
  program->stuck = true;
  for (int i = 0; i < 100; ++i) scene.say(*program, repeated("# x\n", 10'000));
  ASSERT_NE(program->channel, nullptr);
  EXPECT_EQ(program->channel->outbox().size(), 5'000'000U);
  scene.say(scene.wire("q"), "# y\n");
  EXPECT_EQ(Scene::lines(scene.wire("q")), Lines{"done"});
}

TEST_F(ClientTest, TheQueueOfAClientIsBounded) {
  program->stuck = true;
  const std::string line = "nonsense\n";
  Client& client = static_cast<Client&>(*program->channel);
  const std::string mebibyte(1024 * 1024 - 1, 'x');
  for (int i = 0; i < 64; ++i) client.tell(mebibyte + "\n");
  EXPECT_EQ(client.outbox().size(), k_client_queue);
  scene.settle();
  EXPECT_NE(program->channel, nullptr);
  client.tell("x\n");
  scene.settle();
  EXPECT_EQ(program->channel, nullptr);
  EXPECT_EQ(scene.starts("p"), 2U);
  EXPECT_TRUE(scene.wire("p").channel->outbox().empty());  // what the other one had not read is gone
}

TEST_F(ClientTest, TheStatusOfAQueueCountsTheLinesThatAreNotWrittenToTheirEnd) {
  program->stuck = true;
  scene.say(*program, repeated("# x\n", 10));
  program->channel->sent(3 * 5 + 2, scene.now);
  const api::QueueStatus status = static_cast<Client&>(*program->channel).queue_status();
  EXPECT_EQ(status.items, 7U);
  EXPECT_EQ(status.bytes, 7U * 5 - 2);
}

TEST_F(ClientTest, ResetDropsTheLinesBehindIt) {
  const Lines answers = say("reset\n# x\n# y\n");
  ASSERT_FALSE(answers.empty());
  EXPECT_EQ(answers.back(), "done");
  EXPECT_EQ(std::count(answers.begin(), answers.end(), "done"), 1);
  EXPECT_EQ(say("# z\n"), Lines{"done"});
}

TEST_F(ClientTest, ALongAnswerIsGivenAsItIsReadAndLaterLinesWaitForIt) {
  std::string commands;
  for (int i = 0; i < 20'000; ++i) commands += fmt::format("announce route 10.{}.{}.0/24 next-hop 10.0.0.2\n", i / 200, i % 200);
  say(commands);
  program->stuck = true;
  scene.say(*program, "show adj-rib out\n# behind\n");
  const std::size_t waiting = program->channel->outbox().size();
  EXPECT_LT(waiting, k_job_high_water + 2 * k_job_budget);
  scene.say(scene.wire("q"), "# other\n");
  EXPECT_EQ(Scene::lines(scene.wire("q")), Lines{"done"});
  program->stuck = false;
  scene.settle();
  const Lines lines = Scene::lines(*program);
  EXPECT_EQ(lines.size(), 20'002U);
  EXPECT_EQ(lines[20'000], "done");
  EXPECT_EQ(lines[20'001], "done");
}

TEST_F(ClientTest, ASyncCommandIsAnsweredOnceItIsWrittenAndOnlyItsOwnClientWaits) {
  Wire& session = scene.establish_quiet();
  session.stuck = true;
  scene.say(*program, "announce route 10.1.0.0/16 next-hop 10.0.0.2 sync\nversion\n");
  scene.say(scene.wire("q"), "# other\n");
  scene.advance(1s);
  EXPECT_TRUE(Scene::lines(*program).empty());
  EXPECT_EQ(Scene::lines(scene.wire("q")), Lines{"done"});
  session.stuck = false;
  scene.settle();
  EXPECT_EQ(Scene::lines(*program).size(), 3U);
}

TEST_F(ClientTest, ASyncCommandIsAnsweredWhenItsSessionIsLost) {
  Wire& session = scene.establish_quiet();
  session.stuck = true;
  scene.say(*program, "announce route 10.1.0.0/16 next-hop 10.0.0.2 sync\n");
  scene.advance(1s);
  scene.end(session, EndCause::failed);
  EXPECT_EQ(Scene::lines(*program), Lines{"done"});
}

TEST_F(ClientTest, TheApiVersionSwitchesTheGrammarOfAllClientsAtOnce) {
  Wire& other = scene.wire("q");
  scene.say(other, "version\n");
  EXPECT_EQ(Scene::lines(other)[0].front(), '{');
  say("system api version 4\n");
  scene.say(other, "version\n");
  EXPECT_EQ(Scene::lines(other), (Lines{"exabgp 1", "done"}));
  EXPECT_EQ(say("version\n"), (Lines{"exabgp 1", "done"}));
  // ... and leaves the encoder of those that run alone
  EXPECT_EQ(scene.daemon->programs().all()[0]->form(), api::EventForm::json_v6);
}

TEST_F(ClientTest, AcknowledgementsAreThoseOfTheClientThatAsked) {
  EXPECT_EQ(say("disable-ack\n# x\n"), Lines{"done"});
  Wire& control = scene.control();
  scene.say(control, "# x\n");
  EXPECT_EQ(Scene::lines(control), Lines{"done"});
}

TEST_F(ClientTest, LinesThatCameBeforeTheEndAreExecuted) {
  program->channel->receive(base::as_bytes(std::string_view("announce route 10.1.0.0/16 next-hop 10.0.0.2\nannounce rou")), scene.now);
  scene.end(*program);
  EXPECT_EQ(scene.daemon->peers().all()[0]->rib_out().size(), 1U);
}

TEST_F(ClientTest, AControlClientMayActOnEveryNeighborAndIsForgottenWhenItLeaves) {
  Wire& control = scene.control();
  scene.say(control, "announce route 10.1.0.0/16 next-hop 10.0.0.2\n");
  EXPECT_EQ(Scene::lines(control), Lines{"done"});
  EXPECT_EQ(scene.daemon->peers().all()[0]->rib_out().size(), 1U);
  const std::size_t channels = scene.daemon->runtime().channels();
  scene.end(control);
  EXPECT_EQ(scene.daemon->runtime().channels(), channels - 1);
}

TEST_F(ClientTest, AProgramThatEndsWithinALongAnswerHasItsLinesExecutedAndIsStartedAgain) {
  std::string commands;
  for (int i = 0; i < 20'000; ++i) commands += fmt::format("announce route 10.{}.{}.0/24 next-hop 10.0.0.2\n", i / 200, i % 200);
  say(commands);
  program->stuck = true;
  scene.say(*program, "show adj-rib out\nannounce route 10.200.0.0/16 next-hop 10.0.0.2\n");
  scene.end(*program);
  EXPECT_EQ(scene.daemon->peers().all()[0]->rib_out().size(), 20'001U);
  EXPECT_EQ(scene.starts("p"), 2U);
}

TEST_F(ClientTest, AControlClientThatHasSaidItsLastWordIsStillAnsweredThenClosed) {
  Wire& control = scene.control();
  control.stuck = true;
  scene.say(control, "# one\nversion\n# no end");
  ASSERT_TRUE(control.channel->input_ended(scene.now));
  scene.settle();
  ASSERT_NE(control.channel, nullptr);
  EXPECT_FALSE(control.channel->interest().read);
  control.stuck = false;
  scene.settle();
  EXPECT_EQ(Scene::lines(control).size(), 3U);
  EXPECT_EQ(control.channel, nullptr);
}

TEST_F(ClientTest, AControlClientThatHasNothingToHearIsClosedAtItsLastWord) {
  Wire& control = scene.control();
  ASSERT_TRUE(control.channel->input_ended(scene.now));
  scene.settle();
  EXPECT_EQ(control.channel, nullptr);
}

TEST_F(ClientTest, AProgramThatClosesItsOutputIsNotAnsweredAnyMore) { EXPECT_FALSE(program->channel->input_ended(scene.now)); }

TEST_F(ClientTest, AControlClientThatIsTooLongAboutALineIsClosed) {
  Wire& control = scene.control();
  scene.say(control, std::string(k_command_line + 1, 'x'));
  EXPECT_EQ(control.channel, nullptr);
}

// As when an engine cannot go on: a long answer holds routes, and routes hold attributes of the daemon's pool.
TEST_F(ClientTest, ADaemonMayEndWhileALongAnswerIsUnread) {
  const rib::AttributePool* const pool = &scene.daemon->pool();
  std::string routes;
  for (int i = 0; i < 4000; ++i) routes += fmt::format("announce route 10.{}.{}.0/24 next-hop 10.0.0.2 med {}\n", 1 + i / 250, i % 250, i);
  say(routes);
  ASSERT_GE(pool->size(), 4000U);
  program->stuck = true;
  scene.say(*program, "show adj-rib out extensive\nflush adj-rib out\n");
  for (Wire& wire : scene.wires) {
    if (wire.channel != nullptr) std::exchange(wire.channel, nullptr)->detach();
  }
  scene.daemon.reset();
}

}  // namespace
}  // namespace tandem::speaker
