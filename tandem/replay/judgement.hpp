// What is said of a recording and of a run with an engine that was given its inputs.
#pragma once

#include <string>

#include "tandem/compare/report.hpp"
#include "tandem/replay/streams.hpp"

namespace tandem::replay {

// Of what the peers were sent. What a connection of the recording had not sent before the recording was cut is not missing.
// `Moment::quiet`: it was not cut, both have said what they have to say by now.
enum class Moment : std::uint8_t { end, quiet };
[[nodiscard]] compare::Judgement judge(const Streams& then, const Streams& now, Moment moment = Moment::end);

// Of a comparison that goes on for long: what both have sent is forgotten as far as it is the same; or all of it, when it was judged.
void forget_the_same(Streams& then, Streams& now);
void forget_all(Streams& streams);

// Of programs and clients: the first line that one of them was not told as then, but for the time of an event; empty: all were.
[[nodiscard]] std::string first_other_line(const Streams& then, const Streams& now);

}  // namespace tandem::replay
