#include "tandem/client.hpp"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>

namespace tandem::program {

namespace {

std::optional<Client::Reply> terminator(std::string_view line) {
  if (line == "done") return Client::Reply::done;
  if (line == "error") return Client::Reply::error;
  if (line == "shutdown") return Client::Reply::shutdown;
  return std::nullopt;
}

}  // namespace

bool Client::send(std::string_view command) {
  std::string text(command);
  text += '\n';
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t count = ::send(fd_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

Client::Reply Client::receive(const Line& line) {
  for (;;) {
    std::size_t start = 0;
    for (std::size_t end = 0; (end = pending_.find('\n', start)) != std::string::npos; start = end + 1) {
      const std::string_view text = std::string_view(pending_).substr(start, end - start);
      if (const auto reply = terminator(text)) {
        pending_.erase(0, end + 1);
        return *reply;
      }
      line(text);
    }
    pending_.erase(0, start);
    pollfd entry{fd_.get(), POLLIN, 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(patience_.count()));
    if (ready == 0) return Reply::silence;
    if (ready < 0 && errno != EINTR) return Reply::lost;
    if (ready < 0) continue;
    char buffer[65536];
    const ssize_t count = ::read(fd_.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return Reply::lost;
    pending_.append(buffer, static_cast<std::size_t>(count));
  }
}

}  // namespace tandem::program
