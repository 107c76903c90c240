// The TLVs of the BGP-LS attribute: what a row says, and how values that many of them have are checked and shown. The rows stand in
// bgp_ls_node.cpp, bgp_ls_link.cpp, bgp_ls_prefix.cpp and bgp_ls_srv6.cpp. Private to these files.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "common/base/json_shape.hpp"
#include "common/base/json_writer.hpp"
#include "common/bgp/link_state.hpp"

namespace tandem::bgp {

enum class Times : std::uint8_t {
  once,  // a second one is an error
  many,  // always shown as an array, together with those of other types that have the same name
};

struct LinkStateAttributeRow {
  std::uint16_t type;
  std::string_view name;  // in JSON
  Times times;
  bool (*good)(base::Bytes value);
  void (*json)(base::Bytes value, base::JsonWriter& out);  // relies on `good`
  base::JsonShape shape;                                   // of what that writes: of one value where there may be many
};

[[nodiscard]] std::span<const LinkStateAttributeRow> link_state_node_rows();
[[nodiscard]] std::span<const LinkStateAttributeRow> link_state_link_rows();
[[nodiscard]] std::span<const LinkStateAttributeRow> link_state_prefix_rows();
[[nodiscard]] std::span<const LinkStateAttributeRow> link_state_srv6_rows();

namespace link_state {

// --- lengths

inline bool any(base::Bytes) { return true; }
template <std::size_t... Sizes>
bool size_is(base::Bytes value) {
  return ((value.size() == Sizes) || ...);
}
template <std::size_t Least>
bool at_least(base::Bytes value) {
  return value.size() >= Least;
}
template <std::size_t Most>
bool at_most(base::Bytes value) {
  return value.size() <= Most;
}
template <std::size_t Size>
bool list_of(base::Bytes value) {
  return value.size() % Size == 0;
}

// --- values

[[nodiscard]] std::uint64_t number_of(base::Bytes value);  // REQUIRES at most eight octets
void number_json(base::Bytes value, base::JsonWriter& out);
void name_json(base::Bytes value, base::JsonWriter& out);     // UTF-8
void octets_json(base::Bytes value, base::JsonWriter& out);   // "deadbeef"
void address_json(base::Bytes value, base::JsonWriter& out);
void float_json(base::Bytes value, base::JsonWriter& out);    // IEEE single

template <std::size_t Size, void (*Item)(base::Bytes, base::JsonWriter&)>
void list_json(base::Bytes value, base::JsonWriter& out) {
  out.begin_array();
  for (; value.size() >= Size; value = value.subspan(Size)) Item(value.first(Size), out);
  out.end_array();
}

// --- flags: names from the highest bit of an octet downwards, then what is reserved

using FlagNames = std::span<const std::string_view>;
void flags_json(FlagNames names, unsigned octet, base::JsonWriter& out);
[[nodiscard]] std::string flags_shape(FlagNames names);

template <const auto& Names>
void flag_octet_json(base::Bytes value, base::JsonWriter& out) {
  flags_json(Names, value[0], out);
}
template <const auto& Names>
std::string flags_shape() {
  return flags_shape(Names);
}

// --- segment identifiers (RFC 9085)

inline constexpr std::size_t k_label_size = 3;
inline constexpr std::size_t k_index_size = 4;

// What stands behind flags V (a label, not an index) and L (local): labels when both are set, indexes when none is. Anything else, and
// octets that are left, are "undecoded".
struct SegmentIdentifiers {
  SegmentIdentifiers(bool is_label, bool is_local, base::Bytes octets);
  std::size_t size;  // of one
  base::Bytes known;
  base::Bytes undecoded;
};
void sids_json(const SegmentIdentifiers& sids, base::JsonWriter& out);            // [ 24000 ]
void undecoded_sids_json(const SegmentIdentifiers& sids, base::JsonWriter& out);  // [ "0x0A0B" ]

// --- TLVs within a TLV (RFC 9514)

[[nodiscard]] bool are_sub_tlvs(base::Bytes octets);
void sub_tlv_members(base::Bytes octets, base::JsonWriter& out);

inline constexpr std::uint16_t k_sid_structure = 1252;
inline constexpr std::size_t k_sid_structure_size = 4;
void sid_structure_json(base::Bytes value, base::JsonWriter& out);
inline constexpr const char* k_sid_structure_shape = "{ loc_block_len: u8, loc_node_len: u8, func_len: u8, arg_len: u8 }";
[[nodiscard]] std::string sub_tlv_shape();  // of the members of sub_tlv_members

}  // namespace link_state
}  // namespace tandem::bgp
