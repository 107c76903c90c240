// The timeline of a loop: what was told to it stands in the file, slice by slice, in a form that viewers of Chrome trace events read.
#include "tandem/trace/timeline.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>

#include "common/process/temporary_folder.hpp"

namespace tandem::trace {
namespace {

namespace json = boost::json;
using speaker::RoundStep;
using speaker::WakeCause;
using Slices = std::vector<std::string>;

base::TimePoint the_time{};
// Every look at the clock takes a microsecond, or what a test says.
std::chrono::nanoseconds the_tick{};
base::TimePoint ticking() { return the_time += the_tick; }
// How often anybody has looked at it, beside what the processor counts: nothing, or what a test says.
std::size_t the_looks{};
std::uint64_t the_ticks{};
base::TimePoint looking() {
  ++the_looks;
  return ticking();
}
std::uint64_t ticks() { return the_ticks; }
constexpr base::TimePoint k_round{};  // time stands still in it

std::string read(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Told {
 public:
  explicit Told(TraceOptions options = {}) {
    the_time = {};
    the_tick = std::chrono::microseconds(1);
    the_ticks = 0;
    options.path = path();
    auto opened = TraceFile::open(options);
    EXPECT_TRUE(opened);
    file_ = std::move(*opened);
    timeline_.emplace(*file_, Timeline::Time{looking, ticks});
    timeline_->engine("sync");
  }
  Timeline& timeline() { return *timeline_; }
  TraceFile& file() { return *file_; }
  void wait(WakeCause cause = WakeCause::ready) {
    timeline_->waiting(std::nullopt, ticking());
    timeline_->woke(cause);
  }
  json::array events() {
    timeline_.reset();
    file_.reset();
    return json::parse(read(path())).as_array();
  }

 private:
  [[nodiscard]] std::string path() const { return folder_.path() + "/t"; }

  process::TemporaryFolder folder_ = *process::TemporaryFolder::make("tandem-timeline");
  std::unique_ptr<TraceFile> file_;
  std::optional<Timeline> timeline_;
};

// "name from+length" in microseconds, of the slices of a kind.
Slices slices(const json::array& events, std::string_view category) {
  Slices found;
  for (const json::value& event : events) {
    if (event.at("cat").as_string() != category) continue;
    found.push_back(fmt::format("{} {}+{}", std::string_view(event.at("name").as_string()), event.at("ts").to_number<double>(), event.at("dur").to_number<double>()));
  }
  return found;
}

TEST(Timeline, ARoundIsItsWaitItsStepsAndWhatHappensInThem) {
  Told told;                                           // 2: begins
  Timeline& timeline = told.timeline();
  told.wait();                                         // 3
  timeline.round_step(RoundStep::signals, ticking());  // 4
  timeline.round_step(RoundStep::peers, k_round);      // 5
  timeline.turn("neighbor a", 3, 0, k_round);          // 6
  timeline.turn("neighbor \"b\"", 0, 25, k_round);     // 7
  timeline.round_step(RoundStep::commands, k_round);   // 8
  timeline.worked("commands", "process p", 120);       // 9
  timeline.round_step(RoundStep::flush, k_round);      // 10
  told.wait(WakeCause::deadline);                      // 11
  const json::array events = told.events();
  EXPECT_EQ(slices(events, "begin"), Slices{"begin 0+1"});
  EXPECT_EQ(slices(events, "wait"), (Slices{"wait 1+1", "wait 9+1"}));
  EXPECT_EQ(slices(events, "step"), (Slices{"signals 2+1", "peers 3+3", "commands 6+2", "flush 8+1"}));
  EXPECT_EQ(slices(events, "turn"), (Slices{"neighbor a 3+1", "neighbor \"b\" 4+1"})) << "inside their step";
  EXPECT_EQ(slices(events, "work"), Slices{"commands 6+1"});
  std::vector<std::string> woken;
  for (const json::value& event : events) {
    if (event.at("cat") == "turn" && event.at("name") == "neighbor a") {
      EXPECT_EQ(event.at("args"), json::parse(R"({"messages in": 3})"));
    }
    if (event.at("cat") == "work") {
      EXPECT_EQ(event.at("args"), json::parse(R"({"octets": 120, "of": "process p"})"));
    }
    if (event.at("cat") == "wait") woken.emplace_back(event.at("args").at("woken").as_string());
  }
  EXPECT_EQ(woken, (std::vector<std::string>{"ready", "deadline"}));
}

TEST(Timeline, AStepThatHasNothingToDoIsNotWrittenDown) {
  Told told;
  Timeline& timeline = told.timeline();
  told.wait();                                         // 1, as the timeline tells it
  the_tick = std::chrono::nanoseconds(100);
  timeline.round_step(RoundStep::signals, ticking());  // 1.1
  timeline.round_step(RoundStep::accepts, k_round);    // 1.2
  timeline.round_step(RoundStep::peers, k_round);      // 1.3: it has two turns
  timeline.turn("neighbor a", 1, 0, k_round);          // 1.4
  timeline.turn("neighbor b", 1, 0, k_round);          // 1.5
  timeline.round_step(RoundStep::commands, k_round);   // 1.6
  the_tick = std::chrono::nanoseconds(1100);
  timeline.round_step(RoundStep::callbacks, k_round);  // 2.7: commands took its time
  the_tick = std::chrono::nanoseconds(100);
  timeline.round_step(RoundStep::flush, k_round);      // 2.8
  told.wait();                                         // 2.9
  const json::array events = told.events();
  EXPECT_EQ(slices(events, "step"), (Slices{"peers 1.1+0.5", "commands 1.6+1.1"}));
  EXPECT_EQ(slices(events, "wait"), (Slices{"wait 1+0.1", "wait 2.7+0.3"})) << "what was over at once behind the commands is in it";
}

TEST(Timeline, AStepThatIsAsLongAsTheOneThingInItIsTheThing) {
  Told told;
  Timeline& timeline = told.timeline();
  told.wait();                                         // 1
  timeline.round_step(RoundStep::signals, ticking());  // 2
  the_tick = std::chrono::nanoseconds(100);
  timeline.round_step(RoundStep::peers, k_round);      // 2.1
  timeline.turn("neighbor a", 1, 0, k_round);          // 2.2
  timeline.round_step(RoundStep::commands, k_round);   // 2.3
  timeline.worked("commands", "process p", 9);         // 2.4
  the_tick = std::chrono::nanoseconds(1000);
  timeline.round_step(RoundStep::callbacks, k_round);  // 3.4: something else took its time in commands
  told.wait();                                         // 4.4
  const json::array events = told.events();
  EXPECT_EQ(slices(events, "turn"), Slices{"neighbor a 2+0.2"});
  EXPECT_EQ(slices(events, "work"), Slices{"commands 2.2+0.2"}) << "what was left of the peers' step is in it";
  EXPECT_EQ(slices(events, "step"), (Slices{"commands 2.2+1.2", "callbacks 3.4+1"}));
}

TEST(Timeline, ATurnWithoutMessagesThatIsOverAtOnceIsNotWrittenDown) {
  Told told;
  Timeline& timeline = told.timeline();
  told.wait();                                         // 1
  timeline.round_step(RoundStep::signals, ticking());  // 2
  the_tick = std::chrono::nanoseconds(300);
  timeline.round_step(RoundStep::peers, k_round);      // 2.3
  timeline.turn("neighbor a", 0, 0, k_round);          // 2.6
  timeline.turn("neighbor b", 0, 1, k_round);          // 2.9
  timeline.turn("neighbor c", 0, 0, k_round);          // 3.2
  the_tick = std::chrono::nanoseconds(1000);
  timeline.turn("neighbor d", 0, 0, k_round);          // 4.2: it took its time
  EXPECT_EQ(slices(told.events(), "turn"), (Slices{"neighbor b 2+0.9", "neighbor d 2.9+1.3"}));
}

TEST(Timeline, TheClockIsNotReadForAStepInWhichTheProcessorHasHardlyCounted) {
  Told told;
  Timeline& timeline = told.timeline();
  the_ticks = 1'000'000;
  told.wait();                                         // 1
  timeline.round_step(RoundStep::signals, ticking());  // 2
  the_looks = 0;
  the_ticks += 500;
  timeline.round_step(RoundStep::accepts, k_round);
  timeline.turn("neighbor a", 0, 0, k_round);
  EXPECT_EQ(the_looks, 0U);
  the_ticks += 500;
  timeline.round_step(RoundStep::peers, k_round);      // 3
  EXPECT_EQ(the_looks, 1U) << "a thousand since the round began";
  timeline.turn("neighbor a", 1, 0, k_round);          // 4
  EXPECT_EQ(the_looks, 2U);
  the_ticks += 999;
  timeline.round_step(RoundStep::commands, k_round);
  EXPECT_EQ(the_looks, 2U);
  the_ticks -= 1'000;
  timeline.round_step(RoundStep::callbacks, k_round);  // 5: it counts again, from elsewhere
  EXPECT_EQ(the_looks, 3U);
  told.wait();                                         // 6
  const json::array events = told.events();
  EXPECT_EQ(slices(events, "turn"), Slices{"neighbor a 3+1"});
  EXPECT_EQ(slices(events, "step"), (Slices{"accepts 2+1", "commands 4+1", "callbacks 5+1"}));
}

// The sync engine says what has ended a wait when it is over, the async one when drivers have run.
TEST(Timeline, WhatHasEndedAWaitIsSaidBehindItsDriversToo) {
  Told told;
  Timeline& timeline = told.timeline();
  timeline.waiting(std::nullopt, ticking());
  timeline.round_step(RoundStep::signals, ticking());
  timeline.woke(WakeCause::signal);
  told.wait(WakeCause::again);
  std::vector<std::string> woken;
  for (const json::value& event : told.events()) {
    if (event.at("cat") == "wait") woken.emplace_back(event.at("args").at("woken").as_string());
  }
  EXPECT_EQ(woken, (std::vector<std::string>{"signal", "again"}));
}

TEST(Timeline, EachEngineHasARowOfItsOwnAndComesBackToIt) {
  Told told;
  told.timeline().worked("commands", "process p", 1);
  for (const char* engine : {"async", "sync"}) {
    told.timeline().engine(engine);
    told.timeline().worked("commands", "process p", 1);
  }
  std::vector<std::int64_t> rows;
  std::vector<std::string> names;
  for (const json::value& event : told.events()) {
    if (event.at("ph") == "M") names.emplace_back(event.at("args").at("name").as_string());
    else rows.push_back(event.at("tid").as_int64());
  }
  EXPECT_EQ(rows, (std::vector<std::int64_t>{1, 1, 2, 2, 1, 1}));
  EXPECT_EQ(names, (std::vector<std::string>{"engine sync", "engine async"}));
}

TEST(Timeline, WhatIsHandedOverInPortionsIsAllThereInItsOrder) {
  Told told;
  told.file().start();
  constexpr std::size_t k_rounds = 20'000;
  for (std::size_t i = 0; i < k_rounds; ++i) {
    told.timeline().worked("commands", "process p", i + 1);
    told.wait();
  }
  const json::array events = told.events();
  std::vector<std::int64_t> octets;
  double end = 0;
  for (const json::value& event : events) {
    if (event.at("cat") == "work") octets.push_back(event.at("args").at("octets").as_int64());
    if (event.at("cat") != "wait") continue;
    EXPECT_GE(event.at("ts").to_number<double>(), end - 0.001);
    end = event.at("ts").to_number<double>() + event.at("dur").to_number<double>();
  }
  ASSERT_EQ(octets.size(), k_rounds);
  for (std::size_t i = 0; i < k_rounds; ++i) ASSERT_EQ(octets[i], static_cast<std::int64_t>(i + 1));
}

// Nobody reads, as the thread has not begun: that is as slow as a disk can be.
TEST(Timeline, WhatADiskIsTooSlowForIsLeftOutAndCounted) {
  Told told({.waiting_max = 2000});
  for (int i = 0; i < 5000; ++i) {
    told.timeline().round_step(RoundStep::flush, k_round);
    told.wait();
  }
  const json::array events = told.events();
  constexpr std::size_t k_slices = 10'002;
  EXPECT_LE(events.size(), 2001U);
  EXPECT_GT(events.size(), 1000U);
  std::vector<std::size_t> missing;
  for (const json::value& event : events) {
    if (event.at("cat") == "lost") missing.push_back(event.at("args").at("slices").to_number<std::size_t>());
  }
  EXPECT_EQ(missing, std::vector<std::size_t>{k_slices - (events.size() - 1)});
}

TEST(Timeline, ItsSizeIsBoundedAndTheFileIsWholeAllTheSame) {
  Told told({.size = 1});
  EXPECT_EQ(told.events().size(), 0U);
}

TEST(Timeline, AFileThatIsThereIsNotWrittenOver) {
  const auto folder = *process::TemporaryFolder::make("tandem-timeline");
  const std::string path = folder.path() + "/t";
  std::ofstream(path) << "somebody's";
  const auto file = TraceFile::open({.path = path});
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().reason(), "cannot write a timeline to " + path + ": File exists");
  EXPECT_EQ(read(path), "somebody's");
}

}  // namespace
}  // namespace tandem::trace
