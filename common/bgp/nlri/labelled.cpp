// Labelled unicast (RFC 8277) and VPN routes (RFC 4364, RFC 4659): a length that counts labels, route distinguisher and prefix.
//
// Identity: path identifier, length without the labels, route distinguisher, prefix. The labels follow as octets that do not
// count for it: a route with another label replaces the one before, and a withdraw need not repeat it.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/bgp/nlri/codec.hpp"
#include "common/bgp/nlri/nlri_text.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_path_id_size = 4;
constexpr std::size_t k_label_size = LabelStack::k_label_size;
constexpr unsigned k_label_bits = 8 * k_label_size;
constexpr unsigned k_rd_bits = 64;
constexpr std::size_t k_rd_size = k_rd_bits / 8;
constexpr std::array<std::uint8_t, k_label_size> k_withdrawn_label{0x80, 0x00, 0x00};  // RFC 8277 section 2.4

[[nodiscard]] bool is_vpn(FamilyIndex family) { return family_at(family).safi == Safi::mpls_vpn; }
[[nodiscard]] unsigned rd_bits(FamilyIndex family) { return is_vpn(family) ? k_rd_bits : 0; }
[[nodiscard]] unsigned address_bits(FamilyIndex family) { return family_at(family).afi == Afi::ipv4 ? 32 : 128; }
[[nodiscard]] std::size_t octets_of(unsigned bits) { return (bits + 7) / 8; }

// The parts of a key: length without labels, route distinguisher, prefix.
struct Parts {
  std::uint8_t length = 0;  // of the prefix alone
  base::Bytes rd;
  base::Bytes prefix;
};
[[nodiscard]] Parts parts_of(const NlriKey& key) {
  base::ByteReader reader(key.nlri());
  const unsigned rd = rd_bits(key.family());
  Parts parts;
  parts.length = static_cast<std::uint8_t>(reader.u8() - rd);
  parts.rd = reader.take(rd / 8);
  parts.prefix = reader.rest();
  return parts;
}

[[nodiscard]] NlriKey make_key(FamilyIndex family, std::optional<std::uint32_t> path_id, base::Bytes rd, unsigned length, base::Bytes prefix,
                               base::Bytes labels) {
  std::array<std::uint8_t, k_path_id_size + 1 + k_rd_size + 16> identity{};
  std::size_t size = 0;
  if (path_id) {
    for (int shift = 24; shift >= 0; shift -= 8) identity[size++] = static_cast<std::uint8_t>(*path_id >> shift);
  }
  identity[size++] = static_cast<std::uint8_t>(8 * rd.size() + length);
  std::copy(rd.begin(), rd.end(), identity.begin() + static_cast<std::ptrdiff_t>(size));
  size += rd.size();
  const base::Bytes octets = prefix.first(std::min(octets_of(length), prefix.size()));
  std::copy(octets.begin(), octets.end(), identity.begin() + static_cast<std::ptrdiff_t>(size));
  size += octets.size();
  // RFC 4271 section 4.3: bits behind the length mean nothing, and must not make another route of it.
  if (length % 8 != 0 && !octets.empty()) identity[size - 1] &= static_cast<std::uint8_t>(0xFF00U >> length % 8);
  return NlriKey(family, path_id.has_value(), base::Bytes(identity).first(size), labels);
}

// --- wire

// The label stack in front of `in`, of which `bits` belong to the NLRI and `reserved` of these to what follows the labels.
[[nodiscard]] base::Result<base::Bytes> read_stack(const NlriContext& context, base::Bytes in, unsigned bits, unsigned reserved) {
  const std::string_view name = is_vpn(context.family) ? "VPN" : "labelled";
  if (bits < reserved) return bad_nlri(fmt::format("invalid length in {} NLRI prefix", name));
  std::size_t size = 0;
  for (unsigned left = bits - reserved; left >= k_label_bits; left -= k_label_bits) {
    if (in.size() - size < k_label_size) return bad_nlri(fmt::format("the label stack of the {} NLRI is cut short", name));
    const base::Bytes label = in.subspan(size, k_label_size);
    const std::uint32_t raw = base::ByteReader(label).u24();
    size += k_label_size;
    const bool withdrawn = raw == 0x800000 && context.use == NlriUse::withdraw;
    if ((raw & 1) != 0 || (size == k_label_size && (raw == 0 || withdrawn))) return in.first(size);
    if (raw == 0x800000 && size == k_label_size) break;  // says that a route is withdrawn, and this one is not
  }
  if (size == 0) return base::Bytes();  // no label at all
  // RFC 8277 section 2.4: what stands there in a withdraw is ignored. It is a field of three octets unless a stack ends as it should.
  if (context.use == NlriUse::withdraw) return in.first(k_label_size);
  return bad_nlri(fmt::format("the label stack of the {} NLRI never ends: no bottom of stack bit", name));
}

