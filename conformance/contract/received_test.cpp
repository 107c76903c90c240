// What a peer may say in several ways, and what it must not say: what becomes of it in the RIB, in events and on the wire.
#include "conformance/contract/told.hpp"

namespace tandem::conformance {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Received : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(Received);

constexpr std::string_view k_attributes = "40010100 400200 4003040A000001 40050400000064";  // 21 octets, as an internal peer sends them
const std::string k_path_65000 = "40010100 400206 02010000FDE8 4003040A000001";             // 20, external

TEST_P(Received, BitsBeyondTheLengthOfAPrefixMakeNoOtherRoute) {
  play([](Stage& stage) {
    const Told told = tell(stage, {update_of("", k_attributes, "14C0A8FF 14C0A8F1 150A0800"), update_of("14C0A8F3", "", "")});
    EXPECT_EQ(count(told.events, "\"192.168.240.0/20\""), 3U) << ::testing::PrintToString(told.events);
    ASSERT_EQ(told.routes.size(), 1U) << ::testing::PrintToString(told.routes);
    EXPECT_THAT(told.routes[0], HasSubstr("10.8.0.0/21"));
  }, 3);
}

TEST_P(Received, WhatIsWithdrawnAndAnnouncedInOneUpdateIsAnnounced) {
  for (const bool text : {false, true}) {
    play([&](Stage& stage) {
      const Told told = tell(stage, {update_of("180A0000 180A0001", k_attributes, "180A0002"),
                                     update_of("180A0003 180A0002 180A0001", k_attributes, "180A0001 180A0002")}, text);
      const std::string all = ::testing::PrintToString(told.events);
      EXPECT_EQ(count(told.events, "\"type\": \"update\"") == 0, text) << all;
      EXPECT_EQ(count(told.events, "10.0.0.0/24"), 1U) << all;
      EXPECT_EQ(count(told.events, "10.0.1.0/24"), 2U) << all;
      EXPECT_EQ(count(told.events, "10.0.2.0/24"), 2U) << all;
      EXPECT_EQ(count(told.events, "10.0.3.0/24"), 1U) << all;
      ASSERT_EQ(told.routes.size(), 2U) << ::testing::PrintToString(told.routes);
      EXPECT_THAT(told.routes[0], HasSubstr("10.0.2.0/24")) << "it kept its place";
      EXPECT_THAT(told.routes[1], HasSubstr("10.0.1.0/24"));
    }, 2);
  }
}

// RFC 9552 section 8.2.2.
TEST_P(Received, OfLinkStateOnlyWhatIsMalformedIsLeftOut) {
  const std::vector<std::string> statements = {"adj-rib-in true;", "family { ipv4 unicast; bgp-ls bgp-ls; }"};
  const std::string node = "0001 001F 02 0000000000000007 01000012 020000040000FDE9 02030006192168251231";
  const std::string cut = "0001 0008 02 00000000000000";
  const std::string reach = "800E 38 4004 47 04 0A000001 00 " + cut + node;
  const std::string cut_attribute = "801D 05 0447 0004 13";
  const base::Buffer announce = update_of("", std::string(k_attributes) + cut_attribute + reach, "");
  play([&](Stage& stage) {
    const Told told = tell(stage, {announce}, false, "65001", statements);
    EXPECT_EQ(count(told.events, "bgpls-node"), 1U) << ::testing::PrintToString(told.events);
    EXPECT_EQ(count(told.events, "igp-metric"), 0U);
    ASSERT_EQ(told.routes.size(), 1U) << ::testing::PrintToString(told.routes);
    EXPECT_THAT(told.routes[0], HasSubstr("bgp-ls 0x0001001F02"));
  });
  play([&](Stage& stage) {
    const Told told = tell(stage, {announce, update_of("", "800F 26 4004 47 " + node, "")}, false, "65001", statements);
    EXPECT_EQ(count(told.events, "bgpls-node"), 2U) << ::testing::PrintToString(told.events);
    EXPECT_TRUE(told.routes.empty()) << ::testing::PrintToString(told.routes);
  });
}

TEST_P(Received, AsZeroInAPathWithdrawsAndElsewhereIsDiscarded) {
  play([](Stage& stage) {
    const Told told = tell(stage,
                           {update_of("", k_path_65000, "180A0000 180A0001"),
                            update_of("", "40010100 40020A 02020000FDE8 00000000 4003040A000001", "180A0000"),
                            update_of("", k_path_65000 + "C00708 00000000 01020304", "180A0002")},
                           false, "65000");
    ASSERT_EQ(told.routes.size(), 2U) << ::testing::PrintToString(told.routes);
    EXPECT_THAT(told.routes[0], HasSubstr("10.0.1.0/24"));
    EXPECT_THAT(told.routes[1], HasSubstr("10.0.2.0/24"));
    for (const auto& route : told.routes) EXPECT_THAT(route, Not(HasSubstr("aggregator")));
    ASSERT_EQ(told.events.size(), 3U) << ::testing::PrintToString(told.events);
    EXPECT_THAT(told.events[1], HasSubstr("\"withdraw\": { \"ipv4 unicast\": [ { \"nlri\": \"10.0.0.0/24\" } ]"));
    for (const auto& event : told.events) EXPECT_THAT(event, Not(HasSubstr("aggregator")));
  }, 3);
}

TEST_P(Received, AnOpenOfAsZeroIsRefused) {
  for (const std::string as : {"peer", "capability"}) {
    play([&](Stage& stage) {
      Scene scene(stage);
      PeerOptions options;
      OpenValues values;
      values.as = as == "peer" ? 0 : 65000;
      values.capabilities = {{std::uint8_t{65}, "00000000"}};
      options.open_first = open(values);
      scene.neighbor(k_far, options).peer_as = "auto";
      scene.start();
      ASSERT_TRUE(stage.run_until([&] { return stage.peer() != nullptr && stage.peer()->count(k_notification) == 1; }));
      EXPECT_EQ(describe(stage.peer()->transcript().back().bytes).substr(5, 7), "03 0202");
    }, 2);
  }
}

// RFC 9072 section 2.
TEST_P(Received, AnExtendedOpenIsKnownByItsTypeWhateverTheLengthBeforeItSays) {
  for (const std::uint8_t length : {0, 1, 42, 255}) {
    play([&](Stage& stage) {
      Scene scene(stage);
      base::Buffer body = *base::from_hex("04FDE900B40A000009");  // AS 65001, 180 s, 10.0.0.9
      body.push_back(length);
      const base::Buffer rest = *base::from_hex("FF0012" "020006010400010001" "02000641040000FDE9");
      body.insert(body.end(), rest.begin(), rest.end());
      PeerOptions options;
      options.open_first = wrap(k_open, body);
      scene.neighbor(k_far, options);
      scene.start();
      EXPECT_TRUE(stage.run_until([&] { return stage.peer() != nullptr && stage.peer()->ends_of_rib() == 1; }))
          << int{length} << ::testing::PrintToString(stage.peer() != nullptr ? lines(*stage.peer()) : std::vector<std::string>());
    }, 1);
  }
}

// What a text event says is a command: fed back for another neighbor it puts the same attributes on the wire.
TEST_P(Received, TheTextOfAnEventFedBackMakesTheSameOctets) {
  const std::string far = "127.0.0.11";
  const std::vector<std::string> attributes{
      "40010100 400214 0202 0000FDEA 0000FDF2 0102 0000FE01 0000FE02 400304 0A000001 40050400000064",  // a sequence, then a set
      "40010102 40020A 0302 0000FDEA 0000FDF2 400304 0A000001 800404 00000007 40050400000064 C00808 FDE80001 FFFFFF01",
  };
  play([&](Stage& stage) {
    stage.settings.api_version = 4;
    Scene scene(stage);
    scene.neighbor().api = {"receive { parsed; update; }"};
    scene.neighbor(far);
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established(2));
    auto& program = *stage.program_running("p");
    program.on_line = [&far](ScriptedProgram& self, const ScriptedProgram::Line& line) {
      const std::size_t at = line.text.find(" announced ");
      if (at != std::string::npos) self.say("neighbor " + far + " announce route" + line.text.substr(at + 10));
    };
    for (std::size_t i = 0; i < attributes.size(); ++i) {
      const auto sent = update_of("", attributes[i], "180A00" + std::string(1, '0') + std::to_string(i));
      const std::string prefix = "10.0." + std::to_string(i) + ".0/24";
      stage.peer(k_far)->send(sent);
      ASSERT_TRUE(stage.run_until([&] { return stage.peer(far)->table().has(prefix); })) << ::testing::PrintToString(program.texts());
      RouteTable expected;
      expected.apply(sent);
      EXPECT_EQ(stage.peer(far)->table().routes().at(prefix), expected.routes().at(prefix)) << ::testing::PrintToString(program.texts());
    }
  }, 2);
}

