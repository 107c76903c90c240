// Makes a small recording of one that differs, with the same difference: the same two messages, on the same connection.
#pragma once

#include <functional>

#include "common/replay/player.hpp"

namespace tandem::replay {

struct Shrunk {
  base::Buffer records;
  std::size_t inputs = 0;         // from outside, that are left
  std::size_t inputs_before = 0;
  std::size_t runs = 0;           // of a speaker
};

// Called with how many inputs are left, as it goes on.
using ShrinkProgress = std::function<void(std::size_t)>;

// An error: it does not differ, or in a way that leaves nothing to look for (a message that is missing).
[[nodiscard]] base::Result<Shrunk> shrink(std::vector<recording::Owned> records, const ShrinkProgress& progress);

}  // namespace tandem::replay
