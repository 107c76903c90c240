#include "common/rib/paths_limiter.hpp"

#include <algorithm>

namespace tandem::rib {

namespace {

bgp::NlriKey prefix_of(const bgp::NlriKey& path) { return {path.family(), false, path.nlri()}; }

template <typename Paths>
auto find_path(Paths& paths, const bgp::NlriKey& key) {
  return std::find_if(paths.begin(), paths.end(), [&key](const auto& path) { return path.key == key; });
}

}  // namespace

PathsLimiter::PathsLimiter(const PathsLimits& limits) {
  for (const auto& [family, limit] : limits) {
    if (const auto index = bgp::family_index(family)) limits_[*index] = limit;
  }
}

bool PathsLimiter::admit(const bgp::NlriKey& path) {
  const std::uint16_t most = limit(path.family());
  if (most == 0) return true;
  bool inserted = false;
  Paths& paths = prefixes_.get_or_insert(prefix_of(path), inserted);
  const auto known = find_path(paths, path);
  if (known != paths.end()) return known->admitted;
  const auto admitted = std::count_if(paths.begin(), paths.end(), [](const Path& other) { return other.admitted; });
  paths.push_back(Path{path, admitted < most});
  return paths.back().admitted;
}

bool PathsLimiter::withheld(const bgp::NlriKey& path) const {
  if (limit(path.family()) == 0) return false;
  const Paths* paths = prefixes_.find(prefix_of(path));
  if (paths == nullptr) return false;
  const auto known = find_path(*paths, path);
  return known != paths->end() && !known->admitted;
}

std::optional<bgp::NlriKey> PathsLimiter::release(const bgp::NlriKey& path) {
  if (limit(path.family()) == 0) return std::nullopt;
  const bgp::NlriKey prefix = prefix_of(path);
  Paths* paths = prefixes_.find(prefix);
  if (paths == nullptr) return std::nullopt;
  const auto known = find_path(*paths, path);
  if (known == paths->end()) return std::nullopt;
  const bool admitted = known->admitted;
  paths->erase(known);
  if (paths->empty()) prefixes_.erase(prefix);
  else if (admitted) {
    const auto next = std::find_if(paths->begin(), paths->end(), [](const Path& other) { return !other.admitted; });
    if (next != paths->end()) {
      next->admitted = true;
      return next->key;
    }
  }
  return std::nullopt;
}

void PathsLimiter::clear(Discards* discards) {
  if (discards != nullptr) discards->add(std::move(prefixes_));
  prefixes_ = {};
}

}  // namespace tandem::rib
