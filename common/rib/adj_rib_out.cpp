#include "common/rib/adj_rib_out.hpp"

#include <algorithm>

#include "common/base/assert.hpp"
#include "common/rib/late_change.hpp"
#include "common/rib/watchdogs.hpp"
#include "common/rib/without_nlri.hpp"

namespace tandem::rib {

namespace {

constexpr std::size_t k_ahead = 8;   // how many routes ahead their places in the tables are fetched
constexpr std::size_t k_many = 64;  // fewer routes are not worth making room for

// Where a change is that is not pending yet: when all of the run has been sent it has been.
ChangeMark somewhere(std::uint64_t run) { return {run, ~std::uint32_t{0}, ~std::uint32_t{0}}; }

bool same_extra(const bgp::NlriKey& a, const bgp::NlriKey& b) {
  const base::Bytes left = a.extra();
  const base::Bytes right = b.extra();
  return std::equal(left.begin(), left.end(), right.begin(), right.end());
}

// An UPDATE without NLRI is in the table of the first family, and is none of its routes.
bool has_routes(const OrderedTable<AttributeSetRef>* table) {
  if (table == nullptr) return false;
  return table->size() > (table->find(bgp::NlriKey()) != nullptr ? 1U : 0U);
}

}  // namespace

AdjRibOut::AdjRibOut(bool keep, Discards* discards) : keep_(keep), discards_(discards), cache_(bgp::k_family_count) {}
AdjRibOut::AdjRibOut(AdjRibOut&&) noexcept = default;
AdjRibOut& AdjRibOut::operator=(AdjRibOut&&) noexcept = default;

AdjRibOut::~AdjRibOut() {
  if (discards_ == nullptr || cache_.empty()) return;
  closed();
  for (std::shared_ptr<Table>& table : cache_) {
    if (table) discards_->add(std::move(*table));
  }
}

PendingState& AdjRibOut::pending() {
  if (!pending_) pending_ = std::make_unique<PendingState>();
  return *pending_;
}

AdjRibOut::Table& AdjRibOut::table(bgp::FamilyIndex family) {
  std::shared_ptr<Table>& table = cache_[family];
  if (!table) table = std::make_shared<Table>();
  return *table;
}

void AdjRibOut::load(const SharedRoutes& routes) {
  if (!keep_ || routes.directory() == nullptr) return announce(std::span(routes.begin(), routes.end()));
  TANDEM_ASSERT(size() == 0);
  ++changes_;
  shared_ = SharedTable(routes);
  shared_waits_ = true;
}

ChangeMark AdjRibOut::announce(const Route& route) {
  TANDEM_ASSERT(route.attributes && !route.attributes->next_hop().self);
  if (moving()) settle(route.nlri);
  return announce_now(route);
}

ChangeMark AdjRibOut::announce_now(const Route& route) {
  bool replaces = true;  // nobody knows where nothing is kept
  const std::uint64_t hash = route.nlri.hash();
  if (pending_) pending_->changes.announces.prefetch(hash);  // the two misses at the same time
  if (keep_) {
    const Route* shared = shared_.find(route.nlri);
    if (shared != nullptr) {
      if (shared->attributes == route.attributes && same_extra(shared->nlri, route.nlri)) return {};
      shared_.erase(route.nlri);
    }
    bool inserted = false;
    Table::Entry& cached = table(route.nlri.family()).entry(route.nlri, hash, inserted);
    if (!inserted && cached.value == route.attributes && same_extra(cached.key, route.nlri)) return {};
    cached.key = route.nlri;
    cached.value = route.attributes;
    ++changes_;
    replaces = !inserted || shared != nullptr;
  }
  if (must_wait()) {
    put_behind({LateChange::Kind::announce, route.nlri, route.attributes, replaces});
    return somewhere(next_run_);
  }
  PendingChanges& changes = pending().changes;
  const ChangeMark mark = add(changes, route.nlri, hash, route.attributes, replaces);
  if (changes.announces.sparse()) put_behind(LateChange(LateChange::Kind::squeeze));
  return mark;
}

void AdjRibOut::announce(std::span<const Route> routes) {
  make_room(routes);
  for (std::size_t i = 0; i < routes.size(); ++i) {
    if (i + k_ahead < routes.size()) {
      const bgp::NlriKey& coming = routes[i + k_ahead].nlri;
      const std::uint64_t hash = coming.hash();
      if (pending_) pending_->changes.announces.prefetch(hash);
      if (const Table* table = cache_[coming.family()].get()) table->prefetch(hash);
    }
    announce(routes[i]);
  }
}

// Only for what at least doubles a table: room made for a few at a time would be copied each time.
void AdjRibOut::make_room(std::span<const Route> routes) {
  if (routes.size() < k_many) return;
  PendingAnnounces& announces = pending().changes.announces;
  if (routes.size() >= announces.size()) announces.reserve(announces.size() + routes.size());
  if (!keep_) return;
  std::vector<std::size_t> counts(cache_.size());
  for (const Route& route : routes) ++counts[route.nlri.family()];
  for (bgp::FamilyIndex family = 0; family < counts.size(); ++family) {
    if (counts[family] == 0) continue;
    Table& its = table(family);
    if (counts[family] >= its.size()) its.reserve(its.size() + counts[family]);
  }
}

ChangeMark AdjRibOut::withdraw(const bgp::NlriKey& key, const AttributeSetRef& attributes) {
  if (!moving()) return withdraw_now(key, attributes);
  const bgp::NlriKey its = key;  // which may be the cached one
  const AttributeSetRef said = attributes;
  settle(its);
  return withdraw_now(its, said);
}

ChangeMark AdjRibOut::withdraw_now(const bgp::NlriKey& key, const AttributeSetRef& attributes) {
  ++changes_;
  ChangeMark mark = without_nlri(key) ? ChangeMark{} : ChangeMark{next_run_, 0, 0};
  if (must_wait()) {
    put_behind({LateChange::Kind::withdraw, key, attributes, false});
  } else {
    PendingChanges& changes = pending().changes;
    mark = take_back(changes, key, attributes);
    if (changes.announces.sparse()) put_behind(LateChange(LateChange::Kind::squeeze));
  }
  Table* table = cache_[key.family()].get();
  if (!shared_.erase(key) && table != nullptr) table->erase(key);  // `key` may be the cached one, so it ends here
  return mark;
}

void AdjRibOut::clear() {
  for (std::size_t unlimited = ~std::size_t{0}; moving();) move_watched(unlimited);  // what was to be announced before
  ++changes_;
  if (size() == 0) return;
  LateChange change(LateChange::Kind::withdraw_all);
  change.bulk->tables = tables();
  change.bulk->shared = std::exchange(shared_, {});
  for (std::shared_ptr<Table>& table : cache_) table.reset();
  put_bulk_behind(std::move(change));
}

void AdjRibOut::resend(bgp::FamilySet families, bool bracket) {
  std::vector<Resend>& resends = pending().changes.resends;
  for (bgp::FamilyIndex family = 0; family < bgp::k_family_count; ++family) {
    if (!families.contains(family)) continue;
    // A family asked for twice before a run is sent once, as it is now.
    const auto at = std::lower_bound(resends.begin(), resends.end(), family,
                                     [](const Resend& one, bgp::FamilyIndex index) { return one.family < index; });
    const bool waits = at != resends.end() && at->family == family;
    if (waits) at->bracket = at->bracket || bracket;
    if (waits && at->changes == changes_) continue;
    Resend snapshot{family, bracket, shared_, std::nullopt, changes_, {}};
    if (has_routes(cache_[family].get())) snapshot.others.emplace(family, cache_[family]);
    if (waits) {
      snapshot.bracket = at->bracket;
      if (at->others && discards_ != nullptr) at->others->discard(*discards_);
      *at = std::move(snapshot);
    } else if (bracket || snapshot.shared.count(family) != 0 || snapshot.others) {
      resends.insert(at, std::move(snapshot));
    }
  }
}

ChangeMark AdjRibOut::file_watchdog(const std::string& name, const Route& route, bool held) {
  if (!watchdogs_) watchdogs_ = std::make_unique<Watchdogs>();
  settle(route.nlri);
  watchdogs_->file(name, route, held);
  return held ? ChangeMark{} : announce(route);
}

void AdjRibOut::set_watchdog(std::string_view name, bool held) {
  if (!watchdogs_) return;
  if (std::size_t unlimited = ~std::size_t{0}; watchdogs_->full()) move_watched(unlimited);
  watchdogs_->set(name, held);
  std::size_t budget = k_at_once;  // most have fewer routes
  if (watchdogs_->busy()) move_watched(budget);
}

bool AdjRibOut::moving() const { return watchdogs_ && watchdogs_->busy(); }

void AdjRibOut::move_watched(std::size_t& budget) {
  watchdogs_->work(budget, [this](const bgp::NlriKey& key, const AttributeSetRef& attributes, bool held) { move(key, attributes, held); });
}

void AdjRibOut::settle(const bgp::NlriKey& key) {
  if (!moving()) return;
  watchdogs_->settle(key, [this](const bgp::NlriKey& its, const AttributeSetRef& attributes, bool held) { move(its, attributes, held); });
}

void AdjRibOut::move(const bgp::NlriKey& key, const AttributeSetRef& attributes, bool held) {
  if (held) withdraw_now(key, attributes);
  else announce_now(Route{key, attributes});
}

void AdjRibOut::unfile_watchdog(const bgp::NlriKey& key) {
  if (!watchdogs_) return;
  settle(key);
  watchdogs_->unfile(key);
}

void AdjRibOut::established(const PathsLimits& limits) {
  drop_run();
  first_run_ = true;
  limiter_ = limits.empty() ? nullptr : std::make_unique<PathsLimiter>(limits);
  if (limiter_ && pending_) put_behind(LateChange(LateChange::Kind::withhold));
  // Which paths are beyond a limit depends on those in front of them: then it is decided route by route.
  shared_waits_ = !limiter_;
  LateChange all(LateChange::Kind::announce_all);
  all.bulk->cached = size() - (shared_waits_ ? shared_.size() : 0);
  if (!shared_waits_) all.bulk->shared = shared_;
  all.bulk->tables = tables();
  if (all.bulk->cached != 0 || busy()) put_bulk_behind(std::move(all));
}

void AdjRibOut::closed() {
  ++next_run_;  // nobody waits for what is dropped here
  drop_run();
  drop(std::move(pending_));
  shared_waits_ = false;
  if (limiter_) limiter_->clear(discards_);
  limiter_.reset();
}

bool AdjRibOut::has_pending() const { return (shared_waits_ && !shared_.empty()) || (pending_ && !pending_->empty()); }
bool AdjRibOut::run_active() const { return run_ != nullptr || cut_ != nullptr; }

void AdjRibOut::start_run() {
  TANDEM_ASSERT(has_pending() && !run_active());
  pending();
  cut_ = std::move(pending_);
  if (std::exchange(shared_waits_, false)) cut_shared_ = shared_;
  ++next_run_;
}

ChangeMark AdjRibOut::sent_before() const {
  if (cut_) return {next_run_ - 1, 0, 0};
  if (!run_) return {next_run_, 0, 0};
  const UpdateRun::Progress progress = run_->progress();
  return {next_run_ - 1, progress.bucket, progress.rank};
}

void AdjRibOut::close_pending() {
  if (must_wait()) put_behind(LateChange(LateChange::Kind::close));
  else if (pending_) pending_->changes.announces.close_buckets();
}

AdjRibOut::Produced AdjRibOut::next_message(UpdatePacker& packer, std::size_t& budget, base::Buffer& out) {
  TANDEM_ASSERT(run_active());
  if (!make_run(budget)) return {};
  const UpdateRun::Step step = run_->next(packer, limiter_.get(), budget, out);
  if (step.over) drop_run();
  Produced produced;
  produced.message = step.message;
  produced.over = step.over;
  produced.route_refresh = step.route_refresh;
  return produced;
}

AdjRibOut::Block AdjRibOut::next_block(UpdatePacker& packer, std::size_t& budget, std::size_t most) {
  TANDEM_ASSERT(run_active());
  if (!make_run(budget)) return {};
  UpdateRun::Block block = run_->next_block(packer, budget, most);
  if (block.over) drop_run();
  return {std::move(block.octets), block.messages, block.over};
}

std::size_t AdjRibOut::size() const noexcept {
  std::size_t count = shared_.size();
  for (const auto& table : cache_) {
    if (table) count += table->size();
  }
  return count;
}

const AttributeSetRef* AdjRibOut::find(const bgp::NlriKey& key) const {
  if (const Route* shared = shared_.find(key)) return &shared->attributes;
  const Table* table = cache_[key.family()].get();
  return table == nullptr ? nullptr : table->find(key);
}

// Where the walk through the rest of a family ends is known before what is shared is visited: a route that leaves the one for the other
// meanwhile is not visited twice.
bool AdjRibOut::walk(RibCursor& cursor, const RouteVisitor& visit) const {
  const RouteVisitor visit_route = [&visit](const bgp::NlriKey& key, const AttributeSetRef& attributes) {
    return without_nlri(key) || visit(key, attributes);
  };
  if (moving()) return true;  // what watchdogs have been told is seen when it has been done
  constexpr std::size_t k_gone = 4096;  // as many that are gone are passed over at once
  for (; cursor.family < cache_.size(); cursor.enter_next_family()) {
    if (!cursor.families.contains(cursor.family)) continue;
    const Table* table = cache_[cursor.family].get();
    if (cursor.shared == 0 && !cursor.walk.begun()) cursor.shared_only = table == nullptr || !table->begin(cursor.walk);
    if (cursor.table.empty()) cursor.table = shared_;
    const bool replaced = !shared_.empty() && !shared_.routes().shares(cursor.table.routes());
    const SharedTable& shared = replaced ? cursor.table : shared_;
    std::size_t gone = 0;
    for (const std::size_t end = shared.count(cursor.family); cursor.shared < end;) {
      const Route* route = shared.at(cursor.family, cursor.shared++);
      base::Work::did(1);
      if (route != nullptr ? !visit(route->nlri, route->attributes) : ++gone == k_gone) return true;
    }
    if (table != nullptr && !cursor.shared_only && table->walk(cursor.walk, visit_route)) return true;
  }
  return false;
}

}  // namespace tandem::rib
