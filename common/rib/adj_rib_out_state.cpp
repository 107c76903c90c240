// An adj-RIB-out, what is pending and the run as a state: what they are, so that the same messages follow.
#include "common/rib/adj_rib_out.hpp"
#include "common/rib/fields.hpp"
#include "common/rib/late_change.hpp"
#include "common/rib/watchdogs.hpp"

namespace tandem::rib {

// --- the run -----------------------------------------------------------------------------------------------------------------

std::string_view CachedTable::objection() const {
  if (!table || !table->has(then)) return "a table is visited that is not there";
  bool possible = true;
  table->for_each_left(then, [&](const bgp::NlriKey& key, const AttributeSetRef& attributes) {
    possible = possible && key.family() == family && attributes;
  });
  return possible ? "" : "a route is visited in the table of another family";
}

bool UpdateRun::Part::is_possible() const {
  if (slice > order.slices()) return false;
  if (exhausted()) return !entered && !sorting && !recalling;
  if (!entered) return !sorting && !recalling;
  return position >= now().begin && position < now().end;
}

void UpdateRun::store(state::Writer& writer) const {
  // It is put in order again, as far as it has been.
  const auto& [changes, first, withdraws, announces, sorted, in_order, phase, arranged, withdraw, announce, resend, route, shared] = *this;
  // Which part is sent in order, and how far that order has been read, or prepared. What lies behind is sorted again.
  const Part& part = phase == Phase::withdraw ? withdraws : announces;
  const bool sorting = part.entered && sorted.orders(part.keys());
  const std::optional<std::size_t> position = sorting ? std::optional(part.sorting ? sorted.prepared() : sorted.position()) : std::nullopt;
  writer.value(changes);
  writer.value(first);
  writer.value(shared);
  writer.object(*this, "update_run")("withdraws", withdraws)("announces", announces)("sorted", position)("in_order", in_order)("phase", phase)(
      "arranged", arranged)("resend", resend)("route", route);
}

std::unique_ptr<UpdateRun> UpdateRun::load(state::Reader& reader) {
  PendingChanges changes;
  bool first = false;
  SharedStream shared;
  reader.value(changes);
  reader.value(first);
  reader.value(shared);
  if (!reader.ok()) return nullptr;
  auto run = std::make_unique<UpdateRun>(std::move(changes), SharedTable(), !first);
  run->shared_ = std::move(shared);
  std::optional<std::size_t> sorted;
  Phase phase = Phase::count;
  std::size_t arranged = 0;
  reader.object(*run, "update_run")("withdraws", run->withdraws_)("announces", run->announces_)("sorted", sorted)("in_order", run->in_order_)(
      "phase", state::up_to(phase, Phase::done))("arranged", arranged)("resend", run->resend_)("route", run->route_);
  if (!reader.ok()) return run;
  run->arrange_again(phase, arranged);
  if (phase <= Phase::place ? phase != run->phase_ : run->phase_ <= Phase::place) reader.fail("a run is not in the order it should be in");
  if (!reader.ok()) return run;
  run->phase_ = phase;
  // Between two messages it is never at the end of a phase, but of the last one.
  if (!run->withdraws_.is_possible() || !run->announces_.is_possible() || run->exhausted() || run->resend_ > run->changes_.resends.size()) {
    reader.fail("a run is at no place of what it sends");
  } else if (sorted) {
    run->sort_again(reader, *sorted);
  } else if (run->withdraws_.sorting || run->announces_.sorting) {
    reader.fail("a run sorts nothing");
  }
  return run;
}

// A step that has nothing to go through takes nothing.
void UpdateRun::arrange_again(Phase phase, std::size_t arranged) {
  while (phase_ <= Phase::place && (arranged > 0 || phase_ < phase)) {
    const Phase before = phase_;
    arrange(arranged);
    if (phase_ == before) return;  // there was no more
  }
}

void UpdateRun::sort_again(state::Reader& reader, std::size_t position) {
  Part& part = phase_ == Phase::withdraw ? withdraws_ : announces_;
  const std::span<const bgp::NlriKey*> keys = part.keys();
  if (!part.entered || position > keys.size()) return reader.fail("a run has no such place in its order");
  sorted_.start(keys);
  if (part.sorting) {
    sorted_.prepare(position);
    return;
  }
  static_cast<void>(sorted_.front(position));
  sorted_.advance(position);
}

// --- what is pending ---------------------------------------------------------------------------------------------------------

void PendingState::store(state::Writer& writer) const {
  const auto& [changes, late] = *this;
  writer.value(changes);
  writer.count(late.size());
  for (const LateChange& change : late) writer.value(change);
}

void PendingState::load(state::Reader& reader) {
  reader.value(changes);
  for (std::uint64_t left = reader.count_of_things(); left > 0 && reader.ok(); --left) reader.value(late.emplace_back());
  if (!reader.ok() || late.empty() || late.front().kind != LateChange::Kind::squeeze) return;
  LateChange::Bulk& bulk = *late.front().bulk;
  if (changes.announces.squeeze_some(bulk.squeeze, bulk.squeezed)) reader.fail("what is pending has been squeezed already");
}

// --- all of it -----------------------------------------------------------------------------------------------------------------

template <typename Archive, typename Self>
void AdjRibOut::fields(Archive& archive, Self& self) {
  auto& [keep, discards, first_run, changes, next_run, shared, shared_waits, cache, pending, cut, cut_shared, run, limiter, watchdogs] = self;
  bool running = run != nullptr;
  archive.object(self, "adj_rib_out")("first_run", first_run)("changes", changes)("next_run", next_run)("shared", shared)(
      "shared_waits", shared_waits)("cache", cache)("pending", pending)("cut", cut)("cut_shared", cut_shared)("limiter", limiter)("watchdogs", watchdogs)("running", running);
  if constexpr (Archive::k_reads) {
    if (running) run = UpdateRun::load(archive);
    if (archive.ok() && !self.objection().empty()) archive.fail(self.objection());
  } else if (running) {
    run->store(archive);
  }
}

void AdjRibOut::store(state::Writer& writer) const { fields(writer, *this); }

void AdjRibOut::load(state::Reader& reader) {
  *this = AdjRibOut(keep_, discards_);
  fields(reader, *this);
}

bool AdjRibOut::write_ahead(state::Writer& writer, bgp::FamilyIndex family, std::size_t& next, std::size_t& budget) const {
  return !cache_[family] || cache_[family]->write_ahead(writer, k_table_section, next, budget);
}

std::string_view AdjRibOut::objection() const {
  if (cache_.size() != bgp::k_family_count) return "an adj-RIB-out has not a table for each family";
  bool possible = true;
  for (bgp::FamilyIndex family = 0; family < cache_.size(); ++family) {
    if (!cache_[family]) continue;
    std::as_const(*cache_[family]).for_each([&](const bgp::NlriKey& key, const AttributeSetRef& attributes) {
      possible = possible && key.family() == family && attributes && shared_.find(key) == nullptr;
    });
  }
  return possible ? "" : "a route of an adj-RIB-out is in the table of another family";
}

}  // namespace tandem::rib
