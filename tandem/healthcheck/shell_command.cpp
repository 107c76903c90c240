#include "tandem/healthcheck/shell_command.hpp"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "common/process/io.hpp"
#include "common/process/spawn_setup.hpp"
#include "common/process/system_error.hpp"

extern char** environ;

namespace tandem::healthcheck {

namespace {

constexpr int k_reads = 4;

std::vector<std::string> environment_with(const std::string& variable) {
  std::vector<std::string> result;
  const std::string name = variable.substr(0, variable.find('=') + 1);
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    if (name.empty() || !std::string_view(*entry).starts_with(name)) result.emplace_back(*entry);
  }
  if (!variable.empty()) result.push_back(variable);
  return result;
}

}  // namespace

base::Result<void> ShellCommand::start(const std::vector<std::string>& arguments, const std::string& variable, bool keep_output) {
  text_.clear();
  output_.reset();
  base::UniqueFd theirs;
  if (keep_output) {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) return process::system_error("pipe2", "", errno);
    output_.reset(ends[0]);
    theirs.reset(ends[1]);
    (void)::fcntl(output_.get(), F_SETFL, O_NONBLOCK);  // of our end alone
  }
  const base::UniqueFd nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!nothing) return process::system_error("open", "/dev/null", errno);
  const int output = keep_output ? theirs.get() : nothing.get();
  process::SpawnSetup setup;
  int error = setup.prepare(nothing.get(), output, output);
  std::vector<std::string> words = arguments;
  std::vector<std::string> environment = environment_with(variable);
  pid_t pid = 0;
  if (error == 0) {
    error = ::posix_spawnp(&pid, words[0].c_str(), &setup.actions, &setup.attributes, process::argument_pointers(words).data(),
                           process::argument_pointers(environment).data());
  }
  if (error != 0) {
    output_.reset();
    return process::system_error("posix_spawn", words[0], error);
  }
  pid_ = pid;
  return boost::system::in_place_value;
}

void ShellCommand::kill() {
  if (pid_ != 0) (void)::kill(-pid_, SIGKILL);
}

bool ShellCommand::collect() {
  int status = 0;
  if (pid_ == 0 || ::waitpid(pid_, &status, WNOHANG) != pid_) return false;
  read_output();
  output_.reset();  // what it has left behind writes to nobody
  pid_ = 0;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return true;
}

void ShellCommand::read_output() {
  std::array<std::uint8_t, 16384> space;
  for (int i = 0; i < k_reads && output_; ++i) {  // one that prints without end does not keep us here
    const process::IoResult read = process::read_some(output_.get(), space);
    if (read.status == process::IoStatus::would_block) return;
    if (read.status != process::IoStatus::done) {
      output_.reset();
      return;
    }
    const std::size_t room = k_output_max - std::min(text_.size(), k_output_max);
    text_.append(base::as_text({space.data(), std::min(read.count, room)}));
  }
}

}  // namespace tandem::healthcheck
