#include "common/rib/lazy_order.hpp"

#include <algorithm>

#include "common/base/work.hpp"

namespace tandem::rib {

namespace {

constexpr std::size_t k_piece = 4096;

}  // namespace

void LazyOrder::start(std::span<const bgp::NlriKey*> keys) {
  keys_ = keys;
  position_ = 0;
  taken_ = 0;
  merging_ = false;
  merged_.clear();
  sorted_.clear();
  items_.clear();
  items_.reserve(keys.size());
}

bool LazyOrder::prepare(std::size_t& budget) {
  if (items_.size() == keys_.size()) return true;
  while (budget > 0 && items_.size() < keys_.size()) {
    const std::size_t before = items_.size();
    sort_next_piece();
    budget -= std::min(budget, items_.size() - before);
  }
  if (items_.size() < keys_.size()) return false;
  merging_ = sorted_.size() > 1;
  if (merging_) {
    std::make_heap(sorted_.begin(), sorted_.end(), [this](const Sorted& a, const Sorted& b) { return items_[b.next] < items_[a.next]; });
  }
  return true;
}

void LazyOrder::sort_next_piece() {
  const std::size_t begin = items_.size();
  const std::size_t end = std::min(begin + k_piece, keys_.size());
  for (std::size_t i = begin; i < end; ++i) items_.push_back(Item{keys_[i]->head(), keys_[i]});
  base::Work::did(end - begin);
  const auto first = items_.begin() + static_cast<std::ptrdiff_t>(begin);
  if (!std::is_sorted(first, items_.end())) {
    std::sort(first, items_.end());
    for (std::size_t i = begin; i < end; ++i) keys_[i] = items_[i].key;
  }
  if (begin != 0 && !(items_[begin] < items_[begin - 1])) sorted_.back().end = end;
  else sorted_.push_back({begin, end});
}

std::span<const bgp::NlriKey* const> LazyOrder::front(std::size_t count) {
  std::size_t unlimited = keys_.size();
  prepare(unlimited);
  count = std::min(count, left());
  if (!merging_) return keys_.subspan(position_, count);
  if (merged_.size() - taken_ < count) {
    merged_.erase(merged_.begin(), merged_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
  }
  const auto lower = [this](const Sorted& a, const Sorted& b) { return items_[b.next] < items_[a.next]; };
  base::Work::did(count - std::min(count, merged_.size() - taken_));
  while (merged_.size() - taken_ < count) {
    std::pop_heap(sorted_.begin(), sorted_.end(), lower);
    Sorted& lowest = sorted_.back();
    merged_.push_back(items_[lowest.next++].key);
    if (lowest.next == lowest.end) sorted_.pop_back();
    else std::push_heap(sorted_.begin(), sorted_.end(), lower);
  }
  return std::span(merged_).subspan(taken_, count);
}

void LazyOrder::advance(std::size_t count) {
  position_ += count;
  if (merging_) taken_ += count;
}

}  // namespace tandem::rib
