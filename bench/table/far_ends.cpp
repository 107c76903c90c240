#include "bench/table/far_ends.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <linux/sockios.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace tandem::bench {

namespace {

constexpr std::uint8_t k_open = 1;
constexpr std::uint8_t k_update = 2;
constexpr std::uint8_t k_notification = 3;
constexpr std::uint8_t k_keepalive = 4;
constexpr std::size_t k_header = 19;

std::size_t u16(const std::uint8_t* at) { return static_cast<std::size_t>(at[0]) << 8 | at[1]; }
std::uint32_t u32(const std::uint8_t* at) { return static_cast<std::uint32_t>(u16(at) << 16 | u16(at + 2)); }

std::uint64_t all_octets = 0;

[[noreturn]] void give_up(const char* what) {
  fmt::print(stderr, "tandem_bench: {}\n", what);
  std::exit(1);
}

}  // namespace

FarEnds::FarEnds(std::uint16_t hold_time_s)
    : hold_time_s_(hold_time_s), epoll_(::epoll_create1(EPOLL_CLOEXEC)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)),
      keepalive_(std::make_shared<const Octets>(keepalive_message())), scratch_(256 * 1024) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  socklen_t size = sizeof address;
  if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 || ::listen(listener_.get(), 16384) != 0 ||
      ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    give_up("cannot listen");
  }
  port_ = ntohs(address.sin_port);
  epoll_event event{EPOLLIN, {nullptr}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, listener_.get(), &event);
}

bool FarEnds::run_until(const std::function<bool()>& condition, Seconds limit) {
  const auto end = Clock::now() + limit;
  epoll_event events[256];
  while (!condition()) {
    const auto now = Clock::now();
    if (now >= end) return false;
    if (now >= next_keepalives_) send_keepalives();
    if (unanswered_ != 0) answer_due();
    if (slow_ != 0 && now >= next_trickle_) trickle();
    const int count = ::epoll_wait(epoll_.get(), events, 256, 5);
    for (int i = 0; i < count; ++i) dispatch(events[i].data.u64, events[i].events);
    drop_closed();
  }
  return true;
}

// The key of an event is the address of what it belongs to; that of somebody who is watched is odd, and that of the listener zero.
void FarEnds::dispatch(std::uint64_t key, std::uint32_t happened) {
  if (key == 0) return accept();
  if ((key & 1) != 0) return reinterpret_cast<Watched*>(key - 1)->ready();
  auto& session = *reinterpret_cast<Session*>(key);
  if ((happened & EPOLLOUT) != 0 && session.fd) flush(session);
  if ((happened & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && session.fd) receive(session);
}

void FarEnds::watch(int fd, std::function<void()> ready) {
  watched_.push_back(std::make_unique<Watched>(Watched{fd, std::move(ready)}));
  epoll_event event{EPOLLIN, {nullptr}};
  event.data.u64 = reinterpret_cast<std::uint64_t>(watched_.back().get()) + 1;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
}

void FarEnds::forget(int fd) {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  std::erase_if(watched_, [fd](const auto& each) { return each->fd == fd; });
}

std::uint64_t FarEnds::moved() { return all_octets; }
void FarEnds::forget_moved() { all_octets = 0; }

void FarEnds::run_for(Seconds time) {
  run_until([] { return false; }, time);
}

void FarEnds::accept() {
  for (;;) {
    base::UniqueFd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd) return;
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in local{};
    socklen_t size = sizeof local;
    ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&local), &size);
    auto session = std::make_unique<Session>();
    session->address = ntohl(local.sin_addr.s_addr);
    if (session->address == slow_) {
      const int little = 4096;
      ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
    }
    session->fd = std::move(fd);
    epoll_event event{EPOLLIN, {session.get()}};
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, session->fd.get(), &event);
    sessions_.push_back(std::move(session));
  }
}

void FarEnds::receive(Session& session) {
  if (!session.reading) return;
  if (session.address == slow_ && session.established) {
    read(session, false);
    return;
  }
  take_octets(session, scratch_.size());
}

void FarEnds::trickle() {
  next_trickle_ = Clock::now() + std::chrono::seconds(1);
  for (const auto& session : sessions_) {
    if (session->address == slow_ && session->fd && !session->reading) take_octets(*session, std::min(slow_octets_, scratch_.size()));
  }
}

void FarEnds::take_octets(Session& session, std::size_t room) {
  const ssize_t count = ::recv(session.fd.get(), scratch_.data(), room, 0);
  if (count <= 0) {
    if (count == 0 || (errno != EAGAIN && errno != EINTR)) session.fd.reset();
    return;
  }
  session.octets += static_cast<std::size_t>(count);
  all_octets += static_cast<std::size_t>(count);
  const std::uint8_t* data = scratch_.data();
  std::size_t size = static_cast<std::size_t>(count);
  if (!session.inbox.empty()) {
    session.inbox.insert(session.inbox.end(), data, data + size);
    data = session.inbox.data();
    size = session.inbox.size();
  }
  std::size_t at = 0;
  while (size - at >= k_header && size - at >= u16(data + at + 16)) {
    const std::size_t length = std::max(u16(data + at + 16), k_header);
    if (!take(session, data + at, length)) {
      session.fd.reset();
      return;
    }
    at += length;
  }
  Octets rest(data + at, data + size);
  session.inbox = std::move(rest);
}

