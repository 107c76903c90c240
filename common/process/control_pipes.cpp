#include "common/process/control_pipes.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/process/answer_pipe.hpp"
#include "common/process/system_error.hpp"

namespace tandem::process {

namespace {

constexpr std::chrono::milliseconds k_pause{20};

base::Result<base::UniqueFd> open_fifo(const std::string& path, int mode) {
  base::UniqueFd fd(::open(path.c_str(), mode | O_NONBLOCK | O_CLOEXEC));
  if (!fd) return system_error("open", path, errno);
  struct stat facts {};
  if (::fstat(fd.get(), &facts) != 0) return system_error("stat", path, errno);
  if (!S_ISFIFO(facts.st_mode)) return base::Error(path + " is not a named pipe: mkfifo makes one");
  return fd;
}

// What waits for somebody to read it comes as soon as the daemon sees that somebody does.
void drain(int fd, std::chrono::steady_clock::time_point until) {
  constexpr auto k_seen = 3 * AnswerPipe::k_look;
  char buffer[4096];
  pollfd entry{fd, POLLIN, 0};
  while (std::chrono::steady_clock::now() < until && ::poll(&entry, 1, static_cast<int>(k_seen.count())) > 0) {
    if (::read(fd, buffer, sizeof buffer) == 0) return;
  }
}

}  // namespace

bool is_fifo(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && S_ISFIFO(facts.st_mode);
}

std::optional<std::string> find_control_pipes(const std::string& root, unsigned user_id, const std::string& base_name,
                                              const PathTest& fifo_exists) {
  const auto both = [&](const std::string& path) { return fifo_exists(path + ".in") && fifo_exists(path + ".out"); };
  if (base_name.find('/') != std::string::npos) return both(base_name) ? std::optional(base_name) : std::nullopt;
  for (const std::string& directory : control_directories(root, user_id)) {
    std::string path = directory + base_name;
    if (both(path)) return path;
  }
  return std::nullopt;
}

base::Result<base::UniqueFd> open_command_pipe(const std::string& path) { return open_fifo(path + ".in", O_RDWR); }

base::Result<ControlPipes> connect_control_pipes(const std::string& path, std::chrono::milliseconds patience, std::string_view speaker) {
  const auto nobody = [&](std::string_view why) { return base::Error(fmt::format("could not send command to {} (command timeout): {} {}.in", speaker, why, path)); };
  const auto until = std::chrono::steady_clock::now() + patience;
  const auto patient = [until] { return ::poll(nullptr, 0, static_cast<int>(k_pause.count())) == 0 && std::chrono::steady_clock::now() < until; };
  base::UniqueFd commands(::open((path + ".in").c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  while (!commands && errno == ENXIO && patient()) commands.reset(::open((path + ".in").c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  if (!commands && errno == ENXIO) return nobody("nobody reads");
  if (!commands) return system_error("open", path + ".in", errno);
  bool alone = ::flock(commands.get(), LOCK_EX | LOCK_NB) == 0;
  while (!alone && patient()) alone = ::flock(commands.get(), LOCK_EX | LOCK_NB) == 0;
  if (!alone) return nobody("another client uses");
  auto answers = open_fifo(path + ".out", O_RDWR);
  if (!answers) return answers.error();
  drain(answers->get(), until);
  return ControlPipes{std::move(commands), std::move(*answers)};
}

}  // namespace tandem::process