// Octets that are no text are shown as octets, and nobody's session or line ends for them.
TEST_P(Received, ANameThatIsNotUtf8IsEscapedAndNotificationDataAreItsOctets) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions options;
    OpenValues values;
    values.as = 65001;
    values.capabilities = {{73, "04 66FF0A67 00"}};  // draft-walton-bgp-hostname-capability: "f", FF, a newline, "g"; no domain
    for (auto& [code, value] : values.capabilities) std::erase(value, ' ');
    options.open_first = open(values);
    scene.neighbor(k_far, options).api = {"receive { parsed; open; notification; }"};
    scene.program("p", nullptr, "json");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    auto& program = *stage.program_running("p");
    ASSERT_TRUE(stage.run_until([&] { return program.containing("\"type\": \"open\"") == 1; }));
    EXPECT_EQ(program.containing(R"("host-name": "f\\xff\\ng")"), 1U) << ::testing::PrintToString(program.texts());
    stage.peer()->send(notification(6, 9, std::string_view("\x00\xFF\n\"", 4)));
    ASSERT_TRUE(stage.run_until([&] { return program.containing("\"type\": \"notification\"") == 1; }));
    EXPECT_EQ(program.containing("\"data\": \"0x00FF0A22\""), 1U) << ::testing::PrintToString(program.texts());
  }, 2);
}

}  // namespace
}  // namespace tandem::conformance
