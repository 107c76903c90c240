#include "tandem/client.hpp"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <optional>

namespace tandem::program {

namespace {

struct Terminator {
  std::string_view line;
  Client::Reply reply;
};
constexpr Terminator k_terminators[] = {{"done", Client::Reply::done}, {"error", Client::Reply::error}, {"shutdown", Client::Reply::shutdown}};

std::optional<Client::Reply> terminator(std::string_view line) {
  for (const Terminator& known : k_terminators) {
    if (line == known.line) return known.reply;
  }
  return std::nullopt;
}

bool may_become_terminator(std::string_view beginning) {
  return std::any_of(std::begin(k_terminators), std::end(k_terminators),
                     [&](const Terminator& known) { return known.line.starts_with(beginning); });
}

}  // namespace

bool Client::wait_for(int fd, short events) const {
  pollfd entry{fd, events, 0};
  return ::poll(&entry, 1, static_cast<int>(patience_.count())) > 0;
}

bool Client::send(std::string_view command) {
  std::string text(command);
  text += '\n';
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t count = commands_ ? ::write(commands_.get(), rest.data(), rest.size()) : ::send(fd_.get(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN && wait_for(commands_ ? commands_.get() : fd_.get(), POLLOUT)) continue;
    if (count <= 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void Client::end_input() {
  if (!commands_) static_cast<void>(::shutdown(fd_.get(), SHUT_WR));
}

std::optional<Client::Reply> Client::take_lines(const Output& output) {
  std::string_view rest = pending_;
  std::optional<Reply> reply;
  while (!reply && !rest.empty()) {
    const std::size_t newline = rest.find('\n');
    const std::string_view line = rest.substr(0, newline);
    const bool ends = newline != std::string_view::npos;
    if (!in_line_ && !ends && may_become_terminator(line)) break;
    if (!in_line_ && ends) reply = terminator(line);
    const std::string_view taken = rest.substr(0, line.size() + (ends ? 1 : 0));
    if (!reply) output(taken);
    in_line_ = !ends;
    rest.remove_prefix(taken.size());
  }
  pending_.erase(0, pending_.size() - rest.size());
  return reply;
}

Client::Reply Client::receive(const Output& output, std::chrono::milliseconds patience) {
  for (;;) {
    if (const auto reply = take_lines(output)) return *reply;
    pollfd entry{fd_.get(), POLLIN, 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(patience.count()));
    if (ready == 0) return Reply::silence;
    if (ready < 0 && errno != EINTR) return Reply::lost;
    if (ready < 0) continue;
    char buffer[65536];
    const ssize_t count = ::read(fd_.get(), buffer, sizeof buffer);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) return Reply::lost;
    pending_.append(buffer, static_cast<std::size_t>(count));
  }
}

}  // namespace tandem::program
