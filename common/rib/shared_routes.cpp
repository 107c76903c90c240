#include "common/rib/shared_routes.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>
#include <array>

#include "common/bgp/family.hpp"
#include "common/rib/packed_updates.hpp"
#include "common/rib/without_nlri.hpp"

namespace tandem::rib {

namespace {

bool is_identity(const std::vector<std::uint32_t>& positions) {
  for (std::size_t i = 0; i < positions.size(); ++i) {
    if (positions[i] != i) return false;
  }
  return true;
}

}  // namespace

ListOrder::ListOrder(std::vector<std::uint32_t> positions) {
  if (!is_identity(positions)) positions_ = std::move(positions);
}

// --- the directory -----------------------------------------------------------------------------------------------------------

std::unique_ptr<const RouteDirectory> RouteDirectory::make(std::span<const Route> routes) {
  if (routes.size() < k_shortest) return nullptr;
  std::unique_ptr<RouteDirectory> made(new RouteDirectory(routes));
  return made->index_all() ? std::move(made) : nullptr;
}

RouteDirectory::RouteDirectory(std::span<const Route> routes) : routes_(routes), by_family_({}) {
  std::array<std::size_t, bgp::k_family_count + 1> start{};
  for (const Route& route : routes_) ++start[route.nlri.family() + 1];
  for (bgp::FamilyIndex family = 0; family < bgp::k_family_count; ++family) {
    start[family + 1] += start[family];
    if (start[family + 1] != start[family]) families_.push_back({family, start[family], start[family + 1]});
  }
  if (families_.size() == 1) return;
  std::vector<std::uint32_t> positions(routes_.size());
  for (std::uint32_t i = 0; i < routes_.size(); ++i) positions[start[routes_[i].nlri.family()]++] = i;
  by_family_ = ListOrder(std::move(positions));
}

bool RouteDirectory::index_all() {
  constexpr std::size_t k_ahead = 8;
  index_.reserve(routes_.size());
  std::array<std::uint64_t, k_ahead> hashes{};  // of the routes ahead, whose slots are being fetched
  for (std::size_t i = 0; i < routes_.size() + k_ahead; ++i) {
    std::uint64_t& hash = hashes[i % k_ahead];
    if (i >= k_ahead) {
      const auto position = static_cast<std::uint32_t>(i - k_ahead);
      const bgp::NlriKey& key = routes_[position].nlri;
      if (without_nlri(key)) return false;  // it is no route of a family
      if (index_.find(hash, [&](std::uint32_t other) { return routes_[other].nlri == key; }) != k_none) return false;
      index_.insert(hash, position);
    }
    if (i < routes_.size()) index_.prefetch(hash = routes_[i].nlri.hash());
  }
  return true;
}

std::uint32_t RouteDirectory::find(const bgp::NlriKey& key) const {
  return index_.find(key.hash(), [this, &key](std::uint32_t position) { return routes_[position].nlri == key; });
}

RouteDirectory::FamilyRange RouteDirectory::range(bgp::FamilyIndex family) const {
  const auto found = std::find_if(families_.begin(), families_.end(), [family](const FamilyRange& one) { return one.family == family; });
  return found == families_.end() ? FamilyRange{family, 0, 0} : *found;
}

const ListOrder& RouteDirectory::sending(bool grouped) const {
  auto& order = sending_[grouped ? 1 : 0];
  if (!order) order = std::make_unique<const ListOrder>(arrange(grouped));
  return *order;
}

// A counting sort by attributes of what is in order of families already.
std::vector<std::uint32_t> RouteDirectory::arrange(bool grouped) const {
  boost::unordered_flat_map<const AttributeSet*, std::uint32_t> numbers;
  std::vector<std::uint32_t> bucket(routes_.size());
  std::vector<std::uint32_t> start(1, 0);
  const AttributeSet* last = nullptr;
  std::uint32_t number = 0;
  for (std::size_t rank = 0; rank < routes_.size(); ++rank) {
    const AttributeSet* set = routes_[by_family_[rank]].attributes.get();
    if (set != last) {
      const auto [found, inserted] = numbers.try_emplace(set, static_cast<std::uint32_t>(start.size() - 1));
      if (inserted) start.push_back(0);
      last = set;
      number = found->second;
    }
    bucket[rank] = number;
    ++start[number + 1];
  }
  for (std::size_t i = 1; i < start.size(); ++i) start[i] += start[i - 1];
  std::vector<std::uint32_t> positions(routes_.size());
  for (std::size_t rank = 0; rank < routes_.size(); ++rank) positions[start[bucket[rank]]++] = by_family_[rank];
  if (!grouped) return positions;
  for (std::size_t begin = 0; begin < positions.size();) {
    const Route& first = routes_[positions[begin]];
    std::size_t end = begin + 1;
    while (end < positions.size() && routes_[positions[end]].attributes == first.attributes &&
           routes_[positions[end]].nlri.family() == first.nlri.family()) {
      ++end;
    }
    if (bgp::family_traits(first.nlri.family()).has(bgp::FamilyRule::grouped)) sort(std::span(positions).subspan(begin, end - begin));
    begin = end;
  }
  return positions;
}

void RouteDirectory::sort(std::span<std::uint32_t> slice) const {
  const auto before = [this](std::uint32_t a, std::uint32_t b) { return routes_[a].nlri < routes_[b].nlri; };
  if (!std::is_sorted(slice.begin(), slice.end(), before)) std::sort(slice.begin(), slice.end(), before);
}

// --- the list ----------------------------------------------------------------------------------------------------------------

const RouteDirectory* SharedRoutes::directory() const {
  if (!block_) return nullptr;
  if (!std::exchange(block_->looked_at, true)) block_->directory = RouteDirectory::make(block_->routes);
  return block_->directory.get();
}

std::shared_ptr<PackedUpdates> SharedRoutes::packed(const Encoding& encoding) const {
  std::erase_if(block_->packed, [](const auto& one) { return one.expired(); });
  for (const auto& one : block_->packed) {
    if (auto known = one.lock(); known->encoding() == encoding) return known;
  }
  auto made = std::make_shared<PackedUpdates>(encoding);
  block_->packed.push_back(made);
  return made;
}

bool operator==(const SharedRoutes& a, const SharedRoutes& b) {
  if (a.shares(b)) return true;
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Route& x, const Route& y) {
    if (!(x.attributes == y.attributes && x.nlri == y.nlri)) return false;
    const base::Bytes left = x.nlri.extra();
    const base::Bytes right = y.nlri.extra();
    return std::equal(left.begin(), left.end(), right.begin(), right.end());
  });
}

void SharedRoutes::append(const SharedRoutes& other) {
  if (empty()) *this = other;
  else edit().insert(edit().end(), other.begin(), other.end());
}

std::vector<Route>& SharedRoutes::edit() {
  if (!block_) block_ = std::make_shared<Block>();
  else if (block_.use_count() > 1) block_ = std::make_shared<Block>(Block{block_->routes, nullptr, false, {}});
  else if (block_->looked_at) *block_ = Block{std::move(block_->routes), nullptr, false, {}};
  return block_->routes;
}

}  // namespace tandem::rib
