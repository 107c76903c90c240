#include "common/rib/shared_routes.hpp"

#include <algorithm>
#include <iterator>

#include "common/base/work.hpp"
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
  Maker maker(routes);
  std::size_t unlimited = ~std::size_t{0};
  static_cast<void>(maker.step(unlimited));
  return maker.take();
}

RouteDirectory::Maker::Maker(std::span<const Route> routes) : routes_(routes) {
  if (routes.size() < k_shortest) phase_ = Phase::done;
  else made_.reset(new RouteDirectory(routes));
}

bool RouteDirectory::Maker::step(std::size_t& budget) {
  while (phase_ != Phase::done && budget > 0) {
    switch (phase_) {
      case Phase::count: count(budget); break;
      case Phase::place: place(budget); break;
      case Phase::index: index(budget); break;
      case Phase::done: break;
    }
  }
  return phase_ == Phase::done;
}

void RouteDirectory::Maker::go_to(Phase phase) {
  phase_ = phase;
  next_ = 0;
}

void RouteDirectory::Maker::count(std::size_t& budget) {
  for (; budget > 0 && next_ < routes_.size(); --budget, ++next_) {
    ++start_[routes_[next_].nlri.family() + 1];
    base::Work::did(1);
  }
  if (next_ < routes_.size()) return;
  for (bgp::FamilyIndex family = 0; family < bgp::k_family_count; ++family) {
    start_[family + 1] += start_[family];
    if (start_[family + 1] != start_[family]) made_->families_.push_back({family, start_[family], start_[family + 1]});
  }
  const bool one_family = made_->families_.size() == 1;
  if (!one_family) positions_.resize(routes_.size());
  made_->index_.reserve(routes_.size());
  go_to(one_family ? Phase::index : Phase::place);
}

void RouteDirectory::Maker::place(std::size_t& budget) {
  for (; budget > 0 && next_ < routes_.size(); --budget, ++next_) {
    positions_[start_[routes_[next_].nlri.family()]++] = static_cast<std::uint32_t>(next_);
    base::Work::did(1);
  }
  if (next_ < routes_.size()) return;
  made_->by_family_ = ListOrder(std::move(positions_));
  go_to(Phase::index);
}

void RouteDirectory::Maker::index(std::size_t& budget) {
  PositionIndex& index = made_->index_;
  for (; budget > 0 && next_ < routes_.size() + k_ahead; --budget, ++next_) {
    std::uint64_t& hash = hashes_[next_ % k_ahead];
    if (next_ >= k_ahead) {
      const auto position = static_cast<std::uint32_t>(next_ - k_ahead);
      const bgp::NlriKey& key = routes_[position].nlri;
      // An UPDATE without NLRI is no route of a family.
      if (without_nlri(key) || index.find(hash, [&](std::uint32_t other) { return routes_[other].nlri == key; }) != k_none) {
        made_.reset();
        return go_to(Phase::done);
      }
      index.insert(hash, position);
    }
    if (next_ < routes_.size()) index.prefetch(hash = routes_[next_].nlri.hash());
  }
  if (next_ == routes_.size() + k_ahead) go_to(Phase::done);
}

std::uint32_t RouteDirectory::find(const bgp::NlriKey& key) const {
  return index_.find(key.hash(), [this, &key](std::uint32_t position) { return routes_[position].nlri == key; });
}

RouteDirectory::FamilyRange RouteDirectory::range(bgp::FamilyIndex family) const {
  const auto found = std::find_if(families_.begin(), families_.end(), [family](const FamilyRange& one) { return one.family == family; });
  return found == families_.end() ? FamilyRange{family, 0, 0} : *found;
}

const ListOrder& RouteDirectory::sending(bool grouped) const {
  std::size_t unlimited = ~std::size_t{0};
  prepare_sending(grouped, unlimited);
  return *sending_[grouped ? 1 : 0].order;
}

