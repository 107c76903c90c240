// Files of older versions in the words of later ones.
#include "common/config/migrate.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/config/test_support.hpp"

namespace tandem::config {
namespace {

using namespace test;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view k_old = R"(# kept as it is; even this { brace
group edge {
  router-id 1.2.3.4;
  local-as 65000;
  hold-time 30;
  process watch {
    run program;
    peer-updates;
    receive-packets;
  }
  neighbor 127.0.0.1 { # the first
    local-address 127.0.0.2;
    peer-as 65001;
    md5 "a secret";
    ttl-security 5;
    multihop 3;
    graceful-restart 120;
    route-refresh;
    family { inet4 unicast; inet6 unicast; }
    static { route 10.0.0.0/8 next-hop 1.1.1.1; }
  }
  neighbor 127.0.0.3 {
    local-address 127.0.0.2;
    peer-as 65002;
    hold-time 60;
  }
}
)";

TEST(Migrate, AFileOf3_4IsReadAfterwards) {
  const Migration migration = migrate(k_old, Dialect::v3_4, Dialect::main);
  Parsing parsing;
  const Configuration read = parsing.good(migration.text);
  ASSERT_EQ(read.neighbors.size(), 2U) << migration.text;
  const Neighbor& first = read.neighbors[0];
  EXPECT_EQ(first.hold_time_s, 30);
  EXPECT_EQ(first.md5_password, "a secret");
  EXPECT_EQ(first.outgoing_ttl, 5);
  EXPECT_EQ(first.graceful_restart.time_s, 120);
  EXPECT_TRUE(first.route_refresh);
  EXPECT_EQ(first.families.size(), 2U);
  EXPECT_EQ(first.routes.routes.size(), 1U);
  EXPECT_THAT(first.api.processes, ElementsAre("watch"));
  EXPECT_THAT(first.api.neighbor_changes, ElementsAre("watch"));
  EXPECT_THAT(first.api.receive[static_cast<std::size_t>(Topic::update)], ElementsAre("watch"));
  EXPECT_THAT(first.api.receive[static_cast<std::size_t>(Topic::packets)], ElementsAre("watch"));
  EXPECT_EQ(read.neighbors[1].hold_time_s, 60) << "what a neighbor says wins over its group";
  ASSERT_EQ(read.programs.size(), 1U);
  EXPECT_EQ(read.programs[0].encoder, Encoder::text);
  EXPECT_THAT(migration.text, HasSubstr("# kept as it is; even this { brace\n"));
  EXPECT_THAT(migration.changes, ::testing::Contains(HasSubstr("'multihop 3' is gone")));
}

constexpr std::string_view k_identity = "router-id 1.2.3.4; local-address 127.0.0.2; local-as 1; peer-as 2;";

TEST(Migrate, WhatAProgramOfANeighborWasToldTheNeighborSays) {
  const std::string old = std::string("neighbor 127.0.0.1 { ") + std::string(k_identity) +
                          R"( process told { run program; encoder json; receive { parsed; packets; consolidate; neighbor-changes; updates; opens;
                                notifications; keepalives; refresh; operational; } send { packets; update; } }
                              process quiet { run program; } })";
  Parsing parsing;
  const Migration migration = migrate(old, Dialect::v3_4, Dialect::main);
  const Configuration read = parsing.good(migration.text);
  ASSERT_EQ(read.neighbors.size(), 1U) << migration.text;
  const auto& api = read.neighbors[0].api;
  EXPECT_THAT(api.processes, ElementsAre("told", "quiet"));
  EXPECT_THAT(api.neighbor_changes, ElementsAre("told"));
  for (const Topic topic : {Topic::parsed, Topic::packets, Topic::consolidate, Topic::open, Topic::update, Topic::notification, Topic::keepalive,
                            Topic::refresh, Topic::operational}) {
    EXPECT_THAT(api.receive[static_cast<std::size_t>(topic)], ElementsAre("told")) << static_cast<int>(topic);
  }
  EXPECT_THAT(api.send[static_cast<std::size_t>(Topic::packets)], ElementsAre("told"));
  EXPECT_THAT(api.send[static_cast<std::size_t>(Topic::update)], ElementsAre("told"));
  EXPECT_THAT(api.send[static_cast<std::size_t>(Topic::open)], ::testing::IsEmpty());
}

