#include "harness/loopback.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "common/base/assert.hpp"

namespace tandem::harness {

namespace {

constexpr base::Duration k_look = std::chrono::milliseconds(20);

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

Address to_address(const base::IpAddress& address, std::uint16_t port) {
  Address out;
  if (address.is_v6()) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, address.bytes().data(), 16);
    std::memcpy(&out.storage, &v6, sizeof v6);
    out.size = sizeof v6;
  } else {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, address.bytes().data(), 4);
    std::memcpy(&out.storage, &v4, sizeof v4);
    out.size = sizeof v4;
  }
  return out;
}

void sign(int fd, const Address& remote, const std::string& key) {
  tcp_md5sig request{};
  std::memcpy(&request.tcpm_addr, &remote.storage, sizeof request.tcpm_addr);
  request.tcpm_keylen = static_cast<std::uint16_t>(key.size());
  TANDEM_ASSERT(key.size() <= sizeof request.tcpm_key);
  std::memcpy(request.tcpm_key, key.data(), key.size());
  TANDEM_ASSERT(::setsockopt(fd, IPPROTO_TCP, TCP_MD5SIG, &request, sizeof request) == 0);
}

base::Endpoint to_endpoint(const sockaddr_storage& storage) {
  base::Endpoint out;
  if (storage.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &storage, sizeof v6);
    out.address = base::IpAddress::from_bytes({reinterpret_cast<const std::uint8_t*>(&v6.sin6_addr), 16});
    out.port = ntohs(v6.sin6_port);
  } else if (storage.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &storage, sizeof v4);
    out.address = base::IpAddress::from_bytes({reinterpret_cast<const std::uint8_t*>(&v4.sin_addr), 4});
    out.port = ntohs(v4.sin_port);
  }
  return out;
}

base::Endpoint name_of(int fd, bool far) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  auto* const address = reinterpret_cast<sockaddr*>(&storage);
  if ((far ? ::getpeername(fd, address, &size) : ::getsockname(fd, address, &size)) != 0) return {};
  return to_endpoint(storage);
}

base::UniqueFd make_socket(int family) { return base::UniqueFd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)); }

void set_option(int fd, int option, int value) {
  static_cast<void>(::setsockopt(fd, SOL_SOCKET, option, &value, sizeof value));
}

}  // namespace

base::TimePoint Loopback::now() {
  timespec at{};
  ::clock_gettime(CLOCK_MONOTONIC, &at);
  return base::TimePoint(std::chrono::seconds(at.tv_sec) + base::Duration(at.tv_nsec));
}

std::uint16_t Loopback::listen(const std::string& address, Acceptor acceptor, std::uint16_t port, SocketHabits habits) {
  const auto parsed = base::IpAddress::parse(address);
  TANDEM_ASSERT(parsed.has_value());
  base::UniqueFd fd = make_socket(parsed->is_v6() ? AF_INET6 : AF_INET);
  if (!fd) return 0;
  set_option(fd.get(), SO_REUSEADDR, 1);
  if (habits.receive_buffer != 0) set_option(fd.get(), SO_RCVBUF, habits.receive_buffer);
  const Address at = to_address(*parsed, port);
  if (::bind(fd.get(), at.get(), at.size) != 0 || ::listen(fd.get(), 128) != 0) return 0;
  const std::uint16_t actual = name_of(fd.get(), false).port;
  listening_.push_back({std::move(fd), actual, std::move(acceptor), habits});
  return actual;
}

void Loopback::stop_listening(std::uint16_t port) {
  std::erase_if(listening_, [port](const Listening& listening) { return listening.port == port; });
}

void Loopback::dial(const std::string& source, const base::Endpoint& target, std::shared_ptr<Remote> remote, SocketHabits habits) {
  auto port = std::make_unique<Port>();
  port->fd = make_socket(target.address.is_v6() ? AF_INET6 : AF_INET);
  port->remote = std::move(remote);
  port->habits = habits;
  port->connecting = true;
  if (habits.receive_buffer != 0) set_option(port->fd.get(), SO_RCVBUF, habits.receive_buffer);
  if (!source.empty()) {
    const Address from = to_address(*base::IpAddress::parse(source), 0);
    set_option(port->fd.get(), SO_REUSEADDR, 1);
    TANDEM_ASSERT(::bind(port->fd.get(), from.get(), from.size) == 0);
  }
  const Address to = to_address(target.address, target.port);
  if (!habits.md5_key.empty()) sign(port->fd.get(), to, habits.md5_key);
  if (::connect(port->fd.get(), to.get(), to.size) != 0 && errno != EINPROGRESS) {
    port->remote->closed(now());
    return;
  }
  ports_.push_back(std::move(port));
}

