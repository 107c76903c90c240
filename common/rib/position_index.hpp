// Where a key's entry stands in a vector of entries: an open-addressed table of (hash, position) pairs with linear probing. The
// hash beside the position spares the look at an entry that is another key's, which would be a cache miss each.
// Erasing moves followers up instead of leaving marks, so a table that lives long does not decay.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace tandem::rib {

class PositionIndex {
 public:
  static constexpr std::uint32_t k_none = ~std::uint32_t{0};

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  // The position for which is_key(position) holds among those filed under `hash`, or k_none.
  template <typename IsKey>
  [[nodiscard]] std::uint32_t find(std::uint64_t hash, IsKey&& is_key) const noexcept {
    const std::size_t slot = find_slot(hash, is_key);
    return slot == k_no_slot ? k_none : slots_[slot].position - 1;
  }

  // The slot of this hash will be looked at soon. In a large table that is a cache miss, which other work can hide.
  void prefetch(std::uint64_t hash) const noexcept {
    if (!slots_.empty()) __builtin_prefetch(&slots_[static_cast<std::uint32_t>(hash) & (slots_.size() - 1)]);
  }

  // REQUIRES that the key is not there.
  void insert(std::uint64_t hash, std::uint32_t position) {
    if ((size_ + 1) * 4 > slots_.size() * 3) resize(std::bit_ceil((size_ + 1) * 2 + 6));
    place(Slot{static_cast<std::uint32_t>(hash), position + 1});
    ++size_;
  }

  // Gives the key another position. REQUIRES that it is there.
  template <typename IsKey>
  void move(std::uint64_t hash, std::uint32_t position, IsKey&& is_key) noexcept {
    slots_[find_slot(hash, is_key)].position = position + 1;
  }

  template <typename IsKey>
  void erase(std::uint64_t hash, IsKey&& is_key) noexcept {
    std::size_t hole = find_slot(hash, is_key);
    if (hole == k_no_slot) return;
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t next = (hole + 1) & mask; slots_[next].position != 0; next = (next + 1) & mask) {
      const std::size_t home = slots_[next].hash & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;  // would stand before its home
      slots_[hole] = slots_[next];
      hole = next;
    }
    slots_[hole] = Slot{};
    --size_;
  }

  void reserve(std::size_t count) {
    if (count * 4 > slots_.size() * 3) resize(std::bit_ceil(count * 4 / 3 + 1));
  }
  void clear() noexcept {
    std::vector<Slot>().swap(slots_);  // assigning an empty one would keep the memory
    size_ = 0;
  }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t position = 0;  // plus one; 0 is free
  };
  static constexpr std::size_t k_no_slot = ~std::size_t{0};

  template <typename IsKey>
  [[nodiscard]] std::size_t find_slot(std::uint64_t hash, IsKey& is_key) const noexcept {
    if (slots_.empty()) return k_no_slot;
    const auto tag = static_cast<std::uint32_t>(hash);
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t slot = tag & mask; slots_[slot].position != 0; slot = (slot + 1) & mask) {
      if (slots_[slot].hash == tag && is_key(slots_[slot].position - 1)) return slot;
    }
    return k_no_slot;
  }
  void place(Slot filled) noexcept {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = filled.hash & mask;
    while (slots_[slot].position != 0) slot = (slot + 1) & mask;
    slots_[slot] = filled;
  }
  void resize(std::size_t count) {
    std::vector<Slot> old(count);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.position != 0) place(slot);
    }
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace tandem::rib
