#include "common/process/socket_options.hpp"

#include <errno.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "common/process/io.hpp"
#include "common/process/socket_address.hpp"
#include "common/process/system_error.hpp"

namespace tandem::process {

namespace {

constexpr int k_backlog = 200;

struct Option {
  int level;
  int name;
  const char* text;
};

base::Result<void> set_option(int fd, const Option& option, int value) {
  if (::setsockopt(fd, option.level, option.name, &value, sizeof value) == 0) return boost::system::in_place_value;
  return system_error("setsockopt", fmt::format("{}={}", option.text, value), errno);
}

base::Result<base::UniqueFd> make_socket(int family) {
  base::UniqueFd fd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  if (!fd) return system_error("socket", family == AF_INET6 ? "AF_INET6" : "AF_INET", errno);
  auto reuse = set_option(fd.get(), {SOL_SOCKET, SO_REUSEADDR, "SO_REUSEADDR"}, 1);
  if (!reuse) return reuse.error();
  return fd;
}

base::Result<void> bind_to(int fd, const base::Endpoint& at) {
  const SocketAddress address = to_socket_address(at);
  if (::bind(fd, address.get(), address.length) == 0) return boost::system::in_place_value;
  return system_error("bind", at.text(), errno);
}

Option ttl_option(int family) {
  if (family == AF_INET6) return {IPPROTO_IPV6, IPV6_UNICAST_HOPS, "IPV6_UNICAST_HOPS"};
  return {IPPROTO_IP, IP_TTL, "IP_TTL"};
}

Option minimum_ttl_option(int family) {
  if (family == AF_INET6) return {IPPROTO_IPV6, IPV6_MINHOPCOUNT, "IPV6_MINHOPCOUNT"};
  return {IPPROTO_IP, IP_MINTTL, "IP_MINTTL"};
}

}  // namespace

int socket_family(int fd) {
  SocketAddress address;
  address.length = sizeof address.storage;
  if (::getsockname(fd, address.get(), &address.length) != 0) return AF_UNSPEC;
  return address.family();
}

base::Result<void> set_md5_key(int fd, const Md5Key& key, std::uint16_t port) {
  const SocketAddress address = to_socket_address({key.remote, port});
  if (address.family() != socket_family(fd)) return boost::system::in_place_value;
  if (key.key.size() > TCP_MD5SIG_MAXKEYLEN) {
    return base::Error(fmt::format("the MD5 key of {} is longer than {} octets", key.remote.text(), TCP_MD5SIG_MAXKEYLEN));
  }
  tcp_md5sig request{};
  std::memcpy(&request.tcpm_addr, &address.storage, sizeof request.tcpm_addr);
  request.tcpm_keylen = static_cast<std::uint16_t>(key.key.size());
  std::memcpy(request.tcpm_key, key.key.data(), key.key.size());
  int option = TCP_MD5SIG;
  if (key.prefix_length != 0 && key.prefix_length < key.remote.bits()) {
    option = TCP_MD5SIG_EXT;
    request.tcpm_flags = TCP_MD5SIG_FLAG_PREFIX;
    request.tcpm_prefixlen = key.prefix_length;
  }
  const int outcome = ::setsockopt(fd, IPPROTO_TCP, option, &request, sizeof request);
  const int number = errno;
  // Wiped by explicit_bzero, which the optimiser keeps: the stack must not hold the key.
  ::explicit_bzero(&request, sizeof request);
  if (outcome == 0 || (key.key.empty() && number == ENOENT)) return boost::system::in_place_value;
  if (number == ENOPROTOOPT) {
    return base::Error(fmt::format("setsockopt(TCP_MD5SIG for {}): this kernel has no TCP MD5 signatures (CONFIG_TCP_MD5SIG)",
                                   key.remote.text()));
  }
  return system_error("setsockopt", fmt::format("TCP_MD5SIG for {}", key.remote.text()), number);
}

base::Result<void> set_minimum_ttl(int fd, std::uint8_t ttl) {
  constexpr int k_default = -1;
  const int family = socket_family(fd);
  auto set = set_option(fd, minimum_ttl_option(family), ttl);
  if (set) set = set_option(fd, ttl_option(family), ttl == 0 ? k_default : ttl);
  return set;
}

base::Result<base::UniqueFd> make_dial_socket(const DialPlan& plan) {
  const int family = plan.remote.address.is_v6() ? AF_INET6 : AF_INET;
  auto made = make_socket(family);
  if (!made) return made.error();
  base::UniqueFd fd = std::move(made.value());
  // Kernels without it are fine: two sessions from one source port are rare.
  (void)set_option(fd.get(), {SOL_SOCKET, SO_REUSEPORT, "SO_REUSEPORT"}, 1);
  if (!plan.interface.empty()) {
    if (::setsockopt(fd.get(), SOL_SOCKET, SO_BINDTODEVICE, plan.interface.data(), static_cast<socklen_t>(plan.interface.size())) != 0) {
      return system_error("setsockopt", fmt::format("SO_BINDTODEVICE {}", plan.interface), errno);
    }
  }
  if (plan.md5) {
    auto keyed = set_md5_key(fd.get(), *plan.md5, plan.remote.port);
    if (!keyed) return keyed.error();
  }
  if (plan.ttl != 0) {
    auto ttl = set_option(fd.get(), ttl_option(family), plan.ttl);
    if (!ttl) return ttl.error();
  }
  if (plan.source) {
    auto bound = bind_to(fd.get(), {plan.source, 0});
    if (!bound) return bound.error();
  }
  set_no_delay(fd.get());
  return fd;
}

base::Result<base::UniqueFd> make_listener(const ListenPlan& plan) {
  const int family = plan.at.address.is_v6() ? AF_INET6 : AF_INET;
  auto made = make_socket(family);
  if (!made) return made.error();
  base::UniqueFd fd = std::move(made.value());
  if (family == AF_INET6) {
    auto only = set_option(fd.get(), {IPPROTO_IPV6, IPV6_V6ONLY, "IPV6_V6ONLY"}, 1);
    if (!only) return only.error();
  }
  for (const Md5Key& key : plan.md5) {
    auto keyed = set_md5_key(fd.get(), key, 0);
    if (!keyed) return keyed.error();
  }
  if (plan.minimum_ttl != 0) {
    auto set = set_minimum_ttl(fd.get(), plan.minimum_ttl);
    if (!set) return set.error();
  }
  auto bound = bind_to(fd.get(), plan.at);
  if (!bound) return bound.error();
  if (::listen(fd.get(), k_backlog) != 0) return system_error("listen", plan.at.text(), errno);
  return fd;
}

}  // namespace tandem::process
