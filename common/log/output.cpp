#include "common/log/output.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <system_error>

#include "common/base/ip.hpp"
#include "common/base/unique_fd.hpp"

namespace tandem::log {

namespace {

constexpr const char* k_identity = "tandem";
constexpr std::uint16_t k_syslog_port = 514;

base::Error trouble(std::string_view destination, std::string_view reason) {
  return base::Error(fmt::format("log.destination {}: {}", destination, reason));
}

std::string errno_text(int number) { return std::generic_category().message(number); }

int syslog_severity(base::LogLevel level) {
  switch (level) {
    case base::LogLevel::critical: return LOG_CRIT;
    case base::LogLevel::error: return LOG_ERR;
    case base::LogLevel::warning: return LOG_WARNING;
    case base::LogLevel::info: return LOG_INFO;
    default: return LOG_DEBUG;
  }
}

// Calls `send` with each line, newline left out.
template <typename Send>
Output::Loss line_by_line(const Batch& batch, Send send) {
  Output::Loss loss;
  std::string_view rest = batch.text;
  for (const Batch::Line& line : batch.lines) {
    if (const int error = send(line.level, rest.substr(0, line.size - 1)); error != 0) {
      ++loss.lines;
      loss.error = error;
    }
    rest.remove_prefix(line.size);
  }
  return loss;
}

// Octets to one descriptor at a time, and what has become of them.
class Stream {
 public:
  Output::Loss write(int descriptor, const Batch& batch) {
    std::string_view rest = batch.text;
    if (broken_) (void)put(descriptor, "\n");  // half a line is there
    broken_ = false;
    const int error = put(descriptor, rest);
    if (error == 0) return {};
    broken_ = rest.size() < batch.text.size() && batch.text[batch.text.size() - rest.size() - 1] != '\n';
    return {static_cast<std::size_t>(std::count(rest.begin(), rest.end(), '\n')), error};
  }

 private:
  // Takes from `text` what could be written; gives an errno.
  static int put(int descriptor, std::string_view& text) {
    while (!text.empty()) {
      const ssize_t count = ::write(descriptor, text.data(), text.size());
      if (count > 0) {
        text.remove_prefix(static_cast<std::size_t>(count));
      } else if (count < 0 && errno == EAGAIN) {
        // Somebody who shares the descriptor has made it non-blocking.
        pollfd entry{descriptor, POLLOUT, 0};
        (void)::poll(&entry, 1, -1);
      } else if (count < 0 && errno != EINTR) {
        return errno;
      }
    }
    return 0;
  }
  static int put(int descriptor, const char* text) {
    std::string_view view(text);
    return put(descriptor, view);
  }
  bool broken_ = false;
};

class DescriptorOutput final : public Output {
 public:
  explicit DescriptorOutput(int descriptor) : descriptor_(descriptor) {}
  Loss write(const Batch& batch) override { return stream_.write(descriptor_, batch); }

 private:
  int descriptor_;
  Stream stream_;
};

class FileOutput final : public Output {
 public:
  explicit FileOutput(std::string path) : path_(std::move(path)) {}

  Loss write(const Batch& batch) override {
    if (auto fresh = take_next()) current_ = std::move(fresh);
    return stream_.write(current_.get(), batch);
  }
  base::Result<void> follow() override { return open_again(); }
  base::Result<void> open_again() override {
    struct stat facts {};
    const std::lock_guard lock(mutex_);
    const bool there = ::stat(path_.c_str(), &facts) == 0;
    if (there && facts.st_dev == device_ && facts.st_ino == inode_) return {};
    // Non-blocking: the loop must not wait for somebody to read a pipe of this name. Writing waits, or it would lose lines.
    base::UniqueFd fd(::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0666));
    if (!fd) return failure(errno);
    if (::fcntl(fd.get(), F_SETFL, O_APPEND) != 0 || ::fstat(fd.get(), &facts) != 0) return failure(errno);
    device_ = facts.st_dev;
    inode_ = facts.st_ino;
    next_ = std::move(fd);
    return {};
  }

