#include "common/rib/route_parser.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rib/test_support.hpp"
#include "common/rib/without_nlri.hpp"

namespace tandem::rib {
namespace {

using test::TokenList;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RouteParserTest : public ::testing::Test {
 protected:
  static std::vector<std::string> described(const base::Result<ParsedRoutes>& parsed) {
    if (!parsed) return {"error: " + parsed.error().reason()};
    std::vector<std::string> out;
    for (const Route& route : parsed->routes) out.push_back(describe(route));
    return out;
  }
  std::vector<std::string> route(std::string_view text, RouteUse use = RouteUse::announce) {
    const TokenList tokens(text);
    return described(parser_.parse_route(tokens, use));
  }
  std::vector<std::string> attributes(std::string_view text, RouteUse use = RouteUse::announce) {
    const TokenList tokens(text);
    return described(parser_.parse_attributes(tokens, use));
  }
  std::vector<std::string> family(bgp::Afi afi, std::string_view text, RouteUse use = RouteUse::announce) {
    const TokenList tokens(text);
    return described(parser_.parse_family(family_form(afi), tokens, use));
  }
  std::string reason(std::string_view text, RouteUse use = RouteUse::announce) {
    const TokenList tokens(text);
    const auto parsed = parser_.parse_route(tokens, use);
    return parsed ? "no error" : parsed.error().reason();
  }
  bgp::Family family_of(std::string_view text) {
    const TokenList tokens(text);
    return bgp::family_at(parser_.parse_route(tokens, RouteUse::announce)->routes.at(0).nlri.family());
  }

  AttributePool pool_;
  RouteParser parser_{pool_};
};

TEST_F(RouteParserTest, ReadsAttributesInAnyOrder) {
  EXPECT_THAT(route("10.0.0.0/24 next-hop 1.1.1.1 origin egp med 5"),
              ElementsAre("10.0.0.0/24 next-hop 1.1.1.1 origin egp med 5"));
  EXPECT_THAT(route("10.0.0.0/24 med 5 origin egp next-hop 1.1.1.1"),
              ElementsAre("10.0.0.0/24 next-hop 1.1.1.1 origin egp med 5"));
  const Route one = test::make_route(pool_, "10.0.7.0/24 next-hop 1.1.1.1 local-preference 200 community 30740:30740");
  const Route two = test::make_route(pool_, "10.0.8.0/24 next-hop 1.1.1.1 community 30740:30740 local-preference 200");
  EXPECT_EQ(one.attributes, two.attributes);
}

TEST_F(RouteParserTest, APrefixWithoutLengthIsAHost) {
  EXPECT_THAT(route("10.0.0.1 next-hop 1.1.1.1"), ElementsAre("10.0.0.1/32 next-hop 1.1.1.1"));
  EXPECT_THAT(route("2001:db8:: next-hop 2001::1"), ElementsAre("2001:db8::/128 next-hop 2001::1"));
}

TEST_F(RouteParserTest, TheFirstValueOfAnAttributeCountsAndTheLastNextHopAndPath) {
  EXPECT_THAT(route("10.0.0.0/24 med 5 med 6 next-hop 1.1.1.1 next-hop 2.2.2.2 path-information 1 path-information 0.0.0.2"),
              ElementsAre("10.0.0.0/24 path-information 0.0.0.2 next-hop 2.2.2.2 med 5"));
}

TEST_F(RouteParserTest, ThePrefixDecidesTheFamily) {
  EXPECT_EQ(family_of("10.0.0.0/8 next-hop 1.1.1.1"), bgp::k_ipv4_unicast);
  EXPECT_EQ(family_of("223.255.255.0/24 next-hop 1.1.1.1"), bgp::k_ipv4_unicast);
  EXPECT_EQ(family_of("224.0.0.0/4 next-hop 1.1.1.1"), bgp::k_ipv4_multicast);
  EXPECT_EQ(family_of("239.1.0.0/16 next-hop 1.1.1.1"), bgp::k_ipv4_multicast);
  EXPECT_EQ(family_of("240.0.0.0/4 next-hop 1.1.1.1"), bgp::k_ipv4_unicast);
  EXPECT_EQ(family_of("ff00::/8 next-hop 2001::1"), bgp::k_ipv6_unicast);
}

TEST_F(RouteParserTest, LabelsAndDistinguisherDecideTheFamilyToo) {
  EXPECT_EQ(family_of("10.0.0.0/8 next-hop 1.1.1.1 label 5"), (bgp::Family{bgp::Afi::ipv4, bgp::Safi::nlri_mpls}));
  EXPECT_EQ(family_of("10.0.0.0/8 next-hop 1.1.1.1 label [ ]"), bgp::k_ipv4_unicast);
  EXPECT_EQ(family_of("2001:db8::/32 label [ 5 6 ] next-hop 2001::1"), (bgp::Family{bgp::Afi::ipv6, bgp::Safi::nlri_mpls}));
  EXPECT_EQ(family_of("239.0.0.0/8 rd 1:1 next-hop 1.1.1.1 label 5"), (bgp::Family{bgp::Afi::ipv4, bgp::Safi::mpls_vpn}));
  EXPECT_THAT(route("10.0.0.0/24 label 5 (81) next-hop 1.1.1.1 med 5 route-distinguisher 65000:1"),
              ElementsAre("10.0.0.0/24 label 5 (81) rd 65000:1 next-hop 1.1.1.1 med 5"));
  EXPECT_THAT(family(bgp::Afi::ipv4, "labeled-unicast 10.0.0.0/24 next-hop 1.1.1.1 label 5"),
              ElementsAre("10.0.0.0/24 label 5 (81) next-hop 1.1.1.1"));
  EXPECT_THAT(family(bgp::Afi::ipv4, "mpls-vpn 10.0.0.0/24 next-hop 1.1.1.1 label 5"),
              ElementsAre("error: VPN route announce requires RD: 10.0.0.0/24"));
  EXPECT_THAT(family(bgp::Afi::ipv4, "mpls-vpn 10.0.0.0/24 rd 1:1", RouteUse::withdraw),
              ElementsAre("10.0.0.0/24 label 524288 (8388608) rd 1:1"));
}

TEST_F(RouteParserTest, SplitKeepsLabelsDistinguisherAndPath) {
  EXPECT_THAT(route("10.0.0.0/24 rd 65000:1 label 1000 path-information 9 next-hop 1.1.1.1 split /25"),
              ElementsAre("10.0.0.0/25 path-information 0.0.0.9 label 1000 (16001) rd 65000:1 next-hop 1.1.1.1",
                          "10.0.0.128/25 path-information 0.0.0.9 label 1000 (16001) rd 65000:1 next-hop 1.1.1.1"));
}

TEST_F(RouteParserTest, NextHopSelfWaitsForTheNeighbor) {
  EXPECT_THAT(route("10.0.0.0/24 next-hop SELF"), ElementsAre("10.0.0.0/24 next-hop self"));
  EXPECT_THAT(route("10.0.0.0/24 next-hop self next-hop 1.1.1.1"), ElementsAre("10.0.0.0/24 next-hop 1.1.1.1"));
}

TEST_F(RouteParserTest, AnAnnounceNeedsANextHopAndAWithdrawDoesNot) {
  EXPECT_EQ(reason("10.0.0.0/24 med 5"), "announce requires nexthop: 10.0.0.0/24");
  EXPECT_EQ(reason("10.0.0.1"), "announce requires nexthop: 10.0.0.1/32");
  EXPECT_THAT(route("10.0.0.0/24", RouteUse::withdraw), ElementsAre("10.0.0.0/24"));
  EXPECT_THAT(route("1.1.0.0/25 next-hop 0.0.0.0", RouteUse::withdraw), ElementsAre("1.1.0.0/25 next-hop 0.0.0.0"));
  EXPECT_EQ(reason("10.0.0.0/24 med 5"), "announce requires nexthop: 10.0.0.0/24") << "also when its attributes are remembered";
}

TEST_F(RouteParserTest, SplitMakesAllSubnetsInOrder) {
  EXPECT_THAT(route("172.10.0.0/22 next-hop 1.1.1.1 med 200 split /24"),
              ElementsAre("172.10.0.0/24 next-hop 1.1.1.1 med 200", "172.10.1.0/24 next-hop 1.1.1.1 med 200",
                          "172.10.2.0/24 next-hop 1.1.1.1 med 200", "172.10.3.0/24 next-hop 1.1.1.1 med 200"));
  EXPECT_THAT(route("2001:db8::/31 next-hop 2001::1 split /33 path-information 5"),
              ElementsAre("2001:db8::/33 path-information 0.0.0.5 next-hop 2001::1",
                          "2001:db8:8000::/33 path-information 0.0.0.5 next-hop 2001::1",
                          "2001:db9::/33 path-information 0.0.0.5 next-hop 2001::1",
                          "2001:db9:8000::/33 path-information 0.0.0.5 next-hop 2001::1"));
  EXPECT_THAT(route("255.255.255.254/31 next-hop 1.1.1.1 split /32"),
              ElementsAre("255.255.255.254/32 next-hop 1.1.1.1", "255.255.255.255/32 next-hop 1.1.1.1"));
}

TEST_F(RouteParserTest, SplitToTheSameOrAShorterLengthChangesNothing) {
  EXPECT_THAT(route("10.0.0.0/24 next-hop 1.1.1.1 split /24"), ElementsAre("10.0.0.0/24 next-hop 1.1.1.1"));
  EXPECT_THAT(route("10.0.0.0/24 next-hop 1.1.1.1 split /8"), ElementsAre("10.0.0.0/24 next-hop 1.1.1.1"));
}

TEST_F(RouteParserTest, SplitIsBounded) {
  EXPECT_THAT(reason("10.0.0.0/24 next-hop 1.1.1.1 split /33"), HasSubstr("longer than an ipv4 address"));
  EXPECT_THAT(reason("::/0 next-hop 2001::1 split /128"), HasSubstr("more than 1048576 routes"));
  EXPECT_THAT(reason("10.0.0.0/24 next-hop 1.1.1.1 split 25"), HasSubstr("a prefix length such as /24 expected"));
}

TEST_F(RouteParserTest, WatchdogAndWithdrawGoTogether) {
  const auto parse = [this](std::string_view text) {
    const TokenList tokens(text);
    auto parsed = parser_.parse_route(tokens, RouteUse::announce);
    EXPECT_TRUE(parsed.has_value());
    return std::pair(parsed->watchdog, parsed->held);
  };
  EXPECT_EQ(parse("77.77.77.77 next-hop 1.2.3.4 watchdog dnsr withdraw"), std::pair(std::string("dnsr"), true));
  EXPECT_EQ(parse("77.77.77.77 next-hop 1.2.3.4 withdraw watchdog dnsr"), std::pair(std::string("dnsr"), true));
  EXPECT_EQ(parse("77.77.77.77 next-hop 1.2.3.4 watchdog dnsr"), std::pair(std::string("dnsr"), false));
  EXPECT_EQ(parse("77.77.77.77 next-hop 1.2.3.4 withdraw"), std::pair(std::string(), false));
  EXPECT_THAT(reason("1.1.1.1 next-hop 1.2.3.4 watchdog Announce"), HasSubstr("watchdog: 'Announce' is not valid"));
}

TEST_F(RouteParserTest, ANameIsReadAndForgotten) {
  EXPECT_THAT(route("10.0.0.0/24 name customer-7 next-hop 1.1.1.1"), ElementsAre("10.0.0.0/24 next-hop 1.1.1.1"));
}

TEST_F(RouteParserTest, ADialectReadsTheWordsAsItMeansThem) {
  const TokenList tokens("10.0.0.0/24 next-hop 1.1.1.1 extended-community target:70000:1");
  RouteParser parser(pool_, bgp::Dialect::release_4_2);
  const auto parsed = parser.parse_route(tokens, RouteUse::announce);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(base::to_hex(parsed->routes.at(0).attributes->canonical()), "c010080202000111700001");
}

TEST_F(RouteParserTest, AttributesWithNlriGiveOneRoutePerPrefix) {
  EXPECT_THAT(attributes("next-hop 1.1.1.1 med 5 nlri 10.0.0.0/24 10.0.1.0/24"),
              ElementsAre("10.0.0.0/24 next-hop 1.1.1.1 med 5", "10.0.1.0/24 next-hop 1.1.1.1 med 5"));
  EXPECT_THAT(attributes("name nlri next-hop 1.1.1.1 nlri 10.0.0.0/24"), ElementsAre("10.0.0.0/24 next-hop 1.1.1.1"));
  EXPECT_THAT(attributes("nlri 10.0.0.0/24", RouteUse::withdraw), ElementsAre("10.0.0.0/24"));
}

TEST_F(RouteParserTest, AttributesWithoutNlriAreAnUpdateOfTheirOwn) {
  EXPECT_THAT(attributes("next-hop 1.1.1.1 med 5"), ElementsAre("attributes next-hop 1.1.1.1 med 5"));
  EXPECT_THAT(attributes("med 5 nlri"), ElementsAre("attributes med 5"));
  EXPECT_THAT(attributes("next-hop self"), ElementsAre("attributes next-hop self"));
  const TokenList tokens("med 5");
  const auto parsed = parser_.parse_attributes(tokens, RouteUse::announce);
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(without_nlri(parsed->routes.at(0).nlri));
  EXPECT_THAT(parsed->warnings.at(0).reason, HasSubstr("an UPDATE with attributes and no route is sent"));
}

TEST_F(RouteParserTest, AttributesWithoutNlriAndWithoutSenseAreRefused) {
  const auto refused = [this](std::string_view text, std::string_view why, RouteUse use = RouteUse::announce) {
    EXPECT_THAT(attributes(text, use), ElementsAre(AllOf(HasSubstr("'nlri' and one prefix or more expected"), HasSubstr(std::string(why))))) << text;
  };
  refused("", "or an attribute");
  refused("nlri", "or an attribute");
  refused("next-hop 1.1.1.1 med 5", "withdraw nothing", RouteUse::withdraw);
  refused("next-hop 1.1.1.1 rd 1:1", "needs one");
  refused("next-hop 1.1.1.1 label 5", "needs one");
  refused("next-hop 1.1.1.1 path-information 5", "needs one");
  refused("next-hop 1.1.1.1 split /24", "about routes");
  refused("next-hop 1.1.1.1 watchdog w", "about routes");
}

TEST_F(RouteParserTest, SplitIsBoundedForAllPrefixesOfAStatementTogether) {
  const TokenList tokens("next-hop 1.1.1.1 split /32 nlri 10.0.0.0/32 11.0.0.0/12");
  const auto parsed = parser_.parse_attributes(tokens, RouteUse::announce);
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error().reason(), HasSubstr("more than 1048576 routes, at 11.0.0.0/12"));
}

// A line of 1 MiB has some 70,000 prefixes. Room made for one route at a time copies all others: half a minute for 40,000 of them.
TEST_F(RouteParserTest, RoomForManyPrefixesIsMadeAheadOfThem) {
  for (const std::string_view split : {"", " split /25"}) {
    std::string text = fmt::format("next-hop 1.1.1.1{} nlri", split);
    for (int i = 0; i < 1000; ++i) text += fmt::format(" 10.{}.{}.0/24", i / 256, i % 256);
    const TokenList tokens(text);
    const auto parsed = parser_.parse_attributes(tokens, RouteUse::announce);
    ASSERT_TRUE(parsed) << parsed.error().reason();
    EXPECT_EQ(parsed->routes.size(), split.empty() ? 1000U : 2000U);
    EXPECT_GT(parsed->routes.capacity(), parsed->routes.size());
  }
}

TEST_F(RouteParserTest, TheFamilyFormTrustsTheKeyword) {
  EXPECT_THAT(family(bgp::Afi::ipv4, "unicast 10.0.0.1 next-hop 1.1.1.1 split /32 watchdog w atomic-aggregate"),
              ElementsAre("10.0.0.1/32 next-hop 1.1.1.1 atomic-aggregate"));
  const TokenList tokens("multicast 10.0.0.0/8 next-hop 1.1.1.1");
  EXPECT_EQ(bgp::family_at(parser_.parse_family(family_form(bgp::Afi::ipv4), tokens, RouteUse::announce)->routes.at(0).nlri.family()),
            bgp::k_ipv4_multicast);
}

TEST_F(RouteParserTest, TheFamilyFormRejectsPrefixesOfTheOtherKind) {
  EXPECT_THAT(family(bgp::Afi::ipv4, "unicast 2001:db8::/32 next-hop 1.1.1.1"),
              ElementsAre("error: '2001:db8::/32' is not an ipv4 prefix"));
  EXPECT_THAT(family(bgp::Afi::ipv6, "unicast 10.0.0.0/8 next-hop 1.1.1.1"), ElementsAre("error: '10.0.0.0/8' is not an ipv6 prefix"));
}

TEST_F(RouteParserTest, AFamilyThatIsNotOneIsAnsweredWithTheValidOnes) {
  EXPECT_THAT(family(bgp::Afi::ipv4, "evpn x"), ElementsAre(HasSubstr("error: unknown family 'ipv4 evpn' (valid: unicast, multicast, ")));
  EXPECT_THAT(family(bgp::Afi::ipv6, "x"), ElementsAre(HasSubstr("mpls-vpn")));
}

TEST_F(RouteParserTest, AFlowRuleIsReadInBlocksAndInALine) {
  const auto flow = [this](std::string_view text, RouteUse use = RouteUse::announce) {
    const TokenList tokens(text);
    return described(parser_.parse_line(k_flow_form, tokens, use));
  };
  const auto block = flow("route name { match { port 80 ; source 10.0.0.0/8 ; } then { discard ; community 1:1 ; } rd 1:1 ; next-hop 1.2.3.4 ; }");
  EXPECT_THAT(block, ElementsAre("flow source-ipv4 10.0.0.0/8 port =80 rd 1:1 next-hop 1.2.3.4 community 1:1 extended-community rate-limit:0"));
  EXPECT_EQ(flow("route port 80 rd 1:1 discard community 1:1 next-hop 1.2.3.4 source 10.0.0.0/8"), block);
  EXPECT_THAT(flow("route { match { port 80 ; port 81 ; } match { port 82 ; } then { mark 1 ; mark 2 ; } }"),
              ElementsAre("flow port [ =80 =81 =82 ] extended-community [ mark 1 mark 2 ]"));
  EXPECT_THAT(flow("route { match { } }"), ElementsAre("flow"));
  EXPECT_THAT(flow("route port 80 next-hop no-nexthop med 5"), ElementsAre("flow port =80 med 5"));
  EXPECT_THAT(flow("route { match { source 10.0.0.0/8 ; } }", RouteUse::withdraw), ElementsAre("flow source-ipv4 10.0.0.0/8"));
  EXPECT_THAT(flow("route { match { port 65536 ; } }"), ElementsAre(HasSubstr("error: port: '65536' is not valid, a port from 0 to 65535")));
  EXPECT_THAT(flow("route { match { discard ; } }"), ElementsAre(HasSubstr("'discard' stands in then { }")));
}

// Configuration and commands are read into the same statements: a block says what a line says, announced or withdrawn.
TEST_F(RouteParserTest, ABlockSaysWhatALineSays) {
  const auto line = [this](RouteForm form, std::string_view text, RouteUse use = RouteUse::announce) {
    const TokenList tokens(text);
    return described(parser_.parse_line(form, tokens, use));
  };
  const RouteForm route = k_prefix_form;
  const RouteForm ipv4 = family_form(bgp::Afi::ipv4);
  const auto flat = line(route, "10.0.0.0/8 next-hop 1.1.1.1 med 5 split /9");
  EXPECT_EQ(flat.size(), 2U);
  EXPECT_EQ(line(route, "10.0.0.0/8 { next-hop 1.1.1.1 ; med 5 ; split /9 ; }"), flat);
  EXPECT_EQ(line(route, "10.0.0.0/8 next-hop 1.1.1.1 { med 5 ; split /9 } ;"), flat);
  EXPECT_EQ(line(ipv4, "unicast 10.0.0.0/8 { next-hop 1.1.1.1 ; med 5 ; split /9 ; }"), flat);
  EXPECT_EQ(line(route, "10.0.0.0/8 { med 5 ; }", RouteUse::withdraw), line(route, "10.0.0.0/8 med 5", RouteUse::withdraw));
  EXPECT_THAT(line(route, "10.0.0.0/8 { next-hop 1.1.1.1 ; med }")[0], HasSubstr("expected"));
  EXPECT_THAT(line(route, "10.0.0.0/8 { next-hop 1.1.1.1 ; match { med 5 } }")[0], HasSubstr("'match' takes no block here"));
  EXPECT_THAT(line(k_attributes_form, "next-hop 1.1.1.1 { med 5 }")[0], HasSubstr("attributes take no block"));
  EXPECT_THAT(line(ipv4, "nonsense 10.0.0.0/8 { med 5 }")[0], HasSubstr("unknown family"));
  EXPECT_THAT(line(route, "10.0.0.0/8 { med 5 ")[0], HasSubstr("'}' is missing"));
}

TEST_F(RouteParserTest, EveryErrorOfABlockIsTold) {
  const TokenList tokens("10.0.0.0/8 { meed 5 ; next-hop 1.1.1.1 ; origin x ; }");
  const auto statement = read_statement(tokens);
  ASSERT_TRUE(statement);
  std::vector<base::Error> more;
  const auto parsed = parser_.parse(RouteForm{}, *statement, RouteUse::announce, more);
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error().reason(), HasSubstr("meed"));
  ASSERT_EQ(more.size(), 1U);
  EXPECT_THAT(more[0].reason(), HasSubstr("'x'"));
}

