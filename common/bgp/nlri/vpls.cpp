// VPLS: a block of labels of a site (RFC 4761 section 3.2.2), and the auto-discovery of a PE (RFC 6074 section 3.2.2.1), which is told
// apart by its length. Identity is the NLRI as it stands on the wire.
#include <fmt/format.h>

#include "common/bgp/nlri/codec.hpp"
#include "common/bgp/nlri/nlri_text.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_length_size = 2;
constexpr std::size_t k_rd_size = 8;
constexpr std::size_t k_block_size = 17;      // behind the length
constexpr std::size_t k_discovery_size = 12;  // the same
constexpr std::uint32_t k_label_max = 0xFFFFF;
constexpr std::uint64_t k_u16 = 0xFFFF;
constexpr std::string_view k_word = "vpls";

// What a route says. Either the address of a PE is known, or all others are.
struct Fields {
  std::optional<std::uint16_t> endpoint;
  std::optional<std::uint16_t> offset;
  std::optional<std::uint16_t> size;
  std::optional<std::uint32_t> base;  // three octets: the label, and what is the bottom of the stack elsewhere
  base::IpAddress pe;
};

[[nodiscard]] constexpr std::uint32_t label_octets(std::uint32_t label) { return label << 4 | 1; }

// --- wire

base::Result<NlriStep> decode(const NlriContext& context, base::Bytes in, NlriKey& out) {
  base::ByteReader reader(in);
  const std::size_t length = reader.u16();
  base::Bytes body = reader.take(length);
  if (!reader.ok()) return bad_nlri("the VPLS NLRI is cut short");
  if (length < k_block_size && length != k_discovery_size) {
    return bad_nlri(fmt::format("a VPLS NLRI of {} octets: {} (RFC 4761) or {} (RFC 6074) expected", length, k_block_size, k_discovery_size));
  }
  if (length > k_block_size) body = body.first(k_block_size);
  base::Buffer identity;
  base::ByteWriter writer(identity);
  writer.u16(static_cast<std::uint16_t>(body.size()));
  writer.bytes(body);
  out = NlriKey(context.family, false, identity);
  return NlriStep{reader.position()};
}

[[nodiscard]] base::Bytes rd_of(base::Bytes nlri) { return nlri.subspan(k_length_size, k_rd_size); }
[[nodiscard]] Fields fields_of(base::Bytes nlri) {
  base::ByteReader reader(nlri.subspan(k_length_size + k_rd_size));
  Fields fields;
  if (nlri.size() == k_length_size + k_discovery_size) {
    fields.pe = base::IpAddress::from_bytes(reader.rest());
    return fields;
  }
  fields.endpoint = reader.u16();
  fields.offset = reader.u16();
  fields.size = reader.u16();
  fields.base = reader.u24();
  return fields;
}

// --- text and JSON out

[[nodiscard]] bool is_label_block(const Fields& fields) { return *fields.base >> 4 <= k_label_max - *fields.size; }

// A block whose labels end above the highest one has no words: the octets are shown.
void text(const NlriKey& key, std::string& out) {
  const Fields fields = fields_of(key.identity());
  out += k_word;
  if (!fields.pe && !is_label_block(fields)) {
    append_raw(key.identity(), out);
    return;
  }
  out += " rd " + route_distinguisher_text(rd_of(key.identity()));
  if (fields.pe) {
    out += " pe-address " + fields.pe.text();
    return;
  }
  const std::uint32_t label = *fields.base >> 4;
  const std::string octets = *fields.base == label_octets(label) ? std::string() : fmt::format(" ({})", *fields.base);
  out += fmt::format(" endpoint {} base {}{} offset {} size {}", *fields.endpoint, label, octets, *fields.offset, *fields.size);
}

void json(const NlriKey& key, const NlriJson&, base::JsonWriter& out) {
  const Fields fields = fields_of(key.identity());
  out.begin_object();
  out.member("rd", route_distinguisher_json(rd_of(key.identity())));
  if (fields.pe) {
    out.member("pe-address", fields.pe.text());
  } else {
    out.member("endpoint", *fields.endpoint);
    out.member("base", *fields.base >> 4);
    out.member("offset", *fields.offset);
    out.member("size", *fields.size);
  }
  out.end_object();
}

