// A recording through an engine: the speaker in a thread of its own, driven by the reactor over sockets and pipes as in a daemon, and around it
// the surroundings of then, who say what they said, cut as it was cut. Nobody waits for a pause in which nothing happened: the next input
// comes when the speaker has written what it had written by then.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/recording/owned.hpp"
#include "tandem/compare/report.hpp"

namespace tandem::replay {

struct EngineReplay {
  compare::Judgement judgement;  // of what the peers were sent
  std::size_t sessions = 0;
  std::size_t messages = 0;
  std::size_t inputs = 0;
  std::size_t streams_of_lines = 0;  // of programs and clients
  std::string other_line;        // the first line that one of them was not told as then; empty: all were
  std::string note;              // what went in another way altogether
  base::Duration recorded{};     // how long it took then
  base::Duration taken{};        // and now
  base::Duration behind{};       // whom it follows
  struct Compared {              // so far, of whom it follows
    std::uint64_t messages = 0;  // but KEEPALIVEs
    std::uint64_t octets = 0;
    std::uint64_t lines = 0;
  } compared;
  std::vector<double> measured;  // of the loop of this engine (api::Measurement::numbers), where that was asked for; empty: nothing yet
};

// `begins` is told by which version it was recorded, when it is played. An error: it cannot be played, or a signal to this program has ended the
// speaker.
[[nodiscard]] base::Result<EngineReplay> replay_with_engine(std::vector<recording::Owned> records, const std::string& engine,
                                                            const std::function<void(const std::string& version)>& begins);

// The same of a recording that is being written, behind it by a second or more, until it ends, differs, or a signal comes, which is no error.
// Of what both have sent as it is the same, nothing is kept.
class Following;
struct FollowedBy {
  std::function<void(const std::string& version)> begins;
  std::function<void(const EngineReplay&)> tells;  // once a second, how it stands
  std::function<void(const EngineReplay&)> ends{}; // the verdict, before the engine is ended: who does not come back waits for nobody
  bool measures = false;                           // the engine here: processor and memory are its own, and not those that were recorded
  std::string folder{};                            // for sockets, of whoever has started this; empty: one of its own
  std::optional<base::Duration> within{};          // of its end: what is compared by then counts; none: whatever that takes
};
[[nodiscard]] base::Result<EngineReplay> follow_with_engine(Following& following, const std::string& engine, const FollowedBy& by);

}  // namespace tandem::replay
