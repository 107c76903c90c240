#include <algorithm>
#include <array>

#include "common/base/asn.hpp"
#include "common/bgp/nlri/flow.hpp"
#include "common/bgp/value_reader.hpp"

namespace tandem::bgp {

namespace {

constexpr FlowName k_protocols[] = {
    {"icmp", 1}, {"igmp", 2}, {"tcp", 6},  {"egp", 8},   {"udp", 17},  {"rsvp", 46},  {"gre", 47},
    {"esp", 50}, {"ah", 51},  {"ospf", 89}, {"ipip", 94}, {"pim", 103}, {"sctp", 132},
};
constexpr FlowName k_icmp_types[] = {
    {"echo-reply", 0}, {"unreachable", 3}, {"redirect", 5}, {"echo-request", 8}, {"router-advertisement", 9}, {"router-solicit", 10},
    {"time-exceeded", 11}, {"parameter-problem", 12}, {"timestamp", 13}, {"timestamp-reply", 14}, {"photuris", 40},
    {"experimental-mobility", 41}, {"extended-echo-request", 42}, {"extended-echo-reply", 43}, {"experimental-one", 253},
    {"experimental-two", 254},
};
// What a code means depends on the type beside it; names of several types stand in one list.
constexpr FlowName k_icmp_codes[] = {
    {"network-unreachable", 0}, {"host-unreachable", 1}, {"protocol-unreachable", 2}, {"port-unreachable", 3}, {"fragmentation-needed", 4},
    {"source-route-failed", 5}, {"destination-network-unknown", 6}, {"destination-host-unknown", 7}, {"source-host-isolated", 8},
    {"destination-network-prohibited", 9}, {"destination-host-prohibited", 10}, {"network-unreachable-for-tos", 11},
    {"host-unreachable-for-tos", 12}, {"communication-prohibited-by-filtering", 13}, {"host-precedence-violation", 14},
    {"precedence-cutoff-in-effect", 15}, {"redirect-for-network", 0}, {"redirect-for-host", 1}, {"redirect-for-tos-and-net", 2},
    {"redirect-for-tos-and-host", 3}, {"ttl-eq-zero-during-transit", 0}, {"ttl-eq-zero-during-reassembly", 1},
    {"required-option-missing", 1}, {"ip-header-bad", 2},
};
// Ascending: printed from the low bit to the high one. Of several names for a bit the first one is printed.
constexpr FlowName k_tcp_flags[] = {
    {"fin", 0x01}, {"syn", 0x02}, {"rst", 0x04}, {"push", 0x08}, {"ack", 0x10}, {"urg", 0x20}, {"urgent", 0x20},
    {"ece", 0x40}, {"cwr", 0x80}, {"ns", 0x100},
};
constexpr FlowName k_fragments[] = {{"dont-fragment", 1}, {"is-fragment", 2}, {"first-fragment", 4}, {"last-fragment", 8}};

using enum FlowKind;
constexpr std::array<FlowComponent, k_flow_types> k_components{{
    {1, prefix, "destination-ipv4", "destination-ipv6", 0, {}, false, {}},
    {2, prefix, "source-ipv4", "source-ipv6", 0, {}, false, {}},
    {3, numeric, "protocol", "next-header", 1, k_protocols, true, {}},
    {4, numeric, "port", "port", 2, {}, false, {}},
    {5, numeric, "destination-port", "destination-port", 2, {}, false, {}},
    {6, numeric, "source-port", "source-port", 2, {}, false, {}},
    {7, numeric, "icmp-type", "icmp-type", 1, k_icmp_types, true, {}},
    {8, numeric, "icmp-code", "icmp-code", 1, k_icmp_codes, false, {}},
    {9, bitmask, "tcp-flags", "tcp-flags", 2, k_tcp_flags, true, "unknown tcp flag type"},
    {10, numeric, "packet-length", "packet-length", 2, {}, false, {}},
    {11, numeric, "dscp", "traffic-class", 1, {}, false, {}},
    {12, bitmask, "fragment", "fragment", 2, k_fragments, true, "unknown fragment type"},
    {13, numeric, "", "flow-label", 4, {}, false, {}},
}};

[[nodiscard]] bool has_ports(const FlowComponent& component) { return component.type >= 4 && component.type <= 6; }

}  // namespace

const FlowComponent* flow_component(std::uint8_t type, Afi afi) {
  if (type == 0 || type > k_flow_types) return nullptr;
  const FlowComponent& component = k_components[type - 1U];
  return component.name(afi).empty() ? nullptr : &component;
}

std::optional<std::uint64_t> parse_flow_value(const FlowComponent& component, std::string_view text, std::uint64_t maximum) {
  auto number = base::parse_decimal(text, maximum);
  if (!number) number = parse_hex_number(text, maximum);
  if (number) return number;
  std::string name = lower(text);
  std::replace(name.begin(), name.end(), '_', '-');
  if (has_ports(component)) return flow_service_port(name);
  const auto named = std::find_if(component.names.begin(), component.names.end(), [&](const FlowName& each) { return each.name == name; });
  return named == component.names.end() || named->value > maximum ? std::nullopt : std::optional<std::uint64_t>(named->value);
}

}  // namespace tandem::bgp
