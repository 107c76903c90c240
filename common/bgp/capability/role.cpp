// The role of the sender (RFC 9234 section 4.1). A value of another length is no role: it is kept as octets, as an unknown capability is.
#include <fmt/format.h>

#include <algorithm>

#include "common/bgp/capability/registry.hpp"

namespace tandem::bgp {

namespace {

base::Result<void> decode(base::Bytes value, Capabilities& capabilities) {
  std::vector<std::uint8_t>& roles = capabilities.roles;
  if (value.size() != 1) return keep_unknown(CapabilityCode::role, value, capabilities);
  // Several are one where they agree, and an error that negotiation finds where they do not.
  if (std::find(roles.begin(), roles.end(), value[0]) == roles.end()) roles.push_back(value[0]);
  return {};
}

void encode(const Capabilities& capabilities, std::vector<base::Buffer>& values) {
  for (const std::uint8_t role : capabilities.roles) values.push_back({role});
}

std::string names(const Capabilities& capabilities) {
  std::vector<std::string> all;
  for (const std::uint8_t role : capabilities.roles) all.push_back(role_name(role));
  return fmt::format("{}", fmt::join(all, ","));
}

void json(const Capabilities& capabilities, base::JsonWriter& out) {
  out.member("name", "role");
  out.member("role", names(capabilities));
}
void text(const Capabilities& capabilities, std::string& out) { out += fmt::format("role({})", names(capabilities)); }

}  // namespace

const CapabilityRow k_role_row{CapabilityCode::role, "role", decode, encode, json, "{ name: \"role\", role: string }", text};

}  // namespace tandem::bgp
