// The only place where a clock is read: engines pass its value into the core.
#pragma once

#include "common/base/time.hpp"

namespace tandem::process {

[[nodiscard]] base::TimePoint now();  // CLOCK_MONOTONIC

}  // namespace tandem::process
