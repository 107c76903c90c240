// Events of every kind in every form. JSON is compared as data, by a parser that is not ours; text as text.
#include "common/api/event_encoder.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>
#include <vector>

#include "common/base/random.hpp"
#include "common/bgp/capability/codec.hpp"
#include "common/bgp/message/notification.hpp"

namespace tandem::api {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

struct Events {
  EventEncoder encoder{DaemonIdentity{"rtr1", 4100, 1}};
  NeighborIdentity neighbor;
  bgp::Negotiated negotiated;
  base::Buffer octets;

  Events() {
    neighbor.local = *base::IpAddress::parse("127.0.0.1");
    neighbor.peer = *base::IpAddress::parse("127.0.0.1");
    neighbor.local_as = neighbor.peer_as = base::Asn{65001};
    neighbor.router_id = base::RouterId{0x01020304};
    neighbor.counter = 18;
    negotiated.message_size = 65535;
    negotiated.hold_time_s = 180;
    negotiated.asn4 = true;
    negotiated.refresh = bgp::RefreshMode::enhanced;
    negotiated.families = {bgp::k_ipv4_unicast, bgp::k_ipv6_unicast};
    for (const bgp::Family family : negotiated.families) negotiated.family_set.insert(*bgp::family_index(family));
  }
  // A message with this type and body.
  bgp::RawMessage make(bgp::MessageType type, base::Bytes body) {
    octets.clear();
    const std::size_t start = bgp::begin_message(octets, type);
    octets.insert(octets.end(), body.begin(), body.end());
    bgp::finish_message(octets, start);
    return {static_cast<std::uint8_t>(type), octets};
  }
  std::string message(EventForm form, const MessageEvent& event) const {
    std::string out;
    encoder.message(form, neighbor, 1795343618.127, event, &negotiated, out);
    return out;
  }
};

// The one line there is, parsed.
json::value parse_line(const std::string& out) {
  EXPECT_TRUE(out.ends_with('\n')) << out;
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 1) << out;
  EXPECT_TRUE(std::all_of(out.begin(), out.end() - 1, [](char c) { return c >= 0x20 && c < 0x7F; })) << "ASCII only: " << out;
  boost::system::error_code failed;
  json::value value = json::parse(std::string_view(out).substr(0, out.size() - 1), failed);
  EXPECT_FALSE(failed) << failed.message() << ": " << out;
  return value;
}

const char* const k_envelope =
    R"("time": 1795343618.127, "host" : "rtr1", "pid" : 4100, "ppid" : 1, "counter": 18)";
const char* const k_neighbor =
    R"("address": { "local": "127.0.0.1", "peer": "127.0.0.1" }, "asn": { "local": 65001, "peer": 65001 }, "router-id": "1.2.3.4")";
const char* const k_negotiated =
    R"("negotiated": { "message_size": 65535, "hold_time": 180, "asn4": true, "multisession": false, "operational": false, "refresh": "enhanced", "families": ["ipv4 unicast", "ipv6 unicast"], "nexthop": [], "add_path": {"send": [], "receive": []} })";

json::value expected(const std::string& version, const std::string& type, const std::string& neighbor, const std::string& extra = "") {
  return json::parse("{ \"exabgp\": \"" + version + "\", " + k_envelope + ", \"type\": \"" + type + "\", " + extra + "\"neighbor\": { " +
                     k_neighbor + ", " + neighbor + " } }");
}

constexpr double k_time = 1795343618.127;

TEST(EventJson, State) {
  Events events;
  for (const auto& [form, version] : {std::pair{EventForm::json_v6, "6.0.0"}, std::pair{EventForm::json_v4, "4.0.1"}}) {
    std::string out;
    events.encoder.state(form, events.neighbor, k_time, "up", "", out);
    EXPECT_EQ(parse_line(out), expected(version, "state", R"("state": "up")"));
    out.clear();
    events.encoder.state(form, events.neighbor, k_time, "down", "notification sent (3,1)", out);
    EXPECT_EQ(parse_line(out), expected(version, "state", R"json("state": "down", "reason": "notification sent (3,1)")json"));
  }
}

