// What each command does, in both grammars.
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/api/test_support.hpp"
#include "common/base/log.hpp"

namespace tandem::api {
namespace {

namespace json = boost::json;
using test::Console;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// Each line of an answer that is JSON, parsed; the terminator must be "done".
std::vector<json::value> parsed(const std::string& out) {
  std::vector<json::value> values;
  std::size_t begin = 0;
  std::string last;
  while (begin < out.size()) {
    const std::size_t end = out.find('\n', begin);
    last = out.substr(begin, end - begin);
    begin = end + 1;
    if (last.empty() || (last[0] != '{' && last[0] != '[')) continue;
    boost::system::error_code failed;
    values.push_back(json::parse(last, failed));
    EXPECT_FALSE(failed) << last;
  }
  EXPECT_EQ(last, "done") << out;
  return values;
}

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
  EXPECT_EQ(console.run("show adj-rib out 9.9.9.9"), "done\n") << "nothing to show";
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

// --- peers -----------------------------------------------------------------------------------------------------------------------

TEST(PeerShow, AnswersAboutManyPeersComeInPieces) {
  for (const std::string_view line : {"peer list", "peer show json", "peer show summary text", "peer show extensive text", "peer show configuration text"}) {
    Console four(4);
    for (int i = 0; i < 5000; ++i) four.executor.add(test::make_peer(fmt::format("10.0.{}.{}", i / 250, i % 250)));
    std::string out;
    four.dispatcher.execute(four.client, line, out, four.job);
    ASSERT_TRUE(four.job) << line;
    EXPECT_LT(out.size(), 20000U) << line;
    std::size_t largest = 0;
    while (true) {
      std::string piece;
      const auto outcome = four.job->step(four.executor, 1000, piece);
      largest = std::max(largest, piece.size());
      out += piece;
      if (outcome) break;
    }
    EXPECT_LT(largest, 6000U) << line;
    for (const char* address : {"127.0.0.1", "10.0.0.0", "10.0.19.249"}) EXPECT_THAT(out, HasSubstr(address)) << line;
    if (out.front() == '[') {
      EXPECT_EQ(parsed(out + "done\n").at(0).as_array().size(), 5001U) << line;
    }
  }
}

TEST(PeerShow, APeerThatIsGoneWhenItsTurnComesIsLeftOut) {
  Console six;
  for (int i = 0; i < 1000; ++i) six.executor.add(test::make_peer(fmt::format("10.0.{}.{}", i / 250, i % 250)));
  std::string out;
  six.dispatcher.execute(six.client, "peer show", out, six.job);
  ASSERT_TRUE(six.job);
  six.executor.remove(1000);
  EXPECT_TRUE(six.step(out));
  EXPECT_EQ(parsed(out).at(0).as_array().size(), 1000U);
}

TEST(PeerShow, ListIsAlwaysJson) {
  Console console(4);
  EXPECT_EQ(parsed(console.run("peer list")).at(0),
            json::parse(R"([{"peer-address": "127.0.0.1", "peer-as": 65001, "state": "ESTABLISHED"}])"));
}

TEST(PeerShow, AConfiguredNeighborWithoutAPeerHasNoState) {
  Console console;
  console.executor.remove(0);
  console.executor.idle = {{"neighbor 10.0.0.0 local-ip auto local-as 65001 peer-as auto router-id 1.2.3.4 family-allowed in-open",
                            "10.0.0.0/24", "auto", std::nullopt, 65001U}};
  EXPECT_EQ(parsed(console.run("peer list")).at(0), json::parse(R"([{"peer-address": "10.0.0.0/24", "peer-as": null, "state": null}])"));
  const json::value shown =
      json::parse(R"([{"peer-address": "10.0.0.0/24", "local-address": "auto", "peer-as": null, "local-as": 65001}])");
  EXPECT_EQ(parsed(console.run("peer show")).at(0), shown);
  EXPECT_EQ(parsed(console.run("peer 10.0.0.0 show")).at(0), shown);
  EXPECT_EQ(parsed(console.run("peer show summary 10.0.0.1")).at(0), json::array{});
  EXPECT_EQ(console.run("peer 10.0.0.1 show"), "error\n");
}

TEST(PeerShow, SummaryIsATable) {
  Console console(4);
  test::FakePeer down = test::make_peer("127.0.0.3", 1, 2);
  down.snapshot.established = false;
  down.snapshot.state = "IDLE";
  down.snapshot.sent = down.snapshot.received = {};
  down.snapshot.prefixes_received = 0;
  console.executor.add(down);
  EXPECT_EQ(console.run("show neighbor summary"),
            "Peer            AS        up/down state       |     #sent     #recvd    #pfx_in\n"
            "127.0.0.1       65001     0:00:04 established           4          1          1\n"
            "127.0.0.3       2            down idle                  0          0          0\ndone\n");
  EXPECT_THAT(console.run("show neighbor summary 127.0.0.3"), testing::Not(HasSubstr("127.0.0.1")));
  EXPECT_THAT(console.run("show neighbor 127.0.0.3 summary"), testing::Not(HasSubstr("127.0.0.1")));
  EXPECT_THAT(console.run("neighbor 127.0.0.3 show neighbor summary"), testing::Not(HasSubstr("127.0.0.1")));
  EXPECT_EQ(console.run("show neighbor"), "usage: peer <ip> show [summary|extensive|configuration]\ndone\n");
  EXPECT_EQ(console.run("show neighbor configuration 127.0.0.3"), "neighbor 127.0.0.3 {\n  peer-as 2;\n}\ndone\n");
}

TEST(PeerShow, SummaryOfDialect42HasTwoCountersAndEstablishedPeersOnly) {
  Console console(4, bgp::Dialect::release_4_2);
  console.executor.add(test::make_peer("127.0.0.2"));
  console.executor.fakes[1].snapshot.established = false;
  EXPECT_EQ(console.run("show neighbor summary"),
            "Peer            AS        up/down state       |     #sent     #recvd\n"
            "127.0.0.1       65001     0:00:04 established           4          1\ndone\n");
}

TEST(PeerShow, ExtensiveOfDialect42HasItsLayout) {
  Console console(4, bgp::Dialect::release_4_2);
  console.executor.fakes[0].snapshot.peer_id.reset();
  console.executor.fakes[0].snapshot.remote.asn4 = -1;
  const std::string shown = console.run("show neighbor extensive");
  EXPECT_TRUE(shown.starts_with("Neighbor 127.0.0.1\n\n  Session                         Local\n   local                      127.0.0.1")) << shown;
  EXPECT_THAT(shown, HasSubstr("\n\n  Setup                           Local          Remote\n   AS                             65001           65001"));
  EXPECT_THAT(shown, HasSubstr("\n   ID                           1.2.3.4             n/a"));
  EXPECT_THAT(shown, HasSubstr("\n   asn4:                        enabled             n/a"));
  EXPECT_THAT(shown, HasSubstr("\n\n  Message Statistic                Sent        Received\n"));
  EXPECT_FALSE(shown.find("Prefix") != std::string::npos);
  EXPECT_TRUE(shown.ends_with(" \n\ndone\n"));
}

TEST(PeerShow, ExtensiveIsTheLayoutOfTheSpecification) {
  Console console(4);
  console.executor.fakes[0].snapshot.remote.add_path = -1;
  const std::string out = console.run("show neighbor extensive");
  EXPECT_THAT(out, StartsWith("Neighbor 127.0.0.1\n"
                              "    Session                        Local\n"
                              "    local                      127.0.0.1                                \n"
                              "    state                    ESTABLISHED                                \n"
                              "    up for                       0:00:04                                \n"
                              "    Setup                          Local          Remote\n"
                              "    AS                             65001           65001                \n"));
  EXPECT_THAT(out, HasSubstr("    asn4:                        enabled         enabled                \n"));
  EXPECT_THAT(out, HasSubstr("    add-path:                   disabled         unknown                \n"));
  EXPECT_THAT(out, HasSubstr("    ipv4 unicast:                enabled         enabled        disabled\n"));
  EXPECT_THAT(out, HasSubstr("    update:                            4               1                \n"));
  EXPECT_THAT(out, HasSubstr("    total:                             6               3                \n"));
  EXPECT_TRUE(out.ends_with("    withdrawn:                         0                                \ndone\n"));
}

TEST(PeerShow, JsonHasTheShapeOfTheSpecification) {
  const json::value expected = json::parse(R"([{"state": "up", "duration": 4, "fsm": "ESTABLISHED",
 "local": {"capabilities": {"asn4": 1, "route-refresh": 1, "multi-session": 0, "operational": 0, "add-path": 0, "extended-message": 1, "graceful-restart": 0},
           "families": {"ipv4 unicast": true}, "add-path": {"ipv4 unicast": 0}, "address": "127.0.0.1", "as": 65001, "id": "1.2.3.4", "hold": 180},
 "peer":  {"capabilities": {"asn4": 1, "route-refresh": 1, "multi-session": 0, "operational": 0, "add-path": 0, "extended-message": 1, "graceful-restart": 0},
           "families": {"ipv4 unicast": 1}, "add-path": {"ipv4 unicast": 0}, "address": "127.0.0.1", "as": 65001, "id": "9.9.9.9", "hold": 180},
 "messages": {"sent": {"open": 1, "notification": 0, "keepalive": 1, "update": 4, "refresh": 0, "total": 6},
              "received": {"open": 1, "notification": 0, "keepalive": 1, "update": 1, "refresh": 0, "total": 3}},
 "capabilities": ["asn4", "route-refresh", "extended-message"], "families": ["ipv4 unicast"], "add-path": {"ipv4 unicast": "disabled"},
 "prefixes": {"received": 1, "withdrawn": 0}}])");
  Console six;
  for (const std::string_view line : {"peer show", "peer show summary", "peer 127.0.0.1 show extensive", "show neighbor"}) {
    EXPECT_EQ(parsed(six.run(line)).at(0), expected) << line;
  }
  Console four(4);
  EXPECT_EQ(parsed(four.run("show neighbor summary json")).at(0), expected);
}

