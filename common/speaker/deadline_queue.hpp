// Deadlines of many owners in one queue: the engines keep a single timer. Lazy: an entry may be too early, never too late. An owner
// whose deadline moved back is woken for nothing once and says so; that is cheaper than searching the heap at every message.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/base/time.hpp"

namespace tandem::speaker {

class DeadlineQueue {
 public:
  using Owner = std::uint32_t;

  // Makes sure that the owner is due at `when` at the latest.
  void schedule(Owner owner, base::TimePoint when) {
    if (owner >= earliest_.size()) earliest_.resize(owner + 1);
    auto& known = earliest_[owner];
    if (known && *known <= when) return;
    known = when;
    if (heap_.size() > k_stale_factor * earliest_.size() + k_stale_slack) {
      rebuild();
      return;
    }
    heap_.push_back({when, owner});
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
  void forget(Owner owner) {
    if (owner < earliest_.size()) earliest_[owner].reset();
  }

  // The owner of one entry that is due, or nullopt when none is.
  std::optional<Owner> take_due(base::TimePoint now) {
    drop_stale();
    if (heap_.empty() || heap_.front().when > now) return std::nullopt;
    const Owner owner = heap_.front().owner;
    earliest_[owner].reset();
    pop();
    return owner;
  }
  // The entries that count.
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [heap, earliest] = self;
    archive.object(self, "deadline_queue")("earliest", earliest);
    if constexpr (Archive::k_reads) self.rebuild();
  }
  [[nodiscard]] std::size_t owners() const { return earliest_.size(); }
  [[nodiscard]] std::size_t entries() const { return heap_.size(); }  // stale ones included
  [[nodiscard]] std::optional<base::TimePoint> next() const {
    const_cast<DeadlineQueue*>(this)->drop_stale();
    return heap_.empty() ? std::nullopt : std::optional(heap_.front().when);
  }

 private:
  struct Entry {
    base::TimePoint when;
    Owner owner;
  };
  static bool later(const Entry& a, const Entry& b) {
    return a.when != b.when ? a.when > b.when : a.owner > b.owner;
  }
  void pop() {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    heap_.pop_back();
  }
  void drop_stale() {
    while (!heap_.empty() && earliest_[heap_.front().owner] != heap_.front().when) pop();
  }

  // An owner that is woken early again and again leaves an entry behind each time.
  void rebuild() {
    heap_.clear();
    for (Owner owner = 0; owner < earliest_.size(); ++owner) {
      if (earliest_[owner]) heap_.push_back({*earliest_[owner], owner});
    }
    std::make_heap(heap_.begin(), heap_.end(), later);
  }

  static constexpr std::size_t k_stale_factor = 4;
  static constexpr std::size_t k_stale_slack = 64;
  std::vector<Entry> heap_;
  std::vector<std::optional<base::TimePoint>> earliest_;  // by owner: its entry that counts
};

}  // namespace tandem::speaker
