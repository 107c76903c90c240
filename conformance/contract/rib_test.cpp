// Invariants I8 to I12 of docs/contract.md: what a run sends, and what a peer believes in the end.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "conformance/contract/scene.hpp"

namespace tandem::conformance {
namespace {

using ::testing::ElementsAre;

class Rib : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(Rib);

// Random announces and withdraws of one program while the table is being streamed; `model` is what must come out of it.
void churn(Stage& stage, std::size_t routes, std::size_t changes, const std::string& statements) {
  Scene scene(stage);
  scene.neighbor().statements = {statements};
  scene.at(0).routes = many_routes(routes, 50);
  scene.program("p");
  scene.start();
  std::map<std::string, std::uint32_t> model;
  for (std::size_t i = 0; i < routes; ++i) model[prefix_of(i)] = static_cast<std::uint32_t>(i / 50 + 1);
  ASSERT_TRUE(stage.run_until([&] { return stage.program_running("p") != nullptr && stage.established() == 1; }));
  auto& program = *stage.program_running("p");
  base::Random random(changes);
  std::size_t commands = 0;
  while (commands < changes) {
    std::string batch;
    for (std::size_t i = random.below(20) + 1; i > 0; --i, ++commands) {
      const std::string prefix = prefix_of(random.below(routes + routes / 4));
      if (random.below(3) == 0) {
        batch += withdraw(prefix) + "\n";
        model.erase(prefix);
      } else {
        const auto med = static_cast<std::uint32_t>(random.below(5) + 1);
        batch += announce(prefix, "med " + std::to_string(med)) + "\n";
        model[prefix] = med;
      }
    }
    program.write(batch);
    stage.run_for(base::Duration(random.below(4'000'000)));
  }
  ASSERT_TRUE(stage.run_until([&] { return program.count("done") == commands; })) << program.count("done") << " of " << commands;
  stage.run_until([&] { return stage.peer()->table().size() == model.size() && stage.peer()->ends_of_rib() > 0; }, 5s);
  stage.run_for(200ms);
  const auto& table = stage.peer()->table().routes();
  ASSERT_EQ(table.size(), model.size());
  for (const auto& [prefix, med] : model) {
    const auto found = table.find(prefix);
    ASSERT_NE(found, table.end()) << prefix;
    ASSERT_THAT(found->second, ::testing::HasSubstr(fmt::format("800404{:08x}", med))) << prefix;
  }
  EXPECT_EQ(stage.peer()->broken(), "");
}

TEST_P(Rib, I08_ChangesDuringARunAreNeitherLostNorDoubled) {
  play([](Stage& stage) { churn(stage, stage.simulated() ? 2000 : 20000, 2000, "group-updates true;"); }, 5);
}

TEST_P(Rib, I09_ThePeerEndsWithTheCacheWhateverTheOrder) {
  play([](Stage& stage) { churn(stage, 60, 1500, "group-updates false;"); }, 10);
}

TEST_P(Rib, I09_TheSameAnnouncementTwiceIsSentOnce) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor();
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    ASSERT_TRUE(stage.run_until([&] { return stage.program_running("p") != nullptr; }));
    auto& program = *stage.program_running("p");
    for (int i = 0; i < 3; ++i) {
      program.say(announce("10.1.0.0/16"));
      stage.run_for(100ms);
    }
    EXPECT_THAT(announced(stage.peer()->transcript()), ElementsAre("10.1.0.0/16"));
  });
}

base::Buffer octets(std::string body) {
  std::erase(body, ' ');
  return base::from_hex(body).value();
}

// The UPDATEs a peer has received, End-of-RIB left out.
std::vector<std::string> updates(const ScriptedPeer& peer) {
  std::vector<std::string> out;
  for (const auto& message : peer.transcript()) {
    if (message.type() == k_update && !is_end_of_rib(message.bytes)) out.push_back(describe(message.bytes));
  }
  return out;
}

