#include "common/config/reload_diff.hpp"

#include <gtest/gtest.h>

#include "common/config/test_support.hpp"

namespace tandem::config {
namespace {

using test::Parsing;
using test::neighbor_with;
using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;

struct Both {
  Parsing parsing;
  Configuration before;
  Configuration after;
  ReloadDiff change;

  Both(std::string_view old_text, std::string_view new_text) {
    before = parsing.good(old_text);
    after = parsing.good(new_text);
    change = diff(neighbors_of(before), neighbors_of(after));
  }
  RouteDiff routes() const { return diff_routes(before.neighbors.at(0).routes, after.neighbors.at(0).routes); }
};

std::string neighbor_at(std::string_view address, std::string_view statements = "") {
  return "neighbor " + std::string(address) + " { router-id 1.2.3.4; local-as 1; peer-as 1; " + std::string(statements) + " }\n";
}

std::vector<std::string> prefixes(const rib::SharedRoutes& list, const std::vector<std::uint32_t>& positions) {
  std::vector<std::string> texts;
  for (const std::uint32_t position : positions) {
    const std::string text = rib::describe(list[position]);
    texts.push_back(text.substr(0, text.find(' ')));
  }
  return texts;
}

std::vector<std::string> announced(const Both& both) { return prefixes(both.routes()->after, both.routes()->announced); }
std::vector<std::string> withdrawn(const Both& both) { return prefixes(both.routes()->before, both.routes()->withdrawn); }

TEST(ReloadDiff, NeighborsAreMatchedByTheirKey) {
  const Both both(neighbor_at("10.0.0.1") + neighbor_at("10.0.0.2") + neighbor_at("10.0.0.3"),
                  neighbor_at("10.0.0.4") + neighbor_at("10.0.0.3", "hold-time 30;") + neighbor_at("10.0.0.1"));
  EXPECT_EQ(both.change.added, std::vector<std::size_t>{0});
  EXPECT_EQ(both.change.removed, std::vector<std::size_t>{1});
  EXPECT_EQ(both.change.changed, (Pairs{{2, 1}}));
  EXPECT_EQ(both.change.kept, (Pairs{{0, 2}}));
}

TEST(ReloadDiff, AnUnchangedFileChangesNothing) {
  const std::string text = test::k_program + neighbor_at("10.0.0.1", "api { processes [ p ]; } static { route 1.0.0.0/8 next-hop 1.1.1.1; }");
  const Both both(text, text);
  EXPECT_EQ(both.change.kept, (Pairs{{0, 0}}));
  EXPECT_TRUE(both.routes()->announced.empty());
  EXPECT_TRUE(both.routes()->withdrawn.empty());
}

TEST(ReloadDiff, WhatLeavesASessionAloneAndWhatNeedsANewOne) {
  const std::vector<std::pair<std::string, bool>> k_statements = {
      {"description x;", true},        {"auto-flush false;", false},
      {"api { }", true},               {"static { route 1.0.0.0/8 next-hop 1.1.1.1; }", true},
      {"hold-time 30;", false},        {"manual-eor true;", false},
      {"source-interface x;", false},  {"md5-password x;", false},
      {"outgoing-ttl 3;", false},      {"family { ipv4 unicast; }", false},
      {"capability { aigp; }", false}, {"nexthop { ipv4 unicast ipv6; }", false},
      {"passive;", false},             {"connect 1790;", false},
      {"rate-limit 3;", false},        {"group-updates false;", false},
      {"local-link-local fe80::1;", true}, {"md5-base64 true;", true},
      {"md5-password YQ==; md5-base64 true;", false}};
  for (const auto& [statement, same] : k_statements) {
    const Both both(neighbor_at("10.0.0.1"), neighbor_at("10.0.0.1", statement));
    EXPECT_EQ(both.change.kept.size(), same ? 1U : 0U) << statement;
  }
}

TEST(ReloadDiff, PathsLimitsCount) {
  const std::string head = "capability { add-path receive; } add-path { ipv4 unicast limit ";
  const Both both(neighbor_at("10.0.0.1", head + "3; }"), neighbor_at("10.0.0.1", head + "4; }"));
  EXPECT_EQ(both.change.changed.size(), 1U);
}

std::string routes(std::string_view statements) { return neighbor_at("10.0.0.1", "static { " + std::string(statements) + " }"); }

TEST(ReloadDiff, RoutesThatAreNewOrDifferAreAnnouncedInFileOrder) {
  const Both both(routes("route 1.0.0.0/8 next-hop 1.1.1.1; route 2.0.0.0/8 next-hop 1.1.1.1; route 3.0.0.0/8 next-hop 1.1.1.1;"),
                  routes("route 4.0.0.0/8 next-hop 1.1.1.1; route 3.0.0.0/8 next-hop 1.1.1.1; route 1.0.0.0/8 next-hop 1.1.1.1 med 5;"));
  EXPECT_EQ(announced(both), (std::vector<std::string>{"4.0.0.0/8", "1.0.0.0/8"}));
  EXPECT_EQ(withdrawn(both), std::vector<std::string>{"2.0.0.0/8"});
}

TEST(ReloadDiff, OfEqualNlriTheLastCounts) {
  const Both both(routes("route 1.0.0.0/8 next-hop 1.1.1.1; route 1.0.0.0/8 next-hop 1.1.1.1 med 5;"),
                  routes("route 1.0.0.0/8 next-hop 1.1.1.1 med 6; route 1.0.0.0/8 next-hop 1.1.1.1 med 5;"));
  EXPECT_TRUE(both.routes()->announced.empty());
}

TEST(ReloadDiff, HeldRoutesAreLeftToTheirWatchdog) {
  const Both both(routes("route 1.0.0.0/8 next-hop 1.1.1.1 watchdog w withdraw;"),
                  routes("route 1.0.0.0/8 next-hop 1.1.1.1; route 2.0.0.0/8 next-hop 1.1.1.1 watchdog w withdraw;"));
  EXPECT_EQ(announced(both), std::vector<std::string>{"1.0.0.0/8"});
}

std::string process(std::string_view name, std::string_view body = "run program;") {
  return "process " + std::string(name) + " { " + std::string(body) + " }\n";
}

TEST(ReloadDiff, EventFlagsArePartOfAProgramsDefinition) {
  const std::string head = process("a");
  const Both both(head + neighbor_at("10.0.0.1", "api { processes [ a ]; }"),
                  head + neighbor_at("10.0.0.1", "api { processes [ a ]; receive { update; } }"));
  EXPECT_NE(program_flags(both.before)["a"], program_flags(both.after)["a"]);
  EXPECT_EQ(both.change.kept.size(), 1U);
}

std::vector<NeighborChange> explained(const Both& both) { return explain(neighbors_of(both.before), neighbors_of(both.after)); }
using Keywords = std::vector<std::string_view>;

TEST(ReloadExplained, TheKeywordsOfTheGreatestImpactAreTheReason) {
  const Both both(neighbor_at("10.0.0.1"), neighbor_at("10.0.0.1", "description x; hold-time 30; capability { aigp; } static { route 1.0.0.0/8 next-hop 1.1.1.1; }"));
  const auto changes = explained(both);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].impact, Impact::session);
  EXPECT_EQ(changes[0].keywords, (Keywords{"hold-time", "aigp"})) << "a description is no reason";
  EXPECT_EQ(changes[0].announced, 1U);
}

