#include "common/rib/pending_announces.hpp"

#include <utility>

namespace tandem::rib {

namespace {

// How many states of one NLRI may wait. A program may change a route for days while its peer is away; the peer needs the last
// state only, and has the few before it because configurations rely on that.
constexpr int k_states = 16;

}  // namespace

std::uint32_t PendingAnnounces::newest(const bgp::NlriKey& key, std::uint64_t hash) const noexcept {
  return index_.find(hash, [this, &key](std::uint32_t position) { return entries_[position].key == key; });
}

void PendingAnnounces::reserve(std::size_t count) {
  entries_.reserve(count);
  replaces_.reserve(count);
  index_.reserve(count);
}

std::uint32_t PendingAnnounces::bucket_of(const AttributeSetRef& attributes) {
  if (attributes.get() == last_set_ && last_set_ != nullptr) return last_bucket_;
  const auto youngest = static_cast<std::uint32_t>(buckets_.size());
  const auto [found, inserted] = bucket_index_.try_emplace(attributes.get(), youngest);
  if (inserted || found->second < closed_) {
    found->second = youngest;
    buckets_.push_back(attributes);
    waiting_.push_back(0);
  }
  last_set_ = attributes.get();
  last_bucket_ = found->second;
  return last_bucket_;
}

std::uint32_t PendingAnnounces::append(const bgp::NlriKey& key, std::uint32_t bucket, std::uint32_t earlier,
                                        bool replaces) {
  entries_.push_back(Entry{key, bucket, earlier});
  replaces_.push_back(replaces);
  ++live_;
  ++waiting_[bucket];
  return static_cast<std::uint32_t>(entries_.size() - 1);
}

void PendingAnnounces::kill(std::uint32_t position) {
  const std::uint32_t bucket = std::exchange(entries_[position].bucket, k_dead);
  --live_;
  if (--waiting_[bucket] != 0) return;
  const auto indexed = bucket_index_.find(buckets_[bucket].get());
  if (indexed != bucket_index_.end() && indexed->second == bucket) bucket_index_.erase(indexed);
  if (last_set_ == buckets_[bucket].get()) last_set_ = nullptr;
  buckets_[bucket] = {};
}

void PendingAnnounces::close_buckets() {
  closed_ = static_cast<std::uint32_t>(buckets_.size());
  last_set_ = nullptr;
}

PendingAnnounces::Place PendingAnnounces::add(const bgp::NlriKey& key, const AttributeSetRef& attributes, bool replaces) {
  const std::uint64_t hash = key.hash();
  const std::uint32_t bucket = bucket_of(attributes);
  const std::uint32_t before = newest(key, hash);
  if (before == k_none) {
    index_.insert(hash, append(key, bucket, k_none, replaces));
    return {bucket, waiting_[bucket] - 1};
  }
  replaces = replaces_[before];
  std::uint32_t now = before;
  // DEV-6: what waits in younger buckets would be sent after this announce and undo it.
  while (now != k_none && entries_[now].bucket > bucket) {
    kill(now);
    now = entries_[now].earlier;
  }
  if (now != k_none && entries_[now].bucket == bucket) {
    entries_[now].key = key;  // the octets outside the identity may differ
  } else {
    now = append(key, bucket, now, replaces);
    forget_oldest(now);
  }
  index_.move(hash, now, [before](std::uint32_t position) { return position == before; });
  const std::uint32_t rank = waiting_[bucket] - 1;
  if (entries_.size() > 64 && live_ * 2 < entries_.size()) compact();
  return {bucket, rank};
}

void PendingAnnounces::remove(const bgp::NlriKey& key) {
  const std::uint64_t hash = key.hash();
  const std::uint32_t last = newest(key, hash);
  if (last == k_none) return;
  for (std::uint32_t at = last; at != k_none; at = entries_[at].earlier) kill(at);
  index_.erase(hash, [last](std::uint32_t position) { return position == last; });
  if (live_ == 0) {
    *this = PendingAnnounces();
  } else if (entries_.size() > 64 && live_ * 2 < entries_.size()) {
    compact();
  }
}

const PendingAnnounces::Entry& PendingAnnounces::entry(const bgp::NlriKey& key, std::uint32_t bucket) const noexcept {
  std::uint32_t at = newest(key, key.hash());
  while (entries_[at].bucket != bucket) at = entries_[at].earlier;
  return entries_[at];
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

// Squeezes out dead entries and buckets that nothing waits in; the order of both stays.
void PendingAnnounces::compact() {
  std::vector<std::uint32_t> moved(entries_.size(), k_none);
  std::uint32_t target = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].bucket == k_dead) continue;
    moved[i] = target;
    if (entries_[i].earlier != k_none) entries_[i].earlier = moved[entries_[i].earlier];
    if (target != i) {
      entries_[target] = std::move(entries_[i]);
      replaces_[target] = replaces_[i];
    }
    ++target;
  }
  entries_.resize(target);
  replaces_.resize(target);

  std::vector<std::uint32_t> renumbered(buckets_.size(), 0);
  std::uint32_t count = 0;
  std::uint32_t closed = 0;
  for (std::size_t i = 0; i < renumbered.size(); ++i) {
    if (waiting_[i] == 0) continue;
    if (i < closed_) ++closed;
    renumbered[i] = count;
    if (count != i) {
      buckets_[count] = std::move(buckets_[i]);
      waiting_[count] = waiting_[i];
    }
    bucket_index_[buckets_[count].get()] = count;
    ++count;
  }
  closed_ = closed;
  buckets_.resize(count);
  waiting_.resize(count);
  for (Entry& entry : entries_) entry.bucket = renumbered[entry.bucket];
  last_set_ = nullptr;

  // Of the entries of one NLRI the newest is the one no other names as `earlier`.
  std::vector<bool> older(entries_.size(), false);
  for (const Entry& entry : entries_) {
    if (entry.earlier != k_none) older[entry.earlier] = true;
  }
  index_.clear();
  for (std::uint32_t i = 0; i < target; ++i) {
    if (!older[i]) index_.insert(entries_[i].key.hash(), i);
  }
}

