// Files of older versions in the words of later ones.
#include "common/config/migrate.hpp"

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

TEST(Migrate, EachStepChangesWhatItsVersionChanged) {
  const auto step = [](std::string_view text, Dialect from, Dialect to) { return migrate(text, from, to).text; };
  EXPECT_EQ(step("process p {\n  run x;\n}\n", Dialect::v3_4, Dialect::v4), "process p {\n  encoder text;\n  run x;\n}\n");
  EXPECT_EQ(step("neighbor a { process p; }", Dialect::v3_4, Dialect::v4), "neighbor a { api { processes [ p ]; } }");
  EXPECT_EQ(step("neighbor a { capability { route-refresh; } }", Dialect::v3_4, Dialect::v4), "neighbor a { capability { route-refresh enable; } }");
  EXPECT_EQ(step("neighbor a { capability { route refresh; } }", Dialect::v4, Dialect::v5), "neighbor a { capability { route-refresh; } }");
  EXPECT_EQ(step("match { fragment [ not-a-fragment first-fragment ]; }", Dialect::v4, Dialect::v5), "match { fragment [ !is-fragment first-fragment ]; }");
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