bool RouteDirectory::prepare_sending(bool grouped, std::size_t& budget) const {
  Sending& its = sending_[grouped ? 1 : 0];
  if (its.order) return true;
  if (!its.making) its.making = std::make_unique<SendingOrder>(routes_, grouped);
  if (!its.making->step(by_family_, budget)) return false;
  its.order = std::make_unique<const ListOrder>(its.making->take());
  its.making.reset();
  return true;
}

// --- the list ----------------------------------------------------------------------------------------------------------------

const RouteDirectory* SharedRoutes::directory() const {
  if (!block_) return nullptr;
  std::size_t unlimited = ~std::size_t{0};
  prepare_directory(unlimited);
  return block_->directory.get();
}

bool SharedRoutes::prepare_directory(std::size_t& budget) const {
  if (!block_ || block_->looked_at) return true;
  if (!gather(budget)) return false;
  if (!block_->making) block_->making = std::make_unique<RouteDirectory::Maker>(block_->routes);
  if (!block_->making->step(budget)) return false;
  block_->directory = block_->making->take();
  block_->making.reset();
  block_->looked_at = true;
  return true;
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
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), identical);
}

void SharedRoutes::append(const SharedRoutes& other) {
  if (empty()) *this = other;
  else edit().insert(edit().end(), other.begin(), other.end());
}

void SharedRoutes::push_back(Route route) {
  Block& block = own();
  if (block.pieces.empty() && block.routes.size() < k_piece) return block.routes.push_back(std::move(route));
  if (block.pieces.empty() || block.pieces.back().size() == k_piece) block.pieces.emplace_back().reserve(k_piece);
  block.pieces.back().push_back(std::move(route));
  ++block.in_pieces;
}

bool SharedRoutes::gather(std::size_t& budget) const {
  if (!block_ || block_->pieces.empty()) return true;
  Block& block = *block_;
  block.routes.reserve(size());
  while (budget > 0 && block.in_pieces > 0) {
    std::vector<Route>& piece = block.pieces[block.piece];
    const std::size_t count = std::min(budget, piece.size() - block.next);
    const auto from = piece.begin() + static_cast<std::ptrdiff_t>(block.next);
    std::move(from, from + static_cast<std::ptrdiff_t>(count), std::back_inserter(block.routes));
    base::Work::did(count);
    budget -= count;
    block.in_pieces -= count;
    block.next += count;
    if (block.next < piece.size()) continue;
    piece = {};
    ++block.piece;
    block.next = 0;
  }
  if (block.in_pieces > 0) return false;
  block.pieces = {};
  block.piece = 0;
  return true;
}

void SharedRoutes::gather_all() const {
  std::size_t unlimited = ~std::size_t{0};
  gather(unlimited);
}

void SharedRoutes::shed(std::size_t routes) {
  if (block_.use_count() > 1) block_.reset();
  if (!block_) return;
  base::Work::did(routes);
  Block& block = *block_;
  block.stamps.clear();
  while (routes > 0 && block.in_pieces > 0) {
    std::vector<Route>& last = block.pieces.back();
    const std::size_t count = std::min({routes, last.size(), block.in_pieces});
    last.resize(last.size() - count);
    routes -= count;
    block.in_pieces -= count;
    if (last.empty()) block.pieces.pop_back();
  }
  if (block.in_pieces > 0) return;
  block.pieces = {};
  block.routes.resize(block.routes.size() - std::min(block.routes.size(), routes));
  if (block.routes.empty()) block_.reset();
}

// This copy's, whose routes are going to change: what stands beside them is no longer true.
SharedRoutes::Block& SharedRoutes::own() {
  if (!block_) block_ = std::make_shared<Block>();
  else if (block_.use_count() > 1) block_ = std::make_shared<Block>(whole().routes);
  else if (block_->looked_at || block_->making) *block_ = Block(std::move(whole().routes));
  block_->stamps.clear();
  return *block_;
}

std::vector<Route>& SharedRoutes::edit() {
  own();
  return whole().routes;
}

}  // namespace tandem::rib
