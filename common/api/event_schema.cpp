#include "common/api/event_schema.hpp"

#include <fmt/format.h>

#include "common/api/wording.hpp"
#include "common/base/assert.hpp"
#include "common/bgp/message/header.hpp"
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
    {R"("notification")", R"({ ...message, notification: notification })"},
    {R"("refresh")", R"({ ...message, route-refresh: { afi: afi, safi: safi, subtype: "query" | "begin" | "end" | "invalid" } })"},
    {R"("operational")", R"({ ...message, operational: operational })"},
    {R"("update")", R"({ ...message, message: { update: update } | { eor: { afi: afi, safi: safi } }, negotiated?: negotiated })"},
};

// As it is on the wire, where the type is a name of the dialect.
EventShape packet_shape(bgp::Dialect dialect, std::string& types) {
  constexpr std::uint8_t k_none = 0;
  for (auto type = static_cast<std::uint8_t>(bgp::MessageType::open); type <= static_cast<std::uint8_t>(bgp::MessageType::operational); ++type) {
    types += fmt::format("\"{}\" | ", bgp::packet_name(type, dialect));
  }
  types += fmt::format("\"{}\"", bgp::packet_name(k_none, dialect));
  return {types, R"({ ...message, message: { category: u8, header: hex, body: hex }, negotiated?: negotiated })"};
}

// `counter` and `router-id` are missing from what `tandem decode` prints.
constexpr std::string_view k_envelope = "time: number, host: string, pid: 0.., ppid: 0.., ... }";
constexpr const char* k_parts[][2] = {
    {"message", R"({ ...neighbor, direction: "receive" | "send" | "in", ... })"},
    {"negotiated",
     R"({ message_size: u16, hold_time: u16, asn4: boolean, multisession: boolean, operational: boolean, )"
     R"(refresh: "absent" | "normal" | "enhanced", families: [family], nexthop: [string], add_path: { send: [family], receive: [family] } })"},
    {"update", "{ attribute?: { ...attributes, ...update-attributes }, announce?: announce, withdraw?: withdraw }"},
    {"operational",
     R"({ name: "ASM" | "ADM", afi: afi, safi: safi, advisory: string } | )"
     R"({ name: "RPCQ" | "APCQ" | "LPCQ", afi: afi, safi: safi } | )"
     R"({ name: "RPCP" | "APCP" | "LPCP", afi: afi, safi: safi, router-id: ipv4, sequence: u32, counter: u32 } | )"
     R"({ name: "unknown", type: `operational-type-[0-9]+`, data: hex })"},
};

// What the wording of a dialect has or has not.
std::vector<base::ShapeDefinition> parts_of(const Wording& words) {
  return {{"neighbor", fmt::format("{{ address: {{ local: next-hop, peer: next-hop }}, asn: {{ local: u32, peer: u32 }}, {}... }}",
                                   words.router_id ? "router-id?: ipv4, " : "")},
          {"notification", fmt::format("{{ code: u8, subcode: u8, data: hex{} }}", words.notification_message ? ", message: string" : "")},
          {"update-attributes", fmt::format("{{ {}error?: string, ... }}", words.withdraw_next_hop ? "next-hop?: ip, " : "")}};
}

constexpr EventSchema k_schemas[] = {
    {"4", "events-v4", "Events of API version 4", EventForm::json_v4, bgp::Dialect::main},
    {"6", "events-v6", "Events of API version 6", EventForm::json_v6, bgp::Dialect::main},
    {"4.2", "events-4.2", "Events of dialect 4.2", EventForm::json_v4, bgp::Dialect::release_4_2},
};

}  // namespace

std::span<const EventSchema> event_schemas() { return k_schemas; }

std::string json_schema(const EventSchema& of) {
  const bool version_4 = of.form == EventForm::json_v4;
  std::vector<base::ShapeDefinition> definitions = bgp::shape_definitions(of.dialect);
  for (base::ShapeDefinition& part : parts_of(wording(of.dialect))) definitions.push_back(std::move(part));
  definitions.push_back({"envelope", fmt::format("{{ exabgp: \"{}\", {}", version_4 ? "4.0.1" : "6.0.0", k_envelope)});
  for (const auto& [name, shape] : k_parts) definitions.push_back({name, shape});
  std::string shape = R"({ ...envelope, type: "notification", notification: "shutdown" } | { ...envelope, type: "snapshot", snapshot: "begin" | "end" } | )"
                      R"({ ...envelope, type: "engine", engine: { name: string, before: string, detail: string, )"
                      R"(reason: "command" | "trial" | "trial over" | "rolled back" | "stopped" } })";
  std::vector<EventShape> events(std::begin(k_events), std::end(k_events));
  std::string packet_types;
  events.push_back(packet_shape(of.dialect, packet_types));
  for (const EventShape& event : events) {
    const bool of_message = event.neighbor.starts_with("{ ...message");
    shape += fmt::format(" | {{ ...envelope, counter: 0.., type: {}, {}neighbor: {} }}", event.type, of_message ? "header?: hex, body?: hex, " : "",
                         event.neighbor);
  }
  const auto schema = base::json_schema({fmt::format("urn:tandem:schema:{}", of.file), std::string(of.title), version_4}, shape, definitions);
  TANDEM_ASSERT(schema.has_value());
  return *schema;
}

}  // namespace tandem::api
