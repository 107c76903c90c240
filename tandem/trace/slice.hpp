// What a timeline is made of: something of the loop that had a beginning and an end.
#pragma once

#include <cstdint>

#include "common/base/time.hpp"

namespace tandem::trace {

struct Label;

// As small as it can be: the loop writes one every few microseconds, and another processor reads it.
struct Slice {
  const Label* label = nullptr;  // everything of it that is the same each time (labels.hpp)
  base::TimePoint begin{};
  base::Duration length{};
  std::uint32_t amount = 0;  // messages in, octets, or slices that are missing
  std::uint32_t amount_out = 0;
};

}  // namespace tandem::trace
