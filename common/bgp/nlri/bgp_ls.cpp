// Link state (RFC 9552), with and without a route distinguisher: nodes, links, prefixes, SRv6 SIDs (RFC 9514); other types are octets.
//
// Identity is the NLRI as it stands on the wire. An NLRI whose end is known and whose TLVs do not fit is left out, and the session
// stays (RFC 9552 section 8.2.2: NLRI discard). Descriptors out of order, which that section counts as an error, are taken.
#include "common/bgp/nlri/bgp_ls.hpp"

#include <fmt/format.h>

#include "common/bgp/nlri/codec.hpp"
#include "common/bgp/nlri/nlri_text.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_rd_size = 8;

[[nodiscard]] bool has_rd(FamilyIndex family) { return family_traits(family).has(FamilyRule::route_distinguisher); }

// One whole NLRI, taken apart.
struct Parts {
  std::uint16_t type = 0;
  base::Bytes rd;    // empty where the family has none
  base::Bytes body;  // behind it
  bool fits = true;
};
[[nodiscard]] Parts take_apart(FamilyIndex family, base::Bytes nlri) {
  base::ByteReader reader(nlri);
  Parts parts;
  parts.type = reader.u16();
  reader.skip(2);
  if (has_rd(family)) parts.rd = reader.take(k_rd_size);
  parts.fits = reader.ok();
  parts.body = reader.rest();
  return parts;
}

base::Result<NlriStep> decode(const NlriContext& context, base::Bytes in, NlriKey& out) {
  base::ByteReader reader(in);
  reader.skip(2);
  reader.skip(reader.u16());
  if (!reader.ok()) return bad_nlri("the link-state NLRI is cut short");
  const base::Bytes nlri = in.first(reader.position());
  const Parts parts = take_apart(context.family, nlri);
  LinkStateObject object;
  if (!parts.fits || read_link_state(parts.type, parts.body, object) == LinkStateForm::malformed) return NlriStep{nlri.size(), true};
  out = NlriKey(context.family, false, nlri);
  return NlriStep{nlri.size()};
}

// Octets, as they are written: what they say is in the JSON.
void text(const NlriKey& key, std::string& out) {
  out += to_string(family_at(key.family()).safi);
  append_raw(key.identity(), out);
}

void json(const NlriKey& key, const NlriJson& form, base::JsonWriter& out) {
  const Parts parts = take_apart(key.family(), key.identity());
  LinkStateObject object;
  out.begin_object();
  if (read_link_state(parts.type, parts.body, object) != LinkStateForm::known) {
    out.member("code", parts.type);
    out.member("parsed", false);
    out.member("raw", base::to_hex(key.identity(), base::HexCase::upper));
    out.end_object();
    return;
  }
  link_state_members(object, form.dialect, out);
  const bool shows_next_hop = object.kind != LinkStateKind::link && object.kind != LinkStateKind::srv6_sid;
  if (form.version_4 && shows_next_hop && form.next_hop != nullptr && form.next_hop->known()) {
    out.member("nexthop", form.next_hop->address.text());
  }
  if (!parts.rd.empty()) out.member("rd", route_distinguisher_json(parts.rd));
  out.end_object();
}

template <Dialect Of>
std::string shape() {
  return "{ code: u16, parsed: false, raw: octets } | " + link_state_shape(Of, "rd?: route-distinguisher");
}

void text_4_2(const NlriKey& key, std::string_view next_hop, std::string& out) {
  text(key, out);
  out += next_hop;
}
constexpr NlriForms k_forms_4_2{text_4_2, json, shape<Dialect::release_4_2>};

base::Result<void> head(ValueReader& reader, NlriDraft& draft) {
  constexpr std::string_view k_expected = "0x and the octets of one link-state NLRI";
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(k_expected);
  auto octets = parse_raw(word->text);
  if (!octets) return reader.refuse(*word, k_expected);
  NlriKey key;
  const auto index = family_index(draft.family);
  const auto step = index ? decode({*index, draft.use, false}, *octets, key) : bad_nlri("no family of link state");
  if (step && step->skipped) {
    const std::string_view rd = has_rd(*index) ? "8 octets of route distinguisher, " : "";
    return reader.fail(*word, fmt::format("{}9 octets of protocol and identifier and descriptors whose lengths are right are expected in a "
                                          "link-state NLRI behind its type and length", rd));
  }
  draft.octets = std::move(*octets);
  return {};
}

base::Result<NlriKey> make(const NlriDraft& draft) { return make_raw(draft, decode); }

constexpr NlriGrammar k_grammar{"0xOCTETS next-hop ADDRESS|self [attributes]", {}, head, make, nullptr};

}  // namespace

extern const NlriCodec k_bgp_ls_codec{decode, check_each<decode>, encode_identity, identity_size, text, json, shape<Dialect::main>, &k_grammar, nullptr, &k_forms_4_2};

}  // namespace tandem::bgp
