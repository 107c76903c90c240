#include "common/rib/adj_rib_out.hpp"

#include <algorithm>

#include "common/base/assert.hpp"
#include "common/base/log.hpp"
#include "common/bgp/nlri/codec.hpp"
#include "common/rib/update_run.hpp"
#include "common/rib/watchdogs.hpp"
#include "common/rib/without_nlri.hpp"

namespace tandem::rib {

namespace {

constexpr std::size_t k_ahead = 8;   // how many routes ahead their places in the tables are fetched
constexpr std::size_t k_many = 64;  // fewer routes are not worth making room for

bool same_extra(const bgp::NlriKey& a, const bgp::NlriKey& b) {
  const base::Bytes left = a.extra();
  const base::Bytes right = b.extra();
  return std::equal(left.begin(), left.end(), right.begin(), right.end());
}

// An UPDATE without NLRI that has been sent cannot be taken back; it is only not sent again.
void take_back(PendingChanges& changes, const bgp::NlriKey& key, const AttributeSetRef& attributes) {
  changes.announces.remove(key);
  if (without_nlri(key)) return;
  bool inserted = false;
  changes.withdraws.get_or_insert(key, inserted) = attributes;
}

void log_withheld(const bgp::NlriKey& key, std::uint16_t limit) {
  if (!base::log_enabled(base::LogCategory::routes, base::LogLevel::warning)) return;
  std::string path;
  if (const bgp::NlriCodec* codec = bgp::nlri_codec(key.family())) codec->text(key, path);
  base::log(base::LogCategory::routes, base::LogLevel::warning, "{} is withheld, the peer wants {} path(s) of a prefix at most", path,
            limit);
}

}  // namespace

AdjRibOut::AdjRibOut(bool keep) : keep_(keep), cache_(bgp::k_family_count) {}
AdjRibOut::~AdjRibOut() = default;
AdjRibOut::AdjRibOut(AdjRibOut&&) noexcept = default;
AdjRibOut& AdjRibOut::operator=(AdjRibOut&&) noexcept = default;

PendingChanges& AdjRibOut::pending() {
  if (!pending_) pending_ = std::make_unique<PendingChanges>();
  return *pending_;
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
  bool replaces = true;  // nobody knows where nothing is kept
  if (keep_) {
    const Route* shared = shared_.find(route.nlri);
    if (shared != nullptr) {
      if (shared->attributes == route.attributes && same_extra(shared->nlri, route.nlri)) return {};
      shared_.erase(route.nlri);
    }
    std::unique_ptr<Table>& table = cache_[route.nlri.family()];
    if (!table) table = std::make_unique<Table>();
    bool inserted = false;
    Table::Entry& cached = table->entry(route.nlri, inserted);
    if (!inserted && cached.value == route.attributes && same_extra(cached.key, route.nlri)) return {};
    cached.key = route.nlri;
    cached.value = route.attributes;
    ++changes_;
    replaces = !inserted || shared != nullptr;
  }
  if (!admit(route.nlri)) return {};
  const PendingAnnounces::Place place = pending().announces.add(route.nlri, route.attributes, replaces);
  return {next_run_, place.bucket + 1, place.rank};
}

bool AdjRibOut::admit(const bgp::NlriKey& key) {
  if (!limiter_ || limiter_->admit(key)) return true;
  log_withheld(key, limiter_->limit(key.family()));
  return false;
}

void AdjRibOut::announce(std::span<const Route> routes) {
  make_room(routes);
  const PendingAnnounces* announces = routes.empty() ? nullptr : &pending().announces;
  for (std::size_t i = 0; i < routes.size(); ++i) {
    if (i + k_ahead < routes.size()) {
      const bgp::NlriKey& coming = routes[i + k_ahead].nlri;
      const std::uint64_t hash = coming.hash();
      announces->prefetch(hash);
      if (const Table* table = cache_[coming.family()].get()) table->prefetch(hash);
    }
    announce(routes[i]);
  }
}

// Only for what at least doubles a table: room made for a few at a time would be copied each time.
void AdjRibOut::make_room(std::span<const Route> routes) {
  if (routes.size() < k_many) return;
  PendingAnnounces& announces = pending().announces;
  if (routes.size() >= announces.size()) announces.reserve(announces.size() + routes.size());
  if (!keep_) return;
  std::vector<std::size_t> counts(cache_.size());
  for (const Route& route : routes) ++counts[route.nlri.family()];
  for (bgp::FamilyIndex family = 0; family < counts.size(); ++family) {
    if (counts[family] == 0) continue;
    std::unique_ptr<Table>& table = cache_[family];
    if (!table) table = std::make_unique<Table>();
    if (counts[family] >= table->size()) table->reserve(table->size() + counts[family]);
  }
}

ChangeMark AdjRibOut::withdraw(const bgp::NlriKey& key, const AttributeSetRef& attributes) {
  ++changes_;
  const bool unknown_to_peer = withheld(key);
  if (!unknown_to_peer) take_back(pending(), key, attributes);
  const std::optional<bgp::NlriKey> next = limiter_ ? limiter_->release(key) : std::nullopt;
  Table* table = cache_[key.family()].get();
  if (!shared_.erase(key) && table != nullptr) table->erase(key);  // `key` may be the cached one, so it ends here
  if (next) {
    if (const AttributeSetRef* waiting = find(*next)) pending().announces.add(*next, *waiting, false);
  }
  return unknown_to_peer || without_nlri(key) ? ChangeMark{} : ChangeMark{next_run_, 0, 0};
}

void AdjRibOut::clear() {
  ++changes_;
  PendingChanges& changes = pending();
  for_each([this, &changes](const bgp::NlriKey& key, const AttributeSetRef& attributes) {
    if (!withheld(key)) take_back(changes, key, attributes);
  });
  for (std::unique_ptr<Table>& table : cache_) table.reset();
  shared_ = {};
  if (limiter_) limiter_->clear();
}

void AdjRibOut::discard(Discards& discards) {
  for (std::unique_ptr<Table>& table : cache_) {
    if (table) discards.add(std::move(*table));
    table.reset();
  }
}

void AdjRibOut::resend(bgp::FamilySet families, bool bracket) {
  std::vector<Resend>& resends = pending().resends;
  for (bgp::FamilyIndex family = 0; family < bgp::k_family_count; ++family) {
    if (!families.contains(family)) continue;
    // A family asked for twice before a run is sent once, as it is now.
    const auto at = std::lower_bound(resends.begin(), resends.end(), family,
                                     [](const Resend& one, bgp::FamilyIndex index) { return one.family < index; });
    const bool waits = at != resends.end() && at->family == family;
    if (waits) at->bracket = at->bracket || bracket;
    if (waits && at->changes == changes_) continue;
    Resend snapshot{family, bracket, shared_, {}, changes_};
    if (const Table* table = cache_[family].get()) {
      snapshot.routes.reserve(table->size());
      table->for_each([this, &snapshot](const bgp::NlriKey& key, const AttributeSetRef& attributes) {
        if (!withheld(key) && !without_nlri(key)) snapshot.routes.push_back(Route{key, attributes});
      });
    }
    if (waits) {
      snapshot.bracket = at->bracket;
      *at = std::move(snapshot);
    } else if (bracket || snapshot.shared.count(family) != 0 || !snapshot.routes.empty()) {
      resends.insert(at, std::move(snapshot));
    }
  }
}

ChangeMark AdjRibOut::file_watchdog(const std::string& name, const Route& route, bool held) {
  if (!watchdogs_) watchdogs_ = std::make_unique<Watchdogs>();
  watchdogs_->file(name, route, held);
  return held ? ChangeMark{} : announce(route);
}

void AdjRibOut::announce_watchdog(std::string_view name) {
  if (!watchdogs_) return;
  watchdogs_->set(name, false, [this](const bgp::NlriKey& key, const AttributeSetRef& attributes) {
    announce(Route{key, attributes});
  });
}

void AdjRibOut::withdraw_watchdog(std::string_view name) {
  if (!watchdogs_) return;
  watchdogs_->set(name, true,
                  [this](const bgp::NlriKey& key, const AttributeSetRef& attributes) { withdraw(key, attributes); });
}

void AdjRibOut::unfile_watchdog(const bgp::NlriKey& key) {
  if (watchdogs_) watchdogs_->unfile(key);
}

void AdjRibOut::established(const PathsLimits& limits) {
  run_.reset();
  first_run_ = true;
  limiter_ = limits.empty() ? nullptr : std::make_unique<PathsLimiter>(limits);
  if (limiter_ && pending_) withhold_pending();
  // Which paths are beyond a limit depends on those in front of them: then it is decided route by route.
  shared_waits_ = !limiter_;
  add_cached();
}

// Whatever waits already was cached when it was announced; it keeps its place.
void AdjRibOut::add_cached() {
  const std::size_t cached = size() - (shared_waits_ ? shared_.size() : 0);
  if (cached == 0) return;
  PendingAnnounces& announces = pending().announces;
  if (announces.distinct() == cached) return;  // nothing is pending that is not cached
  announces.reserve(cached);
  const bool nothing_waits = announces.empty();
  const auto add = [this, &announces, nothing_waits](const bgp::NlriKey& key, const AttributeSetRef& attributes) {
    if (!nothing_waits && announces.contains(key)) return;
    if (admit(key)) announces.add(key, attributes, false);
  };
  for (bgp::FamilyIndex family = 0; family < cache_.size(); ++family) {
    if (!shared_waits_) shared_.for_each(family, add);
    if (cache_[family]) cache_[family]->for_each(add);
  }
}

// What was announced while no session was there to have a limit.
void AdjRibOut::withhold_pending() {
  std::vector<bgp::NlriKey> beyond;
  pending_->announces.for_each([this, &beyond](const bgp::NlriKey& key) {
    if (!admit(key)) beyond.push_back(key);
  });
  for (const bgp::NlriKey& key : beyond) pending_->announces.remove(key);
}

void AdjRibOut::closed() {
  ++next_run_;  // nobody waits for what is dropped here
  run_.reset();
  pending_.reset();
  shared_waits_ = false;
  limiter_.reset();
}

bool AdjRibOut::has_pending() const { return (shared_waits_ && !shared_.empty()) || (pending_ && !pending_->empty()); }
bool AdjRibOut::run_active() const { return run_ != nullptr; }

void AdjRibOut::start_run() {
  TANDEM_ASSERT(has_pending() && !run_active());
  const bool encode_withdraws = !std::exchange(first_run_, false);
  run_ = std::make_unique<UpdateRun>(std::move(pending()), std::exchange(shared_waits_, false) ? shared_ : SharedTable(), encode_withdraws);
  pending_.reset();
  ++next_run_;
}

ChangeMark AdjRibOut::sent_before() const {
  if (!run_) return {next_run_, 0, 0};
  const UpdateRun::Progress progress = run_->progress();
  return {next_run_ - 1, progress.bucket, progress.rank};
}

void AdjRibOut::close_pending() {
  if (pending_) pending_->announces.close_buckets();
}

AdjRibOut::Produced AdjRibOut::next_message(UpdatePacker& packer, base::Buffer& out) {
  TANDEM_ASSERT(run_active());
  const UpdateRun::Step step = run_->next(packer, out);
  if (step.over) run_.reset();
  Produced produced;
  produced.message = step.message;
  produced.over = step.over;
  produced.route_refresh = step.route_refresh;
  return produced;
}

AdjRibOut::Block AdjRibOut::next_block(UpdatePacker& packer, std::size_t most) {
  TANDEM_ASSERT(run_active());
  UpdateRun::Block block = run_->next_block(packer, most);
  if (block.over) run_.reset();
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
  for (; cursor.family < cache_.size(); cursor.enter_next_family()) {
    if (!cursor.families.contains(cursor.family)) continue;
    const Table* table = cache_[cursor.family].get();
    if (cursor.shared == 0 && !cursor.walk.begun()) cursor.shared_only = table == nullptr || !table->begin(cursor.walk);
    for (const std::size_t end = shared_.count(cursor.family); cursor.shared < end;) {
      const Route* route = shared_.at(cursor.family, cursor.shared++);
      if (route != nullptr && !visit(route->nlri, route->attributes)) return true;
    }
    if (table != nullptr && !cursor.shared_only && table->walk(cursor.walk, visit_route)) return true;
  }
  return false;
}

}  // namespace tandem::rib