TEST_F(RouteParserTest, AnUnknownKeywordIsAnsweredWithTheValidOnes) {
  const std::string plain = reason("10.0.0.0/24 next-hop 1.1.1.1 metrik 5");
  EXPECT_THAT(plain, HasSubstr("unknown route attribute 'metrik' (valid: next-hop, "));
  EXPECT_THAT(plain, HasSubstr("large-community"));

  const TokenList tokens("10.0.0.0/24 next-hop 1.1.1.1 metrik 5", true);
  const auto parsed = parser_.parse_route(tokens, RouteUse::announce);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().reason(), "unknown route attribute 'metrik'");
  ASSERT_NE(parsed.error().context(), nullptr);
  EXPECT_EQ(parsed.error().context()->location.line, 1);
  EXPECT_EQ(parsed.error().context()->location.column, 30);
  EXPECT_EQ(parsed.error().context()->token, "metrik");
  EXPECT_THAT(parsed.error().context()->alternatives, ::testing::Contains("med"));
}

TEST_F(RouteParserTest, ErrorsPointAtTheToken) {
  const auto column_of = [this](std::string_view text) {
    const TokenList tokens(text, true);
    const auto parsed = parser_.parse_route(tokens, RouteUse::announce);
    if (parsed || parsed.error().context() == nullptr) return -1;
    return parsed.error().context()->location.column;
  };
  EXPECT_EQ(column_of("10.0.0.1/24 next-hop 1.1.1.1"), 1);
  EXPECT_EQ(column_of("10.0.0.0/24 next-hop 1.1.1"), 22);
  EXPECT_EQ(column_of("10.0.0.0/24 next-hop"), 13);
  EXPECT_EQ(column_of("10.0.0.0/24 next-hop [ 1.1.1.1 ]"), 22);
  EXPECT_EQ(column_of("10.0.0.0/24 next-hop 1.1.1.1 path-information 4294967296"), 47);
  EXPECT_EQ(column_of("10.0.0.0/24 next-hop 1.1.1.1 split /33"), 36);
  EXPECT_EQ(column_of("10.0.0.0/24 next-hop 1.1.1.1 label x"), 36);
  EXPECT_EQ(column_of("10.0.0.0/24 next-hop 1.1.1.1 med x"), 34);
}