TEST(PeerShow, WhatIsNotKnownYetIsNotYes) {
  Console console;
  PeerSnapshot& peer = console.executor.fakes[0].snapshot;
  peer.established = false;
  peer.state = "ACTIVE";
  peer.remote = {};
  peer.peer_id.reset();
  peer.peer_hold_time_s.reset();
  peer.families[0].remote = -1;
  const json::value shown = parsed(console.run("peer show")).at(0).at(0);
  EXPECT_EQ(shown.at("state"), "down");
  EXPECT_TRUE(shown.at("peer").at("id").is_null());
  EXPECT_TRUE(shown.at("peer").at("hold").is_null());
  EXPECT_TRUE(shown.at("capabilities").as_array().empty());
  EXPECT_TRUE(shown.at("families").as_array().empty());
}

TEST(PeerShow, TheSelectorIsHonouredInJson) {
  Console console;
  console.executor.add(test::make_peer("127.0.0.2"));
  EXPECT_EQ(parsed(console.run("peer show")).at(0).as_array().size(), 2U);
  EXPECT_EQ(parsed(console.run("peer 127.0.0.2 show summary")).at(0).as_array().size(), 1U);
  EXPECT_EQ(parsed(console.run("peer show summary 127.0.0.2")).at(0).as_array().size(), 1U);
}

