// Becoming another user, going into the background, the pid file: what a daemon does to itself at its start.
#pragma once

#include <sys/types.h>

#include <string>

#include "common/base/error.hpp"

namespace tandem::process {

// What a user name stands for; the error says that there is no such user.
struct Account {
  std::string name;
  uid_t user = 0;
  gid_t group = 0;
};
[[nodiscard]] base::Result<Account> find_account(const std::string& name);

[[nodiscard]] bool is_privileged();  // started with uid or gid 0

// Becomes `account` for good: supplementary groups, group, user. Does nothing when not privileged or when it is that user already.
[[nodiscard]] base::Result<void> become(const Account& account);

// Whether `account` (or we, without one) may make and remove the file `path`; the error says whom and where. Asks a process of its own: call it
// before there are threads.
[[nodiscard]] base::Result<void> may_own_file(const std::string& path, const Account* account);

// Forks twice and leaves the terminal; only the daemon returns. The standard descriptors become /dev/null.
[[nodiscard]] base::Result<void> go_to_background();
// False when a supervisor owns the process already: its parent is init, or its standard input is a socket.
[[nodiscard]] bool may_go_to_background();

// The pid file: made exclusively; one left behind by a dead process is replaced. Removed at the end of the process that made it.
class PidFile {
 public:
  [[nodiscard]] static base::Result<PidFile> create(const std::string& path);
  PidFile(PidFile&& other) noexcept;
  PidFile& operator=(PidFile&&) = delete;
  ~PidFile();

 private:
  PidFile(std::string path, pid_t owner) : path_(std::move(path)), owner_(owner) {}
  std::string path_;
  pid_t owner_ = 0;
};

}  // namespace tandem::process
