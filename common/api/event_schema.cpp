#include "common/api/event_schema.hpp"

#include <fmt/format.h>

#include "common/base/assert.hpp"
#include "common/bgp/shapes.hpp"

namespace tandem::api {

namespace {

// What follows "type" in an event about a neighbor: beside the envelope, and within "neighbor".
struct EventShape {
  std::string_view type;
  std::string_view neighbor;
};
constexpr EventShape k_events[] = {
    {R"("state")", R"({ ...neighbor, state: "connected" | "up" } | { ...neighbor, state: "down", reason: string })"},
    {R"("fsm")", R"({ ...neighbor, state: "IDLE" | "ACTIVE" | "CONNECT" | "OPENSENT" | "OPENCONFIRM" | "ESTABLISHED" })"},
    {R"("negotiated")", R"({ ...neighbor, negotiated: negotiated })"},
    {R"("signal")", R"({ ...neighbor, code: digits, name: string })"},
    {R"("open")",
     R"({ ...message, open: { version: u8, asn: u16, hold_time: u16, router_id: ipv4, capabilities: capabilities } })"},
    {R"("keepalive")", R"({ ...message })"},
    {R"("notification")", R"({ ...message, notification: { code: u8, subcode: u8, data: hex, message: string } })"},
    {R"("refresh")", R"({ ...message, route-refresh: { afi: afi, safi: safi, subtype: "query" | "begin" | "end" | "invalid" } })"},
    {R"("operational")", R"({ ...message, operational: operational })"},
    {R"("update")", R"({ ...message, message: { update: update } | { eor: { afi: afi, safi: safi } }, negotiated?: negotiated })"},
    // As it is on the wire.
    {R"("open" | "update" | "notification" | "keepalive" | "route-refresh" | "operational" | "unknown")",
     R"({ ...message, message: { category: u8, header: hex, body: hex }, negotiated?: negotiated })"},
};

// `counter` and `router-id` are missing from what `tandem decode` prints.
constexpr std::string_view k_envelope = "time: number, host: string, pid: 0.., ppid: 0.., ... }";
constexpr const char* k_parts[][2] = {
    {"neighbor", "{ address: { local: next-hop, peer: next-hop }, asn: { local: u32, peer: u32 }, router-id?: ipv4, ... }"},
    {"message", R"({ ...neighbor, direction: "receive" | "send" | "in", ... })"},
    {"negotiated",
     R"({ message_size: u16, hold_time: u16, asn4: boolean, multisession: boolean, operational: boolean, )"
     R"(refresh: "absent" | "normal" | "enhanced", families: [family], nexthop: [string], add_path: { send: [family], receive: [family] } })"},
    {"update", "{ attribute?: { ...attributes, next-hop?: ip, error?: string }, announce?: announce, withdraw?: withdraw }"},
    {"operational",
     R"({ name: "ASM" | "ADM", afi: afi, safi: safi, advisory: string } | )"
     R"({ name: "RPCQ" | "APCQ" | "LPCQ", afi: afi, safi: safi } | )"
     R"({ name: "RPCP" | "APCP" | "LPCP", afi: afi, safi: safi, router-id: ipv4, sequence: u32, counter: u32 } | )"
     R"({ name: "unknown", type: `operational-type-[0-9]+`, data: hex })"},
};

}  // namespace

std::string event_schema(EventForm form) {
  const bool version_4 = form == EventForm::json_v4;
  std::vector<base::ShapeDefinition> definitions = bgp::shape_definitions();
  definitions.push_back({"envelope", fmt::format("{{ exabgp: \"{}\", {}", version_4 ? "4.0.1" : "6.0.0", k_envelope)});
  for (const auto& [name, shape] : k_parts) definitions.push_back({name, shape});
  std::string shape = R"({ ...envelope, type: "notification", notification: "shutdown" } | { ...envelope, type: "snapshot", snapshot: "begin" | "end" } | )"
                      R"({ ...envelope, type: "engine", engine: { name: string, before: string, detail: string, )"
                      R"(reason: "command" | "trial" | "trial over" | "rolled back" | "stopped" } })";
  for (const EventShape& event : k_events) {
    const bool of_message = event.neighbor.starts_with("{ ...message");
    shape += fmt::format(" | {{ ...envelope, counter: 0.., type: {}, {}neighbor: {} }}", event.type, of_message ? "header?: hex, body?: hex, " : "",
                         event.neighbor);
  }
  const int version = version_4 ? 4 : 6;
  const auto schema = base::json_schema({fmt::format("urn:tandem:schema:events-v{}", version), fmt::format("Events of API version {}", version), version_4},
                                        shape, definitions);
  TANDEM_ASSERT(schema.has_value());
  return *schema;
}

}  // namespace tandem::api