// --- session, system, daemon --------------------------------------------------------------------------------------------------

TEST(SessionCommands, Ping) {
  for (const unsigned version : {4U, 6U}) {
    Console console(version);
    EXPECT_EQ(parsed(console.run("ping")).at(0), json::parse(R"({"pong": "11111111-2222-4333-8444-555555555555", "active": true})"));
    EXPECT_EQ(console.run("session ping abc 123 text"), "pong 11111111-2222-4333-8444-555555555555 active=true\ndone\n");
    EXPECT_EQ(console.run("bye abc"), "done\n");
    EXPECT_EQ(console.run("session bye"), "done\n");
  }
}

TEST(SessionCommands, AClientMayAskForTextOrJsonWhateverTheVersionIs) {
  Console console;
  EXPECT_EQ(console.run("session text enable"), "done\n");
  EXPECT_EQ(console.run("version"), "exabgp 0.1.0\ndone\n");
  EXPECT_THAT(console.run("show neighbor"), StartsWith("Peer            AS ")) << "a table, without a word that asks for it";
  EXPECT_THAT(console.run("version json"), StartsWith("{ "));
  EXPECT_EQ(console.run("session text disable"), "done\n");
  EXPECT_THAT(console.run("version"), StartsWith("{ "));
}

TEST(SessionCommands, ResetDropsWhatIsPending) {
  Console four(4);
  EXPECT_EQ(four.run("reset"), "asynchronous queue cleared\ndone\n");
  EXPECT_THAT(four.executor.take_log(), ElementsAre("drop 7"));
  Console six;
  EXPECT_EQ(parsed(six.run("session reset")).at(0), json::parse(R"({"status": "asynchronous queue cleared"})"));
}

