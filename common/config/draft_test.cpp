// Templates: what merging makes of a neighbor and what it inherits.
#include "common/config/draft.hpp"

#include <gtest/gtest.h>

#include "common/config/reload_diff.hpp"
#include "common/config/test_support.hpp"

namespace tandem::config {
namespace {

using test::Parsing;
using test::neighbor_with;

std::string with_template(std::string_view in_template, std::string_view in_neighbor) {
  return neighbor_with("inherit t;\n" + std::string(in_neighbor), "template { neighbor t {\n" + std::string(in_template) + "\n} }\n");
}

TEST(Template, EveryStatementMeansTheSameWhenItIsInherited) {
  const std::vector<std::string> k_statements = {
      "peer-address 127.0.0.5;", "router-id 9.9.9.9;", "local-address 127.0.0.9;", "local-as 7;", "peer-as 8;", "description x;",
      "host-name h;", "domain-name d;", "hold-time 30;", "rate-limit 5;", "passive;", "listen 1790;", "connect 1790;",
      "source-interface eth0;", "outgoing-ttl 5;", "incoming-ttl 6;", "md5-password x;", "md5-password YWJj; md5-base64 true;",
      "md5-ip 127.0.0.4;", "group-updates false;", "auto-flush false;", "adj-rib-in false;", "adj-rib-out false;", "manual-eor true;",
      "local-link-local fe80::2;", "capability { asn4 false; }", "capability { extended-message false; }",
      "capability { route-refresh; }", "capability { graceful-restart 9; }", "capability { add-path send; }",
      "capability { multi-session; }", "capability { operational; }", "capability { nexthop; }", "capability { aigp; }",
      "capability { software-version true; }", "capability { link-local-nexthop true; }", "capability { link-local-prefer true; }",
      "family { ipv4 unicast; }", "capability { add-path receive; } add-path { ipv4 unicast limit 3; }",
      "capability { add-path receive; } add-path { all; }", "nexthop { ipv4 unicast ipv6; }"};
  for (const std::string& statement : k_statements) {
    Parsing parsing;
    const Configuration plain = parsing.good(neighbor_with(""));
    const Configuration direct = parsing.good(neighbor_with(statement));
    const Configuration inherited = parsing.good(with_template(statement, ""));
    ASSERT_EQ(inherited.neighbors.size(), 1U);
    EXPECT_TRUE(same_definition(direct.neighbors.at(0), inherited.neighbors.at(0))) << statement;
    EXPECT_EQ(direct.neighbors.at(0).description, inherited.neighbors.at(0).description);
    EXPECT_EQ(direct.neighbors.at(0).local_link_local, inherited.neighbors.at(0).local_link_local);
    const bool unseen = statement.starts_with("description") || statement.starts_with("local-link-local");
    EXPECT_EQ(same_definition(plain.neighbors.at(0), direct.neighbors.at(0)), unseen) << statement;
  }
}

TEST(Template, WinsForScalarsWhereverInheritStands) {
  Parsing parsing;
  EXPECT_EQ(parsing.good(with_template("hold-time 30;", "hold-time 60;")).neighbors.at(0).hold_time_s, 30);
}

TEST(Template, TheLastOneListedWins) {
  Parsing parsing;
  const std::string templates = "template { neighbor a { hold-time 30; passive; } neighbor b { hold-time 40; } }\n";
  const auto hold = [&](std::string_view inherit) { return parsing.good(neighbor_with(inherit, templates)).neighbors.at(0).hold_time_s; };
  EXPECT_EQ(hold("inherit [ a b ];"), 40);
  EXPECT_EQ(hold("inherit b; inherit a;"), 30);
  EXPECT_EQ(hold("inherit [ a b a ];"), 30);
  EXPECT_TRUE(parsing.good(neighbor_with("inherit [ a b ];", templates)).neighbors.at(0).passive);
}

TEST(Template, InheritTakesOneBareNameOrAList) {
  Parsing parsing;
  EXPECT_FALSE(parsing.parse(with_template("", "inherit t t;")));
  EXPECT_FALSE(parsing.parse(with_template("", "inherit;")));
  EXPECT_EQ(parsing.good(with_template("", "inherit [ t , ];")).warnings.size(), 1U);  // `,` is an unknown template
}

TEST(Template, ListsAreAppended) {
  Parsing parsing;
  const Configuration configuration = parsing.good(
      with_template("family { ipv4 unicast; ipv6 unicast; } static { route 1.0.0.0/8 next-hop 1.1.1.1 watchdog w; }",
                    "family { ipv4 unicast; ipv4 multicast; } static { route 2.0.0.0/8 next-hop 1.1.1.1; }"));
  const Neighbor& n = configuration.neighbors.at(0);
  EXPECT_EQ(n.families, (std::vector<bgp::Family>{bgp::k_ipv4_unicast, bgp::k_ipv4_multicast, bgp::k_ipv6_unicast}));
  ASSERT_EQ(n.routes.routes.size(), 2U);
  EXPECT_EQ(rib::describe(n.routes.routes[0]).substr(0, 9), "2.0.0.0/8");
  EXPECT_EQ(rib::describe(n.routes.routes[1]).substr(0, 9), "1.0.0.0/8");
  ASSERT_EQ(n.routes.marks.size(), 1U);
  EXPECT_EQ(n.routes.marks[0].route, 1U);
}

TEST(Template, SectionsAreMergedKeyByKey) {
  Parsing parsing;
  const Neighbor n = parsing.good(with_template("capability { route-refresh; asn4 false; }", "capability { aigp; asn4 true; }")).neighbors.at(0);
  EXPECT_TRUE(n.route_refresh);
  EXPECT_TRUE(n.aigp);
  EXPECT_FALSE(n.asn4);
}

TEST(Template, NothingLeaksBetweenNeighborsThatShareOne) {
  Parsing parsing;
  const Configuration configuration = parsing.good(
      "template { neighbor a { static { route 1.0.0.0/8 next-hop self; } } neighbor b { static { route 2.0.0.0/8 next-hop self; } } }\n" +
      neighbor_with("inherit [ a b ];") + neighbor_with("inherit a; local-as 2; local-address 127.0.0.8;"));
  EXPECT_EQ(configuration.neighbors.at(0).routes.routes.size(), 2U);
  ASSERT_EQ(configuration.neighbors.at(1).routes.routes.size(), 1U);
  EXPECT_EQ(configuration.neighbors.at(0).routes.routes[0].attributes->next_hop().address.text(), "127.0.0.2");
  EXPECT_EQ(configuration.neighbors.at(1).routes.routes[0].attributes->next_hop().address.text(), "127.0.0.8");
}

TEST(Template, AutoOverASetAsNumberIsAnError) {
  Parsing parsing;
  EXPECT_FALSE(parsing.parse(with_template("local-as auto;", "")));
  EXPECT_FALSE(parsing.parse(with_template("peer-as auto;", "")));
}

TEST(Template, CannotInheritAndMustComeFirst) {
  Parsing parsing;
  EXPECT_EQ(parsing.good(with_template("inherit other;", "")).warnings.size(), 1U);
  const Configuration late = parsing.good(neighbor_with("inherit t;") + "template { neighbor t { hold-time 30; } }");
  EXPECT_EQ(late.warnings.size(), 1U);
  EXPECT_EQ(late.neighbors.at(0).hold_time_s, 180);
}

TEST(Template, NamesAreChecked) {
  Parsing parsing;
  EXPECT_FALSE(parsing.parse("template { neighbor { } }"));
  EXPECT_FALSE(parsing.parse("template { neighbor a/b { } }"));
  EXPECT_TRUE(parsing.parse("template { neighbor a.b-c_D9 { } }"));
}

TEST(Template, ErrorsOfItsRoutesPointIntoIt) {
  Parsing parsing;
  const auto parsed = parsing.parse(with_template("static {\nroute 2001:db8::/32 next-hop self;\n}", ""));
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().context()->location.line, 3);
  EXPECT_EQ(parsed.error().context()->token, "self");
}

}  // namespace
}  // namespace tandem::config
