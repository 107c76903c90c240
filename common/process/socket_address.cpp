#include "common/process/socket_address.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <array>
#include <cstring>

namespace tandem::process {

SocketAddress to_socket_address(const base::Endpoint& endpoint) {
  SocketAddress result;
  const base::Bytes octets = endpoint.address.bytes();
  if (endpoint.address.is_v6()) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(endpoint.port);
    std::memcpy(&address.sin6_addr, octets.data(), octets.size());
    std::memcpy(&result.storage, &address, sizeof address);
    result.length = sizeof address;
  } else {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(endpoint.port);
    if (!octets.empty()) std::memcpy(&address.sin_addr, octets.data(), octets.size());
    std::memcpy(&result.storage, &address, sizeof address);
    result.length = sizeof address;
  }
  return result;
}

base::Endpoint to_endpoint(const SocketAddress& address) {
  base::Endpoint endpoint;
  if (address.family() == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address.storage, sizeof v4);
    endpoint.address = base::IpAddress::v4(ntohl(v4.sin_addr.s_addr));
    endpoint.port = ntohs(v4.sin_port);
  } else if (address.family() == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address.storage, sizeof v6);
    endpoint.address = base::IpAddress::from_bytes({reinterpret_cast<const std::uint8_t*>(&v6.sin6_addr), 16});
    endpoint.port = ntohs(v6.sin6_port);
  }
  return endpoint;
}

std::string interface_of(const SocketAddress& address) {
  if (address.family() != AF_INET6) return {};
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address.storage, sizeof v6);
  std::array<char, IF_NAMESIZE> name{};
  if (v6.sin6_scope_id == 0 || ::if_indextoname(v6.sin6_scope_id, name.data()) == nullptr) return {};
  return name.data();
}

void set_interface(SocketAddress& address, const std::string& name) {
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address.storage, sizeof v6);
  v6.sin6_scope_id = ::if_nametoindex(name.c_str());
  std::memcpy(&address.storage, &v6, sizeof v6);
}

int socket_family(int fd) {
  SocketAddress address;
  address.length = sizeof address.storage;
  if (::getsockname(fd, address.get(), &address.length) != 0) return AF_UNSPEC;
  return address.family();
}

}  // namespace tandem::process
