// What `engine trial` understands, what it says when it does not, and how a trial is shown.
#include "common/api/trial.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/api/test_support.hpp"

namespace tandem::api {
namespace {

using test::Console;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::vector<std::string> k_engines = {"sync", "async"};

base::Result<TrialPlan> plan(std::string_view text) {
  Tokenizer line;
  EXPECT_TRUE(line.tokenize(text));
  return parse_trial(line.tokens(), k_engines);
}

double limit_of(std::string_view text) {
  const auto read = plan("async for 60s unless " + std::string(text));
  if (!read || read->limits.size() != 1) ADD_FAILURE() << text << ": " << (read ? "" : read.error().reason());
  return read && !read->limits.empty() ? read->limits[0].limit : -1;
}

TEST(TrialPlan, EveryConditionMayBeAskedForAtOnce) {
  const auto all = plan(
      "async for 60s unless lag 100ms unless sessions lost unless turn 50 ms unless hold margin below 0.3 unless queue growth 1M "
      "unless cpu factor 2 then keep");
  ASSERT_TRUE(all) << all.error().reason();
  EXPECT_EQ(all->engine, "async");
  EXPECT_EQ(all->time, std::chrono::seconds(60));
  EXPECT_TRUE(all->keep);
  EXPECT_EQ(all->limits.size(), trial_conditions().size());
}

TEST(TrialPlan, GoesBackUnlessItIsToKeep) {
  EXPECT_FALSE(plan("async for 5m")->keep);
  EXPECT_FALSE(plan("async for 5m then back")->keep);
  EXPECT_EQ(plan("then keep").has_value(), false);
}

TEST(TrialPlan, TimesSharesOctetsAndFactorsHaveTheirUnits) {
  EXPECT_EQ(plan("async for 1.5 m")->time, std::chrono::seconds(90));
  EXPECT_EQ(plan("async for 24h")->time, std::chrono::hours(24));
  EXPECT_DOUBLE_EQ(limit_of("lag 100ms"), 0.1);
  EXPECT_DOUBLE_EQ(limit_of("turn 2s"), 2);
  EXPECT_DOUBLE_EQ(limit_of("hold margin below 30%"), 0.3);
  EXPECT_DOUBLE_EQ(limit_of("hold margin below 0.5"), 0.5);
  EXPECT_DOUBLE_EQ(limit_of("queue growth 64K"), 65536);
  EXPECT_DOUBLE_EQ(limit_of("queue growth 0"), 0);
  EXPECT_DOUBLE_EQ(limit_of("cpu factor 1.5"), 1.5);
  EXPECT_DOUBLE_EQ(limit_of("sessions lost"), 0);
}

TEST(TrialPlan, AnErrorSaysWhatIsWrongAndWhatWouldBeRight) {
  const std::pair<std::string_view, std::string_view> k_wrong[] = {
      {"", "which engine is missing (sync, async)"},
      {"uring for 60s", "unknown engine 'uring' (sync, async)"},
      {"async", "how long is missing: engine trial <name> for 60s"},
      {"async 60s", "unknown word '60s' (expected: for, unless, then)"},
      {"async for", "for '': a time is expected, like 60s or 5m"},
      {"async for 60", "for '60': a time is expected, like 60s or 5m"},
      {"async for -5s", "for '-5s': a time is expected, like 60s or 5m"},
      {"async for 0.5s", "for 0.5s: a trial takes from 1 second to 24 hours"},
      {"async for 25h", "for 25h: a trial takes from 1 second to 24 hours"},
      {"async for 60s for 60s", "'for' stands there twice"},
      {"async for 60s unless", "unless '': a condition is expected, one of: lag, turn, sessions lost, hold margin below, queue growth, cpu factor"},
      {"async for 60s unless sessions", "unless 'sessions': a condition is expected, one of: lag, turn, sessions lost, hold margin below, queue growth, cpu factor"},
      {"async for 60s unless lag", "unless lag '': the limit is to be a time like 100ms"},
      {"async for 60s unless lag 0ms", "unless lag '0ms': the limit is to be a time like 100ms"},
      {"async for 60s unless lag 1ms unless lag 2ms", "'unless lag' stands there twice"},
      {"async for 60s unless hold margin below 130%", "unless hold margin below '130%': the limit is to be a share like 0.3 or 30%"},
      {"async for 60s unless queue growth 1T", "unless queue growth '1T': the limit is to be octets, like 4096 or 1M"},
      {"async for 60s unless cpu factor x", "unless cpu factor 'x': the limit is to be a number like 2 or 1.5"},
      {"async for 60s then", "then '': expected is keep or back"},
      {"async for 60s then stay", "then 'stay': expected is keep or back"},
  };
  for (const auto& [text, reason] : k_wrong) {
    const auto read = plan(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().reason(), reason) << text;
  }
}

TEST(TrialPlan, NoNumberIsTakenForOneThatItIsNot) {
  for (const std::string_view text : {"nans", "infs", "1e9s", "0x5s", "1..5s", ".s", "+5s", "99999999999999999999s"}) {
    EXPECT_FALSE(plan("async for " + std::string(text))) << text;
  }
}

TEST(TrialLimit, IsExceededByMoreAndBelowOneByLess) {
  const auto read = plan("async for 60s unless lag 100ms unless sessions lost unless hold margin below 0.3 unless cpu factor 2");
  ASSERT_TRUE(read);
  const auto met = [&read](const Measurement& before, const Measurement& during) {
    std::vector<std::string> words;
    for (const TrialLimit& limit : read->limits) {
      if (limit.exceeded(before, during)) words.emplace_back(limit.condition->words);
    }
    return words;
  };
  Measurement before;
  before.seconds = 60;
  before.processor_s = 6;  // a tenth
  Measurement during;
  during.seconds = 10;
  during.processor_s = 2;
  during.lag_longest = 0.1;
  during.hold_margin = 0.3;
  EXPECT_THAT(met(before, during), IsEmpty());
  during.hold_margin.reset();
  EXPECT_THAT(met(before, during), IsEmpty()) << "nobody was heard";
  during.processor_s = 2.1;
  during.lag_longest = 0.101;
  during.hold_margin = 0.29;
  during.sessions_lost = 1;
  EXPECT_THAT(met(before, during), ElementsAre("lag", "sessions lost", "hold margin below", "cpu factor"));
  during = {};
  during.seconds = 10;
  during.processor_s = 0.15;
  before.processor_s = 0;
  EXPECT_THAT(met(before, during), IsEmpty()) << "1.5 % is not much more than idle";
  during.processor_s = 0.25;
  EXPECT_THAT(met(before, during), ElementsAre("cpu factor"));
  during.seconds = 4;
  EXPECT_THAT(met(before, during), IsEmpty()) << "four seconds say nothing yet";
}

TEST(TrialCommand, BeginsAndIsAnsweredAtItsEndWithWhatWasMeasured) {
  Console console;
  EXPECT_EQ(console.run("engine trial async for 60s unless lag 100ms then keep"), "");
  EXPECT_THAT(console.executor.take_log(), ElementsAre("trial async for 60 s, 1 limits, keep"));
  EXPECT_EQ(console.next(), "") << "it is being switched";
  TrialStatus& now = *console.executor.trials;
  now.state = TrialStatus::State::watching;
  EXPECT_THAT(console.next(), HasSubstr("\"state\": \"watching\"")) << "who waits is told";
  now.elapsed_s = 2;
  EXPECT_EQ(console.next(), "");
  now.elapsed_s = 3;
  EXPECT_THAT(console.next(), HasSubstr("\"elapsed\": 3"));
  now.state = TrialStatus::State::over;
  now.result = TrialStatus::Result::kept;
  now.before.lag_99 = 0.25;
  const std::string last = console.next();
  EXPECT_THAT(last, HasSubstr("\"result\": \"kept\""));
  EXPECT_THAT(last, testing::EndsWith("done\n"));
  EXPECT_EQ(boost::json::parse(last.substr(0, last.find('\n'))).at("before").at("lag_99"), 0.25);
}

TEST(TrialCommand, OneThatWasRolledBackIsAnError) {
  Console console(4);
  EXPECT_EQ(console.run("engine trial async for 60s unless sessions lost"), "");
  TrialStatus& status = *console.executor.trials;
  status.from = "sync";
  status.state = TrialStatus::State::over;
  status.result = TrialStatus::Result::rolled_back;
  status.reason = "sessions lost: 1";
  status.during.sessions_lost = 1;
  status.during.lost.push_back({"neighbor 10.0.0.1", "NOTIFICATION sent (4,0)", 0});
  const std::string out = console.next();
  EXPECT_THAT(out, HasSubstr("trial of async instead of sync: rolled back, 0.0 s of 60 s (sessions lost: 1)\n"));
  EXPECT_THAT(out, HasSubstr("  lost: neighbor 10.0.0.1: NOTIFICATION sent (4,0)\n"));
  EXPECT_THAT(out, HasSubstr("  unless sessions lost: 1\n"));
  EXPECT_THAT(out, testing::EndsWith("error: sessions lost: 1\nerror\n"));
}

TEST(TrialCommand, StatusAndStopNeedOne) {
  Console console(4);
  EXPECT_EQ(console.run("engine trial status"), "error: there was no trial: engine trial <name> for 60s\nerror\n");
  EXPECT_EQ(console.run("engine trial stop"), "error: no trial is under way\nerror\n");
  console.executor.trial_refusal = "engine sync runs already: a trial is of another one";
  EXPECT_EQ(console.run("engine trial sync for 60s"), "error: engine sync runs already: a trial is of another one\nerror\n");
  console.executor.trial_refusal.reset();
  console.executor.trials.emplace();
  console.executor.take_log();
  EXPECT_EQ(console.run("engine trial stop"), "");
  EXPECT_THAT(console.executor.take_log(), ElementsAre("trial stop"));
  console.executor.trials->state = TrialStatus::State::over;
  EXPECT_THAT(console.next(), testing::EndsWith("done\n"));
  EXPECT_THAT(console.run("daemon engine trial status json"), HasSubstr("\"state\": \"over\""));
}

}  // namespace
}  // namespace tandem::api
