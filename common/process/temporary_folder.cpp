#include "common/process/temporary_folder.hpp"

#include <errno.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <system_error>

#include "common/process/system_error.hpp"

namespace tandem::process {

base::Result<TemporaryFolder> TemporaryFolder::make(std::string_view name) {
  std::string path = fmt::format("/tmp/{}-XXXXXX", name);
  if (::mkdtemp(path.data()) == nullptr) return system_error("mkdtemp", path, errno);
  TemporaryFolder folder(std::move(path));
  // The umask of a daemon is for files.
  if (::chmod(folder.path().c_str(), S_IRWXU) != 0) return system_error("chmod", folder.path(), errno);
  return base::Result<TemporaryFolder>(boost::system::in_place_value, std::move(folder));
}

void TemporaryFolder::remove() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(std::exchange(path_, {}), ignored);
}

}  // namespace tandem::process
