// Address families (RFC 4760): numbers, words, and the table of the families tandem knows. What can be done with the NLRI of a
// family is the row that the table names (nlri/codec.hpp), one file a kind; docs/extending.md walks through adding one.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tandem::bgp {

enum class Afi : std::uint16_t { undefined = 0, ipv4 = 1, ipv6 = 2, l2vpn = 25, bgp_ls = 16388 };
enum class Safi : std::uint8_t {
  undefined = 0, unicast = 1, multicast = 2, nlri_mpls = 4, mcast_vpn = 5, vpls = 65, evpn = 70, bgp_ls = 71,
  bgp_ls_vpn = 72, sr_policy = 73, mup = 85, mpls_vpn = 128, rtc = 132, flow = 133, flow_vpn = 134
};

struct Family {
  Afi afi = Afi::undefined;
  Safi safi = Safi::undefined;
  friend auto operator<=>(const Family&, const Family&) = default;
};

inline constexpr Family k_ipv4_unicast{Afi::ipv4, Safi::unicast};
inline constexpr Family k_ipv6_unicast{Afi::ipv6, Safi::unicast};
inline constexpr Family k_ipv4_multicast{Afi::ipv4, Safi::multicast};
inline constexpr Family k_ipv6_multicast{Afi::ipv6, Safi::multicast};

// A small number for a known family, its position in the (AFI, SAFI) order; what RIB keys carry instead of four octets.
using FamilyIndex = std::uint8_t;
inline constexpr std::size_t k_family_count = 23;

// What is true of a family and not of all: the bits of one row.
enum class FamilyRule : std::uint16_t {
  grouped = 1 << 0,              // several NLRI of one attribute set share an UPDATE under group-updates
  route_distinguisher = 1 << 1,  // the next hop carries eight zero octets in front (RFC 4364)
  add_path = 1 << 2,             // ADD-PATH may be announced for it
  extended_next_hop = 1 << 3,    // IPv4 NLRI that need RFC 8950 to have an IPv6 next hop
  next_hop_attribute = 1 << 4,   // an IPv4 next hop stands in NEXT_HOP, too, beside MP_REACH_NLRI
  next_hop_optional = 1 << 5,    // may be announced without one: its length is 0 (RFC 8955 section 4)
  bare_withdraw = 1 << 6,        // a withdraw carries no path attribute beside MP_UNREACH_NLRI
  own_next_hop = 1 << 7,         // a next hop of the other IP version must have been agreed on, both ways
  link_local = 1 << 8,           // a link-local address may follow the next hop in IPv6 (RFC 2545 section 3)
  mapped_next_hop = 1 << 9,      // an IPv4 next hop is written as ::ffff:a.b.c.d
};
class FamilyRules {
 public:
  constexpr FamilyRules() = default;
  constexpr FamilyRules(FamilyRule rule) : bits_(static_cast<std::uint16_t>(rule)) {}  // NOLINT: a rule is a set of one
  [[nodiscard]] constexpr bool has(FamilyRule rule) const { return (bits_ & static_cast<std::uint16_t>(rule)) != 0; }
  friend constexpr FamilyRules operator|(FamilyRules a, FamilyRules b) {
    a.bits_ |= b.bits_;
    return a;
  }

 private:
  std::uint16_t bits_ = 0;
};
constexpr FamilyRules operator|(FamilyRule a, FamilyRule b) { return FamilyRules(a) | FamilyRules(b); }

struct NlriCodec;  // nlri/codec.hpp

struct FamilyTraits {
  Family family;
  std::span<const std::uint8_t> next_hop_lengths;  // accepted in MP_REACH_NLRI without RFC 8950
  FamilyRules rules;
  const NlriCodec* codec;  // null: negotiated, and its NLRI are not looked into
  [[nodiscard]] constexpr bool has(FamilyRule rule) const { return rules.has(rule); }
};

// The 23 families sorted by AFI number then SAFI number.
[[nodiscard]] std::span<const FamilyTraits> family_table();
[[nodiscard]] std::optional<FamilyIndex> family_index(Family family);
[[nodiscard]] Family family_at(FamilyIndex index);
[[nodiscard]] const FamilyTraits& family_traits(FamilyIndex index);
// The same families by SAFI number, then AFI number: the order in which capabilities 5 and 69 list them.
[[nodiscard]] std::span<const FamilyIndex> families_by_safi();

// "ipv4", "unknown-afi-0x63"; "unicast", "unknown safi 99".
[[nodiscard]] std::string to_string(Afi afi);
[[nodiscard]] std::string to_string(Safi safi);
[[nodiscard]] std::string to_string(Family family, char separator = ' ');  // "ipv4 unicast"; OPEN JSON uses '/'
[[nodiscard]] std::optional<Afi> parse_afi(std::string_view text);    // case-sensitive
[[nodiscard]] std::optional<Safi> parse_safi(std::string_view text);  // canonical names and aliases; case-sensitive
[[nodiscard]] std::optional<Family> parse_family(std::string_view afi, std::string_view safi);  // a known pair only

// The words of SAFIs, for whoever offers or explains them.
struct SafiWord {
  Safi safi;
  std::string_view name;   // canonical, what is printed
  std::string_view alias;  // also understood; empty: none
  std::string_view help;   // what a route of it is
};
[[nodiscard]] std::span<const SafiWord> safi_words();
// The words that may follow that of the AFI, aliases included, where the families have this rule.
[[nodiscard]] std::vector<std::string> safi_words_of(Afi afi, std::optional<FamilyRule> rule = std::nullopt);

// A set of known families; iteration is in table order.
class FamilySet {
 public:
  void insert(FamilyIndex index) { bits_ |= 1U << index; }
  void erase(FamilyIndex index) { bits_ &= ~(1U << index); }
  [[nodiscard]] bool contains(FamilyIndex index) const { return (bits_ >> index & 1U) != 0; }
  [[nodiscard]] bool contains(Family family) const {
    const auto index = family_index(family);
    return index && contains(*index);
  }
  [[nodiscard]] bool empty() const { return bits_ == 0; }
  [[nodiscard]] std::uint32_t bits() const { return bits_; }
  friend auto operator<=>(const FamilySet&, const FamilySet&) = default;

 private:
  std::uint32_t bits_ = 0;
};

}  // namespace tandem::bgp
