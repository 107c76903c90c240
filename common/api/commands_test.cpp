// What the commands that change or show routes do, in both grammars.
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/api/parsed_answer.hpp"
#include "common/api/test_support.hpp"

namespace tandem::api {
namespace {

namespace json = boost::json;
using test::Console;
using test::parsed;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// --- announce and withdraw ---------------------------------------------------------------------------------------------------

TEST(Announce, RouteGoesToThePeer) {
  for (const std::string_view line :
       {"announce route 10.0.0.0/24 next-hop 1.2.3.4 med 5", "peer * announce route 10.0.0.0/24 next-hop 1.2.3.4 med 5",
        "peer announce route 10.0.0.0/24 next-hop 1.2.3.4 med 5", "neighbor 127.0.0.1 announce route 10.0.0.0/24 next-hop 1.2.3.4 med 5",
        "announce route 10.0.0.0/24 next-hop 1.2.3.4 med 5;", "announce route 10.0.0.0/24 { next-hop 1.2.3.4; med 5; }",
        "announce ipv4 unicast 10.0.0.0/24 next-hop 1.2.3.4 med 5", "peer 127.0.0.1 announce attributes next-hop 1.2.3.4 med 5 nlri 10.0.0.0/24",
        "announce attribute next-hop 1.2.3.4 med 5 nlri 10.0.0.0/24"}) {
    for (const unsigned version : {4U, 6U}) {
      Console console(version);
      EXPECT_EQ(console.run(line), "done\n") << line;
      EXPECT_THAT(console.executor.take_log(), ElementsAre(HasSubstr("announce 0 10.0.0.0/24 next-hop 1.2.3.4 med 5"))) << line;
    }
  }
}

TEST(Announce, AnOperationalMessageGoesToEstablishedPeers) {
  for (const std::string_view line : {"announce operational asm afi ipv4 safi unicast advisory \"two words\"",
                                      "neighbor 127.0.0.1 announce operational ASM afi ipv4 safi unicast advisory 'two words'",
                                      "peer * announce operational asm afi ipv4 safi unicast advisory \"two words\""}) {
    Console console(4);
    EXPECT_EQ(console.run(line), "done\n") << line;
    EXPECT_THAT(console.executor.take_log(), ElementsAre("operational 0 asm afi ipv4 safi unicast advisory \"two words\"")) << line;
  }
  Console console(6);
  EXPECT_EQ(console.run("peer * announce operational rpcq afi ipv4 safi unicast router-id 1.2.3.4 sequence 7"), "done\n");
  EXPECT_THAT(console.executor.take_log(), ElementsAre("operational 0 rpcq afi ipv4 safi unicast router-id 1.2.3.4 sequence 7"));
  EXPECT_THAT(console.run("peer * announce operational xyz afi ipv4 safi unicast"), HasSubstr("error\n")) << "and nothing is done";
  EXPECT_THAT(console.executor.take_log(), IsEmpty());
}

TEST(Announce, OneCommandMayMakeSeveralRoutes) {
  Console console(4);
  EXPECT_EQ(console.run("announce attributes med 100 next-hop 101.1.101.1 nlri 1.0.0.1/32 1.0.0.2/32"), "done\n");
  EXPECT_EQ(console.executor.take_log().size(), 2U);
  EXPECT_EQ(console.run("announce route 1.0.0.0/21 next-hop 101.1.101.1 med 200 community [2:1] split /23"), "done\n");
  EXPECT_EQ(console.executor.take_log().size(), 4U);
}

TEST(Announce, IPv6) {
  Console console;
  EXPECT_EQ(console.run("peer * announce ipv6 unicast 2001:db8::/32 next-hop 2001::1"), "done\n");
  EXPECT_THAT(console.executor.take_log(), ElementsAre("announce 0 2001:db8::/32 next-hop 2001::1"));
  EXPECT_EQ(console.run("announce ipv6 multicast ff02:1::/32 next-hop 2001::1"), "done\n");
  EXPECT_EQ(console.run("withdraw ipv6 unicast 2001:db8::/32"), "done\n");
  EXPECT_EQ(console.run("announce ipv4 unicast 2001:db8::/32 next-hop 2001::1"), "error\n");
}

TEST(Announce, WithdrawNeedsNoNextHop) {
  for (const std::string_view line : {"withdraw route 10.0.0.0/24", "peer * withdraw route 10.0.0.0/24", "withdraw ipv4 unicast 10.0.0.0/24",
                                      "withdraw attributes nlri 10.0.0.0/24", "withdraw attribute nlri 10.0.0.0/24"}) {
    Console console;
    EXPECT_EQ(console.run(line), "done\n") << line;
    EXPECT_THAT(console.executor.take_log(), ElementsAre("withdraw 0 10.0.0.0/24")) << line;
  }
}

TEST(Announce, DetailLinesAreThoseOfTheSpecification) {
  Console console(4);
  EXPECT_EQ(console.run("announce route 10.0.0.0/24"), "error: announce requires nexthop: 10.0.0.0/24\nerror\n");
  EXPECT_EQ(console.run("announce\troute  9.9.9.9/21 next-hop 1.1.1.1  community [2:1,3:4] sync json"),
            "error: Could not parse route: route 9.9.9.9/21 next-hop 1.1.1.1 community [ 2:1 , 3:4 ]\nerror\n");
  EXPECT_EQ(console.run("neighbor 127.0.0.1 withdraw route nonsense"), "error: Could not parse route: route nonsense\nerror\n");
  EXPECT_EQ(console.run("announce route"), "error: Could not parse route: route\nerror\n");
  EXPECT_THAT(console.run("announce attributes med x nlri 10.0.0.0/24"), StartsWith("error: Failed to parse route: "));
  EXPECT_EQ(console.run("announce ipv4 unicast nonsense"), "error\n");
  EXPECT_EQ(console.run("announce ipv4 unicast 10.0.0.0/24"), "error: announce requires nexthop: 10.0.0.0/24\nerror\n");
  EXPECT_EQ(console.run("announce ipv4 nonsense 10.0.0.0/24"), "error\n");
  EXPECT_EQ(console.run("announce ipv4"), "error\n");
  EXPECT_EQ(console.run("announce thing"), "error: unknown announce type: thing\nerror\n");
  EXPECT_EQ(console.run("neighbor 127.0.0.1 withdraw eor"), "error: unknown withdraw type: eor\nerror\n");
  EXPECT_EQ(console.run("announce"), "error\n");
  EXPECT_THAT(console.executor.take_log(), IsEmpty());
  console.client.acknowledge = false;
  EXPECT_EQ(console.run("announce route 10.0.0.0/24"), "");
}

TEST(Announce, OneStatementAtATime) {
  Console console(4);
  for (const std::string_view line :
       {"announce route 10.0.0.0/24 next-hop 1.1.1.1; announce route 10.0.1.0/24 next-hop 1.1.1.1", "announce route 10.0.0.0/24 next-hop 1.1.1.1 # why",
        "announce route 10.0.0.0/24 { next-hop 1.1.1.1; } }", "announce route 10.0.0.0/24 { next-hop 1.1.1.1; ",
        "announce route 10.0.0.0/24 { next-hop { 1.1.1.1; } }", "announce route }", "announce route ;;"}) {
    EXPECT_THAT(console.run(line), StartsWith("error: Could not parse route: route")) << line;
    EXPECT_THAT(console.executor.take_log(), IsEmpty()) << line;
  }
}

TEST(Announce, WhatOnePeerCannotTakeTheOthersGet) {
  Console console(4);
  console.executor.add(test::make_peer("127.0.0.2"));
  console.executor.add(test::make_peer("127.0.0.3"));
  console.executor.fakes[0].refuses = true;
  console.executor.fakes[2].refuses = true;
  EXPECT_EQ(console.run("announce route 10.0.0.0/24 next-hop self"), "done\n");
  EXPECT_THAT(console.executor.take_log(), ElementsAre(StartsWith("announce 1 10.0.0.0/24")));
}

TEST(Announce, WhatNobodyTakesIsAnErrorAndChangesNothing) {
  Console console(4);
  console.executor.add(test::make_peer("127.0.0.2"));
  for (test::FakePeer& peer : console.executor.fakes) peer.only = bgp::k_ipv4_unicast;
  for (const std::string_view line :
       {"announce route 2001:db8::/32 next-hop 2001:db8::1", "withdraw route 2001:db8::/32", "announce ipv4 multicast 10.0.0.0/24 next-hop 1.1.1.1",
        "announce attributes next-hop 1.1.1.1 nlri 10.0.0.0/24 2001:db8::/32 10.0.1.0/24", "withdraw attributes nlri 10.0.0.0/24 2001:db8::/32",
        "announce route 2001:db8::/32 next-hop self watchdog dog"}) {
    EXPECT_EQ(console.run(line), "error\n") << line;
    EXPECT_THAT(console.executor.take_log(), IsEmpty()) << line;
  }
  EXPECT_EQ(console.run("enable-reasons"), "done\n");
  EXPECT_EQ(console.run("withdraw route 2001:db8::/32"), "error: the family is not configured\nerror\n");
  console.executor.fakes[1].only.reset();
  EXPECT_EQ(console.run("announce attributes next-hop 1.1.1.1 nlri 10.0.0.0/24 2001:db8::/32"), "done\n") << "one neighbor takes each";
  EXPECT_THAT(console.executor.take_log(), ElementsAre(StartsWith("announce 0 10.0.0.0/24"), StartsWith("announce 1 10.0.0.0/24"),
                                                       StartsWith("announce 1 2001:db8::/32")));
}

TEST(Announce, AnswersThatStayDone) {
  Console console(4);
  console.executor.fakes[0].established = false;
  for (const std::string_view line : {"withdraw watchdog nobody-has-it", "withdraw route 10.0.0.0/24", "teardown 4"}) {
    EXPECT_EQ(console.run(line), "done\n") << line;
  }
}

TEST(Announce, WatchdogRoutesAreFiled) {
  Console console(4);
  EXPECT_EQ(console.run("announce route 10.0.0.0/24 next-hop 1.1.1.1 watchdog dnsr"), "done\n");
  EXPECT_THAT(console.executor.take_log(), ElementsAre("file 0 dnsr 10.0.0.0/24 next-hop 1.1.1.1 active"));
  EXPECT_EQ(console.run("announce route 10.0.0.0/24 next-hop 1.1.1.1 watchdog dnsr withdraw"), "done\n");
  EXPECT_THAT(console.executor.take_log(), ElementsAre("file 0 dnsr 10.0.0.0/24 next-hop 1.1.1.1 held"));
}

TEST(Announce, WatchdogNamedAfterTheServiceByDefault) {
  Console console;
  EXPECT_EQ(console.run("announce watchdog dnsr"), "done\n");
  EXPECT_EQ(console.run("peer * withdraw watchdog"), "done\n");
  EXPECT_EQ(console.run("neighbor 127.0.0.1 announce watchdog"), "done\n");
  EXPECT_THAT(console.executor.take_log(), ElementsAre("announce watchdog 0 dnsr", "withdraw watchdog 0 prog", "announce watchdog 0 prog"));
}

// --- messages to peers ---------------------------------------------------------------------------------------------------------

TEST(EndOfRib, DefaultsToIPv4Unicast) {
  Console console;
  EXPECT_EQ(console.run("announce eor"), "done\n");
  EXPECT_EQ(console.run("peer 127.0.0.1 announce eor ipv6 unicast"), "done\n");
  EXPECT_THAT(console.executor.take_log(), ElementsAre("eor 0 ipv4 unicast", "eor 0 ipv6 unicast"));
  EXPECT_EQ(console.run("announce eor ipv4"), "error\n");
  EXPECT_EQ(console.run("announce eor ipv4 nonsense"), "error\n");
}

TEST(RouteRefresh, NeedsAFamily) {
  Console console;
  EXPECT_EQ(console.run("announce route-refresh ipv4 unicast"), "done\n");
  EXPECT_THAT(console.executor.take_log(), ElementsAre("refresh 0 ipv4 unicast"));
  EXPECT_EQ(console.run("announce route-refresh"), "error\n");
  EXPECT_EQ(console.run("peer * announce route-refresh ipv4"), "error\n");
}

TEST(EndOfRib, OnlyEstablishedPeersAndAtLeastOne) {
  Console console;
  console.executor.add(test::make_peer("127.0.0.2"));
  console.executor.fakes[0].established = false;
  EXPECT_EQ(console.run("announce eor"), "done\n");
  EXPECT_THAT(console.executor.take_log(), ElementsAre("eor 1 ipv4 unicast"));
  console.executor.fakes[1].established = false;
  EXPECT_EQ(console.run("announce eor"), "error\n");
  EXPECT_EQ(console.run("announce route-refresh ipv4 unicast"), "error\n");
  EXPECT_THAT(console.executor.take_log(), IsEmpty());
}

TEST(Teardown, TakesACodeOfOneOctet) {
  Console console(4);
  for (const std::string_view line : {"teardown 4", "neighbor 127.0.0.1 teardown 4", "peer 127.0.0.1 teardown 4", "peer * teardown 4"}) {
    EXPECT_EQ(console.run(line), "done\n") << line;
    EXPECT_THAT(console.executor.take_log(), ElementsAre("teardown 0 4")) << line;
  }
  EXPECT_EQ(console.run("teardown 2 \"back at noon\""), "done\n");
  EXPECT_THAT(console.executor.take_log(), ElementsAre("teardown 0 2 back at noon")) << "RFC 9003";
  EXPECT_EQ(console.run("teardown 255"), "done\n");
  EXPECT_THAT(console.executor.take_log(), ElementsAre("teardown 0 255"));
  for (const std::string_view line : {"teardown", "teardown 256", "teardown -1", "teardown +4", "teardown 4x", "teardown x"}) {
    EXPECT_EQ(console.run(line), "error\n") << line;
  }
  EXPECT_EQ(console.run("teardown 0"), "done\n");
  console.executor.fakes[0].established = false;
  EXPECT_EQ(console.run("teardown 4"), "done\n") << "others are ignored";
  EXPECT_THAT(console.executor.take_log(), IsEmpty());
}

TEST(Enable, ActsOnTheNeighborsThatAreMeant) {
  Console console(4);
  for (const std::string_view line : {"enable", "neighbor 127.0.0.1 enable", "peer 127.0.0.1 enable", "peer enable"}) {
    EXPECT_EQ(console.run(line), "done\n") << line;
    EXPECT_THAT(console.executor.take_log(), ElementsAre("enable 0")) << line;
  }
  EXPECT_EQ(console.run("neighbor 127.0.0.9 enable"), "error\n");
  EXPECT_EQ(console.run("enable now"), "error\n");
}

// --- ribs ------------------------------------------------------------------------------------------------------------------------

TEST(Rib, FlushAndClear) {
  const std::vector<std::pair<std::string_view, std::string>> cases{
      {"flush adj-rib out", "flush 0"},      {"rib flush out", "flush 0"},      {"rib flush in", "flush 0"},
      {"clear adj-rib in", "clear in 0"},    {"rib clear in", "clear in 0"},    {"clear adj-rib out", "clear out 0"},
      {"rib clear out", "clear out 0"},      {"rib clear", "clear out 0"},      {"clear adj-rib", "clear out 0"},
      {"neighbor * clear adj-rib in", "clear in 0"}};
  for (const auto& [line, expected] : cases) {
    for (const unsigned version : {4U, 6U}) {
      Console console(version);
      EXPECT_EQ(console.run(line), "done\n") << line;
      EXPECT_THAT(console.executor.take_log(), ElementsAre(expected)) << line;
    }
  }
}

TEST(Rib, AWordThatIsNoAddressDoesNotMeanEverybody) {
  Console console;
  for (const std::string_view line : {"clear adj-rib inn", "rib clear everything", "rib flush out now"}) {
    EXPECT_EQ(console.run(line), "error\n") << line;
    EXPECT_THAT(console.executor.take_log(), IsEmpty()) << line;
  }
}

class RibShow : public testing::Test {
 protected:
  rib::Route route(Console& console, std::string_view text) {
    Tokenizer tokenizer;
    EXPECT_TRUE(tokenizer.tokenize(text));
    rib::RouteParser parser(console.executor.attribute_pool());
    return parser.parse_route(tokenizer.tokens(), rib::RouteUse::announce)->routes.at(0);
  }
  void fill(Console& console) {
    console.executor.fakes[0].out = {route(console, "10.1.0.0/24 next-hop 1.1.1.1 med 5"),
                                     route(console, "2001:db8::/32 next-hop 2001::1 path-information 7")};
    console.executor.fakes[0].in = {route(console, "10.2.0.0/24 next-hop 2.2.2.2")};
    console.executor.add(test::make_peer("127.0.0.2"));
    console.executor.fakes[1].out = {route(console, "10.3.0.0/24 next-hop 1.1.1.1")};
  }
};

TEST_F(RibShow, Text) {
  Console console(4);
  fill(console);
  EXPECT_EQ(console.run("show adj-rib out"),
            "127.0.0.1 ipv4 unicast 10.1.0.0/24\n127.0.0.1 ipv6 unicast 2001:db8::/32 path-information 0.0.0.7\n"
            "127.0.0.2 ipv4 unicast 10.3.0.0/24\ndone\n");
  EXPECT_EQ(console.run("rib show in"), "127.0.0.1 ipv4 unicast 10.2.0.0/24\ndone\n");
  EXPECT_EQ(console.run("show adj-rib out 127.0.0.2"), "127.0.0.2 ipv4 unicast 10.3.0.0/24\ndone\n");
  EXPECT_EQ(console.run("neighbor 127.0.0.2 show adj-rib out"), "127.0.0.2 ipv4 unicast 10.3.0.0/24\ndone\n");
  EXPECT_EQ(console.run("show adj-rib out flow"), "done\n");
  for (const std::string_view words : {"", "routes", "static", "inet", "* routes"}) {
    EXPECT_EQ(console.run(fmt::format("show adj-rib in 127.0.0.1 {}", words)), "127.0.0.1 ipv4 unicast 10.2.0.0/24\ndone\n") << words;
  }
  console.executor.add(test::make_peer("127.0.0.20"));
  console.executor.fakes[2].out = {route(console, "10.4.0.0/24 next-hop 1.1.1.1")};
  EXPECT_EQ(console.run("show adj-rib out 127.0.0.2"), "127.0.0.2 ipv4 unicast 10.3.0.0/24\ndone\n") << "a whole address";
  EXPECT_EQ(console.run("show adj-rib out extensive inet 127.0.0.2"),
            console.executor.fakes[1].key + " ipv4 unicast 10.3.0.0/24 next-hop 1.1.1.1\ndone\n");
}

TEST_F(RibShow, Dialect42SaysNeighborAndNextHop) {
  Console console(4, bgp::Dialect::release_4_2);
  fill(console);
  console.executor.fakes[1].out.push_back(route(console, "10.5.0.0/24 rd 65000:1 label 100 next-hop 1.1.1.2"));
  EXPECT_EQ(console.run("show adj-rib out"),
            "neighbor 127.0.0.1 ipv4 unicast 10.1.0.0/24 next-hop 1.1.1.1\n"
            "neighbor 127.0.0.1 ipv6 unicast 2001:db8::/32 path-information 0.0.0.7 next-hop 2001::1\n"
            "neighbor 127.0.0.2 ipv4 unicast 10.3.0.0/24 next-hop 1.1.1.1\n"
            "neighbor 127.0.0.2 ipv4 mpls-vpn 10.5.0.0/24 label 100 next-hop 1.1.1.2 rd 65000:1\ndone\n");
  EXPECT_EQ(console.run("show adj-rib in extensive"), console.executor.fakes[0].key + " ipv4 unicast 10.2.0.0/24 next-hop 2.2.2.2\ndone\n");
}

TEST_F(RibShow, Dialect42ShowsNothingOfAnAddressOfNobody) {
  Console console(4, bgp::Dialect::release_4_2);
  fill(console);
  EXPECT_EQ(console.run("show adj-rib out 9.9.9.9"), "done\n");
  EXPECT_EQ(console.run("show neighbor 9.9.9.9 configuration"), "done\n");
  EXPECT_EQ(console.run("neighbor 9.9.9.9 show adj-rib out"), "error\n") << "a selector";
}

TEST_F(RibShow, Json) {
  Console console;
  fill(console);
  const auto values = parsed(console.run("rib show out"));
  ASSERT_EQ(values.size(), 3U) << "one object a route";
  EXPECT_EQ(values[0], json::parse(R"({"127.0.0.1": {"routes": [{"family": "ipv4 unicast", "prefix": "10.1.0.0/24"}]}})"));
  EXPECT_EQ(values[1].at("127.0.0.1").at("routes").at(0).at("path-information"), "0.0.0.7");
  Console four(4);
  fill(four);
  EXPECT_EQ(parsed(four.run("show adj-rib out json")), values);
}

TEST_F(RibShow, JsonHasTheTextOfAFamilyThatIsNoPrefix) {
  Console console;
  rib::Route rule = route(console, "10.5.0.0/24 rd 65000:1 label 100 next-hop 1.1.1.2");
  console.executor.fakes[0].out.push_back(rule);
  const bgp::FamilyIndex flow = *bgp::family_index({bgp::Afi::ipv4, bgp::Safi::flow});
  const base::Buffer octets{5, 1, 24, 10, 0, 0};
  ASSERT_TRUE(bgp::nlri_codec(flow)->decode({flow, bgp::NlriUse::announce, false}, octets, rule.nlri));
  console.executor.fakes[0].out.push_back(rule);
  const auto values = parsed(console.run("rib show out"));
  ASSERT_EQ(values.size(), 2U);
  EXPECT_EQ(values[0].at("127.0.0.1").at("routes").at(0), json::parse(R"({"family": "ipv4 mpls-vpn", "prefix": "10.5.0.0/24 label 100 (1601) rd 65000:1"})"));
  EXPECT_EQ(values[1].at("127.0.0.1").at("routes").at(0), json::parse(R"({"family": "ipv4 flow", "nlri": "flow destination-ipv4 10.0.0.0/24"})"));
}

TEST_F(RibShow, JsonExtensiveAddsTheLinesOfTheLayout) {
  Console console;
  fill(console);
  const auto values = parsed(console.run("rib show in extensive"));
  ASSERT_EQ(values.size(), 1U);
  const json::object& peer = values[0].at("127.0.0.1").as_object();
  for (const std::string_view member : {"routes", "peer-address", "local-address", "state", "duration", "as", "id", "hold", "capabilities",
                                        "families", "messages", "prefixes"}) {
    EXPECT_TRUE(peer.contains(member)) << member;
  }
  EXPECT_THAT(std::string(peer.at("capabilities").as_string()), HasSubstr("\n    route-refresh:"));
}

TEST_F(RibShow, ALongAnswerComesInPiecesAndEndsWhereAPeerDoes) {
  for (const bool leaves : {false, true}) {
    Console console(4);
    console.executor.add(test::make_peer("127.0.0.2"));
    for (int i = 0; i < 5000; ++i) {
      console.executor.fakes[0].out.push_back(route(console, fmt::format("10.{}.{}.0/24 next-hop 1.1.1.1", i / 250, i % 250)));
    }
    console.executor.fakes[1].out.push_back(route(console, "10.99.0.0/24 next-hop 1.1.1.1"));
    std::string out;
    console.dispatcher.execute(console.client, "show adj-rib out", out, console.job);
    ASSERT_TRUE(console.job);
    EXPECT_LT(out.size(), 20000U);
    EXPECT_FALSE(console.job->step(console.executor, 1000, out));
    EXPECT_FALSE(console.job->waits());
    if (leaves) console.executor.remove(0);
    EXPECT_TRUE(console.step(out));
    const auto lines = std::count(out.begin(), out.end(), '\n');
    EXPECT_TRUE(leaves ? lines < 1000 : lines == 5002) << lines;
    EXPECT_TRUE(out.ends_with("127.0.0.2 ipv4 unicast 10.99.0.0/24\ndone\n"));
  }
}

}  // namespace
}  // namespace tandem::api
