// What is told about peers, in both grammars.
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
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

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
  EXPECT_EQ(console.run("peer show summary 10.0.0.1"), "error\n");
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
  auto& family = console.executor.fakes[0].snapshot.families.at(0);
  family.add_path_send = true;
  EXPECT_THAT(console.run("show neighbor extensive"), HasSubstr("ipv4 unicast:                enabled         enabled        disabled"));
  family.add_path_receive = true;
  EXPECT_THAT(console.run("show neighbor extensive"), HasSubstr("ipv4 unicast:                enabled         enabled         enabled"));
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

}  // namespace
}  // namespace tandem::api
