// Sockets that carry sessions: created, configured and bound. Private to this room.
#pragma once

#include <cstdint>

#include "common/process/host.hpp"
#include "common/process/tcp_key.hpp"

namespace tandem::process {

inline constexpr int k_session_backlog = 200;

[[nodiscard]] base::Result<base::UniqueFd> make_dial_socket(const DialPlan& plan);
// `held` gets the MD5 keys that the kernel has taken.
[[nodiscard]] base::Result<OpenListener> make_listener(const ListenPlan& plan, HeldKeys& held);
// RFC 5082: what comes from further away is dropped by the kernel; what we send has the same TTL. 0: neither.
[[nodiscard]] base::Result<void> set_minimum_ttl(int fd, std::uint8_t ttl);

}  // namespace tandem::process
