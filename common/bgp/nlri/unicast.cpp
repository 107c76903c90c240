// IPv4/IPv6 unicast and multicast (RFC 4271 section 4.3, RFC 4760 section 5, RFC 7911).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "common/bgp/nlri/codec.hpp"
#include "common/bgp/nlri/nlri_text.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_path_id_size = 4;

[[nodiscard]] unsigned address_bits(FamilyIndex family) { return family_at(family).afi == Afi::ipv4 ? 32 : 128; }

[[nodiscard]] base::Error explain(FamilyIndex family, base::Bytes in, bool add_path) {
  const std::string name = to_string(family_at(family));
  if (add_path && in.size() <= k_path_id_size) {
    return bad_nlri(fmt::format("not enough data to extract the path-information of the NLRI for {}", name));
  }
  const base::Bytes prefix = in.subspan(add_path ? k_path_id_size : 0);
  if (prefix.empty()) return bad_nlri(fmt::format("missing prefix length in NLRI for {}", name));
  if (prefix[0] > address_bits(family)) {
    return bad_nlri(fmt::format("invalid mask {} in NLRI prefix for {}", prefix[0], to_string(family_at(family).afi)));
  }
  return bad_nlri(fmt::format("NLRI prefix for {} with mask {} is cut short ({} octets left)", name, prefix[0], prefix.size() - 1));
}

// Octets of the first NLRI of `in`; 0 when it is wrong or does not fit.
[[nodiscard]] inline std::size_t measure(base::Bytes in, unsigned bits, std::size_t path_octets) {
  if (in.size() <= path_octets) return 0;
  const unsigned mask = in[path_octets];
  const std::size_t size = path_octets + 1 + (mask + 7) / 8;
  return mask > bits || size > in.size() ? 0 : size;
}

// Bits of the last octet that are beyond the length of the prefix. They mean nothing (RFC 4271 section 4.3).
[[nodiscard]] constexpr std::uint8_t spare_bits(unsigned length) { return static_cast<std::uint8_t>((1U << ((8 - length % 8) % 8)) - 1); }

base::Result<NlriStep> decode(const NlriContext& context, base::Bytes in, NlriKey& out) {
  const std::size_t path_octets = context.add_path ? k_path_id_size : 0;
  const std::size_t size = measure(in, address_bits(context.family), path_octets);
  if (size == 0) return explain(context.family, in, context.add_path);
  const std::uint8_t length = in[path_octets];
  if ((in[size - 1] & spare_bits(length)) == 0 || length == 0) {
    out = NlriKey(context.family, context.add_path, in.first(size));
    return NlriStep{size};
  }
  std::optional<std::uint32_t> path_id;
  if (context.add_path) path_id = base::ByteReader(in).u32();
  out = make_prefix_key(context.family, in.first(size).subspan(path_octets + 1), length, path_id);
  return NlriStep{size};
}

base::Result<NlriCount> check(const NlriContext& context, base::Bytes in) {
  const unsigned bits = address_bits(context.family);
  const std::size_t path_octets = context.add_path ? k_path_id_size : 0;
  NlriCount count;
  while (!in.empty()) {
    const std::size_t size = measure(in, bits, path_octets);
    if (size == 0) return explain(context.family, in, context.add_path);
    in = in.subspan(size);
    ++count.taken;
  }
  return count;
}

void encode(const NlriKey& key, bool add_path, base::Buffer& out) {
  base::ByteWriter writer(out);
  if (add_path) writer.u32(key.path_id());
  writer.bytes(key.nlri());
}

std::size_t encoded_size(const NlriKey& key, bool add_path) { return key.nlri().size() + (add_path ? k_path_id_size : 0); }

void prefix_text(const NlriKey& key, std::string& out) {
  const base::Bytes nlri = key.nlri();
  if (!nlri.empty()) append_prefix(nlri.subspan(1), nlri[0], address_bits(key.family()), out);
}

void text(const NlriKey& key, std::string& out) {
  if (key.identity().empty()) out += "attributes";  // of an UPDATE without NLRI
  prefix_text(key, out);
  append_path_information(key, out);
}

void json(const NlriKey& key, const NlriJson& form, base::JsonWriter& out) {
  std::string prefix;
  prefix_text(key, prefix);
  if (form.compact && !key.has_path_id()) {
    out.string(prefix);
    return;
  }
  out.begin_object();
  out.member("nlri", prefix);
  path_information_json(key, out);
  out.end_object();
}

// 224.0.0.0/4
bool is_multicast(const base::Prefix& prefix) { return prefix.address.is_v4() && prefix.address.bytes()[0] >> 4 == 14; }

base::Result<NlriKey> make(const NlriDraft& draft, Safi safi) {
  const base::Prefix& prefix = *draft.prefix;
  return make_prefix_key(*family_index({draft.family.afi, safi}), prefix.address.bytes(), prefix.length, draft.path_id);
}

base::Result<NlriKey> make_unicast(const NlriDraft& draft) { return make(draft, Safi::unicast); }
base::Result<NlriKey> make_multicast(const NlriDraft& draft) { return make(draft, Safi::multicast); }
unsigned claim_unicast(const NlriDraft&) { return 1; }
unsigned claim_multicast(const NlriDraft& draft) { return is_multicast(*draft.prefix) ? 2 : 0; }

// Compact it is the prefix alone.
constexpr base::JsonShape k_shape = "prefix | { nlri: prefix, path-information?: ipv4 }";

constexpr std::string_view k_usage = "PREFIX next-hop ADDRESS|self [attributes]";
constexpr NlriKeyword k_keywords[] = {{"path-information", "NUMBER|IPV4", take_path_information}};
constexpr NlriGrammar k_unicast_grammar{k_usage, k_keywords, read_prefix_head, make_unicast, claim_unicast};
constexpr NlriGrammar k_multicast_grammar{k_usage, k_keywords, read_prefix_head, make_multicast, claim_multicast};

}  // namespace

extern const NlriCodec k_unicast_codec{decode, check, encode, encoded_size, text, json, k_shape, &k_unicast_grammar};
extern const NlriCodec k_multicast_codec{decode, check, encode, encoded_size, text, json, k_shape, &k_multicast_grammar};

NlriKey make_prefix_key(FamilyIndex family, base::Bytes address, std::uint8_t length, std::optional<std::uint32_t> path_id) {
  std::array<std::uint8_t, k_path_id_size + 1 + 16> identity{};
  std::size_t size = 0;
  if (path_id) {
    for (int shift = 24; shift >= 0; shift -= 8) identity[size++] = static_cast<std::uint8_t>(*path_id >> shift);
  }
  identity[size++] = length;
  const std::size_t octets = std::min<std::size_t>({(length + 7U) / 8U, address.size(), 16});
  // All of an IPv4 address at once; what is behind `octets` is not read.
  if (address.size() == 4) std::memcpy(identity.data() + size, address.data(), 4);
  else std::copy_n(address.begin(), octets, identity.begin() + static_cast<std::ptrdiff_t>(size));
  if (octets != 0) identity[size + octets - 1] &= static_cast<std::uint8_t>(~spare_bits(length));
  return NlriKey(family, path_id.has_value(), base::Bytes(identity).first(size + octets));
}

}  // namespace tandem::bgp