base::Result<NlriStep> decode(const NlriContext& context, base::Bytes in, NlriKey& out) {
  base::ByteReader reader(in);
  std::optional<std::uint32_t> path_id;
  if (context.add_path) {
    path_id = reader.u32();
    if (!reader.ok() || reader.empty()) return bad_nlri("not enough data to extract the path-information of the NLRI");
  }
  const unsigned bits = reader.u8();
  if (!reader.ok()) return bad_nlri("missing prefix length in labelled NLRI");
  const unsigned reserved = rd_bits(context.family);
  const auto stack = read_stack(context, reader.rest(), bits, reserved);
  if (!stack) return stack.error();
  reader.skip(stack->size());
  const base::Bytes rd = reader.take(reserved / 8);
  if (!reader.ok()) return bad_nlri("not enough data to extract the route distinguisher of the NLRI");
  const unsigned length = bits - static_cast<unsigned>(8 * stack->size()) - reserved;
  if (length > address_bits(context.family)) {
    return bad_nlri(fmt::format("invalid mask {} in NLRI prefix for {}", length, to_string(family_at(context.family).afi)));
  }
  const base::Bytes prefix = reader.take(octets_of(length));
  if (!reader.ok()) return bad_nlri(fmt::format("NLRI prefix for {} with mask {} is cut short", to_string(family_at(context.family)), length));
  out = make_key(context.family, path_id, rd, length, prefix, *stack);
  return NlriStep{reader.position()};
}

void encode(const NlriKey& key, bool add_path, base::Buffer& out) {
  base::ByteWriter writer(out);
  if (add_path) writer.u32(key.path_id());
  const base::Bytes nlri = key.nlri();
  const base::Bytes labels = key.extra();
  writer.u8(static_cast<std::uint8_t>(nlri[0] + 8 * labels.size()));
  writer.bytes(labels);
  writer.bytes(nlri.subspan(1));
}

std::size_t encoded_size(const NlriKey& key, bool add_path) {
  return (add_path ? k_path_id_size : 0) + key.nlri().size() + key.extra().size();
}

// RFC 8277 section 2.4: a withdraw has one field of three octets where the labels stand, never a stack, which others would take for a
// part of the prefix. A single label is repeated.
NlriKey withdrawn(const NlriKey& key) {
  if (key.extra().size() <= k_label_size) return key;
  return NlriKey(key.family(), key.has_path_id(), key.identity(), k_withdrawn_label);
}

// --- text and JSON out

// The labels as they are shown: of labelled unicast without traffic class, and with the bottom of stack where it belongs.
void shown_labels(const NlriKey& key, base::Buffer& out) {
  const base::Bytes labels = key.extra();
  out.assign(labels.begin(), labels.end());
  if (is_vpn(key.family()) || out.empty()) return;
  for (std::size_t i = k_label_size - 1; i < out.size(); i += k_label_size) out[i] &= 0xF0;
  out.back() |= 1;
}

void prefix_text(const NlriKey& key, const Parts& parts, std::string& out) {
  append_prefix(parts.prefix, parts.length, address_bits(key.family()), out);
}

void text(const NlriKey& key, std::string& out) {
  const Parts parts = parts_of(key);
  prefix_text(key, parts, out);
  append_path_information(key, out);
  append_labels(key.extra(), out);
  if (parts.rd.empty()) return;
  out += " rd ";
  append_route_distinguisher(parts.rd, out);
}

void write_json(const NlriKey& key, bool with_octets, base::JsonWriter& out) {
  const Parts parts = parts_of(key);
  std::string prefix;
  prefix_text(key, parts, prefix);
  out.begin_object();
  out.member("nlri", prefix);
  path_information_json(key, out);
  base::Buffer labels;
  shown_labels(key, labels);
  if (!labels.empty()) {
    out.key("label");
    labels_json(labels, with_octets, out);
  }
  if (!parts.rd.empty()) out.member("rd", route_distinguisher_json(parts.rd));
  out.end_object();
}