bool FarEnds::take(Session& session, const std::uint8_t* message, std::size_t size) {
  const auto now = Clock::now();
  switch (message[18]) {
    case k_open:
      if (stagger_.count() == 0) {
        answer(session);
      } else {
        last_answer_ = std::max(now, last_answer_ + std::chrono::duration_cast<Clock::duration>(stagger_));
        session.answer_at = last_answer_;
        ++unanswered_;
      }
      break;
    case k_keepalive:
      ++session.keepalives;
      if (session.established) session.latest_s = std::max(session.latest_s, Seconds(now - session.last).count() - hold_time_s_ / 3);
      session.established = true;
      break;
    case k_update: count_update(session, message + k_header, size - k_header); break;
    case k_notification: return false;
    default: break;
  }
  session.last = now;
  return true;
}

void FarEnds::answer(Session& session) {
  send(session, std::make_shared<const Octets>(open_message(hold_time_s_, session.address)));
  send(session, keepalive_);
}

void FarEnds::answer_due() {
  unanswered_ = 0;
  for (const auto& session : sessions_) {
    if (session->answer_at == Clock::time_point{} || !session->fd) continue;
    if (session->answer_at > Clock::now()) {
      ++unanswered_;
      continue;
    }
    session->answer_at = {};
    answer(*session);
  }
}

void FarEnds::count_update(Session& session, const std::uint8_t* body, std::size_t size) {
  ++session.updates;
  if (size < 4) return;
  const std::size_t withdrawn = u16(body);
  if (withdrawn + 4 > size) return;
  const std::size_t attributes = u16(body + 2 + withdrawn);
  if (size == 4) ++session.ends_of_rib;
  for (std::size_t at = 2; at < 2 + withdrawn; at += 1 + (body[at] + 7U) / 8) ++session.withdrawn;
  for (std::size_t at = 4 + withdrawn + attributes; at < size; at += 1 + (body[at] + 7U) / 8) {
    ++session.announced;
    if (on_route && body[at] == 32 && at + 5 <= size) on_route(u32(body + at + 1), Clock::now());
  }
}

void FarEnds::send(Session& session, Stream stream) {
  session.outbox.emplace_back(std::move(stream), 0);
  if (!session.writing) flush(session);
}

void FarEnds::flush(Session& session) {
  while (!session.outbox.empty()) {
    auto& [stream, sent] = session.outbox.front();
    const ssize_t count = ::send(session.fd.get(), stream->data() + sent, stream->size() - sent, MSG_NOSIGNAL);
    if (count < 0) {
      interest(session, errno == EAGAIN);
      return;
    }
    sent += static_cast<std::size_t>(count);
    all_octets += static_cast<std::size_t>(count);
    if (sent == stream->size()) session.outbox.pop_front();
  }
  interest(session, false);
}

void FarEnds::interest(Session& session, bool writing) {
  session.writing = writing;
  epoll_event event{(session.reading ? EPOLLIN : 0U) | (writing ? EPOLLOUT : 0U), {&session}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, session.fd.get(), &event);
}

void FarEnds::read(Session& session, bool reading) {
  session.reading = reading;
  interest(session, session.writing);
}

void FarEnds::close(Session& session) {
  session.fd.reset();
  drop_closed();
}

void FarEnds::close_all() { sessions_.clear(); }

// A session that is over is forgotten between two waits, when no event can point at it.
void FarEnds::drop_closed() {
  std::erase_if(sessions_, [](const auto& session) { return !session->fd; });
}

void FarEnds::send_keepalives() {
  for (const auto& session : sessions_) {
    if (session->established && session->outbox.empty() && session->fd) send(*session, keepalive_);
  }
  next_keepalives_ = Clock::now() + std::chrono::milliseconds(hold_time_s_ * 1000 / 3);
}

bool FarEnds::all_sent() const {
  return std::all_of(sessions_.begin(), sessions_.end(), [](const auto& session) {
    int unsent = 0;
    return session->outbox.empty() && ::ioctl(session->fd.get(), SIOCOUTQ, &unsent) == 0 && unsent == 0;
  });
}

void FarEnds::forget_lateness() {
  for (const auto& session : sessions_) session->latest_s = 0;
}

Session* FarEnds::at(std::uint32_t address) const {
  const auto found = std::find_if(sessions_.rbegin(), sessions_.rend(), [&](const auto& session) { return session->address == address; });
  return found == sessions_.rend() ? nullptr : found->get();
}

std::size_t FarEnds::established() const {
  return static_cast<std::size_t>(std::count_if(sessions_.begin(), sessions_.end(), [](const auto& session) { return session->established; }));
}

}  // namespace tandem::bench
