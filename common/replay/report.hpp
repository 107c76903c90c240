// The verdict of a replay, for people.
#pragma once

#include <string>

#include "common/replay/player.hpp"

namespace tandem::replay {

// Seconds with six digits.
[[nodiscard]] std::string seconds_text(base::Duration time);

// Where it differs, both messages side by side, and what led to it, in lines.
[[nodiscard]] std::string report(const Difference& difference);

}  // namespace tandem::replay
