#include "common/process/io.hpp"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "common/process/socket_address.hpp"
#include "common/process/told_ends.hpp"

namespace tandem::process {

namespace {

constexpr std::size_t k_pieces_max = 64;

ToldEnds* g_told_ends = nullptr;

template <typename Call>
auto retry(Call call) {
  decltype(call()) result;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  return result;
}

IoResult from_errno() {
  if (errno == EAGAIN || errno == EWOULDBLOCK) return {IoStatus::would_block, 0, 0};
  return {IoStatus::failed, 0, errno};
}

}  // namespace

IoResult read_some(int fd, std::span<std::uint8_t> into) {
  const ssize_t count = retry([&] { return ::read(fd, into.data(), into.size()); });
  if (count > 0) return {IoStatus::done, static_cast<std::size_t>(count), 0};
  if (count == 0) return {into.empty() ? IoStatus::done : IoStatus::closed, 0, 0};
  return from_errno();
}

namespace {

// REQUIRES k_pieces_max of them at most.
IoResult write_pieces(int fd, std::span<const base::Bytes> pieces) {
  if (pieces.empty()) return {IoStatus::done, 0, 0};
  std::array<iovec, k_pieces_max> vectors;
  std::transform(pieces.begin(), pieces.end(), vectors.begin(),
                 [](base::Bytes piece) { return iovec{const_cast<std::uint8_t*>(piece.data()), piece.size()}; });
  const ssize_t written = retry([&] { return ::writev(fd, vectors.data(), static_cast<int>(pieces.size())); });
  if (written >= 0) return {IoStatus::done, static_cast<std::size_t>(written), 0};
  return from_errno();
}

}  // namespace

// An answer or a message is one piece, nearly always.
IoResult write_some(int fd, const base::Outbox& outbox) {
  std::array<base::Bytes, 2> few;
  const std::size_t found = outbox.gather(few);
  if (found < few.size()) return write_pieces(fd, std::span(few).first(found));
  std::array<base::Bytes, k_pieces_max> pieces;
  return write_pieces(fd, std::span(pieces).first(outbox.gather(pieces)));
}

IoResult start_connect(int fd, const base::Endpoint& remote) {
  const SocketAddress address = to_socket_address(remote);
  if (::connect(fd, address.get(), address.length) == 0) return {IoStatus::done, 0, 0};
  // A signal does not end a connect: it goes on in the background, as if non-blocking (POSIX connect, EINTR).
  if (errno == EINPROGRESS || errno == EINTR || errno == EALREADY) return {IoStatus::would_block, 0, 0};
  if (errno == EISCONN) return {IoStatus::done, 0, 0};
  return {IoStatus::failed, 0, errno};
}

int connect_result(int fd) {
  int error = 0;
  socklen_t length = sizeof error;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0) return errno;
  return error;
}

Accepted accept_one(int listener) {
  Accepted result;
  SocketAddress address;
  address.length = sizeof address.storage;
  int fd = -1;
  do {
    fd = ::accept4(listener, address.get(), &address.length, SOCK_NONBLOCK | SOCK_CLOEXEC);
  } while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));  // gone before we came: not a failure of the listener
  if (fd < 0) {
    const IoResult failure = from_errno();
    result.status = failure.status;
    result.error = failure.error;
    return result;
  }
  result.status = IoStatus::done;
  result.connection.fd.reset(fd);
  if (address.family() == AF_INET || address.family() == AF_INET6) {
    result.connection.remote = to_endpoint(address);
    result.connection.local = local_endpoint(fd);
    result.connection.interface = interface_of(address);
    set_no_delay(fd);
    if (auto told = g_told_ends == nullptr ? std::nullopt : g_told_ends->of_accepted(listener)) {
      result.connection.remote = told->remote;
      result.connection.local = told->local;
      result.connection.interface = std::move(told->interface);
    }
  }
  return result;
}

void set_no_delay(int fd) {
  const int on = 1;
  // Refused only by sockets that are not TCP, where it means nothing.
  (void)::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void set_told_ends(ToldEnds* ends) { g_told_ends = ends; }

base::Endpoint local_endpoint(int fd) {
  if (const auto told = g_told_ends == nullptr ? std::nullopt : g_told_ends->of_dialled(fd)) return told->local;
  SocketAddress address;
  address.length = sizeof address.storage;
  if (::getsockname(fd, address.get(), &address.length) != 0) return {};
  return to_endpoint(address);
}

base::Endpoint remote_endpoint(int fd) {
  if (const auto told = g_told_ends == nullptr ? std::nullopt : g_told_ends->of_dialled(fd)) return told->remote;
  SocketAddress address;
  address.length = sizeof address.storage;
  if (::getpeername(fd, address.get(), &address.length) != 0) return {};
  return to_endpoint(address);
}

}  // namespace tandem::process
