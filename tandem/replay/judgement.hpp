// What is said of a recording and of a run with an engine that was given its inputs.
#pragma once

#include <string>

#include "tandem/compare/report.hpp"
#include "tandem/replay/streams.hpp"

namespace tandem::replay {

// Of what the peers were sent. What a connection of the recording had not sent before the recording was cut is not missing.
[[nodiscard]] compare::Judgement judge(const Streams& then, const Streams& now);

// Of programs and clients: the first line that one of them was not told as then, but for the time of an event; empty: all were.
[[nodiscard]] std::string first_other_line(const Streams& then, const Streams& now);

}  // namespace tandem::replay
