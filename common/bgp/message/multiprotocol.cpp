#include "common/bgp/message/multiprotocol.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tandem::bgp {

namespace {

constexpr std::size_t k_reach_head_size = 4;    // AFI, SAFI, length of the next hop
constexpr std::size_t k_unreach_head_size = 3;  // AFI, SAFI
constexpr std::size_t k_rd_size = 8;

// RFC 7606 section 7.11 and 7.12: what cannot be located ends the session.
[[nodiscard]] base::Error bad_attribute(const AttributeView& attribute, std::string reason) {
  return base::Error::notification(3, 9, std::move(reason), base::Buffer(attribute.whole.begin(), attribute.whole.end()));
}

[[nodiscard]] Family read_family(base::ByteReader& reader) {
  Family family;
  family.afi = Afi{reader.u16()};
  family.safi = Safi{reader.u8()};
  return family;
}

// RFC 8950 section 3: lengths that are right only because this very pair was negotiated.
[[nodiscard]] bool is_extended_length(const FamilyTraits& traits, std::size_t length, const Negotiated& negotiated) {
  const std::size_t rd = traits.has(FamilyRule::route_distinguisher) ? k_rd_size : 0;
  if (length < rd) return false;
  std::size_t octets = length - rd;
  if (traits.has(FamilyRule::route_distinguisher) && length == 2 * (k_rd_size + 16)) octets = 32;  // a distinguisher in front of each address
  const Afi afi = octets == 4 ? Afi::ipv4 : octets == 16 || octets == 32 ? Afi::ipv6 : Afi::undefined;
  return std::any_of(negotiated.extended_next_hops.begin(), negotiated.extended_next_hops.end(), [&](const ExtendedNextHop& pair) {
    return pair.family == traits.family && pair.next_hop_afi == afi;
  });
}

[[nodiscard]] bool is_right_length(const FamilyTraits& traits, std::size_t length, const Negotiated& negotiated) {
  const auto& lengths = traits.next_hop_lengths;
  return std::find(lengths.begin(), lengths.end(), length) != lengths.end() || is_extended_length(traits, length, negotiated);
}

[[nodiscard]] std::string expected_lengths(const FamilyTraits& traits) {
  std::string out;
  for (const std::uint8_t length : traits.next_hop_lengths) out += fmt::format("{}{}", out.empty() ? "" : " or ", length);
  return out;
}

// Of the lengths that are right somewhere these have a distinguisher in front of the address, and the last one a second behind it.
[[nodiscard]] bool has_distinguisher(std::size_t length) { return length == 12 || length == 24 || length == 40 || length == 48; }

[[nodiscard]] NextHop read_next_hop(base::Bytes octets) {
  NextHop next_hop;
  if (octets.empty()) return next_hop;
  if (has_distinguisher(octets.size())) octets = octets.subspan(k_rd_size);
  const std::size_t size = octets.size() == 4 ? 4 : 16;
  next_hop.address = base::IpAddress::from_bytes(octets.first(size));
  octets = octets.subspan(size);
  if (octets.size() >= 16) {
    const auto second = base::IpAddress::from_bytes(octets.last(16));
    if (second.is_link_local()) next_hop.link_local = second;
  }
  return next_hop;
}

// Fills in the NLRI, or marks them skipped; an error when they cannot be walked.
[[nodiscard]] std::optional<base::Error> read_nlri(base::Bytes octets, NlriUse use, const Negotiated& negotiated, MultiprotocolNlri& out) {
  const auto index = family_index(out.family);
  const NlriCodec* codec = index && negotiated.family_set.contains(*index) ? nlri_codec(*index) : nullptr;
  if (codec == nullptr) {
    out.skipped = true;
    out.nlri.octets = octets;
    return std::nullopt;
  }
  out.nlri = NlriBlock{*index, negotiated.add_path_receive.contains(*index), octets, use};
  const auto count = codec->check(out.nlri.context(), octets);
  if (!count) return count.error();
  out.nlri.skipped = count->skipped;
  if (count->taken == 0) out.nlri.octets = {};
  return std::nullopt;
}

}  // namespace

base::Result<MultiprotocolNlri> decode_mp_reach(const AttributeView& attribute, const Negotiated& negotiated) {
  base::ByteReader reader(attribute.value);
  if (reader.left() < k_reach_head_size + 1) return bad_attribute(attribute, "MP_REACH_NLRI is too short");
  MultiprotocolNlri out;
  out.family = read_family(reader);
  const std::size_t length = reader.u8();
  const base::Bytes next_hop = reader.take(length);
  reader.skip(1);  // reserved, ignored on receipt (RFC 4760 section 3)
  if (!reader.ok()) return bad_attribute(attribute, "the next hop of MP_REACH_NLRI is longer than the attribute");
  const bool reaches_nothing = reader.rest().empty();
  if (auto error = read_nlri(reader.rest(), NlriUse::announce, negotiated, out)) return std::move(*error);
  if (out.skipped) return out;
  const FamilyTraits& traits = family_traits(out.nlri.family);
  if (!is_right_length(traits, length, negotiated)) {
    return bad_attribute(attribute, fmt::format("invalid {} next-hop length {} expected {}", to_string(out.family), length,
                                                expected_lengths(traits)));
  }
  if (reaches_nothing) {
    return base::Error::notification(3, 0, fmt::format("No data to decode in an MPREACHNLRI but it is not an EOR {}/{}",
                                                       static_cast<unsigned>(out.family.afi), static_cast<unsigned>(out.family.safi)));
  }
  out.next_hop = read_next_hop(next_hop);
  return out;
}

base::Result<MultiprotocolNlri> decode_mp_unreach(const AttributeView& attribute, const Negotiated& negotiated) {
  base::ByteReader reader(attribute.value);
  if (reader.left() < k_unreach_head_size) return bad_attribute(attribute, "MP_UNREACH_NLRI is too short");
  MultiprotocolNlri out;
  out.family = read_family(reader);
  if (auto error = read_nlri(reader.rest(), NlriUse::withdraw, negotiated, out)) return std::move(*error);
  return out;
}

}  // namespace tandem::bgp