TEST(Migrate, ProgramsOfOneNameAreOneWhereTheyAreTheSame) {
  const auto neighbor = [](std::string_view address, std::string_view run) {
    return fmt::format("neighbor {} {{ {} process p {{ run {}; }} }}\n", address, k_identity, run);
  };
  Parsing parsing;
  const Configuration read = parsing.good(
      migrate(neighbor("127.0.0.1", "program") + neighbor("127.0.0.3", "program other") + neighbor("127.0.0.4", "program"), Dialect::v3_4, Dialect::main).text);
  ASSERT_EQ(read.neighbors.size(), 3U);
  EXPECT_EQ(read.programs.size(), 2U);
  EXPECT_THAT(read.neighbors[0].api.processes, ElementsAre("p"));
  EXPECT_THAT(read.neighbors[1].api.processes, ElementsAre("p-2"));
  EXPECT_THAT(read.neighbors[2].api.processes, ElementsAre("p"));
}

TEST(Migrate, CommentsOfAGroupStayWhereTheyBelong) {
  EXPECT_EQ(migrate("group g {\n  # common\n  local-as 1;\n  hold-time 9;\n  # one\n  neighbor a {\n    hold-time 8;\n  }\n  # two\n  neighbor b {\n  }\n  # end\n}\n",
                    Dialect::v3_4, Dialect::v4)
                .text,
            "\n  # one\n  neighbor a {\n  # common\n  local-as 1;\n    hold-time 8;\n  }\n\n  # two\n  neighbor b {\n  # common\n  local-as 1;\n  hold-time 9;\n  }\n\n  # end\n\n");
}

TEST(Migrate, WhatBelongsToTheCapabilitiesMovesThere) {
  const auto capabilities = [](std::string_view statements) {
    Parsing parsing;
    const Configuration read = parsing.good(migrate(fmt::format("neighbor 127.0.0.1 {{ {} {} }}", k_identity, statements), Dialect::v3_4, Dialect::main).text);
    EXPECT_THAT(read.warnings, ::testing::IsEmpty());
    return read.neighbors.at(0);
  };
  const Neighbor alone = capabilities("graceful-restart 60; asn4 disable; route-refresh; multisession; add-path send/receive; aigp;");
  EXPECT_EQ(alone.graceful_restart.time_s, 60);
  EXPECT_FALSE(alone.asn4);
  EXPECT_TRUE(alone.route_refresh);
  EXPECT_TRUE(alone.multisession);
  EXPECT_TRUE(alone.aigp);
  const Neighbor both = capabilities("graceful-restart 60; capability { route-refresh; asn4 disable; }");
  EXPECT_EQ(both.graceful_restart.time_s, 60);
  EXPECT_FALSE(both.asn4);
}

TEST(Migrate, MinimalIsTheFamiliesOfTheRoutes) {
  const auto families = [](std::string_view statements) {
    return migrate(fmt::format("neighbor a {{ {} }}", statements), Dialect::v3_4, Dialect::v4).text;
  };
  EXPECT_EQ(families("family { minimal; }"), "neighbor a { family { ipv4 unicast; } }");
  EXPECT_EQ(families("family { minimal; } static { route 10.0.0.0/8 next-hop self; route ::/0 next-hop ::1; }"),
            "neighbor a { family { ipv4 unicast; ipv6 unicast; } static { route 10.0.0.0/8 next-hop self; route ::/0 next-hop ::1; } }");
  EXPECT_EQ(families("minimal; l2vpn { } flow { }"), "neighbor a { family { l2vpn vpls; ipv4 flow; } l2vpn { } flow { } }");
  EXPECT_EQ(families("family { minimal; } static { route 10.0.0.0/8 rd 1:1 label 3; route 10.0.0.0/8 label 3; }").substr(0, 59),
            "neighbor a { family { ipv4 mpls-vpn; ipv4 nlri-mpls; } stat");
}

