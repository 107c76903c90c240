// What was recorded of a speaker comes out the same when it is replayed. That it does for every scenario is asked of each of them, when
// it was played (scene.hpp); here is what a replay finds when something is not as it was.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "common/replay/player.hpp"
#include "conformance/contract/scene.hpp"
#include "conformance/stage/kept_recording.hpp"

namespace tandem::conformance {
namespace {

using recording::Kind;
using recording::Record;
using ::testing::AllOf;
using ::testing::HasSubstr;

class Recording : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(Recording);

// A session, a route by command, the answer to another one.
base::Buffer recorded(const std::string& engine) {
  const auto stage = Stage::make(engine);
  stage->record();
  Scene scene(*stage);
  scene.neighbor();
  scene.program("watch");
  scene.start();
  EXPECT_TRUE(stage->run_until_established());
  EXPECT_THAT(stage->command(announce("10.9.8.0/24", "med 7")), ::testing::Contains("done"));
  EXPECT_TRUE(stage->run_until([&] { return !announced(stage->peer()->transcript()).empty(); }));
  EXPECT_TRUE(stage->stop());
  return stage->recording();
}

// Replaces the last octet of the first output record that contains `part`.
base::Buffer with_another_octet(const base::Buffer& octets, base::Bytes part) {
  Records records = records_of(octets);
  for (recording::Owned& owned : records) {
    Record record = owned.view();
    if (record.kind != Kind::sent) continue;
    const auto found = std::search(record.octets.begin(), record.octets.end(), part.begin(), part.end());
    if (found == record.octets.end()) continue;
    base::Buffer changed(record.octets.begin(), record.octets.end());
    changed[static_cast<std::size_t>(found - record.octets.begin()) + part.size() - 1] ^= 1;
    record.octets = changed;
    owned = recording::Owned(record);
    return octets_of(records);
  }
  ADD_FAILURE() << "nothing like that was sent";
  return octets;
}

TEST_P(Recording, AWrongOctetIsFoundWithItsMessageAndNeighbor) {
  const base::Buffer octets = recorded(GetParam());
  ASSERT_EQ(replayed(octets), "");
  constexpr std::uint8_t k_prefix[] = {24, 10, 9, 8};
  EXPECT_THAT(replayed(with_another_octet(octets, k_prefix)),
              AllOf(HasSubstr("neighbor " + k_far), HasSubstr("another message is sent"), HasSubstr("recorded  UPDATE announces ipv4 unicast: 10.9.9.0/24"),
                    HasSubstr("replayed  UPDATE announces ipv4 unicast: 10.9.8.0/24"), HasSubstr("med 7")));
}

TEST_P(Recording, AWrongLineIsFoundWithWhatLedToIt) {
  const base::Buffer octets = recorded(GetParam());
  EXPECT_THAT(replayed(with_another_octet(octets, base::as_bytes("done"))),
              AllOf(HasSubstr("control client"), HasSubstr("recorded  dond"), HasSubstr("replayed  done"), HasSubstr("announce route 10.9.8.0/24")));
}

// --until and --neighbor of the command.
TEST_P(Recording, OnlySoMuchIsPlayedAndOnlyThatNeighborComparedAsIsAskedFor) {
  const auto differs = [](base::Bytes octets, replay::PlayOptions options) {
    recording::Reader reader(std::make_unique<recording::MemorySource>(octets));
    replay::Player player(reader, std::move(options));
    const auto played = player.play();
    EXPECT_TRUE(played.has_value());
    return played && played->difference.has_value();
  };
  const base::Buffer octets = recorded(GetParam());
  constexpr std::uint8_t k_prefix[] = {24, 10, 9, 8};
  const base::Buffer message = with_another_octet(octets, k_prefix);
  const base::Buffer line = with_another_octet(octets, base::as_bytes("done"));
  EXPECT_TRUE(differs(message, {std::chrono::hours(1), false, {}}));
  EXPECT_FALSE(differs(message, {base::Duration(1), false, {}}));
  EXPECT_TRUE(differs(message, {std::nullopt, false, std::string(k_far)}));
  EXPECT_FALSE(differs(message, {std::nullopt, false, "192.0.2.1"}));
  EXPECT_TRUE(differs(line, {}));
  EXPECT_FALSE(differs(line, {std::nullopt, false, std::string(k_far)})) << "what programs and clients are told is not what it was told";
}

TEST_P(Recording, AnInputThatIsMissingIsADifference) {
  Records records = records_of(recorded(GetParam()));
  const auto command = [](const recording::Owned& record) {
    return record.kind() == Kind::received && base::as_text(record.view().octets).find("10.9.8.0") != std::string_view::npos;
  };
  ASSERT_GT(std::erase_if(records, command), 0U);
  EXPECT_NE(replayed(octets_of(records)), "");
}

// A session that is up, a program, a listing that nobody reads, half a line and a key: all of it is gone on with.
TEST_P(Recording, OneThatBeginsLaterBeginsWithASnapshot) {
  const auto stage = Stage::make(GetParam());
  stage->record_when_asked();
  Scene scene(*stage);
  scene.neighbor().statements = {"adj-rib-in true;"};
  scene.program("watch");
  scene.start();
  ASSERT_TRUE(stage->run_until_established());
  EXPECT_THAT(stage->command(announce("10.9.8.0/24", "med 7")), ::testing::Contains("done"));
  ScriptedProgram* const program = stage->program_running("watch");
  ASSERT_NE(program, nullptr);
  program->write("peer * announce route 10.9.7.0/24 next");
  stage->run_for(50ms);
  EXPECT_THAT(stage->command("record status"), ::testing::Contains(HasSubstr("false")));
  EXPECT_THAT(stage->command("record start no"), ::testing::Contains(HasSubstr("No such file or directory")));
  EXPECT_THAT(stage->command("record start today"), ::testing::ElementsAre("done"));
  EXPECT_THAT(stage->command("record start tomorrow"), ::testing::Contains(HasSubstr("today is being recorded")));
  program->write("-hop 10.0.0.1\n");
  EXPECT_TRUE(stage->run_until([&] { return announced(stage->peer()->transcript()).size() == 2; }));
  stage->peer()->send(update({{"40.0.0.0/24"}, std::nullopt, 7}));
  stage->run_for(100ms);
  EXPECT_THAT(stage->command("rib show in"), ::testing::Contains(HasSubstr("40.0.0.0/24")));
  stage->signal(speaker::Signal::reload);
  stage->run_for(100ms);
  EXPECT_THAT(stage->command("engine"), ::testing::Contains(HasSubstr("measured")));
  EXPECT_THAT(stage->command("record status"), ::testing::Contains(HasSubstr("today")));
  EXPECT_THAT(stage->command("record stop"), ::testing::ElementsAre("done"));
  EXPECT_THAT(stage->command("record stop"), ::testing::Contains(HasSubstr("nothing is recorded")));
  EXPECT_TRUE(stage->stop());
  EXPECT_EQ(records_of(stage->recording()).at(1).kind(), Kind::host);
  EXPECT_EQ(replayed(stage->recording()), "");
  constexpr std::uint8_t k_prefix[] = {24, 10, 9, 7};
  EXPECT_THAT(replayed(with_another_octet(stage->recording(), k_prefix)), HasSubstr("neighbor " + k_far));
}

// Whenever it is begun: everything at once is gone on with, an outbox that the peer does not read and a run that is not over as well.
TEST_P(Recording, OneThatBeginsInTheMiddleOfARunGoesOnWithIt) {
  const auto stage = Stage::make(GetParam());
  stage->record_when_asked();
  Scene scene(*stage);
  PeerOptions deaf;
  deaf.script = {Step::established(), Step::stop_reading()};
  scene.neighbor(k_far, deaf).statements = {"group-updates false;"};
  scene.at(0).connect = narrow_peer_at(*stage, k_far, deaf);
  scene.at(0).routes = many_routes(20'000);
  scene.start();
  ASSERT_TRUE(stage->run_until([&] { return stage->peer() != nullptr && stage->peer()->script_done(); }));
  stage->run_for(100ms);
  EXPECT_THAT(stage->command("record start today"), ::testing::ElementsAre("done"));
  EXPECT_THAT(stage->command(announce("20.0.0.0/24")), ::testing::Contains("done"));
  stage->peer()->set_reading(true);
  EXPECT_TRUE(stage->run_until([&] { return stage->peer()->table().has("20.0.0.0/24") && stage->peer()->ends_of_rib() == 1; }));
  EXPECT_TRUE(stage->stop());
  EXPECT_EQ(replayed(stage->recording()), "");
}

// Of a recording that ends by itself the neighbors, programs and clients notice nothing; another one may be begun.
TEST_P(Recording, ADiskThatIsSlowOrFullEndsItAndNothingElse) {
  const auto stage = Stage::make(GetParam());
  stage->record_when_asked();
  Scene scene(*stage);
  scene.neighbor();
  scene.program("watch");
  scene.start();
  ASSERT_TRUE(stage->run_until_established());
  std::size_t expected = 0;
  for (const std::string file : {"slow", "full", "whole"}) {
    EXPECT_THAT(stage->command("record start " + file), ::testing::ElementsAre("done"));
    EXPECT_THAT(stage->command(announce(fmt::format("10.9.{}.0/24", ++expected))), ::testing::Contains("done"));
    EXPECT_TRUE(stage->run_until([&] { return announced(stage->peer()->transcript()).size() == expected; }));
    EXPECT_THAT(stage->command("record status"), ::testing::Contains(AllOf(HasSubstr(file), HasSubstr(file == "whole" ? "true" : "the disk does not keep up"))));
  }
  EXPECT_FALSE(stage->peer()->has_closed());
  EXPECT_TRUE(stage->stop());
  const auto files = stage->recordings_made();
  ASSERT_EQ(files.size(), 3U);
  EXPECT_EQ(replayed(files[0]), "the recording does not say that it was stopped");
  EXPECT_TRUE(files[1].empty());
  EXPECT_EQ(replayed(files[2]), "");
}

TEST_P(Recording, FilesThatFollowEachOtherCanEachBePlayed) {
  const auto stage = Stage::make(GetParam());
  stage->record(5);
  Scene scene(*stage);
  scene.neighbor().statements = {"adj-rib-in true;"};
  scene.program("watch");
  scene.start();
  ASSERT_TRUE(stage->run_until_established());
  for (int i = 0; i < 20; ++i) {
    stage->program_running("watch")->say(announce(fmt::format("10.9.{}.0/24", i)));
    stage->peer()->send(update({{fmt::format("40.0.{}.0/24", i)}, std::nullopt, 7}));
    EXPECT_TRUE(stage->run_until([&] { return announced(stage->peer()->transcript()).size() == static_cast<std::size_t>(i) + 1; }));
  }
  EXPECT_TRUE(stage->stop());
  const auto files = stage->recordings_made();
  EXPECT_GT(files.size(), 3U);
  for (const base::Buffer& file : files) EXPECT_EQ(replayed(file), "");
}

// Wherever: in front of a round, between it and what came of it.
TEST_P(Recording, OneThatIsCutBetweenTwoRecordsIsIdenticalAsFarAsItGoes) {
  Records records = records_of(recorded(GetParam()));
  const auto is_start = [](const recording::Owned& record) { return record.kind() == Kind::start; };
  const auto least = static_cast<std::size_t>(std::find_if(records.begin(), records.end(), is_start) - records.begin()) + 1;
  ASSERT_LT(least, records.size());
  for (records.pop_back(); records.size() > least; records.pop_back()) {
    ASSERT_EQ(replayed(octets_of(records)), "the recording does not say that it was stopped") << "after record " << records.size();
  }
}

}  // namespace
}  // namespace tandem::conformance
