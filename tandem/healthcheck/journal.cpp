#include "tandem/healthcheck/journal.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "common/base/format.hpp"

namespace tandem::healthcheck {

namespace {

struct LevelName {
  std::string_view name;
  int severity;  // RFC 5424 section 6.2.1
};
constexpr LevelName k_levels[] = {{"DEBUG", 7}, {"INFO", 6}, {"WARNING", 4}, {"ERROR", 3}};

base::UniqueFd open_syslog(std::string_view path) {
  sockaddr_un address{};
  if (path.size() >= sizeof address.sun_path) return {};
  address.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), address.sun_path);
  base::UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd && ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fd.reset();
  return fd;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '\n') out += "\\n";
    else if (octet < 0x20 || octet == 0x7F) base::append(out, "\\x{:02x}", octet);
    else out += c;
  }
  return out;
}

Journal::Journal(const Options& options, std::string_view syslog)
    : threshold_(options.debug ? Level::debug : Level::info),
      terminal_(!options.silent && ::isatty(STDERR_FILENO) == 1),
      facility_(syslog_facility(options.syslog_facility).value_or(3)),
      ident_(fmt::format("healthcheck{}{}[{}]", options.name.empty() ? "" : "-", options.name, ::getpid())) {
  if (options.use_syslog && !options.debug) syslog_ = open_syslog(syslog);
}

void Journal::write(Level level, std::string_view text) {
  const LevelName& name = k_levels[static_cast<std::size_t>(level)];
  const std::string line = printable(text);
  if (syslog_) {
    const std::string message = fmt::format("<{}>{}: {}", facility_ * 8 + name.severity, ident_, line);
    (void)::send(syslog_.get(), message.c_str(), message.size() + 1, MSG_DONTWAIT | MSG_NOSIGNAL);
  }
  if (terminal_) fmt::print(stderr, "{}[healthcheck] {}\n", name.name, line);
  else if (!syslog_ && level >= Level::warning) fmt::print(stderr, "{}\n", line);
}

void Journal::last_word(std::string_view text) {
  write(Level::error, text);
  if (syslog_ && !terminal_) fmt::print(stderr, "healthcheck: {}\n", printable(text));
}

}  // namespace tandem::healthcheck
