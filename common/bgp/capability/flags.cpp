// Capabilities whose presence is all they say: route refresh (RFC 2918, and Cisco's older code), enhanced route refresh
// (RFC 7313), operational messages, extended messages (RFC 8654), link-local next hop. Values of a peer are ignored.
#include "common/bgp/capability/registry.hpp"

namespace tandem::bgp {

namespace {

base::Result<void> ignore_value(base::Bytes, Capabilities&) { return {}; }
void encode_empty(const Capabilities&, std::vector<base::Buffer>& values) { values.emplace_back(); }

void json_route_refresh(const Capabilities&, base::JsonWriter& out) {
  out.member("name", "route-refresh");
  out.member("variant", "RFC");
}
void text_route_refresh(const Capabilities&, std::string& out) { out += "route refresh"; }

void json_route_refresh_cisco(const Capabilities&, base::JsonWriter& out) {
  out.member("name", "route-refresh");
  out.member("variant", "Cisco");
}
void text_route_refresh_cisco(const Capabilities&, std::string& out) { out += "cisco route refresh"; }

void json_enhanced(const Capabilities&, base::JsonWriter& out) { out.member("name", "enhanced-route-refresh"); }
void text_enhanced(const Capabilities&, std::string& out) { out += "enhanced route refresh"; }

void json_operational(const Capabilities&, base::JsonWriter& out) { out.member("name", "operational"); }
void text_operational(const Capabilities&, std::string& out) { out += "operational"; }

void json_extended_message(const Capabilities&, base::JsonWriter& out) {
  out.member("name", "extended-message");
  out.member("size", 65535);
}
void text_extended_message(const Capabilities&, std::string& out) { out += "extended message(65535)"; }

void json_link_local(const Capabilities&, base::JsonWriter& out) { out.member("name", "link-local-nexthop"); }
void text_link_local(const Capabilities&, std::string& out) { out += "link-local nexthop"; }

}  // namespace

const CapabilityRow k_route_refresh_row{
    CapabilityCode::route_refresh, "route-refresh", ignore_value, encode_empty, json_route_refresh,
    "{ name: \"route-refresh\", variant: \"RFC\" }", text_route_refresh};
const CapabilityRow k_route_refresh_cisco_row{CapabilityCode::route_refresh_cisco, "cisco-route-refresh", ignore_value, encode_empty,
                                              json_route_refresh_cisco, "{ name: \"route-refresh\", variant: \"Cisco\" }", text_route_refresh_cisco};
const CapabilityRow k_enhanced_route_refresh_row{
    CapabilityCode::enhanced_route_refresh, "enhanced-route-refresh", ignore_value, encode_empty, json_enhanced,
    "{ name: \"enhanced-route-refresh\" }", text_enhanced};
const CapabilityRow k_operational_row{
    CapabilityCode::operational, "operational", ignore_value, encode_empty, json_operational, "{ name: \"operational\" }", text_operational,
    "exabgp-experimental-operational"};
const CapabilityRow k_extended_message_row{
    CapabilityCode::extended_message, "extended-message", ignore_value, encode_empty, json_extended_message,
    "{ name: \"extended-message\", size: u16 }", text_extended_message};
const CapabilityRow k_link_local_next_hop_row{
    CapabilityCode::link_local_next_hop, "link-local-nexthop", ignore_value, encode_empty, json_link_local,
    "{ name: \"link-local-nexthop\" }", text_link_local};

}  // namespace tandem::bgp
