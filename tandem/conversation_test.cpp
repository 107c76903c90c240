#include "tandem/conversation.hpp"

#include <gtest/gtest.h>

namespace tandem::program {
namespace {

TEST(Patience, IsLongWithWhatReadsOrWritesWholeTables) {
  for (const char* command : {"reload", "daemon reload", "reload check other.conf", "restart", "upgrade", "daemon upgrade /usr/bin/tandem", "engine async",
                              "daemon engine shadow uring"}) {
    EXPECT_EQ(patience_for(command), std::chrono::minutes(2)) << command;
  }
}

TEST(Patience, IsShortWithAllElse) {
  for (const char* command : {"", "ping", "show adj-rib out", "neighbor 192.0.2.1 teardown 2", "peer * show", "reloaded", "announce route \"", "record stop"}) {
    EXPECT_EQ(patience_for(command), std::chrono::seconds(5)) << command;
  }
}

}  // namespace
}  // namespace tandem::program
