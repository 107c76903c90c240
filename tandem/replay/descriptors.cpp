#include "tandem/replay/descriptors.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "common/process/io.hpp"
#include "common/process/system_error.hpp"

namespace tandem::replay {

namespace {

constexpr int k_flags = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;

base::Result<Pair> both(int reader, int writer) {
  return base::Result<Pair>(boost::system::in_place_value, Pair{base::UniqueFd(reader), base::UniqueFd(writer)});
}

sockaddr_in loopback_at(std::uint16_t port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons(port);
  return at;
}

}  // namespace

base::Result<Pair> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return process::system_error("pipe2", "", errno);
  return both(ends[0], ends[1]);
}

base::Result<Pair> make_unix_pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, k_flags, 0, ends) != 0) return process::system_error("socketpair", "AF_UNIX", errno);
  return both(ends[0], ends[1]);
}

// The handshake is over when connect(2) has begun: both ends are in this kernel.
base::Result<Pair> make_connection() {
  auto listening = make_listening();
  if (!listening) return listening.error();
  auto caller = make_socket();
  if (!caller) return caller.error();
  if (auto begun = connect_to_loopback(caller->get(), own_port(listening->get())); !begun) return begun.error();
  const int accepted = ::accept4(listening->get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (accepted < 0) return process::system_error("accept4", "127.0.0.1", errno);
  for (const int fd : {accepted, caller->get()}) process::set_no_delay(fd);
  return both(accepted, caller->release());
}

base::Result<base::UniqueFd> make_socket() {
  base::UniqueFd fd(::socket(AF_INET, k_flags, 0));
  if (!fd) return process::system_error("socket", "AF_INET", errno);
  return base::Result<base::UniqueFd>(boost::system::in_place_value, std::move(fd));
}

base::Result<void> bind_to_loopback(int fd) {
  const sockaddr_in at = loopback_at(0);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) return process::system_error("bind", "127.0.0.1", errno);
  return {};
}

base::Result<base::UniqueFd> make_listening() {
  auto fd = make_socket();
  if (!fd) return fd;
  if (auto bound = bind_to_loopback(fd->get()); !bound) return bound.error();
  if (::listen(fd->get(), SOMAXCONN) != 0) return process::system_error("listen", "127.0.0.1", errno);
  return fd;
}

std::uint16_t own_port(int fd) {
  sockaddr_in at{};
  socklen_t size = sizeof at;
  return ::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size) == 0 ? ntohs(at.sin_port) : std::uint16_t{0};
}

base::Result<void> connect_to_loopback(int fd, std::uint16_t port) {
  const sockaddr_in at = loopback_at(port);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 && errno != EINPROGRESS) return process::system_error("connect", "127.0.0.1", errno);
  return {};
}

}  // namespace tandem::replay
