// What `upgrade` asks for, and by whom it is answered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/api/test_support.hpp"

namespace tandem::api {
namespace {

using test::Console;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Upgrade, NamesTheProgramOrMeansThisOne) {
  for (const unsigned version : {4U, 6U}) {
    Console console(version);
    EXPECT_EQ(console.run("upgrade"), "done\n");
    EXPECT_EQ(console.run("upgrade /opt/tandem"), "done\n");
    EXPECT_THAT(console.executor.take_log(), ElementsAre("upgrade ", "upgrade /opt/tandem"));
  }
  Console console;
  EXPECT_EQ(console.run("daemon upgrade"), "done\n");
}

TEST(Upgrade, IsRefusedWhileAnotherOneIsUnderWay) {
  Console console;
  console.run("session reasons enable");
  console.executor.upgrade_under_way = true;
  EXPECT_EQ(console.run("upgrade"), "error: another one is being looked at\nerror\n");
  EXPECT_THAT(console.executor.take_log(), IsEmpty());
}

TEST(Upgrade, IsAnsweredWhenTheOtherOneGoesOnOrWithTheReasonWhyItDoesNot) {
  Console console;
  console.run("session reasons enable");
  console.executor.upgraded.reset();
  EXPECT_EQ(console.run("upgrade"), "");
  EXPECT_EQ(console.next(), "") << "it has not been done yet";
  console.executor.upgraded = base::Result<void>(base::Error("it does not take the state"));
  EXPECT_EQ(console.next(), "error: it does not take the state\nerror\n");
}

}  // namespace
}  // namespace tandem::api
