#include "common/rib/update_run.hpp"

#include <algorithm>

#include "common/base/log.hpp"
#include "common/bgp/message/route_refresh.hpp"
#include "common/rib/unsendable.hpp"
#include "common/rib/without_nlri.hpp"

namespace tandem::rib {

UpdateRun::UpdateRun(PendingChanges changes, SharedTable shared, bool encode_withdraws)
    : changes_(std::move(changes)), first_(!encode_withdraws), shared_(std::move(shared)) {
  withdraws_.order.begin(1);
  announces_.order.begin(changes_.announces.buckets());
}

void PendingChanges::exclude_from_resends(const bgp::NlriKey& path) {
  for (Resend& resend : resends) {
    bool inserted = false;
    if (resend.family == path.family()) resend.excluded.get_or_insert(path, inserted) = true;
  }
}

void PendingChanges::discard(Discards& discards) {
  discards.add(std::move(withdraws));
  discards.add(announces.take_all());
  for (Resend& resend : resends) {
    if (resend.others) resend.others->discard(discards);
  }
}

// --- the order ---------------------------------------------------------------------------------------------------------------

// Of the first run only those withdraws are left that are not empty without their route: their attributes are sent, as ExaBGP does.
template <typename Visit>
bool UpdateRun::visit_all(std::size_t& budget, Visit&& visit) {
  const std::size_t before = withdraw_ + announce_;
  const auto withdraw = [&](const bgp::NlriKey& key, const AttributeSetRef&) {
    if (!first_ || UpdatePacker::withdraws_with_attributes(key.family())) visit(withdraws_.order, 0, key);
  };
  bool more = changes_.withdraws.for_some(withdraw_, budget, withdraw);
  const auto announce = [&](const PendingAnnounces::Entry& entry) { visit(announces_.order, entry.bucket, entry.key); };
  if (!more) more = changes_.announces.for_some(announce_, budget - std::min(budget, withdraw_ + announce_ - before), announce);
  budget -= std::min(budget, withdraw_ + announce_ - before);
  if (!more) withdraw_ = announce_ = 0;
  return !more;
}

void UpdateRun::arrange(std::size_t& budget) {
  const std::size_t before = budget;
  bool done = false;
  switch (phase_) {
    case Phase::count: done = visit_all(budget, [](RunOrder& order, std::uint32_t bucket, const bgp::NlriKey& key) { order.count(bucket, key); }); break;
    case Phase::lay_out: done = withdraws_.order.lay_out(budget) && announces_.order.lay_out(budget); break;
    default: done = visit_all(budget, [](RunOrder& order, std::uint32_t bucket, const bgp::NlriKey& key) { order.place(bucket, key); }); break;
  }
  if (done) phase_ = static_cast<Phase>(static_cast<std::uint8_t>(phase_) + 1);
  arranged_ += before - budget;
}

void UpdateRun::Part::next_slice() {
  ++slice;
  entered = sorting = recalling = false;
  recalled = 0;
}

bool UpdateRun::exhausted() const {
  switch (phase_) {
    case Phase::count:
    case Phase::lay_out:
    case Phase::place: return false;
    case Phase::begin_refresh:
    case Phase::resend:
    case Phase::end_refresh: return resend_ == changes_.resends.size();
    case Phase::withdraw: return withdraws_.exhausted();
    case Phase::announce: return announces_.exhausted();
    case Phase::shared: return shared_.over();
    case Phase::done: return false;
  }
  return false;
}

// Leaves the phases that have nothing more to send.
void UpdateRun::settle() {
  while (exhausted()) {
    phase_ = static_cast<Phase>(static_cast<std::uint8_t>(phase_) + 1);
    resend_ = 0;
    route_ = 0;
  }
}

UpdateRun::Step UpdateRun::next(UpdatePacker& packer, const PathsLimiter* limiter, std::size_t& budget, base::Buffer& out) {
  Step step;
  while (phase_ != Phase::done && !step.message && budget > 0) {
    --budget;
    switch (phase_) {
      case Phase::count:
      case Phase::lay_out:
      case Phase::place: arrange(budget); break;
      case Phase::begin_refresh: step.message = step.route_refresh = send_mark(packer, out, true); break;
      case Phase::resend: step.message = send_resend(packer, limiter, budget, out); break;
      case Phase::end_refresh: step.message = step.route_refresh = send_mark(packer, out, false); break;
      case Phase::withdraw: step.message = send_withdraw(packer, budget, out); break;
      case Phase::announce: step.message = send_announce(packer, budget, out); break;
      case Phase::shared: step.message = shared_.next(packer, budget, out); break;
      case Phase::done: break;
    }
    settle();
  }
  step.over = phase_ == Phase::done;
  return step;
}

UpdateRun::Block UpdateRun::next_block(UpdatePacker& packer, std::size_t& budget, std::size_t most) {
  Block out;
  while (phase_ <= Phase::place && budget > 0) arrange(budget);
  settle();
  if (phase_ != Phase::shared) return out;
  if (auto block = shared_.next_block(packer, budget, most)) {
    out.octets = std::move(block->octets);
    out.messages = block->messages;
    settle();
  }
  out.over = phase_ == Phase::done;
  return out;
}

UpdateRun::Progress UpdateRun::progress() const {
  if (phase_ > Phase::announce) return {~std::uint32_t{0}, 0};  // nobody has a mark of what is shared
  if (phase_ != Phase::announce) return {};
  const Part& part = announces_;
  const RunOrder::Slice& slice = part.now();
  Progress progress{slice.bucket + 1, 0};
  // Arrival is the order of a slice only where each route has an UPDATE of its own, and of a bucket only in its last slice.
  const bool last = part.slice + 1 == part.order.slices() || part.order.slice(part.slice + 1).bucket != slice.bucket;
  if (!part.entered || !last || !in_order_) return progress;
  std::size_t first = part.slice;
  while (first > 0 && part.order.slice(first - 1).bucket == slice.bucket) --first;
  progress.rank = static_cast<std::uint32_t>(part.position - part.order.slice(first).begin);
  return progress;
}

bool UpdateRun::send_mark(UpdatePacker& packer, base::Buffer& out, bool begin) {
  const Resend& resend = changes_.resends[resend_++];
  if (!resend.bracket || !packer.negotiated(resend.family)) return false;
  const auto subtype = begin ? bgp::RefreshSubtype::begin : bgp::RefreshSubtype::end;
  bgp::encode_route_refresh(bgp::RouteRefresh{bgp::family_at(resend.family), subtype}, out);
  return true;
}

// The next one from the cursor on; none at the end, or when there is nothing left of the budget. The first run of a session withdraws nothing,
// so it must not send what one of its withdraws takes back.
std::optional<Route> UpdateRun::next_resent(Resend& resend, const PathsLimiter* limiter, std::size_t& budget) {
  std::optional<Route> next;
  const auto is_sent = [&](const bgp::NlriKey& key) {
    if (without_nlri(key)) return false;
    if (limiter != nullptr && (limiter->withheld(key) || resend.excluded.find(key) != nullptr)) return false;
    return !first_ || changes_.withdraws.find(key) == nullptr;
  };
  for (const std::size_t shared = resend.shared.count(resend.family); budget > 0 && route_ < shared; --budget) {
    base::Work::did(1);
    const Route* route = resend.shared.at(resend.family, route_++);
    if (route != nullptr && is_sent(route->nlri)) return *route;
  }
  if (!resend.others) return next;
  resend.others->table->go_on(resend.others->then, budget, [&](const bgp::NlriKey& key, const AttributeSetRef& attributes) {
    if (is_sent(key)) next = Route{key, attributes};
    return !next;
  });
  return next;
}

// RFC 7313 or not, routes that are sent again go one an UPDATE (3.3).
bool UpdateRun::send_resend(UpdatePacker& packer, const PathsLimiter* limiter, std::size_t& budget, base::Buffer& out) {
  Resend& resend = changes_.resends[resend_];
  const bool negotiated = packer.negotiated(resend.family);
  if (budget == 0) return false;
  const std::optional<Route> route = negotiated ? next_resent(resend, limiter, budget) : std::nullopt;
  if (!route) {
    if (negotiated && budget == 0) return false;
    ++resend_;
    route_ = 0;
    return false;
  }
  if (!sendable(packer, route->attributes, route->nlri, 1)) return false;
  const bgp::NlriKey* key = &route->nlri;
  if (packer.announce(*route->attributes, {&key, 1}, out) == 1) return true;
  log_too_large(route->attributes, route->nlri, 1);
  return false;
}

std::size_t UpdateRun::withdraw_one(const bgp::NlriKey* const& key, UpdatePacker& packer, base::Buffer& out) {
  const AttributeSet* attributes = changes_.withdraws.find(*key)->get();
  if (!first_) return packer.withdraw(attributes, {&key, 1}, out);
  return packer.attributes_of_withdraw(attributes, key->family(), out) ? 1 : 0;
}

bool UpdateRun::send_withdraw(UpdatePacker& packer, std::size_t& budget, base::Buffer& out) {
  Part& part = withdraws_;
  const RunOrder::Slice& slice = part.now();
  if (!packer.negotiated(slice.family)) {
    part.next_slice();
    return false;
  }
  const bool grouped = packer.groups_withdraws(slice.family);
  if (!part.entered) {
    part.entered = true;
    part.position = slice.begin;
    part.sorting = grouped;
    if (grouped) sorted_.start(part.order.keys(slice));
  }
  if (part.sorting && !sorted_.prepare(budget)) return false;
  part.sorting = false;
  std::size_t taken = 0;
  if (grouped) {
    taken = packer.withdraw(nullptr, sorted_.front(packer.capacity()), out);
    sorted_.advance(taken);
  } else {
    taken = withdraw_one(part.order.key(part.position), packer, out);
  }
  base::Work::did(taken);
  part.position += taken == 0 ? 1 : taken;
  if (part.position == slice.end || (grouped && taken == 0)) part.next_slice();
  return taken != 0;
}

// False: there is nothing to be sent yet, or at all.
bool UpdateRun::enter_announce(UpdatePacker& packer) {
  Part& part = announces_;
  const RunOrder::Slice& slice = part.now();
  if (!without_nlri(*part.order.key(slice.begin)) && !packer.negotiated(slice.family)) {
    part.next_slice();
    return false;
  }
  const bool grouped = packer.grouped(slice.family);
  part.entered = true;
  part.position = slice.begin;
  part.sorting = grouped;
  in_order_ = !grouped;
  if (grouped) sorted_.start(part.order.keys(slice));
  part.recalling = !sendable(packer, changes_.announces.bucket(slice.bucket), *part.order.key(slice.begin), slice.end - slice.begin);
  return true;
}

bool UpdateRun::send_announce(UpdatePacker& packer, std::size_t& budget, base::Buffer& out) {
  Part& part = announces_;
  if (!part.entered && !enter_announce(packer)) return false;
  if (part.sorting && !sorted_.prepare(budget)) return false;
  part.sorting = false;
  if (part.recalling) return send_recall(packer, budget, out);
  const RunOrder::Slice& slice = part.now();
  const AttributeSetRef& attributes = changes_.announces.bucket(slice.bucket);
  std::size_t taken = 0;
  if (packer.grouped(slice.family)) {
    taken = packer.announce(*attributes, sorted_.front(packer.capacity()), out);
    sorted_.advance(taken);
  } else {
    taken = packer.announce(*attributes, {&part.order.key(part.position), 1}, out);
  }
  base::Work::did(taken);
  part.position += taken;
  if (taken == 0) {
    log_too_large(attributes, next_announced(packer), slice.end - part.position);
    part.recalling = true;
    return false;
  }
  if (part.position == slice.end) part.next_slice();
  return true;
}

// The key at part.position in the order the slice is sent in.
const bgp::NlriKey& UpdateRun::next_announced(const UpdatePacker& packer) {
  const Part& part = announces_;
  return packer.grouped(part.now().family) ? *sorted_.front(1).front() : *part.order.key(part.position);
}

// What waits in an older bucket has been sent by now, unless it could not be either. A refresh may have sent anything.
bool UpdateRun::peer_may_have(const bgp::NlriKey& announced, std::uint32_t bucket, const UpdatePacker& packer) const {
  const PendingAnnounces& announces = changes_.announces;
  const PendingAnnounces::Entry& entry = announces.at(announces.position(announced, bucket));
  if (!first_ && entry.replaces != 0) return true;
  if (!changes_.resends.empty()) return true;
  for (std::uint32_t at = entry.earlier; at != PendingAnnounces::k_none; at = announces.at(at).earlier) {
    if (packer.may_send(announced.family(), *announces.bucket(announces.at(at).bucket))) return true;
  }
  return false;
}

// Takes back, one at a time, what the peer has of the rest of a slice that cannot be sent.
bool UpdateRun::send_recall(UpdatePacker& packer, std::size_t& budget, base::Buffer& out) {
  Part& part = announces_;
  const RunOrder::Slice& slice = part.now();
  bool sent = false;
  for (; budget > 0 && !sent && part.position != slice.end; --budget) {
    const bgp::NlriKey* key = &next_announced(packer);
    base::Work::did(1);
    ++part.position;
    if (packer.grouped(slice.family)) sorted_.advance(1);
    sent = peer_may_have(*key, slice.bucket, packer) && packer.withdraw(nullptr, {&key, 1}, out) == 1;
    if (sent) ++part.recalled;
  }
  if (part.position != slice.end) return sent;
  if (part.recalled != 0) {
    base::log(base::LogCategory::routes, base::LogLevel::warning,
              "{} of these route(s) had been sent before in a form that could be, and are withdrawn", part.recalled);
  }
  part.next_slice();
  return sent;
}

}  // namespace tandem::rib