constexpr base::JsonShape k_shape = "{ rd: route-distinguisher, endpoint: u16, base: u20, offset: u16, size: u16 } | "
                                    "{ rd: route-distinguisher, pe-address: ip }";

// --- text in

[[nodiscard]] Fields& fields_of(NlriDraft& draft) {
  if (!draft.own.has_value()) draft.own = Fields();
  return *std::any_cast<Fields>(&draft.own);
}

template <auto Member>
base::Result<void> take_number(ValueReader& reader, NlriDraft& draft, RouteParts&) {
  const auto number = read_number(reader, k_u16);
  if (!number) return number.error();
  fields_of(draft).*Member = static_cast<std::uint16_t>(*number);
  return {};
}

base::Result<void> take_base(ValueReader& reader, NlriDraft& draft, RouteParts&) {
  const base::Token* word = reader.peek();
  const auto label = read_number(reader, k_label_max);
  if (!label) return label.error();
  const auto octets = read_raw_label(reader);
  if (!octets) return octets.error();
  if (*octets && **octets >> 4 != *label) return reader.fail(*word, fmt::format("label {} does not stand in the octets {}", *label, **octets));
  fields_of(draft).base = octets->value_or(label_octets(static_cast<std::uint32_t>(*label)));
  return {};
}

base::Result<void> take_pe_address(ValueReader& reader, NlriDraft& draft, RouteParts&) {
  const auto address = read_address(reader, Afi::ipv4);
  if (!address) return address.error();
  fields_of(draft).pe = *address;
  return {};
}

[[nodiscard]] std::string_view missing_field(const NlriDraft& draft, const Fields& fields) {
  if (!draft.rd) return "route-distinguisher";
  if (fields.pe) return {};
  if (!fields.endpoint) return "endpoint";
  if (!fields.base) return "base";
  if (!fields.offset) return "offset";
  return fields.size ? std::string_view() : "size";
}

base::Result<NlriKey> make(const NlriDraft& draft) {
  if (!draft.octets.empty()) {
    return draft.rd || draft.own.has_value() ? base::Result<NlriKey>(base::Error("vpls: the octets of the NLRI say all of it")) : make_raw(draft, decode);
  }
  const auto* said = std::any_cast<Fields>(&draft.own);
  const Fields fields = said == nullptr ? Fields() : *said;
  if (const auto missing = missing_field(draft, fields); !missing.empty()) return base::Error(fmt::format("vpls nlri {} missing", missing));
  base::Buffer identity;
  base::ByteWriter writer(identity);
  writer.u16(fields.pe ? k_discovery_size : k_block_size);
  writer.bytes(*draft.rd);
  if (fields.pe) {
    if (fields.endpoint || fields.base || fields.offset || fields.size) {
      return base::Error("vpls nlri has a pe-address (RFC 6074), or endpoint, base, offset and size (RFC 4761), not both");
    }
    writer.bytes(fields.pe.bytes());
  } else {
    if (!is_label_block(fields)) return base::Error("vpls nlri size inconsistency: the labels of the block end above 1048575");
    writer.u16(*fields.endpoint);
    writer.u16(*fields.offset);
    writer.u16(*fields.size);
    writer.u24(*fields.base);
  }
  return NlriKey(*family_index({Afi::l2vpn, Safi::vpls}), false, identity);
}

constexpr NlriKeyword k_keywords[] = {
    {"rd", "RD", take_route_distinguisher},
    {"route-distinguisher", "RD", take_route_distinguisher},
    {"endpoint", "NUMBER", take_number<&Fields::endpoint>},
    {"base", "LABEL", take_base},
    {"offset", "NUMBER", take_number<&Fields::offset>},
    {"size", "NUMBER", take_number<&Fields::size>},
    {"pe-address", "IPV4", take_pe_address},
};
constexpr NlriGrammar k_grammar{"rd RD endpoint NUMBER base LABEL offset NUMBER size NUMBER next-hop ADDRESS|self [attributes]", k_keywords,
                                read_octets_head, make, nullptr};

}  // namespace

extern const NlriCodec k_vpls_codec{decode, check_each<decode>, encode_identity, identity_size, text, json, k_shape, &k_grammar};

}  // namespace tandem::bgp
