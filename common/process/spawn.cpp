#include "common/process/spawn.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <string_view>

#include "common/process/spawn_setup.hpp"
#include "common/process/system_error.hpp"

extern char** environ;

namespace tandem::process {

namespace {

struct Pipe {
  base::UniqueFd read;
  base::UniqueFd write;
};

// A daemon started with closed standard descriptors would get 0 to 2 here, and the child's dup2 would overwrite one with the other.
base::Result<base::UniqueFd> above_standard(base::UniqueFd fd) {
  if (fd.get() > STDERR_FILENO) return fd;
  base::UniqueFd copy(::fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!copy) return system_error("fcntl", "F_DUPFD_CLOEXEC", errno);
  return copy;
}

base::Result<Pipe> make_pipe() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return system_error("pipe2", "", errno);
  Pipe pipe{base::UniqueFd(ends[0]), base::UniqueFd(ends[1])};
  auto read = above_standard(std::move(pipe.read));
  if (!read) return read.error();
  auto write = above_standard(std::move(pipe.write));
  if (!write) return write.error();
  return Pipe{std::move(read.value()), std::move(write.value())};
}

base::Result<void> make_non_blocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) return system_error("fcntl", "O_NONBLOCK", errno);
  return boost::system::in_place_value;
}

}  // namespace

std::vector<std::string> child_environment() {
  std::vector<std::string> result;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (text.starts_with("TERM=") || text.starts_with("exabgp_cli_pipe=")) continue;
    result.emplace_back(text);
  }
  result.emplace_back("TERM=dumb");
  return result;
}

base::Result<Spawned> spawn_program(const SpawnPlan& plan, const std::string& user) {
  if (plan.arguments.empty()) return base::Error("process " + plan.name + " has no program to run");
  auto input = make_pipe();
  if (!input) return input.error();
  auto output = make_pipe();
  if (!output) return output.error();
  auto errors = plan.take_errors ? make_pipe() : base::Result<Pipe>(Pipe());
  if (!errors) return errors.error();
  for (const int fd : {input->write.get(), output->read.get(), errors->read.get()}) {
    if (fd < 0) continue;
    auto set = make_non_blocking(fd);
    if (!set) return set.error();
  }
  SpawnSetup setup;
  int error = setup.prepare(input->read.get(), output->write.get(), errors->write.get());
  if (error == 0) error = ::posix_spawn_file_actions_addchdir_np(&setup.actions, "/");
  if (error != 0) return system_error("posix_spawn", plan.name, error);
  std::vector<std::string> arguments = plan.arguments;
  std::vector<std::string> environment = child_environment();
  pid_t pid = 0;
  error = ::posix_spawn(&pid, arguments[0].c_str(), &setup.actions, &setup.attributes, argument_pointers(arguments).data(),
                        argument_pointers(environment).data());
  if (error != 0) {
    const base::Error failed = system_error("posix_spawn", arguments[0], error);
    if (user.empty() || (error != EACCES && error != EPERM)) return failed;
    return base::Error(fmt::format("{} (as user '{}', see the setting daemon.user)", failed.reason(), user));
  }
  Spawned spawned;
  spawned.pid = pid;
  spawned.input = std::move(input->write);
  spawned.output = std::move(output->read);
  spawned.errors = std::move(errors->read);
  return spawned;
}

}  // namespace tandem::process
