#include <string>

#include "common/base/assert.hpp"
#include "common/base/json_writer.hpp"
#include "common/bgp/attribute/attribute_samples.hpp"
#include "common/bgp/capability/codec.hpp"
#include "common/bgp/dialect.hpp"
#include "common/bgp/message/message_samples.hpp"
#include "common/bgp/message/notification.hpp"
#include "common/bgp/message/open.hpp"
#include "common/bgp/message/operational.hpp"
#include "common/bgp/message/route_refresh.hpp"
#include "common/bgp/message/update.hpp"
#include "common/bgp/nlri/nlri_samples.hpp"
#include "common/bgp/sample_octets.hpp"
#include "common/session/session.hpp"
#include "conformance/fuzz/entries.hpp"
#include "harness/messages.hpp"

namespace tandem::conformance::fuzz {

using namespace harness;

namespace {

std::vector<bgp::Family> all_families() {
  std::vector<bgp::Family> out;
  for (const bgp::FamilyTraits& traits : bgp::family_table()) out.push_back(traits.family);
  return out;
}
const std::vector<bgp::Family> k_families = all_families();

bgp::Negotiated negotiated(std::uint8_t choice) {
  bgp::Negotiated out;
  out.local_as = base::Asn{65001};
  out.peer_as = base::Asn{(choice & 1) != 0 ? 65001U : 65002U};
  out.asn4 = (choice & 2) != 0;
  out.message_size = bgp::k_extended_message_size;
  for (const auto family : k_families) {
    const auto index = *bgp::family_index(family);
    out.families.push_back(family);
    out.family_set.insert(index);
    if ((choice & 4) != 0) out.add_path_receive.insert(index);
    if ((choice & 8) != 0) out.extended_next_hops.push_back({family, bgp::Afi::ipv6});
  }
  return out;
}

void walk(const bgp::NlriBlock& block) {
  std::size_t octets = 0;
  std::string text;
  base::Buffer again;
  block.for_each([&](bgp::NlriKey& key) {
    const auto* codec = bgp::nlri_codec(key.family());
    codec->text(key, text);
    again.clear();
    codec->encode(key, block.add_path, again);
    octets += again.size();
  });
  // What was checked decodes to the end, and comes out as it went in.
  TANDEM_ASSERT(block.skipped == 0 ? octets == block.octets.size() : octets <= block.octets.size());
}

void look_at_update(base::Bytes body, std::uint8_t choice) {
  const auto agreed = negotiated(choice);
  const auto update = bgp::decode_update(body, agreed);
  if (!update) {
    // Too short for an UPDATE is a header error (framing refuses it first, but not here): 1/2. Everything else is 3/x.
    const auto* notification = update.error().notification();
    TANDEM_ASSERT(notification != nullptr && notification->code == (body.size() < 4 ? 1 : 3));
    return;
  }
  for (const auto* block : {&update->withdrawn, &update->announced, &update->mp_withdrawn, &update->mp_announced}) walk(*block);
  base::Buffer canonical;
  bgp::canonical_attributes(update->attributes.wire(), agreed.asn4, canonical);
  std::string text;
  base::JsonWriter writer(text);
  bgp::attributes_json(canonical, writer);
  bgp::attributes_text(canonical, text);
  base::Buffer encoded;
  bgp::encode_attributes(canonical, update->next_hop, true, {agreed.local_as, agreed.internal(), (choice & 16) != 0, true}, encoded);
}

void look_at_open(base::Bytes body) {
  const auto open = bgp::decode_open(body);
  if (!open) {
    TANDEM_ASSERT(open.error().notification() != nullptr);
    return;
  }
  base::Buffer again;
  bgp::encode_open(*open, again);
  for (const bgp::Dialect dialect : {bgp::Dialect::main, bgp::Dialect::release_2025_11, bgp::Dialect::release_4_2}) {
    std::string text;
    base::JsonWriter writer(text);
    bgp::capabilities_json(open->capabilities, false, dialect, writer);
  }
  static_cast<void>(bgp::capabilities_text(open->capabilities));
}

void look_at_operational(base::Bytes body) {
  const auto message = bgp::decode_operational(body);
  if (!message) {
    TANDEM_ASSERT(message.error().notification() != nullptr);
    return;
  }
  std::string text;
  bgp::operational_text(*message, text);
  base::Buffer again;
  bgp::encode_operational(*message, again);
  const auto same = bgp::decode_operational(base::Bytes(again).subspan(bgp::k_header_size));
  TANDEM_ASSERT(same.has_value() && *same == *message);
}

void look_at_message(const bgp::RawMessage& message, std::uint8_t choice) {
  switch (static_cast<bgp::MessageType>(message.type)) {
    case bgp::MessageType::open: look_at_open(message.body()); break;
    case bgp::MessageType::update: look_at_update(message.body(), choice); break;
    case bgp::MessageType::notification: {
      const auto notification = bgp::decode_notification(message.body());
      static_cast<void>(bgp::received_message(notification));
      static_cast<void>(bgp::describe(notification.code, notification.subcode));
      break;
    }
    case bgp::MessageType::route_refresh: static_cast<void>(bgp::decode_route_refresh(message.body())); break;
    case bgp::MessageType::operational: look_at_operational(message.body()); break;
    default: break;
  }
}

void cut_and_look(base::Bytes stream, std::uint8_t choice) {
  const bgp::HeaderRules rules{bgp::k_extended_message_size, (choice & 32) != 0};
  while (!stream.empty()) {
    const auto message = bgp::next_message(stream, rules);
    if (!message || !*message) return;
    TANDEM_ASSERT((*message)->whole.size() >= bgp::k_header_size && (*message)->whole.size() <= stream.size());
    look_at_message(**message, choice);
    stream = stream.subspan((*message)->whole.size());
  }
}

session::Parameters parameters() {
  session::Parameters out;
  out.local_as = base::Asn{65001};
  out.router_id = base::RouterId{0x0A000001};
  out.families.assign(k_families.begin(), k_families.end());
  out.route_refresh = true;
  return out;
}

// The octets as the stream of one connection, in pieces, before or after Established.
void feed_session(base::Bytes stream, std::uint8_t choice, std::size_t piece) {
  static const session::Parameters k_parameters = parameters();
  session::Session session(k_parameters);
  const base::TimePoint now{};
  const auto at = base::IpAddress::parse("127.0.0.1").value();
  session.connected({at, 40000}, {at, 179}, now);
  const auto run = [&] {
    while (session.has_input()) {
      const auto inbound = session.step((choice & 2) != 0, now);
      if (inbound && inbound->update) walk(inbound->update->announced);
      while (session.next_event()) {
      }
    }
  };
  if ((choice & 1) != 0) {
    OpenValues values;
    values.families.assign(k_families.begin(), k_families.end());
    session.receive(open(values), now);
    session.receive(keepalive(), now);
    run();
    TANDEM_ASSERT(session.state() == session::State::established);
  }
  while (!stream.empty() && session.wants_input()) {
    const std::size_t count = std::min(piece, stream.size());
    session.receive(stream.first(count), now);
    stream = stream.subspan(count);
    run();
  }
  session.closed("over", now);
}

// Ways for octets to come: as a stream, decoded with or without path identifiers; as a body; to a session, before its OPEN and after.
constexpr std::uint8_t k_plain = 0x02;
constexpr std::uint8_t k_with_paths = 0x06;
constexpr std::uint8_t k_body = 0x42;
constexpr std::uint8_t k_before_open = 0x80;
constexpr std::uint8_t k_established = 0x83;

base::Buffer seed(std::uint8_t choice, const base::Buffer& whole) {
  const bool body = choice == k_body;
  base::Buffer out{choice, static_cast<std::uint8_t>(body ? whole[bgp::k_header_size - 1] - 1 : 40)};
  out.insert(out.end(), whole.begin() + (body ? bgp::k_header_size : 0), whole.end());
  return out;
}

void take(base::Bytes input) {
  if (input.size() < 2) return;
  const std::uint8_t choice = input[0];
  const auto stream = input.subspan(2);
  if ((choice & 0x80) != 0) {
    feed_session(stream, choice, std::size_t{input[1]} + 1);
    return;
  }
  if ((choice & 0x40) != 0) {  // a body of the kind the second octet names, without a header to get right first
    base::Buffer whole(16, 0xFF);
    whole.resize(bgp::k_header_size);
    whole.insert(whole.end(), stream.begin(), stream.end());
    const auto type = static_cast<std::uint8_t>(input[1] % 6 + 1);
    look_at_message({type, whole}, choice);
    return;
  }
  cut_and_look(stream, choice);
}

base::Buffer framed(bgp::MessageType type, base::Bytes body) { return wrap(static_cast<std::uint8_t>(type), body); }

std::vector<base::Buffer> each_kind_of_message() {
  std::vector<base::Buffer> out;
  for (const auto& sample : bgp::testing::message_samples()) out.push_back(framed(sample.type, bgp::testing::sample_octets(sample.body)));
  return out;
}

std::vector<base::Buffer> seeds() {
  std::vector<base::Buffer> messages = each_kind_of_message();
  for (const auto& sample : bgp::testing::nlri_samples()) messages.push_back(framed(bgp::MessageType::update, bgp::testing::update_body(sample)));
  for (const auto& sample : bgp::testing::attribute_samples()) messages.push_back(framed(bgp::MessageType::update, bgp::testing::update_body(sample)));
  std::vector<base::Buffer> out;
  for (const auto& whole : messages) {
    for (const std::uint8_t choice : {k_plain, k_with_paths, k_body, k_before_open, k_established}) out.push_back(seed(choice, whole));
  }
  return out;
}

}  // namespace

Entry message() { return {take, seeds()}; }

std::vector<base::Buffer> messages_to_a_session() {
  std::vector<base::Buffer> out;
  for (const std::uint8_t choice : {k_before_open, k_established}) {
    for (const auto& whole : each_kind_of_message()) out.push_back(seed(choice, whole));
  }
  return out;
}

}  // namespace tandem::conformance::fuzz
