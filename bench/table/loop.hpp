// What an engine's loop did, seen by its own observer (the timeline of --trace) and from outside (/proc, and perf(1) or strace(1) where they are
// installed, which the number of waits is checked against).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/table/scenario.hpp"

namespace tandem::bench {

// The figures that every scenario has of its loop; the ids are those of `figures_of`.
[[nodiscard]] const std::vector<FigureRow>& loop_figures();

// Of a timeline; false when there is none. Waits: looks at the descriptors; wake-ups: those that slept; empty: behind which nothing was done.
[[nodiscard]] bool read_timeline(const std::string& path, Observation& observation);
// Of what `perf stat -x,` or `strace -c` has written; false when that is not whole.
[[nodiscard]] bool read_counts(const std::string& path, Observation& observation);

// Who counts system calls here. perf needs a kernel with tracepoints. strace stops the process at each of them, so that all other figures of
// that run are worth nothing: it counts in a run of its own.
enum class Counter : std::uint8_t { none, perf, strace };
[[nodiscard]] Counter counter();
// In front of a command: the process has the same number as without, and its calls, but not those of the programs that it starts, stand in the
// file when it has ended.
[[nodiscard]] std::vector<std::string> counted_command(const std::string& path);
// perf(1) counts the system calls of a process until it is told to end; 0 when it cannot.
[[nodiscard]] pid_t start_counting(pid_t process, const std::string& path);
void end_counting(pid_t counter);

// By ids without the scenario's: "loop.wake-ups" ...
[[nodiscard]] Figures figures_of(const Observation& observation);

}  // namespace tandem::bench
