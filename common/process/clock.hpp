// The only place where a clock is read: engines pass its value into the core.
#pragma once

#include <cstdint>

#include "common/base/time.hpp"

namespace tandem::process {

[[nodiscard]] base::TimePoint now();  // CLOCK_MONOTONIC

// What the processor counts, some thousand times in a microsecond: for who wants to know that next to nothing has passed, as it costs a third of the
// clock. Nothing more is promised: it may go back. 0 where there is no such counter.
[[nodiscard]] std::uint64_t ticks();

}  // namespace tandem::process
