// What an engine's loop did, seen by its own observer (the timeline of --trace) and from outside (/proc, and perf(1) where it is installed, which
// the number of waits is checked against).
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "bench/table/scenario.hpp"

namespace tandem::bench {

// The figures that every scenario has of its loop; the ids are those of `figures_of`.
[[nodiscard]] const std::vector<FigureRow>& loop_figures();

// Of a timeline; false when there is none. Waits: looks at the descriptors; wake-ups: those that slept; empty: behind which nothing was done.
[[nodiscard]] bool read_timeline(const std::string& path, Observation& observation);
// Of what `perf stat -x,` has written.
[[nodiscard]] bool read_counts(const std::string& path, Observation& observation);

// perf(1) counts the system calls of a process until it is told to end; 0 when it is not installed.
[[nodiscard]] pid_t start_counting(pid_t process, const std::string& path);
void end_counting(pid_t counter);

// By ids without the scenario's: "loop.wake-ups" ...
[[nodiscard]] Figures figures_of(const Observation& observation);

}  // namespace tandem::bench
