// One program in the place of another, in the same process: the state in a file without a name, the new program that looks at it first, and
// the exec that keeps the descriptors (docs/engines.md).
#pragma once

#include <string>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/error.hpp"
#include "common/base/time.hpp"
#include "common/base/unique_fd.hpp"

namespace tandem::program {

// "": the path that this program was started from, where another one may lie by now.
[[nodiscard]] std::string program_to_run(const std::string& wanted);
// In a memfd that cannot be changed any more.
[[nodiscard]] base::Result<base::UniqueFd> sealed_state(base::Bytes state);
[[nodiscard]] base::Result<base::Buffer> read_state(int descriptor);
// The descriptor that this process has open to a file: whoever has given up its privileges since cannot open it again. -1: it has none.
[[nodiscard]] int descriptor_of(const std::string& path);

struct Handover {
  int state;
  base::TimePoint taken;         // when the state was, by the clock that both have
  int log;                       // descriptor of the log; -1: it is opened again
  std::vector<int> descriptors;  // that the state names
};
// Runs `PROGRAM server --check-state` with the state as its standard input, and waits for it. The error is what it says.
[[nodiscard]] base::Result<void> ask_to_check(const std::string& program, const Handover& handover);
// Executes `PROGRAM server --resume-state`. Comes back when that was not possible: then all is as it was.
[[nodiscard]] base::Error replace_by(const std::string& program, const Handover& handover);
// In the program that was executed: no child is to have what was handed over.
void keep_descriptors_to_ourselves();

}  // namespace tandem::program