TEST(EventJson, AnotherEngineIsNoBusinessOfANeighbor) {
  Events events;
  for (const auto& [form, version] : {std::pair{EventForm::json_v4, "4.0.1"}, {EventForm::json_v6, "6.0.0"}}) {
    std::string out;
    events.encoder.engine(form, k_time, "sync", "async", "rolled back", "lag 100.0 ms: 1.2 s", out);
    const auto line = parse_line(out);
    EXPECT_EQ(line.at("exabgp"), version);
    EXPECT_EQ(line.at("type"), "engine");
    EXPECT_EQ(line.at("engine"), json::parse(R"({"name": "sync", "before": "async", "reason": "rolled back", "detail": "lag 100.0 ms: 1.2 s"})"));
    EXPECT_FALSE(line.as_object().contains("neighbor"));
  }
  std::string out;
  events.encoder.engine(EventForm::text, k_time, "async", "sync", "command", "", out);
  EXPECT_EQ(out, "engine async before sync reason command\n\n");
  out.clear();
  events.encoder.engine(EventForm::text, k_time, "sync", "async", "rolled back", "sessions lost: 1", out);
  EXPECT_EQ(out, "engine sync before async reason rolled back: sessions lost: 1\n\n");
}

TEST(EventJson, FsmSignalNegotiated) {
  Events events;
  std::string out;
  events.encoder.fsm(EventForm::json_v6, events.neighbor, k_time, "OPENSENT", out);
  EXPECT_EQ(parse_line(out), expected("6.0.0", "fsm", R"("state": "OPENSENT")"));
  out.clear();
  events.encoder.signal(EventForm::json_v6, events.neighbor, k_time, 15, "SIGTERM", out);
  EXPECT_EQ(parse_line(out), expected("6.0.0", "signal", R"("code": "15", "name": "SIGTERM")"));
  out.clear();
  events.encoder.signal(EventForm::json_v6, events.neighbor, k_time, 0, "", out);
  EXPECT_EQ(parse_line(out), expected("6.0.0", "signal", R"("code": "0", "name": "none")"));
  out.clear();
  events.encoder.negotiated(EventForm::json_v6, events.neighbor, k_time, events.negotiated, out);
  EXPECT_EQ(parse_line(out), expected("6.0.0", "negotiated", k_negotiated));
}

TEST(EventJson, NegotiatedListsNextHopsAndAddPath) {
  Events events;
  events.negotiated.extended_next_hops = {{bgp::k_ipv4_unicast, bgp::Afi::ipv6}};
  events.negotiated.add_path_send.insert(*bgp::family_index(bgp::k_ipv4_unicast));
  std::string out;
  events.encoder.negotiated(EventForm::json_v4, events.neighbor, k_time, events.negotiated, out);
  const json::value line = parse_line(out);
  EXPECT_EQ(line.at("neighbor").at("negotiated").at("nexthop"), json::parse(R"(["ipv4 unicast ipv6"])"));
  EXPECT_EQ(line.at("neighbor").at("negotiated").at("add_path"), json::parse(R"({"send": ["ipv4 unicast"], "receive": []})"));
}

TEST(EventJson, WhatIsNotKnownOfTheNeighborIsLeftOut) {
  Events events;
  events.neighbor.local = {};
  events.neighbor.router_id.reset();
  std::string out;
  events.encoder.state(EventForm::json_v6, events.neighbor, k_time, "connected", "", out);
  const json::value line = parse_line(out);
  EXPECT_EQ(line.at("neighbor").at("address").at("local"), "no-nexthop");
  EXPECT_FALSE(line.at("neighbor").as_object().contains("router-id"));
  EXPECT_FALSE(line.at("neighbor").as_object().contains("reason"));
}

TEST(EventJson, Shutdown) {
  Events events;
  std::string out;
  events.encoder.shutdown(EventForm::json_v6, k_time, out);
  EXPECT_EQ(parse_line(out), json::parse(R"({ "exabgp": "6.0.0", "time": 1795343618.127, "host" : "rtr1", "pid" : 4100, "ppid" : 1, "type": "notification", "notification": "shutdown" })"));
  out.clear();
  events.encoder.shutdown(EventForm::text, k_time, out);
  EXPECT_EQ(out, "shutdown 4100 1\n\n");
}

TEST(EventJson, TimeNeverBreaksTheLine) {
  Events events;
  for (const double time : {0.0, -5.0, 1e300, std::numeric_limits<double>::quiet_NaN(), 0.9999999}) {
    std::string out;
    events.encoder.shutdown(EventForm::json_v6, time, out);
    EXPECT_TRUE(parse_line(out).at("time").is_double()) << time;
  }
}

