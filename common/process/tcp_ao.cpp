#include "common/process/tcp_ao.hpp"

#include <errno.h>
#include <netinet/in.h>

#include <cstring>

#include "common/base/assert.hpp"
#include "common/process/socket_address.hpp"

namespace tandem::process {

namespace {

// linux/tcp.h
constexpr int k_tcp_ao_add_key = 38;
constexpr int k_tcp_ao_del_key = 39;
constexpr int k_tcp_ao_info = 40;

// In the order of base::TcpAoAlgorithm, as the kernel's crypto calls them.
constexpr std::string_view k_algorithms[] = {"hmac(sha1)", "cmac(aes128)", "hmac(sha256)"};

std::uint8_t prefix_length(const TcpKey& key) { return key.prefix_length != 0 ? key.prefix_length : static_cast<std::uint8_t>(key.remote.bits()); }

// Keys are for an address, whatever its port.
template <typename Request>
Request addressed(const TcpKey& key) {
  Request request{};
  const SocketAddress address = to_socket_address({key.remote, 0});
  std::memcpy(&request.address, &address.storage, sizeof request.address);
  request.prefix_length = prefix_length(key);
  request.send_id = key.ao->id;
  request.receive_id = key.ao->id;
  return request;
}

}  // namespace

TcpAoAdd ao_add_request(const TcpKey& key) {
  auto request = addressed<TcpAoAdd>(key);
  TANDEM_ASSERT(key.key.size() <= sizeof request.key);
  const std::string_view algorithm = k_algorithms[static_cast<std::size_t>(key.ao->algorithm)];
  std::memcpy(request.algorithm, algorithm.data(), algorithm.size());
  request.key_length = static_cast<std::uint8_t>(key.key.size());
  std::memcpy(request.key, key.key.data(), key.key.size());
  return request;
}

TcpAoDelete ao_delete_request(const TcpKey& key) { return addressed<TcpAoDelete>(key); }

int add_ao_key(int fd, const TcpKey& key) {
  TcpAoAdd request = ao_add_request(key);
  const int number = ::setsockopt(fd, IPPROTO_TCP, k_tcp_ao_add_key, &request, sizeof request) == 0 ? 0 : errno;
  ::explicit_bzero(&request, sizeof request);  // the stack must not hold the key
  return number;
}

int delete_ao_key(int fd, const TcpKey& key) {
  const TcpAoDelete request = ao_delete_request(key);
  return ::setsockopt(fd, IPPROTO_TCP, k_tcp_ao_del_key, &request, sizeof request) == 0 ? 0 : errno;
}

int ask_for_ao(int connection) {
  TcpAoInfo info{};
  socklen_t size = sizeof info;
  return ::getsockopt(connection, IPPROTO_TCP, k_tcp_ao_info, &info, &size) == 0 ? 0 : errno;
}

}  // namespace tandem::process
