// Every kind of event, in JSON of both versions and as text, whatever a peer puts into its messages: a line is one whole object of JSON
// in printable ASCII, or printable text. What the objects look like is checked by conformance/schema, from what these tests are told.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "conformance/contract/scene.hpp"
#include "conformance/fuzz/entries.hpp"

namespace tandem::conformance {
namespace {

class Events : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(Events);

struct Asked {
  int version;
  std::string encoder;
  std::string how;  // "parsed; packets;" or "consolidate;"
};
const Asked k_asked[] = {{6, "json", "parsed; packets;"}, {4, "json", "parsed; packets;"},    {6, "json", "packets; consolidate;"},
                         {4, "json", "consolidate;"},     {4, "text", "parsed; packets;"},    {4, "text", "packets; consolidate;"}};

const std::string k_messages = " open; update; notification; keepalive; refresh; operational; }";
const std::string k_hostile_text = "220a0d007f80c3fffe27";  // quotation marks, line ends, a zero, octets that are not UTF-8

base::Buffer octets(const std::string& digits) { return *base::from_hex(digits); }

// An UPDATE that announces 10.3.0.0/24.
base::Buffer update_with(const std::string& attributes) {
  return wrap(k_update, octets(fmt::format("0000{:04x}{}180a0300", attributes.size() / 2, attributes)));
}

// What a peer says: each kind of message, with values that are no text.
std::vector<base::Buffer> what_a_peer_says() {
  const std::string size = fmt::format("{:04x}", 3 + k_hostile_text.size() / 2);
  std::vector<base::Buffer> messages = {
      route_refresh(bgp::k_ipv4_unicast),
      route_refresh(bgp::k_ipv4_unicast, 1),
      route_refresh(bgp::k_ipv4_unicast, 2),
      wrap(6, octets("0001" + size + "000101" + k_hostile_text)),                       // an advisory message
      wrap(6, octets("0002" + size + "000101" + k_hostile_text)),                       // one that stands
      wrap(6, octets("0003000b" "000101" "01020304" "00000007")),                       // a query
      wrap(6, octets("0004000f" "000101" "01020304" "00000007" "0000002a")),            // its answer
      wrap(6, octets("00ff000a" + k_hostile_text)),                                      // a type that nobody knows
      end_of_rib(bgp::k_ipv4_unicast),
      end_of_rib({bgp::Afi::ipv6, bgp::Safi::unicast}),
      update({{"10.1.0.0/16", "10.2.0.0/16"}, std::nullopt, 5}),
      withdrawal(std::vector<std::string>{"10.1.0.0/16"}),
      // A route whose ORIGIN cannot be, which is told as withdrawn; a link whose bandwidth is no number, of a node with such a name.
      update_with("40010109" "400200" "4003040a000001" "40050400000064"),
      update_with("40010100" "400200" "4003040a000001" "40050400000064" "801d13" "044100047fc00000" "0402000772220aff00277f"),
  };
  return messages;
}

std::vector<std::string> all_families() {
  std::vector<std::string> names;
  for (const bgp::FamilyTraits& traits : bgp::family_table()) names.push_back(bgp::to_string(traits.family));
  return names;
}

void expect_printable(const std::string& line) {
  EXPECT_TRUE(std::all_of(line.begin(), line.end(), [](char c) { return c >= 0x20 && c < 0x7F; })) << line;
}

// Gives the type of the event.
std::string expect_json(const std::string& line) {
  boost::system::error_code failure;
  const auto value = boost::json::parse(line, failure);
  EXPECT_FALSE(failure) << line;
  if (failure || !value.is_object()) return "";
  const auto* type = value.as_object().if_contains("type");
  return type == nullptr ? "" : std::string(type->as_string());
}

void tell_everything(Stage& stage, const Asked& asked) {
  Scene scene(stage);
  stage.settings.api_version = asked.version;
  PeerOptions options;
  options.mirror.router_id = 0x0A000002;
  NeighborText& neighbor = scene.neighbor(k_far, options);
  neighbor.families = all_families();
  neighbor.capabilities = {"route-refresh;", "operational;", "software-version;"};
  neighbor.statements = {"host-name edge;", "adj-rib-in true;"};
  neighbor.routes = many_routes(2);
  neighbor.api = {"neighbor-changes;", "negotiated;", "fsm;", "signal;", "receive { " + asked.how + k_messages, "send { " + asked.how + k_messages};
  scene.program("p", nullptr, asked.encoder);
  scene.start();
  ASSERT_TRUE(stage.run_until([&] { return stage.established() == 1; }));
  auto& program = *stage.program_running("p");
  for (const base::Buffer& octets : what_a_peer_says()) stage.peer()->send(octets);
  stage.peer()->send(update({{"10.255.0.0/16"}, std::nullopt, 0}));
  ASSERT_TRUE(stage.run_until([&] { return program.containing("10.255.0.0/16") > 0; }));
  stage.signal(speaker::Signal::reload);
  const base::Buffer hostile = octets(k_hostile_text);
  const std::string text(hostile.begin(), hostile.end());
  stage.peer()->send(notification(6, 9, text));
  ASSERT_TRUE(stage.run_until([&] { return program.containing("down") > 0; }));
  ASSERT_TRUE(stage.stop());

  std::set<std::string> types;
  for (const auto& line : program.lines()) {
    expect_printable(line.text);
    if (asked.encoder == "json") types.insert(expect_json(line.text));
  }
  if (asked.encoder == "text") return;
  std::set<std::string> expected = {"state", "fsm", "negotiated", "signal", "open", "update", "keepalive", "notification", "refresh", "operational"};
  if (asked.how.find("parsed") != std::string::npos) expected.insert("route-refresh");
  EXPECT_EQ(types, expected);
}

TEST_P(Events, EveryKindIsOneWholeLineWhateverAPeerSays) {
  for (const Asked& asked : k_asked) {
    SCOPED_TRACE(fmt::format("version {} {} {}", asked.version, asked.encoder, asked.how));
    play([&](Stage& stage) { tell_everything(stage, asked); }, 2);
  }
}

// Routes of many kinds, sent, and said again by the peer.
TEST_P(Events, EveryUpdateIsToldInBothDirectionsAndInEveryForm) {
  for (const Asked& asked : k_asked) {
    SCOPED_TRACE(fmt::format("version {} {} {}", asked.version, asked.encoder, asked.how));
    play([&](Stage& stage) {
      Scene scene(stage);
      stage.settings.api_version = asked.version;
      scene.neighbor().families = all_families();
      scene.at(0).api = {"receive { " + asked.how + k_messages, "send { " + asked.how + k_messages};
      scene.program("p", nullptr, asked.encoder);
      scene.start();
      ASSERT_TRUE(stage.run_until([&] { return stage.established() == 1; }));
      stage.peer()->on_message = [](ScriptedPeer& peer, const Message& message) {
        if (message.type() == k_update) peer.send(message.bytes);
      };
      auto& program = *stage.program_running("p");
      for (const std::string& line : fuzz::route_commands()) program.say(line);
      program.say("announce route 10.255.0.0/16 next-hop 10.0.0.1");
      const auto was_received = [](const ScriptedProgram::Line& line) {
        return line.text.find("10.255.0.0/16") != std::string::npos && line.text.find("receive") != std::string::npos;
      };
      ASSERT_TRUE(stage.run_until([&] { return std::any_of(program.lines().begin(), program.lines().end(), was_received); }));
      EXPECT_EQ(program.count("done"), fuzz::route_commands().size() + 1);
      EXPECT_EQ(program.count("error"), 0U);
      EXPECT_FALSE(stage.peer()->has_closed());
      for (const auto& line : program.lines()) {
        expect_printable(line.text);
        EXPECT_TRUE(asked.encoder != "json" || line.text == "done" || !expect_json(line.text).empty()) << line.text;
      }
    }, 2);
  }
}

}  // namespace
}  // namespace tandem::conformance
