#include "common/rib/update_packer.hpp"

#include <algorithm>

#include "common/bgp/message/header.hpp"
#include "common/bgp/nlri/codec.hpp"
#include "common/rib/without_nlri.hpp"

namespace tandem::rib {

namespace {

using bgp::Afi;
using bgp::AttributeCode;
using bgp::FamilyRule;

// The classic fields of RFC 4271; multicast never travels there, or the peer would take it for unicast.
bool classic_announce(const bgp::Family& family, const bgp::NextHop& next_hop) {
  return family == bgp::k_ipv4_unicast && next_hop.address.is_v4();
}

// Appends NLRI while `out` stays within `limit` octets; gives how many were appended.
std::size_t append_nlri(std::span<const bgp::NlriKey* const> keys, bool add_path, std::size_t limit, base::Buffer& out) {
  const bgp::NlriCodec* codec = bgp::nlri_codec(keys.front()->family());
  if (codec == nullptr) return 0;
  std::size_t taken = 0;
  for (const bgp::NlriKey* key : keys) {
    const std::size_t before = out.size();
    codec->encode(*key, add_path, out);
    if (out.size() > limit) {
      out.resize(before);
      break;
    }
    ++taken;
  }
  return taken;
}

constexpr std::size_t k_length_field = 2;

bool adds_only_to_customer(const bgp::Negotiated& negotiated, bgp::FamilyIndex family) {
  return negotiated.role && bgp::is_downwards(*negotiated.role) && bgp::has_only_to_customer_rules(family);
}

}  // namespace

UpdatePacker::UpdatePacker(const bgp::Negotiated& negotiated, PackerOptions options)
    : negotiated_(negotiated),
      options_(options),
      context_{negotiated.local_as, negotiated.internal(), negotiated.asn4, options.aigp, false} {}

Encoding UpdatePacker::encoding() const {
  return {negotiated_.local_as,     negotiated_.internal(),    negotiated_.asn4,          negotiated_.link_local_next_hop,
          negotiated_.message_size, negotiated_.role,          negotiated_.family_set,    negotiated_.add_path_send,
          negotiated_.extended_next_hops, options_};
}

bool UpdatePacker::can_send(bgp::FamilyIndex index, const bgp::NextHop& next_hop) const {
  if (!negotiated(index) || bgp::nlri_codec(index) == nullptr) return false;
  const bgp::FamilyTraits& traits = bgp::family_traits(index);
  if (!next_hop.known()) return traits.has(FamilyRule::next_hop_optional);
  const Afi afi = next_hop.address.is_v4() ? Afi::ipv4 : Afi::ipv6;
  if (!traits.has(FamilyRule::own_next_hop) || afi == traits.family.afi) return true;
  const auto& accepted = negotiated_.extended_next_hops;
  return std::find(accepted.begin(), accepted.end(), bgp::ExtendedNextHop{traits.family, afi}) != accepted.end();
}

bool UpdatePacker::is_leak(bgp::FamilyIndex family, const AttributeSet& attributes) const {
  if (!negotiated_.role || !bgp::is_upwards(*negotiated_.role) || !bgp::has_only_to_customer_rules(family)) return false;
  base::Bytes left = attributes.canonical();
  while (const auto attribute = bgp::next_attribute(left)) {
    if (attribute->code == static_cast<std::uint8_t>(AttributeCode::only_to_customer)) return true;
    left = left.subspan(attribute->whole.size());
  }
  return false;
}

bool UpdatePacker::grouped(bgp::FamilyIndex family) const {
  return options_.group_updates && bgp::family_traits(family).has(FamilyRule::grouped);
}

bool UpdatePacker::groups_withdraws(bgp::FamilyIndex family) const {
  return options_.group_updates && bgp::family_at(family) == bgp::k_ipv4_unicast;
}

bool UpdatePacker::withdraws_with_attributes(bgp::FamilyIndex family) {
  return !bgp::family_traits(family).has(FamilyRule::bare_withdraw);
}

bool UpdatePacker::attributes_of_withdraw(const AttributeSet* attributes, bgp::FamilyIndex family, base::Buffer& out) {
  const base::Bytes block = encoded(attributes, bgp::family_traits(family).has(FamilyRule::next_hop_attribute), false);
  if (bgp::k_header_size + 2 * k_length_field + block.size() > negotiated_.message_size) return false;
  const std::size_t start = bgp::begin_message(out, bgp::MessageType::update);
  base::ByteWriter writer(out);
  writer.u16(0);
  writer.u16(static_cast<std::uint16_t>(block.size()));
  writer.bytes(block);
  bgp::finish_message(out, start);
  return true;
}

base::Bytes UpdatePacker::encoded(const AttributeSet* attributes, bool with_next_hop, bool with_only_to_customer) {
  const bool same = cached_with_next_hop_ == with_next_hop && context_.add_only_to_customer == with_only_to_customer;
  if (attributes != nullptr && cached_for_.get() == attributes && same) return cached_;
  context_.add_only_to_customer = with_only_to_customer;
  cached_for_ = AttributeSetRef(attributes);
  cached_with_next_hop_ = with_next_hop;
  cached_.clear();
  if (attributes != nullptr) {
    bgp::encode_attributes(attributes->canonical(), attributes->next_hop(), with_next_hop, context_, cached_);
  } else {
    bgp::encode_attributes({}, bgp::NextHop{}, false, context_, cached_);
  }
  return cached_;
}

void UpdatePacker::append_next_hop(bgp::FamilyIndex index, const bgp::NextHop& next_hop) {
  base::ByteWriter writer(mp_head_);
  const std::size_t length_at = writer.size();
  writer.u8(0);
  if (next_hop.known()) {
    const bgp::FamilyTraits& traits = bgp::family_traits(index);
    if (traits.has(FamilyRule::route_distinguisher)) writer.u64(0);
    if (traits.has(FamilyRule::mapped_next_hop) && next_hop.address.is_v4()) {
      writer.fill(10, 0);
      writer.u16(0xFFFF);
    }
    writer.bytes(next_hop.address.bytes());
    // RFC 2545 section 3, when the session has the link-local capability; IPv4 next hops have no second one (N28).
    const base::IpAddress& second = next_hop.link_local ? next_hop.link_local : options_.link_local;
    if (second && negotiated_.link_local_next_hop && traits.has(FamilyRule::link_local) && next_hop.address.is_v6() &&
        !next_hop.address.is_link_local()) {
      writer.bytes(second.bytes());
    }
  }
  writer.patch_u8(length_at, static_cast<std::uint8_t>(writer.size() - length_at - 1));
}

// Appends MP_REACH_NLRI or MP_UNREACH_NLRI (RFC 4760 sections 3 and 4) that starts with mp_head_, keeping `out` within
// `limit` octets; appends nothing and gives 0 when not one NLRI fits.
std::size_t UpdatePacker::append_mp(std::uint8_t code, std::span<const bgp::NlriKey* const> keys, std::size_t limit,
                                    base::Buffer& out) const {
  const bgp::FamilyIndex family = keys.front()->family();
  const bgp::NlriCodec* codec = bgp::nlri_codec(family);
  if (codec == nullptr) return 0;
  const bool add_path = negotiated_.add_path_send.contains(family);
  const bool changed = code == static_cast<std::uint8_t>(AttributeCode::mp_unreach) && codec->withdrawn != nullptr;
  const auto size_of = [&](const bgp::NlriKey& key) { return codec->encoded_size(changed ? codec->withdrawn(key) : key, add_path); };
  std::size_t payload = mp_head_.size();
  std::size_t taken = 0;
  for (; taken < keys.size(); ++taken) {
    const std::size_t longer = payload + size_of(*keys[taken]);
    if (out.size() + (longer > 255 ? 4 : 3) + longer > limit) break;
    payload = longer;
  }
  if (taken == 0) return 0;
  base::ByteWriter writer(out);
  writer.u8(payload > 255 ? bgp::k_flag_optional | bgp::k_flag_extended_length : bgp::k_flag_optional);
  writer.u8(code);
  if (payload > 255) writer.u16(static_cast<std::uint16_t>(payload));
  else writer.u8(static_cast<std::uint8_t>(payload));
  writer.bytes(mp_head_);
  for (const bgp::NlriKey* key : keys.first(taken)) codec->encode(changed ? codec->withdrawn(*key) : *key, add_path, out);
  return taken;
}

std::size_t UpdatePacker::announce(const AttributeSet& attributes, std::span<const bgp::NlriKey* const> keys, base::Buffer& out) {
  if (keys.empty()) return 0;
  const bgp::FamilyIndex index = keys.front()->family();
  if (without_nlri(*keys.front())) return attributes_of_withdraw(&attributes, index, out) ? 1 : 0;
  const bgp::FamilyTraits& traits = bgp::family_traits(index);
  const bgp::Family family = traits.family;
  const std::size_t start = bgp::begin_message(out, bgp::MessageType::update);
  const std::size_t limit = start + negotiated_.message_size;
  base::ByteWriter writer(out);
  writer.u16(0);  // no withdrawn routes
  const std::size_t length_at = writer.size();
  const base::Bytes block = encoded(&attributes, traits.has(FamilyRule::next_hop_attribute), adds_only_to_customer(negotiated_, index));
  std::size_t taken = 0;
  if (length_at + k_length_field + block.size() < limit) {
    writer.u16(static_cast<std::uint16_t>(block.size()));
    writer.bytes(block);
    if (classic_announce(family, attributes.next_hop())) {
      taken = append_nlri(keys, negotiated_.add_path_send.contains(index), limit, out);
    } else {
      mp_head_.clear();
      base::ByteWriter head(mp_head_);
      head.u16(static_cast<std::uint16_t>(family.afi));
      head.u8(static_cast<std::uint8_t>(family.safi));
      append_next_hop(index, attributes.next_hop());
      head.u8(0);  // reserved
      taken = append_mp(static_cast<std::uint8_t>(AttributeCode::mp_reach), keys, limit, out);
      writer.patch_u16(length_at, static_cast<std::uint16_t>(out.size() - length_at - k_length_field));
    }
  }
  if (taken == 0) out.resize(start);
  else bgp::finish_message(out, start);
  return taken;
}

std::size_t UpdatePacker::withdraw(const AttributeSet* attributes, std::span<const bgp::NlriKey* const> keys, base::Buffer& out) {
  if (keys.empty() || without_nlri(*keys.front())) return 0;  // nothing withdrawn would be an End-of-RIB
  const bgp::FamilyIndex index = keys.front()->family();
  const bgp::FamilyTraits& traits = bgp::family_traits(index);
  const bgp::Family family = traits.family;
  const std::size_t start = bgp::begin_message(out, bgp::MessageType::update);
  const std::size_t limit = start + negotiated_.message_size;
  base::ByteWriter writer(out);
  const std::size_t withdrawn_at = writer.size();
  writer.u16(0);
  std::size_t taken = 0;
  if (family == bgp::k_ipv4_unicast) {
    // Always the classic field, also when the route went out in MP_REACH_NLRI.
    taken = append_nlri(keys, negotiated_.add_path_send.contains(index), limit - k_length_field, out);
    writer.patch_u16(withdrawn_at, static_cast<std::uint16_t>(out.size() - withdrawn_at - k_length_field));
    writer.u16(0);
  } else {
    const std::size_t length_at = writer.size();
    writer.u16(0);
    base::Bytes block;
    if (withdraws_with_attributes(index)) block = encoded(attributes, traits.has(FamilyRule::next_hop_attribute), false);
    mp_head_.clear();
    base::ByteWriter head(mp_head_);
    head.u16(static_cast<std::uint16_t>(family.afi));
    head.u8(static_cast<std::uint8_t>(family.safi));
    if (length_at + k_length_field + block.size() < limit) {
      const bool first = options_.dialect == bgp::Dialect::main;
      if (!first) writer.bytes(block);
      taken = append_mp(static_cast<std::uint8_t>(AttributeCode::mp_unreach), keys, limit - (first ? block.size() : 0), out);
      if (first) writer.bytes(block);
      writer.patch_u16(length_at, static_cast<std::uint16_t>(out.size() - length_at - k_length_field));
    }
  }
  if (taken == 0) out.resize(start);
  else bgp::finish_message(out, start);
  return taken;
}

}  // namespace tandem::rib
