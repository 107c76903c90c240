#include "common/bgp/message/update.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "common/base/log.hpp"
#include "common/bgp/attribute/walk.hpp"
#include "common/bgp/message/header.hpp"
#include "common/bgp/message/multiprotocol.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_minimum_body = 4;
constexpr std::size_t k_end_of_rib_attribute = 3;  // AFI and SAFI of an MP_UNREACH_NLRI and nothing else

struct Sections {
  base::Bytes withdrawn;
  base::Bytes attributes;
  base::Bytes announced;
};

// RFC 7606 section 3 (i): NLRI are located by the two length fields and by nothing else.
[[nodiscard]] base::Result<Sections> split(base::Bytes body) {
  if (body.size() < k_minimum_body) {
    const std::size_t length = body.size() + k_header_size;
    return base::Error::notification(1, 2, fmt::format("UPDATE has an invalid message length of {}", length),
                                     {static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length)});
  }
  base::ByteReader reader(body);
  Sections sections;
  const std::size_t withdrawn = reader.u16();
  sections.withdrawn = reader.take(withdrawn);
  if (!reader.ok()) return base::Error::notification(3, 1, fmt::format("UPDATE withdrawn length {} exceeds available data", withdrawn));
  const std::size_t attributes = reader.u16();
  sections.attributes = reader.take(attributes);
  if (!reader.ok()) return base::Error::notification(3, 1, fmt::format("UPDATE attributes length {} exceeds available data", attributes));
  sections.announced = reader.rest();
  return sections;
}

void skip(Family family, NlriUse use, base::Bytes octets, Update& update) {
  const auto index = family_index(family);
  const NlriCodec* codec = index ? nlri_codec(*index) : nullptr;
  const auto count = codec != nullptr ? codec->check({*index, use, false}, octets) : base::Result<NlriCount>(NlriCount{});
  update.skipped.push_back({family, count ? count->taken + count->skipped : 0});
}

void take(const NlriBlock& block, NlriBlock& place, Update& update) {
  if (block.skipped != 0) update.skipped.push_back({family_at(block.family), block.skipped});
  place = block;
}

// The routes of the fields RFC 4271 knows, which are IPv4 unicast.
[[nodiscard]] std::optional<base::Error> read_classic(base::Bytes octets, NlriUse use, const Negotiated& negotiated, NlriBlock& out,
                                                      Update& update) {
  if (octets.empty()) return std::nullopt;
  const FamilyIndex index = *family_index(k_ipv4_unicast);
  if (!negotiated.family_set.contains(index)) {
    skip(k_ipv4_unicast, use, octets, update);
    return std::nullopt;
  }
  out = NlriBlock{index, negotiated.add_path_receive.contains(index), octets, use};
  if (auto checked = nlri_codec(index)->check(out.context(), octets); !checked) return checked.error();
  return std::nullopt;
}

[[nodiscard]] std::optional<base::Error> read_multiprotocol(const WalkedAttributes& walked, const Negotiated& negotiated, Update& update) {
  if (walked.mp_unreach) {
    auto unreach = decode_mp_unreach(*walked.mp_unreach, negotiated);
    if (!unreach) return unreach.error();
    if (unreach->skipped) skip(unreach->family, NlriUse::withdraw, unreach->nlri.octets, update);
    else take(unreach->nlri, update.mp_withdrawn, update);
  }
  if (walked.mp_reach) {
    auto reach = decode_mp_reach(*walked.mp_reach, negotiated);
    if (!reach) return reach.error();
    if (reach->skipped) skip(reach->family, NlriUse::announce, reach->nlri.octets, update);
    else take(reach->nlri, update.mp_announced, update);
    update.mp_next_hop = reach->next_hop;
  }
  return std::nullopt;
}

// Leaves out of `withdrawn` what one of the blocks announces. Most messages do only one of the two.
void leave_out_announced(NlriBlock& withdrawn, std::initializer_list<const NlriBlock*> blocks, Update& update) {
  if (withdrawn.empty()) return;
  std::vector<NlriKey> announced;
  for (const NlriBlock* block : blocks) {
    if (block->empty() || block->family != withdrawn.family) continue;
    block->for_each([&announced](NlriKey& key) { announced.push_back(std::move(key)); });
  }
  if (announced.empty()) return;
  std::sort(announced.begin(), announced.end());
  base::Buffer kept;
  withdrawn.for_each_with_octets([&](const NlriKey& key, base::Bytes octets) {
    if (!std::binary_search(announced.begin(), announced.end(), key)) kept.insert(kept.end(), octets.begin(), octets.end());
  });
  if (kept.size() == withdrawn.octets.size()) return;
  update.rewritten.push_back(std::move(kept));
  withdrawn.octets = update.rewritten.back();
}

// RFC 4724 section 2: nothing at all, or an MP_UNREACH_NLRI without routes, whatever its length flag, and nothing else.
[[nodiscard]] std::optional<Family> end_of_rib_family(const Sections& sections) {
  if (!sections.withdrawn.empty() || !sections.announced.empty()) return std::nullopt;
  if (sections.attributes.empty()) return k_ipv4_unicast;
  const auto attribute = next_attribute(sections.attributes);
  if (!attribute || attribute->whole.size() != sections.attributes.size()) return std::nullopt;
  if (attribute->code != static_cast<std::uint8_t>(AttributeCode::mp_unreach) || attribute->value.size() != k_end_of_rib_attribute) {
    return std::nullopt;
  }
  if ((attribute->flags & (k_flag_optional | k_flag_transitive)) != k_flag_optional) return std::nullopt;
  base::ByteReader reader(attribute->value);
  const Afi afi{reader.u16()};
  return Family{afi, Safi{reader.u8()}};
}