// Whoever has such a file is told what converts it.
TEST(Migrate, TheReaderNamesTheCommandForGrammarOf3_4) {
  const std::string neighbor = "neighbor 127.0.0.1 { " + std::string(k_identity) + " ";
  for (const std::string& text : {std::string("group g { }"), neighbor + "process p { run x; } }", neighbor + "process p; }", neighbor + "md5 x; }",
                                  neighbor + "ttl-security 1; }", neighbor + "multihop 2; }", neighbor + "graceful-restart 3; }",
                                  neighbor + "route-refresh; }", neighbor + "family { inet4 unicast; } }", neighbor + "family { minimal; } }"}) {
    Parsing parsing;
    EXPECT_THAT(std::string(parsing.parse(text).error().reason()), HasSubstr("'tandem migrate conf -f 3.4 -t main FILE' writes the file anew")) << text;
    const Migration migration = migrate(text, Dialect::v3_4, Dialect::main);
    EXPECT_FALSE(migration.changes.empty()) << text;
  }
  Parsing parsing;
  EXPECT_THAT(std::string(parsing.parse(neighbor + "hold-timer 9; }").error().reason()), Not(HasSubstr("migrate"))) << "never was a word of ExaBGP";
}

TEST(Migrate, EachStepChangesWhatItsVersionChanged) {
  const auto step = [](std::string_view text, Dialect from, Dialect to) { return migrate(text, from, to).text; };
  EXPECT_EQ(step("process p {\n  run x;\n}\n", Dialect::v3_4, Dialect::v4), "process p {\n  encoder text;\n  run x;\n}\n");
  EXPECT_EQ(step("neighbor a { process p; }", Dialect::v3_4, Dialect::v4), "neighbor a { api { processes [ p ]; } }");
  EXPECT_EQ(step("neighbor a { capability { route-refresh; } }", Dialect::v3_4, Dialect::v4), "neighbor a { capability { route-refresh enable; } }");
  EXPECT_EQ(step("neighbor a { capability { route refresh; } }", Dialect::v4, Dialect::v5), "neighbor a { capability { route-refresh; } }");
  EXPECT_EQ(step("match { fragment [ not-a-fragment first-fragment ]; }", Dialect::v4, Dialect::v5), "match { fragment [ !is-fragment first-fragment ]; }");
  EXPECT_EQ(step("match { port =80 =8080; protocol [ tcp udp ]; source 10.0.0.1/32; }", Dialect::v3_4, Dialect::v4),
            "match { port [ =80 =8080 ]; protocol [ tcp udp ]; source 10.0.0.1/32; }");
  EXPECT_EQ(step("[exabgp.tcp]\nonce = true\n", Dialect::v4, Dialect::v5), "[exabgp.tcp]\nattempts = 1\n");
  EXPECT_EQ(step("family { ipv4 nlri-mpls; ipv6 unicast; }", Dialect::v5, Dialect::main), "family { ipv4 labeled-unicast; ipv6 unicast; }");
  EXPECT_EQ(step("family { ipv4 nlri-mpls; }", Dialect::v4, Dialect::v5), "family { ipv4 nlri-mpls; }") << "the next step's";
}

TEST(Migrate, WhatIsNotChangedIsNotTouched) {
  const std::string text = "# a\nneighbor 127.0.0.1 {\n\tdescription \"md5 x; { nlri-mpls\";\\\n  passive ;\n}\n}\nrest \"";
  const Migration migration = migrate(text, Dialect::v3_4, Dialect::main);
  EXPECT_EQ(migration.text, text);
  EXPECT_TRUE(migration.changes.empty());
}

TEST(Migrate, EveryBeginningOfAFileEnds) {
  for (std::size_t size = 0; size < k_old.size(); ++size) {
    EXPECT_EQ(migrate(k_old.substr(0, size), Dialect::main, Dialect::main).text, k_old.substr(0, size));
    static_cast<void>(migrate(k_old.substr(0, size), Dialect::v3_4, Dialect::main));
  }
  EXPECT_THAT(migrate(std::string(100000, '{'), Dialect::v3_4, Dialect::main).text, Not(HasSubstr("}")));
}

}  // namespace
}  // namespace tandem::config
