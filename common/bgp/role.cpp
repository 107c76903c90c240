#include "common/bgp/role.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tandem::bgp {

namespace {

struct Row {
  Role role;
  std::string_view name;
  Role counterpart;
};
constexpr std::array<Row, 5> k_rows = {{
    {Role::provider, "provider", Role::customer},
    {Role::rs, "rs", Role::rs_client},
    {Role::rs_client, "rs-client", Role::rs},
    {Role::customer, "customer", Role::provider},
    {Role::peer, "peer", Role::peer},
}};
const Row& row(Role role) { return k_rows[static_cast<std::size_t>(role)]; }

}  // namespace

std::string_view to_string(Role role) { return row(role).name; }

std::string role_name(std::uint8_t number) {
  return number < k_rows.size() ? std::string(to_string(Role{number})) : fmt::format("unassigned-{}", number);
}

std::optional<Role> parse_role(std::string_view text) {
  const auto* found = std::find_if(k_rows.begin(), k_rows.end(), [text](const Row& each) { return each.name == text; });
  return found == k_rows.end() ? std::nullopt : std::optional(found->role);
}

bool is_counterpart(Role ours, std::uint8_t theirs) { return static_cast<std::uint8_t>(row(ours).counterpart) == theirs; }

}  // namespace tandem::bgp
