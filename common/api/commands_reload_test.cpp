#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/api/test_support.hpp"

namespace tandem::api {
namespace {

using test::Console;
using Effect = ReloadEffect::Effect;

ReloadCheck example() {
  ReloadCheck check;
  check.path = "/etc/t.conf";
  check.warnings = {"t.conf:3:1: odd"};
  check.neighbors = {{"neighbor 10.0.0.1", Effect::nothing, {}, 0, 0},
                     {"neighbor 10.0.0.2", Effect::nothing, {"description", "api"}, 0, 0},
                     {"neighbor 10.0.0.3", Effect::routes, {}, 2, 1},
                     {"neighbor 10.0.0.4", Effect::session, {"hold-time", "family"}, 0, 3},
                     {"neighbor 2001:db8::4", Effect::refresh, {"local-link-local"}, 0, 0},
                     {"neighbor 10.0.0.5", Effect::added, {}, 7, 0},
                     {"neighbor 10.0.0.6", Effect::removed, {}, 0, 0}};
  check.programs = {{"new", Effect::started, {}, 0, 0}, {"other", Effect::outdated, {"run"}, 0, 0}, {"old", Effect::stopped, {}, 0, 0}};
  return check;
}

constexpr std::string_view k_text =
    "warning: t.conf:3:1: odd\n"
    "neighbor 10.0.0.1: nothing\n"
    "neighbor 10.0.0.2: nothing (description, api)\n"
    "neighbor 10.0.0.3: routes only, 2 routes announced, 1 routes withdrawn\n"
    "neighbor 10.0.0.4: session restart (hold-time, family), 3 routes withdrawn\n"
    "neighbor 2001:db8::4: route refresh (local-link-local)\n"
    "neighbor 10.0.0.5: added, 7 routes announced\n"
    "neighbor 10.0.0.6: removed\n"
    "process new: started\n"
    "process other: goes on as it is until a full reload (SIGUSR2) (run)\n"
    "process old: stopped\n"
    "done\n";

TEST(ReloadCheckCommand, SaysOfEachNeighborWhatWouldHappenAndWhy) {
  Console console(4);
  console.executor.reload = example();
  EXPECT_EQ(console.run("reload check"), k_text);
  EXPECT_EQ(console.run("reload check \"/etc/other file.conf\""), k_text);
  EXPECT_EQ(console.executor.take_log(), (std::vector<std::string>{"check ", "check /etc/other file.conf"})) << "and a reload is not asked for";
  EXPECT_EQ(console.run("reload check a b"), "error\n");
}

TEST(ReloadCheckCommand, IsOneLineOfJsonInVersion6) {
  Console console;
  console.executor.reload = example();
  console.executor.reload->neighbors.resize(4);
  console.executor.reload->neighbors.erase(console.executor.reload->neighbors.begin(), console.executor.reload->neighbors.begin() + 2);
  console.executor.reload->programs.resize(1);
  EXPECT_EQ(console.run("daemon reload check"),
            R"({ "file": "/etc/t.conf", "warnings": [ "t.conf:3:1: odd" ], "neighbors": [ )"
            R"({ "neighbor": "neighbor 10.0.0.3", "effect": "routes", "keywords": [  ], "announced": 2, "withdrawn": 1 }, )"
            R"({ "neighbor": "neighbor 10.0.0.4", "effect": "session", "keywords": [ "hold-time", "family" ], "announced": 0, "withdrawn": 3 } ], )"
            R"("processes": [ { "process": "new", "effect": "started", "keywords": [  ], "announced": 0, "withdrawn": 0 } ] })"
            "\ndone\n");
}

TEST(ReloadCheckCommand, OfAMillionNeighborsComesInPieces) {
  Console console;
  ReloadCheck many;
  for (int i = 0; i < 2000; ++i) many.neighbors.push_back({fmt::format("neighbor {}", i), Effect::nothing, {}, 0, 0});
  console.executor.reload = many;
  std::string out;
  console.dispatcher.execute(console.client, "daemon reload check", out, console.job);
  ASSERT_TRUE(console.job) << "more than fits into one piece";
  ASSERT_TRUE(console.step(out));
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 2) << "the line and its terminator";
  std::size_t found = 0;
  for (std::size_t at = 0; (at = out.find("\"effect\"", at)) != std::string::npos; ++at) ++found;
  EXPECT_EQ(found, 2000U);
  console.client.text = true;
  EXPECT_THAT(console.run("daemon reload check"), testing::EndsWith("neighbor 1999: nothing\ndone\n"));
}

TEST(ReloadCheckCommand, OfALongFileIsAnsweredWhenItHasBeenRead) {
  Console console(4);
  console.executor.reload = example();
  console.executor.reload_slices = 3;
  std::string out;
  console.dispatcher.execute(console.client, "reload check", out, console.job);
  ASSERT_TRUE(console.job);
  EXPECT_FALSE(console.job->waits());
  for (int slice = 0; slice < 2; ++slice) ASSERT_FALSE(console.step(out));
  EXPECT_EQ(out, "");
  ASSERT_TRUE(console.step(out));
  EXPECT_EQ(out, k_text);
}

TEST(ReloadCheckCommand, TellsWhatIsWrongWithAFileLineByLine) {
  Console console(4);
  console.executor.reload = base::Error("t.conf:3:5: wrong\n  in neighbor 10.0.0.1");
  EXPECT_EQ(console.run("reload check"), "error: t.conf:3:5: wrong\n    in neighbor 10.0.0.1\nerror\n");
  EXPECT_EQ(console.run("reload check json"), "{ \"error\": \"t.conf:3:5: wrong\\n  in neighbor 10.0.0.1\" }\nerror\n");
  EXPECT_EQ(console.run("silence-ack"), "");
  EXPECT_EQ(console.run("reload check"), "");
}

}  // namespace
}  // namespace tandem::api
