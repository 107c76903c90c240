// The same as in quiet_test.cpp, a thousand times, beside processes that keep every processor busy.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>

#include "conformance/contract/adjacent.hpp"

namespace tandem::conformance {
namespace {

class QuietProgramsBesideBusyProcesses : public RealEngines {};
TANDEM_ON_REAL_ENGINES(QuietProgramsBesideBusyProcesses);

class Busy {
 public:
  explicit Busy(int count) {
    for (int i = 0; i < count; ++i) {
      const pid_t pid = ::fork();
      if (pid == 0) {
        for (std::atomic<unsigned> turns = 0;;) ++turns;
      }
      if (pid > 0) pids_.push_back(pid);
    }
  }
  ~Busy() {
    for (const pid_t pid : pids_) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
    }
  }

 private:
  std::vector<pid_t> pids_;
};

TEST_P(QuietProgramsBesideBusyProcesses, TwoWritesBelongTogether) {
  const Busy busy(4);
  for (const Adjacent& program : adjacent_programs()) {
    play([&](Stage& stage) { expect_adjacent(stage, program, 1000); });
  }
}

}  // namespace
}  // namespace tandem::conformance
