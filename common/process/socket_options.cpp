#include "common/process/socket_options.hpp"

#include <errno.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "common/process/io.hpp"
#include "common/process/socket_address.hpp"
#include "common/process/system_error.hpp"
#include "common/process/tcp_key.hpp"

namespace tandem::process {

namespace {

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

base::Result<void> bind_to(int fd, const base::Endpoint& at, const std::string& interface) {
  SocketAddress address = to_socket_address(at);
  if (at.address.is_link_local()) set_interface(address, interface);
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
  if (plan.key) {
    auto keyed = set_key(fd.get(), *plan.key, plan.remote.port);
    if (!keyed) return keyed.error();
  }
  if (plan.ttl != 0) {
    auto ttl = set_option(fd.get(), ttl_option(family), plan.ttl);
    if (!ttl) return ttl.error();
  }
  if (plan.source) {
    // Its port is chosen as it connects. Kernels without it are fine: they choose now, which takes longer the more sessions there are.
    (void)set_option(fd.get(), {IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, "IP_BIND_ADDRESS_NO_PORT"}, 1);
    auto bound = bind_to(fd.get(), {plan.source, 0}, plan.interface);
    if (!bound) return bound.error();
  }
  set_no_delay(fd.get());
  return fd;
}

base::Result<OpenListener> make_listener(const ListenPlan& plan, HeldKeys& held) {
  const int family = plan.at.address.is_v6() ? AF_INET6 : AF_INET;
  auto made = make_socket(family);
  if (!made) return made.error();
  OpenListener result;
  base::UniqueFd& fd = result.fd;
  fd = std::move(made.value());
  if (family == AF_INET6) {
    auto only = set_option(fd.get(), {IPPROTO_IPV6, IPV6_V6ONLY, "IPV6_V6ONLY"}, 1);
    if (!only) return only.error();
  }
  // Before listen(2), or connections that come meanwhile are not asked for a signature.
  result.missing = change_keys(fd.get(), plan.keys, held).missing;
  if (plan.minimum_ttl != 0) {
    auto set = set_minimum_ttl(fd.get(), plan.minimum_ttl);
    if (!set) return set.error();
  }
  auto bound = bind_to(fd.get(), plan.at, plan.interface);
  if (!bound) return bound.error();
  if (::listen(fd.get(), k_session_backlog) != 0) return system_error("listen", plan.at.text(), errno);
  return result;
}

}  // namespace tandem::process
