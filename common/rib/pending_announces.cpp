#include "common/rib/pending_announces.hpp"

#include <utility>

namespace tandem::rib {

namespace {

// How many states of one NLRI may wait. A program may change a route for days while its peer is away; the peer needs the last
// state only, and has the few before it because configurations rely on that.
constexpr int k_states = 16;

std::uint64_t hash_of(const AttributeSet* set) noexcept { return (reinterpret_cast<std::uintptr_t>(set) * 0x9E3779B97F4A7C15ULL) >> 32; }

}  // namespace

std::uint32_t PendingAnnounces::newest(const bgp::NlriKey& key, std::uint64_t hash) const noexcept {
  return index_.find(hash, [this, &key](std::uint32_t position) { return entries_[position].key == key; });
}

std::uint32_t PendingAnnounces::youngest(const AttributeSet* set) const noexcept {
  return by_set_.find(hash_of(set), [this, set](std::uint32_t bucket) { return buckets_[bucket].attributes.get() == set; });
}

void PendingAnnounces::add_bucket(const AttributeSetRef& attributes) {
  buckets_.push_back({attributes, 0});
  file_bucket(static_cast<std::uint32_t>(buckets_.size() - 1));
}

// It is the youngest of its set.
void PendingAnnounces::file_bucket(std::uint32_t number) {
  const AttributeSet* set = buckets_[number].attributes.get();
  const std::uint32_t before = youngest(set);
  if (before == k_none) by_set_.insert(hash_of(set), number);
  else by_set_.move(hash_of(set), number, [before](std::uint32_t bucket) { return bucket == before; });
}

std::uint32_t PendingAnnounces::bucket_of(const AttributeSetRef& attributes) {
  if (attributes.get() == last_set_ && last_set_ != nullptr) return last_bucket_;
  std::uint32_t bucket = youngest(attributes.get());
  if (bucket == k_none || bucket < closed_) {
    bucket = static_cast<std::uint32_t>(buckets_.size());
    add_bucket(attributes);
  }
  last_set_ = attributes.get();
  last_bucket_ = bucket;
  return bucket;
}

std::uint32_t PendingAnnounces::append(const bgp::NlriKey& key, std::uint32_t bucket, std::uint32_t earlier, bool replaces) {
  entries_.push_back(Entry{key, bucket & k_most_buckets, replaces ? 1U : 0U, earlier});
  ++live_;
  ++buckets_[bucket].waiting;
  return static_cast<std::uint32_t>(entries_.size() - 1);
}

void PendingAnnounces::kill(std::uint32_t position) {
  const std::uint32_t number = entries_[position].bucket;
  entries_.clear(position);
  --live_;
  Bucket& bucket = buckets_[number];
  if (--bucket.waiting != 0) return;
  by_set_.erase(hash_of(bucket.attributes.get()), [number](std::uint32_t other) { return other == number; });
  if (last_set_ == bucket.attributes.get()) last_set_ = nullptr;
  bucket.attributes = {};
}

void PendingAnnounces::close_buckets() {
  closed_ = static_cast<std::uint32_t>(buckets_.size());
  last_set_ = nullptr;
}

PendingAnnounces::Place PendingAnnounces::add(const bgp::NlriKey& key, std::uint64_t hash, const AttributeSetRef& attributes, bool replaces) {
  const std::uint32_t bucket = bucket_of(attributes);
  const std::uint32_t before = newest(key, hash);
  if (before == k_none) {
    index_.insert(hash, append(key, bucket, k_none, replaces));
    return {bucket, buckets_[bucket].waiting - 1};
  }
  replaces = entries_[before].replaces != 0;
  std::uint32_t now = before;
  // D6: what waits in younger buckets would be sent after this announce and undo it.
  while (now != k_none && entries_[now].bucket > bucket) {
    kill(std::exchange(now, entries_[now].earlier));
  }
  if (now != k_none && entries_[now].bucket == bucket) {
    entries_[now].key = key;  // the octets outside the identity may differ
  } else {
    now = append(key, bucket, now, replaces);
    forget_oldest(now);
  }
  index_.move(hash, now, [before](std::uint32_t position) { return position == before; });
  const std::uint32_t rank = buckets_[bucket].waiting - 1;
  squeeze_if_small();
  return {bucket, rank};
}

void PendingAnnounces::remove(const bgp::NlriKey& key) {
  const std::uint64_t hash = key.hash();
  const std::uint32_t last = newest(key, hash);
  if (last == k_none) return;
  for (std::uint32_t at = last; at != k_none;) kill(std::exchange(at, entries_[at].earlier));
  index_.erase(hash, [last](std::uint32_t position) { return position == last; });
  squeeze_if_small();
}

std::uint32_t PendingAnnounces::position(const bgp::NlriKey& key, std::uint32_t bucket) const noexcept {
  std::uint32_t at = newest(key, key.hash());
  while (entries_[at].bucket != bucket) at = entries_[at].earlier;
  return at;
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

// --- as much as a table ------------------------------------------------------------------------------------------------------

void PendingAnnounces::squeeze_if_small() {
  if (live_ == 0 && entries_.size() <= k_small) {
    *this = PendingAnnounces();
  } else if (entries_.size() > 64 && entries_.size() <= k_small && is_sparse()) {
    Squeeze squeeze;
    while (!squeeze_some(squeeze, entries_.size() + buckets_.size())) {}
  }
}

// Buckets that nothing waits in go with the holes; the order of both stays. An NLRI's states come in their order, so each is the newest
// when it comes.
bool PendingAnnounces::squeeze_some(Squeeze& squeeze, std::size_t budget) {
  PendingAnnounces& dense = *squeeze.dense;
  squeeze.renumbered.reserve(buckets_.size());
  for (; budget > 0 && squeeze.renumbered.size() < buckets_.size(); --budget) {
    const std::size_t number = squeeze.renumbered.size();
    if (number == closed_) dense.closed_ = static_cast<std::uint32_t>(dense.buckets_.size());
    squeeze.renumbered.push_back(static_cast<std::uint32_t>(dense.buckets_.size()));
    if (buckets_[number].waiting != 0) dense.add_bucket(buckets_[number].attributes);
    base::Work::did(1);
  }
  if (squeeze.renumbered.size() < buckets_.size()) return false;
  if (closed_ == buckets_.size()) dense.closed_ = static_cast<std::uint32_t>(dense.buckets_.size());
  const auto add = [&](const Entry& entry) {
    const std::uint64_t hash = entry.key.hash();
    const std::uint32_t before = dense.newest(entry.key, hash);
    const std::uint32_t now = dense.append(entry.key, squeeze.renumbered[entry.bucket], before, entry.replaces != 0);
    if (before == k_none) dense.index_.insert(hash, now);
    else dense.index_.move(hash, now, [before](std::uint32_t position) { return position == before; });
  };
  if (for_some(squeeze.entry, budget, add)) return false;
  std::swap(*this, dense);
  return true;
}

PendingAnnounces::Remains PendingAnnounces::take_all() {
  Remains remains(std::move(entries_), std::move(buckets_));
  *this = PendingAnnounces();
  return remains;
}

void PendingAnnounces::Remains::shed(std::size_t places) {
  for (std::size_t shed = 0; shed < places && !empty(); shed += Places<Entry>::k_block) {
    if (!entries_.empty()) entries_.pop_block();
    else buckets_.pop_block();
  }
}

std::string_view PendingAnnounces::index_again(const std::vector<AttributeSetRef>& sets) {
  if (closed_ > sets.size()) return "pending announces do not belong together";
  for (const AttributeSetRef& set : sets) buckets_.push_back({set, 0});
  std::vector<bool> newest(entries_.size(), false);
  for (std::uint32_t i = 0; i < entries_.size(); ++i) {
    if (!entries_.filled(i)) continue;
    const Entry& entry = entries_[i];
    if (entry.bucket >= sets.size() || !sets[entry.bucket]) return "a pending announce is in no bucket";
    ++buckets_[entry.bucket].waiting;
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
  for (std::uint32_t i = 0; i < sets.size(); ++i) {
    if ((buckets_[i].waiting == 0) == static_cast<bool>(sets[i])) return "a bucket of pending announces is empty";
    if (sets[i]) file_bucket(i);
  }
  return "";
}

}  // namespace tandem::rib