TEST(DaemonCommands, RequestsAreAnsweredBeforeTheyAreCarriedOut) {
  const std::vector<std::pair<std::string, std::string>> cases{{"shutdown", "request 0 of prog"}, {"reload", "request 1 of prog"}, {"restart", "request 2 of prog"}};
  for (const auto& [word, expected] : cases) {
    Console four(4);
    EXPECT_EQ(four.run(word), word + " in progress\ndone\n");
    EXPECT_THAT(four.executor.take_log(), ElementsAre(expected));
    Console six;
    EXPECT_EQ(parsed(six.run("daemon " + word)).at(0).at("status").as_string(), word + " in progress");
    EXPECT_THAT(six.executor.take_log(), ElementsAre(expected));
  }
}

TEST(DaemonCommands, LogRotateOpensTheLogAgainOrSaysWhyNot) {
  class Log final : public base::LogSink {
   public:
    Log() { base::set_log_sink(this); }
    ~Log() override { base::set_log_sink(nullptr); }
    void write(base::LogCategory, base::LogLevel, std::string_view) override {}
    base::Result<void> open_again() override { return opened++ == 0 ? base::Result<void>() : base::Error("no folder"); }
    int opened = 0;
  } log;
  Console four(4);
  EXPECT_EQ(four.run("log rotate"), "done\n");
  Console six;
  EXPECT_EQ(six.run("daemon log rotate"), "error: no folder\nerror\n");
  EXPECT_EQ(log.opened, 2);
}

TEST(DaemonCommands, Status) {
  Console six;
  const json::value status = parsed(six.run("daemon status")).at(0);
  EXPECT_EQ(status.at("pid"), 4100);
  EXPECT_EQ(status.at("uptime"), 3);
  EXPECT_EQ(status.at("peers").at(six.executor.fakes[0].key), "ESTABLISHED");
  Console four(4);
  EXPECT_EQ(four.run("status"),
            "ExaBGP Daemon Status\n====================\nVersion: 0.1.0\nUUID: 11111111-2222-4333-8444-555555555555\nPID: 4100\n"
            "Uptime: 0h 0m 3s\nPeers: 1\n  - " + four.executor.fakes[0].key + ": ESTABLISHED\ndone\n");
}

TEST(SystemCommands, QueueStatus) {
  Console four(4);
  EXPECT_EQ(four.run("queue-status"), "no queued messages\ndone\n");
  four.executor.queues = {{"b", 2, 30}, {"a", 1, 5}};
  EXPECT_EQ(four.run("queue-status"), "a: 1 items (5 bytes)\nb: 2 items (30 bytes)\ndone\n");
  Console six;
  EXPECT_EQ(parsed(six.run("system queue-status")).at(0), json::parse("{}"));
  six.executor.queues = four.executor.queues;
  EXPECT_EQ(parsed(six.run("system queue-status")).at(0), json::parse(R"({"a": {"items": 1, "bytes": 5}, "b": {"items": 2, "bytes": 30}})"));
}

TEST(SystemCommands, ApiVersion) {
  Console six;
  EXPECT_EQ(parsed(six.run("system api version")).at(0), json::parse(R"({"api_version": 6, "description": "json-only"})"));
  EXPECT_EQ(parsed(six.run("system api version 4")).at(0),
            json::parse(R"({"status": "API version set", "version": 4, "note": "effective on next process restart"})"));
  EXPECT_EQ(six.dispatcher.api_version, 4U);
  EXPECT_EQ(six.run("system api version 5"), "{ \"error\": \"API version must be 4 or 6\" }\nerror\n");
  EXPECT_EQ(six.run("system api version x"), "{ \"error\": \"Invalid version: x\" }\nerror\n");
  Console four(4);
  four.dispatcher.api_version = 4;
  EXPECT_EQ(four.run("api version"), "API version: 4 (legacy (text/json))\ndone\n");
  EXPECT_EQ(four.run("api version 6"), "API version set to 6 (effective on next process restart)\ndone\n");
  EXPECT_EQ(four.run("api version 7"), "error: API version must be 4 or 6\nerror\n");
  EXPECT_EQ(four.run("api version x"), "error: invalid version: x\nerror\n");
}