// D9 and I9: what the peer was told before is not true any more, though its successor cannot be told.
TEST_P(Rib, I09_ARouteWhoseNextHopCanNoLongerBeExpressedIsWithdrawn) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions options;
    options.mirror.without_capabilities = {5};  // the configuration would allow it, this session does not
    auto& neighbor = scene.neighbor(k_far, std::move(options));
    neighbor.families = {"ipv4 unicast", "ipv6 unicast"};
    neighbor.statements = {"nexthop { ipv4 unicast ipv6; }"};
    neighbor.routes = {"10.1.0.0/16 next-hop 10.0.0.1", "10.2.0.0/16 next-hop 10.0.0.1"};
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.peer() != nullptr && stage.peer()->ends_of_rib() == 2; }));
    ASSERT_TRUE(stage.run_until([&] { return stage.program_running("p") != nullptr; }));
    stage.program_running("p")->write(
        "peer * announce route 10.3.0.0/16 next-hop 2001:db8::1\npeer * announce route 10.1.0.0/16 next-hop 2001:db8::1\n");
    ASSERT_TRUE(stage.run_until([&] { return !stage.peer()->table().has("10.1.0.0/16"); }));
    stage.run_for(100ms);
    EXPECT_THAT(withdrawn(stage.peer()->transcript()), ElementsAre("10.1.0.0/16"));
    EXPECT_EQ(stage.peer()->table().size(), 1U);
  });
}

TEST_P(Rib, ThePathsLimitOfThePeerCapsThePathsOfAPrefix) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions options;
    options.open_first = open({65001, 180, 0x0A000003, {bgp::k_ipv4_unicast}, {{69, "00010101"}, {76, "0001010002"}}});
    scene.neighbor(k_far, options).capabilities = {"add-path send/receive;"};
    for (const char* path : {"1", "2", "3"}) {
      scene.at(0).routes.push_back("10.1.0.0/16 path-information " + std::string(path) + " next-hop 10.0.0.1");
    }
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.peer() != nullptr && stage.peer()->ends_of_rib() == 1; }));
    const std::string attributes = "0000 0015 40010100 400200 4003040A000001 40050400000064";
    const auto expected = [](const std::string& body) { return describe(wrap(k_update, octets(body))); };
    EXPECT_THAT(updates(*stage.peer()), ElementsAre(expected(attributes + "00000001 100A01 00000002 100A01")));
    ASSERT_TRUE(stage.run_until([&] { return stage.program_running("p") != nullptr; }));
    stage.program_running("p")->say("peer * withdraw route 10.1.0.0/16 path-information 1");
    ASSERT_TRUE(stage.run_until([&] { return updates(*stage.peer()).size() == 3; }));
    EXPECT_EQ(updates(*stage.peer())[1], expected("0007 00000001 100A01 0000"));
    EXPECT_EQ(updates(*stage.peer())[2], expected(attributes + "00000003 100A01"));
  });
}

TEST_P(Rib, I10_TheFirstRunOfASessionEncodesNoWithdrawAndNoEmptyUpdate) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions options;
    scene.neighbor(k_far, options).families = {"ipv4 unicast", "ipv6 unicast"};
    scene.at(0).routes = {"10.1.0.0/16 next-hop 10.0.0.1"};
    scene.program("p", [](ScriptedProgram& program) {
      program.write(withdraw("10.2.0.0/16") + "\n" + withdraw("10.1.0.0/16") + "\n" + withdraw("2001:db8::/32") + "\n");
    });
    stage.forget_peer_at(k_far);  // what is said before the session counts for its first run
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.program_running("p") != nullptr && stage.program_running("p")->count("done") == 3; }));
    stage.peer_at(k_far, options);
    ASSERT_TRUE(stage.run_until([&] { return stage.peer() != nullptr && stage.peer()->ends_of_rib() == 2; }));
    EXPECT_THAT(lines(*stage.peer()).size(), 3U);  // OPEN and two End-of-RIB
    stage.program_running("p")->say(withdraw("10.3.0.0/16"));
    EXPECT_TRUE(stage.run_until([&] { return !withdrawn(stage.peer()->transcript()).empty(); }));
    EXPECT_THAT(withdrawn(stage.peer()->transcript()), ElementsAre("10.3.0.0/16"));
  });
}

