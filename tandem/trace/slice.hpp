// What a timeline is made of: something of the loop that had a beginning and an end.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/time.hpp"

namespace tandem::trace {

enum class SliceKind : std::uint8_t {
  engine,  // no time: from here on this one runs; `name`
  begin,   // it makes itself ready, until it waits first
  wait,    // `detail`: a speaker::WakeCause
  driver,  // it moves octets: `name` is the channel
  step,    // of a round; `detail`: a speaker::RoundStep
  turn,    // of the neighbor `name`: messages in and out
  work,    // any other piece of work inside a step: `what`, for `name`
  lost     // no time: `amount` slices are missing here
};

struct Slice {
  SliceKind kind = SliceKind::step;
  std::uint8_t detail = 0;
  std::uint16_t engine = 0;  // which row of the timeline
  base::TimePoint begin{};
  base::TimePoint end{};
  const char* what = nullptr;         // of a literal
  const std::string* name = nullptr;  // TraceFile::name
  std::uint64_t amount = 0;
  std::uint64_t amount_out = 0;
};

}  // namespace tandem::trace
