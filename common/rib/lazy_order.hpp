// Sorts keys a piece at a time, as messages need them: a bucket of a million routes must not stop a round while it is sorted.
// Incremental quicksort: each call splits no more than it must to know the next piece.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/bgp/nlri/nlri_key.hpp"

namespace tandem::rib {

class LazyOrder {
 public:
  // Keys of one family; they must stay where they are until the order has been read.
  void start(std::span<const bgp::NlriKey*> keys);
  // The next `count` keys in order, or all that are left.
  [[nodiscard]] std::span<const bgp::NlriKey* const> front(std::size_t count);
  void advance(std::size_t count) { position_ += count; }
  // It orders the keys that begin like those, and so many of them have been read.
  [[nodiscard]] bool orders(std::span<const bgp::NlriKey* const> those) const { return !those.empty() && keys_.data() == those.data(); }
  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] std::size_t left() const { return keys_.size() - position_; }

 private:
  struct Item {
    std::uint64_t head = 0;  // the first eight octets of the identity: enough for nearly every comparison
    const bgp::NlriKey* key = nullptr;
    friend bool operator<(const Item& a, const Item& b) { return a.head != b.head ? a.head < b.head : *a.key < *b.key; }
  };
  void sort_next_piece();

  std::span<const bgp::NlriKey*> keys_;
  std::vector<Item> items_;            // empty when the keys came in order
  std::vector<std::size_t> bounds_;    // ends of pieces, nearest last: items of a piece are below those behind it
  std::size_t sorted_ = 0;             // keys_ is in order up to here
  std::size_t position_ = 0;
};

}  // namespace tandem::rib
