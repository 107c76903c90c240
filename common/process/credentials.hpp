// Who is at the other end of a Unix socket, as the kernel says it, and who is in a group.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/error.hpp"

namespace tandem::process {

// Of the process that connected, when it did. Nothing that it says itself.
struct Credentials {
  std::uint32_t user = 0;
  std::uint32_t group = 0;
  std::vector<std::uint32_t> groups;  // the other ones it is in
};

[[nodiscard]] base::Result<Credentials> peer_credentials(int connection);

// The number of a group, by its name or itself.
[[nodiscard]] base::Result<std::uint32_t> find_group(const std::string& name);

}  // namespace tandem::process
