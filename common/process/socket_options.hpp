// Sockets that carry sessions: created, configured and bound in the order of spec session.md 1.2 and 1.3. Private to this room.
#pragma once

#include <cstdint>
#include <vector>

#include "common/process/host.hpp"

namespace tandem::process {

[[nodiscard]] base::Result<base::UniqueFd> make_dial_socket(const DialPlan& plan);
[[nodiscard]] base::Result<base::UniqueFd> make_listener(const ListenPlan& plan);
// RFC 2385. An empty key removes the entry; keys of the other address family are skipped.
[[nodiscard]] base::Result<void> set_md5_key(int fd, const Md5Key& key, std::uint16_t port);
// RFC 5082: what comes from further away is dropped by the kernel; what we send has the same TTL (spec session.md 1.3). 0: neither.
[[nodiscard]] base::Result<void> set_minimum_ttl(int fd, std::uint8_t ttl);
// AF_INET or AF_INET6, as the socket is.
[[nodiscard]] int socket_family(int fd);

}  // namespace tandem::process