TEST_F(RouteParserTest, ErrorsWithoutAPlaceAreReasonsOnly) {
  for (const char* text : {"", "x", "10.0.0.0/24 next-hop", "10.0.0.0/24 med", "10.0.0.0/24 med x", "10.0.0.0/24 community [ 1:2",
                           "10.0.0.0/24 [ ]", "10.0.0.0/24 origin maybe", "10.0.0.0/24 watchdog", "10.0.0.0/24 name"}) {
    const TokenList tokens(text);
    const auto parsed = parser_.parse_route(tokens, RouteUse::announce);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().context(), nullptr) << text;
    EXPECT_FALSE(parsed.error().reason().empty()) << text;
  }
}

TEST_F(RouteParserTest, RememberedAttributesAreUsedForTheSameWordsOnly) {
  EXPECT_THAT(route("10.0.0.0/24 next-hop 1.1.1.1 med 12"), ElementsAre("10.0.0.0/24 next-hop 1.1.1.1 med 12"));
  EXPECT_THAT(route("10.0.1.0/24 next-hop 1.1.1.1 med 12"), ElementsAre("10.0.1.0/24 next-hop 1.1.1.1 med 12"));
  EXPECT_THAT(route("10.0.2.0/24 next-hop 1.1.1.1 med 1"), ElementsAre("10.0.2.0/24 next-hop 1.1.1.1 med 1"));
  EXPECT_THAT(route("10.0.3.0/24 next-hop 1.1.1.11 med 1"), ElementsAre("10.0.3.0/24 next-hop 1.1.1.11 med 1"));
  EXPECT_THAT(route("10.0.4.0/24 next-hop 1.1.1.1"), ElementsAre("10.0.4.0/24 next-hop 1.1.1.1"));
  EXPECT_THAT(reason("10.0.4.0/24 next-hop 1.1.1.1 med"), HasSubstr("med"));
  EXPECT_THAT(route("10.0.5.0/24 next-hop 1.1.1.1"), ElementsAre("10.0.5.0/24 next-hop 1.1.1.1"));
}