TEST(ReloadExplained, WhatChangesNothingIsNamedAndRoutesAreCounted) {
  const std::string head = test::k_program;
  const Both described(head + neighbor_at("10.0.0.1"), head + neighbor_at("10.0.0.1", "description x; api { processes [ p ]; }"));
  EXPECT_EQ(explained(described)[0].impact, Impact::nothing);
  EXPECT_EQ(explained(described)[0].keywords, (Keywords{"description", "api"}));
  const Both routed(routes("route 1.0.0.0/8 next-hop 1.1.1.1; route 2.0.0.0/8 next-hop 1.1.1.1;"), routes("route 3.0.0.0/8 next-hop 1.1.1.1;"));
  EXPECT_EQ(explained(routed)[0].impact, Impact::routes);
  EXPECT_EQ(explained(routed)[0].announced, 1U);
  EXPECT_EQ(explained(routed)[0].withdrawn, 2U);
}

TEST(ReloadExplained, ARouteRefreshHasAKeyword) {
  const Both both(neighbor_at("10.0.0.1", "local-link-local fe80::1;"),
                  neighbor_at("10.0.0.1", "local-link-local fe80::2; description x; static { route 1.0.0.0/8 next-hop 1.1.1.1; }"));
  EXPECT_EQ(explained(both)[0].impact, Impact::refresh);
  EXPECT_EQ(explained(both)[0].keywords, Keywords{"local-link-local"});
  EXPECT_EQ(explained(both)[0].announced, 1U);
}

TEST(ReloadExplained, NewNeighborsStandInTheirPlaceAndThoseThatGoAtTheEnd) {
  const Both both(neighbor_at("10.0.0.1") + neighbor_at("10.0.0.2"),
                  neighbor_at("10.0.0.3", "static { route 1.0.0.0/8 next-hop 1.1.1.1; }") + neighbor_at("10.0.0.2"));
  const auto changes = explained(both);
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[0].before, nullptr);
  EXPECT_EQ(changes[0].announced, 1U);
  EXPECT_EQ(changes[1].impact, Impact::nothing);
  EXPECT_EQ(changes[2].after, nullptr);
  EXPECT_EQ(changes[2].before, &both.before.neighbors[0]);
}

}  // namespace
}  // namespace tandem::config
