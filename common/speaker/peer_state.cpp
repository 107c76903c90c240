// Peers as a state (docs/recording.md): what they are, what they send and hear, and their connections.
#include <algorithm>

#include "common/config/fields.hpp"
#include "common/session/fields.hpp"
#include "common/speaker/peers.hpp"

namespace tandem::speaker {

// --- connections -------------------------------------------------------------------------------------------------------------

namespace {

void store_connection(state::Writer& writer, const Connection& connection) {
  writer.value(connection.parameters());
  connection.store(writer);
}

}  // namespace

Connection* PeerConnections::load_connection(state::Reader& reader) {
  std::shared_ptr<const session::Parameters> parameters;
  reader.value(parameters);
  if (reader.ok() && !parameters) reader.fail("a connection has no parameters");
  if (!reader.ok()) return nullptr;
  auto made = std::make_unique<Connection>(context_.runtime, owner_, std::move(parameters));
  Connection* connection = made.get();
  connection->load(reader);
  context_.runtime.adopt(std::move(made));
  return connection;
}

template <typename Archive, typename Self>
void PeerConnections::fields(Archive& archive, Self& self) {
  auto& [definition, context, owner, outgoing, incoming, leaving, backoff, attempts, connects, down, down_until, attempt_started, dial_at] = self;
  archive.object(self, "peer_connections")("backoff", backoff)("attempts", attempts)("connects", connects)("down", down)("down_until", down_until)(
      "attempt_started", attempt_started)("dial_at", dial_at);
}

void PeerConnections::store(state::Writer& writer) const {
  fields(writer, *this);
  writer.value(outgoing_ != nullptr);
  if (outgoing_ != nullptr) store_connection(writer, *outgoing_);
  for (const auto* some : {&incoming_, &leaving_}) {
    writer.count(some->size());
    for (const Connection* connection : *some) store_connection(writer, *connection);
  }
}

void PeerConnections::load(state::Reader& reader) {
  fields(reader, *this);
  if (reader.flag()) outgoing_ = load_connection(reader);
  for (auto* some : {&incoming_, &leaving_}) {
    for (std::uint64_t left = reader.count_of_things(); left > 0 && reader.ok(); --left) {
      Connection* connection = load_connection(reader);
      if (connection != nullptr) some->push_back(connection);
    }
  }
  if (reader.ok() && incoming_.size() > k_waiting_connections) reader.fail("a neighbor has more connections than it may have");
  if (reader.ok() && connects_ != 0 && !attempt_started_) reader.fail("an attempt to connect has not begun");
}

// --- what is sent ------------------------------------------------------------------------------------------------------------

template <typename Archive, typename Self>
void PeerOutput::fields(Archive& archive, Self& self) {
  auto& [definition, context, events, counters, rib, owned, loaded, sessions, session, packer, first_hold_until, command_hold_until, first_change,
         held_changes, initial_run_done, initial_end_of_rib_due, restart_over, ready_until, end_of_ribs, route_refreshes, operational, advisories,
         sequences] = self;
  archive.object(self, "peer_output")("rib", *rib)("owned", owned)("loaded", loaded)("sessions", sessions)("first_hold_until", first_hold_until)(
      "command_hold_until", command_hold_until)("first_change", first_change)("held_changes", held_changes)("initial_run_done", initial_run_done)(
      "initial_end_of_rib_due", initial_end_of_rib_due)("restart_over", restart_over)("ready_until", ready_until)("end_of_ribs", end_of_ribs)(
      "route_refreshes", route_refreshes)("operational", operational)("advisories", advisories)("sequences", sequences);
}

// How it packs is what the definition said when the session began.
void PeerOutput::store(state::Writer& writer) const {
  fields(writer, *this);
  writer.value(packer_ ? std::optional(packer_->options()) : std::nullopt);
}

bool PeerOutput::write_owners_ahead(state::Writer& writer, std::size_t& next, std::size_t& budget) const {
  return !owned_ || owned_->write_ahead(writer, next, budget);
}

void PeerOutput::load(state::Reader& reader, session::Session* session) {
  fields(reader, *this);
  std::optional<rib::PackerOptions> options;
  reader.value(options);
  if (!reader.ok()) return;
  if (options.has_value() != (session != nullptr)) return reader.fail("a neighbor is told something without a session");
  session_ = session;
  // As at a start, while nobody is served: a run of the one before had it, and goes on with it.
  if (const auto* directory = definition_.routes().routes.directory()) static_cast<void>(directory->sending(definition_.neighbor->group_updates));
  if (session != nullptr) packer_ = std::make_unique<rib::UpdatePacker>(*session->negotiated(), *options);
}

// --- all of one --------------------------------------------------------------------------------------------------------------

Peer::Peer(const PeerContext& context, PeerKeeper& keeper, api::PeerId id, PeerDefinition definition)
    : context_(context), keeper_(keeper), id_(id), definition_(std::move(definition)), events_(context.encoder, context.clock),
      connections_(definition_, context, *this), output_(definition_, context, events_, counters_),
      input_(definition_, context, events_, counters_) {}

// What a definition that waits changes of the routes was written out once; it follows from both lists.
struct FormerDifference {
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [announce, withdraw] = self;
    archive.object(self, "route_diff")("announce", announce)("withdraw", withdraw);
  }
  std::vector<rib::Route> announce;
  std::vector<rib::Route> withdraw;
};

