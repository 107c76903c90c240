// Makes a small recording of one that differs, with the same difference (the same two messages, on the same connection), or of one that the
// speaker does not survive.
#pragma once

#include <functional>

#include "common/recording/recorder.hpp"
#include "common/replay/player.hpp"

namespace tandem::replay {

// Runs something in a process of its own, which it may end: a crash is seen from outside only.
struct Ended {
  int signal = 0;        // that it ended by; 0: it came to its end
  base::Buffer records;  // what it has given to its sink until then
};
using RunApart = std::function<base::Result<Ended>(const std::function<void(recording::Sink&)>& run)>;

struct Shrunk {
  base::Buffer records;
  int signal = 0;                 // by which the process ends that plays it; 0: it differs
  std::size_t inputs = 0;         // from outside, that are left
  std::size_t inputs_before = 0;
  std::size_t runs = 0;           // of a speaker
};

// Called with how many inputs are left, as it goes on.
using ShrinkProgress = std::function<void(std::size_t)>;

// An error: it neither differs nor crashes, or in a way that leaves nothing to look for (a message that is missing).
[[nodiscard]] base::Result<Shrunk> shrink(std::vector<recording::Owned> records, const RunApart& run_apart, const ShrinkProgress& progress);

}  // namespace tandem::replay
