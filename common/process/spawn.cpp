#include "common/process/spawn.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include <string_view>

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

// posix_spawn's two objects, released whatever happens.
struct SpawnSetup {
  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
  SpawnSetup() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;
  ~SpawnSetup() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }

  // `errors`: -1 leaves standard error as it is.
  [[nodiscard]] int prepare(int input, int output, int errors) {
    sigset_t all;
    sigset_t none;
    ::sigfillset(&all);
    ::sigemptyset(&none);
    int error = ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    if (error == 0) error = ::posix_spawnattr_setpgroup(&attributes, 0);
    if (error == 0) error = ::posix_spawnattr_setsigdefault(&attributes, &all);
    if (error == 0) error = ::posix_spawnattr_setsigmask(&attributes, &none);
    if (error == 0) error = ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    if (error == 0) error = ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    if (error == 0 && errors >= 0) error = ::posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
    // Ours are close-on-exec, but we may have inherited some that are not.
    if (error == 0) error = ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    if (error == 0) error = ::posix_spawn_file_actions_addchdir_np(&actions, "/");
    return error;
  }
};

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (std::string& text : strings) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
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
  if (const int error = setup.prepare(input->read.get(), output->write.get(), errors->write.get()); error != 0) {
    return system_error("posix_spawn", plan.name, error);
  }
  std::vector<std::string> arguments = plan.arguments;
  std::vector<std::string> environment = child_environment();
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, arguments[0].c_str(), &setup.actions, &setup.attributes, pointers(arguments).data(),
                                  pointers(environment).data());
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
