// Where a batch of log lines goes: a descriptor, a file, the system's log, another host's. Written to from one thread, which may wait
// for as long as the other side likes; only `open_again` is called from the loop. Private to this room.
#pragma once

#include <memory>
#include <string>

#include "common/base/error.hpp"
#include "common/log/destination.hpp"
#include "common/log/line_queue.hpp"

namespace tandem::log {

class Output {
 public:
  Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  virtual ~Output() = default;

  // Writes the lines; gives the number of those that were lost, the last of them because of `error` (an errno).
  struct Loss {
    std::size_t lines = 0;
    int error = 0;
  };
  virtual Loss write(const Batch& batch) = 0;
  // Before a batch: whatever has been moved away is followed. An error leaves things as they are.
  virtual base::Result<void> follow() { return {}; }
  // From the loop's thread: the same, at once. What is written from here on goes to the new place.
  virtual base::Result<void> open_again() { return {}; }
};

// The error names the destination.
[[nodiscard]] base::Result<std::unique_ptr<Output>> open_output(const Place& place);
// Does not own the descriptor and does not change its flags: standard error is shared with the shell and the programs.
[[nodiscard]] std::unique_ptr<Output> output_to(int descriptor);

}  // namespace tandem::log
