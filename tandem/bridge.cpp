#include "tandem/bridge.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "common/base/unique_fd.hpp"
#include "common/process/system_error.hpp"

namespace tandem::program {

namespace {

constexpr std::size_t k_line_max = std::size_t{64} << 20U;

// One direction. What was read is written before more is: nothing piles up.
class Direction {
 public:
  Direction(base::UniqueFd from, base::UniqueFd to, const LineChange& change) : from_(std::move(from)), to_(std::move(to)), change_(change) {}

  [[nodiscard]] bool ended() const { return !to_; }
  // Where there is nothing to write, only the end of whoever reads it is told.
  void wish(pollfd* two) const {
    two[0] = {ended() || !out_.empty() ? -1 : from_.get(), POLLIN, 0};
    two[1] = {ended() ? -1 : to_.get(), static_cast<short>(out_.empty() ? 0 : POLLOUT), 0};
  }
  void step(const pollfd* two) {
    if ((two[1].revents & POLLERR) != 0) return to_.reset();
    if (two[0].revents != 0) return read_some();
    if (two[1].revents != 0) write_some();
  }

 private:
  void read_some() {
    char buffer[65536];
    const ssize_t count = ::read(from_.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) return;
    if (count <= 0) {
      last_ = true;
      if (!in_.empty()) out_ = change_(in_);
      in_.clear();
      if (out_.empty()) to_.reset();
      return;
    }
    in_.append(buffer, static_cast<std::size_t>(count));
    std::size_t at = 0;
    for (std::size_t end = in_.find('\n'); end != std::string::npos; end = in_.find('\n', at)) {
      out_ += change_(std::string_view(in_).substr(at, end - at));
      out_ += '\n';
      at = end + 1;
    }
    in_.erase(0, at);
    if (in_.size() > k_line_max) to_.reset();  // no line of ours
  }
  // No more than a pipe takes at once where it takes anything: this does not block.
  void write_some() {
    const ssize_t count = ::write(to_.get(), out_.data(), std::min<std::size_t>(out_.size(), PIPE_BUF));
    if (count < 0 && errno == EINTR) return;
    if (count < 0) return to_.reset();  // nobody reads this any more
    out_.erase(0, static_cast<std::size_t>(count));
    if (out_.empty() && last_) to_.reset();
  }

  base::UniqueFd from_;
  base::UniqueFd to_;
  const LineChange& change_;
  std::string in_;
  std::string out_;
  bool last_ = false;
};

// In the child. It goes when we go.
[[noreturn]] void become(const std::vector<std::string>& program, int input, int output) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  ::signal(SIGPIPE, SIG_DFL);
  ::dup2(input, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  std::vector<char*> arguments;
  for (const std::string& word : program) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execvp(arguments[0], arguments.data());
  fmt::print(stderr, "{}: {}\n", program[0], process::system_error("exec", program[0], errno).reason());
  ::_exit(127);
}

base::Result<int> end_of(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return process::system_error("waitpid", "", errno);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

base::Result<int> run_between(const std::vector<std::string>& program, const LineChange& to_program, const LineChange& from_program) {
  int input[2];
  int output[2];
  if (::pipe2(input, O_CLOEXEC) != 0) return process::system_error("pipe2", "", errno);
  base::UniqueFd theirs_in(input[0]);
  base::UniqueFd ours_in(input[1]);
  if (::pipe2(output, O_CLOEXEC) != 0) return process::system_error("pipe2", "", errno);
  base::UniqueFd ours_out(output[0]);
  base::UniqueFd theirs_out(output[1]);
  ::signal(SIGPIPE, SIG_IGN);
  const pid_t child = ::fork();
  if (child < 0) return process::system_error("fork", "", errno);
  if (child == 0) become(program, theirs_in.get(), theirs_out.get());
  theirs_in.reset();
  theirs_out.reset();
  Direction down(base::UniqueFd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)), std::move(ours_in), to_program);
  Direction up(std::move(ours_out), base::UniqueFd(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)), from_program);
  while (!up.ended() || !down.ended()) {
    pollfd wishes[4];
    down.wish(wishes);
    up.wish(wishes + 2);
    if (::poll(wishes, 4, -1) < 0) {
      if (errno == EINTR) continue;
      return process::system_error("poll", "", errno);
    }
    down.step(wishes);
    up.step(wishes + 2);
  }
  return end_of(child);
}

}  // namespace tandem::program
