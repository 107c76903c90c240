// Where a key's entry stands among entries: an open-addressed table of (hash, position) pairs with linear probing. The
// hash beside the position spares the look at an entry that is another key's, which would be a cache miss each.
// Erasing moves followers up instead of leaving marks, so a table that lives long does not decay.
//
// It grows and shrinks without a step as long as itself: the pairs move from the table that has become too small or too large to another a
// few at each change, and until they have, what is not found in the one is looked for in the other.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utility>

#include "common/base/assert.hpp"
#include "common/base/work.hpp"

namespace tandem::rib {

class PositionIndex {
 public:
  static constexpr std::uint32_t k_none = ~std::uint32_t{0};

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  // The position for which is_key(position) holds among those filed under `hash`, or k_none.
  template <typename IsKey>
  [[nodiscard]] std::uint32_t find(std::uint64_t hash, IsKey&& is_key) const noexcept {
    const Slot* slot = find_slot(hash, is_key).slot;
    return slot == nullptr ? k_none : slot->position - 1;
  }

  // The slot of this hash will be looked at soon. In a large table that is a cache miss, which other work can hide.
  void prefetch(std::uint64_t hash) const noexcept {
    if (!now_.empty()) __builtin_prefetch(&now_[static_cast<std::uint32_t>(hash)]);
  }

  // REQUIRES that the key is not there.
  void insert(std::uint64_t hash, std::uint32_t position) {
    if ((size_ + 1) * 4 > now_.size() * 3) change_to(std::bit_ceil((size_ + 1) * 2 + 6));
    now_.place(Slot{static_cast<std::uint32_t>(hash), position + 1});
    ++size_;
    base::Work::did(1);
    if (!before_.empty()) bring_over();
  }

  // Gives the key another position. REQUIRES that it is there.
  template <typename IsKey>
  void move(std::uint64_t hash, std::uint32_t position, IsKey&& is_key) noexcept {
    find_slot(hash, is_key).slot->position = position + 1;
  }

  template <typename IsKey>
  void erase(std::uint64_t hash, IsKey&& is_key) noexcept {
    const Found found = find_slot(hash, is_key);
    if (found.slot == nullptr) return;
    (found.earlier ? before_ : now_).erase(found.slot);
    --size_;
    base::Work::did(1);
    if (!before_.empty()) bring_over();
  }

  // Room for so many: a wish, which one that is growing does not heed.
  void reserve(std::size_t count) {
    if (count * 4 > now_.size() * 3 && before_.empty()) change_to(std::bit_ceil(count * 4 / 3 + 1));
  }
  // Gives back what has become much too large.
  void shrink() {
    if (before_.empty() && size_ * 8 < now_.size()) change_to(std::bit_ceil(size_ * 2 + 6));
  }
  void clear() noexcept { *this = PositionIndex(); }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t position = 0;  // plus one; 0 is free
  };
  // A power of two of them. Memory that the system has cleared need not be cleared again, and is not touched before it is used.
  class Slots {
   public:
    Slots() = default;
    explicit Slots(std::size_t count) : slots_(static_cast<Slot*>(std::calloc(count, sizeof(Slot)))), count_(count) { TANDEM_ASSERT(slots_); }
    Slots(Slots&& other) noexcept : slots_(std::move(other.slots_)), count_(std::exchange(other.count_, 0)) {}
    Slots& operator=(Slots&& other) noexcept {
      slots_ = std::move(other.slots_);
      count_ = std::exchange(other.count_, 0);
      return *this;
    }
    [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return count_; }
    [[nodiscard]] Slot& operator[](std::size_t slot) const noexcept { return slots_.get()[slot & (count_ - 1)]; }  // modulo their number
    void place(Slot filled) noexcept {
      std::size_t slot = filled.hash;
      while ((*this)[slot].position != 0) ++slot;
      (*this)[slot] = filled;
    }
    void erase(Slot* erased) noexcept {
      const std::size_t mask = count_ - 1;
      auto hole = static_cast<std::size_t>(erased - slots_.get());
      for (std::size_t next = (hole + 1) & mask; (*this)[next].position != 0; next = (next + 1) & mask) {
        const std::size_t home = (*this)[next].hash & mask;
        if (((next - home) & mask) < ((next - hole) & mask)) continue;  // would stand before its home
        (*this)[hole] = (*this)[next];
        hole = next;
      }
      (*this)[hole] = Slot{};
    }

   private:
    struct Free {
      void operator()(Slot* slots) const noexcept { std::free(slots); }
    };
    std::unique_ptr<Slot, Free> slots_;
    std::size_t count_ = 0;
  };
  struct Found {
    Slot* slot;
    bool earlier;  // in the table from which they are brought over
  };
  static constexpr std::size_t k_at_once = 4096;  // slots of a table that is not worth slices
  static constexpr std::size_t k_brought = 8;  // slots that a change brings over, at least: done long before the other table is full

  template <typename IsKey>
  [[nodiscard]] static Slot* probe(const Slots& slots, std::uint32_t hash, IsKey& is_key) noexcept {
    if (slots.empty()) return nullptr;
    for (std::size_t slot = hash; slots[slot].position != 0; ++slot) {
      if (slots[slot].hash == hash && is_key(slots[slot].position - 1)) return &slots[slot];
    }
    return nullptr;
  }
  template <typename IsKey>
  [[nodiscard]] Found find_slot(std::uint64_t hash, IsKey& is_key) const noexcept {
    const auto tag = static_cast<std::uint32_t>(hash);
    if (Slot* found = probe(now_, tag, is_key)) return {found, false};
    if (before_.empty() || ((tag - begin_) & (before_.size() - 1)) < brought_) return {nullptr, false};
    return {probe(before_, tag, is_key), true};
  }

  void change_to(std::size_t count) {
    while (!before_.empty()) bring_over();
    before_ = std::exchange(now_, Slots(count));
    begin_ = brought_ = 0;
    if (size_ == 0) before_ = {};
    if (before_.empty()) return;
    while (before_[begin_].position != 0) ++begin_;
    if (before_.size() > k_at_once) return;
    while (!before_.empty()) bring_over();
  }
  // Goes on from a free slot to a free slot: so whatever is filed behind the one is never to be found in front of it.
  void bring_over() {
    const std::size_t share = k_brought * std::max<std::size_t>(1, before_.size() / now_.size());
    std::size_t looked_at = 0;
    for (; brought_ < before_.size(); ++brought_, ++looked_at) {
      const Slot& slot = before_[begin_ + brought_];
      if (slot.position != 0) now_.place(slot);
      else if (looked_at >= share) break;
    }
    base::Work::did(1);  // as they stand beside each other they cost as much as one that is looked for
    if (brought_ == before_.size()) before_ = {};
  }

  Slots now_;
  Slots before_;             // nearly always none
  std::size_t begin_ = 0;    // of before_: a slot that is free, from which they are brought over in order
  std::size_t brought_ = 0;  // so many
  std::size_t size_ = 0;
};

}  // namespace tandem::rib