TEST(ResolveNextHopSelf, TakesTheLocalAddressOrForIpv4TheRouterId) {
  AttributePool pool;
  const Route v4 = test::make_route(pool, "10.0.0.0/24 next-hop self med 5");
  const Route v6 = test::make_route(pool, "2001:db8::/32 next-hop self");
  const Route fixed = test::make_route(pool, "10.0.0.0/24 next-hop 1.1.1.1");
  const base::IpAddress local4 = *base::IpAddress::parse("127.0.0.1");
  const base::IpAddress local6 = *base::IpAddress::parse("::1");
  const base::RouterId id{0x01020304};
  const auto text = [](const base::Result<AttributeSetRef>& set) {
    return set ? (*set)->next_hop().address.text() : set.error().reason();
  };
  EXPECT_EQ(text(resolve_next_hop_self(pool, v4, local4, id)), "127.0.0.1");
  EXPECT_EQ((*resolve_next_hop_self(pool, v4, local4, id))->text(), " med 5");
  EXPECT_EQ(text(resolve_next_hop_self(pool, v4, local6, id)), "1.2.3.4");
  EXPECT_EQ(text(resolve_next_hop_self(pool, v4, base::IpAddress(), id)), "1.2.3.4");
  EXPECT_EQ(text(resolve_next_hop_self(pool, v6, local6, id)), "::1");
  EXPECT_EQ(text(resolve_next_hop_self(pool, v6, local4, id)),
            "use of \"next-hop self\": the route (ipv6) does not have the same family as the BGP tcp session (ipv4)");
  EXPECT_EQ(text(resolve_next_hop_self(pool, fixed, local4, id)), "1.1.1.1");
  EXPECT_EQ(*resolve_next_hop_self(pool, fixed, local4, id), fixed.attributes);
}

