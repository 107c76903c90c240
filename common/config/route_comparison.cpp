#include "common/config/route_comparison.hpp"

#include <algorithm>

#include "common/base/work.hpp"

namespace tandem::config {

namespace {

bool same_marks(const rib::RouteList& a, const rib::RouteList& b) {
  const auto same = [](const rib::RouteList::WatchdogMark& x, const rib::RouteList::WatchdogMark& y) {
    return x.route == y.route && x.held == y.held && x.name == y.name;
  };
  return std::equal(a.marks.begin(), a.marks.end(), b.marks.begin(), b.marks.end(), same);
}

std::vector<bool> held_routes(const rib::RouteList& list) {
  std::vector<bool> held(list.routes.size(), false);
  for (const rib::RouteList::WatchdogMark& mark : list.marks) held[mark.route] = mark.held;
  return held;
}

}  // namespace

RouteComparison::RouteComparison(rib::RouteList before, rib::RouteList after) : before_(std::move(before)), after_(std::move(after)) {}

bool RouteComparison::step(std::size_t& budget) {
  while (phase_ != Phase::done && budget > 0) {
    switch (phase_) {
      case Phase::compare: compare(budget); break;
      case Phase::directories: make_directories(budget); break;
      case Phase::index: index(budget); break;
      case Phase::look_up: look_up(budget); break;
      case Phase::find_gone: find_gone(budget); break;
      case Phase::done: break;
    }
  }
  return phase_ == Phase::done;
}

void RouteComparison::go_to(Phase phase) {
  phase_ = phase;
  next_ = 0;
}

// Most reloads leave most neighbors alone: no table is needed to see that.
void RouteComparison::compare(std::size_t& budget) {
  const rib::SharedRoutes& before = before_.routes;
  const rib::SharedRoutes& after = after_.routes;
  if (!before.shares(after)) {
    same_ = before.size() == after.size();
    for (; same_ && budget > 0 && next_ < before.size(); --budget, ++next_) {
      base::Work::did(1);
      same_ = rib::identical(before[next_], after[next_]);
    }
    if (same_ && next_ < before.size()) return;
  }
  found_->before = before;
  found_->after = after;
  if (same_ && same_marks(before_, after_)) return go_to(Phase::done);
  old_held_ = held_routes(before_);
  new_held_ = held_routes(after_);
  stays_.assign(before.size(), false);
  go_to(Phase::directories);
}

// The lists of configurations have them by now.
void RouteComparison::make_directories(std::size_t& budget) {
  if (!before_.routes.prepare_directory(budget) || !after_.routes.prepare_directory(budget)) return;
  old_directory_ = before_.routes.directory();
  new_directory_ = after_.routes.directory();
  likely_ = before_.routes.size();
  if (old_directory_ == nullptr) old_last_.reserve(before_.routes.size());
  go_to(old_directory_ == nullptr ? Phase::index : Phase::look_up);
}

void RouteComparison::index(std::size_t& budget) {
  for (; budget > 0 && next_ < before_.routes.size(); --budget, ++next_) {
    bool inserted = false;
    old_last_.get_or_insert(before_.routes[next_].nlri, inserted) = static_cast<std::uint32_t>(next_);
  }
  if (next_ == before_.routes.size()) go_to(Phase::look_up);
}

// The new list is read backwards, so that the last route of an NLRI is met first and the others are known to be superseded.
void RouteComparison::look_up(std::size_t& budget) {
  const std::size_t count = after_.routes.size();
  for (; budget > 0 && next_ < count; --budget, ++next_) {
    base::Work::did(1);
    look_at(static_cast<std::uint32_t>(count - 1 - next_));
  }
  if (next_ < count) return;
  std::reverse(found_->announced.begin(), found_->announced.end());
  go_to(Phase::find_gone);
}

// Its position in the old list, the last one where it is there twice, or k_none.
std::uint32_t RouteComparison::find_before(const rib::Route& route) {
  if (old_directory_ == nullptr) {
    const std::uint32_t* found = old_last_.find(route.nlri);
    return found == nullptr ? rib::RouteDirectory::k_none : *found;
  }
  const bool there = likely_ > 0 && before_.routes[likely_ - 1].nlri == route.nlri;
  const std::uint32_t found = there ? static_cast<std::uint32_t>(likely_ - 1) : old_directory_->find(route.nlri);
  if (found != rib::RouteDirectory::k_none) likely_ = found;
  return found;
}

// A route held by its watchdog counts as not announced: the watchdog decides about it, and its state survives a reload.
void RouteComparison::look_at(std::uint32_t position) {
  const rib::Route& route = after_.routes[position];
  bool announced = false;
  if (const std::uint32_t old = find_before(route); old != rib::RouteDirectory::k_none) {
    if (stays_[old]) return;
    stays_[old] = true;
    announced = !old_held_[old] && rib::identical(before_.routes[old], route);
  } else if (new_directory_ == nullptr) {
    bool inserted = false;
    fresh_.get_or_insert(route.nlri, inserted);
    if (!inserted) return;
  }
  if (!announced && !new_held_[position]) found_->announced.push_back(position);
}

void RouteComparison::find_gone(std::size_t& budget) {
  for (; budget > 0 && next_ < before_.routes.size(); --budget, ++next_) {
    base::Work::did(1);
    if (stays_[next_]) continue;
    if (old_directory_ == nullptr && *old_last_.find(before_.routes[next_].nlri) != next_) continue;
    found_->withdrawn.push_back(static_cast<std::uint32_t>(next_));
  }
  if (next_ == before_.routes.size()) go_to(Phase::done);
}

void RouteComparison::discard(rib::Discards& discards) {
  discards.add(std::move(old_last_));
  discards.add(std::move(fresh_));
  discards.retire(std::move(before_.routes));
  discards.retire(std::move(after_.routes));
  found_.reset();
  diff_.reset();
}

RouteDiff diff_routes(const rib::RouteList& before, const rib::RouteList& after) {
  RouteComparison comparison(before, after);
  std::size_t unlimited = ~std::size_t{0};
  static_cast<void>(comparison.step(unlimited));
  return comparison.diff();
}

// --- of all neighbors --------------------------------------------------------------------------------------------------------

void RouteComparisons::add(std::size_t neighbor, const rib::RouteList& before, const rib::RouteList& after) {
  std::shared_ptr<RouteComparison> own;
  const bool plain = before.marks.empty() && after.marks.empty();
  auto& comparison = plain ? by_lists_[{before.routes.begin(), after.routes.begin()}] : own;
  if (!comparison) {
    comparison = std::make_shared<RouteComparison>(before, after);
    all_.push_back(comparison);
  }
  by_neighbor_[neighbor] = comparison;
}

bool RouteComparisons::step(std::size_t& budget) {
  while (next_ < all_.size() && all_[next_]->step(budget)) ++next_;
  return next_ == all_.size();
}

void RouteComparisons::discard(rib::Discards& discards) {
  for (const auto& comparison : all_) comparison->discard(discards);
  *this = {};
}

}  // namespace tandem::config
