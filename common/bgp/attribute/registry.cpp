// The table of path attributes (spec attributes.md 8.2): what each code may look like and what happens when it does not.
#include <array>

#include "common/bgp/attribute/rows.hpp"

namespace tandem::bgp {

namespace {

constexpr std::uint8_t k_well_known = k_flag_transitive;
constexpr std::uint8_t k_optional = k_flag_optional;
constexpr std::uint8_t k_optional_transitive = k_flag_optional | k_flag_transitive;
constexpr bool k_empty = true;  // zero length is legal
constexpr bool k_full = false;
constexpr ErrorAction k_withdraw = ErrorAction::treat_as_withdraw;
constexpr ErrorAction k_discard = ErrorAction::discard;
constexpr ErrorAction k_reset = ErrorAction::session_reset;

template <typename Row>
constexpr AttributeTraits printed(AttributeCode code, std::string_view name, std::uint8_t flags, bool empty, ErrorAction action) {
  return {code, name, flags, empty, action, &Row::well_formed, &Row::json, &Row::text};
}
template <typename Row>
constexpr AttributeTraits checked(AttributeCode code, std::string_view name, std::uint8_t flags, bool empty, ErrorAction action) {
  return {code, name, flags, empty, action, &Row::well_formed, nullptr, nullptr};
}

using Code = AttributeCode;
// MP_REACH_NLRI and MP_UNREACH_NLRI are taken apart by decode_update. LOCAL_PREF, ORIGINATOR_ID and CLUSTER_LIST of an
// external peer are discarded whatever they look like (RFC 7606 section 7.5, 7.9, 7.10), which the walk does.
constexpr AttributeTraits k_traits[] = {
    printed<OriginRow>(Code::origin, "origin", k_well_known, k_full, k_withdraw),
    printed<AsPathRow>(Code::as_path, "as-path", k_well_known, k_empty, k_withdraw),
    checked<NextHopRow>(Code::next_hop, "next-hop", k_well_known, k_full, k_withdraw),
    printed<MedRow>(Code::med, "med", k_optional, k_full, k_withdraw),
    printed<LocalPreferenceRow>(Code::local_preference, "local-preference", k_well_known, k_full, k_withdraw),
    printed<AtomicAggregateRow>(Code::atomic_aggregate, "atomic-aggregate", k_well_known, k_empty, k_discard),
    printed<AggregatorRow>(Code::aggregator, "aggregator", k_optional_transitive, k_full, k_discard),
    printed<CommunityRow>(Code::community, "community", k_optional_transitive, k_full, k_withdraw),
    printed<OriginatorIdRow>(Code::originator_id, "originator-id", k_optional, k_full, k_withdraw),
    printed<ClusterListRow>(Code::cluster_list, "cluster-list", k_optional, k_full, k_withdraw),
    {Code::mp_reach, "mp-reach-nlri", k_optional, k_full, k_reset, nullptr, nullptr, nullptr},
    {Code::mp_unreach, "mp-unreach-nlri", k_optional, k_full, k_reset, nullptr, nullptr, nullptr},
    printed<ExtendedCommunityRow>(Code::extended_community, "extended-community", k_optional_transitive, k_full, k_withdraw),
    checked<As4PathRow>(Code::as4_path, "as4-path", k_optional_transitive, k_empty, k_discard),
    checked<As4AggregatorRow>(Code::as4_aggregator, "as4-aggregator", k_optional_transitive, k_full, k_discard),
    printed<PmsiTunnelRow>(Code::pmsi_tunnel, "pmsi", k_optional_transitive, k_full, k_withdraw),
    checked<TunnelEncapsulationRow>(Code::tunnel_encapsulation, "tunnel-encap", k_optional_transitive, k_full, k_withdraw),
    printed<Ipv6ExtendedCommunityRow>(Code::ipv6_extended_community, "extended-community-ipv6", k_optional_transitive, k_full,
                                      k_withdraw),
    printed<AigpRow>(Code::aigp, "aigp", k_optional, k_full, k_discard),
    checked<BgpLsRow>(Code::bgp_ls, "bgp-ls", k_optional, k_full, k_discard),
    printed<LargeCommunityRow>(Code::large_community, "large-community", k_optional_transitive, k_full, k_withdraw),
    checked<PrefixSidRow>(Code::prefix_sid, "bgp-prefix-sid", k_optional_transitive, k_full, k_discard),
};

constexpr std::array<const AttributeTraits*, 256> k_index = [] {
  std::array<const AttributeTraits*, 256> index{};
  for (const auto& traits : k_traits) index[static_cast<std::uint8_t>(traits.code)] = &traits;
  return index;
}();

}  // namespace

const AttributeTraits* attribute_traits(std::uint8_t code) { return k_index[code]; }

}  // namespace tandem::bgp
