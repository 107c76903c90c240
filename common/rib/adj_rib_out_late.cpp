// What becomes of changes that are as long as a table, and of those behind them.
#include <algorithm>

#include "common/base/log.hpp"
#include "common/bgp/nlri/codec.hpp"
#include "common/rib/adj_rib_out.hpp"
#include "common/rib/late_change.hpp"
#include "common/rib/without_nlri.hpp"

namespace tandem::rib {

namespace {

void log_withheld(const bgp::NlriKey& key, std::uint16_t limit) {
  if (!base::log_enabled(base::LogCategory::routes, base::LogLevel::warning)) return;
  std::string path;
  if (const bgp::NlriCodec* codec = bgp::nlri_codec(key.family())) codec->text(key, path);
  base::log(base::LogCategory::routes, base::LogLevel::warning, "{} is withheld, the peer wants {} path(s) of a prefix at most", path,
            limit);
}

// An UPDATE without NLRI that has been sent cannot be taken back; it is only not sent again.
void say_gone(PendingChanges& changes, const bgp::NlriKey& key, const AttributeSetRef& attributes) {
  changes.announces.remove(key);
  if (without_nlri(key)) return;
  bool inserted = false;
  changes.withdraws.get_or_insert(key, inserted) = attributes;
}

// What the peer has not been told stays untold by a resend that was asked for then, whatever becomes of it meanwhile.
void exclude(const bgp::NlriKey& path, PendingState* pending, PendingState* cut, UpdateRun* run) {
  if (pending != nullptr) pending->changes.exclude_from_resends(path);
  if (cut != nullptr) cut->changes.exclude_from_resends(path);
  if (run != nullptr) run->exclude_from_resends(path);
}

// Visits what was cached, families in table order, in each what is shared first. True: all of it.
template <typename Visit>
bool visit_cached(LateChange::Bulk& bulk, std::size_t& budget, Visit&& visit) {
  for (; bulk.family < bgp::k_family_count; ++bulk.family, bulk.rank = 0) {
    const std::size_t shared = bulk.shared.count(bulk.family);
    for (; bulk.rank < shared && budget > 0; --budget) {
      base::Work::did(1);
      if (const Route* route = bulk.shared.at(bulk.family, bulk.rank++)) visit(route->nlri, route->attributes);
    }
    if (bulk.rank < shared) return false;
    if (bulk.table == bulk.tables.size() || bulk.tables[bulk.table].family != bulk.family) continue;
    CachedTable& cached = bulk.tables[bulk.table];
    cached.table->go_on(cached.then, budget, [&visit](const bgp::NlriKey& key, const AttributeSetRef& attributes) {
      visit(key, attributes);
      return true;
    });
    if (!cached.then.over()) return false;
    ++bulk.table;
  }
  return true;
}

}  // namespace

// --- one change --------------------------------------------------------------------------------------------------------------

bool AdjRibOut::admit(const bgp::NlriKey& key) {
  if (!limiter_ || limiter_->admit(key)) return true;
  log_withheld(key, limiter_->limit(key.family()));
  return false;
}

ChangeMark AdjRibOut::add(PendingChanges& changes, const bgp::NlriKey& key, std::uint64_t hash, const AttributeSetRef& attributes, bool replaces) {
  if (!admit(key)) return {};
  const PendingAnnounces::Place place = changes.announces.add(key, hash, attributes, replaces);
  return {next_run_, place.bucket + 1, place.rank};
}

ChangeMark AdjRibOut::take_back(PendingChanges& changes, const bgp::NlriKey& key, const AttributeSetRef& attributes) {
  const bool unknown_to_peer = withheld(key);
  if (unknown_to_peer) {
    exclude(key, pending_.get(), cut_.get(), run_.get());
  } else {
    say_gone(changes, key, attributes);
  }
  const std::optional<bgp::NlriKey> next = limiter_ ? limiter_->release(key) : std::nullopt;
  if (next) {
    exclude(*next, pending_.get(), cut_.get(), run_.get());
    if (const AttributeSetRef* waiting = find(*next)) changes.announces.add(*next, *waiting, false);
  }
  return unknown_to_peer || without_nlri(key) ? ChangeMark{} : ChangeMark{next_run_, 0, 0};
}

// --- changes as long as a table ------------------------------------------------------------------------------------------------

// Which paths are beyond a limit depends on what the run before has made of them.
bool AdjRibOut::must_wait() const {
  return (pending_ && !pending_->late.empty()) || (limiter_ && cut_ && !cut_->late.empty());
}

void AdjRibOut::put_behind(LateChange change) { pending().late.push_back(std::move(change)); }

void AdjRibOut::put_bulk_behind(LateChange change) {
  put_behind(std::move(change));
  std::size_t budget = k_at_once;  // most tables are shorter
  work(budget);
}

std::vector<CachedTable> AdjRibOut::tables() const {
  std::vector<CachedTable> tables;
  for (bgp::FamilyIndex family = 0; family < cache_.size(); ++family) {
    if (cache_[family] && !cache_[family]->empty()) tables.emplace_back(family, cache_[family]);
  }
  return tables;
}

bool AdjRibOut::busy() const { return moving() || (cut_ && !cut_->late.empty()) || (pending_ && !pending_->late.empty()); }

void AdjRibOut::work(std::size_t& budget) {
  if (moving()) move_watched(budget);
  if (cut_ && budget > 0) apply(*cut_, budget);
  if (pending_ && budget > 0) apply(*pending_, budget);
}

void AdjRibOut::apply(PendingState& pending, std::size_t& budget) {
  using Kind = LateChange::Kind;
  while (!pending.late.empty() && budget > 0) {
    const Kind kind = pending.late.front().kind;
    const bool done = apply(pending.changes, pending.late.front(), budget);
    if (done) pending.late.pop_front();
    const bool in_use = kind == Kind::squeeze || (kind == Kind::withhold && !done);
    if (!in_use && pending.changes.announces.sparse()) pending.late.emplace_front(Kind::squeeze);
  }
}

// True: it has become pending.
bool AdjRibOut::apply(PendingChanges& changes, LateChange& change, std::size_t& budget) {
  switch (change.kind) {
    case LateChange::Kind::announce:
      --budget;
      add(changes, change.key, change.key.hash(), change.attributes, change.replaces);
      return true;
    case LateChange::Kind::withdraw:
      --budget;
      take_back(changes, change.key, change.attributes);
      return true;
    case LateChange::Kind::close: changes.announces.close_buckets(); return true;
    case LateChange::Kind::announce_all: return announce_all(changes, change, budget);
    case LateChange::Kind::withdraw_all: return withdraw_all(changes, change, budget);
    case LateChange::Kind::withhold: return withhold(changes, change, budget);
    case LateChange::Kind::squeeze: return squeeze(changes, change, budget);
    case LateChange::Kind::difference: return tell_difference(changes, change, budget);
  }
  return true;
}

// Whatever waits already was cached when it was announced; it keeps its place.
bool AdjRibOut::announce_all(PendingChanges& changes, LateChange& change, std::size_t& budget) {
  LateChange::Bulk& bulk = *change.bulk;
  PendingAnnounces& announces = changes.announces;
  if (!std::exchange(bulk.begun, true)) {
    if (announces.distinct() == bulk.cached) return true;  // nothing is pending that is not cached
    announces.reserve(bulk.cached);
    bulk.nothing_waits = announces.empty();
  }
  return visit_cached(bulk, budget, [&](const bgp::NlriKey& key, const AttributeSetRef& attributes) {
    if (!bulk.nothing_waits && announces.contains(key)) return;
    if (admit(key)) announces.add(key, attributes, false);
  });
}

bool AdjRibOut::withdraw_all(PendingChanges& changes, LateChange& change, std::size_t& budget) {
  const bool all = visit_cached(*change.bulk, budget, [&](const bgp::NlriKey& key, const AttributeSetRef& attributes) {
    if (withheld(key)) return exclude(key, pending_.get(), cut_.get(), run_.get());
    say_gone(changes, key, attributes);
  });
  if (!all) return false;
  if (limiter_) limiter_->clear(discards_);
  for (CachedTable& cached : change.bulk->tables) {
    if (discards_ != nullptr) cached.discard(*discards_);
  }
  return true;
}

// What was announced while no session was there to have a limit.
bool AdjRibOut::withhold(PendingChanges& changes, LateChange& change, std::size_t& budget) {
  LateChange::Bulk& bulk = *change.bulk;
  if (!bulk.begun) {
    const std::size_t before = bulk.next;
    const bool more = changes.announces.for_some(bulk.next, budget, [&](const PendingAnnounces::Entry& entry) {
      if (!admit(entry.key)) bulk.beyond.push_back(entry.key);
    });
    budget -= std::min(budget, bulk.next - before);
    if (more) return false;
    bulk.begun = true;
  }
  for (; !bulk.beyond.empty() && budget > 0; --budget) {
    changes.announces.remove(bulk.beyond.back());
    bulk.beyond.pop_back();
  }
  return bulk.beyond.empty();
}

bool AdjRibOut::squeeze(PendingChanges& changes, LateChange& change, std::size_t& budget) {
  const std::size_t places = std::exchange(budget, 0);
  change.bulk->squeezed += places;
  if (!changes.announces.squeeze_some(change.bulk->squeeze, places)) return false;
  if (discards_ != nullptr) discards_->add(change.bulk->squeeze.dense->take_all());
  return true;
}

// --- the run -----------------------------------------------------------------------------------------------------------------

// There is one, and all that belongs to it.
bool AdjRibOut::make_run(std::size_t& budget) {
  if (!cut_) return true;
  apply(*cut_, budget);
  if (!cut_->late.empty()) return false;
  const bool encode_withdraws = !std::exchange(first_run_, false);
  run_ = std::make_unique<UpdateRun>(std::move(cut_->changes), std::exchange(cut_shared_, {}), encode_withdraws);
  cut_.reset();
  return true;
}

void AdjRibOut::drop_run() {
  if (run_ && discards_ != nullptr) run_->discard(*discards_);
  run_.reset();
  cut_shared_ = {};
  drop(std::move(cut_));
}

void AdjRibOut::drop(std::unique_ptr<PendingState> pending) {
  if (!pending || discards_ == nullptr) return;
  pending->changes.discard(*discards_);
  for (LateChange& change : pending->late) {
    if (!change.bulk) continue;
    for (CachedTable& cached : change.bulk->tables) cached.discard(*discards_);
    discards_->add(change.bulk->squeeze.dense->take_all());
  }
}

}  // namespace tandem::rib
