// The list of path attributes, of which everything is made that must know all of them: the walk over a received UPDATE, the
// printers, the keywords of routes. Each row stands at the end of its file; docs/extending.md walks through adding one.
#include <array>

#include "common/bgp/attribute/rows.hpp"

namespace tandem::bgp {

extern const AttributeTraits k_origin_row;
extern const AttributeTraits k_as_path_row;
extern const AttributeTraits k_next_hop_row;
extern const AttributeTraits k_med_row;
extern const AttributeTraits k_local_preference_row;
extern const AttributeTraits k_atomic_aggregate_row;
extern const AttributeTraits k_aggregator_row;
extern const AttributeTraits k_community_row;
extern const AttributeTraits k_originator_id_row;
extern const AttributeTraits k_cluster_list_row;
extern const AttributeTraits k_extended_community_row;
extern const AttributeTraits k_as4_path_row;
extern const AttributeTraits k_as4_aggregator_row;
extern const AttributeTraits k_pmsi_tunnel_row;
extern const AttributeTraits k_tunnel_encapsulation_row;
extern const AttributeTraits k_ipv6_extended_community_row;
extern const AttributeTraits k_aigp_row;
extern const AttributeTraits k_bgp_ls_row;
extern const AttributeTraits k_large_community_row;
extern const AttributeTraits k_only_to_customer_row;
extern const AttributeTraits k_prefix_sid_row;

namespace {

// Taken apart by decode_update.
constexpr AttributeTraits k_mp_reach_row{.code = AttributeCode::mp_reach, .name = "mp-reach-nlri", .flags = k_optional,
                                     .when_malformed = ErrorAction::session_reset};
constexpr AttributeTraits k_mp_unreach_row{.code = AttributeCode::mp_unreach, .name = "mp-unreach-nlri", .flags = k_optional,
                                       .when_malformed = ErrorAction::session_reset};

constexpr const AttributeTraits* k_rows[] = {
    &k_origin_row, &k_as_path_row, &k_next_hop_row, &k_med_row, &k_local_preference_row, &k_atomic_aggregate_row,
    &k_aggregator_row, &k_community_row, &k_originator_id_row, &k_cluster_list_row, &k_mp_reach_row, &k_mp_unreach_row,
    &k_extended_community_row, &k_as4_path_row, &k_as4_aggregator_row, &k_pmsi_tunnel_row, &k_tunnel_encapsulation_row,
    &k_ipv6_extended_community_row, &k_aigp_row, &k_bgp_ls_row, &k_large_community_row, &k_only_to_customer_row, &k_prefix_sid_row,
};

// The rows are constants of other files: they are there before this is filled.
const std::array<const AttributeTraits*, 256> k_index = [] {
  std::array<const AttributeTraits*, 256> index{};
  for (const AttributeTraits* row : k_rows) index[static_cast<std::uint8_t>(row->code)] = row;
  return index;
}();

}  // namespace

const AttributeTraits* attribute_traits(std::uint8_t code) { return k_index[code]; }

std::span<const AttributeTraits* const> attribute_table() { return k_rows; }

}  // namespace tandem::bgp
