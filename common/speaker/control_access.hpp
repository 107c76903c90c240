// Whom the control socket serves: root, the user of the daemon, whoever started it, and the members of a group (api.group).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/process/host.hpp"

namespace tandem::speaker {

class ControlAccess {
 public:
  explicit ControlAccess(const process::HostIdentity& daemon) : user_(daemon.user), starter_(daemon.starter) {}
  void admit_group(std::string name, std::uint32_t number) {
    group_name_ = std::move(name);
    group_ = number;
  }

  // The error says who is served, and who is not.
  [[nodiscard]] base::Result<void> judge(const process::Credentials& client) const;

 private:
  [[nodiscard]] bool serves(const process::Credentials& client) const;
  std::uint32_t user_;
  std::uint32_t starter_;
  std::optional<std::uint32_t> group_;
  std::string group_name_;
};

}  // namespace tandem::speaker
