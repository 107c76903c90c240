// Something that may crash, in a process of its own.
#pragma once

#include "common/replay/shrink.hpp"

namespace tandem::replay {

// A RunApart: forks. Nothing it says on standard error is seen, and it leaves no core.
[[nodiscard]] base::Result<Ended> run_apart(const std::function<void(recording::Sink&)>& run);

}  // namespace tandem::replay
