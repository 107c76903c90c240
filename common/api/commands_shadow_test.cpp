// What `engine shadow` understands, what it says when it does not, and how it shows how things stand.
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/api/measurement.hpp"
#include "common/api/test_support.hpp"

namespace tandem::api {
namespace {

using test::Console;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

base::ShadowFacts running() {
  base::ShadowFacts facts;
  facts.on = true;
  facts.engine = "async";
  facts.leader = "sync";
  facts.since = base::WallTime(std::chrono::seconds(1795343803));
  facts.given = 5000;
  facts.waiting = 70;
  facts.said.verdict = "identical";
  facts.said.sessions = 2;
  facts.said.messages = 9;
  facts.said.octets = 700;
  facts.said.lines = 4;
  facts.said.behind_ns = 1'250'000'000;
  return facts;
}

TEST(ShadowStart, IsAnsweredWhenItHasBegunOrWithTheReasonWhyNot) {
  for (const unsigned version : {4U, 6U}) {
    Console console(version);
    console.run(version == 4 ? "enable-reasons" : "session reasons enable");
    console.executor.take_log();
    console.executor.shadow_begun.reset();
    EXPECT_EQ(console.run("engine shadow async"), "");
    EXPECT_THAT(console.executor.take_log(), ElementsAre("shadow async"));
    EXPECT_EQ(console.next(), "") << "a configuration is being read";
    console.executor.shadow_begun = base::Result<void>();
    EXPECT_EQ(console.next(), "done\n");
    console.executor.shadow_begun = base::Result<void>(base::Error("engine sync leads"));
    EXPECT_EQ(console.run("daemon engine shadow sync"), version == 4 ? console.run("daemon engine shadow sync") : "error: engine sync leads\nerror\n");
  }
}

TEST(ShadowStart, AnErrorSaysWhatIsWrongAndWhatWouldBeRight) {
  Console console;
  console.run("session reasons enable");
  EXPECT_THAT(console.run("engine shadow"), HasSubstr("error: which engine is missing: engine shadow <name>\n"));
  EXPECT_THAT(console.run("engine shadow two"), HasSubstr("error: unknown engine 'two' ("));
  EXPECT_THAT(console.executor.take_log(), IsEmpty());
}

TEST(ShadowStop, NeedsOneThatIsThere) {
  Console console;
  console.run("session reasons enable");
  EXPECT_EQ(console.run("engine shadow stop"), "error: there is no shadow\nerror\n");
  EXPECT_THAT(console.executor.take_log(), IsEmpty());
  console.executor.beside = running();
  EXPECT_EQ(console.run("engine shadow stop"), "done\n");
  EXPECT_THAT(console.executor.take_log(), ElementsAre("shadow stop"));
  console.executor.beside.on = false;
  console.executor.beside.finishing = true;
  EXPECT_EQ(console.run("engine shadow stop"), "done\n") << "at once";
}

TEST(ShadowStatus, SaysSinceWhenWhatWasComparedAndHowItStands) {
  Console console(4);
  EXPECT_EQ(console.run("engine shadow status"), "there is no shadow\ndone\n");
  console.executor.beside = running();
  EXPECT_EQ(console.run("engine shadow status"),
            "shadow async of sync since 2026-11-22T10:36:43Z: identical\n"
            "compared: 700 octets in 9 messages of 2 sessions, 4 lines of programs and clients\n"
            "behind: 1.2 s, 5000 octets of records given, 70 wait\n"
            "done\n");
  console.executor.beside.said.verdict.clear();
  EXPECT_THAT(console.run("engine shadow status"), HasSubstr("it has not said anything yet"));
}

TEST(ShadowStatus, ShowsTheFirstDifferenceAndWhenAndWhyItHasEnded) {
  Console console(4);
  console.executor.beside = running();
  console.executor.beside.on = false;
  console.executor.beside.ended = "it differs, in neighbor 127.0.0.1 (out), connection 1";
  console.executor.beside.said.verdict = "different";
  console.executor.beside.said.session = "neighbor 127.0.0.1 (out), connection 1";
  console.executor.beside.said.difference = "neighbor 127.0.0.1 (out), connection 1, message 2:\n  recorded  this\n  replayed  that\n";
  console.executor.beside.said.differs_at = base::WallTime(std::chrono::seconds(1795343804));
  EXPECT_THAT(console.run("engine shadow status"),
              AllOf(HasSubstr("has ended (it differs, in neighbor 127.0.0.1 (out), connection 1): different\n"), HasSubstr("first difference, of 2026-11-22T10:36:44Z:\n"),
                    HasSubstr("  recorded  this\n  replayed  that\n")));
}

TEST(ShadowStatus, HasBothEnginesSideBySide) {
  Console console(4);
  console.executor.beside = running();
  console.executor.measured.lag_50 = 0.001;
  Measurement shadow;
  shadow.seconds = 10;
  shadow.lag_50 = 0.002;
  shadow.wake_ups = 20;
  shadow.memory = 1024;
  console.executor.beside.said.measured = shadow.numbers();
  EXPECT_THAT(console.run("engine shadow status"), AllOf(HasSubstr("sync        async\n"), HasSubstr("loop lag, 50 %           1.0 ms       2.0 ms\n"), HasSubstr("2.0 /s\n"),
                                                         HasSubstr("1.0 KiB\n")));
  console.executor.beside.on = false;
  EXPECT_THAT(console.run("engine shadow status"), Not(HasSubstr("loop lag")));
}

TEST(ShadowStatus, HasTheSameInJson) {
  Console console;
  const auto shown = [&console] {
    const std::string out = console.run("engine shadow status");
    return boost::json::parse(out.substr(0, out.find('\n')));
  };
  EXPECT_EQ(shown(), (boost::json::value{{"shadow", false}}));
  console.executor.beside = running();
  boost::json::value json = shown();
  EXPECT_EQ(json.at("engine"), "async");
  EXPECT_EQ(json.at("leader"), "sync");
  EXPECT_EQ(json.at("verdict"), "identical");
  EXPECT_EQ(json.at("octets"), 700);
  EXPECT_EQ(json.at("lines"), 4);
  EXPECT_EQ(json.at("behind"), 1.25);
  EXPECT_FALSE(json.as_object().contains("difference"));
  console.executor.beside.said.measured = Measurement().numbers();
  console.executor.beside.said.difference = "this\n";
  console.executor.beside.said.session = "neighbor 127.0.0.1 (out), connection 1";
  json = shown();
  EXPECT_TRUE(json.at("measured").at("shadow").as_object().contains("lag_99"));
  EXPECT_TRUE(json.at("measured").at("leader").as_object().contains("lag_99"));
  EXPECT_EQ(json.at("difference").at("session"), "neighbor 127.0.0.1 (out), connection 1");
  EXPECT_TRUE(json.at("difference").at("time").is_null());
}

// They come from another process.
TEST(MeasurementNumbers, AreReadAgainWhateverTheyAre) {
  Measurement measurement;
  measurement.lag_99 = 0.5;
  measurement.wake_ups = 7;
  measurement.queue_growth = -3;
  measurement.hold_margin = 0.25;
  measurement.sessions_lost = 2;
  const Measurement again = Measurement::of(measurement.numbers());
  EXPECT_EQ(again.numbers(), measurement.numbers());
  EXPECT_EQ(again.hold_margin, 0.25);
  EXPECT_EQ(again.queue_growth, -3);
  EXPECT_EQ(Measurement::of({}).hold_margin, std::nullopt);
  EXPECT_EQ(Measurement::of(Measurement().numbers()).hold_margin, std::nullopt);
  const std::vector<double> nonsense(40, -1e300);
  EXPECT_EQ(Measurement::of(nonsense).wake_ups, 0U);
}

}  // namespace
}  // namespace tandem::api
