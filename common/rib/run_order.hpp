// The order in which a run sends keys: bucket by bucket, in each family by family in order of first use, in each of these in order of
// arrival. A counting sort, of which every step goes key by key or bucket by bucket, so that it can be made in slices.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "common/bgp/nlri/nlri_key.hpp"
#include "common/rib/places.hpp"
#include "common/rib/without_nlri.hpp"

namespace tandem::rib {

class RunOrder {
 public:
  struct Slice {  // keys that share bucket and family
    std::size_t begin = 0;
    std::size_t end = 0;
    std::uint32_t bucket = 0;
    bgp::FamilyIndex family = 0;
  };

  void begin(std::size_t buckets) {
    first_.resize(buckets, k_none);
    base::Work::did(buckets / 16);
  }
  void count(std::uint32_t bucket, const bgp::NlriKey& key) { ++at(bucket, kin_of(key)).keys; }  // each key, in order of arrival
  // Then once: lays out `budget` buckets at most. True: all are.
  bool lay_out(std::size_t& budget);
  void place(std::uint32_t bucket, const bgp::NlriKey& key) {  // each key again
    Part& part = at(bucket, kin_of(key));
    keys_[part.begin + part.placed++] = &key;
  }

  // The keys are in order when all have been placed.
  [[nodiscard]] std::size_t slices() const noexcept { return slices_.size(); }
  [[nodiscard]] const Slice& slice(std::size_t number) const { return slices_[number]; }
  [[nodiscard]] const bgp::NlriKey* const& key(std::size_t rank) const { return keys_[rank]; }
  [[nodiscard]] std::span<const bgp::NlriKey*> keys(const Slice& slice) const { return {keys_.get() + slice.begin, slice.end - slice.begin}; }

 private:
  static constexpr std::uint32_t k_none = ~std::uint32_t{0};
  // An UPDATE without NLRI is no route of a family, it stands by itself.
  static constexpr bgp::FamilyIndex k_alone = bgp::k_family_count;
  [[nodiscard]] static bgp::FamilyIndex kin_of(const bgp::NlriKey& key) { return without_nlri(key) ? k_alone : key.family(); }
  struct Part {  // of a bucket: the keys of a family
    bgp::FamilyIndex kin = 0;
    std::uint32_t next = k_none;  // the part of the family that was used next
    std::uint32_t keys = 0;
    std::uint32_t placed = 0;
    std::size_t begin = 0;
  };
  // Most keys are of the part that the one before was of.
  Part& at(std::uint32_t bucket, bgp::FamilyIndex kin) {
    if (last_ == nullptr || bucket != last_bucket_ || kin != last_->kin) {
      last_ = &find(bucket, kin);
      last_bucket_ = bucket;
    }
    return *last_;
  }
  Part& find(std::uint32_t bucket, bgp::FamilyIndex kin);

  std::vector<std::uint32_t> first_;  // of each bucket the first of its parts
  Places<Part> parts_;
  Places<Slice> slices_;
  std::size_t laid_out_ = 0;          // buckets
  std::size_t total_ = 0;             // keys of these
  std::unique_ptr<const bgp::NlriKey*[]> keys_;
  Part* last_ = nullptr;  // the one that was asked for last; null: none
  std::uint32_t last_bucket_ = 0;
};

}  // namespace tandem::rib