template <typename Archive, typename Self>
void Peer::fields(Archive& archive, Self& self) {
  auto& [context, keeper, id, definition, next_neighbor, next_difference, parameters, stopped, counters, events, connections, output, input, established,
         farewell, rate_limit, changed] = self;
  FormerDifference former;
  archive.object(self, "peer")("next_neighbor", next_neighbor)("next_routes", former)("parameters", parameters)("stopped", stopped)(
      "counters", counters)("events", events)("connections", connections)("input", input)("farewell", farewell)("rate_limit", rate_limit)("changed", changed);
}

// The session is one of the connections: which of them, counted from 1.
void Peer::store(state::Writer& writer) const {
  fields(writer, *this);
  const PeerConnections::All all = connections_.all();
  const auto place = std::find(all.begin(), all.end(), established_);
  writer.count(established_ == nullptr ? 0 : static_cast<std::uint64_t>(place - all.begin()) + 1);
  output_.store(writer);
}

void Peer::load(state::Reader& reader) {
  fields(reader, *this);
  const PeerConnections::All all = connections_.all();
  const std::uint64_t place = reader.count(all.size());
  if (!reader.ok()) return;
  established_ = place == 0 ? nullptr : all[static_cast<std::size_t>(place - 1)];
  if (place != 0 && (established_ == nullptr || established_->session().negotiated() == nullptr)) {
    return reader.fail("the session of a neighbor is none");
  }
  if (!parameters_) return reader.fail("a neighbor has no parameters");
  if (next_neighbor_) next_difference_ = config::diff_routes(neighbor().routes, next_neighbor_->routes);
  output_.load(reader, established_ == nullptr ? nullptr : &established_->session());
  if (reader.ok()) resubscribe();
}

bool Peer::write_ahead(state::Writer& writer, AheadPlace& place, std::size_t& budget) const {
  constexpr std::size_t k_before_families = 2;
  const auto written = [&](std::size_t part) {
    if (part == 0) return definition_.routes().routes.write_ahead(writer, place.next, budget);
    if (part == 1) return output_.write_owners_ahead(writer, place.next, budget);
    const auto family = static_cast<bgp::FamilyIndex>((part - k_before_families) / 2);
    return part % 2 == 0 ? rib_out().write_ahead(writer, family, place.next, budget) : rib_in().write_ahead(writer, family, place.next, budget);
  };
  for (; place.part < k_before_families + 2 * bgp::k_family_count; ++place.part, place.next = 0) {
    if (!written(place.part)) return false;
  }
  return true;
}

