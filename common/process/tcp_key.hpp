// Keys of TCP MD5 signatures (RFC 2385) and of TCP-AO (RFC 5925). A key that is not in the kernel is no signature that fails but one that nobody asks for: whoever
// cannot be guarded is named here and let in nowhere. Private to this room.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "common/process/host.hpp"

namespace tandem::process {

// The address must be of the socket's family; port 0: any (TCP-AO: always any).
[[nodiscard]] base::Result<void> set_key(int fd, const TcpKey& key, std::uint16_t port);

// What the kernel holds for a listener, by address and prefix length.
using HeldKeys = std::map<std::pair<base::IpAddress, std::uint8_t>, TcpKey>;

// What of these a listener is given. Keys of the other address family are skipped; of two for one address the first counts.
[[nodiscard]] HeldKeys keys_of(int listener, const std::vector<TcpKey>& wanted);

struct KeyChanges {
  MissingKeys missing;
  std::vector<base::Prefix> changed;  // whose key was not there before, or was another one
};
// Makes `held` what is `wanted`, as far as the kernel has room: what is gone first, then in the order given.
[[nodiscard]] KeyChanges change_keys(int listener, const std::vector<TcpKey>& wanted, HeldKeys& held);

// Whether the kernel has demanded `key.remote`'s signature of all that this accepted connection has received: it got its key from the
// listener when it was made, or never. An error: it did not. From here on the key is `key`.
[[nodiscard]] base::Result<void> require_key(int connection, const TcpKey& key);

}  // namespace tandem::process
