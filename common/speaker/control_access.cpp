#include "common/speaker/control_access.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tandem::speaker {

bool ControlAccess::serves(const process::Credentials& client) const {
  if (client.user == 0 || client.user == user_ || client.user == starter_) return true;
  return group_ && (client.group == *group_ || std::find(client.groups.begin(), client.groups.end(), *group_) != client.groups.end());
}

base::Result<void> ControlAccess::judge(const process::Credentials& client) const {
  if (serves(client)) return {};
  std::string served = fmt::format("root, the user of the daemon (uid {})", user_);
  if (starter_ != user_ && starter_ != 0) served += fmt::format(", who started it (uid {})", starter_);
  served += group_ ? fmt::format(" and the group '{}' (api.group)", group_name_) : " and, with the setting api.group, a group";
  return base::Error(fmt::format("the control socket serves {}; not uid {}", served, client.user));
}

}  // namespace tandem::speaker
