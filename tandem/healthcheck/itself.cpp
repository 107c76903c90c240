#include "tandem/healthcheck/itself.hpp"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "common/base/unique_fd.hpp"
#include "common/process/system_error.hpp"

namespace tandem::healthcheck {

base::Result<void> write_pid_file(const std::string& path) {
  const base::UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file) return process::system_error("open", path, errno);
  const std::string text = std::to_string(::getpid()) + "\n";
  if (::write(file.get(), text.data(), text.size()) < 0) return process::system_error("write", path, errno);
  return boost::system::in_place_value;
}

base::Result<void> become(const std::string& user_name, const std::string& group_name) {
  if (user_name.empty() && group_name.empty()) return boost::system::in_place_value;
  const passwd* const user = user_name.empty() ? nullptr : ::getpwnam(user_name.c_str());
  if (user == nullptr && !user_name.empty()) return base::Error("--user: there is no user '" + user_name + "' on this system");
  const group* const named = group_name.empty() ? nullptr : ::getgrnam(group_name.c_str());
  if (named == nullptr && !group_name.empty()) return base::Error("--group: there is no group '" + group_name + "' on this system");
  const gid_t group = named != nullptr ? named->gr_gid : user->pw_gid;
  // Only root may change the list of groups.
  if (::geteuid() == 0) {
    const int error = user != nullptr ? ::initgroups(user_name.c_str(), group) : ::setgroups(1, &group);
    if (error != 0) return process::system_error("setgroups", "", errno);
  }
  if (::setresgid(group, group, group) != 0) return process::system_error("setresgid", std::to_string(group), errno);
  if (user != nullptr && ::setresuid(user->pw_uid, user->pw_uid, user->pw_uid) != 0) {
    return process::system_error("setresuid", user_name, errno);
  }
  return boost::system::in_place_value;
}

}  // namespace tandem::healthcheck
