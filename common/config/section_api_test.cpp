#include <gtest/gtest.h>

#include "common/config/test_support.hpp"

namespace tandem::config {
namespace {

using Names = Subscriptions::Names;
using test::Parsing;
using test::neighbor_with;

const std::string k_programs =
    "process alpha { run program; }\nprocess beta { run program; }\nprocess gamma { run program; }\n";

Subscriptions subscriptions(std::string_view statements, std::string_view before = "") {
  Parsing parsing;
  return parsing.good(neighbor_with(statements, std::string(before) + k_programs)).neighbors.at(0).api;
}

const Names& sent(const Subscriptions& api, Topic topic) { return api.send[static_cast<std::size_t>(topic)]; }
const Names& received(const Subscriptions& api, Topic topic) { return api.receive[static_cast<std::size_t>(topic)]; }

TEST(ApiSection, ProcessesAloneGiveRightsAndNoEvent) {
  Subscriptions expected;
  expected.processes = {"alpha", "beta"};
  EXPECT_EQ(subscriptions("api { processes [ alpha, beta ]; }"), expected);
  EXPECT_EQ(subscriptions("api { processes [ alpha ]; processes [ beta alpha ]; }"), expected);
}

TEST(ApiSection, FlagsBelongToTheProcessesOfTheirOwnBlock) {
  const Subscriptions api = subscriptions(
      "api { processes [ alpha ]; neighbor-changes; negotiated true; fsm disable; signal; engine-changes; receive { parsed; update; } }\n"
      "api named { processes [ beta alpha ]; send { packets; open yes; keepalive no; } receive { update; } }");
  EXPECT_EQ(api.processes, (Names{"alpha", "beta"}));
  EXPECT_EQ(api.neighbor_changes, Names{"alpha"});
  EXPECT_EQ(api.negotiated, Names{"alpha"});
  EXPECT_EQ(api.fsm, Names{});
  EXPECT_EQ(api.signal, Names{"alpha"});
  EXPECT_EQ(api.engine_changes, Names{"alpha"});
  EXPECT_EQ(received(api, Topic::parsed), Names{"alpha"});
  EXPECT_EQ(received(api, Topic::update), (Names{"alpha", "beta"}));
  EXPECT_EQ(sent(api, Topic::packets), (Names{"beta", "alpha"}));
  EXPECT_EQ(sent(api, Topic::open), (Names{"beta", "alpha"}));
  EXPECT_EQ(sent(api, Topic::keepalive), Names{});
  EXPECT_EQ(sent(api, Topic::update), Names{});
}

TEST(ApiSection, ProcessesMatchGivesRightsButNoEvents) {
  const Subscriptions api = subscriptions("api { processes-match [ \"al\" \"^ga.*a$\" ]; neighbor-changes; send { update; } }");
  EXPECT_EQ(api.processes, (Names{"alpha", "gamma"}));
  EXPECT_EQ(api.neighbor_changes, Names{});
  EXPECT_EQ(sent(api, Topic::update), Names{});
}

TEST(ApiSection, AMatchIsAnchoredAtTheStartOnly) {
  EXPECT_EQ(subscriptions("api { processes-match [ b ]; }").processes, Names{"beta"});
  Parsing parsing;
  EXPECT_FALSE(parsing.parse(neighbor_with("api { processes-match [ lpha ]; }", k_programs)));
}

TEST(ApiSection, BlocksOfTemplatesStayActiveBesideTheNeighborsOwn) {
  const Subscriptions api = subscriptions("inherit t; api { processes [ alpha ]; fsm; }",
                                          "template { neighbor t { api { processes [ beta ]; fsm; } } }\n");
  EXPECT_EQ(api.fsm, (Names{"alpha", "beta"}));
}

TEST(ApiSection, NamesAreUniqueOverTheWholeFile) {
  Parsing parsing;
  EXPECT_FALSE(parsing.parse("template { neighbor t { api x { } } }\n" + neighbor_with("api x { }")));
  EXPECT_FALSE(parsing.parse(neighbor_with("api a/b { }")));
  EXPECT_TRUE(parsing.parse(neighbor_with("api { } api { }")));
}

TEST(ApiSection, ChangeFlagsAreNarrowerBooleansThanMessageFlags) {
  Parsing parsing;
  EXPECT_FALSE(parsing.parse(neighbor_with("api { fsm yes; }")));
  EXPECT_TRUE(parsing.parse(neighbor_with("api { fsm Enabled; receive { open 1; } }")));
}

TEST(ApiSection, ProcessesMayBeDefinedLater) {
  Parsing parsing;
  EXPECT_TRUE(parsing.parse(neighbor_with("api { processes [ alpha ]; }") + k_programs));
}

TEST(ApiSection, ListsMustBeClosedAndFlat) {
  Parsing parsing;
  EXPECT_FALSE(parsing.parse(neighbor_with("api { processes [ alpha; }", k_programs)));
  EXPECT_FALSE(parsing.parse(neighbor_with("api { processes [ [ alpha ] ]; }", k_programs)));
  EXPECT_FALSE(parsing.parse(neighbor_with("api { processes; }", k_programs)));
}

}  // namespace
}  // namespace tandem::config
