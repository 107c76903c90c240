// Of nodes (RFC 9552 section 5.3.1, RFC 9085 section 2.1).
#include <algorithm>
#include <string>

#include "common/bgp/attribute/bgp_ls.hpp"

namespace tandem::bgp {

namespace {

using namespace link_state;

constexpr std::string_view k_node_flags[] = {"O", "T", "E", "B", "R", "V"};
constexpr std::string_view k_capability_flags[] = {"I", "V"};

constexpr std::size_t k_name_size_max = 255;
constexpr std::size_t k_area_size_max = 20;  // no OSI address is longer (ISO 8348)
constexpr std::size_t k_capabilities_head_size = 2;
constexpr std::uint16_t k_sid_label = 1161;
constexpr std::uint32_t k_label_mask = 0xFFFFF;

bool is_area(base::Bytes value) { return !value.empty() && value.size() <= k_area_size_max; }

// The octets as one number, in decimal digits.
void area_json(base::Bytes value, base::JsonWriter& out) {
  std::string digits = "0";  // the last one first
  for (const std::uint8_t octet : value) {
    unsigned carry = octet;
    for (char& digit : digits) {
      carry += static_cast<unsigned>(digit - '0') * 256;
      digit = static_cast<char>('0' + carry % 10);
      carry /= 10;
    }
    for (; carry != 0; carry /= 10) digits += static_cast<char>('0' + carry % 10);
  }
  out.string(std::string(digits.rbegin(), digits.rend()));
}

// A range of labels: how many, and a SID/Label TLV with the first one.
struct LabelRange {
  std::uint32_t count = 0;
  base::Bytes first;
};
[[nodiscard]] std::optional<LabelRange> next_range(base::ByteReader& reader) {
  LabelRange range;
  range.count = reader.u24();
  const auto tlv = next_link_state_tlv(reader);
  if (!tlv || tlv->type != k_sid_label || (tlv->value.size() != k_label_size && tlv->value.size() != k_index_size)) return std::nullopt;
  range.first = tlv->value;
  return range;
}

bool are_capabilities(base::Bytes value) {
  if (value.size() < k_capabilities_head_size) return false;
  base::ByteReader reader(value.subspan(k_capabilities_head_size));
  while (!reader.empty()) {
    if (!next_range(reader)) return false;
  }
  return true;
}

// Flags, and a member of its own beside them.
void capabilities_json(base::Bytes value, base::JsonWriter& out) {
  flags_json(k_capability_flags, value[0], out);
  out.key("sids");
  out.begin_array();
  base::ByteReader reader(value.subspan(k_capabilities_head_size));
  while (!reader.empty()) {
    const LabelRange range = *next_range(reader);
    const std::uint64_t first = number_of(range.first);
    out.begin_array();
    out.number(range.count);
    out.number(range.first.size() == k_label_size ? first & k_label_mask : first);
    out.end_array();
  }
  out.end_array();
}

std::string capabilities_shape() { return flags_shape(k_capability_flags) + ", sids?: [[u24, u32]]"; }

void algorithms_json(base::Bytes value, base::JsonWriter& out) {
  constexpr std::uint8_t k_shortest_path[] = {0};  // everybody has it
  list_json<1, number_json>(value.empty() ? base::Bytes(k_shortest_path) : value, out);
}

constexpr LinkStateAttributeRow k_rows[] = {
    {1024, "node-flags", Times::once, size_is<1>, flag_octet_json<k_node_flags>, flags_shape<k_node_flags>},
    {1025, "opaque", Times::once, any, octets_json, "octets"},
    {1026, "node-name", Times::once, at_most<k_name_size_max>, name_json, "string"},
    {1027, "area-ids", Times::many, is_area, area_json, "digits"},
    {1028, "local-router-ids", Times::many, size_is<4, 16>, address_json, "ip"},
    {1029, "local-router-ids", Times::many, size_is<4, 16>, address_json, "ip"},
    {1034, "sr-capability-flags", Times::once, are_capabilities, capabilities_json, capabilities_shape},
    {1035, "sr-algorithms", Times::once, any, algorithms_json, "[u8]"},
};

}  // namespace

std::span<const LinkStateAttributeRow> link_state_node_rows() { return k_rows; }

}  // namespace tandem::bgp
