#include "common/process/privileges.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>
#include <vector>

#include "common/base/unique_fd.hpp"
#include "common/process/system_error.hpp"

namespace tandem::process {

base::Result<Account> find_account(const std::string& name) {
  std::vector<char> space(16 * 1024);
  passwd entry{};
  passwd* found = nullptr;
  int error = ::getpwnam_r(name.c_str(), &entry, space.data(), space.size(), &found);
  while (error == ERANGE && space.size() < (1U << 22)) {
    space.resize(space.size() * 2);
    error = ::getpwnam_r(name.c_str(), &entry, space.data(), space.size(), &found);
  }
  if (found == nullptr) {
    if (error != 0 && error != ENOENT) return system_error("getpwnam", name, error);
    return base::Error(fmt::format("daemon.user: there is no user '{}' on this system", name));
  }
  return Account{name, found->pw_uid, found->pw_gid};
}

bool is_privileged() { return ::getuid() == 0 || ::geteuid() == 0 || ::getgid() == 0 || ::getegid() == 0; }

base::Result<void> become(const Account& account) {
  if (!is_privileged()) return boost::system::in_place_value;
  if (::getuid() == account.user && ::geteuid() == account.user && ::getgid() == account.group && ::getegid() == account.group) {
    return boost::system::in_place_value;
  }
  // Only root may change the list of groups; a process with gid 0 alone keeps what it has.
  if (::geteuid() == 0 && ::initgroups(account.name.c_str(), account.group) != 0) {
    return system_error("initgroups", account.name, errno);
  }
  if (::setgid(account.group) != 0) return system_error("setgid", std::to_string(account.group), errno);
  if (::setuid(account.user) != 0) return system_error("setuid", std::to_string(account.user), errno);
  // There must be no way back.
  if (account.user != 0 && (::setuid(0) == 0 || ::seteuid(0) == 0)) {
    return base::Error(fmt::format("privileges could be taken back after becoming '{}'", account.name));
  }
  return boost::system::in_place_value;
}

namespace {
int folder_access(const std::string& folder) { return ::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) == 0 ? 0 : errno; }
}  // namespace

base::Result<void> may_own_file(const std::string& path, const Account* account) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  int error = 0;
  if (account == nullptr) {
    error = folder_access(folder);
  } else {
    const pid_t pid = ::fork();
    if (pid < 0) return system_error("fork", "", errno);
    if (pid == 0) ::_exit(become(*account) ? folder_access(folder) : EPERM);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    error = WIFEXITED(status) ? WEXITSTATUS(status) : EPERM;
  }
  if (error == 0) return boost::system::in_place_value;
  const std::string who = account == nullptr ? std::string("we") : fmt::format("user '{}' (daemon.user)", account->name);
  return base::Error(fmt::format("{} may not make or remove files in {}: {}", who, folder, errno_text(error)));
}

bool may_go_to_background() {
  if (::getppid() == 1) return false;
  struct stat facts {};
  return !(::fstat(STDIN_FILENO, &facts) == 0 && S_ISSOCK(facts.st_mode));
}

base::Result<void> go_to_background() {
  for (int step = 0; step < 2; ++step) {
    const pid_t pid = ::fork();
    if (pid < 0) return system_error("fork", "", errno);
    if (pid > 0) ::_exit(0);
    if (step == 0 && ::setsid() < 0) return system_error("setsid", "", errno);
  }
  base::UniqueFd null(::open("/dev/null", O_RDWR));
  if (!null) return system_error("open", "/dev/null", errno);
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::dup2(null.get(), fd) < 0) return system_error("dup2", std::to_string(fd), errno);
  }
  if (null.get() <= STDERR_FILENO) (void)null.release();
  return boost::system::in_place_value;
}

namespace {

// The process that a pid file names; 0 when it says nothing that makes sense.
pid_t read_pid(const std::string& path) {
  base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return 0;
  char text[32] = {};
  const ssize_t count = ::read(fd.get(), text, sizeof text - 1);
  if (count <= 0) return 0;
  const long value = std::strtol(text, nullptr, 10);
  return value > 0 && value < 0x7FFFFFFF ? static_cast<pid_t>(value) : 0;
}

bool is_alive(pid_t pid) { return pid > 0 && (::kill(pid, 0) == 0 || errno == EPERM); }

}  // namespace

base::Result<PidFile> PidFile::create(const std::string& path) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    base::UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (fd) {
      const std::string text = std::to_string(::getpid()) + "\n";
      if (::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        const int number = errno;
        ::unlink(path.c_str());
        return system_error("write", path, number);
      }
      return PidFile(path, ::getpid());
    }
    if (errno != EEXIST) return system_error("open", path, errno);
    const pid_t holder = read_pid(path);
    if (is_alive(holder) && holder != ::getpid()) {
      return base::Error(fmt::format("daemon.pid: {} is held by process {}, which is running", path, holder));
    }
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return system_error("unlink", path, errno);
  }
  return base::Error(fmt::format("daemon.pid: {} is being made by another process", path));
}

PidFile::PidFile(PidFile&& other) noexcept : path_(std::exchange(other.path_, {})), owner_(other.owner_) {}

PidFile::~PidFile() {
  if (!path_.empty() && owner_ == ::getpid()) ::unlink(path_.c_str());
}

}  // namespace tandem::process