 private:
  [[nodiscard]] base::UniqueFd take_next() {
    const std::lock_guard lock(mutex_);
    return std::move(next_);
  }
  [[nodiscard]] base::Error failure(int number) const {
    const std::size_t slash = path_.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path_.substr(0, slash);
    if (number == ENOENT && ::access(folder.c_str(), F_OK) != 0) return trouble(path_, fmt::format("there is no folder {}", folder));
    if (number == ENXIO) return trouble(path_, "nobody reads this pipe");
    return trouble(path_, errno_text(number));
  }

  const std::string path_;
  std::mutex mutex_;        // of what both threads touch; held for an open at most, never for a write
  dev_t device_ = 0;        // of the file that was opened last
  ino_t inode_ = 0;
  base::UniqueFd next_;
  base::UniqueFd current_;  // the writer's
  Stream stream_;
};

class SyslogOutput final : public Output {
 public:
  SyslogOutput() { ::openlog(k_identity, LOG_PID, LOG_DAEMON); }
  Loss write(const Batch& batch) override {
    return line_by_line(batch, [](base::LogLevel level, std::string_view line) {
      ::syslog(syslog_severity(level), "%.*s", static_cast<int>(line.size()), line.data());
      return 0;
    });
  }
};

// One UDP datagram a line (RFC 3164).
class RemoteOutput final : public Output {
 public:
  explicit RemoteOutput(base::UniqueFd fd) : fd_(std::move(fd)) {}
  Loss write(const Batch& batch) override {
    return line_by_line(batch, [this](base::LogLevel level, std::string_view line) {
      const std::string datagram = fmt::format("<{}>{}: {}", LOG_DAEMON | syslog_severity(level), k_identity, line);
      return ::send(fd_.get(), datagram.data(), datagram.size(), MSG_NOSIGNAL) < 0 ? errno : 0;
    });
  }

 private:
  base::UniqueFd fd_;
};

// Addresses only: looking a name up could block a daemon whose network is what it is about to bring up.
base::Result<std::unique_ptr<Output>> open_remote(const std::string& text) {
  const auto address = base::IpAddress::parse(text);
  if (!address) return trouble("host:" + text, "an IPv4 or IPv6 address is expected after host:");
  sockaddr_storage storage{};
  socklen_t length = 0;
  if (address->is_v6()) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(k_syslog_port);
    std::memcpy(&v6.sin6_addr, address->bytes().data(), 16);
    std::memcpy(&storage, &v6, length = sizeof v6);
  } else {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(k_syslog_port);
    std::memcpy(&v4.sin_addr, address->bytes().data(), 4);
    std::memcpy(&storage, &v4, length = sizeof v4);
  }
  base::UniqueFd fd(::socket(storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd || ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&storage), length) != 0) {
    return trouble("host:" + text, errno_text(errno));
  }
  return std::unique_ptr<Output>(std::make_unique<RemoteOutput>(std::move(fd)));
}

}  // namespace

std::unique_ptr<Output> output_to(int descriptor) { return std::make_unique<DescriptorOutput>(descriptor); }

base::Result<std::unique_ptr<Output>> open_output(const Place& place) {
  switch (place.kind) {
    case Destination::syslog: return std::unique_ptr<Output>(std::make_unique<SyslogOutput>());
    case Destination::remote: return open_remote(place.argument);
    case Destination::file: {
      // Absolute: the daemon may go to / later.
      auto file = std::make_unique<FileOutput>(std::filesystem::absolute(place.argument).string());
      if (auto opened = file->open_again(); !opened) return opened.error();
      return std::unique_ptr<Output>(std::move(file));
    }
    case Destination::standard_error: break;
  }
  return output_to(STDERR_FILENO);
}

}  // namespace tandem::log
