// base::Endpoint to and from the kernel's sockaddr. Private to this room.
#pragma once

#include <sys/socket.h>

#include <string>

#include "common/base/ip.hpp"

namespace tandem::process {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  [[nodiscard]] int family() const { return storage.ss_family; }
};

[[nodiscard]] SocketAddress to_socket_address(const base::Endpoint& endpoint);
// None for anything that is neither IPv4 nor IPv6.
[[nodiscard]] base::Endpoint to_endpoint(const SocketAddress& address);
// The name of the interface that a link-local address is on; empty for all others.
[[nodiscard]] std::string interface_of(const SocketAddress& address);
void set_interface(SocketAddress& address, const std::string& name);  // of an IPv6 address
// AF_INET or AF_INET6, as the socket is.
[[nodiscard]] int socket_family(int fd);

}  // namespace tandem::process
