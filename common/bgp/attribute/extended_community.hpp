// Extended communities (RFC 4360) and their IPv6 form (RFC 5701): what the files that print them, read them and make them of the actions
// of flow rules share. Private to the room.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/base/ip.hpp"
#include "common/bgp/attribute/attributes.hpp"
#include "common/bgp/value_reader.hpp"

namespace tandem::bgp {

inline constexpr std::size_t k_extended_community_size = 8;
inline constexpr std::size_t k_ipv6_extended_community_size = 20;

// Type and subtype of the actions of a flow rule (RFC 8955 section 7, RFC 8956 section 6; draft-simpson-idr-flowspec-redirect,
// draft-ietf-idr-flowspec-redirect-ip, draft-ietf-idr-flowspec-interfaceset).
inline constexpr std::uint16_t k_traffic_rate_bytes = 0x8006;
inline constexpr std::uint16_t k_traffic_action = 0x8007;
inline constexpr std::uint16_t k_redirect_as2 = 0x8008;
inline constexpr std::uint16_t k_traffic_marking = 0x8009;
inline constexpr std::uint16_t k_traffic_rate_packets = 0x800c;
inline constexpr std::uint16_t k_redirect_as4 = 0x8208;
inline constexpr std::uint16_t k_to_next_hop = 0x0800;
inline constexpr std::uint16_t k_to_next_hop_ietf = 0x010c;
inline constexpr std::uint16_t k_interface_set = 0x0702;
inline constexpr std::uint16_t k_non_transitive = 0x4000;
// Of the IPv6 form.
inline constexpr std::uint16_t k_to_next_hop_ipv6 = 0x000c;
inline constexpr std::uint16_t k_redirect_ipv6 = 0x000d;

// One as "target:65000:100", as programs are told it, also of an NLRI that has one in it. Reading appends eight octets, or says what was
// expected.
void append_extended_community(std::string& out, base::Bytes community);
[[nodiscard]] std::optional<std::string_view> write_extended_community(std::string_view text, base::Buffer& out);

// Reads one value, of which `first` has been taken, and appends its octets.
using ExtendedCommunityReader = std::optional<base::Error>(ValueReader& reader, const base::Token& first, base::Buffer& out);
ExtendedCommunityReader read_extended_community;
ExtendedCommunityReader read_ipv6_extended_community;
// "input:65000:5", "non-transitive:output:65000:5"; false, and nothing is appended, when it is not one.
[[nodiscard]] bool write_interface_set(std::string_view text, base::Buffer& out);

// "(with copy)", which is printed behind an address and says nothing new.
void skip_with_copy(ValueReader& reader);
// "VXLAN"; nullopt when no type of tunnel is called like that.
[[nodiscard]] std::optional<std::uint16_t> encapsulation_type(std::string_view name);

void add_extended_communities(AttributeBuilder& builder, base::Bytes communities);
void add_ipv6_extended_community(AttributeBuilder& builder, std::uint16_t kind, const base::IpAddress& address, std::uint16_t number);

// The words of a route: one value, or several in brackets.
base::Result<std::size_t> parse_extended_community(base::Tokens tokens, AttributeBuilder& builder);
base::Result<std::size_t> parse_ipv6_extended_community(base::Tokens tokens, AttributeBuilder& builder);

}  // namespace tandem::bgp
