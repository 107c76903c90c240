// The key that a neighbor's connections are guarded with.
#pragma once

#include <optional>

#include "common/config/configuration.hpp"
#include "common/process/host.hpp"

namespace tandem::speaker {

// For `remote`, or the range that `prefix_length` makes of it; none: its connections are not signed.
[[nodiscard]] inline std::optional<process::TcpKey> tcp_key(const config::Neighbor& neighbor, const base::IpAddress& remote,
                                                            std::uint8_t prefix_length = 0) {
  if (neighbor.has_tcp_ao()) {
    return process::TcpKey{remote, neighbor.ao_password, prefix_length, process::TcpAo{*neighbor.ao_key_id, *neighbor.ao_algorithm}};
  }
  if (neighbor.md5_password.empty()) return std::nullopt;
  return process::TcpKey{remote, neighbor.md5_password, prefix_length};
}

}  // namespace tandem::speaker
