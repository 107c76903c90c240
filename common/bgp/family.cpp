#include "common/bgp/family.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/assert.hpp"

namespace tandem::bgp {

// Each in the file of its name in nlri/.
extern const NlriCodec k_bgp_ls_codec;
extern const NlriCodec k_evpn_codec;
extern const NlriCodec k_flow_codec;
extern const NlriCodec k_labelled_codec;
extern const NlriCodec k_mcast_vpn_codec;
extern const NlriCodec k_mup_codec;
extern const NlriCodec k_rtc_codec;
extern const NlriCodec k_sr_policy_codec;
extern const NlriCodec k_vpls_codec;
extern const NlriCodec k_vpn_codec;
extern const NlriCodec k_unicast_codec;
extern const NlriCodec k_multicast_codec;

namespace {

// RFC 8955 section 4: none, and ignored when there is one; redirection to a next hop may be to either IP version. In a VPN a distinguisher
// may stand in front, as it does elsewhere.
constexpr std::uint8_t k_flow[] = {0, 4, 16, 32};
constexpr std::uint8_t k_flow_vpn[] = {0, 4, 16, 32, 12, 24, 40, 48};
constexpr std::uint8_t k_v4[] = {4};
constexpr std::uint8_t k_v4_or_v6[] = {4, 16};
constexpr std::uint8_t k_rd_v4[] = {12};
constexpr std::uint8_t k_v6_pair[] = {16, 32};
// With a link-local address behind the global one: a distinguisher in front of each (RFC 4659 section 3.2.1.1), or one in all.
constexpr std::uint8_t k_rd_v6_pair[] = {24, 40, 48};
// RFC 9552 section 5.5.
constexpr std::uint8_t k_link_state[] = {4, 16, 32};
constexpr std::uint8_t k_rd_link_state[] = {12, 24, 40, 48};

// ADD-PATH is announced only where the codec carries an identifier and the capability lists the family.
constexpr auto k_families = [] {
  using enum FamilyRule;
  constexpr FamilyRules prefix = next_hop_attribute | bare_withdraw | own_next_hop;
  return std::array<FamilyTraits, k_family_count>{{
      {{Afi::ipv4, Safi::unicast}, k_v4, prefix | grouped | add_path | extended_next_hop, &k_unicast_codec},
      {{Afi::ipv4, Safi::multicast}, k_v4, prefix | extended_next_hop, &k_multicast_codec},
      {{Afi::ipv4, Safi::nlri_mpls}, k_v4, add_path | extended_next_hop | next_hop_attribute | own_next_hop, &k_labelled_codec},
      {{Afi::ipv4, Safi::mcast_vpn}, k_v4, grouped | next_hop_attribute, &k_mcast_vpn_codec},
      {{Afi::ipv4, Safi::sr_policy}, k_v4_or_v6, {}, &k_sr_policy_codec},
      {{Afi::ipv4, Safi::mup}, k_v4_or_v6, next_hop_attribute, &k_mup_codec},
      {{Afi::ipv4, Safi::mpls_vpn}, k_rd_v4, route_distinguisher | add_path | extended_next_hop | next_hop_attribute | own_next_hop, &k_vpn_codec},
      {{Afi::ipv4, Safi::rtc}, k_v4_or_v6, {}, &k_rtc_codec},
      {{Afi::ipv4, Safi::flow}, k_flow, next_hop_optional, &k_flow_codec},
      {{Afi::ipv4, Safi::flow_vpn}, k_flow_vpn, next_hop_optional, &k_flow_codec},
      {{Afi::ipv6, Safi::unicast}, k_v6_pair, prefix | add_path | link_local, &k_unicast_codec},
      {{Afi::ipv6, Safi::multicast}, k_v6_pair, next_hop_attribute | bare_withdraw | own_next_hop | link_local, &k_multicast_codec},
      {{Afi::ipv6, Safi::nlri_mpls}, k_v6_pair, add_path | next_hop_attribute | own_next_hop | link_local, &k_labelled_codec},
      {{Afi::ipv6, Safi::mcast_vpn}, k_v4_or_v6, grouped | next_hop_attribute, &k_mcast_vpn_codec},
      {{Afi::ipv6, Safi::sr_policy}, k_v4_or_v6, {}, &k_sr_policy_codec},
      {{Afi::ipv6, Safi::mup}, k_v4_or_v6, mapped_next_hop, &k_mup_codec},
      {{Afi::ipv6, Safi::mpls_vpn}, k_rd_v6_pair, route_distinguisher | add_path | next_hop_attribute | own_next_hop | link_local, &k_vpn_codec},
      {{Afi::ipv6, Safi::flow}, k_flow, next_hop_optional | link_local, &k_flow_codec},
      {{Afi::ipv6, Safi::flow_vpn}, k_flow_vpn, next_hop_optional | link_local, &k_flow_codec},
      {{Afi::l2vpn, Safi::vpls}, k_v4_or_v6, {}, &k_vpls_codec},
      {{Afi::l2vpn, Safi::evpn}, k_v4_or_v6, {}, &k_evpn_codec},
      {{Afi::bgp_ls, Safi::bgp_ls}, k_link_state, {}, &k_bgp_ls_codec},
      {{Afi::bgp_ls, Safi::bgp_ls_vpn}, k_rd_link_state, route_distinguisher, &k_bgp_ls_codec},
  }};
}();

constexpr bool sorted_by_number() {
  for (std::size_t i = 1; i < k_families.size(); ++i) {
    if (!(k_families[i - 1].family < k_families[i].family)) return false;
  }
  return true;
}
static_assert(sorted_by_number(), "family_index() searches the table and FamilySet iterates in its order");

constexpr auto k_by_safi = [] {
  std::array<FamilyIndex, k_family_count> order{};
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<FamilyIndex>(i);
  std::sort(order.begin(), order.end(), [](FamilyIndex a, FamilyIndex b) {
    const Family& left = k_families[a].family;
    const Family& right = k_families[b].family;
    return std::pair(left.safi, left.afi) < std::pair(right.safi, right.afi);
  });
  return order;
}();

struct AfiWord {
  Afi afi;
  std::string_view name;
};
constexpr AfiWord k_afi_words[] = {{Afi::ipv4, "ipv4"}, {Afi::ipv6, "ipv6"}, {Afi::l2vpn, "l2vpn"}, {Afi::bgp_ls, "bgp-ls"}};
constexpr SafiWord k_safi_words[] = {
    {Safi::unicast, "unicast", "", "a unicast route"},
    {Safi::multicast, "multicast", "", "a multicast route"},
    {Safi::nlri_mpls, "nlri-mpls", "labeled-unicast", "a labelled route (RFC 8277)"},
    {Safi::mcast_vpn, "mcast-vpn", "", "a multicast VPN route (RFC 6514)"},
    {Safi::vpls, "vpls", "", "a VPLS route (RFC 4761)"},
    {Safi::evpn, "evpn", "", "an Ethernet VPN route (RFC 7432)"},
    {Safi::bgp_ls, "bgp-ls", "", "a link-state object (RFC 9552)"},
    {Safi::bgp_ls_vpn, "bgp-ls-vpn", "", "a link-state object of a VPN (RFC 9552)"},
    {Safi::sr_policy, "sr-policy", "", "a segment routing policy (RFC 9830)"},
    {Safi::mup, "mup", "", "a mobile user plane route"},
    {Safi::mpls_vpn, "mpls-vpn", "", "a VPN route (RFC 4364)"},
    {Safi::rtc, "rtc", "", "a route target constraint (RFC 4684)"},
    {Safi::flow, "flow", "", "a flow specification rule (RFC 8955)"},
    {Safi::flow_vpn, "flow-vpn", "", "a flow specification rule of a VPN (RFC 8955)"},
};

}  // namespace

std::span<const FamilyTraits> family_table() { return k_families; }

std::optional<FamilyIndex> family_index(Family family) {
  if (family == k_ipv4_unicast) return FamilyIndex{0};  // nearly every question
  std::size_t low = 1;
  std::size_t high = k_families.size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (k_families[middle].family < family) low = middle + 1;
    else high = middle;
  }
  if (low == k_families.size() || k_families[low].family != family) return std::nullopt;
  return static_cast<FamilyIndex>(low);
}