bool Loopback::dial_unix(const std::string& path, std::shared_ptr<Remote> remote) {
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  if (path.size() >= sizeof at.sun_path) return false;
  std::memcpy(at.sun_path, path.c_str(), path.size() + 1);
  auto port = std::make_unique<Port>();
  port->fd = make_socket(AF_UNIX);
  if (::connect(port->fd.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) return false;
  port->remote = std::move(remote);
  port->remote->connected(now());
  ports_.push_back(std::move(port));
  return true;
}

bool Loopback::listen_relay(const std::string& path, std::function<std::shared_ptr<Remote>(const std::string& name)> start) {
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  if (path.size() >= sizeof at.sun_path) return false;
  std::memcpy(at.sun_path, path.c_str(), path.size() + 1);
  base::UniqueFd fd = make_socket(AF_UNIX);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 || ::listen(fd.get(), 16) != 0) return false;
  relays_.push_back({std::move(fd), std::move(start)});
  return true;
}

void Loopback::adopt(base::UniqueFd fd, base::UniqueFd out, std::shared_ptr<Remote> remote) {
  auto port = std::make_unique<Port>();
  port->fd = std::move(fd);
  port->out = std::move(out);
  port->remote = std::move(remote);
  port->remote->connected(now());
  ports_.push_back(std::move(port));
}

bool Loopback::run_until(const std::function<bool()>& condition, base::Duration limit) {
  const base::TimePoint end = now() + limit;
  while (!condition()) {
    const base::Duration left = end - now();
    if (left <= base::Duration::zero()) return false;
    pass(std::min(left, k_look));
  }
  return true;
}

void Loopback::run_for(base::Duration time) {
  static_cast<void>(run_until([] { return false; }, time));
}

void Loopback::close_all() {
  for (auto& port : ports_) finish(*port, false);
  ports_.clear();
}

