#include "engine_sync/poller.hpp"

#include <sys/select.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "common/base/assert.hpp"

namespace tandem::engine_sync {

namespace {

// poll(2) ignores negative descriptors: one that is watched for nothing stays in the set as its complement, or it would report its
// hang-up for ever.
int watched(int fd, int events) { return events != 0 ? fd : ~fd; }
int descriptor(const pollfd& slot) { return slot.fd >= 0 ? slot.fd : ~slot.fd; }

// Errors and hang-ups go to whoever waits: the next read or write says what it is.
WakeReason reason_of(const pollfd& slot) {
  constexpr int k_broken = POLLERR | POLLHUP | POLLNVAL;
  unsigned reason = 0;
  if ((slot.events & POLLIN) != 0 && (slot.revents & (POLLIN | k_broken)) != 0) reason |= 1U;
  if ((slot.events & POLLOUT) != 0 && (slot.revents & (POLLOUT | k_broken)) != 0) reason |= 2U;
  return static_cast<WakeReason>(reason);
}

}  // namespace

const Poller::Entry* Poller::find(int fd) const {
  if (fd < 0 || static_cast<std::size_t>(fd) >= entries_.size()) return nullptr;
  const Entry& entry = entries_[static_cast<std::size_t>(fd)];
  return entry.waiter != nullptr ? &entry : nullptr;
}

void Poller::add(int fd, Waiter& waiter) {
  TANDEM_ASSERT(fd >= 0 && find(fd) == nullptr);
  const auto index = static_cast<std::size_t>(fd);
  if (index >= entries_.size()) entries_.resize(std::max(index + 1, entries_.size() * 2));
  entries_[index] = {&waiter, ++generation_, set_.size()};
  set_.push_back({watched(fd, 0), 0, 0});
}

void Poller::modify(int fd, bool read, bool write) {
  const Entry* const entry = find(fd);
  TANDEM_ASSERT(entry != nullptr);
  pollfd& slot = set_[entry->position];
  slot.events = static_cast<short>((read ? POLLIN : 0) | (write ? POLLOUT : 0));
  slot.fd = watched(fd, slot.events);
}

void Poller::remove(int fd) {
  const Entry* const entry = find(fd);
  TANDEM_ASSERT(entry != nullptr);
  const std::size_t position = entry->position;
  set_[position] = set_.back();
  entries_[static_cast<std::size_t>(descriptor(set_[position]))].position = position;
  set_.pop_back();
  entries_[static_cast<std::size_t>(fd)] = {};
}

std::size_t Poller::wait(std::optional<base::TimePoint> until, base::TimePoint now) {
  timespec timeout{};
  if (until) {
    const base::Duration left = std::max(*until - now, base::Duration::zero());
    timeout.tv_sec = static_cast<time_t>(left.count() / 1'000'000'000);
    timeout.tv_nsec = static_cast<long>(left.count() % 1'000'000'000);
  }
  ready_.clear();
  // Nanoseconds. EINTR is nothing to worry about: the reactor looks at the clock and comes back. Anything else would come back at once
  // and for ever.
  int found = ::ppoll(set_.data(), set_.size(), until ? &timeout : nullptr, nullptr);
  if (found < 0 && errno == EINVAL) found = select(until ? &timeout : nullptr);
  if (found < 0 && errno != EINTR) throw std::system_error(errno, std::system_category(), "ppoll");
  timed_out_ = found == 0;
  for (std::size_t i = 0; found > 0 && i < set_.size(); ++i) {
    const pollfd& slot = set_[i];
    if (slot.fd < 0 || slot.revents == 0) continue;
    --found;
    ready_.push_back({slot.fd, entries_[static_cast<std::size_t>(slot.fd)].generation, reason_of(slot)});
  }
  return ready_.size();
}

// Somebody has lowered the limit of descriptors (RLIMIT_NOFILE) below what is open: poll(2) refuses so many, select(2) asks only for
// descriptors that are there. Those that are open stay in use until the limit is raised, or fewer are open.
int Poller::select(const timespec* timeout) {
  constexpr std::size_t k_bits = 8 * sizeof(fd_mask);
  const std::size_t words = (entries_.size() + k_bits - 1) / k_bits;
  // An fd_set has room for 1,024; the kernel takes as many bits as it is told.
  std::vector<fd_mask> readable(words);
  std::vector<fd_mask> writable(words);
  const auto bit = [](const pollfd& slot) { return static_cast<fd_mask>(1UL << (static_cast<std::size_t>(slot.fd) % k_bits)); };
  const auto word = [](const pollfd& slot) { return static_cast<std::size_t>(slot.fd) / k_bits; };
  for (pollfd& slot : set_) {
    slot.revents = 0;
    if (slot.fd < 0) continue;
    if ((slot.events & POLLIN) != 0) readable[word(slot)] |= bit(slot);
    if ((slot.events & POLLOUT) != 0) writable[word(slot)] |= bit(slot);
  }
  const auto as_set = [](std::vector<fd_mask>& bits) { return reinterpret_cast<fd_set*>(bits.data()); };
  const int found = ::pselect(static_cast<int>(entries_.size()), as_set(readable), as_set(writable), nullptr, timeout, nullptr);
  if (found <= 0) return found;
  int ready = 0;
  for (pollfd& slot : set_) {
    if (slot.fd < 0) continue;
    if ((readable[word(slot)] & bit(slot)) != 0) slot.revents |= POLLIN;
    if ((writable[word(slot)] & bit(slot)) != 0) slot.revents |= POLLOUT;
    if (slot.revents != 0) ++ready;
  }
  return ready;
}

bool Poller::found(int fd) const {
  return std::any_of(ready_.begin(), ready_.end(), [fd](const Ready& ready) { return ready.fd == fd; });
}

void Poller::dispatch() {
  for (const Ready& ready : ready_) {
    const Entry* const entry = find(ready.fd);
    // Removed by a waiter that was woken before it, or even closed and opened anew: not the same descriptor any more.
    if (entry == nullptr || entry->generation != ready.generation) continue;
    entry->waiter->ready(ready.reason);
  }
  ready_.clear();
}

}  // namespace tandem::engine_sync
