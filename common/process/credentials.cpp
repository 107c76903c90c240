#include "common/process/credentials.hpp"

#include <errno.h>
#include <fmt/format.h>
#include <grp.h>
#include <sys/socket.h>

#include "common/base/asn.hpp"
#include "common/process/system_error.hpp"

namespace tandem::process {

namespace {

// A kernel that does not tell them (before 4.13) leaves the primary group, which it tells.
std::vector<std::uint32_t> peer_groups(int connection) {
#ifdef SO_PEERGROUPS
  std::vector<gid_t> groups(64);
  for (int attempt = 0; attempt < 4; ++attempt) {
    auto length = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
    if (::getsockopt(connection, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &length) == 0) {
      groups.resize(length / sizeof(gid_t));
      return {groups.begin(), groups.end()};
    }
    if (errno != ERANGE) break;
    groups.resize(length / sizeof(gid_t));  // as many as there are
  }
#endif
  return {};
}

}  // namespace

base::Result<Credentials> peer_credentials(int connection) {
  ucred told{};
  socklen_t length = sizeof told;
  if (::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &told, &length) != 0) return system_error("getsockopt", "SO_PEERCRED", errno);
  // What the kernel says of a socket that was never connected.
  if (told.uid == static_cast<uid_t>(-1)) return base::Error("the kernel does not say who has connected");
  return Credentials{told.uid, told.gid, peer_groups(connection)};
}

base::Result<std::uint32_t> find_group(const std::string& name) {
  if (const auto number = base::parse_decimal(name, 0xFFFFFFFE)) return static_cast<std::uint32_t>(*number);
  std::vector<char> space(16 * 1024);
  group entry{};
  group* found = nullptr;
  int error = ::getgrnam_r(name.c_str(), &entry, space.data(), space.size(), &found);
  while (error == ERANGE && space.size() < (1U << 22)) {
    space.resize(space.size() * 2);
    error = ::getgrnam_r(name.c_str(), &entry, space.data(), space.size(), &found);
  }
  if (found != nullptr) return static_cast<std::uint32_t>(found->gr_gid);
  if (error != 0 && error != ENOENT) return system_error("getgrnam", name, error);
  return base::Error(fmt::format("there is no group '{}' on this system", name));
}

}  // namespace tandem::process
