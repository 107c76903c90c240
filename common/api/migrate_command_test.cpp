#include "common/api/migrate_command.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/api/command_table.hpp"
#include "common/api/tokenize.hpp"

namespace tandem::api {
namespace {

std::string v6(std::string_view line) {
  const auto result = command_of_version_6(line);
  return result ? *result : "error: " + std::string(result.error().reason());
}

TEST(MigrateCommand, TheTargetComesFirst) {
  EXPECT_EQ(v6("shutdown"), "daemon shutdown");
  EXPECT_EQ(v6("enable-ack"), "session ack enable");
  EXPECT_EQ(v6("ping 1 2 text"), "session ping 1 2 text");
  EXPECT_EQ(v6("api version 4"), "system api version 4");
  EXPECT_EQ(v6("show neighbor summary"), "peer show summary");
  EXPECT_EQ(v6("show neighbor 10.0.0.1 extensive json"), "peer show 10.0.0.1 extensive") << "its answers are JSON";
  EXPECT_EQ(v6("show adj-rib out extensive"), "rib show out extensive");
  EXPECT_EQ(v6("clear adj-rib in 10.0.0.1"), "rib clear in 10.0.0.1");
  EXPECT_EQ(v6("create neighbor 10.0.0.1 local-as 1"), "peer create 10.0.0.1 local-as 1");
  EXPECT_EQ(v6("delete neighbor 10.0.0.1"), "peer delete 10.0.0.1");
}

TEST(MigrateCommand, WithoutANeighborItIsAboutEverybody) {
  EXPECT_EQ(v6("announce route 10.0.0.0/24 next-hop self community [1:2]"), "peer * announce route 10.0.0.0/24 next-hop self community [ 1:2 ]");
  EXPECT_EQ(v6("withdraw watchdog dog"), "peer * withdraw watchdog dog");
  EXPECT_EQ(v6("teardown 2 \"a b\""), "peer * teardown 2 \"a b\"");
}

TEST(MigrateCommand, NeighborsBecomeASelector) {
  EXPECT_EQ(v6("neighbor 10.0.0.1 announce route ::/0 next-hop ::1"), "peer 10.0.0.1 announce route ::/0 next-hop ::1");
  EXPECT_EQ(v6("neighbor 10.0.0.1 local-as 1 peer-as 2 teardown 4"), "peer 10.0.0.1 local-as 1 peer-as 2 teardown 4");
  EXPECT_EQ(v6("neighbor * withdraw route ::/0"), "peer * withdraw route ::/0");
  EXPECT_EQ(v6("neighbor 10.0.0.1 , neighbor 10.0.0.2 local-as 1 withdraw route ::/0"), "peer [10.0.0.1, 10.0.0.2 local-as 1] withdraw route ::/0");
  EXPECT_EQ(v6("neighbor 10.0.0.1, neighbor 10.0.0.2 neighbor * withdraw route ::/0"), "peer [10.0.0.1, 10.0.0.2] withdraw route ::/0");
  EXPECT_EQ(v6("neighbor 10.0.0.1 flush adj-rib out"), "rib flush out 10.0.0.1");
  EXPECT_EQ(v6("neighbor * flush adj-rib out"), "rib flush out");
  EXPECT_EQ(v6("neighbor 10.0.0.1 local-as 1 flush adj-rib out"),
            "error: 'rib flush out' takes one address in version 6, and '10.0.0.1 local-as 1' is none");
}

TEST(MigrateCommand, WhatIsOfVersion6AlreadyStays) {
  for (const std::string_view line : {"peer * announce route ::/0 next-hop self", "daemon reload", "session ack disable", "system help", "rib show in",
                                      "group start", "# a comment", "", "  "}) {
    EXPECT_EQ(v6(line), line);
  }
}

TEST(MigrateCommand, WhatIsNoCommandIsExplained) {
  EXPECT_EQ(v6("anounce route ::/0"), "error: unknown command 'anounce' ('help' lists the commands)");
  EXPECT_EQ(v6("neighbor x teardown 1"), "error: 'x' is not the address of a neighbor");
  EXPECT_EQ(v6("neighbor 10.0.0.1 dance"), "error: " + explain_unknown("neighbor", std::vector<base::Token>{{.text = "dance"}}));
}

// What comes out means what went in, for every row of the table.
TEST(MigrateCommand, EveryCommandIsFoundAgain) {
  for (const Command& command : command_table()) {
    if (command.v4.count == 0 || command.v4.text.empty() || (command.flags & k_hidden) != 0) continue;
    const auto line = command_of_version_6(command.v4.text);
    ASSERT_TRUE(line) << command.v4.text;
    Tokenizer tokens;
    ASSERT_TRUE(tokens.tokenize(*line));
    const bool selected = line->starts_with("peer * ");
    const Match match = find_command(selected ? "peer" : "", tokens.tokens().subspan(selected ? 2 : 0));
    EXPECT_EQ(match.command, &command) << *line;
  }
}

TEST(MigrateEvent, TheVersionIsThatOfTheProgram) {
  EXPECT_EQ(event_of_version(R"({ "exabgp": "6.0.0", "time": 1, "a": "\"exabgp\": \"6.0.0\"" })", "4.0.1"),
            R"({ "exabgp": "4.0.1", "time": 1, "a": "\"exabgp\": \"6.0.0\"" })");
  for (const std::string_view line : {"done", "error: no", "", R"({ "exabgp": "6)", R"({"status": "reload in progress"})"}) {
    EXPECT_EQ(event_of_version(line, "4.0.1"), line);
  }
}

}  // namespace
}  // namespace tandem::api
