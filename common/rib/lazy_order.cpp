#include "common/rib/lazy_order.hpp"

#include <algorithm>

namespace tandem::rib {

namespace {

constexpr std::size_t k_piece = 4096;

std::uint64_t head_of(const bgp::NlriKey& key) {
  const base::Bytes identity = key.identity();
  std::uint64_t head = 0;
  const std::size_t count = std::min<std::size_t>(identity.size(), 8);
  for (std::size_t i = 0; i < count; ++i) head |= static_cast<std::uint64_t>(identity[i]) << (56 - 8 * i);
  return head;
}

}  // namespace

void LazyOrder::start(std::span<const bgp::NlriKey*> keys) {
  keys_ = keys;
  position_ = 0;
  items_.clear();
  bounds_.clear();
  items_.reserve(keys.size());
  bool ordered = true;
  for (const bgp::NlriKey* key : keys) {
    items_.push_back(Item{head_of(*key), key});
    if (ordered && items_.size() > 1 && items_.back() < items_[items_.size() - 2]) ordered = false;
  }
  sorted_ = ordered ? keys.size() : 0;
  if (ordered) items_.clear();
  else bounds_.push_back(keys.size());
}

void LazyOrder::sort_next_piece() {
  const auto at = [this](std::size_t index) { return items_.begin() + static_cast<std::ptrdiff_t>(index); };
  while (bounds_.back() - sorted_ > k_piece) {
    const std::size_t middle = sorted_ + (bounds_.back() - sorted_) / 2;
    std::nth_element(at(sorted_), at(middle), at(bounds_.back()));
    bounds_.push_back(middle);
  }
  const std::size_t end = bounds_.back();
  bounds_.pop_back();
  std::sort(at(sorted_), at(end));
  for (; sorted_ < end; ++sorted_) keys_[sorted_] = items_[sorted_].key;
}

std::span<const bgp::NlriKey* const> LazyOrder::front(std::size_t count) {
  const std::size_t wanted = std::min(position_ + count, keys_.size());
  while (sorted_ < wanted) sort_next_piece();
  return keys_.subspan(position_, wanted - position_);
}

}  // namespace tandem::rib
