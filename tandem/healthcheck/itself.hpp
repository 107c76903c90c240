// What a health checker does to itself at its start.
#pragma once

#include <string>

#include "common/base/error.hpp"

namespace tandem::healthcheck {

[[nodiscard]] base::Result<void> write_pid_file(const std::string& path);
// Becomes this user and this group for good; without a group it is the user's. Both empty: nothing happens.
[[nodiscard]] base::Result<void> become(const std::string& user, const std::string& group);

}  // namespace tandem::healthcheck
