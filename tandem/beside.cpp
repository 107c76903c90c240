#include "tandem/beside.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>

#include "common/base/unique_fd.hpp"
#include "common/process/spawn_setup.hpp"
#include "common/process/system_error.hpp"
#include "tandem/upgrade.hpp"

namespace tandem::program {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::minutes k_patience{1};

// `output` gets the end that is read.
base::Result<pid_t> start(const std::vector<std::string>& given, base::UniqueFd& output) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return process::system_error("pipe2", "", errno);
  output.reset(ends[0]);
  const base::UniqueFd written(ends[1]);
  const base::UniqueFd nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const std::string program = program_to_run({});
  std::vector<std::string> words{"tandem"};
  words.insert(words.end(), given.begin(), given.end());
  const std::vector<char*> arguments = process::argument_pointers(words);
  process::SpawnSetup setup;
  pid_t pid = 0;
  int failed = setup.prepare(nothing.get(), written.get(), written.get());
  if (failed == 0) failed = ::posix_spawn(&pid, program.c_str(), &setup.actions, &setup.attributes, arguments.data(), environ);
  if (failed != 0) return process::system_error("exec", program, failed);
  return pid;
}

// Until the other one has closed its output.
void read_all(int output, pid_t pid, const Beside& beside) {
  std::optional<Clock::time_point> due = Clock::now() + beside.time;
  bool was_told = false;
  for (;;) {
    const auto left = due ? std::chrono::ceil<std::chrono::milliseconds>(*due - Clock::now()).count() : -1;
    pollfd entry{output, POLLIN, 0};
    const int ready = ::poll(&entry, 1, due ? static_cast<int>(std::max<std::int64_t>(left, 0)) : -1);
    if (ready < 0 && errno != EINTR) return;
    if (due && Clock::now() >= *due) {
      if (was_told) ::kill(pid, SIGTERM);
      else beside.time_is_over();
      due = was_told ? std::nullopt : std::optional(Clock::now() + k_patience);
      was_told = true;
    }
    if (ready <= 0) continue;
    char buffer[4096];
    const ssize_t count = ::read(output, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      if (!was_told) beside.time_is_over();
      return;
    }
    beside.tells(std::string_view(buffer, static_cast<std::size_t>(count)));
  }
}

}  // namespace

base::Result<int> run_beside(const Beside& beside) {
  base::UniqueFd output;
  const auto pid = start(beside.arguments, output);
  if (!pid) {
    beside.time_is_over();
    return pid.error();
  }
  read_all(output.get(), *pid, beside);
  int status = 0;
  while (::waitpid(*pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace tandem::program