void Loopback::pass(base::Duration wait) {
  const base::TimePoint start = now();
  base::TimePoint until = start + wait;
  std::vector<pollfd> descriptors;
  for (const auto& listening : listening_) descriptors.push_back({listening.fd.get(), POLLIN, 0});
  for (const auto& relay : relays_) descriptors.push_back({relay.fd.get(), POLLIN, 0});
  const std::size_t first = descriptors.size();
  for (const auto& port : ports_) {
    const Remote& remote = *port->remote;
    const bool more = !port->connecting && !remote.outbox().empty();
    short output = 0;
    if (port->connecting || (more && port->write_after <= start)) output = POLLOUT;
    if (more && port->write_after > start) until = std::min(until, port->write_after);
    if (!port->connecting && remote.ending() != Remote::Ending::no && !more && !port->silent) until = start;
    if (const auto due = remote.deadline()) until = std::min(until, *due);
    const bool welcome = !port->connecting && remote.reading();
    const short input = welcome && port->read_after <= start ? POLLIN : 0;
    if (welcome && port->read_after > start) until = std::min(until, port->read_after);
    // poll(2) passes over negative descriptors: every port has three places.
    descriptors.push_back({port->fd.get(), static_cast<short>(port->out ? input : input | output), 0});
    descriptors.push_back({port->out.get(), output, 0});
    descriptors.push_back({port->guard.get(), POLLIN, 0});
  }
  const base::Duration left = std::max(until - start, base::Duration::zero());
  timespec timeout{};
  timeout.tv_sec = static_cast<time_t>(left.count() / 1'000'000'000);
  timeout.tv_nsec = static_cast<long>(left.count() % 1'000'000'000);
  static_cast<void>(::ppoll(descriptors.data(), descriptors.size(), &timeout, nullptr));

  const std::size_t known = ports_.size();
  for (std::size_t i = 0; i < listening_.size(); ++i) {
    if (descriptors[i].revents != 0) accept(listening_[i]);
  }
  for (std::size_t i = 0; i < relays_.size(); ++i) {
    if (descriptors[listening_.size() + i].revents != 0) accept_relay(relays_[i]);
  }
  for (std::size_t i = 0; i < known; ++i) {
    const pollfd* const places = &descriptors[first + 3 * i];
    serve(*ports_[i], places[0].revents, places[1].revents, places[2].revents != 0);
  }
  std::erase_if(ports_, [](const auto& port) { return port->over; });
}

void Loopback::serve(Port& port, short input, short output, bool guard) {
  if (port.connecting) {
    if ((input | output) == 0) return;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(port.fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    port.connecting = false;
    if (error != 0) return finish(port, false);
    port.remote->connected(now());
  }
  if ((input & (POLLIN | POLLHUP | POLLERR)) != 0 && (port.remote->reading() || (input & POLLERR) != 0) && port.read_after <= now()) {
    read(port);
  }
  if (!port.over && guard) finish(port, false);
  if (port.over) return;
  if (const auto due = port.remote->deadline(); due && *due <= now()) port.remote->expired(now());
  write(port);
}

void Loopback::accept(Listening& listening) {
  base::UniqueFd fd(::accept4(listening.fd.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd) return;
  auto remote = listening.acceptor(name_of(fd.get(), false), name_of(fd.get(), true));
  if (remote == nullptr) return;
  auto port = std::make_unique<Port>();
  port->fd = std::move(fd);
  port->remote = std::move(remote);
  port->habits = listening.habits;
  port->remote->connected(now());
  ports_.push_back(std::move(port));
}

// The relay's one message: its name as octets, its standard input and output as descriptors.
void Loopback::accept_relay(Relay& relay) {
  base::UniqueFd guard(::accept4(relay.fd.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!guard) return;
  std::array<char, 256> name{};
  iovec part{name.data(), name.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(2 * sizeof(int))> control{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  const ssize_t count = ::recvmsg(guard.get(), &header, MSG_CMSG_CLOEXEC);
  const cmsghdr* const passed = CMSG_FIRSTHDR(&header);
  if (count <= 0 || passed == nullptr || passed->cmsg_len != CMSG_LEN(2 * sizeof(int))) return;
  std::array<int, 2> descriptors{};
  std::memcpy(descriptors.data(), CMSG_DATA(passed), sizeof descriptors);
  auto port = std::make_unique<Port>();
  port->fd.reset(descriptors[0]);
  port->out.reset(descriptors[1]);
  port->guard = std::move(guard);
  for (const int fd : descriptors) static_cast<void>(::fcntl(fd, F_SETFL, O_NONBLOCK));
  port->remote = relay.start(std::string(name.data(), static_cast<std::size_t>(count)));
  if (port->remote == nullptr) return;
  port->remote->connected(now());
  ports_.push_back(std::move(port));
}

void Loopback::read(Port& port) {
  std::array<std::uint8_t, 65536> buffer;
  const ssize_t count = ::read(port.fd.get(), buffer.data(), std::min(buffer.size(), port.habits.read_at_most));
  if (count > 0) {
    if (port.habits.between_reads.count() > 0) port.read_after = now() + port.habits.between_reads;
    port.remote->receive(base::Bytes(buffer).first(static_cast<std::size_t>(count)), now());
  } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
    finish(port, false);
  }
}

void Loopback::write(Port& port) {
  while (!port.remote->outbox().empty() && port.write_after <= now()) {
    base::Bytes piece;
    port.remote->outbox().gather({&piece, 1});
    piece = piece.first(std::min(piece.size(), port.habits.write_at_most));
    const ssize_t count = port.out ? ::write(port.out.get(), piece.data(), piece.size())
                                   : ::send(port.fd.get(), piece.data(), piece.size(), MSG_NOSIGNAL);
    if (count < 0) {
      // The other side is gone; what it said before is still to be read.
      if (errno != EAGAIN && errno != EINTR) port.remote->sent(port.remote->outbox().size(), now());
      return;
    }
    port.remote->sent(static_cast<std::size_t>(count), now());
    if (port.habits.between_writes.count() > 0) port.write_after = now() + port.habits.between_writes;
  }
  const Remote::Ending ending = port.remote->ending();
  if (ending == Remote::Ending::no || !port.remote->outbox().empty()) return;
  if (ending != Remote::Ending::silence) return finish(port, ending == Remote::Ending::reset);
  if (port.silent) return;
  port.silent = true;
  if (port.out) port.out.reset();
  else ::shutdown(port.fd.get(), SHUT_WR);
}

void Loopback::finish(Port& port, bool reset) {
  if (port.over) return;
  port.over = true;
  if (reset) {
    const linger now_gone{1, 0};
    ::setsockopt(port.fd.get(), SOL_SOCKET, SO_LINGER, &now_gone, sizeof now_gone);
  }
  port.fd.reset();
  port.out.reset();
  port.guard.reset();
  port.remote->closed(now());
}

std::uint16_t free_port(const std::string& address) {
  const auto parsed = base::IpAddress::parse(address);
  base::UniqueFd fd = make_socket(parsed->is_v6() ? AF_INET6 : AF_INET);
  const Address at = to_address(*parsed, 0);
  if (::bind(fd.get(), at.get(), at.size) != 0) return 0;
  return name_of(fd.get(), false).port;
}

}  // namespace tandem::harness
