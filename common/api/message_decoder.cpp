#include "common/api/message_decoder.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/json_writer.hpp"
#include "common/bgp/attribute/attributes.hpp"
#include "common/bgp/message/header.hpp"
#include "common/bgp/nlri/codec.hpp"
#include "common/rib/route.hpp"

namespace tandem::api {

namespace {

using bgp::AttributeCode;
using bgp::MessageType;

constexpr std::size_t k_marker_size = 16;

[[nodiscard]] bool has_marker(base::Bytes octets) {
  return octets.size() >= k_marker_size && std::all_of(octets.begin(), octets.begin() + k_marker_size, [](std::uint8_t octet) { return octet == 0xFF; });
}

[[nodiscard]] EventForm event_form(DecodedForm form) {
  switch (form) {
    case DecodedForm::json_v4: return EventForm::json_v4;
    case DecodedForm::json_v6: return EventForm::json_v6;
    case DecodedForm::text:
    case DecodedForm::commands: break;
  }
  return EventForm::text;
}

// The path attributes of the body of an UPDATE, as far as they can be found.
[[nodiscard]] base::Bytes attributes_of(base::Bytes body) {
  base::ByteReader reader(body);
  reader.skip(reader.u16());
  const base::Bytes attributes = reader.take(reader.u16());
  return reader.ok() ? attributes : base::Bytes();
}

// RFC 4271 section 4.3: segments of a type, a count, and as many AS numbers.
[[nodiscard]] bool is_as_path(base::Bytes value, std::size_t width) {
  base::ByteReader reader(value);
  while (reader.left() != 0) {
    const unsigned type = reader.u8();
    const std::size_t count = reader.u8();
    reader.skip(count * width);
    if (!reader.ok() || type < 1 || type > 4 || count == 0) return false;
  }
  return true;
}

// The width of AS numbers that fits what is there. An AS_PATH of one width is seldom one of the other, too; where it is (an empty one
// always is), AS4_PATH and AS4_AGGREGATOR are only sent beside the narrow ones (RFC 6793 section 4.2.2), and AGGREGATOR has a length for each.
[[nodiscard]] bool has_wide_as_numbers(base::Bytes attributes) {
  bool wide = true;
  while (!attributes.empty()) {
    const auto attribute = bgp::next_attribute(attributes);
    if (!attribute) break;
    attributes = attributes.subspan(attribute->whole.size());
    switch (AttributeCode{attribute->code}) {
      case AttributeCode::as_path: {
        const bool fits_wide = is_as_path(attribute->value, 4);
        if (fits_wide != is_as_path(attribute->value, 2)) return fits_wide;
        break;
      }
      case AttributeCode::as4_path:
      case AttributeCode::as4_aggregator: wide = false; break;
      case AttributeCode::aggregator:
        if (attribute->value.size() == 6) wide = false;
        break;
      default: break;
    }
  }
  return wide;
}

// Calls visit(block, next hop) for what the UPDATE announces, and with null for what it withdraws.
template <typename Visitor>
void for_each_block(const bgp::Update& update, Visitor&& visit) {
  const bool refused = !update.treat_as_withdraw.empty();  // RFC 7606 section 2
  if (!update.announced.empty()) visit(update.announced, refused ? nullptr : &update.next_hop);
  if (!update.mp_announced.empty()) visit(update.mp_announced, refused ? nullptr : &update.mp_next_hop);
  if (!update.withdrawn.empty()) visit(update.withdrawn, nullptr);
  if (!update.mp_withdrawn.empty()) visit(update.mp_withdrawn, nullptr);
}

// What a command says beside the NLRI; null: nothing.
struct RouteWords {
  const bgp::NextHop* next_hop = nullptr;
  const rib::AttributeSet* attributes = nullptr;
};

// Attributes beside NLRI that are withdrawn belong to what is announced, if anything is; else to them, in families whose withdraws have
// some.
RouteWords words_of_withdraw(const MessageEvent& event, const bgp::FamilyTraits& traits) {
  const bgp::Update& update = *event.update;
  if (!update.announced.empty() || !update.mp_announced.empty() || traits.has(bgp::FamilyRule::bare_withdraw)) return {};
  return {traits.has(bgp::FamilyRule::next_hop_attribute) ? &update.next_hop : nullptr, event.attributes.get()};
}

// The commands that would say the same to a speaker.
void append_commands(const MessageEvent& event, std::string& out) {
  const bgp::Update& update = *event.update;
  if (update.end_of_rib) {
    out += "announce eor " + bgp::to_string(*update.end_of_rib) + '\n';
    return;
  }
  const bool without_nlri = update.announced.empty() && update.withdrawn.empty() && update.mp_announced.empty() && update.mp_withdrawn.empty();
  if (without_nlri && update.skipped.empty() && event.attributes && !event.attributes->text().empty()) {
    out += "announce " + rib::describe(rib::Route{{}, event.attributes}) + '\n';
    return;
  }
  const rib::AttributeSet* announced_with = event.attributes ? event.attributes.get() : event.mp_attributes.get();
  for_each_block(update, [&](const bgp::NlriBlock& block, const bgp::NextHop* next_hop) {
    const bgp::NlriCodec& codec = *bgp::nlri_codec(block.family);
    const bgp::Family family = bgp::family_at(block.family);
    // Where a route is no prefix with words behind it, its text begins with the word of its SAFI.
    const bool prefix = codec.grammar != nullptr && codec.grammar->claim != nullptr;
    const std::string head = (next_hop != nullptr ? "announce " : "withdraw ") + (prefix ? bgp::to_string(family) : bgp::to_string(family.afi)) + ' ';
    const RouteWords words = next_hop != nullptr ? RouteWords{next_hop, announced_with} : words_of_withdraw(event, bgp::family_traits(block.family));
    block.for_each([&](const bgp::NlriKey& key) {
      out += head;
      codec.text(key, out);
      if (words.next_hop != nullptr && words.next_hop->known()) out += " next-hop " + words.next_hop->address.text();
      if (words.attributes != nullptr) out += words.attributes->text();
      out += '\n';
    });
  });
}

}  // namespace

MessageDecoder::MessageDecoder(DaemonIdentity daemon, DecodeOptions options, rib::AttributePool& pool)
    : encoder_(std::move(daemon), options.dialect), options_(std::move(options)), pool_(pool) {
  assume({});
}

void MessageDecoder::set_source(const MessageSource& source) {
  options_.neighbor = source.neighbor;
  asn4_ = source.asn4;
  assume(source.add_path);
}

void MessageDecoder::append_state(bool up, double time, std::string& out) const {
  if (options_.form == DecodedForm::commands) return;
  encoder_.state(event_form(options_.form), options_.neighbor, time, up ? "up" : "down", {}, out);
}

base::Result<void> MessageDecoder::decode(base::Bytes octets, double time, std::string& out) {
  if (options_.kind == OctetsKind::nlri) return decode_nlri(octets, out);
  if (!has_marker(octets)) {
    const auto type = options_.kind == OctetsKind::open ? MessageType::open : MessageType::update;
    base::Buffer whole;
    const std::size_t start = bgp::begin_message(whole, type);
    if (octets.size() > bgp::k_extended_message_size - whole.size()) return base::Error("there are more octets than a message can have");
    whole.insert(whole.end(), octets.begin(), octets.end());
    bgp::finish_message(whole, start);
    return decode_message({static_cast<std::uint8_t>(type), whole}, time, out);
  }
  while (!octets.empty()) {
    const auto next = bgp::next_message(octets, bgp::k_rules_of_others);
    if (!next) return next.error();
    if (!*next) return base::Error(fmt::format("the message is not complete: {} octets", octets.size()));
    const bgp::RawMessage& message = **next;
    const auto type = static_cast<MessageType>(message.type);
    if ((options_.kind == OctetsKind::update && type != MessageType::update) || (options_.kind == OctetsKind::open && type != MessageType::open)) {
      return base::Error(fmt::format("the message is of type {}", bgp::upper_name(message.type)));
    }
    if (auto decoded = decode_message(message, time, out); !decoded) return decoded.error();
    octets = octets.subspan(message.whole.size());
  }
  return {};
}

base::Result<void> MessageDecoder::decode_message(const bgp::RawMessage& message, double time, std::string& out) {
  MessageEvent event;
  event.direction = EventDirection::decoded;
  event.message = message;
  switch (static_cast<MessageType>(message.type)) {
    case MessageType::open: {
      const auto open = bgp::decode_open(message.body());
      if (!open) return open.error();
      event.open = &*open;
      append(event, time, out);
      return {};
    }
    case MessageType::update: return decode_update(event, time, out);
    case MessageType::route_refresh: {
      const bgp::RouteRefresh refresh = bgp::decode_route_refresh(message.body());
      event.refresh = &refresh;
      append(event, time, out);
      return {};
    }
    case MessageType::operational: {
      const auto operational = bgp::decode_operational(message.body());
      if (!operational) return operational.error();
      event.operational = &*operational;
      append(event, time, out);
      return {};
    }
    case MessageType::notification:
    case MessageType::keepalive: break;
  }
  append(event, time, out);
  return {};
}

base::Result<void> MessageDecoder::decode_update(MessageEvent& event, double time, std::string& out) {
  const bgp::Negotiated& session = session_of(event.message.body());
  const auto update = bgp::decode_update(event.message.body(), session);
  if (!update) return update.error();
  event.update = &*update;
  if (update->treat_as_withdraw.empty()) {
    const auto intern = [&](const bgp::NextHop& next_hop) {
      return pool_.intern_received(update->attributes.wire(), update->attributes.asn4, next_hop);
    };
    const bool only_withdraws = update->announced.empty() && update->mp_announced.empty() && !update->end_of_rib;
    if (!update->announced.empty() || (only_withdraws && options_.form == DecodedForm::commands)) event.attributes = intern(update->next_hop);
    if (!update->mp_announced.empty()) event.mp_attributes = intern(update->mp_next_hop);
  }
  append(event, time, out);
  if (update->skipped.empty()) return {};
  const bgp::Family skipped = update->skipped.front().family;
  const std::string family = bgp::to_string(skipped);
  if (session.family_set.contains(skipped) || !bgp::family_index(skipped)) {
    return base::Error(fmt::format("what it says about {} cannot be decoded", family));
  }
  return base::Error(fmt::format("what it says about {} is left out: it is no family of this session", family));
}

void MessageDecoder::append(const MessageEvent& event, double time, std::string& out) {
  if (options_.form == DecodedForm::commands && event.update != nullptr) return append_commands(event, out);
  encoder_.message(event_form(options_.form), options_.neighbor, time, event, nullptr, out);
}

base::Result<void> MessageDecoder::decode_nlri(base::Bytes octets, std::string& out) const {
  const auto index = bgp::family_index(options_.family);
  const bgp::NlriCodec* codec = index ? bgp::nlri_codec(*index) : nullptr;
  if (codec == nullptr) return base::Error("NLRI of " + bgp::to_string(options_.family) + " cannot be decoded yet");
  bgp::NlriBlock block;
  block.family = *index;
  block.add_path = options_.path_identifiers;
  block.octets = octets;
  const auto count = codec->check(block.context(), octets);
  if (!count) return count.error();
  const bgp::NlriJson form{false, options_.form == DecodedForm::json_v4, options_.dialect, nullptr};
  block.for_each([&](const bgp::NlriKey& key) {
    if (event_form(options_.form) == EventForm::text) {
      bgp::append_nlri(key, "", options_.dialect, out);
    } else {
      base::JsonWriter json(out);
      bgp::nlri_json(key, form, json);
    }
    out += '\n';
  });
  if (count->skipped != 0) return base::Error(fmt::format("{} of them cannot be understood and are left out", count->skipped));
  return {};
}

const bgp::Negotiated& MessageDecoder::session_of(base::Bytes update) const {
  if (options_.session) return *options_.session;
  const bool wide = asn4_ ? *asn4_ : has_wide_as_numbers(attributes_of(update));
  return wide ? wide_ : narrow_;
}

void MessageDecoder::assume(bgp::FamilySet add_path) {
  if (options_.path_identifiers) {
    for (bgp::FamilyIndex index = 0; index < bgp::k_family_count; ++index) {
      if (bgp::family_traits(index).has(bgp::FamilyRule::add_path)) add_path.insert(index);
    }
  }
  if (!wide_.families.empty() && wide_.add_path_receive == add_path) return;
  bgp::Negotiated session;
  // Of the own AS, so that nothing is left out for having come from outside.
  session.local_as = session.peer_as = base::Asn{1};
  session.message_size = bgp::k_extended_message_size;
  session.aigp = true;
  session.link_local_next_hop = true;
  session.add_path_receive = add_path;
  for (bgp::FamilyIndex index = 0; index < bgp::k_family_count; ++index) {
    const bgp::Family family = bgp::family_at(index);
    session.families.push_back(family);
    session.family_set.insert(index);
    for (const bgp::Afi afi : {bgp::Afi::ipv4, bgp::Afi::ipv6}) session.extended_next_hops.push_back({family, afi});
  }
  narrow_ = session;
  session.asn4 = true;
  wide_ = std::move(session);
}

}  // namespace tandem::api
