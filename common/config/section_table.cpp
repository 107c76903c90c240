// The table of sections. Depth is bounded by this table: no section can be reached from itself.
#include <fmt/format.h>

#include <algorithm>

#include "common/base/assert.hpp"
#include "common/bgp/value_reader.hpp"
#include "common/config/parser.hpp"
#include "common/config/section.hpp"

namespace tandem::config {

namespace {

constexpr Keyword k_top[] = {
    {"process", "NAME", "a program that may command neighbors and be told events", nullptr, SectionId::process},
    {"template", "", "holds neighbors to inherit from", nullptr, SectionId::template_},
    {"neighbor", "ADDRESS[/LENGTH]", "a peer, or a range of peers", nullptr, SectionId::neighbor},
};
constexpr Retired k_top_retired[] = {
    {"group", "groups are gone: use template { neighbor NAME { } } and inherit"},
    {"peer", "use neighbor ADDRESS { }"},
    {"router", "a router-id stands in each neighbor, or in a template { neighbor NAME { } } they inherit"},
    {"router-id", "it stands in each neighbor, or in a template { neighbor NAME { } } they inherit"},
};
// Words of ExaBGP 3.x and 4.0 files, and of other programs' files where people mix them up.
constexpr Retired k_process_retired[] = {
    {"receive", "it stands in the neighbor: api { receive { } }"},
    {"send", "it stands in the neighbor: api { send { } }"},
    {"neighbor-changes", "it stands in the neighbor: api { neighbor-changes; }"},
    {"peer-updates", "in the neighbor: api { neighbor-changes; receive { parsed; update; } }"},
    {"parse-routes", "in the neighbor: api { receive { parsed; update; } }"},
    {"receive-routes", "in the neighbor: api { receive { parsed; update; } }"},
    {"receive-parsed", "in the neighbor: api { receive { parsed; } }"},
    {"receive-packets", "in the neighbor: api { receive { packets; } }"},
    {"send-packets", "in the neighbor: api { send { packets; } }"},
    {"consolidate", "in the neighbor: api { receive { consolidate; } }"},
    {"receive-opens", "in the neighbor: api { receive { parsed; open; } }"},
    {"receive-updates", "in the neighbor: api { receive { parsed; update; } }"},
    {"receive-keepalives", "in the neighbor: api { receive { parsed; keepalive; } }"},
    {"receive-notifications", "in the neighbor: api { receive { parsed; notification; } }"},
    {"receive-refresh", "in the neighbor: api { receive { parsed; refresh; } }"},
    {"receive-operational", "in the neighbor: api { receive { parsed; operational; } }"},
    {"command", "use run PROGRAM"},
    {"environment", "settings stand in the environment and its file: 'tandem env' shows them"},
};
constexpr Keyword k_template[] = {
    {"neighbor", "NAME", "values for neighbors that inherit NAME", nullptr, SectionId::template_neighbor},
};
constexpr Keyword k_announce[] = {
    {"ipv4", "", "IPv4 routes, by SAFI", nullptr, SectionId::announce_ipv4},
    {"ipv6", "", "IPv6 routes, by SAFI", nullptr, SectionId::announce_ipv6},
    {"l2vpn", "", "layer 2 VPN routes", nullptr, SectionId::announce_l2vpn},
    {"bgp-ls", "", "link-state objects", nullptr, SectionId::announce_bgp_ls},
};

Status skip(ParserState&, const Statement&) { return {}; }

// In the order of SectionId.
std::span<const Section> sections() {
  using Id = SectionId;
  static const Section k_sections[] = {
      // id, name, keywords, retired words, enter, leave
      {Id::top, "", k_top, k_top_retired, nullptr, nullptr},
      {Id::process, "process", process_keywords(), k_process_retired, enter_process, leave_process},
      {Id::template_, "template", k_template, {}, nullptr, nullptr},
      {Id::template_neighbor, "neighbor", neighbor_keywords(), neighbor_retired(), enter_template_neighbor, leave_template_neighbor},
      {Id::neighbor, "neighbor", neighbor_keywords(), neighbor_retired(), enter_neighbor, leave_neighbor},
      {Id::family, "family", family_keywords(), family_retired(), enter_family, nullptr},
      {Id::capability, "capability", capability_keywords(), capability_retired(), nullptr, nullptr},
      {Id::add_path, "add-path", add_path_keywords(), family_retired(), enter_add_path, nullptr},
      {Id::nexthop, "nexthop", nexthop_keywords(), family_retired(), nullptr, nullptr},
      {Id::api, "api", api_keywords(), api_retired(), enter_api, nullptr},
      {Id::api_receive, "receive", api_receive_keywords(), topic_retired(), nullptr, nullptr},
      {Id::api_send, "send", api_send_keywords(), topic_retired(), nullptr, nullptr},
      {Id::static_, "static", static_keywords(), static_retired(), nullptr, nullptr},
      {Id::static_route, "route", {}, {}, enter_static_route, leave_route, take_route_statement, Id::route_block},
      {Id::flow_route, "route", {}, {}, enter_flow_route, leave_route, take_route_statement, Id::route_block},
      {Id::vpls_route, "vpls", {}, {}, enter_vpls_route, leave_route, take_route_statement, Id::route_block},
      {Id::route_block, "", {}, {}, enter_route_block, leave_route_block, take_route_statement},
      {Id::announce, "announce", k_announce, {}, nullptr, nullptr},
      {Id::announce_ipv4, "ipv4", announce_ipv4_keywords(), {}, nullptr, nullptr},
      {Id::announce_ipv6, "ipv6", announce_ipv6_keywords(), {}, nullptr, nullptr},
      {Id::announce_l2vpn, "l2vpn", announce_l2vpn_keywords(), {}, nullptr, nullptr},
      {Id::announce_bgp_ls, "bgp-ls", announce_bgp_ls_keywords(), {}, nullptr, nullptr},
      {Id::flow, "flow", flow_keywords(), {}, nullptr, nullptr},
      {Id::l2vpn, "l2vpn", l2vpn_keywords(), {}, nullptr, nullptr},
      {Id::operational, "operational", operational_keywords(), {}, nullptr, nullptr, nullptr, Id::none, true},
      {Id::tcp_ao, "tcp-ao", tcp_ao_keywords(), {}, enter_tcp_ao, nullptr},
      {Id::max_prefix, "max-prefix", max_prefix_keywords(), family_retired(), nullptr, nullptr},
      {Id::skipped, "", {}, {}, nullptr, nullptr, skip},
  };
  return k_sections;
}

void print_section(const Section& printed, const std::string& path, std::string& out) {
  for (const Keyword& keyword : printed.keywords) {
    const std::string value = keyword.value.empty() ? "" : fmt::format(" {}", keyword.value);
    const auto row = [&](std::string_view end) {
      out += fmt::format("{:<70} {}\n", fmt::format("{}{}{}{}", path, keyword.name, value, end), keyword.help);
    };
    if (keyword.command != nullptr) row(";");
    if (keyword.block == SectionId::none) continue;
    row(" { }");
    // a template holds what a neighbor holds: told once
    if (keyword.block == SectionId::template_neighbor) continue;
    print_section(section(keyword.block), fmt::format("{}{} / ", path, keyword.name), out);
  }
}

}  // namespace

const Section& section(SectionId id) {
  const auto index = static_cast<std::size_t>(id) - 1;
  TANDEM_ASSERT(id != SectionId::none && index < sections().size() && sections()[index].id == id);
  return sections()[index];
}

const Keyword* find_keyword(const Section& section, std::string_view name) {
  std::string small;
  if (section.any_case) name = small = bgp::lower(name);
  const auto found = std::find_if(section.keywords.begin(), section.keywords.end(),
                                  [&](const Keyword& keyword) { return keyword.name == name; });
  return found == section.keywords.end() ? nullptr : &*found;
}

const Retired* find_retired(const Section& section, std::string_view name) {
  const auto found = std::find_if(section.retired.begin(), section.retired.end(), [&](const Retired& retired) { return retired.name == name; });
  return found == section.retired.end() ? nullptr : &*found;
}

std::string print_keywords() {
  std::string out;
  print_section(section(SectionId::top), "", out);
  return out;
}

}  // namespace tandem::config