std::string_view PendingAnnounces::index_again() {
  index_.clear();
  bucket_index_.clear();
  waiting_.assign(buckets_.size(), 0);
  live_ = 0;
  last_set_ = nullptr;
  if (replaces_.size() != entries_.size() || closed_ > buckets_.size()) return "pending announces do not belong together";
  std::vector<bool> newest(entries_.size(), false);
  for (std::uint32_t i = 0; i < entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    if (entry.bucket == k_dead) continue;
    if (entry.bucket >= buckets_.size() || !buckets_[entry.bucket]) return "a pending announce is in no bucket";
    ++waiting_[entry.bucket];
    ++live_;
    newest[i] = true;
    if (entry.earlier == k_none) continue;
    if (entry.earlier >= i || !newest[entry.earlier]) return "a pending announce has no earlier one";
    const Entry& earlier = entries_[entry.earlier];
    if (!(earlier.key == entry.key) || earlier.bucket >= entry.bucket) return "a pending announce is not behind its earlier one";
    newest[entry.earlier] = false;
  }
  for (std::uint32_t i = 0; i < entries_.size(); ++i) {
    if (!newest[i]) continue;
    if (contains(entries_[i].key)) return "a route is pending twice";
    index_.insert(entries_[i].key.hash(), i);
  }
  for (std::uint32_t i = 0; i < buckets_.size(); ++i) {
    if ((waiting_[i] == 0) == static_cast<bool>(buckets_[i])) return "a bucket of pending announces is empty";
    if (buckets_[i]) bucket_index_[buckets_[i].get()] = i;
  }
  return "";
}

}  // namespace tandem::rib
