#include "common/rib/shared_table.hpp"

#include <algorithm>

namespace tandem::rib {

// Where it stands and is not gone, or k_none.
std::uint32_t SharedTable::position(const bgp::NlriKey& key) const {
  if (empty()) return RouteDirectory::k_none;
  const std::uint32_t found = routes_.directory()->find(key);
  return found != RouteDirectory::k_none && has(found) ? found : RouteDirectory::k_none;
}

const Route* SharedTable::find(const bgp::NlriKey& key) const {
  const std::uint32_t found = position(key);
  return found == RouteDirectory::k_none ? nullptr : &routes_[found];
}

bool SharedTable::erase(const bgp::NlriKey& key) {
  const std::uint32_t found = position(key);
  if (found == RouteDirectory::k_none) return false;
  if (--size_ == 0) {  // the list is of no use any more
    *this = SharedTable();
    return true;
  }
  if (!gone_) gone_ = std::make_shared<std::vector<bool>>(routes_.size());
  else if (gone_.use_count() > 1) gone_ = std::make_shared<std::vector<bool>>(*gone_);
  (*gone_)[found] = true;
  return true;
}

std::size_t SharedTable::count(bgp::FamilyIndex family) const {
  if (empty()) return 0;
  const RouteDirectory::FamilyRange range = routes_.directory()->range(family);
  return range.end - range.begin;
}

const Route* SharedTable::at(bgp::FamilyIndex family, std::size_t rank) const {
  const RouteDirectory& directory = *routes_.directory();
  const std::uint32_t found = directory.by_family()[directory.range(family).begin + rank];
  return has(found) ? &routes_[found] : nullptr;
}

std::string_view SharedTable::objection() const {
  if (routes_.empty()) return size_ == 0 && !gone_ ? "" : "a shared table has no list";
  if (routes_.directory() == nullptr) return "a shared list has no directory";
  if (gone_ && gone_->size() != routes_.size()) return "a shared table is not as long as its list";
  const std::size_t gone = gone_ ? static_cast<std::size_t>(std::count(gone_->begin(), gone_->end(), true)) : 0;
  return size_ != 0 && size_ == routes_.size() - gone ? "" : "a shared table is not as large as it says";
}

}  // namespace tandem::rib
