// The announces an adj-RIB-out still has to send: buckets by attribute set in order of first use, inside a bucket family by
// family, inside that in order of arrival. One vector of entries and an index of their positions; no
// allocation per route.
//
// One NLRI may be waiting in several buckets, later ones being newer, and is sent once from each.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstdint>
#include <span>
#include <vector>

#include "common/bgp/nlri/nlri_key.hpp"
#include "common/rib/attribute_pool.hpp"
#include "common/rib/position_index.hpp"

namespace tandem::rib {

class PendingAnnounces {
 public:
  struct Entry {
    bgp::NlriKey key;
    std::uint32_t bucket = 0;
    std::uint32_t earlier = 0;  // where the same NLRI waits in an older bucket, or k_none
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [key, bucket, earlier] = self;
      archive.object(self, "pending_announce")("key", key)("bucket", bucket)("earlier", earlier);
    }
  };
  static constexpr std::uint32_t k_none = PositionIndex::k_none;

  [[nodiscard]] bool empty() const noexcept { return live_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return live_; }
  [[nodiscard]] std::size_t distinct() const noexcept { return index_.size(); }  // NLRI, each in however many buckets
  [[nodiscard]] bool contains(const bgp::NlriKey& key) const noexcept { return newest(key, key.hash()) != k_none; }
  void reserve(std::size_t count);
  void prefetch(std::uint64_t hash) const noexcept { index_.prefetch(hash); }  // the key of this hash will be added soon

  // `replaces`: the peer may have been sent another state of the NLRI before. It counts for the first state that waits only.
  // Where it stands now; compacting may bring it further to the front.
  struct Place {
    std::uint32_t bucket = 0;
    std::uint32_t rank = 0;  // how many of the bucket go before it, at most
  };
  Place add(const bgp::NlriKey& key, const AttributeSetRef& attributes, bool replaces);
  void remove(const bgp::NlriKey& key);  // from every bucket
  // What is added from now on goes behind all that waits, whatever attributes it has.
  void close_buckets();

  static constexpr std::uint32_t k_dead = ~std::uint32_t{0};  // bucket of an entry that was removed
  // For a run, which holds all this and changes it no more: the entries in order of arrival, dead ones among them, and the attribute
  // set of each bucket, null where nothing waits any more.
  [[nodiscard]] std::span<const Entry> entries() const noexcept { return entries_; }
  [[nodiscard]] std::span<const AttributeSetRef> buckets() const noexcept { return buckets_; }
  // The entry of an NLRI in a bucket. REQUIRES that there is one.
  [[nodiscard]] const Entry& entry(const bgp::NlriKey& key, std::uint32_t bucket) const noexcept;
  [[nodiscard]] bool replaces(const Entry& entry) const noexcept {
    return replaces_[static_cast<std::size_t>(&entry - entries_.data())];
  }

  // The entries and the sets of their buckets; what counts and finds them is made from these.
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [entries, replaces, index, buckets, waiting, bucket_index, closed, live, last_set, last_bucket] = self;
    archive.object(self, "pending_announces")("entries", entries)("replaces", replaces)("buckets", buckets)("closed", closed);
    if constexpr (Archive::k_reads) fault_of(archive, self.index_again());
  }

  // Visits the NLRI of every live entry in order of arrival, one in two buckets twice: visit(const NlriKey&).
  template <typename Visitor>
  void for_each(Visitor&& visit) const {
    for (const Entry& entry : entries_) {
      if (entry.bucket != k_dead) visit(entry.key);
    }
  }

 private:
  [[nodiscard]] std::uint32_t newest(const bgp::NlriKey& key, std::uint64_t hash) const noexcept;
  [[nodiscard]] std::uint32_t bucket_of(const AttributeSetRef& attributes);
  [[nodiscard]] std::uint32_t append(const bgp::NlriKey& key, std::uint32_t bucket, std::uint32_t earlier, bool replaces);
  void kill(std::uint32_t position);
  void forget_oldest(std::uint32_t newest);
  void compact();
  [[nodiscard]] std::string_view index_again();  // after a state was read: what is wrong with it, or ""
  template <typename Reader>
  static void fault_of(Reader& reader, std::string_view fault) {
    if (!fault.empty()) reader.fail(fault);
  }

  std::vector<Entry> entries_;
  std::vector<bool> replaces_;  // beside entries_; the same for all states of an NLRI
  PositionIndex index_;  // the newest entry of each NLRI
  // A bucket that loses its last entry is forgotten: its set may come back, as the youngest bucket.
  std::vector<AttributeSetRef> buckets_;
  std::vector<std::uint32_t> waiting_;  // live entries of each bucket
  boost::unordered_flat_map<const AttributeSet*, std::uint32_t> bucket_index_;  // the youngest of each set
  std::uint32_t closed_ = 0;  // nothing is added to so many buckets at the front
  std::size_t live_ = 0;
  const AttributeSet* last_set_ = nullptr;
  std::uint32_t last_bucket_ = 0;
};

}  // namespace tandem::rib
