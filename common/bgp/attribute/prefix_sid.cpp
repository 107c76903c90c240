// BGP Prefix-SID (RFC 8669) with the services of SRv6 (RFC 9252). Octets are kept as they came; of a TLV that comes twice the first
// one is shown.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/asn.hpp"
#include "common/base/ip.hpp"
#include "common/bgp/attribute/rows.hpp"
#include "common/bgp/value_reader.hpp"

namespace tandem::bgp {

namespace {

enum class Type : std::uint8_t { label_index = 1, originator_srgb = 3, l3_service = 5, l2_service = 6 };

constexpr std::size_t k_label_index_size = 7;  // reserved, flags, index
constexpr std::size_t k_srgb_flags_size = 2;
constexpr std::size_t k_srgb_size = 6;         // base and range
constexpr std::uint8_t k_sid_information = 1;  // a sub-TLV of a service
constexpr std::size_t k_sid_size = 16;
constexpr std::uint8_t k_sid_structure = 1;    // a sub-sub-TLV of it
constexpr std::size_t k_structure_size = 6;
constexpr std::string_view k_structure_names[k_structure_size] = {"locator-block-length", "locator-node-length", "function-length",
                                                                  "argument-length", "transposition-length", "transposition-offset"};
constexpr std::uint16_t k_opaque_behavior = 0xFFFF;  // RFC 8986 section 10.2: the behavior is not said

// All three levels have the same head.
struct Tlv {
  std::uint8_t type = 0;
  base::Bytes value;
};
[[nodiscard]] std::optional<Tlv> next_tlv(base::ByteReader& reader) {
  Tlv tlv;
  tlv.type = reader.u8();
  tlv.value = reader.take(reader.u16());
  return reader.ok() ? std::optional(tlv) : std::nullopt;
}

struct SidInformation {
  base::Bytes sid;
  std::uint8_t flags = 0;
  std::uint16_t behavior = 0;
  base::Bytes rest;  // sub-sub-TLVs
};
[[nodiscard]] std::optional<SidInformation> read_sid(base::Bytes value) {
  base::ByteReader reader(value);
  SidInformation sid;
  reader.skip(1);
  sid.sid = reader.take(k_sid_size);
  sid.flags = reader.u8();
  sid.behavior = reader.u16();
  reader.skip(1);
  if (!reader.ok()) return std::nullopt;
  sid.rest = reader.rest();
  while (!reader.empty()) {
    const auto tlv = next_tlv(reader);
    if (!tlv || (tlv->type == k_sid_structure && tlv->value.size() != k_structure_size)) return std::nullopt;
  }
  return sid;
}

[[nodiscard]] bool is_good_service(base::Bytes value) {
  base::ByteReader reader(value);
  reader.skip(1);  // reserved
  if (!reader.ok()) return false;
  while (!reader.empty()) {
    const auto tlv = next_tlv(reader);
    if (!tlv || (tlv->type == k_sid_information && !read_sid(tlv->value))) return false;
  }
  return true;
}

[[nodiscard]] bool is_good(const Tlv& tlv) {
  switch (Type{tlv.type}) {
    case Type::label_index: return tlv.value.size() == k_label_index_size;
    case Type::originator_srgb:
      return tlv.value.size() >= k_srgb_flags_size && (tlv.value.size() - k_srgb_flags_size) % k_srgb_size == 0;
    case Type::l3_service:
    case Type::l2_service: return is_good_service(tlv.value);
  }
  return true;
}

bool well_formed(base::Bytes value, const AttributeContext&) {
  base::ByteReader reader(value);
  while (!reader.empty()) {
    const auto tlv = next_tlv(reader);
    if (!tlv || !is_good(*tlv)) return false;
  }
  return true;
}

// RFC 9252 section 7: a service that cannot be read makes the route worthless, a label index does not (RFC 8669 section 6).
ErrorAction when_malformed(base::Bytes value) {
  base::ByteReader reader(value);
  while (reader.ok() && !reader.empty()) {
    const std::uint8_t type = reader.u8();
    if (Type{type} == Type::l3_service || Type{type} == Type::l2_service) return ErrorAction::treat_as_withdraw;
    reader.skip(reader.u16());
  }
  return ErrorAction::discard;
}

// --- out

void sid_json(const SidInformation& sid, base::JsonWriter& out) {
  out.member("sid", base::IpAddress::from_bytes(sid.sid).text());
  out.member("flags", sid.flags);
  out.member("endpoint_behavior", sid.behavior);
  base::ByteReader reader(sid.rest);
  std::array<bool, 256> shown{};  // a member has one value: the first one
  while (const auto tlv = next_tlv(reader)) {
    if (std::exchange(shown[tlv->type], true)) continue;
    if (tlv->type != k_sid_structure) {
      out.member(fmt::format("sub-sub-tlv-{}", tlv->type), "0x" + base::to_hex(tlv->value, base::HexCase::upper));
    } else {
      out.key("structure");
      out.begin_object();
      for (std::size_t i = 0; i < k_structure_size; ++i) out.member(k_structure_names[i], tlv->value[i]);
      out.end_object();
    }
  }
}

void service_json(base::Bytes value, base::JsonWriter& out) {
  out.begin_array();
  base::ByteReader reader(value.subspan(1));
  while (!reader.empty()) {
    const auto tlv = next_tlv(reader);
    if (!tlv) break;
    out.begin_object();
    if (tlv->type == k_sid_information) {
      sid_json(*read_sid(tlv->value), out);
    } else {
      out.member("type", tlv->type);
      out.member("raw", base::to_hex(tlv->value));
    }
    out.end_object();
  }
  out.end_array();
}

void tlv_json(const Tlv& tlv, base::JsonWriter& out) {
  base::ByteReader reader(tlv.value);
  switch (Type{tlv.type}) {
    case Type::label_index:
      reader.skip(k_label_index_size - 4);
      out.member("sr-label-index", reader.u32());
      return;
    case Type::originator_srgb:
      reader.skip(k_srgb_flags_size);
      out.key("sr-srgbs");
      out.begin_array();
      while (!reader.empty()) {
        out.begin_array();
        out.number(reader.u24());
        out.number(reader.u24());
        out.end_array();
      }
      out.end_array();
      return;
    case Type::l3_service:
    case Type::l2_service:
      out.key(Type{tlv.type} == Type::l3_service ? "l3-service" : "l2-service");
      service_json(tlv.value, out);
      return;
  }
  out.member(fmt::format("attribute-not-implemented-{}", tlv.type), "0x" + base::to_hex(tlv.value, base::HexCase::upper));
}

std::string shape() {
  const std::string structure = fmt::format("{}: u8", fmt::join(k_structure_names, ": u8, "));
  const std::string service = fmt::format(
      "[{{ sid: ipv6, flags: u8, endpoint_behavior: u16, structure?: {{ {} }}, `sub-sub-tlv-[0-9]+`: hex }} | {{ type: u8, raw: octets }}]", structure);
  return fmt::format("{{ sr-label-index?: u32, sr-srgbs?: [[u24, u24]], l3-service?: {0}, l2-service?: {0}, `attribute-not-implemented-[0-9]+`: hex }}",
                     service);
}

void json(base::Bytes value, const AttributeContext&, base::JsonWriter& out) {
  out.begin_object();
  std::array<bool, 256> shown{};
  base::ByteReader reader(value);
  while (!reader.empty()) {
    const Tlv tlv = next_tlv(reader).value_or(Tlv{});
    if (!std::exchange(shown[tlv.type], true)) tlv_json(tlv, out);
  }
  out.end_object();
}

// --- in

void write_label_index(std::uint32_t index, base::Buffer& out) {
  base::ByteWriter writer(out);
  writer.u8(static_cast<std::uint8_t>(Type::label_index));
  writer.u16(k_label_index_size);
  writer.fill(k_label_index_size - 4, 0);
  writer.u32(index);
}

struct Service {
  Type type = Type::l3_service;
  base::IpAddress sid;
  std::uint16_t behavior = k_opaque_behavior;
  std::optional<std::array<std::uint8_t, k_structure_size>> structure;
};

void write_service(const Service& service, base::Buffer& out) {
  constexpr std::size_t k_head = 3;
  const std::size_t structure = service.structure ? k_head + k_structure_size : 0;
  const std::size_t sid = 1 + k_sid_size + 1 + 2 + 1 + structure;
  base::ByteWriter writer(out);
  writer.u8(static_cast<std::uint8_t>(service.type));
  writer.u16(static_cast<std::uint16_t>(1 + k_head + sid));
  writer.u8(0);
  writer.u8(k_sid_information);
  writer.u16(static_cast<std::uint16_t>(sid));
  writer.u8(0);
  writer.bytes(service.sid.bytes());
  writer.u8(0);  // flags
  writer.u16(service.behavior);
  writer.u8(0);
  if (!service.structure) return;
  writer.u8(k_sid_structure);
  writer.u16(k_structure_size);
  writer.bytes(*service.structure);
}

base::Result<std::uint64_t> read_number(ValueReader& reader, std::string_view expected, std::uint64_t maximum) {
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(expected);
  auto number = base::parse_decimal(word->text, maximum);
  if (!number) number = parse_hex_number(word->text, maximum);
  if (!number) return reader.refuse(*word, expected);
  return *number;
}

// "( BASE,RANGE )", behind the first parenthesis.
base::Result<void> read_srgb(ValueReader& reader, base::ByteWriter& writer) {
  constexpr std::string_view k_expected = "( BASE, RANGE ) with numbers up to 16777215";
  const auto base = read_number(reader, k_expected, 0xFFFFFF);
  if (!base) return base.error();
  if (!reader.take(",")) return reader.missing("','");
  const auto range = read_number(reader, k_expected, 0xFFFFFF);
  if (!range) return range.error();
  if (!reader.take(")")) return reader.missing("')'");
  writer.u24(static_cast<std::uint32_t>(*base));
  writer.u24(static_cast<std::uint32_t>(*range));
  return {};
}

// "INDEX ]" or "INDEX, [ ( BASE,RANGE ) ... ] ]", behind the first bracket.
base::Result<void> read_label_index(ValueReader& reader, base::Buffer& out) {
  const auto index = read_number(reader, "a label index from 0 to 4294967295", 0xFFFFFFFF);
  if (!index) return index.error();
  write_label_index(static_cast<std::uint32_t>(*index), out);
  static_cast<void>(reader.take(","));
  if (reader.take("[")) {
    base::ByteWriter writer(out);
    writer.u8(static_cast<std::uint8_t>(Type::originator_srgb));
    const std::size_t length_at = writer.size();
    writer.u16(0);
    writer.fill(k_srgb_flags_size, 0);
    while (!reader.take("]")) {
      if (reader.take(",")) continue;
      if (!reader.take("(")) return reader.missing("'(' or ']'");
      if (auto read = read_srgb(reader, writer); !read) return read;
    }
    writer.patch_u16(length_at, static_cast<std::uint16_t>(writer.size() - length_at - 2));
  }
  if (!reader.take("]")) return reader.missing("']'");
  return {};
}

base::Result<void> read_structure(ValueReader& reader, Service& service) {
  service.structure.emplace();
  for (std::size_t i = 0; i < k_structure_size; ++i) {
    if (i != 0) static_cast<void>(reader.take(","));
    const auto number = read_number(reader, "six numbers from 0 to 255", 0xFF);
    if (!number) return number.error();
    (*service.structure)[i] = static_cast<std::uint8_t>(*number);
  }
  if (!reader.take("]")) return reader.missing("']'");
  return {};
}

// A SID in the form of drafts before RFC 9252, which deprecates it: three octets of reserved bits and flags in front.
void write_early_sid(std::uint8_t type, const base::IpAddress& sid, base::Buffer& out) {
  base::ByteWriter writer(out);
  writer.u8(type);
  writer.u16(3 + k_sid_size);
  writer.fill(3, 0);
  writer.bytes(sid.bytes());
}

// What may stand behind the parenthesis. Those of ExaBGP 4.2 are the forms of drafts; of l3vpn the draft's octets are malformed by now,
// and it is the service that it became.
struct ServiceWord {
  std::string_view name;
  std::uint8_t type;
  bool early = false;
};
constexpr ServiceWord k_service_words[] = {{"l3-service", static_cast<std::uint8_t>(Type::l3_service)},
                                           {"l2-service", static_cast<std::uint8_t>(Type::l2_service)},
                                           {"l3vpn", static_cast<std::uint8_t>(Type::l3_service)},
                                           {"ipv6", 2, true},
                                           {"vpn", 4, true}};

// "l3-service SID [BEHAVIOR [ [LB,LN,F,A,TL,TO] ]] )", behind the parenthesis.
base::Result<void> read_service(ValueReader& reader, base::Buffer& out) {
  Service service;
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing("l3-service or l2-service", {"l3-service", "l2-service"});
  const auto* row = std::find_if(std::begin(k_service_words), std::end(k_service_words), [&](const ServiceWord& each) { return each.name == word->text; });
  if (row == std::end(k_service_words)) return reader.refuse(*word, "l3-service or l2-service", {"l3-service", "l2-service"});
  service.type = Type{row->type};
  word = reader.word();
  const auto sid = word == nullptr ? std::nullopt : base::IpAddress::parse(word->text);
  if (word == nullptr) return reader.missing("an IPv6 address");
  if (!sid || !sid->is_v6()) return reader.refuse(*word, "an IPv6 address");
  service.sid = *sid;
  if (row->early) {
    write_early_sid(row->type, *sid, out);
    if (!reader.take(")")) return reader.missing("')'");
    return {};
  }
  if (!reader.take(")")) {
    const auto behavior = read_number(reader, "an endpoint behavior from 0 to 0xFFFF", 0xFFFF);
    if (!behavior) return behavior.error();
    service.behavior = static_cast<std::uint16_t>(*behavior);
    if (reader.take("[")) {
      if (auto read = read_structure(reader, service); !read) return read;
    }
    if (!reader.take(")")) return reader.missing("')'");
  }
  write_service(service, out);
  return {};
}

base::Result<std::size_t> parse_any(std::string_view keyword, base::Tokens tokens, AttributeBuilder& builder) {
  ValueReader reader(keyword, tokens);
  base::Buffer value;
  if (reader.take("[")) {
    if (auto read = read_label_index(reader, value); !read) return read.error();
  } else if (reader.take("(")) {
    if (auto read = read_service(reader, value); !read) return read.error();
  } else {
    constexpr std::string_view k_expected = "[ INDEX ], ( l3-service SID ... ), or 0x and its octets";
    const base::Token* word = reader.word();
    if (word == nullptr) return reader.missing(k_expected);
    const auto octets = word->text.starts_with("0x") ? base::from_hex(word->text.substr(2)) : std::nullopt;
    if (!octets || !well_formed(*octets, {})) return reader.refuse(*word, k_expected);
    value = *octets;
  }
  set_attribute(builder, AttributeCode::prefix_sid, value);
  return reader.taken();
}

base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder) { return parse_any("bgp-prefix-sid", tokens, builder); }
base::Result<std::size_t> parse_srv6(base::Tokens tokens, AttributeBuilder& builder) {
  return parse_any("bgp-prefix-sid-srv6", tokens, builder);
}

// --- text out: what parse_any reads, as octets where that cannot say all of it

[[nodiscard]] std::optional<std::string> label_index_text(base::Bytes value) {
  base::ByteReader reader(value);
  const auto first = next_tlv(reader);
  if (!first || Type{first->type} != Type::label_index) return std::nullopt;
  base::ByteReader index(first->value.subspan(k_label_index_size - 4));
  std::string out = fmt::format("[ {}", index.u32());
  if (!reader.empty()) {
    const auto second = next_tlv(reader);
    if (!second || Type{second->type} != Type::originator_srgb) return std::nullopt;
    out += ", [";
    base::ByteReader ranges(second->value.subspan(k_srgb_flags_size));
    while (!ranges.empty()) {
      const std::uint32_t base = ranges.u24();
      const std::uint32_t range = ranges.u24();
      out += fmt::format(" ( {},{} ){}", base, range, ranges.empty() ? "" : ",");
    }
    out += " ]";
  }
  return out + " ]";
}

[[nodiscard]] std::optional<std::string> service_text(base::Bytes value) {
  base::ByteReader reader(value);
  const auto tlv = next_tlv(reader);
  if (!tlv || (Type{tlv->type} != Type::l3_service && Type{tlv->type} != Type::l2_service) || tlv->value.size() < 2) return std::nullopt;
  base::ByteReader inner(tlv->value.subspan(1));
  const auto information = next_tlv(inner);
  const auto sid = information && information->type == k_sid_information ? read_sid(information->value) : std::nullopt;
  if (!sid) return std::nullopt;
  std::string out = fmt::format("( {} {} 0x{:x}", Type{tlv->type} == Type::l3_service ? "l3-service" : "l2-service",
                                base::IpAddress::from_bytes(sid->sid).text(), sid->behavior);
  if (!sid->rest.empty()) {
    base::ByteReader rest(sid->rest);
    const auto structure = next_tlv(rest);
    if (!structure || structure->type != k_sid_structure) return std::nullopt;
    out += fmt::format(" [{}]", fmt::join(structure->value, ","));
  }
  return out + " )";
}

void text(base::Bytes value, const AttributeContext&, std::string& out) {
  auto written = label_index_text(value);
  if (!written) written = service_text(value);
  if (written) {
    // Only what comes back as the same octets: flags, reserved fields and further TLVs have no words.
    AttributeBuilder again;
    const auto read = parse(split_words(*written), again);
    const auto attribute = read ? next_attribute(again.canonical()) : std::nullopt;
    if (attribute && std::equal(attribute->value.begin(), attribute->value.end(), value.begin(), value.end())) {
      out += *written;
      return;
    }
  }
  out += "0x";
  base::append_hex(out, value, base::HexCase::lower);
}

constexpr AttributeKeyword k_keywords[] = {{"bgp-prefix-sid", "[ INDEX ]|[ INDEX, [ ( BASE,RANGE ) ... ] ]", parse},
                                           {"bgp-prefix-sid-srv6", "( l3-service|l2-service SID [BEHAVIOR [ [LB,LN,F,A,TL,TO] ]] )", parse_srv6}};

}  // namespace

extern const AttributeTraits k_prefix_sid_row{.code = AttributeCode::prefix_sid, .name = "bgp-prefix-sid", .flags = k_optional_transitive,
                                              .when_malformed = ErrorAction::discard, .malformed_action = when_malformed,
                                              .well_formed = well_formed, .json = json, .shape = shape, .text = text, .keywords = k_keywords};

}  // namespace tandem::bgp
