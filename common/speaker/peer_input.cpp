#include "common/speaker/peer_input.hpp"

#include <algorithm>
#include <span>

#include "common/base/log.hpp"
#include "common/bgp/message/route_refresh.hpp"
#include "common/bgp/nlri/codec.hpp"
#include "common/rib/update_packer.hpp"
#include "common/speaker/interned.hpp"
#include "common/speaker/limits.hpp"

namespace tandem::speaker {

using base::LogCategory;
using base::LogLevel;
using config::Topic;
using session::Direction;

void PeerInput::established() {
  clear();
  refresh_ends_.clear();
  near_limit_ = {};
  over_limit_ = {};
  counters_.prefixes_received = 0;
  counters_.prefixes_withdrawn = 0;
}

bool PeerInput::wants_decoded_updates() const {
  return definition_.neighbor->adj_rib_in || events_.subscribers().wants_decoded(Direction::receive, Topic::update) ||
         base::log_enabled(LogCategory::network, LogLevel::debug);
}

std::optional<bgp::FamilyIndex> PeerInput::handle(const session::Session& session, const session::Inbound& inbound, base::TimePoint now) {
  if (inbound.message.type == static_cast<std::uint8_t>(bgp::MessageType::update)) {
    ++counters_.received.update;
    handle_update(session, inbound);
    return std::nullopt;
  }
  if (inbound.refresh) {
    ++counters_.received.refresh;
    return handle_refresh(session, inbound, now);
  }
  ++counters_.received.operational;
  EventMessage message;
  message.raw = inbound.message;
  events_.message({*definition_.neighbor, &session}, message);
  return std::nullopt;
}

// What a received UPDATE says, a line an NLRI: programs and tests wait for these lines (docs/compatibility.md).
void PeerInput::log_update(const bgp::Update& update) const {
  const auto line = [&](const bgp::NlriKey& key, const bgp::NextHop* next_hop) {
    std::string text;
    bgp::append_nlri(key, next_hop != nullptr && next_hop->known() ? " next-hop " + next_hop->address.text() : "", context_.pool.dialect(), text);
    base::log(LogCategory::network, LogLevel::debug, "{}:    UPDATE #{} nlri {}{}", definition_.key, counters_.received.update,
              next_hop != nullptr ? "" : "withdrawn ", text);
  };
  const auto lines = [&](const bgp::NlriBlock& block, const bgp::NextHop* next_hop) {
    if (!block.empty()) block.for_each([&](const bgp::NlriKey& key) { line(key, next_hop); });
  };
  const bool refused = !update.treat_as_withdraw.empty();
  lines(update.withdrawn, nullptr);
  lines(update.mp_withdrawn, nullptr);
  lines(update.announced, refused ? nullptr : &update.next_hop);
  lines(update.mp_announced, refused ? nullptr : &update.mp_next_hop);
  if (!update.end_of_rib) return;
  base::log(LogCategory::network, LogLevel::debug, "{}:    UPDATE #{} nlri eor {}/{} ({})", definition_.key, counters_.received.update,
            static_cast<unsigned>(update.end_of_rib->afi), static_cast<unsigned>(update.end_of_rib->safi), bgp::to_string(*update.end_of_rib));
}

void PeerInput::handle_update(const session::Session& session, const session::Inbound& inbound) {
  if (base::log_enabled(LogCategory::network, LogLevel::debug)) {
    base::log(LogCategory::network, LogLevel::debug, "{}: << UPDATE #{}", definition_.key, counters_.received.update);
    if (inbound.update) log_update(*inbound.update);
  }
  const bgp::Update* update = inbound.update ? &*inbound.update : nullptr;
  Interned interned;
  if (update != nullptr && update->treat_as_withdraw.empty()) {
    interned = intern(context_.pool, *update);
  } else if (update != nullptr) {
    base::log(LogCategory::parser, LogLevel::warning, "{}: UPDATE treated as a withdraw because of its attribute {} (RFC 7606)",
              definition_.key, update->treat_as_withdraw);
  }
  EventMessage message;
  message.raw = inbound.message;
  message.update = update;
  message.attributes = interned.attributes;
  message.mp_attributes = interned.mp_attributes;
  events_.message({*definition_.neighbor, &session}, message);
  if (update == nullptr) return;

  const bool keep = definition_.neighbor->adj_rib_in;
  const auto withdraw = [&](const bgp::NlriKey& key) {
    ++counters_.prefixes_withdrawn;
    if (keep) rib_.withdraw(key);
  };
  const auto announce = [&](const rib::AttributeSetRef& set) {
    return [this, keep, &set](const bgp::NlriKey& key) {
      ++counters_.prefixes_received;
      if (keep) rib_.announce(key, set);
    };
  };
  update->withdrawn.for_each(withdraw);
  update->mp_withdrawn.for_each(withdraw);
  if (update->treat_as_withdraw.empty()) {
    update->announced.for_each(announce(interned.attributes));
    update->mp_announced.for_each(announce(interned.mp_attributes));
  } else {
    update->announced.for_each(withdraw);
    update->mp_announced.for_each(withdraw);
  }
}

std::optional<bgp::FamilyIndex> PeerInput::handle_refresh(const session::Session& session, const session::Inbound& inbound,
                                                          base::TimePoint now) {
  const bgp::Negotiated& negotiated = *session.negotiated();
  EventMessage message;
  message.raw = inbound.message;
  events_.message({*definition_.neighbor, &session}, message);
  const bgp::RouteRefresh& refresh = *inbound.refresh;
  // Only what was negotiated; subtypes that nobody knows are ignored (RFC 7313 section 5).
  if (refresh.subtype > bgp::RefreshSubtype::end) return std::nullopt;
  const auto family = bgp::family_index(refresh.family);
  const bool mark = refresh.subtype != bgp::RefreshSubtype::query;
  if (negotiated.refresh == bgp::RefreshMode::absent || (mark && negotiated.refresh != bgp::RefreshMode::enhanced) || !family ||
      !negotiated.family_set.contains(*family)) {
    base::log(LogCategory::message, LogLevel::warning, "{}: route refresh for {} was not negotiated, ignored", definition_.key,
              bgp::to_string(refresh.family));
    return std::nullopt;
  }
  if (!mark) return family;
  handle_refresh_mark(*family, refresh.subtype, now);
  return std::nullopt;
}

// RFC 7313 section 4: what the peer does not announce between its BoRR and its EoRR it does not have any more.
void PeerInput::handle_refresh_mark(bgp::FamilyIndex family, bgp::RefreshSubtype mark, base::TimePoint now) {
  if (!definition_.neighbor->adj_rib_in) return;
  const bool begins = mark == bgp::RefreshSubtype::begin;
  if (!begins && !rib_.refreshing(family)) return;
  std::erase_if(refresh_ends_, [family](const RefreshEnd& end) { return end.family == family; });
  if (begins) {
    rib_.begin_refresh(family);
    refresh_ends_.push_back({family, now + std::chrono::seconds(context_.options.settings.bgp_refresh_stalepath_time_s)});
  } else {
    rib_.end_refresh(family);
  }
}

bool PeerInput::settle(const session::Session& session, base::TimePoint now) {
  while (!rib_.busy()) {
    const auto due = std::find_if(refresh_ends_.begin(), refresh_ends_.end(), [now](const RefreshEnd& end) { return end.at <= now; });
    if (due == refresh_ends_.end()) return true;
    base::log(LogCategory::message, LogLevel::warning, "{}: the peer has not ended its route refresh of {}, taken to be over",
              definition_.key, bgp::to_string(bgp::family_at(due->family)));
    rib_.end_refresh(due->family);
    refresh_ends_.erase(due);
  }
  std::vector<bgp::NlriKey> gone;
  rib_.work(context_.budget.take_slice(), [&gone](const bgp::NlriKey& key) { gone.push_back(key); });
  if (!gone.empty()) tell_gone(session, gone);
  return !rib_.busy();
}

api::Told PeerInput::tell_routes(const EventReceiver& program, const session::Session& session, rib::RibCursor& cursor, std::string& out) {
  if (!events_.tells_routes(program)) return api::Told::everything;
  if (rib_.busy()) return api::Told::nothing_yet;
  const EventSubject subject{*definition_.neighbor, &session};
  base::Buffer octets;
  bgp::Update update;
  rib::AttributeSetRef attributes;
  const auto tell = [&] {
    if (octets.empty()) return;
    update.mp_announced.octets = octets;
    update.mp_next_hop = attributes->next_hop();
    events_.tell_update(program, subject, update, attributes, out);
    octets.clear();
  };
  std::size_t left = k_snapshot_slice;
  const bool more = rib_.walk(cursor, [&](const bgp::NlriKey& key, const rib::AttributeSetRef& its) {
    if (!(its == attributes) || key.family() != update.mp_announced.family || key.has_path_id() != update.mp_announced.add_path) {
      tell();
      attributes = its;
      update.mp_announced.family = key.family();
      update.mp_announced.add_path = key.has_path_id();
    }
    bgp::nlri_codec(key.family())->encode(key, key.has_path_id(), octets);
    return --left > 0;
  });
  tell();
  return more ? api::Told::some : api::Told::everything;
}

// The peer has not said so in a message: programs are told as if it had.
void PeerInput::tell_gone(const session::Session& session, const std::vector<bgp::NlriKey>& gone) {
  counters_.prefixes_withdrawn += gone.size();
  base::log(LogCategory::message, LogLevel::info, "{}: {} routes were not announced again by a route refresh and are gone",
            definition_.key, gone.size());
  if (!events_.subscribers().wants_decoded(Direction::receive, Topic::update)) return;
  bgp::Negotiated mirrored = *session.negotiated();
  mirrored.add_path_send = mirrored.add_path_receive;
  rib::UpdatePacker packer(mirrored, {});
  std::vector<const bgp::NlriKey*> keys;
  for (const bgp::NlriKey& key : gone) keys.push_back(&key);
  for (std::span<const bgp::NlriKey* const> left = keys; !left.empty();) {
    base::Buffer octets;
    const std::size_t taken = packer.withdraw(nullptr, left, octets);
    if (taken == 0) return;
    left = left.subspan(taken);
    EventMessage message;
    message.raw = {octets[bgp::k_header_size - 1], octets};
    message.on_the_wire = false;
    if (const auto update = bgp::decode_update(message.raw.body(), *session.negotiated())) {
      message.update = &*update;
      events_.message({*definition_.neighbor, &session}, message);
    }
  }
}

namespace {

// True once when `count` passes the bound, and again only after it has fallen well below it: a peer that goes to and fro does not fill the
// log.
bool passes(std::size_t count, std::size_t bound, bgp::FamilyIndex family, bgp::FamilySet& told) {
  if (count <= bound) {
    if (count <= bound - bound / 10) told.erase(family);
    return false;
  }
  if (told.contains(family)) return false;
  told.insert(family);
  return true;
}

}  // namespace

const config::PrefixLimit* PeerInput::passed_limit() {
  for (const config::PrefixLimit& entry : definition_.neighbor->prefix_limits) {
    const std::size_t count = rib_.size(entry.family);
    if (count > entry.limit && entry.action != config::PrefixLimit::Action::warn) return &entry;
    const std::size_t threshold = std::size_t{entry.limit} * entry.threshold / 100;
    const bool near = passes(count, threshold, entry.family, near_limit_);
    const bool over = passes(count, entry.limit, entry.family, over_limit_);
    if (!near && !over) continue;
    base::log(LogCategory::routes, LogLevel::warning, "{}: {} routes of {}, {} of max-prefix {}", definition_.key, count,
              bgp::to_string(bgp::family_at(entry.family)), over ? "beyond the limit" : "beyond the threshold", entry.limit);
  }
  return nullptr;
}

std::optional<base::TimePoint> PeerInput::deadline() const {
  std::optional<base::TimePoint> first;
  for (const RefreshEnd& end : refresh_ends_) first = base::earliest(first, end.at);
  return first;
}

}  // namespace tandem::speaker
