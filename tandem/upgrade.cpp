#include "tandem/upgrade.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "common/process/spawn_setup.hpp"
#include "common/process/system_error.hpp"

namespace tandem::program {

namespace {

constexpr const char* k_program_name = "tandem";     // whatever its file is called: by other names it takes other words
constexpr int k_patience_ms = 2'000;                 // for the new program to look at a small state; nobody is served meanwhile
constexpr std::size_t k_octets_in_a_ms = 32 * 1024;  // ... and for each of so many octets of it
constexpr std::size_t k_said_max = 4096;
constexpr std::string_view k_replaced = " (deleted)";

void set_close_on_exec(int descriptor, bool close) {
  const int flags = ::fcntl(descriptor, F_GETFD);
  if (flags >= 0) ::fcntl(descriptor, F_SETFD, close ? flags | FD_CLOEXEC : flags & ~FD_CLOEXEC);
}

// Where the program lay when this one was started, if it was replaced since.
std::string own_path() {
  std::error_code none;
  std::string path = std::filesystem::read_symlink("/proc/self/exe", none).string();
  if (path.ends_with(k_replaced)) path.resize(path.size() - k_replaced.size());
  return path;
}

// What it writes until it ends, or until patience does: then it is ended.
std::string output_of(pid_t pid, int output, std::chrono::milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  std::string text;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
    pollfd wait{output, POLLIN, 0};
    const int ready = left > 0 ? ::poll(&wait, 1, static_cast<int>(left)) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) {
      ::kill(-pid, SIGKILL);  // it has a group of its own
      return fmt::format("it has not looked at it in {} ms", patience.count());
    }
    char buffer[k_said_max];
    const ssize_t count = ::read(output, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    if (text.size() < k_said_max) text.append(buffer, static_cast<std::size_t>(count));
  }
}

}  // namespace

std::string program_to_run(const std::string& wanted) { return wanted.empty() ? own_path() : wanted; }

base::Result<base::UniqueFd> sealed_state(base::Bytes state) {
  base::UniqueFd file(::memfd_create("tandem-state", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file) return process::system_error("memfd_create", "state", errno);
  while (!state.empty()) {
    const ssize_t count = ::write(file.get(), state.data(), state.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return process::system_error("write", "state", errno);
    state = state.subspan(static_cast<std::size_t>(count));
  }
  if (::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0) {
    return process::system_error("fcntl", "state", errno);
  }
  return file;
}

base::Result<base::Buffer> read_state(int descriptor) {
  base::Buffer octets;
  std::uint8_t buffer[65536];
  for (;;) {
    const ssize_t count = ::pread(descriptor, buffer, sizeof buffer, static_cast<off_t>(octets.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return process::system_error("read", "state", errno);
    if (count == 0) return base::Result<base::Buffer>(boost::system::in_place_value, std::move(octets));
    octets.insert(octets.end(), buffer, buffer + count);
  }
}

base::Result<void> ask_to_check(const std::string& program, const Handover& handover) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return process::system_error("pipe2", program, errno);
  const base::UniqueFd output(ends[0]);
  base::UniqueFd input(ends[1]);
  std::vector<std::string> words{k_program_name, "server", "--check-state"};
  if (handover.log >= 0) words.emplace_back("--log-is-open");
  const std::vector<char*> arguments = process::argument_pointers(words);
  process::SpawnSetup setup;
  pid_t pid = 0;
  int failed = setup.prepare(handover.state, input.get(), input.get());
  if (failed == 0) failed = ::posix_spawn(&pid, program.c_str(), &setup.actions, &setup.attributes, arguments.data(), environ);
  if (failed != 0) return process::system_error("exec", program, failed);
  input.reset();
  struct stat about {};
  const std::size_t octets = ::fstat(handover.state, &about) == 0 ? static_cast<std::size_t>(about.st_size) : 0;
  const std::string said = output_of(pid, output.get(), std::chrono::milliseconds(k_patience_ms + octets / k_octets_in_a_ms));
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return base::Error(fmt::format("{} does not take the state: {}", program, said.empty() ? "it does not say why" : said.substr(0, said.find('\n'))));
}

base::Error replace_by(const std::string& program, const Handover& handover) {
  std::vector<std::string> words{k_program_name,
                                 "server",
                                 "--resume-state",
                                 fmt::format("{}", handover.state),
                                 "--taken-at",
                                 fmt::format("{}", handover.taken.time_since_epoch().count()),
                                 fmt::format("--log-descriptor={}", handover.log)};
  const std::vector<char*> arguments = process::argument_pointers(words);
  std::vector<int> handed = handover.descriptors;
  handed.push_back(handover.state);
  if (handover.log >= 0) handed.push_back(handover.log);
  for (const int descriptor : handed) set_close_on_exec(descriptor, false);
  ::execve(program.c_str(), arguments.data(), environ);
  const int number = errno;
  for (const int descriptor : handed) set_close_on_exec(descriptor, true);
  return process::system_error("exec", program, number);
}

int descriptor_of(const std::string& path) {
  struct stat wanted {};
  if (::stat(path.c_str(), &wanted) != 0) return -1;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", none)) {
    const int descriptor = std::atoi(entry.path().filename().c_str());
    struct stat facts {};
    if (descriptor > STDERR_FILENO && ::fstat(descriptor, &facts) == 0 && facts.st_dev == wanted.st_dev && facts.st_ino == wanted.st_ino) return descriptor;
  }
  return -1;
}

void keep_descriptors_to_ourselves() {
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", none)) {
    const int descriptor = std::atoi(entry.path().filename().c_str());
    if (descriptor > STDERR_FILENO) set_close_on_exec(descriptor, true);
  }
}

}  // namespace tandem::program