TEST_P(Rib, I11_EndOfRibFollowsEveryRouteOncePerFamilyInThePeersOrder) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions options;
    options.open_first = open({65001, 180, 0x0A000003, {bgp::k_ipv6_unicast, bgp::k_ipv4_unicast}});
    scene.neighbor(k_far, options).families = {"ipv4 unicast", "ipv6 unicast"};
    scene.at(0).routes = many_routes(200);
    scene.at(0).routes.push_back("2001:db8:1::/48 next-hop 2001:db8::1");
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.peer() != nullptr && stage.peer()->ends_of_rib() == 2; }));
    const auto seen = lines(*stage.peer());
    ASSERT_GE(seen.size(), 3U);
    EXPECT_EQ(seen[seen.size() - 2], "001E 02 00000007900F0003000201");
    EXPECT_EQ(seen.back(), "0017 02 00000000");
    EXPECT_EQ(stage.peer()->table().size(), 201U);
    stage.run_for(100ms);
    EXPECT_EQ(stage.peer()->ends_of_rib(), 2U);
  });
}

TEST_P(Rib, I11_ManualEorSendsNoneByItself) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().statements = {"manual-eor true;"};
    scene.at(0).routes = many_routes(10);
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.peer() != nullptr && stage.peer()->table().size() == 10; }));
    stage.run_for(200ms);
    EXPECT_EQ(stage.peer()->ends_of_rib(), 0U);
    stage.program_running("p")->say("peer * announce eor ipv4 unicast");
    EXPECT_TRUE(stage.run_until([&] { return stage.peer()->ends_of_rib() == 1; }));
  });
}

TEST_P(Rib, I11_WithoutACommonFamilyASingleKeepaliveTakesItsPlace) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions options;
    options.open_first = open({65001, 180, 0x0A000003, {bgp::k_ipv6_unicast}});
    scene.neighbor(k_far, options).routes = many_routes(10);
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.peer() != nullptr && stage.peer()->count(k_keepalive) == 2; }));
    stage.run_for(100ms);
    EXPECT_EQ(stage.peer()->count(k_keepalive), 2U);
    EXPECT_EQ(stage.peer()->count(k_update), 0U);
  });
}

TEST_P(Rib, I12_ANewSessionGetsEachRouteOnceAndNothingOfTheOldRun) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions options;
    scene.neighbor(k_far, options).statements = {"group-updates false;"};
    scene.at(0).routes = many_routes(3000, 10);
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.peer() != nullptr && stage.peer()->count(k_update) > 500; }));
    stage.peer()->end(Remote::Ending::reset);
    stage.program_running("p")->write(withdraw(prefix_of(2)) + "\n" + announce("10.1.0.0/16") + "\n" + announce(prefix_of(1), "med 77") + "\n");
    ASSERT_TRUE(stage.run_until([&] { return stage.peers.size() == 2 && stage.peer()->ends_of_rib() == 1; }));
    ASSERT_TRUE(stage.run_until([&] { return stage.program_running("p")->count("done") == 3; }));
    stage.run_for(200ms);
    EXPECT_EQ(stage.peer()->table().size(), 3000U);
    EXPECT_FALSE(stage.peer()->table().has(prefix_of(2)));
    EXPECT_TRUE(stage.peer()->table().has("10.1.0.0/16"));
    // Each route once: a change that came after Established is the only reason for a second one.
    const auto sent = announced(stage.peer()->transcript());
    EXPECT_LE(sent.size(), 3002U);
  }, 5);
}

TEST_P(Rib, AFlushSendsTheCacheAgainAndAClearTakesItBack) {
  play([](Stage& stage) {
    Scene scene(stage);
    scene.neighbor().routes = many_routes(40, 7);
    scene.program("p");
    scene.start();
    ASSERT_TRUE(stage.run_until_established());
    ASSERT_TRUE(stage.run_until([&] { return stage.program_running("p") != nullptr; }));
    stage.program_running("p")->say("rib flush out");
    ASSERT_TRUE(stage.run_until([&] { return announced(stage.peer()->transcript()).size() == 80; }));
    stage.program_running("p")->say("rib clear out");
    ASSERT_TRUE(stage.run_until([&] { return stage.peer()->table().size() == 0; }));
    EXPECT_EQ(withdrawn(stage.peer()->transcript()).size(), 40U);
  });
}