TEST(SystemCommands, Dialect42AnswersAs4221) {
  Console console(4, bgp::Dialect::release_4_2);
  EXPECT_THAT(console.run("help"), HasSubstr("available API commands are listed here:\n"));
  EXPECT_EQ(console.run("show neighbor"),
            "please specify summary, extensive or configuration\n"
            "you can filter by peer ip address adding it after the word neighbor\ndone\n");
  EXPECT_EQ(console.run("announce route 10.0.7.0/24"), "error\n") << "no error is explained";
  console.run("enable-reasons");
  EXPECT_THAT(console.run("announce route 10.0.7.0/24"), HasSubstr("error: announce requires nexthop"));
}

TEST(SystemCommands, Help) {
  Console six;
  const json::value help = parsed(six.run("system help")).at(0);
  EXPECT_EQ(help.at("peer_filters").as_array().size(), 4U);
  EXPECT_EQ(help.at("commands").as_array().size(), Dispatcher::commands().size());
  Console four(4);
  const std::string text = four.run("help");
  EXPECT_THAT(text, StartsWith("\navailable API commands (v6 format):\n====================================\n\nfilter can be: "));
  EXPECT_THAT(text, HasSubstr("\n[peer <ip> [filters]] peer show [ summary | extensive | configuration ] \n"));
  EXPECT_THAT(text, HasSubstr("\nsystem version \n"));
  EXPECT_TRUE(text.ends_with("\n\ndone\n"));
}

// Not a list of its own: a family that can be written is offered.
TEST(SystemCommands, HelpNamesTheFamiliesOfTheFamilyTable) {
  std::size_t checked = 0;
  for (const auto& command : Dispatcher::commands()) {
    const auto afi = bgp::parse_afi(std::string_view(command.words).substr(command.words.rfind(' ') + 1));
    if (!afi) continue;
    EXPECT_EQ(command.options.find("<safi>"), std::string::npos) << command.words;
    for (const std::string& word : bgp::safi_words_of(*afi)) {
      EXPECT_THAT(command.options, HasSubstr(word)) << command.words;
      ++checked;
    }
  }
  EXPECT_GT(checked, 20U);
}

TEST(EngineCommand, Shows) {
  Console six;
  for (const std::string_view line : {"engine", "daemon engine", "engine json"}) {
    EXPECT_EQ(parsed(six.run(line)).at(0),
              json::parse(R"({"engine": "sync", "since": 1795343803.25, "switches": 2, "available": ["sync", "async"]})")) << line;
  }
  Console four(4);
  EXPECT_EQ(four.run("engine"), "engine sync since 2026-11-22T10:36:43Z switches 2\ndone\n");
  EXPECT_EQ(parsed(four.run("engine json")).at(0).at("engine"), "sync");
}

TEST(EngineCommand, Switches) {
  for (const std::string_view line : {"engine async", "daemon engine async"}) {
    Console console(4);
    EXPECT_EQ(console.run(line), "done\n") << line;
    EXPECT_THAT(console.executor.take_log(), ElementsAre("engine async"));
  }
  Console console;
  EXPECT_EQ(console.run("engine sync"), "done\n") << "sync is a name here, not a trailing word";
  EXPECT_THAT(console.executor.take_log(), ElementsAre("engine sync"));
  console.executor.switched = base::Error("no descriptor is left");
  EXPECT_EQ(console.run("engine async"), "error: no descriptor is left\nerror\n");
  console.executor.take_log();
  EXPECT_EQ(console.run("engine x"), "error: unknown engine 'x' (sync, async)\nerror\n");
  EXPECT_THAT(console.executor.take_log(), IsEmpty());
}

}  // namespace
}  // namespace tandem::api
