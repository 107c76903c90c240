#include "common/process/control_socket.hpp"

#include <errno.h>
#include <fmt/format.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "common/process/system_error.hpp"

namespace tandem::process {

namespace {

constexpr int k_backlog = 64;
// To connect is to write, and whoever may not is not told why. So everybody may, and who is served is decided by what the kernel says of
// him (common/speaker/control_access.hpp).
constexpr mode_t k_socket_mode = 0666;
constexpr mode_t k_directory_mode = 0755;

base::Result<sockaddr_un> unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty()) return base::Error("the path of the control socket is empty");
  if (path.size() >= sizeof address.sun_path) {
    return base::Error(fmt::format("the path of the control socket is longer than {} octets: {}", sizeof address.sun_path - 1, path));
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

// Files are made with their mode: chmod(2) behind it would follow a link that whoever owns the folder has put there meanwhile.
class FileMode {
 public:
  explicit FileMode(mode_t mode) : before_(::umask(0777U & ~mode)) {}
  ~FileMode() { ::umask(before_); }
  FileMode(const FileMode&) = delete;
  FileMode& operator=(const FileMode&) = delete;

 private:
  mode_t before_;
};

base::Result<void> make_directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos || slash == 0) return boost::system::in_place_value;
  const std::string directory = path.substr(0, slash);
  const FileMode exactly(k_directory_mode);
  if (::mkdir(directory.c_str(), k_directory_mode) != 0 && errno != EEXIST) return system_error("mkdir", directory, errno);
  return boost::system::in_place_value;
}

// Somebody listens there.
bool is_live(const sockaddr_un& address) {
  base::UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!probe) return false;
  if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return true;
  return errno == EAGAIN || errno == EACCES;  // its backlog is full; or it is somebody else's
}

base::Result<void> remove_stale(const std::string& path, const sockaddr_un& address) {
  struct stat facts {};
  if (::lstat(path.c_str(), &facts) != 0) {
    if (errno == ENOENT) return boost::system::in_place_value;
    return system_error("lstat", path, errno);
  }
  if (!S_ISSOCK(facts.st_mode)) return base::Error(path + " exists and is not a socket; it is left alone");
  if (is_live(address)) return base::Error("another daemon answers on the control socket " + path);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return system_error("unlink", path, errno);
  return boost::system::in_place_value;
}

}  // namespace

base::Result<base::UniqueFd> make_control_socket(const std::string& path) {
  auto address = unix_address(path);
  if (!address) return address.error();
  auto directory = make_directory_of(path);
  if (!directory) return directory.error();
  auto stale = remove_stale(path, address.value());
  if (!stale) return stale.error();
  base::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return system_error("socket", "AF_UNIX", errno);
  {
    const FileMode exactly(k_socket_mode);
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address.value()), sizeof(sockaddr_un)) != 0) {
      return system_error("bind", path, errno);
    }
  }
  if (::listen(fd.get(), k_backlog) != 0) return system_error("listen", path, errno);
  return fd;
}

base::Result<void> give_control_socket(const std::string& path, unsigned user, unsigned group) {
  // What is changed is what was looked at. The file of nobody else: a hard link would hand it over.
  base::UniqueFd file(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  struct stat facts {};
  if (!file || ::fstat(file.get(), &facts) != 0) return system_error("open", path, errno);
  if (!S_ISSOCK(facts.st_mode) || facts.st_nlink != 1) return base::Error(path + " is not the control socket that was made there");
  if (::fchownat(file.get(), "", user, group, AT_EMPTY_PATH) != 0) return system_error("chown", path, errno);
  return boost::system::in_place_value;
}

base::Result<base::UniqueFd> connect_control_socket(const std::string& path, std::chrono::milliseconds patience, std::string_view speaker) {
  auto address = unix_address(path);
  if (!address) return address.error();
  base::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return system_error("socket", "AF_UNIX", errno);
  const timeval limit{patience.count() / 1000, patience.count() % 1000 * 1000};
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) != 0) return system_error("setsockopt", "SO_SNDTIMEO", errno);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address.value()), sizeof(sockaddr_un)) != 0) {
    if (errno == EAGAIN) return base::Error(fmt::format("{} did not take the connection to {} within {} ms", speaker, path, patience.count()));
    if (errno == ECONNREFUSED) return base::Error(fmt::format("{} is not running: nobody answers on {}", speaker, path));
    if (errno == ENOENT) return base::Error(fmt::format("{} is not running: there is no socket {}", speaker, path));
    return system_error("connect", path, errno);
  }
  return fd;
}

std::vector<std::string> control_directories(const std::string& root, unsigned user_id) {
  const std::string user = std::to_string(user_id);
  std::vector<std::string> result;
  for (const std::string& prefix : {std::string(), root == "/" ? std::string() : root}) {
    for (const char* run : {"/run/", "/var/run/"}) {
      const std::string base = prefix + run;
      result.push_back(base + "exabgp/");
      result.push_back(base + user + "/");
      result.push_back(base);
    }
  }
  return result;
}

bool is_socket(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && S_ISSOCK(facts.st_mode);
}

bool is_writable_directory(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode) &&
         ::faccessat(AT_FDCWD, path.c_str(), W_OK | X_OK, AT_EACCESS) == 0;
}

std::optional<std::string> find_control_socket(const std::string& root, unsigned user_id, std::string_view base_name,
                                               const PathTest& socket_exists) {
  for (const std::string& directory : control_directories(root, user_id)) {
    std::string path = fmt::format("{}{}.sock", directory, base_name);
    if (socket_exists(path)) return path;
  }
  return std::nullopt;
}

std::string choose_control_socket(const std::string& root, unsigned user_id, std::string_view base_name,
                                  const PathTest& socket_exists, const PathTest& directory_usable) {
  if (auto found = find_control_socket(root, user_id, base_name, socket_exists)) return *found;
  for (const std::string& directory : control_directories(root, user_id)) {
    if (directory.ends_with("/run/")) continue;  // shared by every daemon of the host
    if (directory_usable(directory)) return fmt::format("{}{}.sock", directory, base_name);
  }
  return fmt::format("{}/run/{}.sock", root == "/" ? "" : root, base_name);
}

}  // namespace tandem::process
