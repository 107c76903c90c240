// Of prefixes (RFC 9552 section 5.3.3, RFC 9085 section 2.3).
#include "common/bgp/attribute/bgp_ls.hpp"

namespace tandem::bgp {

namespace {

using namespace link_state;

constexpr std::string_view k_igp_flags[] = {"D", "N", "L", "P"};
constexpr std::string_view k_prefix_flags[] = {"X", "R", "N"};
constexpr std::string_view k_sid_flags[] = {"R", "N", "P", "E", "V", "L"};
constexpr unsigned k_sid_label = 0x08;
constexpr unsigned k_sid_local = 0x04;
constexpr std::size_t k_sid_head_size = 4;

[[nodiscard]] SegmentIdentifiers sids_of(base::Bytes value) {
  return {(value[0] & k_sid_label) != 0, (value[0] & k_sid_local) != 0, value.subspan(k_sid_head_size)};
}

bool is_prefix_sid(base::Bytes value) {
  if (value.size() < k_sid_head_size) return false;
  const bool is_index = (value[0] & (k_sid_label | k_sid_local)) == 0;
  return !is_index || value.size() == k_sid_head_size + k_index_size;
}

void prefix_sid_json(base::Bytes value, base::JsonWriter& out) {
  const SegmentIdentifiers sids = sids_of(value);
  out.begin_object();
  out.key("sr-prefix-flags");
  flags_json(k_sid_flags, value[0], out);
  out.key("sids");
  sids_json(sids, out);
  out.key("undecoded-sids");
  undecoded_sids_json(sids, out);
  out.member("sr-algorithm", value[1]);
  out.end_object();
}

std::string prefix_sid_shape() {
  return "{ sr-prefix-flags: " + flags_shape(k_sid_flags) + ", sids: [u32], undecoded-sids: [hex], sr-algorithm: u8 }";
}

constexpr LinkStateAttributeRow k_rows[] = {
    {1152, "igp-flags", Times::once, size_is<1>, flag_octet_json<k_igp_flags>, flags_shape<k_igp_flags>},
    {1153, "igp-route-tags", Times::once, list_of<4>, list_json<4, number_json>, "[u32]"},
    {1154, "igp-extended-route-tags", Times::once, list_of<8>, list_json<8, number_json>, "[u64]"},
    {1155, "prefix-metric", Times::once, size_is<4>, number_json, "u32"},
    {1156, "ospf-forwarding-address", Times::once, size_is<4, 16>, address_json, "ip"},
    {1157, "opaque-prefix", Times::once, any, octets_json, "octets"},
    {1158, "sr-prefix-sids", Times::many, is_prefix_sid, prefix_sid_json, prefix_sid_shape},
    {1170, "sr-prefix-attribute-flags", Times::once, size_is<1>, flag_octet_json<k_prefix_flags>, flags_shape<k_prefix_flags>},
    {1171, "sr-source-router-id", Times::once, size_is<4, 16>, address_json, "ip"},
};

}  // namespace

std::span<const LinkStateAttributeRow> link_state_prefix_rows() { return k_rows; }

}  // namespace tandem::bgp
