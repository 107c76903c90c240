// What was recorded of a speaker comes out the same when it is replayed. That it does for every scenario is asked of each of them, when
// it was played (scene.hpp); here is what a replay finds when something is not as it was.
#include <gmock/gmock.h>

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

TEST_P(Recording, AnInputThatIsMissingIsADifference) {
  Records records = records_of(recorded(GetParam()));
  const auto command = [](const recording::Owned& record) {
    return record.kind() == Kind::received && base::as_text(record.view().octets).find("10.9.8.0") != std::string_view::npos;
  };
  ASSERT_GT(std::erase_if(records, command), 0U);
  EXPECT_NE(replayed(octets_of(records)), "");
}

TEST_P(Recording, OneThatIsCutBetweenTwoRecordsIsIdenticalAsFarAsItGoes) {
  Records records = records_of(recorded(GetParam()));
  records.resize(records.size() / 2);
  EXPECT_EQ(replayed(octets_of(records)), "the recording does not say that it was stopped");
}

}  // namespace
}  // namespace tandem::conformance
