// What the two ends of a session are to each other, how long one waits for the other, and what they say besides routes.
#include "conformance/contract/scene.hpp"

namespace tandem::conformance {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class Roles : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(Roles);
class SendHold : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(SendHold);
class Operational : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(Operational);

constexpr std::uint8_t k_role = 9;
constexpr std::uint8_t k_operational = 6;

// An external peer of AS 65000 that announces this role; none: it says nothing of it.
NeighborText& external(Scene& scene, const std::string& role, std::optional<std::string> theirs) {
  PeerOptions options;
  OpenValues values;
  if (theirs) values.capabilities = {{k_role, *theirs}};
  options.open_first = open(values);
  NeighborText& neighbor = scene.neighbor(k_far, options);
  neighbor.peer_as = "65000";
  neighbor.statements = {role};
  return neighbor;
}

// RFC 9234 section 4.2.
TEST_P(Roles, ThoseThatAreNoCounterpartsEndWithARoleMismatch) {
  struct Case {
    const char* role;
    std::optional<std::string> theirs;
    bool meet;
  };
  const Case k_cases[] = {{"role provider;", "03", true}, {"role provider;", "00", false}, {"role peer;", "04", true},
                          {"role peer;", {}, true},       {"role peer strict;", {}, false}};
  for (const Case& sample : k_cases) {
    play([&](Stage& stage) {
      Scene scene(stage);
      external(scene, sample.role, sample.theirs);
      scene.start();
      if (sample.meet) {
        EXPECT_TRUE(stage.run_until_established()) << sample.role;
        return;
      }
      ASSERT_TRUE(stage.run_until([&] { return stage.peer() != nullptr && stage.peer()->count(k_notification) == 1; })) << sample.role;
      EXPECT_THAT(lines(*stage.peer()).back(), HasSubstr(" 03 020B")) << sample.role;
    }, 1);
  }
}

// RFC 9234 section 5.
TEST_P(Roles, ARouteIsMarkedWhereItGoesDownAndKeptBackWhereItWouldGoUp) {
  play([](Stage& stage) {
    Scene scene(stage);
    external(scene, "role provider;", "03").routes = {"10.0.0.0/24 next-hop 10.0.0.1", "10.0.1.0/24 next-hop 10.0.0.1 only-to-customer 7"};
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.peer() != nullptr && stage.peer()->ends_of_rib() == 1; }));
    const std::string all = ::testing::PrintToString(lines(*stage.peer()));
    EXPECT_THAT(all, HasSubstr("C023040000FDE9180A0000")) << "with our AS";
    EXPECT_THAT(all, HasSubstr("C0230400000007180A0001")) << "as it was";
  }, 2);
  play([](Stage& stage) {
    Scene scene(stage);
    external(scene, "role customer;", "00").routes = {"10.0.0.0/24 next-hop 10.0.0.1", "10.0.1.0/24 next-hop 10.0.0.1 only-to-customer 7"};
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.peer() != nullptr && stage.peer()->ends_of_rib() == 1; }));
    const std::string all = ::testing::PrintToString(lines(*stage.peer()));
    EXPECT_THAT(all, HasSubstr("180A0000"));
    EXPECT_THAT(all, Not(HasSubstr("180A0001")));
    EXPECT_THAT(all, Not(HasSubstr("C02304")));
  }, 2);
}

TEST_P(Roles, AReceivedRouteIsCheckedAndShownWithItsMark) {
  const auto told = [](Stage& stage, const std::string& role, const std::string& theirs, std::string_view update) {
    Scene scene(stage);
    external(scene, role, theirs).statements.push_back("adj-rib-in true;");
    scene.at(0).api = {"receive { parsed; update; }"};
    scene.program("p", nullptr, "json");
    scene.start();
    EXPECT_TRUE(stage.run_until_established());
    auto& program = *stage.program_running("p");
    stage.peer()->send(wrap(k_update, *base::from_hex(update)));
    EXPECT_TRUE(stage.run_until([&] { return program.containing("10.0.0.0/24") != 0; }));
    const auto texts = program.texts();
    const auto found = std::find_if(texts.begin(), texts.end(), [](const std::string& line) { return line.find("10.0.0.0/24") != std::string::npos; });
    return std::pair(found == texts.end() ? std::string() : *found, ::testing::PrintToString(stage.command("rib show in extensive")));
  };
  // ORIGIN, AS_PATH 65000, NEXT_HOP 10.0.0.1, and ONLY_TO_CUSTOMER 65000 in the second.
  constexpr std::string_view k_plain = "0000001440010100400206020100" "00FDE84003040A000001180A0000";
  constexpr std::string_view k_marked = "0000001B40010100400206020100" "00FDE84003040A000001C023040000FDE8180A0000";
  play([&](Stage& stage) {
    const auto [line, kept] = told(stage, "role customer;", "00", k_plain);
    EXPECT_THAT(line, HasSubstr("\"only-to-customer\": 65000")) << "added: it came from above";
    EXPECT_THAT(kept, HasSubstr("10.0.0.0/24"));
  }, 2);
  play([&](Stage& stage) {
    const auto [line, kept] = told(stage, "role provider;", "03", k_marked);
    EXPECT_THAT(line, HasSubstr("treat-as-withdraw due to only-to-customer")) << "a leak";
    EXPECT_THAT(line, HasSubstr("\"withdraw\""));
    EXPECT_THAT(kept, Not(HasSubstr("10.0.0.0/24")));
  }, 2);
}

