#include "conformance/stage/kept_recording.hpp"

#include "common/replay/player.hpp"
#include "common/replay/report.hpp"
#include "conformance/stage/stage.hpp"

namespace tandem::conformance {

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