TEST(ResolveNextHopSelf, TakesTheAddressOfTheSessionForLayer2) {
  const base::RouterId id{0x01020304};
  EXPECT_EQ(next_hop_self(bgp::Afi::l2vpn, *base::IpAddress::parse("2001:db8::1"), id)->text(), "2001:db8::1");
  EXPECT_EQ(next_hop_self(bgp::Afi::l2vpn, *base::IpAddress::parse("127.0.0.1"), id)->text(), "127.0.0.1");
  EXPECT_EQ(next_hop_self(bgp::Afi::l2vpn, base::IpAddress(), id)->text(), "1.2.3.4") << "not known yet";
}

TEST(ResolveNextHopSelf, TakesTheAddressOfTheSessionForLinkState) {
  AttributePool pool;
  RouteParser parser(pool);
  const TokenList tokens("bgp-ls 0x00050001AA next-hop self");
  const Route route = parser.parse_family(family_form(bgp::Afi::bgp_ls), tokens, RouteUse::announce)->routes.at(0);
  for (const std::string_view local : {"127.0.0.1", "::1"}) {
    const auto set = resolve_next_hop_self(pool, route, *base::IpAddress::parse(local), base::RouterId{0x01020304});
    ASSERT_TRUE(set.has_value()) << set.error().reason();
    EXPECT_EQ((*set)->next_hop().address.text(), local);
  }
}

}  // namespace
}  // namespace tandem::rib
