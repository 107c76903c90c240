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
// What came out of an engine, and what it says that it was given to write. It says so a little later, so as long as it runs more may have come.
[[nodiscard]] bool is_what_was_given(base::Bytes came, base::Bytes given, bool has_ended);
// A session that goes on without a pause, and in which they have parted for good (replay::have_parted): what both have said before `since`, and
// nobody has changed since then. Null: none.
[[nodiscard]] const StreamName* parted_session(const Streams& then, const Streams& now, base::TimePoint since);
// Of this session alone, as if there were a pause.
[[nodiscard]] compare::Judgement judge_session(const StreamName& name, const Streams& then, const Streams& now);

// Of a comparison that goes on for long: what both have sent is forgotten as far as it is the same; or all that peers were sent, when it was judged.
void forget_the_same(Streams& then, Streams& now);
void forget_sessions(Streams& streams);
// Sessions in which what differs has stood since before `since`: where both have come to the same message again behind it, and what is in
// front of that is equivalent, that is forgotten, too. The verdict on it.
[[nodiscard]] Verdict forget_the_equivalent(Streams& then, Streams& now, base::TimePoint since);
// Of two that are not as far as each other: where one is ahead the other may follow, and what differs there may fit together a little later. What was
// compared is forgotten.
[[nodiscard]] Verdict judge_in_the_middle(Streams& then, Streams& now);
// Of programs and clients, behind what is the same: lines that both have told, and all of them where one is ahead of the other by more than
// so many octets. The first other line; empty: there is no such.
[[nodiscard]] std::string forget_other_lines(Streams& then, Streams& now, std::size_t octets);
// What is not forgotten.
[[nodiscard]] std::size_t octets_left(const Streams& streams);

// Of programs and clients: the first line that one of them was not told as then, but for the time of an event and what was measured of an engine; empty:
// all were.
[[nodiscard]] std::string first_other_line(const Streams& then, const Streams& now);

}  // namespace tandem::replay
