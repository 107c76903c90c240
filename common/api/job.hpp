// What becomes of a command, at once or over several rounds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/api/executor.hpp"

namespace tandem::state {
class Reader;
class Writer;
}  // namespace tandem::state

namespace tandem::api {

enum class Outcome : std::uint8_t {
  done,      // "done" is due
  error,     // "error" is due
  silent,    // nothing is due (silence-ack)
  answered,  // the handler wrote the terminator itself
  job        // see the job
};

// Work that spans rounds. step() appends lines to `out` until it holds about `budget` octets more, or has done as much as takes that long.
class Job {
 public:
  virtual ~Job() = default;
  // Something else has to happen first; there is no use in stepping it at once.
  [[nodiscard]] virtual bool waits() const { return false; }
  // Nothing: call again later. Otherwise the outcome; the terminator has not been appended.
  virtual std::optional<Outcome> step(Executor& executor, std::size_t budget, std::string& out) = 0;

  // --- its state (docs/recording.md) -----------------------------------------------------------------------------------
  [[nodiscard]] virtual std::string_view kind() const = 0;  // a row of job_state.cpp
  virtual void store(state::Writer& writer) const = 0;
};
constexpr Outcome last_of(Outcome) { return Outcome::job; }

}  // namespace tandem::api
