// poll(2) with a memory: which descriptors are waited on, for what, and whom to wake. This is the map from descriptors to drivers:
// a descriptor leaves it before it is closed, and a number the kernel hands out again never wakes its former owner.
#pragma once

#include <poll.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/base/time.hpp"
#include "engine_sync/generator.hpp"

namespace tandem::engine_sync {

class Poller {
 public:
  class Waiter {
   public:
    virtual void ready(WakeReason reason) = 0;  // ready_read, ready_write or ready_both
   protected:
    ~Waiter() = default;
  };

  // All three take constant time. `add` watches for nothing yet. REQUIRES: an open descriptor that was not added before; one that was.
  void add(int fd, Waiter& waiter);
  void modify(int fd, bool read, bool write);
  void remove(int fd);  // must come before close(2)
  [[nodiscard]] bool contains(int fd) const { return find(fd) != nullptr; }
  [[nodiscard]] std::size_t size() const { return set_.size(); }

  // Sleeps until a descriptor is ready or `until` has come (nullopt: for ever; in the past: not at all). Returns how many are ready.
  // Throws std::system_error when the kernel will not wait.
  std::size_t wait(std::optional<base::TimePoint> until, base::TimePoint now);
  // The last wait ended because its time was over, and not by a signal.
  [[nodiscard]] bool timed_out() const { return timed_out_; }
  [[nodiscard]] bool found(int fd) const;  // by the last wait()
  // Wakes the waiters of what the last wait() found. Waiters may add, modify and remove anything meanwhile.
  void dispatch();

 private:
  struct Entry {
    Waiter* waiter = nullptr;
    std::uint64_t generation = 0;  // tells a descriptor from the one that had its number before
    std::size_t position = 0;      // in set_; both vectors are kept dense
  };
  struct Ready {
    int fd;
    std::uint64_t generation;
    WakeReason reason;
  };
  [[nodiscard]] const Entry* find(int fd) const;
  int select(const timespec* timeout);

  std::vector<pollfd> set_;     // what the kernel sees
  std::vector<Entry> entries_;  // by descriptor; no waiter: not added
  std::vector<Ready> ready_;
  std::uint64_t generation_ = 0;
  bool timed_out_ = false;
};

}  // namespace tandem::engine_sync