constexpr base::JsonShape k_labelled_shape = "{ nlri: prefix, path-information?: ipv4, label?: [label] }";
constexpr base::JsonShape k_vpn_shape = "{ nlri: prefix, path-information?: ipv4, label?: [label], rd: route-distinguisher }";

void json(const NlriKey& key, const NlriJson&, base::JsonWriter& out) { write_json(key, true, out); }
void json_4_2(const NlriKey& key, const NlriJson&, base::JsonWriter& out) { write_json(key, false, out); }

// Dialect 4.2: labels without the octets they stand in, the distinguisher behind the next hop.
void text_4_2(const NlriKey& key, std::string_view next_hop, std::string& out) {
  const Parts parts = parts_of(key);
  prefix_text(key, parts, out);
  append_path_information(key, out);
  append_bare_labels(key.extra(), out);
  out += next_hop;
  if (parts.rd.empty()) return;
  out += " rd ";
  append_route_distinguisher(parts.rd, out);
}

// --- text in

base::Result<NlriKey> make(const NlriDraft& draft, Safi safi, base::Bytes rd) {
  const FamilyIndex family = *family_index({draft.family.afi, safi});
  const base::Prefix& prefix = *draft.prefix;
  const std::size_t bits = 8 * (draft.labels.size + rd.size()) + prefix.length;
  if (bits > 0xFF) {
    return base::Error(fmt::format("{} has too many labels: with route distinguisher and prefix they are {} bits, at most 255", prefix.text(), bits));
  }
  const base::Bytes labels = draft.labels.empty() && draft.use == NlriUse::withdraw ? base::Bytes(k_withdrawn_label) : draft.labels.bytes();
  const NlriKey key = make_key(family, draft.path_id, rd, prefix.length, prefix.address.bytes(), labels);
  if (!labels.empty()) return key;
  std::string shown;
  text(key, shown);
  return base::Error("labeled route announce requires labels: " + shown);
}

base::Result<NlriKey> make_labelled(const NlriDraft& draft) { return make(draft, Safi::nlri_mpls, {}); }

base::Result<NlriKey> make_vpn(const NlriDraft& draft) {
  if (!draft.rd) {
    const std::string_view use = draft.use == NlriUse::announce ? "announce" : "withdraw";
    return base::Error(fmt::format("VPN route {} requires RD: {}", use, draft.prefix->text()));
  }
  return make(draft, Safi::mpls_vpn, *draft.rd);
}

unsigned claim_labelled(const NlriDraft& draft) { return draft.labels.empty() ? 0 : 3; }
unsigned claim_vpn(const NlriDraft& draft) { return draft.rd ? 4 : 0; }

constexpr NlriKeyword k_label{"label", "LABEL|[ LABEL... ]", take_labels};
constexpr NlriKeyword k_path{"path-information", "NUMBER|IPV4", take_path_information};
constexpr NlriKeyword k_labelled_keywords[] = {k_label, k_path};
constexpr NlriKeyword k_vpn_keywords[] = {
    {"rd", "RD", take_route_distinguisher}, {"route-distinguisher", "RD", take_route_distinguisher}, k_label, k_path};
constexpr NlriGrammar k_labelled_grammar{"PREFIX label LABEL next-hop ADDRESS|self [attributes]", k_labelled_keywords, read_prefix_head,
                                         make_labelled, claim_labelled};
constexpr NlriGrammar k_vpn_grammar{"PREFIX rd RD label LABEL next-hop ADDRESS|self [attributes]", k_vpn_keywords, read_prefix_head,
                                    make_vpn, claim_vpn};

constexpr NlriForms k_labelled_forms_4_2{text_4_2, json_4_2, "{ nlri: prefix, path-information?: ipv4, label?: [[u20]] }"};
constexpr NlriForms k_vpn_forms_4_2{text_4_2, json_4_2, "{ nlri: prefix, path-information?: ipv4, label?: [[u20]], rd: route-distinguisher }"};

}  // namespace

extern const NlriCodec k_labelled_codec{decode, check_each<decode>, encode, encoded_size, text, json, k_labelled_shape, &k_labelled_grammar, withdrawn, &k_labelled_forms_4_2};
extern const NlriCodec k_vpn_codec{decode, check_each<decode>, encode, encoded_size, text, json, k_vpn_shape, &k_vpn_grammar, withdrawn, &k_vpn_forms_4_2};

}  // namespace tandem::bgp
