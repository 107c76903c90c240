#include "common/rib/sending_order.hpp"

#include <algorithm>

#include "common/bgp/family.hpp"

namespace tandem::rib {

// --- a sort in slices --------------------------------------------------------------------------------------------------------

bool PositionSort::step(std::size_t& budget) {
  const auto lower = [this](std::uint32_t a, std::uint32_t b) { return before(a, b); };
  while (sorted_ < positions_.size()) {
    if (budget == 0) return false;
    const std::size_t count = std::min(k_piece, positions_.size() - sorted_);
    const std::span<std::uint32_t> piece = positions_.subspan(sorted_, count);
    std::sort(piece.begin(), piece.end(), lower);
    base::Work::did(count);
    budget -= std::min(budget, count);
    sorted_ += count;
  }
  for (; width_ < positions_.size(); width_ *= 2) {
    if (other_.empty()) other_.resize(positions_.size());
    if (!(in_other_ ? merge(other_, positions_, budget) : merge(positions_, other_, budget))) return false;
    in_other_ = !in_other_;
    merged_ = 0;
  }
  if (in_other_) std::copy(other_.begin(), other_.end(), positions_.begin());
  in_other_ = false;
  return true;
}

// All pairs of this width, one behind the other.
bool PositionSort::merge(std::span<const std::uint32_t> from, std::span<std::uint32_t> to, std::size_t& budget) {
  while (merged_ < from.size()) {
    const std::size_t begin = merged_ / (2 * width_) * (2 * width_);
    const std::size_t middle = std::min(begin + width_, from.size());
    const std::size_t end = std::min(begin + 2 * width_, from.size());
    if (merged_ == begin) {
      left_ = begin;
      right_ = middle;
    }
    for (; budget > 0 && merged_ < end; --budget, ++merged_) {
      base::Work::did(1);
      const bool from_right = left_ == middle || (right_ < end && before(from[right_], from[left_]));
      to[merged_] = from[from_right ? right_++ : left_++];
    }
    if (merged_ < end) return false;
  }
  return true;
}

// --- a counting sort by attributes of what is in order of families already ---------------------------------------------------------

void SendingOrder::enter(Phase phase) {
  phase_ = phase;
  next_ = 0;
}

void SendingOrder::begin() {
  bucket_.resize(routes_.size());
  positions_.resize(routes_.size());
  start_.assign(1, 0);
  enter(Phase::number);
}

void SendingOrder::number(std::uint32_t position, std::size_t rank) {
  base::Work::did(1);
  const AttributeSet* set = routes_[position].attributes.get();
  if (set != last_) {
    const auto [found, inserted] = numbers_.try_emplace(set, static_cast<std::uint32_t>(start_.size() - 1));
    if (inserted) start_.push_back(0);
    last_ = set;
    last_number_ = found->second;
  }
  bucket_[rank] = last_number_;
  ++start_[last_number_ + 1];
}

void SendingOrder::lay_out(std::size_t& budget) {
  for (; budget > 0 && next_ + 1 < start_.size(); --budget, ++next_) {
    base::Work::did(1);
    start_[next_ + 1] += start_[next_];
  }
  if (next_ + 1 == start_.size()) enter(Phase::place);
}

// Slice after slice, that is as far as attributes and family are the same.
void SendingOrder::sort(std::size_t& budget) {
  while (budget > 0) {
    if (sorting_) {
      if (!sorter_.step(budget)) return;
      sorting_ = false;
      slice_ = next_;
      in_order_ = true;
    }
    if (next_ == routes_.size() && slice_ == next_) return enter(Phase::done);
    const Route& first = routes_[positions_[slice_]];
    const auto within = [&] {
      const Route& route = routes_[positions_[next_]];
      return route.attributes == first.attributes && route.nlri.family() == first.nlri.family();
    };
    for (; budget > 0 && next_ < routes_.size() && within(); --budget, ++next_) {
      base::Work::did(1);
      if (next_ != slice_ && !(routes_[positions_[next_ - 1]].nlri < routes_[positions_[next_]].nlri)) in_order_ = false;
    }
    if (next_ < routes_.size() && within()) return;
    sorting_ = !in_order_ && bgp::family_traits(first.nlri.family()).has(bgp::FamilyRule::grouped);
    if (sorting_) sorter_ = PositionSort(routes_, std::span(positions_).subspan(slice_, next_ - slice_));
    else slice_ = next_;
    if (!sorting_) in_order_ = true;
  }
}

}  // namespace tandem::rib
