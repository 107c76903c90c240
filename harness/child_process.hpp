// Processes a test starts, and ends whatever happens.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "common/base/time.hpp"

namespace tandem::harness {

class ChildProcess {
 public:
  ChildProcess() = default;
  // Runs `arguments` with `environment` added to ours; output and errors go to `log`.
  ChildProcess(const std::vector<std::string>& arguments, const std::vector<std::pair<std::string, std::string>>& environment,
        const std::string& log);
  ChildProcess(ChildProcess&& other) noexcept : pid_(std::exchange(other.pid_, 0)) {}
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ~ChildProcess() { stop(); }

  [[nodiscard]] bool running() const;
  void signal(int number) const;
  // SIGTERM, and SIGKILL after five seconds. The exit status, or minus the signal; -1000 when there was nothing to stop.
  int stop();

 private:
  pid_t pid_ = 0;
};

// Runs a program to its end and gives what it wrote.
[[nodiscard]] std::string output_of(const std::vector<std::string>& arguments);
[[nodiscard]] std::string read_text(const std::string& path);

}  // namespace tandem::harness
