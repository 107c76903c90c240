#include "tandem/keepalives.hpp"

#include <errno.h>
#include <sys/socket.h>

#include <system_error>
#include <utility>

#include "common/base/log.hpp"
#include "common/process/clock.hpp"
#include "common/process/signals.hpp"

namespace tandem::program {

namespace {

// None: there is no room.
std::optional<std::size_t> send_some(int descriptor, base::Bytes octets) {
  for (;;) {
    const ssize_t count = ::send(descriptor, octets.data(), octets.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) return 0;
    if (errno != EINTR) return std::nullopt;
  }
}

}  // namespace

std::optional<base::TimePoint> write_due(std::vector<speaker::PausedSession>& sessions, base::TimePoint now) {
  return speaker::write_due(sessions, now, send_some);
}

// Without a thread they are late, and nothing else.
Keepalives::Keepalives(std::vector<speaker::PausedSession> sessions) : sessions_(std::move(sessions)) {
  if (sessions_.empty()) return;
  try {
    thread_ = process::start_thread("keepalives", [this] { run(); });
  } catch (const std::system_error& error) {
    base::log(base::LogCategory::daemon, base::LogLevel::warning, "KEEPALIVEs may be late: no thread for them: {}", error.what());
  }
}

Keepalives::~Keepalives() { static_cast<void>(stop()); }

std::vector<speaker::PausedSession> Keepalives::stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stopping_.notify_one();
  if (thread_.joinable()) thread_.join();
  return std::move(sessions_);
}

void Keepalives::run() {
  const base::TimePoint end = process::now() + k_longest;
  std::unique_lock lock(mutex_);
  while (!stop_) {
    const auto next = write_due(sessions_, process::now());
    if (!next || *next >= end) return;
    stopping_.wait_for(lock, *next - process::now(), [this] { return stop_; });
  }
}

}  // namespace tandem::program
