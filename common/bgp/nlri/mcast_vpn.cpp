// Multicast VPN (RFC 6514 section 4): source active and C-multicast joins are understood, other route types are kept as octets.
// Identity is the NLRI as it stands on the wire.
#include <fmt/format.h>

#include <algorithm>

#include "common/bgp/nlri/codec.hpp"
#include "common/bgp/nlri/nlri_text.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_header_size = 2;  // route type and length
constexpr std::size_t k_rd_size = 8;
constexpr std::string_view k_word = "mcast-vpn";

// A route type that is understood.
struct Kind {
  std::uint8_t type;
  std::string_view name;     // in JSON
  std::string_view keyword;
  std::string_view source;   // what the first address is called
  bool has_source_as;
};
constexpr Kind k_kinds[] = {
    {5, "Source Active A-D Route", "source-ad", "source", false},
    {6, "C-Multicast Shared Tree Join route", "shared-join", "rp", true},
    {7, "C-Multicast Source Tree Join route", "source-join", "source", true},
};

[[nodiscard]] const Kind* find_kind(std::uint8_t type) {
  const auto* found = std::find_if(std::begin(k_kinds), std::end(k_kinds), [type](const Kind& kind) { return kind.type == type; });
  return found == std::end(k_kinds) ? nullptr : found;
}

// What a route of a kind says.
struct Fields {
  base::Bytes rd;
  std::uint32_t source_as = 0;
  std::uint8_t source_bits = 0;
  base::IpAddress source;
  std::uint8_t group_bits = 0;
  base::IpAddress group;
};

// nullopt when the body has another form.
[[nodiscard]] std::optional<Fields> read_fields(const Kind& kind, base::Bytes body) {
  base::ByteReader reader(body);
  Fields fields;
  fields.rd = reader.take(k_rd_size);
  if (kind.has_source_as) fields.source_as = reader.u32();
  fields.source_bits = reader.u8();
  fields.source = base::IpAddress::from_bytes(reader.take(fields.source_bits / 8U));
  fields.group_bits = reader.u8();
  fields.group = base::IpAddress::from_bytes(reader.take(fields.group_bits / 8U));
  if (!reader.ok() || !reader.empty() || !fields.source || !fields.group) return std::nullopt;
  return fields.source.bits() == fields.group.bits() ? std::optional(fields) : std::nullopt;
}

base::Result<NlriStep> decode(const NlriContext& context, base::Bytes in, NlriKey& out) {
  base::ByteReader reader(in);
  const std::uint8_t type = reader.u8();
  const base::Bytes body = reader.take(reader.u8());
  if (!reader.ok()) return bad_nlri("the multicast VPN NLRI is cut short");
  const Kind* kind = find_kind(type);
  if (kind != nullptr && !read_fields(*kind, body)) {
    return base::Error::notification(3, 5, fmt::format("a {} of {} octets, or with addresses that do not fill it", kind->name, body.size()));
  }
  out = NlriKey(context.family, false, in.first(reader.position()));
  return NlriStep{reader.position()};
}

// Addresses of the other IP version, and lengths that are not those of addresses, have no words: the octets are shown.
[[nodiscard]] bool has_words(const Fields& fields, FamilyIndex family) {
  const unsigned bits = family_at(family).afi == Afi::ipv4 ? 32 : 128;
  return fields.source_bits == bits && fields.group_bits == bits;
}

void text(const NlriKey& key, std::string& out) {
  const base::Bytes nlri = key.identity();
  out += k_word;
  const Kind* kind = find_kind(nlri[0]);
  const Fields fields = kind == nullptr ? Fields() : *read_fields(*kind, nlri.subspan(k_header_size));
  if (kind == nullptr || !has_words(fields, key.family())) {
    append_raw(nlri, out);
    return;
  }
  out += fmt::format(" {} {} {} group {} rd {}", kind->keyword, kind->source, fields.source.text(), fields.group.text(),
                     route_distinguisher_text(fields.rd));
  if (kind->has_source_as) out += fmt::format(" source-as {}", fields.source_as);
}

void json(const NlriKey& key, const NlriJson&, base::JsonWriter& out) {
  const base::Bytes nlri = key.identity();
  const Kind* kind = find_kind(nlri[0]);
  out.begin_object();
  out.member("code", nlri[0]);
  out.member("parsed", kind != nullptr);
  out.member("raw", base::to_hex(nlri, base::HexCase::upper));
  if (kind != nullptr) {
    const Fields fields = *read_fields(*kind, nlri.subspan(k_header_size));
    out.member("name", kind->name);
    out.member("rd", route_distinguisher_json(fields.rd));
    if (kind->has_source_as) out.member("source-as", fmt::to_string(fields.source_as));
    out.member("source", fields.source.text());
    out.member("group", fields.group.text());
  }
  out.end_object();
}

constexpr base::JsonShape k_shape =
    "{ code: u8, parsed: false, raw: octets } | "
    "{ code: u8, parsed: true, raw: octets, name: string, rd: route-distinguisher, source-as?: digits, source: ip, group: ip }";

// "rp IP group IP rd RD source-as N"
base::Result<void> read_kind(ValueReader& reader, const Kind& kind, NlriDraft& draft) {
  reader.about(kind.keyword);
  if (auto error = reader.expect(kind.source)) return std::move(*error);
  const auto source = read_address(reader, draft.family.afi);
  if (!source) return source.error();
  const Afi afi = source->is_v4() ? Afi::ipv4 : Afi::ipv6;
  if (auto error = reader.expect("group")) return std::move(*error);
  const auto group = read_address(reader, afi);
  if (!group) return group.error();
  if (auto error = reader.expect("rd")) return std::move(*error);
  const auto rd = read_route_distinguisher(reader);
  if (!rd) return rd.error();
  std::uint32_t source_as = 0;
  if (kind.has_source_as) {
    if (auto error = reader.expect("source-as")) return std::move(*error);
    const auto number = read_number(reader, 0xFFFFFFFF);
    if (!number) return number.error();
    source_as = static_cast<std::uint32_t>(*number);
  }
  draft.family.afi = afi;
  base::ByteWriter writer(draft.octets);
  writer.u8(kind.type);
  writer.u8(0);
  writer.bytes(*rd);
  if (kind.has_source_as) writer.u32(source_as);
  for (const base::IpAddress& address : {*source, *group}) {
    writer.u8(static_cast<std::uint8_t>(address.bits()));
    writer.bytes(address.bytes());
  }
  writer.patch_u8(1, static_cast<std::uint8_t>(writer.size() - k_header_size));
  return {};
}

base::Result<void> head(ValueReader& reader, NlriDraft& draft) {
  constexpr std::string_view k_expected = "source-ad, source-join, shared-join, or 0x and the octets of the NLRI";
  std::vector<std::string> words;
  for (const Kind& kind : k_kinds) words.emplace_back(kind.keyword);
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(k_expected, std::move(words));
  for (const Kind& kind : k_kinds) {
    if (word->text == kind.keyword) return read_kind(reader, kind, draft);
  }
  auto octets = parse_raw(word->text);
  if (!octets) return reader.refuse(*word, k_expected, std::move(words));
  draft.octets = std::move(*octets);
  return {};
}

base::Result<NlriKey> make(const NlriDraft& draft) { return make_raw(draft, decode); }

constexpr NlriGrammar k_grammar{"source-ad|source-join|shared-join ... next-hop ADDRESS|self [attributes]", {}, head, make, nullptr};

}  // namespace

extern const NlriCodec k_mcast_vpn_codec{decode, check_each<decode>, encode_identity, identity_size, text, json, k_shape, &k_grammar};

}  // namespace tandem::bgp
