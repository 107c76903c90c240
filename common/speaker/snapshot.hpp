// What a snapshot of a speaker says about the surroundings that it was taken in, and what restoring one needs to be told.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "common/base/unique_fd.hpp"
#include "common/process/host.hpp"
#include "common/speaker/speaker_options.hpp"
#include "common/state/layout.hpp"

namespace tandem::speaker {

// Who replays it somewhere else makes such surroundings.
struct Surroundings {
  process::HostIdentity identity;
  SpeakerOptions options;  // but `redirect`
};
[[nodiscard]] base::Result<Surroundings> surroundings(base::Bytes snapshot);

struct Restore {
  // What a descriptor of the snapshot is here; null: the number it had, as in the process that has taken over.
  std::function<base::UniqueFd(int)> descriptors;
};

}  // namespace tandem::speaker
