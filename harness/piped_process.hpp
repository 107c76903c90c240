// A process that a test talks to over its standard input and output, as a speaker does with a program.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "common/base/time.hpp"
#include "common/base/unique_fd.hpp"

namespace tandem::harness {

class PipedProcess {
 public:
  // `environment` is added to ours, without what begins with exabgp or tandem there. Standard error is ours.
  PipedProcess(const std::vector<std::string>& arguments, const std::vector<std::pair<std::string, std::string>>& environment = {});
  ~PipedProcess();
  PipedProcess(const PipedProcess&) = delete;
  PipedProcess& operator=(const PipedProcess&) = delete;

  // Reads until there are `count` complete lines in all; false when its output ends first, or `limit` is over.
  bool read_lines(std::size_t count, base::Duration limit = std::chrono::seconds(20));
  // Reads until one of the lines that come from here on is `line`.
  bool read_until(const std::string& line, base::Duration limit = std::chrono::seconds(20));
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }
  // Answers each line with this one while it is read.
  void answer_with(std::string answer) { answer_ = std::move(answer); }
  void say(const std::string& text);
  void close_input() { input_.reset(); }    // its standard input
  void close_output() { output_.reset(); }  // what it writes has no reader any more
  void signal(int number) const;
  [[nodiscard]] pid_t pid() const { return pid_; }
  // Reads what comes until it has ended. The exit status, or minus the signal; -1000 when it does not end within `limit`.
  int wait(base::Duration limit = std::chrono::seconds(20));

 private:
  bool read_more(base::TimePoint until);

  pid_t pid_ = 0;
  base::UniqueFd input_;
  base::UniqueFd output_;
  std::string rest_;
  std::string answer_;
  std::vector<std::string> lines_;
};

}  // namespace tandem::harness
