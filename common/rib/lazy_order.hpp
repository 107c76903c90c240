// Sorts keys a piece at a time: a bucket of a million routes must not stop a round while it is sorted. Pieces are sorted one by one;
// where they do not follow each other as they are, they are merged as messages need them.
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
  // Has to be called until it says that all is ready (true), for the order to be read. Takes from `budget` what it has done, a key a unit,
  // and stops when there is nothing left of it.
  bool prepare(std::size_t& budget);
  // The next `count` keys in order, or all that are left.
  [[nodiscard]] std::span<const bgp::NlriKey* const> front(std::size_t count);
  void advance(std::size_t count);
  // It orders the keys that begin like those, and so many of them have been read.
  [[nodiscard]] bool orders(std::span<const bgp::NlriKey* const> those) const { return !those.empty() && keys_.data() == those.data(); }
  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] std::size_t prepared() const { return items_.size(); }  // keys
  [[nodiscard]] std::size_t left() const { return keys_.size() - position_; }

 private:
  struct Item {
    std::uint64_t head = 0;  // the first eight octets of the identity: enough for nearly every comparison
    const bgp::NlriKey* key = nullptr;
    friend bool operator<(const Item& a, const Item& b) { return a.head != b.head ? a.head < b.head : *a.key < *b.key; }
  };
  struct Sorted {  // items in order
    std::size_t next = 0;
    std::size_t end = 0;
  };
  void sort_next_piece();

  std::span<const bgp::NlriKey*> keys_;
  std::vector<Item> items_;     // of keys_, as far as prepared
  std::vector<Sorted> sorted_;  // of items_
  bool merging_ = false;        // there are several, in a heap, the one with the lowest item first; otherwise keys_ is in order
  std::vector<const bgp::NlriKey*> merged_;  // the next keys
  std::size_t taken_ = 0;                    // of merged_
  std::size_t position_ = 0;
};

}  // namespace tandem::rib
