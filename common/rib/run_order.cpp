#include "common/rib/run_order.hpp"

#include <algorithm>

namespace tandem::rib {

RunOrder::Part& RunOrder::find(std::uint32_t bucket, bgp::FamilyIndex kin) {
  std::uint32_t* link = &first_[bucket];
  while (*link != k_none && parts_[*link].kin != kin) link = &parts_[*link].next;
  if (*link != k_none) return parts_[*link];
  *link = static_cast<std::uint32_t>(parts_.size());
  return parts_.push_back({kin, k_none, 0, 0, 0});
}

bool RunOrder::lay_out(std::size_t& budget) {
  for (; budget > 0 && laid_out_ < first_.size(); --budget, ++laid_out_) {
    base::Work::did(1);
    for (std::uint32_t number = first_[laid_out_]; number != k_none; number = parts_[number].next) {
      Part& part = parts_[number];
      part.begin = total_;
      total_ += part.keys;
      slices_.push_back({part.begin, total_, static_cast<std::uint32_t>(laid_out_), part.kin == k_alone ? bgp::FamilyIndex{0} : part.kin});
    }
  }
  if (laid_out_ < first_.size()) return false;
  if (!keys_) keys_ = std::make_unique_for_overwrite<const bgp::NlriKey*[]>(total_);
  return true;
}

}  // namespace tandem::rib
