// The announces an adj-RIB-out still has to send: buckets by attribute set in order of first use, inside a bucket family by
// family, inside that in order of arrival. Entries in numbered places and an index of these; no
// allocation per route.
//
// One NLRI may be waiting in several buckets, later ones being newer, and is sent once from each.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "common/bgp/nlri/nlri_key.hpp"
#include "common/rib/attribute_pool.hpp"
#include "common/rib/places.hpp"
#include "common/rib/position_index.hpp"

namespace tandem::rib {

class PendingAnnounces {
 public:
  struct Entry {
    bgp::NlriKey key;
    std::uint32_t bucket : 31;
    std::uint32_t replaces : 1;  // the peer may have been sent another state before; the same for all states of an NLRI
    std::uint32_t earlier;       // where the same NLRI waits in an older bucket, or k_none
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [key, bucket, replaces, earlier] = self;
      std::uint32_t its_bucket = bucket;  // nothing refers to a part of a word
      bool replaces_another = replaces != 0;
      archive.object(self, "pending_announce")("key", key)("bucket", its_bucket)("replaces", replaces_another)("earlier", earlier);
      if constexpr (Archive::k_reads) {
        bucket = its_bucket & k_most_buckets;
        replaces = replaces_another ? 1 : 0;
      }
    }
  };
  static constexpr std::uint32_t k_most_buckets = ~std::uint32_t{0} >> 1;
  static constexpr std::uint32_t k_none = PositionIndex::k_none;

  [[nodiscard]] bool empty() const noexcept { return live_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return live_; }
  [[nodiscard]] std::size_t distinct() const noexcept { return index_.size(); }  // NLRI, each in however many buckets
  [[nodiscard]] bool contains(const bgp::NlriKey& key) const noexcept { return newest(key, key.hash()) != k_none; }
  void reserve(std::size_t count) { index_.reserve(count); }
  void prefetch(std::uint64_t hash) const noexcept { index_.prefetch(hash); }  // the key of this hash will be added soon

  // `replaces`: the peer may have been sent another state of the NLRI before. It counts for the first state that waits only.
  // Where it stands now; squeezing may bring it further to the front.
  struct Place {
    std::uint32_t bucket = 0;
    std::uint32_t rank = 0;  // how many of the bucket go before it, at most
  };
  Place add(const bgp::NlriKey& key, const AttributeSetRef& attributes, bool replaces) { return add(key, key.hash(), attributes, replaces); }
  Place add(const bgp::NlriKey& key, std::uint64_t hash, const AttributeSetRef& attributes, bool replaces);
  void remove(const bgp::NlriKey& key);  // from every bucket
  // What is added from now on goes behind all that waits, whatever attributes it has.
  void close_buckets();

  // For a run, which holds all this and changes it no more: the attribute set of each bucket, null where nothing waits any more.
  [[nodiscard]] std::size_t buckets() const noexcept { return buckets_.size(); }
  [[nodiscard]] const AttributeSetRef& bucket(std::uint32_t number) const noexcept { return buckets_[number].attributes; }
  // Visits the entries at `budget` places from `next` on, in order of arrival, and moves `next` on. False: there is nothing behind.
  template <typename Visitor>
  bool for_some(std::size_t& next, std::size_t budget, Visitor&& visit) const {
    base::Work::did(std::min(budget, entries_.size() - std::min(next, entries_.size())));
    const std::size_t end = std::min(entries_.size(), next + std::min(budget, entries_.size()));
    entries_.for_each(next, end, visit);
    next = std::max(next, end);
    return next < entries_.size();
  }
  [[nodiscard]] const Entry& at(std::uint32_t position) const noexcept { return entries_[position]; }
  // Of an NLRI in a bucket. REQUIRES that it waits there.
  [[nodiscard]] std::uint32_t position(const bgp::NlriKey& key, std::uint32_t bucket) const noexcept;

  // The entries and the sets of their buckets; what counts and finds them is made from these.
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [entries, buckets, index, by_set, closed, live, last_set, last_bucket] = self;
    std::vector<AttributeSetRef> sets;
    for (std::size_t i = 0; i < buckets.size(); ++i) sets.push_back(buckets[i].attributes);
    archive.object(self, "pending_announces")("entries", entries)("buckets", sets)("closed", closed);
    if constexpr (Archive::k_reads) {
      if (const std::string_view fault = self.index_again(sets); !fault.empty()) archive.fail(fault);
    }
  }

  // --- as much as a table ------------------------------------------------------------------------------------------------
  // Nothing is left at most of the places, and there are too many to squeeze them at once: it is to be done in slices.
  [[nodiscard]] bool sparse() const noexcept { return entries_.size() > k_small && is_sparse(); }
  struct Squeeze;
  // A slice of `budget` places; true: it is done, and `squeeze` has what was here before. Nothing may be added or removed meanwhile.
  bool squeeze_some(Squeeze& squeeze, std::size_t budget);
  class Remains;
  [[nodiscard]] Remains take_all();  // empties it, in no time

 private:
  [[nodiscard]] std::uint32_t newest(const bgp::NlriKey& key, std::uint64_t hash) const noexcept;
  [[nodiscard]] std::uint32_t bucket_of(const AttributeSetRef& attributes);
  [[nodiscard]] std::uint32_t append(const bgp::NlriKey& key, std::uint32_t bucket, std::uint32_t earlier, bool replaces);
  [[nodiscard]] std::uint32_t youngest(const AttributeSet* set) const noexcept;
  void add_bucket(const AttributeSetRef& attributes);
  void file_bucket(std::uint32_t number);
  void kill(std::uint32_t position);
  void forget_oldest(std::uint32_t newest);
  void squeeze_if_small();
  // After a state was read, the buckets of which have these: what is wrong with it, or "".
  [[nodiscard]] std::string_view index_again(const std::vector<AttributeSetRef>& sets);
  static constexpr std::size_t k_small = 2048;
  [[nodiscard]] bool is_sparse() const noexcept { return live_ * 2 < entries_.size(); }

  // A bucket that loses its last entry is forgotten: its set may come back, as the youngest bucket.
  struct Bucket {
    AttributeSetRef attributes;
    std::uint32_t waiting = 0;  // entries
  };
  Places<Entry> entries_;
  Places<Bucket> buckets_;  // all filled
  PositionIndex index_;     // the newest entry of each NLRI
  PositionIndex by_set_;    // the youngest bucket of each set
  std::uint32_t closed_ = 0;  // nothing is added to so many buckets at the front
  std::size_t live_ = 0;
  const AttributeSet* last_set_ = nullptr;
  std::uint32_t last_bucket_ = 0;
};

// The same without the holes, as far as it has been made.
struct PendingAnnounces::Squeeze {
  std::unique_ptr<PendingAnnounces> dense = std::make_unique<PendingAnnounces>();
  std::vector<std::uint32_t> renumbered;  // buckets
  std::size_t entry = 0;
};

// For Discards.
class PendingAnnounces::Remains {
 public:
  Remains(Places<Entry> entries, Places<Bucket> buckets) : entries_(std::move(entries)), buckets_(std::move(buckets)) {}
  [[nodiscard]] bool empty() const noexcept { return entries_.empty() && buckets_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  void shed(std::size_t places);

 private:
  Places<Entry> entries_;
  Places<Bucket> buckets_;
};

}  // namespace tandem::rib
