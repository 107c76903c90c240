#include "common/rib/pending_announces.hpp"

#include <bit>
#include <utility>

namespace tandem::rib {

namespace {

// How many states of one NLRI may wait. A program may change a route for days while its peer is away; the peer needs the last
// state only, and has the few before it because configurations rely on that.
constexpr int k_states = 16;

}  // namespace

std::size_t PendingAnnounces::find_slot(const bgp::NlriKey& key, std::uint64_t hash) const noexcept {
  if (index_.empty()) return k_no_slot;
  const std::size_t mask = index_.size() - 1;
  for (std::size_t slot = hash & mask;; slot = (slot + 1) & mask) {
    const std::uint32_t position = index_[slot];
    if (position == 0) return k_no_slot;
    if (position != k_tombstone && entries_[position - 1].key == key) return slot;
  }
}

void PendingAnnounces::reserve(std::size_t count) {
  entries_.reserve(count);
  if (count * 4 > index_.size() * 3) rehash(std::bit_ceil(count * 4 / 3 + 1));
}

std::uint32_t PendingAnnounces::bucket_of(const AttributeSetRef& attributes) {
  if (attributes.get() == last_set_ && last_set_ != nullptr) return last_bucket_;
  const auto [found, inserted] = bucket_index_.try_emplace(attributes.get(), static_cast<std::uint32_t>(buckets_.size()));
  if (inserted) {
    buckets_.push_back(attributes);
    waiting_.push_back(0);
  }
  last_set_ = attributes.get();
  last_bucket_ = found->second;
  return last_bucket_;
}

std::uint32_t PendingAnnounces::append(const bgp::NlriKey& key, std::uint32_t bucket, std::uint32_t earlier) {
  entries_.push_back(Entry{key, bucket, earlier});
  ++live_;
  ++waiting_[bucket];
  return static_cast<std::uint32_t>(entries_.size() - 1);
}

void PendingAnnounces::kill(std::uint32_t position) {
  const std::uint32_t bucket = std::exchange(entries_[position].bucket, k_dead);
  --live_;
  if (--waiting_[bucket] != 0) return;
  bucket_index_.erase(buckets_[bucket].get());
  if (last_set_ == buckets_[bucket].get()) last_set_ = nullptr;
  buckets_[bucket] = {};
}

void PendingAnnounces::add(const bgp::NlriKey& key, const AttributeSetRef& attributes) {
  const std::uint64_t hash = key.hash();
  const std::uint32_t bucket = bucket_of(attributes);
  if (const std::size_t slot = find_slot(key, hash); slot != k_no_slot) {
    std::uint32_t newest = index_[slot] - 1;
    // DEV-6: what waits in younger buckets would be sent after this announce and undo it.
    while (newest != k_none && entries_[newest].bucket > bucket) {
      kill(newest);
      newest = entries_[newest].earlier;
    }
    if (newest != k_none && entries_[newest].bucket == bucket) {
      entries_[newest].key = key;  // the octets outside the identity may differ
    } else {
      newest = append(key, bucket, newest);
      forget_oldest(newest);
    }
    index_[slot] = newest + 1;
    if (entries_.size() > 64 && live_ * 2 < entries_.size()) compact();
    return;
  }
  if ((used_ + 1) * 4 > index_.size() * 3) rehash(std::bit_ceil((keys_ + 1) * 2 + 6));
  const std::size_t mask = index_.size() - 1;
  std::size_t slot = hash & mask;
  while (index_[slot] != 0) slot = (slot + 1) & mask;
  index_[slot] = append(key, bucket, k_none) + 1;
  ++keys_;
  ++used_;
}

void PendingAnnounces::remove(const bgp::NlriKey& key) {
  const std::size_t slot = find_slot(key, key.hash());
  if (slot == k_no_slot) return;
  for (std::uint32_t at = index_[slot] - 1; at != k_none; at = entries_[at].earlier) kill(at);
  index_[slot] = k_tombstone;
  --keys_;
  if (live_ == 0) {
    *this = PendingAnnounces();
  } else if (entries_.size() > 64 && live_ * 2 < entries_.size()) {
    compact();
  }
}

void PendingAnnounces::forget_oldest(std::uint32_t newest) {
  std::uint32_t at = newest;
  for (int state = 1; state < k_states; ++state) {
    at = entries_[at].earlier;
    if (at == k_none) return;
  }
  const std::uint32_t oldest = entries_[at].earlier;
  if (oldest == k_none) return;
  kill(oldest);
  entries_[at].earlier = k_none;
}

void PendingAnnounces::rehash(std::size_t slots) {
  // Of the entries of one NLRI the newest counts: it stands behind the others, so they are what `earlier` names.
  std::vector<bool> older(entries_.size(), false);
  for (const Entry& entry : entries_) {
    if (entry.bucket != k_dead && entry.earlier != k_none) older[entry.earlier] = true;
  }
  index_.assign(slots, 0);
  const std::size_t mask = slots - 1;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].bucket == k_dead || older[i]) continue;
    std::size_t slot = entries_[i].key.hash() & mask;
    while (index_[slot] != 0) slot = (slot + 1) & mask;
    index_[slot] = static_cast<std::uint32_t>(i + 1);
  }
  used_ = keys_;
}

// Squeezes out dead entries and buckets that nothing waits in; the order of both stays.
void PendingAnnounces::compact() {
  std::vector<std::uint32_t> moved(entries_.size(), k_none);
  std::uint32_t target = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].bucket == k_dead) continue;
    moved[i] = target;
    if (entries_[i].earlier != k_none) entries_[i].earlier = moved[entries_[i].earlier];
    if (target != i) entries_[target] = std::move(entries_[i]);
    ++target;
  }
  entries_.resize(target);

  std::vector<std::uint32_t> renumbered(buckets_.size(), 0);
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < renumbered.size(); ++i) {
    if (waiting_[i] == 0) continue;
    renumbered[i] = count;
    if (count != i) {
      buckets_[count] = std::move(buckets_[i]);
      waiting_[count] = waiting_[i];
    }
    bucket_index_[buckets_[count].get()] = count;
    ++count;
  }
  buckets_.resize(count);
  waiting_.resize(count);
  for (Entry& entry : entries_) entry.bucket = renumbered[entry.bucket];
  last_set_ = nullptr;
  rehash(std::bit_ceil(keys_ * 2 + 6));
}

}  // namespace tandem::rib