// --- ranges ------------------------------------------------------------------------------------------------------------------

void Range::store(state::Writer& writer) const {
  const auto& [neighbor, without_routes, members, heard_before] = *this;
  writer.value(heard_before);
  writer.count(members.size());
  for (const auto& [number, peer] : members) writer.value(peer->id());
}

void Range::load(state::Reader& reader, const std::function<Peer*(api::PeerId)>& find) {
  reader.value(heard_before_);
  for (std::uint64_t left = reader.count_of_things(); left > 0 && reader.ok(); --left) {
    api::PeerId id = 0;
    reader.value(id);
    Peer* peer = find(id);
    if (peer == nullptr || peer->provenance().range != neighbor_) return reader.fail("a member of a range is none");
    join(*peer);
  }
}

// --- all of them -------------------------------------------------------------------------------------------------------------

void Peers::store(state::Writer& writer) const {
  const auto& [context, neighbors, ranges, peers, by_id, by_address, next_id, free_ids, last_member, revision, schedule, holding, any_finished] = *this;
  writer.value(neighbors);
  writer.count(ranges.all().size());
  for (const Range& range : ranges.all()) {
    writer.value(range.neighbor());
    writer.value(range.without_routes());
  }
  writer.value(next_id);
  writer.value(free_ids);
  writer.count(peers.size());
  for (const auto& peer : peers) {
    writer.value(peer->id());
    writer.value(peer->definition().neighbor);
    writer.value(peer->provenance());
    peer->store(writer);
  }
  for (const Range& range : ranges.all()) range.store(writer);
  writer.object(*this, "peers")("last_member", last_member)("revision", revision)("schedule", schedule)("holding", holding)(
      "any_finished", any_finished);
}

void Peers::load(state::Reader& reader) {
  reader.value(neighbors_);
  if (std::find(neighbors_.begin(), neighbors_.end(), nullptr) != neighbors_.end()) reader.fail("a neighbor is missing");
  for (std::uint64_t left = reader.count_of_things(); left > 0 && reader.ok(); --left) {
    std::shared_ptr<const config::Neighbor> neighbor;
    std::shared_ptr<const config::Neighbor> without_routes;
    reader.value(neighbor);
    reader.value(without_routes);
    if (reader.ok() && (!neighbor || !without_routes)) reader.fail("a range is missing");
    if (reader.ok()) ranges_.add(std::move(neighbor), std::move(without_routes));
  }
  reader.value(next_id_);
  reader.value(free_ids_);
  load_peers(reader);
  if (!reader.ok()) return;
  for (Range& range : ranges_) range.load(reader, [this](api::PeerId id) { return find(id); });
  reader.object(*this, "peers")("last_member", last_member_)("revision", revision_)("schedule", schedule_)("holding", holding_)(
      "any_finished", any_finished_);
  if (reader.ok() && schedule_.peers() > next_id_) reader.fail("a neighbor is due that is not there");
  arrange();
}

void Peers::load_peers(state::Reader& reader) {
  PeerKeeper& keeper = *this;
  for (std::uint64_t left = reader.count_of_things(); left > 0 && reader.ok(); --left) {
    api::PeerId id = 0;
    std::shared_ptr<const config::Neighbor> neighbor;
    Provenance provenance;
    reader.value(id);
    reader.value(neighbor);
    reader.value(provenance);
    if (reader.ok() && (!neighbor || id >= next_id_ || by_id_.contains(id))) reader.fail("a neighbor has no number of its own");
    if (!reader.ok()) return;
    peers_.push_back(std::make_unique<Peer>(context_, keeper, id, PeerDefinition(std::move(neighbor), std::move(provenance))));
    Peer& peer = *peers_.back();
    by_id_[id] = &peer;
    by_address_.emplace(peer.address(), &peer);
    peer.load(reader);
  }
  if (reader.ok() && peers_.size() + free_ids_.size() != next_id_) reader.fail("the numbers of neighbors do not add up");
}

}  // namespace tandem::speaker