// RFC 7606 section 3 (d): routes without these are withdrawn.
[[nodiscard]] std::string_view missing_attribute(const Update& update) {
  if (!update.has_announces()) return {};
  if (!update.attributes.has_origin) return "origin";
  if (!update.attributes.has_as_path) return "as-path";
  if (!update.announced.empty() && !update.next_hop.known()) return "next-hop";
  return {};
}

[[nodiscard]] bool announces_unicast(const Update& update) {
  if (!update.announced.empty()) return true;
  return !update.mp_announced.empty() && has_only_to_customer_rules(update.mp_announced.family);
}

// RFC 9234 section 5. True: the routes came from where they must not come from.
[[nodiscard]] bool is_leak(const std::optional<AttributeView>& only_to_customer, Role role, const Negotiated& negotiated) {
  if (!only_to_customer) return false;
  if (role == Role::provider || role == Role::rs) return true;
  return role == Role::peer && base::Asn{base::ByteReader(only_to_customer->value).u32()} != negotiated.peer_as;
}

// Checks ONLY_TO_CUSTOMER, and adds it where the peer has not and the routes come from above.
void apply_role(const std::optional<AttributeView>& only_to_customer, const Negotiated& negotiated, Update& update) {
  if (!negotiated.role || !update.treat_as_withdraw.empty() || !announces_unicast(update)) return;
  if (is_leak(only_to_customer, *negotiated.role, negotiated)) {
    update.treat_as_withdraw = "only-to-customer";
  } else if (!only_to_customer && is_upwards(*negotiated.role)) {
    base::Buffer value;
    base::ByteWriter(value).u32(base::value(negotiated.peer_as));
    const base::Bytes wire = update.attributes.wire();
    base::Buffer block(wire.begin(), wire.end());
    append_attribute(block, k_flag_optional | k_flag_transitive, static_cast<std::uint8_t>(AttributeCode::only_to_customer), value);
    update.attributes.kept = std::move(block);
    update.attributes.rewritten = true;
  }
}

}  // namespace

base::Result<Update> decode_update(base::Bytes body, const Negotiated& negotiated) {
  const auto sections = split(body);
  if (!sections) return sections.error();
  Update update;
  if (const auto family = end_of_rib_family(*sections)) {
    if (negotiated.family_set.contains(*family)) update.end_of_rib = family;
    return update;
  }
  auto walked = walk_attributes(sections->attributes, negotiated);
  if (!walked) return walked.error();
  if (walked->next_hop) update.next_hop.address = base::IpAddress::from_bytes(walked->next_hop->value);
  if (auto error = read_classic(sections->withdrawn, NlriUse::withdraw, negotiated, update.withdrawn, update)) return std::move(*error);
  if (auto error = read_classic(sections->announced, NlriUse::announce, negotiated, update.announced, update)) return std::move(*error);
  if (auto error = read_multiprotocol(*walked, negotiated, update)) return std::move(*error);
  leave_out_announced(update.withdrawn, {&update.announced, &update.mp_announced}, update);
  leave_out_announced(update.mp_withdrawn, {&update.announced, &update.mp_announced}, update);
  update.attributes = std::move(walked->block);
  update.treat_as_withdraw = walked->treat_as_withdraw;
  if (!update.treat_as_withdraw.empty() && sections->announced.empty() && !walked->mp_reach) {
    // RFC 7606 section 5.2: without NLRI there is nothing to withdraw, and they may be what could not be read.
    return base::Error::notification(3, 1, fmt::format("malformed attribute {} in an UPDATE without NLRI", update.treat_as_withdraw));
  }
  if (update.treat_as_withdraw.empty()) {
    update.treat_as_withdraw = missing_attribute(update);
    if (!update.treat_as_withdraw.empty()) {
      base::log(base::LogCategory::message, base::LogLevel::warning, "missing attribute {}: treat-as-withdraw", update.treat_as_withdraw);
    }
  }
  apply_role(walked->only_to_customer, negotiated, update);
  return update;
}

void encode_end_of_rib(Family family, base::Buffer& out) {
  const std::size_t start = begin_message(out, MessageType::update);
  base::ByteWriter writer(out);
  writer.u16(0);
  if (family == k_ipv4_unicast) {
    writer.u16(0);
  } else {
    writer.u16(static_cast<std::uint16_t>(k_end_of_rib_attribute + 4));
    writer.u8(k_flag_optional | k_flag_extended_length);
    writer.u8(static_cast<std::uint8_t>(AttributeCode::mp_unreach));
    writer.u16(static_cast<std::uint16_t>(k_end_of_rib_attribute));
    writer.u16(static_cast<std::uint16_t>(family.afi));
    writer.u8(static_cast<std::uint8_t>(family.safi));
  }
  finish_message(out, start);
}

}  // namespace tandem::bgp
