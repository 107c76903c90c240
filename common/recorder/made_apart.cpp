#include "common/recorder/made_apart.hpp"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "common/process/system_error.hpp"

namespace tandem::recorder {

namespace {

constexpr int k_politeness = 10;
constexpr std::size_t k_read = 1024 * 1024;

[[noreturn]] void be_the_child(const std::function<base::Buffer()>& make, int output) {
  ::setpgid(0, 0);
  static_cast<void>(::nice(k_politeness));
  // What the parent closes is closed, whatever this one does.
  ::dup2(output, STDOUT_FILENO);
  ::closefrom(STDERR_FILENO + 1);
  const base::Buffer octets = make();
  for (base::Bytes left(octets); !left.empty();) {
    const ssize_t count = ::write(STDOUT_FILENO, left.data(), left.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) ::_exit(1);
    left = left.subspan(static_cast<std::size_t>(count));
  }
  ::_exit(0);
}

}  // namespace

base::Result<std::unique_ptr<MadeApart>> MadeApart::begin(const std::function<base::Buffer()>& make) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return process::system_error("pipe2", "", errno);
  base::UniqueFd output(ends[0]);
  const base::UniqueFd input(ends[1]);
  const pid_t pid = ::fork();
  if (pid < 0) return process::system_error("fork", "", errno);
  if (pid == 0) be_the_child(make, input.get());
  return std::unique_ptr<MadeApart>(new MadeApart(pid, std::move(output)));
}

MadeApart::~MadeApart() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  static_cast<void>(wait_for_end());
}

int MadeApart::wait_for_end() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  return status;
}

base::Result<base::Buffer> MadeApart::take() {
  base::Buffer octets;
  std::size_t size = 0;
  for (;;) {
    if (octets.size() < size + k_read) octets.resize(std::max(size + k_read, 2 * octets.size()));
    const ssize_t count = ::read(output_.get(), octets.data() + size, octets.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    size += static_cast<std::size_t>(count);
  }
  octets.resize(size);
  const int status = wait_for_end();
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return base::Error("the process that was to write the state has ended");
  return base::Result<base::Buffer>(boost::system::in_place_value, std::move(octets));
}

}  // namespace tandem::recorder
