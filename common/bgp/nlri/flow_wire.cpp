// A flow rule on the wire: `length(1 or 2) [route distinguisher(8)] components` (RFC 8955 section 4).
//
// What is wrong with the length ends the session; a rule whose components cannot be understood is left out, and the others of the
// UPDATE are taken. Types may come in any order and more than once, as speakers with several prefixes in a rule send them; a filter
// would have to refuse them (RFC 8955 section 4.2), somebody who looks on need not.
#include <fmt/format.h>

#include <algorithm>

#include "common/bgp/nlri/flow.hpp"

namespace tandem::bgp {

namespace {

constexpr unsigned k_ipv4_bits = 32;
constexpr unsigned k_ipv6_bits = 128;
constexpr std::size_t k_short_length_end = 240;  // from here on the length takes two octets

[[nodiscard]] bool is_vpn(FamilyIndex family) { return family_at(family).safi == Safi::flow_vpn; }
[[nodiscard]] std::size_t octets_of(unsigned bits) { return (bits + 7) / 8; }

struct Frame {
  std::size_t header = 0;
  base::Bytes body;
};

base::Result<Frame> read_frame(base::Bytes in) {
  base::ByteReader reader(in);
  std::size_t length = reader.u8();
  if (length >= 0xF0) length = (length & 0x0F) << 8 | reader.u8();
  if (!reader.ok()) return bad_nlri("the length of the flow NLRI is cut short");
  Frame frame{reader.position(), {}};
  if (reader.left() < length) return bad_nlri(fmt::format("Flow NLRI truncated: need {} bytes, got {}", length, reader.left()));
  frame.body = reader.take(length);
  return frame;
}

void write_header(std::size_t length, base::ByteWriter& out) {
  if (length < k_short_length_end) out.u8(static_cast<std::uint8_t>(length));
  else out.u16(static_cast<std::uint16_t>(0xF000 | length));
}

// `length prefix`, in IPv6 `length offset prefix`; nullopt when it is not one.
std::optional<std::size_t> prefix_size(base::Bytes rest, Afi afi, FlowPattern pattern) {
  base::ByteReader reader(rest);
  const unsigned length = reader.u8();
  const unsigned offset = afi == Afi::ipv4 ? 0 : reader.u8();
  if (length > (afi == Afi::ipv4 ? k_ipv4_bits : k_ipv6_bits)) return std::nullopt;
  if (offset != 0 && offset >= length) return std::nullopt;  // RFC 8956 section 3.1
  reader.skip(flow_pattern_octets(length, offset, pattern));
  return reader.ok() ? std::optional(reader.position()) : std::nullopt;
}

// `operation value`, again and again; nullopt when the end is never said.
std::optional<std::size_t> values_size(base::Bytes rest) {
  std::size_t at = 0;
  while (at < rest.size()) {
    const std::uint8_t operation = rest[at];
    at += 1 + flow_width(operation);
    if ((operation & k_flow_end) != 0) return at <= rest.size() ? std::optional(at) : std::nullopt;
  }
  return std::nullopt;
}

// What a walk over all components has found.
struct Reading {
  bool well_formed = true;
  bool canonical = true;     // ascending, no width or bit that we would not write
  bool has_offset = false;
  bool surplus_bits = false; // of a prefix, behind its length
};

// The bits of the last octet of a prefix that belong to it.
[[nodiscard]] std::uint8_t last_octet_mask(unsigned bits) {
  return bits % 8 == 0 ? std::uint8_t{0xFF} : static_cast<std::uint8_t>(0xFF00U >> bits % 8);
}

void read_prefix(const FlowPart& part, Afi afi, FlowPattern pattern, Reading& reading) {
  const unsigned offset = afi == Afi::ipv4 ? 0 : part.body[1];
  if (offset != 0) reading.has_offset = true;
  const unsigned bits = part.body[0] - (pattern == FlowPattern::behind_offset ? offset : 0);
  if (bits % 8 != 0 && (part.body.back() & ~last_octet_mask(bits)) != 0) reading.surplus_bits = true;
}

void read_values(const FlowPart& part, Reading& reading) {
  const unsigned reserved = part.component->kind == FlowKind::numeric ? 0x08 : 0x0C;
  for (std::size_t at = 0; at < part.body.size(); at += 1 + flow_width(part.body[at])) {
    const std::uint8_t operation = part.body[at];
    if ((operation & reserved) != 0 || flow_width(operation) > part.component->widest) reading.canonical = false;
    if (at == 0 && (operation & k_flow_and) != 0) reading.canonical = false;
  }
}

Reading read_components(base::Bytes components, Afi afi, FlowPattern pattern) {
  Reading reading;
  std::uint8_t last = 0;
  while (!components.empty()) {
    const auto part = next_flow_part(components, afi, pattern);
    if (!part) {
      reading.well_formed = reading.canonical = false;
      return reading;
    }
    if (part->component->type < last) reading.canonical = false;
    last = part->component->type;
    if (part->component->kind == FlowKind::prefix) read_prefix(*part, afi, pattern, reading);
    else read_values(*part, reading);
    components = components.subspan(1 + part->body.size());
  }
  return reading;
}

// The form of the patterns of a rule, and what it holds. With an offset the two forms have other sizes, so that usually only one of
// them ends where the rule does; where both do, the one without oddities is meant.
struct Understood {
  FlowPattern pattern = FlowPattern::whole;
  Reading reading;
};
Understood understand(base::Bytes components, Afi afi) {
  const Understood whole{FlowPattern::whole, read_components(components, afi, FlowPattern::whole)};
  if (afi == Afi::ipv4 || whole.reading.canonical || !(whole.reading.has_offset || !whole.reading.well_formed)) return whole;
  const Understood behind{FlowPattern::behind_offset, read_components(components, afi, FlowPattern::behind_offset)};
  const bool better = behind.reading.well_formed && (behind.reading.canonical || !whole.reading.well_formed);
  return better ? behind : whole;
}

// RFC 4271 section 4.3: bits behind the length of a prefix mean nothing, and must not make another rule of it.
void clear_surplus_bits(base::Buffer& components, Afi afi, FlowPattern pattern) {
  for (std::size_t at = 0; at < components.size();) {
    const auto part = next_flow_part(base::Bytes(components).subspan(at), afi, pattern);
    const std::size_t end = at + 1 + part->body.size();
    if (part->component->kind == FlowKind::prefix) {
      const unsigned offset = afi == Afi::ipv4 || pattern == FlowPattern::whole ? 0 : part->body[1];
      const unsigned bits = part->body[0] - offset;
      if (bits % 8 != 0) components[end - 1] &= last_octet_mask(bits);
    }
    at = end;
  }
}

[[nodiscard]] NlriKey make_key(FamilyIndex family, base::Bytes rd, base::Bytes components) {
  base::Buffer identity;
  identity.reserve(2 + rd.size() + components.size());
  base::ByteWriter writer(identity);
  write_header(rd.size() + components.size(), writer);
  writer.bytes(rd);
  writer.bytes(components);
  return {family, false, identity};
}

}  // namespace

std::size_t flow_pattern_octets(unsigned length, unsigned offset, FlowPattern pattern) {
  return octets_of(pattern == FlowPattern::whole ? length : length - offset);
}

std::optional<FlowPart> next_flow_part(base::Bytes rest, Afi afi, FlowPattern pattern) {
  const FlowComponent* component = flow_component(rest[0], afi);
  if (component == nullptr) return std::nullopt;
  const base::Bytes behind = rest.subspan(1);
  const auto size = component->kind == FlowKind::prefix ? prefix_size(behind, afi, pattern) : values_size(behind);
  return size ? std::optional(FlowPart{component, behind.first(*size)}) : std::nullopt;
}

FlowRule flow_rule(const NlriKey& key) {
  const base::Bytes body = read_frame(key.identity())->body;
  const std::size_t rd = is_vpn(key.family()) ? k_flow_rd_size : 0;
  const Afi afi = family_at(key.family()).afi;
  return {afi, body.first(rd), body.subspan(rd), understand(body.subspan(rd), afi).pattern};
}

base::Result<NlriKey> make_flow_key(Family family, base::Bytes rd, base::Bytes components) {
  const std::size_t length = rd.size() + components.size();
  if (length > k_flow_length_max) return base::Error(fmt::format("the rule takes {} octets, more than the {} of an NLRI", length, k_flow_length_max));
  return make_key(*family_index(family), rd, components);
}

base::Result<NlriStep> decode_flow(const NlriContext& context, base::Bytes in, NlriKey& out) {
  const auto frame = read_frame(in);
  if (!frame) return frame.error();
  const std::size_t size = frame->header + frame->body.size();
  const std::size_t rd = is_vpn(context.family) ? k_flow_rd_size : 0;
  if (frame->body.size() < rd) return NlriStep{size, true};
  const base::Bytes components = frame->body.subspan(rd);
  const Afi afi = family_at(context.family).afi;
  const Understood understood = understand(components, afi);
  if (!understood.reading.well_formed) return NlriStep{size, true};
  if (understood.reading.surplus_bits) {
    base::Buffer cleared(components.begin(), components.end());
    clear_surplus_bits(cleared, afi, understood.pattern);
    out = make_key(context.family, frame->body.first(rd), cleared);
  } else if (frame->header == (frame->body.size() < k_short_length_end ? 1U : 2U)) {
    out = NlriKey(context.family, false, in.first(size));
  } else {
    out = make_key(context.family, frame->body.first(rd), components);
  }
  return NlriStep{size};
}

base::Result<NlriCount> check_flow(const NlriContext& context, base::Bytes in) {
  const std::size_t rd = is_vpn(context.family) ? k_flow_rd_size : 0;
  const Afi afi = family_at(context.family).afi;
  NlriCount count;
  while (!in.empty()) {
    const auto frame = read_frame(in);
    if (!frame) return frame.error();
    const bool taken = frame->body.size() >= rd && understand(frame->body.subspan(rd), afi).reading.well_formed;
    ++(taken ? count.taken : count.skipped);
    in = in.subspan(frame->header + frame->body.size());
  }
  return count;
}

}  // namespace tandem::bgp
