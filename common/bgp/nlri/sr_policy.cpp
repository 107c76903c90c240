// SR policies (RFC 9830 section 2.1). Identity is the NLRI as it stands on the wire: distinguisher, color, endpoint. The words behind
// it are the sub-TLVs of the tunnel encapsulation attribute that says what the policy is.
#include <fmt/format.h>

#include <array>
#include <utility>

#include "common/bgp/attribute/sr_policy.hpp"
#include "common/bgp/nlri/codec.hpp"
#include "common/bgp/nlri/nlri_text.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_numbers_size = 8;  // distinguisher and color
constexpr std::string_view k_word = "sr-policy";

base::Result<NlriStep> decode(const NlriContext& context, base::Bytes in, NlriKey& out) {
  const Afi afi = family_at(context.family).afi;
  const std::size_t size = k_numbers_size + (afi == Afi::ipv4 ? 4 : 16);
  base::ByteReader reader(in);
  const std::size_t bits = reader.u8();
  if (!reader.ok()) return bad_nlri("the SR policy NLRI has no length");
  if (bits != 8 * size) {
    return bad_nlri(fmt::format("SR Policy NLRI invalid length: got {} bits, expected {} for AFI {}", bits, 8 * size, to_string(afi)));
  }
  reader.skip(size);
  if (!reader.ok()) return bad_nlri("the SR policy NLRI is cut short");
  out = NlriKey(context.family, false, in.first(reader.position()));
  return NlriStep{reader.position()};
}

struct Fields {
  std::uint32_t distinguisher;
  std::uint32_t color;
  std::string endpoint;
};
[[nodiscard]] Fields fields_of(const NlriKey& key) {
  base::ByteReader reader(key.identity().subspan(1));
  const std::uint32_t distinguisher = reader.u32();
  const std::uint32_t color = reader.u32();
  return {distinguisher, color, base::IpAddress::from_bytes(reader.rest()).text()};
}

void text(const NlriKey& key, std::string& out) {
  const Fields fields = fields_of(key);
  out += fmt::format("{} distinguisher {} color {} endpoint {}", k_word, fields.distinguisher, fields.color, fields.endpoint);
}

void json(const NlriKey& key, const NlriJson&, base::JsonWriter& out) {
  const Fields fields = fields_of(key);
  out.begin_object();
  out.member("distinguisher", fields.distinguisher);
  out.member("color", fields.color);
  out.member("endpoint", fields.endpoint);
  out.end_object();
}

constexpr base::JsonShape k_shape = "{ distinguisher: u32, color: u32, endpoint: ip }";

base::Result<void> head(ValueReader& reader, NlriDraft& draft) {
  base::ByteWriter writer(draft.octets);
  writer.u8(0);
  for (const std::string_view keyword : {"distinguisher", "color"}) {
    if (auto error = reader.expect(keyword)) return std::move(*error);
    const auto number = read_number(reader, 0xFFFFFFFF);
    if (!number) return number.error();
    writer.u32(static_cast<std::uint32_t>(*number));
  }
  if (auto error = reader.expect("endpoint")) return std::move(*error);
  const auto endpoint = read_address(reader, draft.family.afi);
  if (!endpoint) return endpoint.error();
  draft.family.afi = endpoint->is_v4() ? Afi::ipv4 : Afi::ipv6;
  writer.bytes(endpoint->bytes());
  writer.patch_u8(0, static_cast<std::uint8_t>(8 * (writer.size() - 1)));
  return {};
}

base::Result<NlriKey> make(const NlriDraft& draft) { return make_raw(draft, decode); }

constexpr std::size_t k_tlv_count = 8;

template <std::size_t Index>
base::Result<void> take(ValueReader& reader, NlriDraft&, RouteParts& parts) {
  base::Buffer tlv;
  if (auto read = read_sr_policy_tlv(sr_policy_tlvs()[Index], reader, tlv); !read) return read;
  add_to_sr_policy(parts.attributes, tlv);
  return {};
}

// The words of the sub-TLVs, in the order of the wire, each as often as one likes.
template <std::size_t... Index>
std::array<NlriKeyword, k_tlv_count> keywords(std::index_sequence<Index...>) {
  return {NlriKeyword{sr_policy_tlvs()[Index].keyword, sr_policy_tlvs()[Index].value, take<Index>, {}, true}...};
}

const auto k_keywords = keywords(std::make_index_sequence<k_tlv_count>());
const NlriGrammar k_grammar{"distinguisher NUMBER color NUMBER endpoint ADDRESS next-hop ADDRESS|self [sub-TLVs] [attributes]", k_keywords, head,
                            make, nullptr};

}  // namespace

extern const NlriCodec k_sr_policy_codec{decode, check_each<decode>, encode_identity, identity_size, text, json, k_shape, &k_grammar};

}  // namespace tandem::bgp
