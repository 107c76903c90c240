#include "tandem/shortcuts.hpp"

#include <gtest/gtest.h>

namespace tandem::program {
namespace {

TEST(Shortcuts, ExpandByTheirPlace) {
  EXPECT_EQ(expand_shortcuts("s n su"), "show neighbor summary");
  EXPECT_EQ(expand_shortcuts("s n e"), "show neighbor extensive");
  EXPECT_EQ(expand_shortcuts("s a o e"), "show adj-rib out extensive");
  EXPECT_EQ(expand_shortcuts("a r 10.0.0.0/24 next-hop 1.1.1.1"), "announce route 10.0.0.0/24 next-hop 1.1.1.1");
  EXPECT_EQ(expand_shortcuts("w w dog"), "withdraw watchdog dog");
  EXPECT_EQ(expand_shortcuts("a e ipv4 unicast"), "announce eor ipv4 unicast");
  EXPECT_EQ(expand_shortcuts("f a o"), "flush adj-rib out");
  EXPECT_EQ(expand_shortcuts("ses a disable"), "session ack disable");
  EXPECT_EQ(expand_shortcuts("ses sy enable"), "session sync enable");
  EXPECT_EQ(expand_shortcuts("h"), "help");
}

TEST(Shortcuts, AreTheBeginningsOfWordsHoweverLong) {
  EXPECT_EQ(expand_shortcuts("show neigh sum"), "show neighbor summary");
  EXPECT_EQ(expand_shortcuts("sho adj ou exten"), "show adj-rib out extensive");
  EXPECT_EQ(expand_shortcuts("ann rr ipv4 unicast"), "announce route-refresh ipv4 unicast");
  EXPECT_EQ(expand_shortcuts("announce watchdog conf"), "announce watchdog conf") << "a name, where no such word can stand";
}

TEST(Shortcuts, StandBehindANeighborAsWell) {
  EXPECT_EQ(expand_shortcuts("neighbour 10.0.0.1 a r 10.0.0.0/24 next-hop 1.1.1.1"), "neighbor 10.0.0.1 announce route 10.0.0.0/24 next-hop 1.1.1.1");
  EXPECT_EQ(expand_shortcuts("n 10.0.0.1 id 1.2.3.4 t 2"), "neighbor 10.0.0.1 router-id 1.2.3.4 teardown 2");
  EXPECT_EQ(expand_shortcuts("s n 10.0.0.1 s"), "show neighbor 10.0.0.1 summary") << "show is there already";
  EXPECT_EQ(expand_shortcuts("n 10.0.0.1 s su"), "show neighbor 10.0.0.1 summary");
}

TEST(Shortcuts, AreCorrectedWhereExabgpWasWrong) {
  EXPECT_EQ(expand_shortcuts("a v endpoint 1"), "announce vpls endpoint 1");
  EXPECT_EQ(expand_shortcuts("a o asm"), "announce operational asm");
}

TEST(Shortcuts, TheVerbMovesToTheFront) {
  EXPECT_EQ(expand_shortcuts("neighbor 10.0.0.1 local-as 1 show summary"), "show neighbor 10.0.0.1 local-as 1 summary");
  EXPECT_EQ(expand_shortcuts("neighbor 10.0.0.1 adj-rib out show extensive"), "show adj-rib out 10.0.0.1 extensive");
  EXPECT_EQ(expand_shortcuts("adj-rib in show"), "show adj-rib in");
}

TEST(Shortcuts, FullWordsAndSixthVersionCommandsStayAsTheyAre) {
  for (const char* command : {"show neighbor summary", "peer * announce route 10.0.0.0/24 next-hop 1.1.1.1", "system version",
                              "rib show out", "daemon shutdown", "engine async", "announce route ::/0 next-hop ::1 as-path [ 1 2 ]"}) {
    EXPECT_EQ(expand_shortcuts(command), command);
  }
  EXPECT_EQ(expand_shortcuts(""), "");
}

}  // namespace
}  // namespace tandem::program
