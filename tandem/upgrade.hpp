// One program in the place of another, in the same process: the state in a file without a name, the new program that looks at it first, and
// the exec that keeps the descriptors (docs/engines.md).
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/error.hpp"
#include "common/base/time.hpp"
#include "common/base/unique_fd.hpp"
#include "common/process/host.hpp"
#include "common/speaker/snapshot.hpp"
#include "common/speaker/speaker.hpp"

namespace tandem::program {

// "": the path that this program was started from, where another one may lie by now.
[[nodiscard]] std::string program_to_run(const std::string& wanted);
// The state of a speaker into a file, as it is at that instant; the child that looks at it writes what the speaker has written ahead, too. REQUIRES
// that it has.
[[nodiscard]] base::Result<void> write_state(int file, speaker::Speaker& speaker, base::TimePoint now);
// The rest alone, behind what that child has written ahead.
[[nodiscard]] base::Result<void> write_state_behind(int file, speaker::Speaker& speaker, base::TimePoint now);
// What is in a state, for whoever is to go on from it.
struct Handed {
  base::Buffer octets;
  speaker::Surroundings around;
};
[[nodiscard]] base::Result<Handed> handed_over(int state);
// The descriptor that this process has open to a file: whoever has given up its privileges since cannot open it again. -1: it has none.
[[nodiscard]] int descriptor_of(const std::string& path);

struct Handover {
  int state;
  int paused;                    // what was written to sessions since: keepalives.hpp
  base::TimePoint taken;         // when the state was, by the clock that both have
  int log;                       // descriptor of the log; -1: it is opened again
  int before;                    // descriptor of this program, for one that cannot go on; -1: there is none
  std::vector<int> descriptors;  // that the state names
};
// `PROGRAM server --check-state` with the state of this process as its standard input: a child, which looks at it while this one goes on.
class StateCheck {
 public:
  // So long it may take, beside all that is served meanwhile, and as long again when it has worked: a large state, or a busy machine.
  static constexpr std::chrono::seconds k_patience{10};
  static constexpr std::chrono::seconds k_longest{60};
  using WriteState = std::function<base::Result<void>(int file)>;

  [[nodiscard]] static base::Result<std::unique_ptr<StateCheck>> begin(const std::string& program, bool log_is_open, const WriteState& write);
  ~StateCheck();  // ends it, unless its end has been told
  StateCheck(const StateCheck&) = delete;
  StateCheck& operator=(const StateCheck&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] const std::string& program() const { return program_; }
  // The file that the child has written the state into, and looked at: a memfd, which only those have that this process leaves it to.
  [[nodiscard]] int state() const { return state_.get(); }
  // It has been using the processor since that was so last, and may take more time.
  [[nodiscard]] bool works(base::TimePoint now);
  // `end`: how it has ended, and it has been collected; none: it has had its time. The error is what it says.
  [[nodiscard]] base::Result<void> verdict(const std::optional<process::ChildEnd>& end);

 private:
  StateCheck(std::string program, pid_t pid, base::UniqueFd state, base::UniqueFd output);

  std::string program_;
  pid_t pid_;  // 0: it has ended
  base::UniqueFd state_;
  base::UniqueFd output_;
  base::TimePoint begun_;
  base::Duration worked_{};  // its processor time when that was so last
};
// Executes `PROGRAM server --resume-state`. Comes back when that was not possible: then all is as it was.
[[nodiscard]] base::Error replace_by(const std::string& program, const Handover& handover);
// The program that this process has executed, whatever has become of its file.
[[nodiscard]] base::UniqueFd this_program();

// --- in the program that was executed ------------------------------------------------------------------------------------------
// What another program of this process has left, for one that goes on.
struct Resumption {
  int state = -1;          // descriptor
  int paused = -1;         // descriptor of what was written to sessions since then; -1: nothing
  std::int64_t taken = 0;  // nanoseconds of the clock when the state was taken
  int log = -1;            // descriptor of the log file; -1: it is opened again
  int before = -1;         // descriptor of the program that has left it, which goes on again if this one cannot
  std::string refusal;     // it does, because of this
};
// No child is to have what was handed over: all these descriptors.
[[nodiscard]] std::vector<int> keep_descriptors_to_ourselves();
// This one cannot go on: the one before does, and says why. Comes back when that was not possible.
[[nodiscard]] base::Error go_back(const Resumption& with, std::string_view reason, const std::vector<int>& descriptors);
// Whether it could go on with the state at its standard input: exit status 0. The reason why not goes to standard error. Nothing that the state
// names is touched.
[[nodiscard]] int check_state(bool log_is_open);

}  // namespace tandem::program
