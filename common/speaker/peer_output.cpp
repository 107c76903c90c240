// Order of what is sent: docs/architecture.md, "one round".
#include "common/speaker/peer_output.hpp"

#include <algorithm>
#include <map>
#include <span>

#include "common/base/assert.hpp"
#include "common/base/log.hpp"
#include "common/bgp/message/route_refresh.hpp"
#include "common/bgp/message/update.hpp"
#include "common/rib/without_nlri.hpp"
#include "common/session/limits.hpp"
#include "common/speaker/interned.hpp"
#include "common/speaker/limits.hpp"
#include "common/speaker/parameters.hpp"

namespace tandem::speaker {

using base::LogCategory;
using base::LogLevel;
using config::Topic;
using session::Direction;

namespace {

// A program that repeats itself while nothing can be sent makes no queue without end.
void queue_request(std::vector<bgp::Family>& queue, bgp::Family family) {
  if (queue.size() >= k_waiting_requests && std::find(queue.begin(), queue.end(), family) != queue.end()) return;
  queue.push_back(family);
}

}  // namespace

PeerOutput::PeerOutput(const PeerDefinition& definition, const PeerContext& context, PeerEvents& events, PeerCounters& counters)
    : definition_(definition), context_(context), events_(events), counters_(counters),
      rib_(std::make_unique<rib::AdjRibOut>(definition.neighbor->adj_rib_out, &context.discards)) {}

PeerOutput::~PeerOutput() = default;

// --- routes --------------------------------------------------------------------------------------------------------------

void PeerOutput::load_routes() {
  loaded_ = true;
  const rib::RouteList& list = definition_.routes();
  if (list.marks.empty()) return rib_->load(list.routes);
  const std::span<const rib::Route> routes(list.routes.begin(), list.routes.end());
  std::size_t next = 0;
  for (const auto& mark : list.marks) {
    rib_->announce(routes.subspan(next, mark.route - next));
    rib_->file_watchdog(mark.name, routes[mark.route], mark.held);
    next = mark.route + 1;
  }
  rib_->announce(routes.subspan(next));
}

void PeerOutput::reload_routes() {
  rib_ = std::make_unique<rib::AdjRibOut>(definition_.neighbor->adj_rib_out, &context_.discards);
  owned_.reset();
  load_routes();
}

void PeerOutput::apply_routes(const config::RouteDiff& difference, const rib::RouteList& before) {
  if (!loaded_) return;
  const rib::RouteList& after = definition_.routes();
  const bool watched = !before.marks.empty() || !after.marks.empty();
  if (!watched && before.routes.shares(after.routes)) return;
  if (!watched && !owned_ && rib_->adopt(difference, session_ != nullptr)) return;
  std::vector<rib::Route> announced;
  announced.reserve(difference->announced.size());
  for (const std::uint32_t position : difference->announced) announced.push_back(difference->after[position]);
  rib_->announce(std::span<const rib::Route>(announced));
  if (owned_) {
    for (const rib::Route& route : announced) owned_->announced(route.nlri, 0);
  }
  // Routes that come under a watchdog; those that were under it before stay as it has them.
  std::map<std::string_view, rib::OrderedTable<bool>> filed;
  for (const auto& mark : before.marks) {
    bool inserted = false;
    filed[mark.name].get_or_insert(before.routes[mark.route].nlri, inserted) = true;
  }
  for (const auto& mark : after.marks) {
    const rib::Route& route = after.routes[mark.route];
    const auto group = filed.find(mark.name);
    if (group != filed.end() && group->second.find(route.nlri) != nullptr) continue;
    rib_->file_watchdog(mark.name, route, mark.held);
  }
  for (const std::uint32_t position : difference->withdrawn) {
    const rib::Route& route = difference->before[position];
    rib_->unfile_watchdog(route.nlri);
    // One that a command or a watchdog has withdrawn already is not withdrawn again.
    if (!definition_.neighbor->adj_rib_out || rib_->find(route.nlri) != nullptr) rib_->withdraw(route.nlri, route.attributes);
  }
}

base::Result<void> PeerOutput::accepts(const rib::Route& route, rib::RouteUse use) const {
  const config::Neighbor& neighbor = *definition_.neighbor;
  const bgp::Family family = bgp::family_at(route.nlri.family());
  if (!rib::without_nlri(route.nlri) && !std::binary_search(neighbor.families.begin(), neighbor.families.end(), family)) {
    return base::Error(bgp::to_string(family) + " is not configured with this neighbor");
  }
  if (use == rib::RouteUse::withdraw) return {};
  const bgp::NextHop& next_hop = route.attributes->next_hop();
  if (next_hop.self) {
    const auto self = rib::next_hop_self(family.afi, neighbor.local_address, neighbor.router_id.value_or(base::RouterId{}));
    if (!self) return self.error();
    return {};
  }
  if (rib::without_nlri(route.nlri)) return {};
  std::string objection = config::next_hop_objection(neighbor, route.nlri.family(), next_hop);
  if (!objection.empty()) return base::Error(std::move(objection));
  return {};
}

rib::AttributeSetRef PeerOutput::attributes_of(const rib::Route& route) const {
  if (!route.attributes->next_hop().self) return route.attributes;
  const config::Neighbor& neighbor = *definition_.neighbor;
  auto resolved = rib::resolve_next_hop_self(context_.pool, route, neighbor.local_address, neighbor.router_id.value_or(base::RouterId{}));
  TANDEM_ASSERT(resolved);
  return std::move(*resolved);
}

void PeerOutput::note_owner(const bgp::NlriKey& key) {
  const Owner owner = context_.acting.owner;
  if (!owned_ && owner == 0) return;
  if (!owned_) owned_ = std::make_unique<OwnedRoutes>();
  owned_->announced(key, owner);
}

bool PeerOutput::owner_ended(Owner owner) {
  if (!owned_) return false;
  owned_->ended(owner);
  return owned_->busy();
}

bool PeerOutput::withdraw_ended() {
  if (!owned_ || !owned_->busy()) return false;
  owned_->work(context_.budget.take_slice(), [this](const bgp::NlriKey& key) {
    rib_->unfile_watchdog(key);
    const rib::AttributeSetRef* found = rib_->find(key);
    if (found == nullptr && definition_.neighbor->adj_rib_out) return;  // something else has withdrawn it
    const rib::AttributeSetRef attributes = found != nullptr ? *found : rib::AttributeSetRef();
    rib_->withdraw(key, attributes);
  });
  if (owned_->busy()) return true;
  if (owned_->empty()) owned_.reset();
  return false;
}

rib::ChangeMark PeerOutput::announce(const rib::Route& route) {
  note_owner(route.nlri);
  if (!route.attributes->next_hop().self) return rib_->announce(route);
  return rib_->announce({route.nlri, attributes_of(route)});
}
rib::ChangeMark PeerOutput::withdraw(const rib::Route& route) {
  if (owned_) owned_->withdrawn(route.nlri);
  if (!route.attributes->next_hop().self) return rib_->withdraw(route.nlri, route.attributes);
  // A withdraw needs no next hop: where this session has none of its own for the family, none is said.
  const config::Neighbor& neighbor = *definition_.neighbor;
  auto resolved = rib::resolve_next_hop_self(context_.pool, route, neighbor.local_address, neighbor.router_id.value_or(base::RouterId{}));
  return rib_->withdraw(route.nlri, resolved ? std::move(*resolved) : context_.pool.with_next_hop(*route.attributes, {}));
}
rib::ChangeMark PeerOutput::file_watchdog(const std::string& name, const rib::Route& route, bool held) {
  if (!held) note_owner(route.nlri);
  return rib_->file_watchdog(name, {route.nlri, attributes_of(route)}, held);
}

std::optional<PeerOutput::Hold> PeerOutput::changed(base::TimePoint now) {
  if (session_ == nullptr) return std::nullopt;
  const bool begins = !command_hold_until_;
  std::vector<std::uint64_t>& clients = held_changes_.clients;
  const std::uint64_t client = context_.acting.client;
  if (!first_change_) first_change_ = now;
  if (std::find(clients.begin(), clients.end(), client) == clients.end()) clients.push_back(client);
  const base::TimePoint until = std::min(now + k_command_quiet, *first_change_ + k_command_hold_off);
  return Hold{until, begins, std::exchange(command_hold_until_, until) != until};
}

bool PeerOutput::bracketed() const { return session_->negotiated()->refresh == bgp::RefreshMode::enhanced; }

void PeerOutput::send_again() {
  if (session_ == nullptr) return;
  bgp::FamilySet families;
  for (const bgp::Family family : definition_.neighbor->families) {
    if (const auto index = bgp::family_index(family)) families.insert(*index);
  }
  rib_->resend(families, bracketed());
}

void PeerOutput::send_anew() {
  if (session_ == nullptr || !session_->negotiated()->link_local_next_hop) return;  // nothing that this peer is sent changes
  packer_ = std::make_unique<rib::UpdatePacker>(*session_->negotiated(), packer_options(*definition_.neighbor, context_.options));
  send_again();
}

void PeerOutput::send_again(bgp::FamilyIndex family) {
  bgp::FamilySet families;
  families.insert(family);
  rib_->resend(families, bracketed());
}

// Held off like any other command: the route written behind it is sent before it.
void PeerOutput::queue_end_of_rib(bgp::Family family) { queue_request(end_of_ribs_, family); }

bool PeerOutput::queue_route_refresh(bgp::Family family) {
  if (session_ == nullptr) return false;
  const bgp::Negotiated& negotiated = *session_->negotiated();
  if (negotiated.refresh == bgp::RefreshMode::absent || !negotiated.family_set.contains(family)) {
    base::log(LogCategory::message, LogLevel::warning, "{}: route refresh for {} was not negotiated, not sent", definition_.key,
              bgp::to_string(family));
    return false;
  }
  queue_request(route_refreshes_, family);
  return true;
}

// Programs may ask for any number of router-ids, families may not be any number.
bool PeerOutput::queue_operational(const bgp::Operational& message) {
  if (session_ == nullptr) return false;
  const bgp::Negotiated& negotiated = *session_->negotiated();
  if (!negotiated.operational || !negotiated.family_set.contains(message.family)) {
    base::log(LogCategory::message, LogLevel::warning, "{}: operational messages for {} were not negotiated, not sent", definition_.key,
              bgp::to_string(message.family));
    return false;
  }
  if (message.type == bgp::Operational::k_asm) advisories_[message.family] = message;
  if (operational_.size() >= k_waiting_requests) {
    base::log(LogCategory::message, LogLevel::warning, "{}: {} operational messages wait already, not sent", definition_.key, operational_.size());
    return false;
  }
  operational_.push_back(message);
  return true;
}

void PeerOutput::send_operational() {
  bgp::Operational message = std::move(operational_.front());
  operational_.erase(operational_.begin());
  if (base::value(message.router_id) == 0) message.router_id = session_->negotiated()->local_id;
  if (message.form != bgp::Operational::Form::advisory && message.sequence == 0) {
    if (sequences_.size() >= k_waiting_requests) sequences_.clear();
    message.sequence = ++sequences_[message.router_id];
  }
  base::Buffer octets;
  bgp::encode_operational(message, octets);
  send_message(octets);
}

// --- the session ---------------------------------------------------------------------------------------------------------

void PeerOutput::established(session::Session& session, base::TimePoint now) {
  session_ = &session;
  ++sessions_;
  rib_->established(session.negotiated()->paths_limits);
  packer_ = std::make_unique<rib::UpdatePacker>(*session.negotiated(), packer_options(*definition_.neighbor, context_.options));
  initial_run_done_ = false;
  initial_end_of_rib_due_ = !definition_.neighbor->manual_eor;
  first_hold_until_ = now + k_first_run_hold_off;
  ready_until_.reset();
  if (initial_end_of_rib_due_ && !programs_ready()) ready_until_ = now + std::chrono::seconds(context_.options.settings.api_ready_timeout_s);
  for (const bgp::Operational& message : definition_.neighbor->operational_messages) {
    const bool replaced = message.type == bgp::Operational::k_asm && advisories_.contains(message.family);
    if (session.negotiated()->operational && !replaced && session.negotiated()->family_set.contains(message.family)) operational_.push_back(message);
  }
  for (const auto& [family, message] : advisories_) {
    if (session.negotiated()->operational && session.negotiated()->family_set.contains(family)) operational_.push_back(message);
  }
  forget_command_hold();
}

void PeerOutput::closed() {
  session_ = nullptr;
  packer_.reset();
  rib_->closed();
  route_refreshes_.clear();
  operational_.clear();
  first_hold_until_.reset();
  forget_command_hold();
  initial_end_of_rib_due_ = false;
  ready_until_.reset();
}

void PeerOutput::release_holds(base::TimePoint now) {
  if (first_hold_until_ && *first_hold_until_ <= now) first_hold_until_.reset();
  if (command_hold_until_ && *command_hold_until_ <= now) forget_command_hold();
  if (!ready_until_ || *ready_until_ > now) return;
  ready_until_.reset();
  if (!programs_ready()) {
    base::log(LogCategory::processes, LogLevel::warning, "{}: a program has not said that it is ready within {} s, the End-of-RIB waits no longer",
              definition_.key, context_.options.settings.api_ready_timeout_s);
  }
}

bool PeerOutput::programs_ready() const {
  const Subscribers::List& waited_for = events_.subscribers().await_ready;
  return std::all_of(waited_for.begin(), waited_for.end(), [](const EventReceiver* program) { return program->is_ready(); });
}

void PeerOutput::forget_command_hold() {
  command_hold_until_.reset();
  first_change_.reset();
  held_changes_.clients.clear();
}

bool PeerOutput::initial_end_of_rib_ready() const {
  if (!initial_end_of_rib_due_ || first_hold_until_ || rib_->run_active()) return false;
  // What the programs have announced goes before it.
  if (ready_until_) return programs_ready() && !held() && !rib_->has_pending();
  return initial_run_done_ || !rib_->has_pending();
}

// One that a command asked for.
bool PeerOutput::can_send_end_of_rib() const {
  return !end_of_ribs_.empty() && !initial_end_of_rib_due_ && !held() && !rib_->run_active() && !rib_->has_pending();
}

std::optional<base::TimePoint> PeerOutput::deadline(base::TimePoint last_turn) const {
  if (session_ == nullptr || rib_->run_active()) return std::nullopt;
  if (!held()) return ready_until_ && *ready_until_ > last_turn ? ready_until_ : std::nullopt;
  if (!rib_->has_pending() && !initial_end_of_rib_due_ && end_of_ribs_.empty()) return std::nullopt;
  const auto until = std::max(first_hold_until_.value_or(last_turn), command_hold_until_.value_or(last_turn));
  // What could go on at once has been said by send(); a deadline in the past would only keep the engine from waiting.
  return until > last_turn ? std::optional(until) : std::nullopt;
}

// Routes that others announce later, with attributes that wait already, would be grouped with those and go before the change.
api::SyncPoint PeerOutput::sync_point(rib::ChangeMark change) {
  if (session_ != nullptr && change.bucket != 0) rib_->close_pending();
  return {change, {}, sessions_};
}

bool PeerOutput::reached(api::SyncPoint& point) const {
  if (session_ == nullptr || point.session != sessions_ || point.change.run == 0) return true;
  const base::Outbox& outbox = session_->outbox();
  if (!point.octets) {
    if (point.change >= rib_->sent_before()) return false;
    point.octets = outbox.consumed() + outbox.size();
  }
  return outbox.consumed() >= *point.octets;
}

bool PeerOutput::work() {
  if (!rib_->busy()) return false;
  std::size_t budget = context_.budget.take_slice();
  rib_->work(budget);
  context_.budget.give_back(budget);
  return rib_->busy();
}

bool PeerOutput::send(TokenBucket* rate_limit, base::TimePoint now) {
  if (session_->ending()) return false;
  release_holds(now);
  if (!operational_.empty()) send_operational();
  if (!route_refreshes_.empty()) {
    base::Buffer message;
    bgp::encode_route_refresh({route_refreshes_.front(), bgp::RefreshSubtype::query}, message);
    route_refreshes_.erase(route_refreshes_.begin());
    send_message(message);
  }
  if (!rib_->run_active() && rib_->has_pending() && !held()) {
    rib_->start_run();
    held_changes_.alone_from = now + k_alone;
  }
  bool starved = false;
  if (rib_->run_active()) {
    starved = send_run(rate_limit, now) == 0 && rate_limit != nullptr;
  } else if (initial_end_of_rib_ready()) {
    send_initial_end_of_ribs();
  } else if (can_send_end_of_rib()) {
    const bgp::Family family = end_of_ribs_.front();
    end_of_ribs_.erase(end_of_ribs_.begin());
    send_end_of_rib(family);
  }
  if (session_->outbox().size() >= session::k_outbox_high) return false;  // what is written makes the peer due again
  if (!route_refreshes_.empty() || !operational_.empty()) return true;
  if (rib_->run_active()) return !starved;
  return (rib_->has_pending() && !held()) || initial_end_of_rib_ready() || can_send_end_of_rib();
}

std::size_t PeerOutput::send_run(TokenBucket* rate_limit, base::TimePoint now) {
  std::size_t budget = context_.budget.take_slice();
  if (rate_limit == nullptr) {
    if (const std::size_t sent = send_block(budget); sent > 0) {
      context_.budget.give_back(budget);
      return sent;
    }
  }
  const std::size_t limit = rate_limit != nullptr ? 1 : k_turn_messages_out;
  base::Buffer& message = context_.scratch;
  std::size_t count = 0;
  std::size_t octets = 0;
  std::size_t told = 0;
  // Programs and tests wait for this line (docs/compatibility.md).
  const auto tell = [&] {
    if (told > 0) base::log(LogCategory::message, LogLevel::debug, "{}: >> {} UPDATE(s)", definition_.key, told);
  };
  while (count < limit && octets < k_turn_octets_out && budget > 0 && rib_->run_active() && session_->outbox().size() < session::k_outbox_high) {
    if (rate_limit != nullptr && !rate_limit->available(now)) break;
    message.clear();
    const rib::AdjRibOut::Produced produced = rib_->next_message(*packer_, budget, message);
    if (produced.message) {
      if (rate_limit != nullptr) rate_limit->take(now);
      ++count;
      ++told;
      octets += message.size();
      send_message(message);
    }
    if (produced.over) {
      initial_run_done_ = true;
      tell();
      context_.budget.give_back(budget);
      // a run that had nothing to say is no reason to wait for a token
      return std::max<std::size_t>(count, 1);
    }
  }
  tell();
  context_.budget.give_back(budget);
  return budget == 0 ? std::max<std::size_t>(count, 1) : count;  // nor is one that has not come to say it
}

// What several peers are told alike, where nobody wants to hear of each message.
std::size_t PeerOutput::send_block(std::size_t& budget) {
  if (session_->outbox().size() >= session::k_outbox_high) return 0;
  if (events_.subscribers().wants(Direction::send, Topic::update)) return 0;
  rib::AdjRibOut::Block block = rib_->next_block(*packer_, budget, k_turn_messages_out);
  if (!block.octets) return 0;
  counters_.sent.update += block.messages;
  session_->queue(std::move(block.octets));
  if (block.over) initial_run_done_ = true;
  return block.messages;
}

void PeerOutput::send_initial_end_of_ribs() {
  initial_end_of_rib_due_ = false;
  ready_until_.reset();
  restart_over_ = true;
  const std::vector<bgp::Family>& families = session_->negotiated()->families;
  for (const bgp::Family family : families) send_end_of_rib(family);
  if (families.empty()) {
    base::Buffer message;
    bgp::append_keepalive(message);
    send_message(message);
  }
}

void PeerOutput::send_end_of_rib(bgp::Family family) {
  base::Buffer message;
  bgp::encode_end_of_rib(family, message);
  send_message(message);
  base::log(LogCategory::message, LogLevel::debug, "{}: >> EOR {}", definition_.key, bgp::to_string(family));
}

// The event comes before the octets.
void PeerOutput::send_message(base::Bytes octets) {
  EventMessage message;
  message.direction = Direction::send;
  message.raw = {octets[bgp::k_header_size - 1], octets};
  const auto type = static_cast<bgp::MessageType>(message.raw.type);
  const bool update = type == bgp::MessageType::update;
  if (update) ++counters_.sent.update;
  if (type == bgp::MessageType::route_refresh) ++counters_.sent.refresh;
  if (type == bgp::MessageType::operational) ++counters_.sent.operational;
  if (type == bgp::MessageType::keepalive) ++counters_.sent.keepalive;
  const EventSubject subject{*definition_.neighbor, session_};
  if (update && events_.subscribers().wants_decoded(Direction::send, Topic::update)) {
    bgp::Negotiated mirrored = *session_->negotiated();
    mirrored.add_path_receive = mirrored.add_path_send;
    // What we sent is shown, whatever we would accept, and from whom.
    mirrored.aigp = true;
    mirrored.peer_as = mirrored.local_as;
    mirrored.as_zero = true;
    mirrored.role.reset();  // the rules for what we receive
    if (auto decoded = bgp::decode_update(message.raw.body(), mirrored)) {
      message.update = &*decoded;
      Interned interned = intern(context_.pool, *decoded);
      message.attributes = std::move(interned.attributes);
      message.mp_attributes = std::move(interned.mp_attributes);
      events_.message(subject, message);
    }
  } else {
    events_.message(subject, message);
  }
  session_->queue(octets);
}

}  // namespace tandem::speaker
