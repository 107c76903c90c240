// Commands about the session of a client, the system, the daemon and its engine, in both grammars.
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/api/parsed_answer.hpp"
#include "common/api/test_support.hpp"
#include "common/base/log.hpp"

namespace tandem::api {
namespace {

namespace json = boost::json;
using test::Console;
using test::parsed;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(SessionCommands, Ping) {
  for (const unsigned version : {4U, 6U}) {
    Console console(version);
    EXPECT_EQ(parsed(console.run("ping")).at(0), json::parse(R"({"pong": "11111111-2222-4333-8444-555555555555", "active": true})"));
    EXPECT_EQ(console.run("session ping abc 123 text"), "pong 11111111-2222-4333-8444-555555555555 active=true\ndone\n");
    EXPECT_EQ(console.run("bye abc"), "done\n");
    EXPECT_EQ(console.run("session bye"), "done\n");
  }
}

TEST(SessionCommands, AClientMayAskForTextOrJsonWhateverTheVersionIs) {
  Console console;
  EXPECT_EQ(console.run("session text enable"), "done\n");
  EXPECT_EQ(console.run("version"), "exabgp 0.1.0\ndone\n");
  EXPECT_THAT(console.run("show neighbor"), StartsWith("Peer            AS ")) << "a table, without a word that asks for it";
  EXPECT_THAT(console.run("version json"), StartsWith("{ "));
  EXPECT_EQ(console.run("session text disable"), "done\n");
  EXPECT_THAT(console.run("version"), StartsWith("{ "));
}

TEST(SessionCommands, ResetDropsWhatIsPending) {
  Console four(4);
  EXPECT_EQ(four.run("reset"), "asynchronous queue cleared\ndone\n");
  EXPECT_THAT(four.executor.take_log(), ElementsAre("drop 7"));
  Console six;
  EXPECT_EQ(parsed(six.run("session reset")).at(0), json::parse(R"({"status": "asynchronous queue cleared"})"));
}

TEST(DaemonCommands, RequestsAreAnsweredBeforeTheyAreCarriedOut) {
  const std::vector<std::pair<std::string, std::string>> cases{{"shutdown", "request 0 of prog"}, {"reload", "request 1 of prog"}, {"restart", "request 2 of prog"}};
  for (const auto& [word, expected] : cases) {
    Console four(4);
    EXPECT_EQ(four.run(word), word + " in progress\ndone\n");
    EXPECT_THAT(four.executor.take_log(), ElementsAre(expected));
    Console six;
    EXPECT_EQ(parsed(six.run("daemon " + word)).at(0).at("status").as_string(), word + " in progress");
    EXPECT_THAT(six.executor.take_log(), ElementsAre(expected));
  }
}

TEST(DaemonCommands, LogRotateOpensTheLogAgainOrSaysWhyNot) {
  class Log final : public base::LogSink {
   public:
    Log() { base::set_log_sink(this); }
    ~Log() override { base::set_log_sink(nullptr); }
    void write(base::LogCategory, base::LogLevel, std::string_view) override {}
    base::Result<void> open_again() override { return opened++ == 0 ? base::Result<void>() : base::Error("no folder"); }
    int opened = 0;
  } log;
  Console four(4);
  EXPECT_EQ(four.run("log rotate"), "done\n");
  Console six;
  EXPECT_EQ(six.run("daemon log rotate"), "error: no folder\nerror\n");
  EXPECT_EQ(log.opened, 2);
}

TEST(DaemonCommands, Status) {
  Console six;
  const json::value status = parsed(six.run("daemon status")).at(0);
  EXPECT_EQ(status.at("pid"), 4100);
  EXPECT_EQ(status.at("uptime"), 3);
  EXPECT_EQ(status.at("peers").at(six.executor.fakes[0].key), "ESTABLISHED");
  Console four(4);
  EXPECT_EQ(four.run("status"),
            "ExaBGP Daemon Status\n====================\nVersion: 0.1.0\nUUID: 11111111-2222-4333-8444-555555555555\nPID: 4100\n"
            "Uptime: 0h 0m 3s\nPeers: 1\n  - " + four.executor.fakes[0].key + ": ESTABLISHED\ndone\n");
}

TEST(SystemCommands, QueueStatus) {
  Console four(4);
  EXPECT_EQ(four.run("queue-status"), "no queued messages\ndone\n");
  four.executor.queues = {{"b", 2, 30}, {"a", 1, 5}};
  EXPECT_EQ(four.run("queue-status"), "a: 1 items (5 bytes)\nb: 2 items (30 bytes)\ndone\n");
  Console six;
  EXPECT_EQ(parsed(six.run("system queue-status")).at(0), json::parse("{}"));
  six.executor.queues = four.executor.queues;
  EXPECT_EQ(parsed(six.run("system queue-status")).at(0), json::parse(R"({"a": {"items": 1, "bytes": 5}, "b": {"items": 2, "bytes": 30}})"));
}

TEST(SystemCommands, ApiVersion) {
  Console six;
  EXPECT_EQ(parsed(six.run("system api version")).at(0), json::parse(R"({"api_version": 6, "description": "json-only"})"));
  EXPECT_EQ(parsed(six.run("system api version 4")).at(0),
            json::parse(R"({"status": "API version set", "version": 4, "note": "effective on next process restart"})"));
  EXPECT_EQ(six.dispatcher.api_version, 4U);
  EXPECT_EQ(six.run("system api version 5"), "{ \"error\": \"API version must be 4 or 6\" }\nerror\n");
  EXPECT_EQ(six.run("system api version x"), "{ \"error\": \"Invalid version: x\" }\nerror\n");
  Console four(4);
  four.dispatcher.api_version = 4;
  EXPECT_EQ(four.run("api version"), "API version: 4 (legacy (text/json))\ndone\n");
  EXPECT_EQ(four.run("api version 6"), "API version set to 6 (effective on next process restart)\ndone\n");
  EXPECT_EQ(four.run("api version 7"), "error: API version must be 4 or 6\nerror\n");
  EXPECT_EQ(four.run("api version x"), "error: invalid version: x\nerror\n");
}

TEST(SystemCommands, Dialect42AnswersAs4221) {
  Console console(4, bgp::Dialect::release_4_2);
  EXPECT_THAT(console.run("help"), HasSubstr("available API commands are listed here:\n"));
  EXPECT_EQ(console.run("show neighbor"),
            "please specify summary, extensive or configuration\n"
            "you can filter by peer ip address adding it after the word neighbor\ndone\n");
  EXPECT_EQ(console.run("announce route 10.0.7.0/24"), "error\n") << "no error is explained";
  console.run("enable-reasons");
  EXPECT_THAT(console.run("announce route 10.0.7.0/24"), HasSubstr("error: announce requires nexthop"));
}

// What its client does not wait for would be taken for the answer to what comes next.
TEST(SessionCommands, OfDialect42ResetIsNotAnsweredUnlessTheClientKnowsMore) {
  Console console(4, bgp::Dialect::release_4_2);
  EXPECT_EQ(console.run("reset"), "");
  EXPECT_THAT(console.executor.take_log(), ElementsAre("drop 7"));
  EXPECT_EQ(console.run("session reset"), "asynchronous queue cleared\ndone\n") << "4.2 does not know it";
  console.run("enable-reasons");
  EXPECT_EQ(console.run("reset"), "asynchronous queue cleared\ndone\n");
}

TEST(SystemCommands, Help) {
  Console six;
  const json::value help = parsed(six.run("system help")).at(0);
  EXPECT_EQ(help.at("peer_filters").as_array().size(), 4U);
  EXPECT_EQ(help.at("commands").as_array().size(), Dispatcher::commands().size());
  Console four(4);
  const std::string text = four.run("help");
  EXPECT_THAT(text, StartsWith("\navailable API commands (v6 format):\n====================================\n\nfilter can be: "));
  EXPECT_THAT(text, HasSubstr("\n[peer <ip> [filters]] peer show [ summary | extensive | configuration ] \n"));
  EXPECT_THAT(text, HasSubstr("\nsystem version \n"));
  EXPECT_TRUE(text.ends_with("\n\ndone\n"));
}

// Not a list of its own: a family that can be written is offered.
TEST(SystemCommands, HelpNamesTheFamiliesOfTheFamilyTable) {
  std::size_t checked = 0;
  for (const auto& command : Dispatcher::commands()) {
    const auto afi = bgp::parse_afi(std::string_view(command.words).substr(command.words.rfind(' ') + 1));
    if (!afi) continue;
    EXPECT_EQ(command.options.find("<safi>"), std::string::npos) << command.words;
    for (const std::string& word : bgp::safi_words_of(*afi)) {
      EXPECT_THAT(command.options, HasSubstr(word)) << command.words;
      ++checked;
    }
  }
  EXPECT_GT(checked, 20U);
}

TEST(EngineCommand, Shows) {
  Console six;
  six.executor.measured.sessions_lost = 3;
  for (const std::string_view line : {"engine", "daemon engine", "engine json"}) {
    json::object shown = parsed(six.run(line)).at(0).as_object();
    EXPECT_EQ(shown.at("measured").at("sessions_lost").to_number<int>(), 3) << line;
    shown.erase("measured");
    EXPECT_EQ(json::value(shown), json::parse(R"({"engine": "sync", "since": 1795343803.25, "switches": 2, "available": ["sync", "async"]})")) << line;
  }
  Console four(4);
  EXPECT_EQ(four.run("engine"), "engine sync since 2026-11-22T10:36:43Z switches 2\ndone\n");
  EXPECT_EQ(parsed(four.run("engine json")).at(0).at("engine"), "sync");
}

TEST(EngineCommand, Switches) {
  for (const std::string_view line : {"engine async", "daemon engine async"}) {
    Console console(4);
    EXPECT_EQ(console.run(line), "done\n") << line;
    EXPECT_THAT(console.executor.take_log(), ElementsAre("engine async"));
  }
  Console console;
  EXPECT_EQ(console.run("engine sync"), "done\n") << "sync is a name here, not a trailing word";
  EXPECT_THAT(console.executor.take_log(), ElementsAre("engine sync"));
  console.executor.switched = base::Error("no descriptor is left");
  EXPECT_EQ(console.run("engine async"), "error: no descriptor is left\nerror\n");
  console.executor.take_log();
  EXPECT_EQ(console.run("engine x"), "error: unknown engine 'x' (sync, async)\nerror\n");
  EXPECT_THAT(console.executor.take_log(), IsEmpty());
}

}  // namespace
}  // namespace tandem::api
