// Route target constraint (RFC 4684 section 4): a prefix of an origin AS and a route target, 32 to 96 bits, or the default of 0 bits.
// Identity is the NLRI as it stands on the wire, without the bits of the route target that say nothing about it.
#include <fmt/format.h>

#include <array>

#include "common/bgp/attribute/extended_community.hpp"
#include "common/bgp/nlri/codec.hpp"
#include "common/bgp/nlri/nlri_text.hpp"

namespace tandem::bgp {

namespace {

constexpr unsigned k_origin_bits = 32;
constexpr unsigned k_bits_max = 96;
constexpr std::size_t k_target_size = 8;
constexpr std::size_t k_target_at = 5;       // behind length and origin AS
constexpr std::uint8_t k_type_bits = 0x3F;   // RFC 4360 section 2: the two above say who assigns it and whether it is transitive
constexpr std::string_view k_word = "rtc";
constexpr std::string_view k_wildcard = "wildcard";

struct Fields {
  unsigned bits = 0;
  base::Asn origin{};
  base::Bytes target;  // as many octets as the length needs
};
[[nodiscard]] Fields fields_of(base::Bytes nlri) {
  base::ByteReader reader(nlri);
  Fields fields;
  fields.bits = reader.u8();
  if (fields.bits == 0) return fields;
  fields.origin = base::Asn{reader.u32()};
  fields.target = reader.rest();
  return fields;
}

[[nodiscard]] bool is_length(unsigned bits) { return bits == 0 || (bits >= k_origin_bits && bits <= k_bits_max); }

base::Result<NlriStep> decode(const NlriContext& context, base::Bytes in, NlriKey& out) {
  base::ByteReader reader(in);
  const unsigned bits = reader.u8();
  if (!reader.ok()) return bad_nlri("the route target constraint is empty");
  if (!is_length(bits)) return bad_nlri(fmt::format("incorrect RTC length: {} (should be 0, or >={},<={})", bits, k_origin_bits, k_bits_max));
  const base::Bytes octets = reader.take((bits + 7) / 8);
  if (!reader.ok()) return bad_nlri(fmt::format("the route target constraint of {} bits is cut short", bits));
  std::array<std::uint8_t, 1 + k_bits_max / 8> identity{};
  std::copy_n(in.begin(), reader.position(), identity.begin());
  if (bits == k_bits_max) identity[k_target_at] &= k_type_bits;
  if (bits % 8 != 0) identity[octets.size()] &= static_cast<std::uint8_t>(0xFF00U >> bits % 8);  // bits behind the length mean nothing
  out = NlriKey(context.family, false, base::Bytes(identity).first(reader.position()));
  return NlriStep{reader.position()};
}

// --- text and JSON out

[[nodiscard]] std::string community_text(base::Bytes target) {
  std::string out;
  append_extended_community(out, target);
  return out;
}

// The target in a form that is read back to the same octets.
[[nodiscard]] std::string target_text(const Fields& fields) {
  const auto octets = "0x" + base::to_hex(fields.target, base::HexCase::upper);
  if (fields.bits != k_bits_max) return fmt::format("{}/{}", octets, fields.bits);
  std::string community = community_text(fields.target);
  base::Buffer read;
  const bool same = !write_extended_community(community, read) && std::equal(read.begin(), read.end(), fields.target.begin(), fields.target.end());
  return same ? community : octets;
}

void text(const NlriKey& key, std::string& out) {
  const Fields fields = fields_of(key.identity());
  out += k_word;
  out += ' ';
  if (fields.bits == 0) out += k_wildcard;
  else if (fields.bits == k_origin_bits) out += fmt::format("{}/{}", base::to_string(fields.origin), k_origin_bits);
  else out += fmt::format("{}:{}", base::to_string(fields.origin), target_text(fields));
}

void json(const NlriKey& key, const NlriJson&, base::JsonWriter& out) {
  const Fields fields = fields_of(key.identity());
  const bool whole = fields.bits == k_bits_max;
  out.begin_object();
  out.member("origin", base::value(fields.origin));
  out.key("route-target");
  if (fields.target.empty()) out.null();
  else if (whole) out.string(community_text(fields.target));
  else out.hex_string(fields.target, base::HexCase::upper);
  if (!whole && fields.bits != 0) out.member("length", fields.bits);
  out.end_object();
}

constexpr base::JsonShape k_shape = "{ origin: u32, route-target: string | null, length?: u8 }";

// --- text in

// The target of "65001:target:65001:100", and how many bits of it count.
[[nodiscard]] std::optional<base::Buffer> parse_target(std::string_view text, unsigned& bits) {
  base::Buffer octets;
  bits = k_bits_max;
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return write_extended_community(text, octets) ? std::nullopt : std::optional(octets);
  const auto length = base::parse_decimal(text.substr(slash + 1), k_bits_max);
  const auto written = parse_raw(text.substr(0, slash));
  if (!length || *length <= k_origin_bits || !written || written->size() != (*length - k_origin_bits + 7) / 8) return std::nullopt;
  bits = static_cast<unsigned>(*length);
  return written;
}

base::Result<void> head(ValueReader& reader, NlriDraft& draft) {
  constexpr std::string_view k_expected =
      "AS:COMMUNITY such as 65001:target:65001:100, AS/32, AS:0xOCTETS/BITS with 33 to 96 bits, or wildcard";
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(k_expected);
  base::ByteWriter writer(draft.octets);
  if (word->text == k_wildcard) {
    writer.u8(0);
    return {};
  }
  const std::size_t end = word->text.find_first_of(":/");
  const auto origin = base::parse_asn(word->text.substr(0, end));
  if (!origin || end == std::string_view::npos) return reader.refuse(*word, k_expected);
  const std::string_view rest = word->text.substr(end + 1);
  if (word->text[end] == '/') {
    if (rest != "32") return reader.refuse(*word, k_expected);
    writer.u8(k_origin_bits);
    writer.u32(base::value(*origin));
    return {};
  }
  unsigned bits = 0;
  const auto target = parse_target(rest, bits);
  if (!target || target->size() > k_target_size) return reader.refuse(*word, k_expected);
  writer.u8(static_cast<std::uint8_t>(bits));
  writer.u32(base::value(*origin));
  writer.bytes(*target);
  return {};
}

base::Result<NlriKey> make(const NlriDraft& draft) { return make_raw(draft, decode); }

constexpr NlriGrammar k_grammar{"AS:COMMUNITY|AS/32|wildcard next-hop ADDRESS|self [attributes]", {}, head, make, nullptr};

}  // namespace

extern const NlriCodec k_rtc_codec{decode, check_each<decode>, encode_identity, identity_size, text, json, k_shape, &k_grammar};

}  // namespace tandem::bgp
