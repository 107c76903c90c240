#include <fmt/format.h>

#include <bit>
#include <set>

#include "common/base/ip.hpp"
#include "common/bgp/attribute/bgp_ls.hpp"

namespace tandem::bgp::link_state {

std::uint64_t number_of(base::Bytes value) {
  std::uint64_t number = 0;
  for (const std::uint8_t octet : value) number = number << 8 | octet;
  return number;
}

void number_json(base::Bytes value, base::JsonWriter& out) { out.number(number_of(value)); }
void name_json(base::Bytes value, base::JsonWriter& out) { out.string(base::as_text(value)); }
void octets_json(base::Bytes value, base::JsonWriter& out) { out.string(base::to_hex(value)); }
void address_json(base::Bytes value, base::JsonWriter& out) { out.string(base::IpAddress::from_bytes(value).text()); }
void float_json(base::Bytes value, base::JsonWriter& out) {
  out.number(static_cast<double>(std::bit_cast<float>(base::ByteReader(value).u32())));
}

void flags_json(FlagNames names, unsigned octet, base::JsonWriter& out) {
  out.begin_object();
  for (const std::string_view name : names) {
    out.member(name, octet >> 7 & 1U);
    octet <<= 1;
  }
  out.member("RSV", 0);
  out.end_object();
}

std::string flags_shape(FlagNames names) {
  std::string out = "{ ";
  for (const std::string_view name : names) out += fmt::format("\"{}\": bit, ", name);
  return out + "RSV: bit }";
}

SegmentIdentifiers::SegmentIdentifiers(bool is_label, bool is_local, base::Bytes octets) : size(is_label ? k_label_size : k_index_size) {
  const std::size_t readable = is_label == is_local ? octets.size() / size * size : 0;
  known = octets.first(readable);
  undecoded = octets.subspan(readable);
}

void sids_json(const SegmentIdentifiers& sids, base::JsonWriter& out) {
  out.begin_array();
  for (base::Bytes left = sids.known; !left.empty(); left = left.subspan(sids.size)) out.number(number_of(left.first(sids.size)));
  out.end_array();
}

void undecoded_sids_json(const SegmentIdentifiers& sids, base::JsonWriter& out) {
  out.begin_array();
  if (!sids.undecoded.empty()) raw_link_state_json(sids.undecoded, out);
  out.end_array();
}

bool are_sub_tlvs(base::Bytes octets) {
  base::ByteReader reader(octets);
  while (const auto tlv = next_link_state_tlv(reader)) {
    if (tlv->type == k_sid_structure && tlv->value.size() < k_sid_structure_size) return false;
  }
  return reader.ok();
}

void sub_tlv_members(base::Bytes octets, base::JsonWriter& out) {
  std::set<std::uint16_t> shown;  // a member has one value: the first one
  base::ByteReader reader(octets);
  while (const auto tlv = next_link_state_tlv(reader)) {
    if (!shown.insert(tlv->type).second) continue;
    if (tlv->type == k_sid_structure) {
      out.key("srv6-sid-structure");
      sid_structure_json(tlv->value, out);
    } else {
      out.key(fmt::format("unknown-subtlv-{}", tlv->type));
      raw_link_state_json(tlv->value, out);
    }
  }
}

std::string sub_tlv_shape() { return fmt::format("srv6-sid-structure?: {}, `unknown-subtlv-[0-9]+`: hex", k_sid_structure_shape); }

void sid_structure_json(base::Bytes value, base::JsonWriter& out) {
  out.begin_object();
  out.member("loc_block_len", value[0]);
  out.member("loc_node_len", value[1]);
  out.member("func_len", value[2]);
  out.member("arg_len", value[3]);
  out.end_object();
}

}  // namespace tandem::bgp::link_state
