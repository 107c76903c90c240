// What a speaker is made with, as a recording keeps it.
#pragma once

#include "common/recording/recorder.hpp"
#include "common/speaker/speaker_options.hpp"

namespace tandem::speaker {

[[nodiscard]] recording::Made to_made(const SpeakerOptions& options);
// The error says which of them this version does not take.
[[nodiscard]] base::Result<SpeakerOptions> from_made(recording::Made made);

}  // namespace tandem::speaker
