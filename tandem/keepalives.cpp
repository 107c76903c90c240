#include "tandem/keepalives.hpp"

#include <errno.h>
#include <sys/socket.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "common/base/log.hpp"
#include "common/bgp/message/header.hpp"
#include "common/process/clock.hpp"
#include "common/process/signals.hpp"

namespace tandem::program {

namespace {

constexpr base::Duration k_again = std::chrono::milliseconds(50);  // to a peer whose buffer is full

// As the timers of a session: a late one does not postpone those behind it, and one that was missed is not made up for.
void put_due(speaker::PausedSession& session, base::TimePoint now) {
  if (now < session.due) return;
  bgp::append_keepalive(session.waiting);
  session.sent.push_back(now);
  session.due += session.interval;
  if (session.due <= now) session.due = now + session.interval;
}

// False: the connection has failed.
bool write_some(speaker::PausedSession& session) {
  while (!session.waiting.empty()) {
    const ssize_t count = ::send(session.descriptor, session.waiting.data(), session.waiting.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS;
    session.written += static_cast<std::uint64_t>(count);
    session.waiting.erase(session.waiting.begin(), session.waiting.begin() + count);
  }
  return true;
}

}  // namespace

std::optional<base::TimePoint> write_due(std::vector<speaker::PausedSession>& sessions, base::TimePoint now) {
  std::optional<base::TimePoint> next;
  for (speaker::PausedSession& session : sessions) {
    if (session.failed) continue;
    put_due(session, now);
    session.failed = !write_some(session);
    if (!session.failed) next = base::earliest(next, session.waiting.empty() ? session.due : std::min(session.due, now + k_again));
  }
  return next;
}

// Without a thread they are late, and nothing else.
Keepalives::Keepalives(std::vector<speaker::PausedSession> sessions) : sessions_(std::move(sessions)) {
  if (sessions_.empty()) return;
  try {
    thread_ = process::start_thread([this] { run(); });
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