const FamilyTraits& family_traits(FamilyIndex index) {
  TANDEM_ASSERT(index < k_families.size());
  return k_families[index];
}

std::span<const FamilyIndex> families_by_safi() { return k_by_safi; }

Family family_at(FamilyIndex index) { return family_traits(index).family; }

std::string to_string(Afi afi) {
  if (afi == Afi::undefined) return "undefined";
  for (const auto& name : k_afi_words) {
    if (name.afi == afi) return std::string(name.name);
  }
  return fmt::format("unknown-afi-0x{:x}", static_cast<unsigned>(afi));
}

std::string to_string(Safi safi) {
  if (safi == Safi::undefined) return "undefined";
  for (const auto& name : k_safi_words) {
    if (name.safi == safi) return std::string(name.name);
  }
  return fmt::format("unknown safi {}", static_cast<unsigned>(safi));
}

std::string to_string(Family family, char separator) {
  std::string out = to_string(family.afi);
  out += separator;
  out += to_string(family.safi);
  return out;
}

std::optional<Afi> parse_afi(std::string_view text) {
  for (const auto& name : k_afi_words) {
    if (name.name == text) return name.afi;
  }
  return std::nullopt;
}

std::optional<Safi> parse_safi(std::string_view text) {
  if (text.empty()) return std::nullopt;
  for (const auto& name : k_safi_words) {
    if (name.name == text || name.alias == text) return name.safi;
  }
  return std::nullopt;
}

std::span<const SafiWord> safi_words() { return k_safi_words; }

std::vector<std::string> safi_words_of(Afi afi, std::optional<FamilyRule> rule) {
  std::vector<std::string> out;
  for (const FamilyTraits& traits : k_families) {
    if (traits.family.afi != afi || (rule && !traits.has(*rule))) continue;
    for (const SafiWord& word : k_safi_words) {
      if (word.safi != traits.family.safi) continue;
      out.emplace_back(word.name);
      if (!word.alias.empty()) out.emplace_back(word.alias);
    }
  }
  return out;
}

std::optional<Family> parse_family(std::string_view afi, std::string_view safi) {
  const auto afi_number = parse_afi(afi);
  const auto safi_number = parse_safi(safi);
  if (!afi_number || !safi_number) return std::nullopt;
  const Family family{*afi_number, *safi_number};
  if (!family_index(family)) return std::nullopt;
  return family;
}

}  // namespace tandem::bgp
