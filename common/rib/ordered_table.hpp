// A map from NlriKey to a small value that is iterated in insertion order, because that order reaches the wire (spec session.md
// 3.6): entries in one vector, an open-addressed index of 32-bit positions beside it. No allocation per entry; replacing a
// value keeps its place; removing leaves a hole that is squeezed out once holes outnumber entries.
// The table must not change while somebody walks it: walk a copy, or move the table out first (spec session.md 5.3).
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "common/bgp/nlri/nlri_key.hpp"

namespace tandem::rib {

template <typename Value>
class OrderedTable {
 public:
  struct Entry {
    bgp::NlriKey key;
    Value value{};
  };

  [[nodiscard]] std::size_t size() const noexcept { return live_; }
  [[nodiscard]] bool empty() const noexcept { return live_ == 0; }

  [[nodiscard]] Value* find(const bgp::NlriKey& key) noexcept {
    const std::size_t slot = find_slot(key, key.hash());
    return slot == k_none ? nullptr : &entries_[index_[slot] - 1].value;
  }
  [[nodiscard]] const Value* find(const bgp::NlriKey& key) const noexcept {
    return const_cast<OrderedTable*>(this)->find(key);
  }

  // The entry of the key, its value default-made and at the end of the order when the key is new. `inserted` tells which.
  // An entry that was there keeps the octets outside the identity it came with (labels), unless the caller assigns its key.
  Entry& entry(const bgp::NlriKey& key, bool& inserted);
  // The value of that entry, which takes those octets from `key`.
  Value& get_or_insert(const bgp::NlriKey& key, bool& inserted) {
    Entry& found = entry(key, inserted);
    if (!inserted) found.key = key;
    return found.value;
  }
  bool erase(const bgp::NlriKey& key);
  void clear();
  void reserve(std::size_t count);

  // Visits every entry in order: visit(const NlriKey&, Value&). The table must not change meanwhile.
  template <typename Visitor>
  void for_each(Visitor&& visit) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (alive_[i]) visit(const_cast<const bgp::NlriKey&>(entries_[i].key), entries_[i].value);
    }
  }
  template <typename Visitor>
  void for_each(Visitor&& visit) const {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (alive_[i]) visit(entries_[i].key, entries_[i].value);
    }
  }

 private:
  static constexpr std::size_t k_none = ~std::size_t{0};
  static constexpr std::uint32_t k_tombstone = ~std::uint32_t{0};
  [[nodiscard]] std::size_t find_slot(const bgp::NlriKey& key, std::uint64_t hash) const noexcept;
  void rehash(std::size_t slots);
  void squeeze();

  std::vector<Entry> entries_;
  std::vector<bool> alive_;
  std::vector<std::uint32_t> index_;  // 0 free, k_tombstone removed, else position + 1
  std::size_t live_ = 0;
  std::size_t used_ = 0;  // slots of the index that are not free
};

template <typename Value>
std::size_t OrderedTable<Value>::find_slot(const bgp::NlriKey& key, std::uint64_t hash) const noexcept {
  if (index_.empty()) return k_none;
  const std::size_t mask = index_.size() - 1;
  for (std::size_t slot = hash & mask;; slot = (slot + 1) & mask) {
    const std::uint32_t position = index_[slot];
    if (position == 0) return k_none;
    if (position != k_tombstone && entries_[position - 1].key == key) return slot;
  }
}

template <typename Value>
typename OrderedTable<Value>::Entry& OrderedTable<Value>::entry(const bgp::NlriKey& key, bool& inserted) {
  const std::uint64_t hash = key.hash();
  if (const std::size_t slot = find_slot(key, hash); slot != k_none) {
    inserted = false;
    return entries_[index_[slot] - 1];
  }
  inserted = true;
  if ((used_ + 1) * 4 > index_.size() * 3) rehash(std::bit_ceil((live_ + 1) * 2 + 6));
  const std::size_t mask = index_.size() - 1;
  std::size_t slot = hash & mask;
  while (index_[slot] != 0) slot = (slot + 1) & mask;
  entries_.push_back(Entry{key, Value{}});
  alive_.push_back(true);
  index_[slot] = static_cast<std::uint32_t>(entries_.size());
  ++used_;
  ++live_;
  return entries_.back();
}

template <typename Value>
bool OrderedTable<Value>::erase(const bgp::NlriKey& key) {
  const std::size_t slot = find_slot(key, key.hash());
  if (slot == k_none) return false;
  const std::size_t position = index_[slot] - 1;
  index_[slot] = k_tombstone;
  entries_[position] = Entry{};
  alive_[position] = false;
  --live_;
  if (live_ == 0) {
    clear();
  } else if (entries_.size() > 64 && live_ * 2 < entries_.size()) {
    squeeze();
  }
  return true;
}

template <typename Value>
void OrderedTable<Value>::clear() {
  entries_ = {};
  alive_ = {};
  index_ = {};
  live_ = 0;
  used_ = 0;
}

template <typename Value>
void OrderedTable<Value>::reserve(std::size_t count) {
  entries_.reserve(count);
  alive_.reserve(count);
  if (count * 4 > index_.size() * 3) rehash(std::bit_ceil(count * 4 / 3 + 1));
}

template <typename Value>
void OrderedTable<Value>::rehash(std::size_t slots) {
  index_.assign(slots, 0);
  const std::size_t mask = slots - 1;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (!alive_[i]) continue;
    std::size_t slot = entries_[i].key.hash() & mask;
    while (index_[slot] != 0) slot = (slot + 1) & mask;
    index_[slot] = static_cast<std::uint32_t>(i + 1);
  }
  used_ = live_;
}

template <typename Value>
void OrderedTable<Value>::squeeze() {
  std::size_t target = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (!alive_[i]) continue;
    if (target != i) entries_[target] = std::move(entries_[i]);
    ++target;
  }
  entries_.resize(target);
  alive_.assign(target, true);
  rehash(index_.size());
}

}  // namespace tandem::rib