TEST_P(Rib, ARouteRefreshOfThePeerIsAnsweredBetweenItsBrackets) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions options;
    options.script = {Step::await(k_update, 2), Step::pause(50ms), Step::send(route_refresh(bgp::k_ipv4_unicast))};
    scene.neighbor(k_far, options).capabilities = {"route-refresh;"};
    scene.at(0).routes = {"10.1.0.0/16 next-hop 10.0.0.1", "10.2.0.0/16 next-hop 10.0.0.1"};
    scene.start();
    ASSERT_TRUE(stage.run_until([&] { return stage.peer() != nullptr && stage.peer()->count(k_route_refresh) == 2; }));
    const auto seen = lines(*stage.peer());
    ASSERT_GE(seen.size(), 5U);
    EXPECT_EQ(seen.back(), "0017 05 00010201");
    const auto begin = std::find(seen.begin(), seen.end(), "0017 05 00010101");
    ASSERT_NE(begin, seen.end());
    EXPECT_EQ(seen.end() - begin, 4);  // the bracket, two routes one by one, the bracket
  });
}

// A next hop of the other IP version goes to the peer that agreed on it, to nobody else, and a command that no neighbor can say is refused.
TEST_P(Rib, ANextHopOfTheOtherIpVersionIsSentOnlyWhereItWasAgreedOn) {
  play([](Stage& stage) {
    Scene scene(stage);
    const std::vector<std::string> families{"ipv4 unicast", "ipv6 unicast"};
    const std::vector<std::string> next_hops{"nexthop { ipv6 unicast ipv4; ipv4 unicast ipv6; }"};
    const std::vector<std::string> routes{"2001:db8::/32 next-hop 10.0.0.1", "10.1.0.0/16 next-hop 2001:db8::1", "10.2.0.0/16 next-hop 10.0.0.1"};
    for (const std::string address : {"127.0.0.11", "127.0.0.12"}) {
      PeerOptions options;
      if (address == "127.0.0.12") options.mirror.without_capabilities = {5};
      auto& neighbor = scene.neighbor(address, std::move(options));
      neighbor.families = families;
      neighbor.statements = next_hops;
      neighbor.routes = routes;
    }
    scene.neighbor("127.0.0.13").families = families;
    scene.program("p");
    scene.start();
    const auto table = [&](const std::string& address) { return stage.peer(address)->table(); };
    ASSERT_TRUE(stage.run_until([&] { return stage.established() == 3 && table("127.0.0.11").size() == 3; }));
    ASSERT_TRUE(stage.run_until([&] { return stage.peer("127.0.0.12")->ends_of_rib() == 2; }));
    EXPECT_EQ(table("127.0.0.12").size(), 1U);
    EXPECT_TRUE(table("127.0.0.12").has("10.2.0.0/16"));
    EXPECT_TRUE(table("127.0.0.11").has("2001:db8::/32"));
    auto& program = *stage.program_running("p");
    program.say("neighbor 127.0.0.13 announce route 2001:db8:1::/48 next-hop 10.0.0.1");
    ASSERT_TRUE(stage.run_until([&] { return program.count("error") == 1; }));
    program.say("neighbor 127.0.0.11 announce route 2001:db8:1::/48 next-hop 10.0.0.1");
    ASSERT_TRUE(stage.run_until([&] { return table("127.0.0.11").has("2001:db8:1::/48"); }));
    EXPECT_EQ(program.count("error"), 1U);
    EXPECT_EQ(table("127.0.0.13").size(), 0U);
  });
}

TEST_P(Rib, WhatThePeerDoesNotAnnounceAgainBetweenItsBracketsIsGone) {
  play([](Stage& stage) {
    Scene scene(stage);
    PeerOptions options;
    const auto send = [&options](const base::Buffer& bytes) { options.script.push_back(Step::send(bytes)); };
    options.script = {Step::established()};
    for (std::size_t i = 0; i < 50; ++i) send(update({{prefix_of(i)}, std::nullopt, 1}));
    send(route_refresh(bgp::k_ipv4_unicast, 1));
    for (std::size_t i = 0; i < 50; i += 10) send(update({{prefix_of(i)}, std::nullopt, 1}));
    send(route_refresh(bgp::k_ipv4_unicast, 2));
    scene.neighbor(k_far, options).capabilities = {"route-refresh;"};
    scene.at(0).api = {"receive { parsed; update; }"};
    scene.program("p", nullptr, "json");
    scene.start();
    const auto stored = [&] { return stage.command("rib show in").size() - 1; };
    EXPECT_TRUE(stage.run_until([&] { return stored() == 5; }));
    EXPECT_TRUE(stage.run_until([&] { return stage.program_running("p")->containing("\"withdraw\"") > 0; }));
  }, 5);
}

}  // namespace
}  // namespace tandem::conformance