TEST(EventText, StateAndNothingForWhatTextDoesNotHave) {
  Events events;
  std::string out;
  events.encoder.state(EventForm::text, events.neighbor, k_time, "connected", "", out);
  events.encoder.state(EventForm::text, events.neighbor, k_time, "up", "", out);
  events.encoder.state(EventForm::text, events.neighbor, k_time, "down", "closing\nconnection \xc3\xa9", out);
  events.encoder.fsm(EventForm::text, events.neighbor, k_time, "IDLE", out);
  events.encoder.signal(EventForm::text, events.neighbor, k_time, 15, "SIGTERM", out);
  events.encoder.negotiated(EventForm::text, events.neighbor, k_time, events.negotiated, out);
  EXPECT_EQ(out,
            "neighbor 127.0.0.1 connected\n\nneighbor 127.0.0.1 up\n\n"
            "neighbor 127.0.0.1 down - closing\\nconnection \\xc3\\xa9\n\n");
}

TEST(EventPacket, BeforeTheOpensNothingIsAgreedOn) {
  Events events;
  const base::Buffer body{0x00, 0x04, 0x18, 0x0A, 0x00, 0x00, 0x00, 0x00};
  const bgp::RawMessage message = events.make(bgp::MessageType::update, body);
  std::string out;
  events.encoder.packet(EventForm::json_v6, events.neighbor, k_time, EventDirection::receive, message, nullptr, out);
  EXPECT_EQ(parse_line(out),
            expected("6.0.0", "update",
                     R"("direction": "receive", "message": { "category": 2, "header": "0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF001B02", "body": "0x0004180A00000000" },
 "negotiated": { "message_size": 4096, "hold_time": 0, "asn4": false, "multisession": false, "operational": false, "refresh": "absent", "families": [], "nexthop": [], "add_path": {"send": [], "receive": []} })"));
  out.clear();
  events.encoder.packet(EventForm::text, events.neighbor, k_time, EventDirection::receive, message, nullptr, out);
  EXPECT_EQ(out, "neighbor 127.0.0.1 receive 2 header 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF001B02 body 0x0004180A00000000\n\n");
}

TEST(EventPacket, AnEmptyBodyIsShownInJsonAndLeftOutInText) {
  Events events;
  const bgp::RawMessage message = events.make(bgp::MessageType::keepalive, {});
  std::string out;
  events.encoder.packet(EventForm::json_v4, events.neighbor, k_time, EventDirection::send, message, &events.negotiated, out);
  EXPECT_EQ(parse_line(out).at("neighbor").at("message").at("body"), "0x");
  out.clear();
  events.encoder.packet(EventForm::text, events.neighbor, k_time, EventDirection::send, message, &events.negotiated, out);
  EXPECT_EQ(out, "neighbor 127.0.0.1 send 4 header 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF001304\n\n");
}

TEST(EventPacket, AMessageWithoutAHeaderIsNoTrouble) {
  Events events;
  const base::Buffer stump{0xFF, 0x01};
  const bgp::RawMessage message{250, stump};
  std::string out;
  events.encoder.packet(EventForm::json_v6, events.neighbor, k_time, EventDirection::receive, message, nullptr, out);
  EXPECT_EQ(parse_line(out).at("neighbor").at("message").at("header"), "0xFF01");
}

TEST(EventMessage, Keepalive) {
  Events events;
  MessageEvent event;
  event.direction = EventDirection::send;
  event.message = events.make(bgp::MessageType::keepalive, {});
  EXPECT_EQ(parse_line(events.message(EventForm::json_v6, event)), expected("6.0.0", "keepalive", R"("direction": "send")"));
  EXPECT_EQ(events.message(EventForm::text, event), "neighbor 127.0.0.1 send keepalive\n\n");
  event.consolidate_header = event.consolidate_body = true;
  EXPECT_EQ(parse_line(events.message(EventForm::json_v6, event)),
            expected("6.0.0", "keepalive", R"("direction": "send")", R"("header": "0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF001304", )"));
  EXPECT_EQ(events.message(EventForm::text, event), "neighbor 127.0.0.1 send keepalive header 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF001304\n\n");
}

TEST(EventMessage, Open) {
  Events events;
  bgp::Open open;
  open.as_field = 23456;
  open.hold_time_s = 180;
  open.router_id = base::RouterId{0x01020304};
  ASSERT_TRUE(bgp::decode_capability(1, base::Buffer{0, 1, 0, 1}, open.capabilities));
  ASSERT_TRUE(bgp::decode_capability(65, base::Buffer{0, 1, 0, 0}, open.capabilities));
  MessageEvent event;
  event.open = &open;
  event.message = events.make(bgp::MessageType::open, {});
  EXPECT_EQ(parse_line(events.message(EventForm::json_v6, event)),
            expected("6.0.0", "open",
                     R"("direction": "receive", "open": { "version": 4, "asn": 23456, "hold_time": 180, "router_id": "1.2.3.4", "capabilities": { "1": { "name": "multiprotocol", "families": [ "ipv4/unicast" ] }, "65": { "name": "asn4", "asn4": 65536 } } })"));
  event.direction = EventDirection::send;
  EXPECT_TRUE(parse_line(events.message(EventForm::json_v6, event)).at("neighbor").at("open").at("capabilities").as_object().contains("asn4"));
  EXPECT_EQ(events.message(EventForm::text, event),
            "neighbor 127.0.0.1 send open version 4 asn 23456 hold_time 180 router_id 1.2.3.4 capabilities [multiprotocol(ipv4 unicast), "
            "asn4(65536)]\n\n");
}

TEST(EventMessage, NotificationReceivedIsInterpreted) {
  Events events;
  MessageEvent event;
  event.message = events.make(bgp::MessageType::notification, base::Buffer{6, 2, 5, 'h', 'e', 'l', 'l', 'o'});
  const json::value line = parse_line(events.message(EventForm::json_v6, event));
  EXPECT_EQ(line.at("type"), "notification");
  EXPECT_EQ(line.at("neighbor").at("notification"),
            json::parse(R"({ "code": 6, "subcode": 2, "data": "0x0568656C6C6F", "message": "Shutdown Communication: \"hello\"" })"));
  EXPECT_THAT(events.message(EventForm::text, event),
              HasSubstr("neighbor 127.0.0.1 receive notification code 6 subcode 2 data 0x0568656C6C6F\n"));
}

TEST(EventMessage, NotificationSentIsShownRaw) {
  Events events;
  MessageEvent event;
  event.direction = EventDirection::send;
  event.message = events.make(bgp::MessageType::notification, base::Buffer{6, 4, 2, 'a', 'b'});
  EXPECT_EQ(parse_line(events.message(EventForm::json_v6, event)).at("neighbor").at("notification"),
            json::parse(R"({ "code": 6, "subcode": 4, "data": "0x026162", "message": "\u0002ab" })"));
  EXPECT_EQ(events.message(EventForm::text, event), "neighbor 127.0.0.1 send notification code 6 subcode 4 data 0x026162\n\n");
}

TEST(EventMessage, NotificationWithoutDataOrWithoutAnything) {
  Events events;
  MessageEvent event;
  event.message = events.make(bgp::MessageType::notification, base::Buffer{6, 2});
  EXPECT_EQ(parse_line(events.message(EventForm::json_v6, event)).at("neighbor").at("notification"),
            json::parse(R"({ "code": 6, "subcode": 2, "data": "0x", "message": "" })"));
  event.message = events.make(bgp::MessageType::notification, {});
  EXPECT_EQ(parse_line(events.message(EventForm::json_v6, event)).at("neighbor").at("notification").at("code"), 0);
}

TEST(EventMessage, Refresh) {
  Events events;
  const bgp::RouteRefresh refresh{bgp::k_ipv4_unicast, bgp::RefreshSubtype::query};
  MessageEvent event;
  event.refresh = &refresh;
  event.message = events.make(bgp::MessageType::route_refresh, base::Buffer{0, 1, 0, 1});
  EXPECT_EQ(parse_line(events.message(EventForm::json_v6, event)),
            expected("6.0.0", "refresh", R"("direction": "receive", "route-refresh": { "afi": "ipv4", "safi": "unicast", "subtype": "query" })"));
  EXPECT_EQ(events.message(EventForm::text, event), "neighbor 127.0.0.1 receive route-refresh afi ipv4 safi unicast query\n\n");
}

TEST(EventMessage, Operational) {
  using Form = bgp::Operational::Form;
  struct Sample {
    bgp::Operational message;
    const char* json;
    const char* text;
  };
  const Sample k_samples[] = {
      {{Form::advisory, 1, bgp::k_ipv4_unicast, "hello", {}, 0, 0, {}}, R"({ "name": "ADM", "afi": "ipv4", "safi": "unicast", "advisory": "hello" })",
       "ADM afi ipv4 safi unicast advisory \"hello\""},
      {{Form::query, 3, bgp::k_ipv4_unicast, {}, base::RouterId{0x0A000001}, 5, 0, {}}, R"({ "name": "RPCQ", "afi": "ipv4", "safi": "unicast" })",
       "RPCQ afi ipv4 safi unicast"},
      {{Form::counter, 4, bgp::k_ipv4_unicast, {}, base::RouterId{0x0A000001}, 5, 100, {}},
       R"({ "name": "RPCP", "afi": "ipv4", "safi": "unicast", "router-id": "10.0.0.1", "sequence": 5, "counter": 100 })",
       "RPCP afi ipv4 safi unicast router-id 10.0.0.1 sequence 5 counter 100"},
      {{Form::unknown, 9, {}, {}, {}, 0, 0, {0, 1, 1}}, R"({ "name": "unknown", "type": "operational-type-9", "data": "0x000101" })",
       "unknown type operational-type-9 data 0x000101"},
  };
  for (const Sample& sample : k_samples) {
    Events events;
    MessageEvent event;
    event.operational = &sample.message;
    event.message = events.make(bgp::MessageType::operational, {});
    EXPECT_EQ(parse_line(events.message(EventForm::json_v6, event)),
              expected("6.0.0", "operational", std::string(R"("direction": "receive", "operational": )") + sample.json));
    EXPECT_EQ(events.message(EventForm::text, event), std::string("neighbor 127.0.0.1 receive operational ") + sample.text + "\n");
  }
}

TEST(EventMessage, WithoutItsPartThereIsNoEvent) {
  Events events;
  for (const auto type : {bgp::MessageType::open, bgp::MessageType::update, bgp::MessageType::route_refresh, bgp::MessageType::operational}) {
    MessageEvent event;
    event.message = events.make(type, {});
    EXPECT_EQ(events.message(EventForm::json_v6, event), "");
    EXPECT_EQ(events.message(EventForm::text, event), "");
  }
}

TEST(Dialect42, LinesHaveWhat4221Writes) {
  Events events;
  events.encoder = EventEncoder(DaemonIdentity{"rtr1", 4100, 1}, bgp::Dialect::release_4_2);
  std::string out;
  events.encoder.state(EventForm::json_v4, events.neighbor, k_time, "down", "stop, message [shutting down]", out);
  const json::value down = parse_line(out);
  EXPECT_FALSE(down.at("neighbor").as_object().contains("router-id"));
  EXPECT_EQ(down.at("neighbor").at("reason").as_string(), "stop, message (shutting down)");
  out.clear();
  events.encoder.state(EventForm::text, events.neighbor, k_time, "down", "stop, message [shutting down]", out);
  EXPECT_EQ(out, "neighbor 127.0.0.1 down - stop, message [shutting down]\n\n");
  out.clear();
  events.encoder.state(EventForm::text, events.neighbor, k_time, "down", "notification received (6,2)", out);
  EXPECT_EQ(out, "neighbor 127.0.0.1 down - peer reset, message [notification received (6,2)] error[Cease / Administrative Shutdown]\n\n");
  out.clear();
  events.encoder.state(EventForm::text, events.neighbor, k_time, "down", "closing connection", out);
  EXPECT_EQ(out, "neighbor 127.0.0.1 down - peer reset, message [closing connection] error[the TCP connection was closed by the remote end]\n\n");
  out.clear();
  events.encoder.signal(EventForm::json_v4, events.neighbor, k_time, 0, "", out);
  EXPECT_EQ(parse_line(out).at("neighbor").at("name").as_string(), "UNKNOWN");

  MessageEvent event;
  event.message = events.make(bgp::MessageType::notification, base::Buffer{6, 4});
  const json::value notification = parse_line(events.message(EventForm::json_v4, event));
  EXPECT_FALSE(notification.at("neighbor").at("notification").as_object().contains("message"));
  for (const bool told : {true, false}) {
    events.neighbor.tells_negotiated = told;
    out.clear();
    events.encoder.packet(EventForm::json_v4, events.neighbor, k_time, EventDirection::receive, events.make(bgp::MessageType::keepalive, {}), nullptr, out);
    EXPECT_EQ(parse_line(out).at("neighbor").as_object().contains("negotiated"), told);
  }
  EXPECT_FALSE(events.encoder.counts(EventForm::text));
  EXPECT_TRUE(events.encoder.counts(EventForm::json_v4));
}

// It is kept from one event to the next.
TEST(Negotiated, IsThatOfItsOwnSessionInEveryEvent) {
  Events events;
  MessageEvent event;
  const bgp::Update update;
  event.update = &update;
  event.message = events.make(bgp::MessageType::update, base::Buffer(4));
  std::vector<bgp::Negotiated> sessions(11, events.negotiated);
  sessions[1].message_size = 4096;
  sessions[2].hold_time_s = 9;
  sessions[3].asn4 = false;
  sessions[4].multisession = true;
  sessions[5].operational = true;
  sessions[6].refresh = bgp::RefreshMode::normal;
  sessions[7].families.pop_back();
  sessions[8].extended_next_hops = {{bgp::k_ipv4_unicast, bgp::Afi::ipv6}};
  sessions[9].add_path_send = events.negotiated.family_set;
  sessions[10].add_path_receive = events.negotiated.family_set;
  const auto told = [&](const EventEncoder& encoder, const bgp::Negotiated* session) {
    std::string out;
    encoder.message(EventForm::json_v6, events.neighbor, k_time, event, session, out);
    return out;
  };
  const auto alone = [&](const bgp::Negotiated* session) { return told(EventEncoder(DaemonIdentity{"rtr1", 4100, 1}), session); };
  std::set<std::string> different{alone(nullptr)};
  for (const bgp::Negotiated& session : sessions) {
    different.insert(alone(&session));
    for (const bgp::Negotiated* const before : std::array<const bgp::Negotiated*, 3>{sessions.data(), &session, nullptr}) {
      EXPECT_EQ(told(events.encoder, before), alone(before));
      EXPECT_EQ(told(events.encoder, &session), alone(&session));
    }
  }
  EXPECT_EQ(different.size(), sessions.size() + 1);
}

// --- strings of a hostile peer -------------------------------------------------------------------------------------------------

const std::string k_hostile = "a\"b\\c\n\r\t\x01\x7f\xff\xc3\x28 \xed\xa0\x80 {}[]\\u0022 \xe2\x80\xa8 \xf0\x9f\x98\x80";

TEST(HostileStrings, NeverBreakALine) {
  EventEncoder encoder(DaemonIdentity{k_hostile, 1, 1});
  Events events;
  events.encoder = encoder;
  std::string out;
  encoder.state(EventForm::json_v6, events.neighbor, k_time, "down", k_hostile, out);
  parse_line(out);

  bgp::Open open;
  open.capabilities.announce(bgp::CapabilityCode::hostname);
  open.capabilities.hostname = bgp::Hostname{k_hostile, k_hostile};
  open.capabilities.announce(bgp::CapabilityCode::software_version);
  open.capabilities.software_version = k_hostile;
  MessageEvent event;
  event.open = &open;
  event.message = events.make(bgp::MessageType::open, {});
  const json::value line = parse_line(events.message(EventForm::json_v6, event));
  EXPECT_TRUE(line.at("neighbor").at("open").at("capabilities").at("75").at("software").is_string());
  EXPECT_EQ(std::count(k_hostile.begin(), k_hostile.end(), '\n'), 1);
  const std::string text = events.message(EventForm::text, event);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << "one event stays on its line";
  EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7F); }));
}

TEST(HostileStrings, RandomNotificationsAlwaysParse) {
  Events events;
  base::Random random(3);
  for (int i = 0; i < 5000; ++i) {
    base::Buffer body{6, static_cast<std::uint8_t>(random.below(2) * 2 + 2)};
    for (std::uint64_t n = random.below(40); n > 0; --n) body.push_back(static_cast<std::uint8_t>(random.next()));
    if (body.size() > 2) body[2] = static_cast<std::uint8_t>(random.below(body.size()));
    MessageEvent event;
    event.direction = i % 2 == 0 ? EventDirection::receive : EventDirection::send;
    event.consolidate_body = i % 3 == 0;
    event.message = events.make(bgp::MessageType::notification, body);
    parse_line(events.message(EventForm::json_v6, event));
  }
}

}  // namespace
}  // namespace tandem::api
