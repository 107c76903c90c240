#include "common/rib/update_run.hpp"

#include <algorithm>
#include <array>

#include "common/base/assert.hpp"
#include "common/base/log.hpp"
#include "common/bgp/message/route_refresh.hpp"
#include "common/rib/unsendable.hpp"
#include "common/rib/without_nlri.hpp"

namespace tandem::rib {

UpdateRun::UpdateRun(PendingChanges changes, SharedTable shared, bool encode_withdraws)
    : changes_(std::move(changes)), first_(!encode_withdraws), shared_(std::move(shared)) {
  arrange_withdraws();
  arrange_announces();
  settle();
}

// Of the first run only those are left that are not empty without their route: their attributes are sent, as ExaBGP does.
void UpdateRun::arrange_withdraws() {
  withdraws_.order.reserve(changes_.withdraws.size());
  changes_.withdraws.for_each([this](const bgp::NlriKey& key, const AttributeSetRef&) {
    if (!first_ || UpdatePacker::withdraws_with_attributes(key.family())) withdraws_.order.push_back(&key);
  });
  split_by_family(withdraws_, Slice{0, withdraws_.order.size(), 0, 0});
}

void UpdateRun::arrange_announces() {
  const std::size_t count = changes_.announces.size();
  const auto entries = changes_.announces.entries();
  const auto buckets = changes_.announces.buckets();
  // A counting sort by bucket, which keeps the order of arrival.
  std::vector<std::uint32_t> start(buckets.size() + 1, 0);
  for (const auto& entry : entries) {
    if (entry.bucket != PendingAnnounces::k_dead) ++start[entry.bucket + 1];
  }
  for (std::size_t i = 1; i < start.size(); ++i) start[i] += start[i - 1];
  announces_.order.resize(count);
  std::vector<std::uint32_t> next(start.begin(), start.end() - 1);
  for (const auto& entry : entries) {
    if (entry.bucket != PendingAnnounces::k_dead) announces_.order[next[entry.bucket]++] = &entry.key;
  }
  announces_.slices.reserve(buckets.size());
  for (std::uint32_t bucket = 0; bucket < buckets.size(); ++bucket) {
    split_by_family(announces_, Slice{start[bucket], start[bucket + 1], bucket, 0});
  }
}

// Adds slices for `whole`, one a family in order of first use, and brings the keys in that order.
void UpdateRun::split_by_family(Part& part, Slice whole) {
  const Keys keys = Keys(part.order).subspan(whole.begin, whole.end - whole.begin);
  // An UPDATE without NLRI is no route of a family, it stands by itself.
  const auto place_of = [](const bgp::NlriKey* key) { return without_nlri(*key) ? bgp::k_family_count : std::size_t{key->family()}; };
  std::array<std::uint8_t, bgp::k_family_count + 1> rank{};
  std::uint8_t families = 0;
  for (const bgp::NlriKey* key : keys) {
    if (rank[place_of(key)] == 0) rank[place_of(key)] = ++families;
  }
  if (families > 1) {
    std::stable_sort(keys.begin(), keys.end(), [&](const bgp::NlriKey* a, const bgp::NlriKey* b) {
      return rank[place_of(a)] < rank[place_of(b)];
    });
  }
  for (std::size_t begin = 0; begin < keys.size();) {
    std::size_t end = begin + 1;
    while (end < keys.size() && (families == 1 || place_of(keys[end]) == place_of(keys[begin]))) ++end;
    part.slices.push_back(Slice{whole.begin + begin, whole.begin + end, whole.bucket, keys[begin]->family()});
    begin = end;
  }
}

void UpdateRun::Part::next_slice() {
  ++slice;
  entered = recalling = false;
  recalled = 0;
}

bool UpdateRun::exhausted() const {
  switch (phase_) {
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

UpdateRun::Step UpdateRun::next(UpdatePacker& packer, base::Buffer& out) {
  Step step;
  while (phase_ != Phase::done && !step.message) {
    switch (phase_) {
      case Phase::begin_refresh: step.message = step.route_refresh = send_mark(packer, out, true); break;
      case Phase::resend: step.message = send_resend(packer, out); break;
      case Phase::end_refresh: step.message = step.route_refresh = send_mark(packer, out, false); break;
      case Phase::withdraw: step.message = send_withdraw(packer, out); break;
      case Phase::announce: step.message = send_announce(packer, out); break;
      case Phase::shared: step.message = shared_.next(packer, out); break;
      case Phase::done: break;
    }
    settle();
  }
  step.over = phase_ == Phase::done;
  return step;
}

UpdateRun::Block UpdateRun::next_block(UpdatePacker& packer, std::size_t most) {
  Block out;
  if (phase_ != Phase::shared) return out;
  if (auto block = shared_.next_block(packer, most)) {
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
  const Slice& slice = part.slices[part.slice];
  Progress progress{slice.bucket + 1, 0};
  // Arrival is the order of a slice only where each route has an UPDATE of its own, and of a bucket only in its last slice.
  const bool last = part.slice + 1 == part.slices.size() || part.slices[part.slice + 1].bucket != slice.bucket;
  if (!part.entered || !last || !in_order_) return progress;
  std::size_t first = part.slice;
  while (first > 0 && part.slices[first - 1].bucket == slice.bucket) --first;
  progress.rank = static_cast<std::uint32_t>(part.position - part.slices[first].begin);
  return progress;
}

bool UpdateRun::send_mark(UpdatePacker& packer, base::Buffer& out, bool begin) {
  const Resend& resend = changes_.resends[resend_++];
  if (!resend.bracket || !packer.negotiated(resend.family)) return false;
  const auto subtype = begin ? bgp::RefreshSubtype::begin : bgp::RefreshSubtype::end;
  bgp::encode_route_refresh(bgp::RouteRefresh{bgp::family_at(resend.family), subtype}, out);
  return true;
}

// The next one from the cursor on, null at the end. The first run of a session withdraws nothing, so it must not send what one of its
// withdraws takes back.
const Route* UpdateRun::next_resent(const Resend& resend) {
  const std::size_t shared = resend.shared.count(resend.family);
  while (route_ < shared + resend.routes.size()) {
    const std::size_t rank = route_++;
    const Route* route = rank < shared ? resend.shared.at(resend.family, rank) : &resend.routes[rank - shared];
    if (route == nullptr || (first_ && changes_.withdraws.find(route->nlri) != nullptr)) continue;
    return route;
  }
  return nullptr;
}

// RFC 7313 or not, routes that are sent again go one an UPDATE (3.3).
bool UpdateRun::send_resend(UpdatePacker& packer, base::Buffer& out) {
  const Resend& resend = changes_.resends[resend_];
  const Route* route = packer.negotiated(resend.family) ? next_resent(resend) : nullptr;
  if (route == nullptr) {
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

bool UpdateRun::send_withdraw(UpdatePacker& packer, base::Buffer& out) {
  Part& part = withdraws_;
  const Slice& slice = part.slices[part.slice];
  if (!packer.negotiated(slice.family)) {
    part.next_slice();
    return false;
  }
  const bool grouped = packer.groups_withdraws(slice.family);
  if (!part.entered) {
    part.entered = true;
    part.position = slice.begin;
    if (grouped) sorted_.start(Keys(part.order).subspan(slice.begin, slice.end - slice.begin));
  }
  std::size_t taken = 0;
  if (grouped) {
    taken = packer.withdraw(nullptr, sorted_.front(packer.capacity()), out);
    sorted_.advance(taken);
  } else {
    taken = withdraw_one(part.order[part.position], packer, out);
  }
  part.position += taken == 0 ? 1 : taken;
  if (part.position == slice.end || (grouped && taken == 0)) part.next_slice();
  return taken != 0;
}

bool UpdateRun::send_announce(UpdatePacker& packer, base::Buffer& out) {
  Part& part = announces_;
  if (part.recalling) return send_recall(packer, out);
  const Slice& slice = part.slices[part.slice];
  const AttributeSetRef& attributes = changes_.announces.buckets()[slice.bucket];
  const bool grouped = packer.grouped(slice.family);
  if (!part.entered) {
    if (!without_nlri(*part.order[slice.begin]) && !packer.negotiated(slice.family)) {
      part.next_slice();
      return false;
    }
    part.entered = true;
    part.position = slice.begin;
    in_order_ = !grouped;
    if (grouped) sorted_.start(Keys(part.order).subspan(slice.begin, slice.end - slice.begin));
    part.recalling = !sendable(packer, attributes, *part.order[slice.begin], slice.end - slice.begin);
    if (part.recalling) return false;
  }
  std::size_t taken = 0;
  if (grouped) {
    taken = packer.announce(*attributes, sorted_.front(packer.capacity()), out);
    sorted_.advance(taken);
  } else {
    taken = packer.announce(*attributes, Keys(part.order).subspan(part.position, 1), out);
  }
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
  const bool grouped = packer.grouped(part.slices[part.slice].family);
  return grouped ? *sorted_.front(1).front() : *part.order[part.position];
}

// What waits in an older bucket has been sent by now, unless it could not be either. A refresh may have sent anything.
bool UpdateRun::peer_may_have(const bgp::NlriKey& announced, std::uint32_t bucket, const UpdatePacker& packer) const {
  const PendingAnnounces& announces = changes_.announces;
  const PendingAnnounces::Entry& entry = announces.entry(announced, bucket);
  if (!first_ && announces.replaces(entry)) return true;
  if (!changes_.resends.empty()) return true;
  for (std::uint32_t at = entry.earlier; at != PendingAnnounces::k_none; at = announces.entries()[at].earlier) {
    if (packer.may_send(announced.family(), *announces.buckets()[announces.entries()[at].bucket])) return true;
  }
  return false;
}

// Takes back, one at a time, what the peer has of the rest of a slice that cannot be sent.
bool UpdateRun::send_recall(UpdatePacker& packer, base::Buffer& out) {
  Part& part = announces_;
  const Slice& slice = part.slices[part.slice];
  bool sent = false;
  while (!sent && part.position != slice.end) {
    const bgp::NlriKey* key = &next_announced(packer);
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
