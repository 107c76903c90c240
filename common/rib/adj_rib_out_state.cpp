// An adj-RIB-out, what is pending and the run as a state: what they are, so that the same messages follow.
#include "common/rib/adj_rib_out.hpp"
#include "common/rib/fields.hpp"
#include "common/rib/update_run.hpp"
#include "common/rib/watchdogs.hpp"

namespace tandem::rib {

// --- the run -----------------------------------------------------------------------------------------------------------------

UpdateRun::Keys UpdateRun::Part::keys() {
  if (exhausted()) return {};
  return Keys(order).subspan(slices[slice].begin, slices[slice].end - slices[slice].begin);
}

bool UpdateRun::Part::is_possible() const {
  if (slice > slices.size()) return false;
  if (exhausted()) return !entered && !recalling;
  return !entered || (position >= slices[slice].begin && position < slices[slice].end);
}

void UpdateRun::store(state::Writer& writer) const {
  const auto& [changes, first, withdraws, announces, sorted, in_order, phase, resend, route, shared] = *this;
  // Which part is sent in order, and how far that order has been read. What lies behind is sorted again.
  const Part& part = phase == Phase::withdraw ? withdraws : announces;
  const bool sorting = part.entered && sorted.orders(const_cast<Part&>(part).keys());
  const std::optional<std::size_t> position = sorting ? std::optional(sorted.position()) : std::nullopt;
  writer.value(changes);
  writer.value(first);
  writer.value(shared);
  writer.object(*this, "update_run")("withdraws", withdraws)("announces", announces)("sorted", position)("in_order", in_order)("phase", phase)(
      "resend", resend)("route", route);
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
  reader.object(*run, "update_run")("withdraws", run->withdraws_)("announces", run->announces_)("sorted", sorted)("in_order", run->in_order_)(
      "phase", state::up_to(run->phase_, Phase::done))("resend", run->resend_)("route", run->route_);
  if (!reader.ok()) return run;
  // Between two messages it is never at the end of a phase, but of the last one.
  if (!run->withdraws_.is_possible() || !run->announces_.is_possible() || run->exhausted() || run->resend_ > run->changes_.resends.size()) {
    reader.fail("a run is at no place of what it sends");
  } else if (sorted) {
    run->sort_again(reader, *sorted);
  }
  return run;
}

void UpdateRun::sort_again(state::Reader& reader, std::size_t position) {
  Part& part = phase_ == Phase::withdraw ? withdraws_ : announces_;
  const Keys keys = part.keys();
  if (!part.entered || position > keys.size()) return reader.fail("a run has no such place in its order");
  sorted_.start(keys);
  static_cast<void>(sorted_.front(position));
  sorted_.advance(position);
}

// --- all of it -----------------------------------------------------------------------------------------------------------------

template <typename Archive, typename Self>
void AdjRibOut::fields(Archive& archive, Self& self) {
  auto& [keep, first_run, changes, next_run, shared, shared_waits, cache, pending, run, limiter, watchdogs] = self;
  bool running = run != nullptr;
  archive.object(self, "adj_rib_out")("first_run", first_run)("changes", changes)("next_run", next_run)("shared", shared)(
      "shared_waits", shared_waits)("cache", cache)("pending", pending)("limiter", limiter)("watchdogs", watchdogs)("running", running);
  if constexpr (Archive::k_reads) {
    if (running) run = UpdateRun::load(archive);
    if (archive.ok() && !self.objection().empty()) archive.fail(self.objection());
  } else if (running) {
    run->store(archive);
  }
}

void AdjRibOut::store(state::Writer& writer) const { fields(writer, *this); }

void AdjRibOut::load(state::Reader& reader) {
  *this = AdjRibOut(keep_);
  fields(reader, *this);
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
