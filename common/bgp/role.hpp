// BGP roles (RFC 9234): what one end of an external session is to the other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/bgp/family.hpp"

namespace tandem::bgp {

enum class Role : std::uint8_t { provider = 0, rs = 1, rs_client = 2, customer = 3, peer = 4 };

[[nodiscard]] std::string_view to_string(Role role);
[[nodiscard]] std::string role_name(std::uint8_t number);  // "customer", "unassigned-7"
[[nodiscard]] std::optional<Role> parse_role(std::string_view text);
// Section 4.2: whether the other end may be what it says to be.
[[nodiscard]] bool is_counterpart(Role ours, std::uint8_t theirs);
// Section 5. Routes that come from there may only go to customers; such routes must not go there.
[[nodiscard]] constexpr bool is_upwards(Role ours) { return ours == Role::customer || ours == Role::rs_client || ours == Role::peer; }
// Routes that go there may only go to customers from then on.
[[nodiscard]] constexpr bool is_downwards(Role ours) { return ours == Role::provider || ours == Role::rs || ours == Role::peer; }

// Section 5: the rules are those of IPv4 and IPv6 unicast.
[[nodiscard]] inline bool has_only_to_customer_rules(FamilyIndex family) { return family_at(family).safi == Safi::unicast; }

}  // namespace tandem::bgp
