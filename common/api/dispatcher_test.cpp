// The rules that hold for every command: acknowledgements, grammars, selectors, errors, sync, garbage.
#include "common/api/dispatcher.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/api/command_table.hpp"
#include "common/api/test_support.hpp"
#include "common/base/log.hpp"
#include "common/base/random.hpp"
#include "common/bgp/nlri/codec.hpp"

namespace tandem::api {
namespace {

using test::Console;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Acknowledgement, EveryCommandHasExactlyOneTerminator) {
  Console console(4);
  EXPECT_EQ(console.run("announce route 10.0.0.0/24 next-hop 1.2.3.4"), "done\n");
  EXPECT_EQ(console.run("nonsense"), "error\n");
  EXPECT_EQ(console.run("version"), "exabgp 0.1.0\ndone\n");
}

TEST(Acknowledgement, DisableAnswersOneLastDone) {
  Console console;
  EXPECT_EQ(console.run("session ack disable"), "done\n");
  EXPECT_EQ(console.run("announce route 10.0.0.0/24 next-hop 1.2.3.4"), "");
  EXPECT_EQ(console.run("session ack disable"), "done\n") << "forced";
  EXPECT_EQ(console.run("announce nothing"), "") << "error: lines are acknowledgements too";
  EXPECT_EQ(console.run("peer list").back(), '\n') << "data lines are not";
  EXPECT_EQ(console.run("session ack enable"), "done\n");
}

TEST(Acknowledgement, SilenceAnswersNothing) {
  Console console(4);
  EXPECT_EQ(console.run("silence-ack"), "");
  EXPECT_EQ(console.run("version"), "exabgp 0.1.0\n");
  EXPECT_EQ(console.run("enable-ack"), "done\n");
}

TEST(Acknowledgement, JsonErrorsAreDataAndSurviveSilence) {
  Console console;
  EXPECT_EQ(console.run("session ack silence"), "");
  EXPECT_EQ(console.run("system api version 5"), "{ \"error\": \"API version must be 4 or 6\" }\n");
}

TEST(Tags, WhatBeginsWithANumberSignIsACommentUntilTagsAreAskedFor) {
  Console console;
  EXPECT_EQ(console.run("#17 session tags enable"), "done\n");
  EXPECT_EQ(console.run("#17 nonsense"), "done\n") << "still a comment";
  EXPECT_EQ(console.run("session tags enable"), "done\n");
  EXPECT_EQ(console.run("#17 nonsense"), "error #17\n");
  EXPECT_EQ(console.run("nonsense"), "error\n") << "only what has a tag is answered with one";
  EXPECT_EQ(console.run("# nonsense"), "done\n") << "a comment";
  EXPECT_EQ(console.run("#18 session tags disable"), "done #18\n");
  EXPECT_EQ(console.run("#17 nonsense"), "done\n");
}

TEST(Tags, AreAtTheEndOfTheAnswerAndDataLinesAreAsEver) {
  Console console(4);
  EXPECT_EQ(console.run("enable-tags"), "done\n");
  EXPECT_EQ(console.run("#a version"), "exabgp 0.1.0\ndone #a\n");
  EXPECT_EQ(console.run("  #b \t version json"), "{ \"version\": \"0.1.0\", \"application\": \"exabgp\" }\ndone #b\n");
  EXPECT_EQ(console.run("#c announce thing"), "error: unknown announce type: thing\nerror #c\n");
  EXPECT_EQ(console.run("#d api version 5"), "error: API version must be 4 or 6\nerror #d\n");
  EXPECT_EQ(console.run("#e name \"open"), "error #e\n");
  EXPECT_EQ(console.run("#f announce route \xff"), "error #f\n");
  EXPECT_EQ(console.run("#g"), "done #g\n") << "no command";
  EXPECT_EQ(console.run("#h # a comment"), "done #h\n");
  EXPECT_EQ(console.run("##i:1_.- version"), "exabgp 0.1.0\ndone ##i:1_.-\n");
  EXPECT_EQ(console.run("#j disable-tags"), "done #j\n");
}

TEST(Tags, EachCommandOfAGroupHasItsOwn) {
  Console console;
  console.client.tags = true;
  EXPECT_EQ(console.run("#1 group start"), "{ \"status\": \"group started\" }\ndone #1\n");
  EXPECT_EQ(console.run("#2 announce route 10.0.0.0/24 next-hop 1.2.3.4"), "done #2\n");
  EXPECT_EQ(console.run("announce route 10.0.1.0/24 next-hop 1.2.3.4"), "done\n");
  EXPECT_EQ(console.run("#3 group end"), "{ \"status\": \"group processed\", \"announced\": 2, \"withdrawn\": 0 }\ndone #3\n");
  EXPECT_THAT(console.run("#4 peer * group announce route 10.0.0.0/24 next-hop 1.2.3.4 ; withdraw route 10.0.0.0/24"),
              testing::EndsWith("}\ndone #4\n"));
}

TEST(Tags, TheAnswerOfASyncCommandHasThemWhenItComes) {
  Console console;
  console.client.tags = true;
  console.executor.fakes[0].written = false;
  EXPECT_EQ(console.run("#one peer * announce route 10.0.0.0/24 next-hop 1.2.3.4 sync"), "");
  console.executor.fakes[0].written = true;
  std::string out;
  EXPECT_TRUE(console.step(out));
  EXPECT_EQ(out, "done #one\n");
}

TEST(Tags, ACommandThatHasOneIsAlwaysAnsweredUnlessAnswersAreTurnedOff) {
  Console console;
  console.client.tags = true;
  EXPECT_THAT(console.run("#1 peer * routes add route 10.0.0.0/24 next-hop 1.2.3.4"), testing::EndsWith("}\ndone #1\n"));
  EXPECT_THAT(console.run("peer * routes add route 10.0.0.0/24 next-hop 1.2.3.4"), testing::EndsWith("}\n"));
  EXPECT_EQ(console.run("#2 debug hello"), "done #2\n");
  EXPECT_EQ(console.run("#3 session ack disable"), "done #3\n") << "the last one";
  EXPECT_EQ(console.run("#4 nonsense"), "");
  EXPECT_EQ(console.run("#5 session ack enable"), "done #5\n");
  EXPECT_EQ(console.run("#6 session ack silence"), "");
}

TEST(Tags, ThatNoAnswerCouldSayAreRefused) {
  Console console;
  console.client.tags = true;
  console.client.reasons = true;
  const std::string longest(64, 'x');
  EXPECT_EQ(console.run("#" + longest + " peer 9.9.9.9 teardown 4"), "error: no neighbor matches the selector\nerror #" + longest + "\n");
  const std::string refusal = "error: a tag has at most 64 characters, which are printable ASCII\nerror\n";
  for (const std::string& tag : {longest + "x", std::string("caf\xc3\xa9"), std::string("\x1b[2J"), std::string(1 << 20, 'x')}) {
    EXPECT_EQ(console.run("#" + tag + " announce route 10.0.0.0/24 next-hop 1.2.3.4"), refusal);
    EXPECT_THAT(console.executor.take_log(), IsEmpty()) << "nothing is carried out";
  }
}

TEST(Lines, CommentsAndEmptyLinesAreDoneAndDoNothing) {
  for (const std::string_view line : {"", "   ", "#", "# shutdown", "#shutdown", "  # it's", "\r"}) {
    Console console;
    EXPECT_EQ(console.run(line), "done\n") << line;
    EXPECT_THAT(console.executor.take_log(), IsEmpty());
  }
}

class Memory final : public base::LogSink {
 public:
  Memory() {
    base::set_log_sink(this);
    base::set_log_threshold(base::LogCategory::processes, base::LogLevel::warning);
  }
  ~Memory() override {
    base::set_log_threshold(base::LogCategory::processes, base::LogLevel::off);
    base::set_log_sink(nullptr);
  }
  void write(base::LogCategory, base::LogLevel level, std::string_view line) override {
    if (level == base::LogLevel::warning) text += line;
  }
  std::string text;
};

TEST(Lines, DebugIsLoggedAndNotAnswered) {
  Memory memory;
  Console console;
  EXPECT_EQ(console.run("debug hello \xff\x1b there"), "");
  EXPECT_EQ(memory.text, "api prog: hello \\xff\\x1b there");
}

TEST(Refusals, EveryBareErrorHasItsReasonInTheLog) {
  for (const auto& [line, reason] : std::vector<std::pair<std::string, std::string>>{
           {"nonsense", "unknown command 'nonsense' ('help' lists the commands)"},
           {"session ack", "the command is not complete (expected: disable, enable, silence)"},
           {"session ack maybe", "unknown word 'maybe' (expected: disable, enable, silence)"},
           {"neighbor 127.0.0.1 version", "this command takes no selector"},
           {"announce", "the command is not complete (expected: attributes, bgp-ls, eor, flow, ipv4, ipv6, l2vpn, operational, route, route-refresh, vpls, watchdog)"},
           {"peer 127.0.0.1 announce", "the command is not complete (expected: attributes, "},
           {"neighbor 127.0.0.1 withdraw", "the command is not complete (expected: attributes, "},
           {"announce route \xff", "the line is not UTF-8"},
           {"name \"open", "a quote is opened and never closed"},
           {"shutdown now", "'now' means nothing behind 'daemon shutdown'"},
           {"peer 9.9.9.9 teardown 4", "no neighbor matches the selector"},
           {"peer 127.0.0.1 router-id x teardown 4", "'x' is no value of 'router-id'"},
           {"peer absentone announce eor", "unknown word 'absentone' (expected: "},
           {"teardown", "a subcode is expected: 0 to 255"},
           {"announce eor ipv4", "a family is expected: <afi> <safi>"},
           {"announce eor ipv4 nonsense", "unknown family 'ipv4 nonsense'"},
           {"announce ipv4 unicast nonsense", "'nonsense'"},
           {"rib flush out 9.9.9.9", "no neighbor matches the selector"},
           {"show adj-rib out nonsense", "'nonsense' means nothing behind 'rib show out' (expected: "},
           {"announce route 10.0.0.1/24 next-hop 1.1.1.1", "10.0.0.1/24"}}) {
    Memory memory;
    Console console;
    console.run(line);
    EXPECT_THAT(memory.text, testing::StartsWith("api prog: '")) << line;
    EXPECT_THAT(memory.text, HasSubstr("' refused: ")) << line;
    EXPECT_THAT(memory.text, HasSubstr(reason)) << line;
  }
}

TEST(Refusals, AClientThatAsksForReasonsIsAnsweredWithThem) {
  for (const std::string_view enable : {"session reasons enable", "enable-reasons"}) {
    Console console;
    EXPECT_EQ(console.run("nonsense"), "error\n") << "nobody else sees another octet";
    EXPECT_EQ(console.run(enable), "done\n");
    EXPECT_EQ(console.run("nonsense"), "error: unknown command 'nonsense' ('help' lists the commands)\nerror\n");
    EXPECT_EQ(console.run("announce thing"), "error: unknown announce type: thing\nerror\n") << "once";
    EXPECT_THAT(console.run("announce route 10.0.0.1/24 next-hop 1.1.1.1"), testing::Not(HasSubstr("Could not parse"))) << "the reason itself";
    EXPECT_EQ(console.run("version json"), "{ \"version\": \"0.1.0\", \"application\": \"exabgp\" }\ndone\n");
    EXPECT_EQ(console.run("disable-ack"), "done\n");
    EXPECT_EQ(console.run("nonsense"), "");
    EXPECT_EQ(console.run("enable-ack"), "done\n");
    EXPECT_EQ(console.run("session reasons disable"), "done\n");
    EXPECT_EQ(console.run("nonsense"), "error\n");
  }
}

TEST(Refusals, ALongLineIsNotLoggedWhole) {
  Memory memory;
  Console console;
  console.run("nonsense " + std::string(100000, 'x'));
  EXPECT_LT(memory.text.size(), 500U);
}

TEST(Lines, NotUtf8IsAnErrorAndNothingElse) {
  Console console;
  EXPECT_EQ(console.run("announce route \xff next-hop 1.1.1.1"), "error\n");
  EXPECT_EQ(console.run("# \xff"), "error\n");
  EXPECT_EQ(console.run("session bye caf\xc3\xa9"), "done\n");
}

TEST(Lines, UnknownOrIncompleteIsTheBareWord) {
  for (const std::string_view line :
       {"announce", "withdraw", "peer", "neighbor", "neighbor 127.0.0.1", "peer 127.0.0.1", "daemon", "session ack", "rib show",
        "show adj-rib", "flush adj-rib", "crash", "system crash", "SHUTDOWN", "shutdownx", "[", ",", "peer absentone announce eor",
        "neighbor 127.0.0.1 version", "neighbor", "rib", "api", "show", "name \"open"}) {
    for (const unsigned version : {4U, 6U}) {
      Console console(version);
      EXPECT_EQ(console.run(line), "error\n") << line;
      EXPECT_THAT(console.executor.take_log(), IsEmpty()) << line;
    }
  }
}

TEST(Grammar, EveryRowIsFoundByItsWordsInBothGrammars) {
  Tokenizer tokenizer;
  for (const Command& command : command_table()) {
    ASSERT_TRUE(tokenizer.tokenize(command.v6.text));
    EXPECT_EQ(find_command({}, tokenizer.tokens()).command, &command) << command.v6.text << " is hidden by a row before it";
    if (command.v6.word[0] == "peer") {
      EXPECT_EQ(find_command("peer", tokenizer.tokens().subspan(1)).command, &command) << command.v6.text;
    }
    if (command.v4.count == 0) continue;
    ASSERT_TRUE(tokenizer.tokenize(command.v4.text));
    EXPECT_EQ(find_command({}, tokenizer.tokens()).command, &command) << command.v4.text;
    EXPECT_EQ(find_command("neighbor", tokenizer.tokens()).command, &command) << command.v4.text;
  }
}

TEST(Grammar, BothGrammarsOfEveryCommandAreAnsweredTheSameWayByOneVersion) {
  for (const unsigned version : {4U, 6U}) {
    for (const Command& command : command_table()) {
      if (command.v4.count == 0) continue;
      Console target_first(version), action_first(version);
      EXPECT_EQ(target_first.run(command.v6.text), action_first.run(command.v4.text)) << command.v6.text;
      EXPECT_EQ(target_first.executor.take_log(), action_first.executor.take_log()) << command.v6.text;
    }
  }
}

TEST(Grammar, AVersionFourClientIsAnsweredInTextWhateverItSays) {
  Console four(4);
  EXPECT_EQ(four.run("system version"), "exabgp 0.1.0\ndone\n");
  EXPECT_EQ(four.run("version json"), "{ \"version\": \"0.1.0\", \"application\": \"exabgp\" }\ndone\n");
  Console six(6);
  EXPECT_EQ(six.run("version"), "{ \"version\": \"0.1.0\", \"application\": \"exabgp\" }\ndone\n");
}

TEST(Grammar, SurplusWordsBehindACommandAreAnError) {
  for (const unsigned version : {4U, 6U}) {
    for (const std::string_view line :
         {"shutdown now", "restart foo bar", "daemon reload please", "session ping a b c", "bye a b", "version 4", "help me", "api version 4 6",
          "peer list 127.0.0.1", "reset all", "enable-ack x", "announce watchdog a b", "announce eor ipv4 unicast now",
          "announce route-refresh ipv4 unicast x", "teardown 4 5", "flush adj-rib out 127.0.0.1 127.0.0.2", "clear adj-rib in 127.0.0.1 x",
          "clear adj-rib out x", "show neighbor summary extensive", "show neighbor thing", "show neighbor summary 127.0.0.1 127.0.0.2",
          "show adj-rib out thing", "show adj-rib in 127.0.0.1 127.0.0.2", "engine sync async", "queue-status x", "status ; ;", "shutdown json json json"}) {
      Console console(version);
      console.executor.add(test::make_peer("127.0.0.2"));
      EXPECT_EQ(console.run(line), "error\n") << line;
      EXPECT_THAT(console.executor.take_log(), IsEmpty()) << line;
    }
  }
}

TEST(Grammar, TwoTrailingWordsAndATerminatorAreNotSurplus) {
  for (const std::string_view line : {"shutdown json", "shutdown text sync", "shutdown async json", "shutdown;", "shutdown json ;", "shutdown ; json"}) {
    Console console(4);
    EXPECT_THAT(console.run(line), testing::EndsWith("done\n")) << line;
    EXPECT_THAT(console.executor.take_log(), ElementsAre("request 0 of prog")) << line;
  }
}

class Selection : public testing::Test {
 protected:
  Selection() {
    console.executor.add(test::make_peer("127.0.0.2", 65001, 65002));
    console.executor.add(test::make_peer("127.0.0.3", 65001, 65003));
  }
  Console console{4};
};

TEST_F(Selection, NoSelectorMeansAllPeers) {
  EXPECT_EQ(console.run("flush adj-rib out"), "done\n");
  EXPECT_THAT(console.executor.take_log(), ElementsAre("flush 0", "flush 1", "flush 2"));
  EXPECT_EQ(console.run("peer teardown 4"), "done\n");
  EXPECT_THAT(console.executor.take_log(), ElementsAre("teardown 0 4", "teardown 1 4", "teardown 2 4"));
}

TEST_F(Selection, OneThatMatchesNothingIsAnErrorAndNeverEverybody) {
  for (const std::string_view line :
       {"neighbor 9.9.9.9 announce route 10.0.0.0/24 next-hop 1.1.1.1", "peer 9.9.9.9 announce route 10.0.0.0/24 next-hop 1.1.1.1",
        "peer 9.9.9.9 teardown 4", "neighbor 127.0.0.1 peer-as 9 clear adj-rib out", "rib flush out 9.9.9.9",
        "clear adj-rib in 9.9.9.9", "peer 9.9.9.9 show summary", "neighbor 9.9.9.9 show adj-rib out",
        "show adj-rib out 9.9.9.9", "show adj-rib in 9.9.9.9 extensive json", "rib show out 9.9.9.9", "neighbor 127.0.0.1 show adj-rib out 127.0.0.2",
        "show neighbor summary 9.9.9.9", "show neighbor 9.9.9.9 extensive", "peer show 9.9.9.9", "show neighbor 9.9.9.9 json",
        "peer 9.9.9.9 routes list", "peer 9.9.9.9 routes add route 10.0.0.0/24 next-hop 1.1.1.1", "peer 9.9.9.9 enable",
        "peer 9.9.9.9 announce watchdog w", "peer 9.9.9.9 announce operational rpcq afi ipv4 safi unicast sequence 1",
        "peer 9.9.9.9 announce route-refresh ipv4 unicast", "peer 9.9.9.9 group announce route 10.0.0.0/24 next-hop 1.1.1.1",
        "neighbor absentone local-as 1 withdraw watchdog w", "neighbor * peer-as 9 announce eor", "peer * peer-as 9 announce eor",
        "neighbor * peer-as nine announce eor", "neighbor 127.0.0.1 peer-ass 65001 announce eor",
        "neighbor 127.0.0.1 neighbor * peer-as 65003 announce eor", "peer [9.9.9.9, 8.8.8.8] announce eor"}) {
    EXPECT_EQ(console.run(line), "error\n") << line;
    EXPECT_THAT(console.executor.take_log(), IsEmpty()) << line;
  }
}

TEST_F(Selection, SelectsBeforeAndBehindTheCommand) {
  for (const std::string_view line : {"neighbor 127.0.0.2 flush adj-rib out", "rib flush out 127.0.0.2",
                                      "neighbor 127.0.0.2 peer-as 65002 flush adj-rib out", "flush adj-rib out 127.0.0.2"}) {
    EXPECT_EQ(console.run(line), "done\n") << line;
    EXPECT_THAT(console.executor.take_log(), ElementsAre("flush 1")) << line;
  }
  for (const std::string_view line : {"neighbor * peer-as 65003 announce route 10.0.0.0/24 next-hop 1.1.1.1",
                                      "peer * peer-as 65003 announce route 10.0.0.0/24 next-hop 1.1.1.1"}) {
    EXPECT_EQ(console.run(line), "done\n") << line;
    EXPECT_THAT(console.executor.take_log(), ElementsAre(testing::StartsWith("announce 2 10.0.0.0/24"))) << line;
  }
  EXPECT_EQ(console.run("neighbor 127.0.0.1, neighbor 127.0.0.2 neighbor * announce watchdog w"), "done\n");
  EXPECT_THAT(console.executor.take_log(), ElementsAre("announce watchdog 0 w", "announce watchdog 1 w"));
  for (const std::string_view line : {"neighbor 127.0.0.1, neighbor 127.0.0.3 teardown 4", "peer [127.0.0.1, 127.0.0.3] teardown 4",
                                      "peer 127.0.0.1, peer 127.0.0.3 teardown 4"}) {
    EXPECT_EQ(console.run(line), "done\n") << line;
    EXPECT_THAT(console.executor.take_log(), ElementsAre("teardown 0 4", "teardown 2 4")) << line;
  }
}

TEST_F(Selection, AClientActsOnItsOwnPeersOnlyAndSeesAll) {
  console.executor.forbid(0);
  EXPECT_EQ(console.run("neighbor 127.0.0.1 clear adj-rib out"), "error\n");
  EXPECT_EQ(console.run("clear adj-rib out"), "done\n");
  EXPECT_THAT(console.executor.take_log(), ElementsAre("clear out 1", "clear out 2"));
  EXPECT_THAT(console.run("show neighbor summary"), HasSubstr("127.0.0.1 "));
  console.executor.forbid_all();
  for (const std::string_view line : {"announce route 10.0.0.0/24 next-hop 1.1.1.1", "withdraw route 10.0.0.0/24", "announce eor",
                                      "announce watchdog x", "teardown 4", "flush adj-rib out", "clear adj-rib in"}) {
    EXPECT_EQ(console.run(line), "error\n") << line;
    EXPECT_THAT(console.executor.take_log(), IsEmpty()) << line;
  }
}

TEST(Sync, WaitsUntilTheSocketHasIt) {
  Console console(4);
  console.executor.fakes[0].written = false;
  EXPECT_EQ(console.run("announce route 10.0.0.0/24 next-hop 1.1.1.1 sync"), "");
  ASSERT_TRUE(console.job);
  std::string out;
  EXPECT_FALSE(console.step(out));
  console.executor.fakes[0].written = true;
  EXPECT_TRUE(console.step(out));
  EXPECT_EQ(out, "done\n");
}

TEST(Sync, DoesNotWaitWhenNothingIsQueued) {
  Console console(4);
  EXPECT_EQ(console.run("enable-sync"), "done\n");
  EXPECT_EQ(console.run("announce route 10.0.0.0/24 next-hop 1.1.1.1"), "done\n");
  EXPECT_FALSE(console.job);
}

TEST(Sync, TrailingWordsGoBeforeTheSetting) {
  Console console(4);
  console.executor.fakes[0].written = false;
  EXPECT_EQ(console.run("session sync enable"), "done\n");
  EXPECT_EQ(console.run("announce route 10.0.0.0/24 next-hop 1.1.1.1 json async"), "done\n");
  EXPECT_EQ(console.run("withdraw route 10.0.0.0/24"), "");
  EXPECT_TRUE(console.job);
  console.job.reset();
  EXPECT_EQ(console.run("disable-sync"), "done\n");
  EXPECT_EQ(console.run("withdraw route 10.0.0.0/24"), "done\n");
}

TEST(Sync, APeerThatIsGoneIsNotWaitedFor) {
  Console console(4);
  console.executor.fakes[0].written = false;
  EXPECT_EQ(console.run("announce route 10.0.0.0/24 next-hop 1.1.1.1 sync"), "");
  console.executor.fakes[0].key = "neighbor 127.0.0.9 local-ip auto";  // its number means another peer now
  std::string out;
  EXPECT_TRUE(console.step(out));
  EXPECT_EQ(out, "done\n");
  EXPECT_EQ(console.run("announce route 10.0.0.0/24 next-hop 1.1.1.1 sync"), "");
  console.executor.remove(0);
  out.clear();
  EXPECT_TRUE(console.step(out));
  EXPECT_EQ(out, "done\n");
}

// One terminator, at the end, and nothing that looks like one before it.
void expect_one_terminator(const std::string& out, std::string_view line) {
  ASSERT_FALSE(out.empty()) << line;
  ASSERT_EQ(out.back(), '\n') << line;
  int terminators = 0;
  std::size_t begin = 0;
  std::string last;
  while (begin < out.size()) {
    const std::size_t end = out.find('\n', begin);
    last = out.substr(begin, end - begin);
    last = last.substr(0, last.find(" #"));  // the tag of the command
    if (last == "done" || last == "error") ++terminators;
    begin = end + 1;
  }
  EXPECT_EQ(terminators, 1) << line << "\n" << out;
  EXPECT_TRUE(last == "done" || last == "error") << line << "\n" << out;
}

TEST(Garbage, RandomWordsGetExactlyOneTerminator) {
  std::vector<std::string> vocabulary{"peer", "neighbor", "*", "[", "]", ",", "127.0.0.1", "local-as", "65001", "10.0.0.0/24",
                                      "next-hop", "self", "med", "json", "text", "sync", "async", "extensive", "summary", "{", "}",
                                      ";", "(", ")", "4", "6", "255", "256", "\"", "'", "nlri", "unicast", "multicast", "split", "/25",
                                      "community", "as-path", "\xff", "\xc3\xa9", "#", "", "::1", "2001:db8::/32", "withdraw", "watchdog"};
  for (const Command& command : command_table()) {
    for (const Words& words : {command.v6, command.v4}) {
      for (std::size_t i = 0; i < words.count; ++i) {
        // Those that change what an answer is have tests of their own.
        if (words.word[i] != "ack" && words.text.find("-ack") == std::string_view::npos) vocabulary.emplace_back(words.word[i]);
      }
    }
  }
  base::Random random(20261122);
  Console consoles[2] = {Console(4), Console(6)};
  for (int i = 0; i < 60000; ++i) {
    std::string line;
    for (std::uint64_t n = random.below(12); n > 0; --n) {
      line += vocabulary[random.below(vocabulary.size())];
      if (random.below(8) != 0) line += ' ';
    }
    if (line.starts_with("debug ")) continue;
    Console& console = consoles[i % 2];
    console.client.reasons = line.find("routes") != std::string::npos;  // whose answer has no terminator otherwise
    std::string out = console.run(line);
    if (console.job) continue;
    expect_one_terminator(out, line);
  }
}

TEST(Garbage, RandomOctetsGetExactlyOneTerminator) {
  base::Random random(7);
  Console console;
  for (int i = 0; i < 20000; ++i) {
    std::string line;
    for (std::uint64_t n = random.below(60); n > 0; --n) {
      const char c = static_cast<char>(random.below(256));
      line += c == '\n' ? ' ' : c;
    }
    expect_one_terminator(console.run(line), line);
  }
}

TEST(Garbage, AVeryLongLineIsOnlyALine) {
  Console console;
  EXPECT_EQ(console.run(std::string(1 << 20, ',')), "error\n");
  EXPECT_EQ(console.run("announce route " + std::string(1 << 20, '[')).substr(0, 6), "error:");
  std::string nested = "peer [";
  for (int i = 0; i < 100000; ++i) nested += "1.1.1.1,";
  EXPECT_EQ(console.run(nested), "error\n");
}

TEST(Help, ListsTheCommandsSorted) {
  const auto commands = Dispatcher::commands();
  EXPECT_TRUE(std::is_sorted(commands.begin(), commands.end(), [](const auto& a, const auto& b) { return a.words < b.words; }));
  for (const auto& command : commands) EXPECT_FALSE(command.meaning.empty()) << command.words;
}

}  // namespace
}  // namespace tandem::api
