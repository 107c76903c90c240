// tandem migrate api: commands one by one, and a program of an older version between the speaker and itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/child_process.hpp"
#include "tandem/test_support.hpp"

namespace tandem::program {
namespace {

using namespace test;
using ::testing::HasSubstr;

TEST(MigrateApi, ALineIsConverted) {
  std::string output;
  std::string errors;
  EXPECT_EQ(quietly({"migrate", "api", "-f", "4", "-t", "main", "announce route 10.0.0.0/24 next-hop self"}, &errors, &output), k_exit_ok);
  EXPECT_EQ(output, "peer * announce route 10.0.0.0/24 next-hop self\n");
  EXPECT_EQ(quietly({"migrate", "api", "-v", "-f", "5", "-t", "main", "show", "neighbor", "summary"}, &errors, &output), k_exit_ok);
  EXPECT_EQ(output, "peer show summary\n");
  EXPECT_EQ(errors, "'show neighbor summary' became 'peer show summary'\n");
  EXPECT_EQ(quietly({"migrate", "api", "-f", "4", "-t", "5", "show neighbor"}, &errors, &output), k_exit_ok);
  EXPECT_EQ(output, "show neighbor\n") << "version 5 has the grammar of version 4";
  EXPECT_EQ(quietly({"migrate", "api", "-f", "4", "-t", "5", R"({ "exabgp": "4.0.1", "type": "state" })"}, &errors, &output), k_exit_ok);
  EXPECT_EQ(output, "{ \"exabgp\": \"5.0.0\", \"type\": \"state\" }\n");
  EXPECT_EQ(quietly({"migrate", "api", "-f", "4", "-t", "main", "dance"}, &errors, &output), k_exit_failure);
  EXPECT_THAT(errors, HasSubstr("dance: unknown command 'dance'"));
  EXPECT_EQ(quietly({"migrate", "api", "-f", "5", "-t", "5", "help"}, &errors, &output), k_exit_failure);
}

TEST(MigrateApi, LinesOfStandardInputAreConverted) {
  const Folder folder;
  const std::string lines = folder.write("lines", "announce watchdog dog\n\n# a comment\nneighbor 10.0.0.1 teardown 2\n");
  EXPECT_EQ(harness::output_of({"/bin/sh", "-c", std::string(TANDEM_PROGRAM) + " migrate api -f 4 -t main <" + lines}),
            "peer * announce watchdog dog\n\n# a comment\npeer 10.0.0.1 teardown 2\n");
}

TEST(MigrateApi, AProgramSpeaksItsVersionAndItsStatusIsOurs) {
  const Folder folder;
  const std::string program = folder.write("program", "echo 'announce route 10.0.0.0/24 next-hop self'\nread event\necho \"# $event\"\nprintf 'show neighbor'\nexit 7\n");
  const std::string input = folder.write("input", "{ \"exabgp\": \"6.0.0\", \"type\": \"state\" }\ndone\n");
  const std::string run = std::string(TANDEM_PROGRAM) + " migrate api -f 4 -t main -e /bin/sh ";
  EXPECT_EQ(harness::output_of({"/bin/sh", "-c", run + program + " <" + input + "; echo \" $?\""}),
            "peer * announce route 10.0.0.0/24 next-hop self\n# { \"exabgp\": \"4.0.1\", \"type\": \"state\" }\npeer show 7\n");
  EXPECT_EQ(harness::output_of({"/bin/sh", "-c", run + "-c 'kill $$' </dev/null; echo $?"}), "143\n");
  EXPECT_EQ(harness::output_of({"/bin/sh", "-c", std::string(TANDEM_PROGRAM) + " migrate api -f 4 -t main -e /no/such/program </dev/null 2>/dev/null; echo $?"}),
            "127\n");
}

// Neither direction waits for the other: the program writes all before it reads anything.
TEST(MigrateApi, MuchInBothDirectionsPasses) {
  const Folder folder;
  const std::string program = folder.write("program", "seq 1 100000 | sed 's/^/# /'\nwc -l | sed 's/^/# read /'\n");
  std::string events;
  for (int i = 0; i < 100000; ++i) events += "done\n";
  const std::string input = folder.write("input", events);
  EXPECT_EQ(harness::output_of({"/bin/sh", "-c", std::string(TANDEM_PROGRAM) + " migrate api -f 4 -t main -e /bin/sh " + program + " <" + input +
                                                     " | (wc -l; cat) ; exit"}),
            "100001\n");
  EXPECT_EQ(harness::output_of({"/bin/sh", "-c", std::string(TANDEM_PROGRAM) + " migrate api -f 4 -t main -e /bin/sh " + program + " <" + input + " | tail -1"}),
            "# read 100000\n");
}

// What is still wrong with a converted file is said, and the file is written.
TEST(MigrateConf, WhatIsLeftIsTold) {
  const Folder folder;
  const std::string file = folder.write("old.conf", "neighbor 127.0.0.1 {\n  local-as 1;\n  md5 x;\n}\n");
  std::string errors;
  std::string output;
  EXPECT_EQ(quietly({"migrate", "conf", "-f", "3.4", "-t", "main", file}, &errors, &output), k_exit_ok);
  EXPECT_THAT(output, HasSubstr("md5-password x;"));
  EXPECT_THAT(errors, HasSubstr("what was written is not valid yet:\n"));
  EXPECT_THAT(errors, HasSubstr("missing: peer-as"));
}

}  // namespace
}  // namespace tandem::program
