// One command beside us: a check, a hook, sudo. It is the leader of a process group, which ends as a whole when its time is over. What it
// prints is kept up to a bound and never waited for.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "common/base/error.hpp"
#include "common/base/unique_fd.hpp"

namespace tandem::healthcheck {

class ShellCommand {
 public:
  ShellCommand() = default;
  ~ShellCommand() { kill(); }
  ShellCommand(const ShellCommand&) = delete;
  ShellCommand& operator=(const ShellCommand&) = delete;

  // Standard input is empty. `variable`, "NAME=VALUE", is added to its environment unless it is empty; `keep_output`: else it is thrown
  // away. REQUIRES !running().
  [[nodiscard]] base::Result<void> start(const std::vector<std::string>& arguments, const std::string& variable, bool keep_output);
  [[nodiscard]] bool running() const { return pid_ != 0; }
  void kill();  // the whole group

  // A child has ended: whether it was this one. Then status() is what it ended with: 0 is success, minus a signal.
  [[nodiscard]] bool collect();
  [[nodiscard]] int status() const { return status_; }

  [[nodiscard]] int output_fd() const { return output_.get(); }  // -1: nothing to be read
  void read_output();
  [[nodiscard]] const std::string& output() const { return text_; }

  static constexpr std::size_t k_output_max = 4096;

 private:
  pid_t pid_ = 0;
  int status_ = 0;
  base::UniqueFd output_;
  std::string text_;
};

}  // namespace tandem::healthcheck
