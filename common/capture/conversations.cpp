#include "common/capture/conversations.hpp"

#include <algorithm>

#include "common/bgp/message/header.hpp"

namespace tandem::capture {

namespace {

constexpr std::uint16_t k_bgp_port = 179;
constexpr std::size_t k_connections_max = 4096;
constexpr std::size_t k_marker_size = 16;
constexpr std::size_t k_search_max = 64 * 1024;  // so far a marker is looked for in a connection of another port

enum class Header : std::uint8_t { no, not_yet, yes };

// Whether a message may begin here.
[[nodiscard]] Header header_at(base::Bytes octets) {
  const auto marker = octets.first(std::min(k_marker_size, octets.size()));
  if (!std::all_of(marker.begin(), marker.end(), [](std::uint8_t octet) { return octet == 0xFF; })) return Header::no;
  if (octets.size() < bgp::k_header_size) return Header::not_yet;
  return bgp::next_message(octets, bgp::k_rules_of_others) ? Header::yes : Header::no;
}

// RFC 7911 section 4: families in which one wants to send path identifiers and the other to receive them.
[[nodiscard]] bgp::FamilySet path_identifiers(const bgp::Capabilities& sender, const bgp::Capabilities& receiver) {
  constexpr unsigned k_receive = 1;
  constexpr unsigned k_send = 2;
  bgp::FamilySet out;
  for (const bgp::AddPathEntry& sent : sender.add_path) {
    const auto index = bgp::family_index(sent.family);
    const bool received = std::any_of(receiver.add_path.begin(), receiver.add_path.end(), [&](const bgp::AddPathEntry& entry) {
      return entry.family == sent.family && (entry.mode & k_receive) != 0;
    });
    if (index && received && (sent.mode & k_send) != 0) out.insert(*index);
  }
  return out;
}

}  // namespace

void Conversations::add(const Segment& segment, double time) {
  bool from_lesser = true;
  Connection& connection = find(segment, from_lesser);
  const std::size_t side = from_lesser ? 0 : 1;
  if (connection.directions[side].ignored && !segment.syn) return;
  if (segment.syn) start(connection, side, segment.sequence + 1);
  const std::uint32_t sequence = segment.sequence + (segment.syn ? 1 : 0);
  connection.directions[side].stream.add(sequence, segment.payload, time,
                                         [&](base::Bytes octets, double when) { take_octets(connection, side, octets, when); });
}

void Conversations::finish() {
  for (Connection& connection : connections_) finish(connection);
  connections_.clear();
  places_.clear();
}

Conversations::Connection& Conversations::find(const Segment& segment, bool& from_lesser) {
  from_lesser = segment.source < segment.target;
  Key key = from_lesser ? Key(segment.source, segment.target) : Key(segment.target, segment.source);
  if (const auto known = places_.find(key); known != places_.end()) {
    connections_.splice(connections_.begin(), connections_, known->second);
    return connections_.front();
  }
  if (connections_.size() == k_connections_max) {
    finish(connections_.back());
    places_.erase(connections_.back().key);
    connections_.pop_back();
  }
  Connection& made = connections_.emplace_front();
  made.key = std::move(key);
  made.bgp_port = made.key.first.port == k_bgp_port || made.key.second.port == k_bgp_port;
  agree(made);
  places_.emplace(made.key, connections_.begin());
  return made;
}

// A SYN that is not one we have seen begins another connection between the same ends.
void Conversations::start(Connection& connection, std::size_t side, std::uint32_t first) {
  Direction& direction = connection.directions[side];
  if (direction.first == first) return;
  if (direction.stream.started()) {
    finish(connection);
    connection.directions = {};
    agree(connection);
  }
  direction.first = first;
  direction.stream.start(first);
  direction.in_step = true;
}

void Conversations::take_octets(Connection& connection, std::size_t side, base::Bytes octets, double time) {
  Direction& direction = connection.directions[side];
  if (direction.ignored) return;
  if (octets.empty()) {
    ++holes_;
    direction.skipped += direction.pending.size();
    direction.pending.clear();
    direction.in_step = false;
    return;
  }
  direction.pending.insert(direction.pending.end(), octets.begin(), octets.end());
  std::size_t at = 0;
  while (at < direction.pending.size()) {
    if (!direction.in_step && !find_marker(connection, direction, at)) break;
    const auto message = bgp::next_message(base::Bytes(direction.pending).subspan(at), bgp::k_rules_of_others);
    if (!message) {
      if (!direction.ever && direction.first && !connection.bgp_port) direction.ignored = true;  // it began with something else
      if (direction.ignored) return direction.pending.clear();
      ++direction.skipped;
      ++at;
      direction.in_step = false;
      continue;
    }
    direction.in_step = true;
    if (!*message) break;
    direction.ever = true;
    take_message(connection, side, **message, time);
    at += (*message)->whole.size();
  }
  direction.pending.erase(direction.pending.begin(), direction.pending.begin() + static_cast<std::ptrdiff_t>(at));
}

// Moves `at` to where a message begins. False: none does so far.
bool Conversations::find_marker(const Connection& connection, Direction& direction, std::size_t& at) {
  const base::Bytes pending = direction.pending;
  while (at < pending.size()) {
    const Header header = header_at(pending.subspan(at));
    if (header == Header::yes) return true;
    if (header == Header::not_yet) return false;
    ++direction.skipped;
    ++at;
  }
  if (!direction.ever && !connection.bgp_port && direction.skipped > k_search_max) direction.ignored = true;
  return false;
}

void Conversations::take_message(Connection& connection, std::size_t side, const bgp::RawMessage& message, double time) {
  Direction& direction = connection.directions[side];
  if (static_cast<bgp::MessageType>(message.type) == bgp::MessageType::open) {
    if (auto open = bgp::decode_open(message.body())) {
      direction.open = std::move(*open);
      agree(connection);
    }
  }
  take_({message.whole, time, &direction.source});
}

// What each direction's messages are, as far as the OPENs tell.
void Conversations::agree(Connection& connection) {
  for (std::size_t side = 0; side < connection.directions.size(); ++side) {
    Direction& sender = connection.directions[side];
    const Direction& receiver = connection.directions[1 - side];
    api::MessageSource& source = sender.source;
    source.neighbor.peer = side == 0 ? connection.key.first.address : connection.key.second.address;
    source.neighbor.local = side == 0 ? connection.key.second.address : connection.key.first.address;
    source.neighbor.peer_as = sender.open ? sender.open->asn() : base::Asn{};
    source.neighbor.local_as = receiver.open ? receiver.open->asn() : base::Asn{};
    source.neighbor.router_id = receiver.open ? std::optional(receiver.open->router_id) : std::nullopt;
    source.asn4 = std::nullopt;
    source.add_path = {};
    // RFC 6793 section 4.1: one that does not say so is enough.
    for (const Direction& end : connection.directions) {
      if (end.open && !end.open->capabilities.asn4) source.asn4 = false;
    }
    if (!sender.open || !receiver.open) continue;
    if (!source.asn4) source.asn4 = true;
    source.add_path = path_identifiers(sender.open->capabilities, receiver.open->capabilities);
  }
}

void Conversations::finish(Connection& connection) {
  for (std::size_t side = 0; side < connection.directions.size(); ++side) {
    connection.directions[side].stream.finish([&](base::Bytes octets, double when) { take_octets(connection, side, octets, when); });
    Direction& direction = connection.directions[side];
    direction.skipped += direction.pending.size();
    direction.pending.clear();
    if (direction.ever || connection.bgp_port) lost_octets_ += direction.skipped;
    direction.skipped = 0;
  }
}

}  // namespace tandem::capture