// RFC 9494: both capabilities, and communities by name.
TEST_P(Roles, LongLivedGracefulRestartIsAnnouncedWithGracefulRestart) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().capabilities = {"long-lived-graceful-restart 3600;"};
    scene.at(0).routes = {"10.0.0.0/24 next-hop 10.0.0.1 community [ llgr-stale no-llgr ]"};
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.peer() != nullptr && stage.peer()->ends_of_rib() == 1; }));
    EXPECT_THAT(base::to_hex(stage.peer()->received_open(), base::HexCase::upper), HasSubstr("400680B4" "00010180" "0209470700010180000E10"));
    EXPECT_THAT(::testing::PrintToString(lines(*stage.peer())), HasSubstr("C00808FFFF0006FFFF0007"));
  }, 2);
}

// RFC 9687. The kernel takes some of what is sent, hence so many routes.
TEST_P(SendHold, APeerThatTakesNothingIsGivenUp) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions options;
    options.script = {Step::established(), Step::stop_reading()};
    scene.neighbor(k_far, options).statements = {"send-hold-time 3;"};
    scene.at(0).routes = many_routes(GetParam() == "sim" ? 20'000 : 400'000);
    scene.program("p");
    scene.at(0).api = {"neighbor-changes;"};
    scene.start();
    auto& program = *stage.program_running("p");
    EXPECT_TRUE(stage.run_until([&] { return program.containing("notification sent (8,0)") != 0; }, 60s))
        << ::testing::PrintToString(program.texts());
  }, 1);
}

TEST_P(Operational, MessagesAreSentToldAndThoseThatStandAreSentAgain) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().capabilities = {"operational;"};
    scene.at(0).statements = {"operational { asm afi ipv4 safi unicast advisory configured; }"};
    scene.at(0).api = {"receive { parsed; operational; }", "send { parsed; operational; }"};
    stage.settings.api_version = 4;
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    ASSERT_TRUE(stage.run_until([&] { return stage.peer()->count(k_operational) == 1; }));
    EXPECT_THAT(lines(*stage.peer()), Contains(HasSubstr(" 06 0002000D000101636F6E66696775726564")));
    EXPECT_EQ(stage.command("announce operational asm afi ipv4 safi unicast advisory \"two words\"").back(), "done");
    EXPECT_EQ(stage.command("announce operational rpcq afi ipv4 safi unicast sequence 0").back(), "done");
    EXPECT_EQ(stage.command("announce operational rpcq afi ipv4 safi unicast sequence 0").back(), "done");
    ASSERT_TRUE(stage.run_until([&] { return stage.peer()->count(k_operational) == 4; }));
    EXPECT_THAT(lines(*stage.peer()), Contains(HasSubstr(" 06 0003000B0001010A00000100000002"))) << "numbered by us";
    stage.peer()->send(wrap(k_operational, *base::from_hex("0004000F0001010A0000010000000500000064")));
    auto& program = *stage.program_running("p");
    EXPECT_TRUE(stage.run_until([&] { return program.containing("receive operational RPCP afi ipv4 safi unicast router-id 10.0.0.1 sequence 5 counter 100") != 0; }));
    EXPECT_NE(program.containing("send operational ASM afi ipv4 safi unicast advisory \"two words\""), 0U);
    const std::size_t peers = stage.peers.size();
    stage.peer()->end(ScriptedPeer::Ending::close);
    ASSERT_TRUE(stage.run_until([&] { return stage.peers.size() > peers && stage.peers.back()->count(k_operational) == 1; }));
    EXPECT_THAT(lines(*stage.peers.back()), Contains(HasSubstr(" 06 0002000C00010174776F20776F726473"))) << "the one that stands";
  }, 2);
}

TEST_P(Operational, AreIgnoredWhereTheyWereNotAgreedOnAndEndTheSessionWhereTheyAreMalformed) {
  for (const bool agreed : {false, true}) {
    play([&](Stage& stage) {
      Scene scene(stage);
      if (agreed) scene.neighbor().capabilities = {"operational;"};
      else scene.neighbor();
      scene.start();
      ASSERT_TRUE(stage.run_until_established());
      stage.peer()->send(wrap(k_operational, *base::from_hex("000100020001")));
      if (agreed) {
        ASSERT_TRUE(stage.run_until([&] { return stage.peers[0]->count(k_notification) == 1; }));
        EXPECT_THAT(lines(*stage.peers[0]).back(), HasSubstr(" 03 0500"));
      } else {
        EXPECT_EQ(stage.command("announce route 10.0.0.0/24 next-hop 10.0.0.1").back(), "done");
        EXPECT_TRUE(stage.run_until([&] { return stage.peer()->table().has("10.0.0.0/24"); }));
      }
    }, 1);
  }
}

// RFC 9003.
TEST_P(Operational, ATeardownMayCarryAText) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    EXPECT_EQ(stage.command("teardown 2 \"at noon\"").back(), "done");
    ASSERT_TRUE(stage.run_until([&] { return stage.peers[0]->count(k_notification) == 1; }));
    EXPECT_THAT(lines(*stage.peers[0]).back(), HasSubstr(" 03 0602076174206E6F6F6E"));
  }, 2);
}

}  // namespace
}  // namespace tandem::conformance
