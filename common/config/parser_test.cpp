#include "common/config/parser.hpp"

#include <gtest/gtest.h>

#include "common/config/section.hpp"
#include "common/config/test_support.hpp"

namespace tandem::config {
namespace {

using bgp::Afi;
using bgp::Family;
using bgp::Safi;
using test::Parsing;
using test::k_program;
using test::neighbor_with;

std::vector<std::string> described(const Neighbor& neighbor) {
  std::vector<std::string> texts;
  for (const rib::Route& route : neighbor.routes.routes) texts.push_back(rib::describe(route));
  return texts;
}

// The defaults.
TEST(Parser, ANeighborWithOnlyMandatoryKeysHasTheDefaults) {
  Parsing parsing;
  const Configuration configuration =
      parsing.good("neighbor 192.0.2.1 { router-id 192.0.2.9; local-as 65000; peer-as 65001; }");
  ASSERT_EQ(configuration.neighbors.size(), 1U);
  const Neighbor& n = configuration.neighbors[0];
  EXPECT_EQ(n.peer.address.text(), "192.0.2.1");
  EXPECT_FALSE(n.is_range());
  EXPECT_FALSE(n.local_address);
  EXPECT_EQ(n.local_as, base::Asn{65000});
  EXPECT_EQ(n.peer_as, base::Asn{65001});
  EXPECT_EQ(n.router_id, base::RouterId{0xC0000209});
  EXPECT_EQ(n.hold_time_s, 180);
  EXPECT_EQ(n.rate_limit, 0U);
  EXPECT_FALSE(n.passive);
  EXPECT_EQ(n.listen_port, 0);
  EXPECT_EQ(n.connect_port, 0);
  EXPECT_TRUE(n.md5_password.empty());
  EXPECT_TRUE(n.group_updates && n.auto_flush && n.adj_rib_in && n.adj_rib_out && !n.manual_eor);
  EXPECT_TRUE(n.asn4 && n.extended_message);
  EXPECT_FALSE(n.route_refresh || n.multisession || n.operational || n.extended_next_hop || n.aigp || n.software_version);
  EXPECT_FALSE(n.graceful_restart.time_s);
  EXPECT_EQ(n.add_path_mode, 0);
  EXPECT_EQ(n.families.size(), bgp::k_family_count);
  EXPECT_EQ(n.api, Subscriptions{});
  EXPECT_TRUE(n.routes.routes.empty());
  EXPECT_TRUE(configuration.warnings.empty());
}

TEST(Parser, EverySessionKeywordIsRead) {
  Parsing parsing;
  const Configuration configuration = parsing.good(neighbor_with(
      "description \"a peer\"; host-name host; domain-name example.net; hold-time 30; rate-limit 20; passive; listen 1790;\n"
      "connect 1791; source-interface eth0; outgoing-ttl 255; incoming-ttl 254; md5-password secret; md5-ip 127.0.0.3;\n"
      "group-updates false; auto-flush no; adj-rib-in; adj-rib-out 0; manual-eor enable; local-link-local fe80::1;\n"
      "capability { asn4 disable; extended-message false; graceful-restart 120; add-path send/receive; multi-session;\n"
      "operational; aigp enable; software-version true; link-local-nexthop yes; link-local-prefer true; }"));
  const Neighbor& n = configuration.neighbors.at(0);
  EXPECT_EQ(n.description, "a peer");
  EXPECT_EQ(n.host_name, "host");
  EXPECT_EQ(n.domain_name, "example.net");
  EXPECT_EQ(n.hold_time_s, 30);
  EXPECT_EQ(n.rate_limit, 20U);
  EXPECT_TRUE(n.passive);
  EXPECT_EQ(n.listen_port, 1790);
  EXPECT_EQ(n.connect_port, 1791);
  EXPECT_EQ(n.source_interface, "eth0");
  EXPECT_EQ(n.outgoing_ttl, 255);
  EXPECT_EQ(n.incoming_ttl, 254);
  EXPECT_EQ(n.md5_password, "secret");
  EXPECT_EQ(n.md5_address.text(), "127.0.0.3");
  EXPECT_EQ(n.local_link_local.text(), "fe80::1");
  EXPECT_FALSE(n.group_updates || n.auto_flush || n.adj_rib_in || n.adj_rib_out);  // bare adj-rib-in is false
  EXPECT_TRUE(n.manual_eor);
  EXPECT_FALSE(n.asn4 || n.extended_message);
  EXPECT_EQ(n.graceful_restart.time_s, 120);
  EXPECT_EQ(n.add_path_mode, 3);
  EXPECT_TRUE(n.multisession && n.operational && n.aigp && n.software_version && n.link_local_next_hop && n.link_local_prefer);
}

TEST(Parser, TheLastOfTwoScalarsWinsAndSectionsMerge) {
  Parsing parsing;
  const Configuration configuration = parsing.good(neighbor_with(
      "hold-time 30; hold-time 40; family { ipv4 unicast; } family { ipv6 unicast; ipv4 unicast; }\n"
      "capability { asn4 false; route-refresh; } capability { asn4 true; }"));
  const Neighbor& n = configuration.neighbors.at(0);
  EXPECT_EQ(n.hold_time_s, 40);
  EXPECT_EQ(n.families, (std::vector<Family>{bgp::k_ipv4_unicast, bgp::k_ipv6_unicast}));
  EXPECT_TRUE(n.asn4 && n.route_refresh);
}

TEST(Parser, AutomaticAsNumbersFollowThePeer) {
  Parsing parsing;
  const Configuration configuration = parsing.good(neighbor_with("local-as auto; peer-as auto;"));
  EXPECT_FALSE(configuration.neighbors.at(0).local_as);
  EXPECT_FALSE(configuration.neighbors.at(0).peer_as);
  EXPECT_EQ(parsing.good(neighbor_with("local-as 1.10;")).neighbors.at(0).local_as, base::Asn{65546});
}

TEST(Parser, RouterIdFollowsAnIpv4LocalAddress) {
  Parsing parsing;
  const Configuration configuration = parsing.good("neighbor 10.0.0.1 { local-address 10.0.0.2; local-as 1; peer-as 1; }");
  EXPECT_EQ(configuration.neighbors.at(0).router_id, base::RouterId{0x0A000002});
}

TEST(Parser, ARangeNeedsPassiveFromTheNeighborOrFromTheSetting) {
  const std::string range = "neighbor 10.0.0.5/24 { router-id 1.2.3.4; local-as 1; peer-as auto; }";
  Parsing parsing;
  EXPECT_FALSE(parsing.parse(range));
  parsing.options.passive = true;
  const Configuration configuration = parsing.good(range);
  EXPECT_TRUE(configuration.neighbors.at(0).is_range());
  EXPECT_TRUE(configuration.neighbors.at(0).passive);
}

TEST(Parser, PeerAddressReplacesTheAddressOfTheSection) {
  Parsing parsing;
  const Configuration configuration = parsing.good(neighbor_with("peer-address 127.0.0.9;"));
  EXPECT_EQ(configuration.neighbors.at(0).peer.address.text(), "127.0.0.9");
}

TEST(Parser, PeerKeyNamesTheIdentityOfAPeer) {
  Parsing parsing;
  const Configuration configuration =
      parsing.good("neighbor 10.0.0.1 { router-id 1.2.3.4; local-as 1; peer-as auto; }\n" +
                   neighbor_with("family { ipv6 unicast; ipv4 nlri-mpls; } capability { multi-session; }"));
  EXPECT_EQ(peer_key(configuration.neighbors.at(0)),
            "neighbor 10.0.0.1 local-ip auto local-as 1 peer-as auto router-id 1.2.3.4 family-allowed in-open");
  EXPECT_EQ(peer_key(configuration.neighbors.at(1)),
            "neighbor 127.0.0.1 local-ip 127.0.0.2 local-as 65000 peer-as 65001 router-id 1.2.3.4 "
            "family-allowed ipv4-nlri-mpls/ipv6-unicast");
}

TEST(Parser, ALinkLocalPeerOnAnotherInterfaceIsNoDuplicate) {
  const auto on = [](const std::string& interface) {
    return "neighbor fe80::1 { router-id 1.2.3.4; local-address fe80::2; local-as 1; peer-as 2; listen 1790; source-interface " + interface + "; }\n";
  };
  Parsing parsing;
  const Configuration configuration = parsing.good(on("eth0") + on("eth1"));
  EXPECT_EQ(peer_key(configuration.neighbors.at(1)),
            "neighbor fe80::1 local-ip fe80::2 local-as 1 peer-as 2 router-id 1.2.3.4 family-allowed in-open source-interface eth1");
  EXPECT_FALSE(parsing.parse(on("eth0") + on("eth0")));
}

TEST(Parser, TheSamePeerWithAnotherAsIsNoDuplicate) {
  Parsing parsing;
  EXPECT_TRUE(parsing.parse(neighbor_with("") + neighbor_with("local-as 65002;")));
  EXPECT_FALSE(parsing.parse(neighbor_with("listen 1790;") + neighbor_with("listen 1791;")));
  EXPECT_FALSE(parsing.parse(neighbor_with("listen 1790;") + neighbor_with("listen 1790; local-as 65002;")));
}

TEST(Parser, GracefulRestartWithoutTimeTakesTheHoldTime) {
  Parsing parsing;
  const auto restart = [&](std::string_view text) {
    return parsing.good(neighbor_with("hold-time 5000; capability { " + std::string(text) + " }")).neighbors.at(0).graceful_restart.time_s;
  };
  EXPECT_EQ(restart("graceful-restart;"), 5000);
  EXPECT_EQ(restart("graceful-restart 0;"), 5000);
  EXPECT_EQ(restart("graceful-restart 1200;"), 1200);
  EXPECT_EQ(restart("graceful-restart Disable;"), std::nullopt);
  EXPECT_EQ(restart("graceful-restart notification;"), 5000);
  EXPECT_EQ(restart("graceful-restart 1200 notification;"), 1200);
  EXPECT_EQ(restart("asn4;"), std::nullopt);
}

TEST(Parser, GracefulRestartThroughNotificationsIsAskedForByAWord) {
  Parsing parsing;
  const auto notification = [&](std::string_view text) {
    return parsing.good(neighbor_with("capability { " + std::string(text) + " }")).neighbors.at(0).graceful_restart.notification;
  };
  EXPECT_TRUE(notification("graceful-restart notification;"));
  EXPECT_TRUE(notification("graceful-restart 120 notification;"));
  EXPECT_FALSE(notification("graceful-restart 120;"));
  EXPECT_FALSE(notification("graceful-restart;"));
  EXPECT_FALSE(parsing.parse(neighbor_with("capability { graceful-restart disable notification; }")));
  EXPECT_FALSE(parsing.parse(neighbor_with("capability { graceful-restart notification 120; }")));
}

TEST(Parser, RouteRefreshTurnsAdjRibOutOn) {
  Parsing parsing;
  const Configuration configuration = parsing.good(neighbor_with("adj-rib-out false; capability { route-refresh; }"));
  EXPECT_TRUE(configuration.neighbors.at(0).adj_rib_out);
}

TEST(Parser, FamiliesAreSortedAndAllMeansEveryKnownOne) {
  Parsing parsing;
  const Neighbor n = parsing.good(neighbor_with("family { l2vpn EVPN; ipv6 labeled-unicast; bgp-ls bgp-ls; ipv4 Unicast; ipv4 flow; }")).neighbors.at(0);
  EXPECT_EQ(n.families, (std::vector<Family>{{Afi::ipv4, Safi::unicast}, {Afi::ipv4, Safi::flow}, {Afi::ipv6, Safi::nlri_mpls},
                                             {Afi::l2vpn, Safi::evpn}, {Afi::bgp_ls, Safi::bgp_ls}}));
  EXPECT_EQ(parsing.good(neighbor_with("family { ipv6 multicast; ipv4 rtc; }")).neighbors.at(0).families,
            (std::vector<Family>{{Afi::ipv4, Safi::rtc}, {Afi::ipv6, Safi::multicast}}));
  EXPECT_EQ(parsing.good(neighbor_with("family { all; }")).neighbors.at(0).families.size(), bgp::k_family_count);
  EXPECT_EQ(parsing.good(neighbor_with("family { }")).neighbors.at(0).families.size(), bgp::k_family_count);
}

TEST(Parser, AllFamiliesAreThoseThatTheDialectKnows) {
  Parsing parsing;
  parsing.options.dialect = bgp::Dialect::release_4_2;
  for (const char* statement : {"", "family { all; }"}) {
    const auto families = parsing.good(neighbor_with(statement)).neighbors.at(0).families;
    EXPECT_EQ(families.size(), 17U);
    EXPECT_EQ(std::count(families.begin(), families.end(), Family{Afi::ipv4, Safi::mup}), 0);
    EXPECT_EQ(std::count(families.begin(), families.end(), bgp::k_ipv4_unicast), 1);
  }
  EXPECT_EQ(parsing.good(neighbor_with("family { ipv4 mup; }")).neighbors.at(0).families, (std::vector<Family>{{Afi::ipv4, Safi::mup}})) << "named, it is meant";
}

TEST(Parser, AddPathCoversWhatIsNegotiatedInTheOrderOfTheCapability) {
  Parsing parsing;
  const auto families = [&](std::string_view text) {
    return parsing.good(neighbor_with("family { ipv6 unicast; ipv4 unicast; ipv4 mpls-vpn; ipv4 multicast; ipv4 nlri-mpls; }\n" + std::string(text)))
        .neighbors.at(0).add_path_families;
  };
  const std::vector<Family> all = {bgp::k_ipv4_unicast, bgp::k_ipv6_unicast, {Afi::ipv4, Safi::nlri_mpls}, {Afi::ipv4, Safi::mpls_vpn}};
  EXPECT_EQ(families("capability { add-path receive; }"), all);
  EXPECT_EQ(families("capability { add-path send; } add-path { all; }"), all);
  EXPECT_EQ(families("capability { add-path send; } add-path { ipv6 mup; ipv4 mpls-vpn; ipv4 unicast; }"),
            (std::vector<Family>{bgp::k_ipv4_unicast, {Afi::ipv4, Safi::mpls_vpn}}));
  EXPECT_TRUE(families("capability { add-path disable; } add-path { ipv4 unicast; }").empty());
}

TEST(Parser, PathsLimitsAreForTheReceiveDirection) {
  Parsing parsing;
  const auto limits = [&](std::string_view mode) {
    return parsing.good(neighbor_with("capability { add-path " + std::string(mode) + "; } add-path { ipv6 unicast limit 7; ipv4 unicast; }"))
        .neighbors.at(0).paths_limits;
  };
  const auto both = limits("send/receive");
  ASSERT_EQ(both.size(), 1U);
  EXPECT_EQ(both[0].family, bgp::k_ipv6_unicast);
  EXPECT_EQ(both[0].limit, 7);
  EXPECT_TRUE(limits("send").empty());
}

TEST(Parser, ExtendedNextHopsAreTheEntriesWhoseFamiliesAreNegotiated) {
  Parsing parsing;
  const std::string_view entries = "nexthop { ipv6 unicast ipv4; ipv4 mpls-vpn ipv6; ipv4 unicast ipv6; ipv4 labeled-unicast ipv6; }";
  const std::string families = "family { ipv4 unicast; ipv4 mpls-vpn; ipv6 unicast; ipv6 mpls-vpn; }\n";
  const Neighbor on = parsing.good(neighbor_with(families + std::string(entries))).neighbors.at(0);
  EXPECT_TRUE(on.extended_next_hop);
  EXPECT_EQ(on.extended_next_hops, (std::vector<bgp::ExtendedNextHop>{{bgp::k_ipv4_unicast, Afi::ipv6}, {bgp::k_ipv6_unicast, Afi::ipv4},
                                                                          {{Afi::ipv4, Safi::mpls_vpn}, Afi::ipv6}}));
  const Neighbor off = parsing.good(neighbor_with(families + std::string(entries) + "capability { nexthop disable; }")).neighbors.at(0);
  EXPECT_FALSE(off.extended_next_hop);
  EXPECT_TRUE(off.extended_next_hops.empty());
  EXPECT_TRUE(parsing.good(neighbor_with("capability { nexthop; }")).neighbors.at(0).extended_next_hop);
}

TEST(Parser, RoutesAreReadFlatAsBlockAndByFamilyInFileOrder) {
  Parsing parsing;
  const Configuration configuration = parsing.good(neighbor_with(
      "announce { ipv4 { unicast 10.0.1.0/24 next-hop 1.1.1.1; } ipv6 { unicast 2001:db8::/32 next-hop ::9; } }\n"
      "static { route 10.0.2.0/24 next-hop 1.1.1.1 med 5;\nroute 10.0.3.0/24 { next-hop 1.1.1.1; med 5; }\n"
      "attributes next-hop 1.1.1.1 med 5 nlri 10.0.4.0/24 10.0.5.0/24; attribute next-hop 2.2.2.2 nlri 10.0.6.0/24; }"));
  const std::vector<std::string> texts = described(configuration.neighbors.at(0));
  ASSERT_EQ(texts.size(), 7U);
  EXPECT_EQ(texts[0].substr(0, 12), "10.0.1.0/24 ");
  EXPECT_EQ(texts[1].substr(0, 14), "2001:db8::/32 ");
  const auto& routes = configuration.neighbors.at(0).routes.routes;
  EXPECT_EQ(routes[2].attributes, routes[3].attributes);
  EXPECT_EQ(routes[3].attributes, routes[5].attributes);
  EXPECT_EQ(texts[6].substr(0, 12), "10.0.6.0/24 ");
}

TEST(Parser, NeighborsWithTheSameRoutesHoldThemOnceWhereverTheyStand) {
  std::string routes;
  for (int i = 0; i < 300; ++i) routes += "route 10." + std::to_string(i % 7) + "." + std::to_string(i / 7) + ".0/24 next-hop 1.1.1.1;\n";
  const auto text = [](int number, const std::string& body) {
    return "neighbor 127.0.0." + std::to_string(number) + " { router-id 1.2.3.4; local-address 127.0.0.9; local-as 1; peer-as 1; " + body + " }\n";
  };
  Parsing parsing;
  const Configuration configuration =
      parsing.good("template { neighbor t { static { " + routes + " } } }\n" + text(1, "static { " + routes + " }") + text(2, "inherit t;") +
                   text(3, "announce { ipv4 { unicast 11.0.0.0/8 next-hop 1.1.1.1; } } static { " + routes + " }") + text(4, "inherit t;"));
  const auto& neighbors = configuration.neighbors;
  ASSERT_EQ(neighbors.size(), 4U);
  EXPECT_TRUE(neighbors[1].routes.routes.shares(neighbors[0].routes.routes));
  EXPECT_TRUE(neighbors[3].routes.routes.shares(neighbors[0].routes.routes));
  EXPECT_EQ(neighbors[2].routes.routes.size(), 301U);
}

TEST(Parser, WatchdogsAreMarkedBesideTheRoutes) {
  Parsing parsing;
  const Configuration configuration = parsing.good(neighbor_with(
      "static { route 1.0.0.0/8 next-hop 1.1.1.1; route 2.0.0.0/8 next-hop 1.1.1.1 watchdog dog withdraw;\n"
      "route 4.0.0.0/7 next-hop 1.1.1.1 watchdog cat split /8; }"));
  const rib::RouteList& list = configuration.neighbors.at(0).routes;
  ASSERT_EQ(list.routes.size(), 4U);
  ASSERT_EQ(list.marks.size(), 3U);
  EXPECT_EQ(list.marks[0].route, 1U);
  EXPECT_EQ(list.marks[0].name, "dog");
  EXPECT_TRUE(list.marks[0].held);
  EXPECT_EQ(list.marks[1].route, 2U);
  EXPECT_EQ(list.marks[2].route, 3U);
  EXPECT_FALSE(list.marks[2].held);
}

TEST(Parser, NextHopSelfIsResolvedWhenTheNeighborCloses) {
  Parsing parsing;
  const Configuration v4 = parsing.good(neighbor_with("static { route 10.0.0.0/8 next-hop self; } local-address 127.0.0.7;"));
  EXPECT_EQ(v4.neighbors.at(0).routes.routes.at(0).attributes->next_hop().address.text(), "127.0.0.7");
  const Configuration v6 = parsing.good("neighbor ::1 { router-id 9.9.9.9; local-as 1; peer-as 1; static { route 10.0.0.0/8 next-hop Self; } }");
  EXPECT_EQ(v6.neighbors.at(0).routes.routes.at(0).attributes->next_hop().address.text(), "9.9.9.9");
}

TEST(Parser, NextHopsOfTheOtherVersionThatAreNegotiatedAreNoMistake) {
  Parsing parsing;
  EXPECT_TRUE(parsing.good(neighbor_with("nexthop { ipv4 unicast ipv6; ipv6 unicast ipv4; } static { route 10.0.0.0/8 next-hop ::1; "
                                         "route 2001:db8::/32 next-hop 1.1.1.1; }")).warnings.empty());
}

TEST(Parser, APassiveNeighborThatNothingListensForIsAMistake) {
  struct Case {
    std::vector<std::string> bound;
    std::string neighbor;
    std::size_t warnings;
  };
  const std::string other = "neighbor 127.0.0.9 { router-id 1.2.3.4; local-address 127.0.0.2; local-as 1; peer-as 1; listen 1790; }";
  for (const Case& c : {Case{{}, neighbor_with("passive;"), 1}, Case{{}, neighbor_with("passive; listen 1790;"), 0},
                        Case{{}, neighbor_with("passive;") + other, 0}, Case{{"127.0.0.2"}, neighbor_with("passive;"), 0},
                        Case{{"0.0.0.0"}, neighbor_with("passive;"), 0}, Case{{"127.0.0.3"}, neighbor_with("passive;"), 1},
                        Case{{"::"}, neighbor_with("passive;"), 1}, Case{{}, neighbor_with(""), 0},
                        Case{{"127.0.0.3"}, "neighbor 10.0.0.0/8 { router-id 1.2.3.4; local-as 1; peer-as 1; passive; }", 0}}) {
    Parsing parsing;
    parsing.options.bound = c.bound;
    const Configuration configuration = parsing.good(c.neighbor);
    ASSERT_EQ(configuration.warnings.size(), c.warnings) << c.neighbor;
    if (c.warnings == 0) continue;
    EXPECT_NE(configuration.warnings[0].reason.find("nothing listens for it"), std::string::npos);
    EXPECT_EQ(configuration.warnings[0].context.location.line, 1);
  }
}

TEST(Parser, EmptySectionsAreLegal) {
  Parsing parsing;
  parsing.good(neighbor_with("static { } announce { ipv4 { } } announce { } flow { } l2vpn { } operational { } tcp-ao { } api { } family { }\n"
                             "capability { } add-path { } nexthop { }"));
  parsing.good("template { }");
  EXPECT_TRUE(parsing.good(k_program).neighbors.empty());
}

TEST(Parser, ExaBGPsLexicalHabitsAreUnderstood) {
  Parsing parsing;
  const Configuration configuration = parsing.good(
      "# a comment\r\nneighbor 127.0.0.1 {\r\n\tlocal-address 127.0.0.1; local-as 1; peer-as 1;\r\n\tstatic {\r\n"
      "\t\troute 2001:DB8::/32 next-hop ::FFFF:1.2.3.4 \\\n\t\t\tcommunity [54591:123] \\\n\t\t\tas-path [ 1 2 ];\n\t}\n}\n");
  EXPECT_EQ(configuration.neighbors.at(0).routes.routes.size(), 1U);
}

TEST(Parser, KeywordReferenceExplainsEveryKeyword) {
  const std::string reference = print_keywords();
  for (const std::string_view part : {"neighbor / capability / graceful-restart [SECONDS|disable] [notification];", "neighbor / api / send / update true|false;",
                                      "process / run PROGRAM", "static / route PREFIX"}) {
    EXPECT_NE(reference.find(part), std::string::npos) << part << "\n" << reference;
  }
}

TEST(Parser, EveryKeywordLeadsSomewhereAndHasHelp) {
  for (int id = static_cast<int>(SectionId::top); id <= static_cast<int>(SectionId::tcp_ao); ++id) {
    const Section& here = section(static_cast<SectionId>(id));
    for (const Keyword& keyword : here.keywords) {
      EXPECT_TRUE(keyword.command != nullptr || keyword.block != SectionId::none) << keyword.name;
      EXPECT_FALSE(keyword.help.empty()) << keyword.name;
    }
  }
}

// --- in slices -------------------------------------------------------------------------------------------------------------

TEST(Reading, ASliceAtATimeGivesWhatAllAtOnceGives) {
  const std::string good = k_program + neighbor_with("static { route 10.0.0.0/24 next-hop 1.1.1.1; route 10.0.1.0/24 next-hop 1.1.1.1; }") +
                           "template { neighbor t { hold-time 30; } }";
  for (const std::string& text : {good, good + "nonsense;", good.substr(0, good.size() - 2), std::string()}) {
    for (const std::size_t slice : {std::size_t{1}, std::size_t{3}, std::size_t{1000}}) {
      Parsing parsing;
      const auto expected = parsing.parse(text);
      Reading reading({"test.conf", "/conf", text}, parsing.options, parsing.probe, parsing.pool);
      std::size_t slices = 1;
      auto read = reading.step(slice);
      for (; !read; read = reading.step(slice)) ++slices;
      EXPECT_EQ(slices > 1, slice < 10 && !text.empty()) << text;
      ASSERT_EQ(static_cast<bool>(*read), static_cast<bool>(expected)) << text;
      if (!expected) {
        EXPECT_EQ(render(read->error()), render(expected.error()));
        continue;
      }
      ASSERT_EQ((*read)->neighbors.size(), 1U);
      EXPECT_EQ((*read)->neighbors[0].routes.routes, expected->neighbors[0].routes.routes);
      EXPECT_EQ((*read)->warnings.size(), expected->warnings.size());
    }
  }
}

// The text is looked at in pieces of 4 MiB.
TEST(Reading, ACharacterIsOneWhereverPiecesEnd) {
  constexpr std::size_t k_piece = 4 * 1024 * 1024;
  for (std::size_t before = k_piece - 6; before <= k_piece + 1; ++before) {
    Parsing parsing;
    const std::string filler = "#" + std::string(before - 1, 'x');
    EXPECT_TRUE(parsing.parse(filler + "\xF0\x9F\x90\xA7\n" + neighbor_with(""))) << before;
    const auto cut = parsing.parse(filler + "\xF0\x9F\x90\n" + neighbor_with(""));
    ASSERT_FALSE(cut) << before;
    EXPECT_NE(render(cut.error()).find("UTF-8"), std::string::npos) << render(cut.error()).substr(0, 200);
  }
}

}  // namespace
}  // namespace tandem::config
