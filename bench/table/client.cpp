#include "bench/table/client.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>

namespace tandem::bench {

namespace {

constexpr std::size_t k_tail = 256;

}  // namespace

Client::Client(FarEnds& far_ends, const Subject& subject) : far_ends_(far_ends), subject_(subject), fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  subject.control_socket().copy(address.sun_path, sizeof address.sun_path - 1);
  connected_ = ::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  far_ends_.watch(fd_.get(), [this] { read(); });
  if (!subject.greeting().empty()) ask(subject.greeting());
}

Client::~Client() { stop_reading(); }

void Client::ask(std::string_view line) {
  answered_ = false;
  tail_.clear();
  if (::send(fd_.get(), line.data(), line.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(line.size())) connected_ = false;
}

void Client::stop_reading() { far_ends_.forget(fd_.get()); }

void Client::read() {
  static std::array<char, 256 * 1024> octets;
  const ssize_t count = ::recv(fd_.get(), octets.data(), octets.size(), MSG_DONTWAIT);
  if (count <= 0) {
    connected_ = false;
    stop_reading();
    return;
  }
  const std::string_view part(octets.data(), static_cast<std::size_t>(count));
  tail_ += part.substr(part.size() - std::min(part.size(), k_tail));
  if (tail_.size() > k_tail) tail_.erase(0, tail_.size() - k_tail);
  answered_ = subject_.is_end(tail_);
}

}  // namespace tandem::bench
