#include "conformance/stage/kept_recording.hpp"

#include "common/recording/encoder.hpp"
#include "common/replay/player.hpp"
#include "common/replay/report.hpp"
#include "conformance/stage/stage.hpp"

namespace tandem::conformance {

Records records_of(base::Bytes octets) {
  recording::Reader reader(std::make_unique<recording::MemorySource>(octets));
  Records records;
  for (auto record = reader.next(); record && *record != nullptr; record = reader.next()) records.emplace_back(**record);
  return records;
}

base::Buffer octets_of(const Records& records) {
  base::Buffer octets;
  recording::Encoder encoder;
  for (const recording::Owned& record : records) encoder.append(record.view(), octets);
  return octets;
}

std::string replayed(base::Bytes records) {
  recording::Reader reader(std::make_unique<recording::MemorySource>(records));
  replay::Player player(reader, {});
  const auto played = player.play();
  if (!played) return played.error().reason();
  if (played->difference) return replay::report(*played->difference);
  if (played->unanswered > 0) return "the speaker has asked for what is not in the recording";
  return played->ended == "stopped" ? "" : "the recording does not say that it was stopped";
}

}  // namespace tandem::conformance
