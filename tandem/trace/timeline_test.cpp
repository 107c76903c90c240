// The timeline of a loop: what was told to it stands in the file, slice by slice, in a form that viewers of Chrome trace events read.
#include "tandem/trace/timeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>

#include "common/speaker/channel.hpp"
#include "tandem/running_tandem.hpp"
#include "tandem/test_support.hpp"

namespace tandem::trace {
namespace {

namespace json = boost::json;
using program::test::Folder;
using speaker::RoundStep;
using speaker::WakeCause;
using ::testing::HasSubstr;

base::TimePoint the_time{};
// Every look at the clock takes a microsecond, or what a test says.
std::chrono::nanoseconds the_tick{};
base::TimePoint ticking() { return the_time += the_tick; }
constexpr base::TimePoint k_round{};  // time stands still in it

class Told {
 public:
  explicit Told(TraceOptions options = {}) {
    the_time = {};
    the_tick = std::chrono::microseconds(1);
    options.path = folder_.path / "t";
    auto opened = TraceFile::open(options);
    EXPECT_TRUE(opened);
    file_ = std::move(*opened);
    timeline_.emplace(*file_, ticking);
  }
  Timeline& timeline() { return *timeline_; }
  json::array events() {
    timeline_.reset();
    file_.reset();
    return json::parse(folder_.read("t")).as_array();
  }

 private:
  Folder folder_;
  std::unique_ptr<TraceFile> file_;
  std::optional<Timeline> timeline_;
};

// "name from+length" in microseconds, of the slices of a kind.
std::vector<std::string> slices(const json::array& events, std::string_view category) {
  std::vector<std::string> found;
  for (const json::value& event : events) {
    if (event.at("cat").as_string() != category) continue;
    found.push_back(fmt::format("{} {}+{}", std::string_view(event.at("name").as_string()), event.at("ts").to_number<double>(), event.at("dur").to_number<double>()));
  }
  return found;
}

TEST(Timeline, ARoundIsItsWaitItsStepsAndWhatHappensInThem) {
  Told told;
  Timeline& timeline = told.timeline();
  timeline.engine("sync");                       // 2
  timeline.waiting(std::nullopt, k_round);       // 3
  timeline.woke(WakeCause::ready, k_round);      // 4
  timeline.round_step(RoundStep::peers, k_round);      // 5
  timeline.turn("neighbor a", 3, 0, k_round);          // 6
  timeline.turn("neighbor \"b\"", 0, 25, k_round);     // 7
  timeline.round_step(RoundStep::commands, k_round);   // 8
  timeline.worked("commands", "process p", 120);       // 9
  timeline.round_step(RoundStep::flush, k_round);      // 10
  timeline.waiting(std::nullopt, k_round);             // 11
  const json::array events = told.events();
  EXPECT_EQ(slices(events, "wait"), (std::vector<std::string>{"wait 1+1", "wait 9+1"}));
  EXPECT_EQ(slices(events, "begin"), std::vector<std::string>{"begin 0+1"});
  EXPECT_EQ(events.at(2).at("args").at("woken"), "ready");
  EXPECT_EQ(slices(events, "step"), (std::vector<std::string>{"peers 3+3", "commands 6+2", "flush 8+1"}));
  EXPECT_EQ(slices(events, "turn"), (std::vector<std::string>{"neighbor a 3+1", "neighbor \"b\" 4+1"})) << "inside their step";
  EXPECT_EQ(slices(events, "work"), std::vector<std::string>{"commands 6+1"});
  for (const json::value& event : events) {
    if (event.at("cat") == "turn" && event.at("name") == "neighbor a") {
      EXPECT_EQ(event.at("args"), json::parse(R"({"messages in": 3, "messages out": 0})"));
    }
    if (event.at("cat") == "work") {
      EXPECT_EQ(event.at("args"), json::parse(R"({"octets": 120, "of": "process p"})"));
    }
  }
}

TEST(Timeline, AStepThatHasNothingToDoIsNotWrittenDown) {
  Told told;
  Timeline& timeline = told.timeline();
  timeline.engine("sync");
  timeline.waiting(std::nullopt, k_round);             // 3
  timeline.woke(WakeCause::ready, k_round);            // 4
  the_tick = std::chrono::nanoseconds(100);
  timeline.round_step(RoundStep::signals, k_round);    // 4.1
  timeline.round_step(RoundStep::accepts, k_round);    // 4.2
  timeline.round_step(RoundStep::peers, k_round);      // 4.3: it has a turn
  timeline.turn("neighbor a", 1, 0, k_round);          // 4.4
  timeline.round_step(RoundStep::commands, k_round);   // 4.5
  the_tick = std::chrono::nanoseconds(1100);
  timeline.round_step(RoundStep::callbacks, k_round);  // 5.6: commands took its time
  the_tick = std::chrono::nanoseconds(100);
  timeline.round_step(RoundStep::flush, k_round);      // 5.7
  timeline.waiting(std::nullopt, k_round);             // 5.8: what follows the round is in it, however short
  EXPECT_EQ(slices(told.events(), "step"), (std::vector<std::string>{"peers 2.1+0.4", "commands 2.5+1.1", "flush 3.6+0.2"}));
}

TEST(Timeline, EachEngineHasARowOfItsOwnAndComesBackToIt) {
  Told told;
  for (const char* engine : {"sync", "async", "sync"}) {
    told.timeline().engine(engine);
    told.timeline().round_step(RoundStep::flush, k_round);
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

// Nobody reads, as the thread has not begun: that is as slow as a disk can be.
TEST(Timeline, WhatADiskIsTooSlowForIsLeftOutAndCounted) {
  Told told({.waiting_max = 2000});
  told.timeline().engine("sync");
  for (int i = 0; i < 5000; ++i) {
    told.timeline().round_step(RoundStep::flush, k_round);
    told.timeline().waiting(std::nullopt, k_round);
  }
  const json::array events = told.events();
  constexpr std::size_t k_slices = 10'002;
  EXPECT_LE(events.size(), 2001U);
  EXPECT_GT(events.size(), 1000U);
  std::vector<std::string> missing;
  for (const json::value& event : events) {
    if (event.at("ph") == "i") missing.emplace_back(event.at("name").as_string());
  }
  EXPECT_EQ(missing, std::vector<std::string>{fmt::format("{} slices are missing", k_slices - (events.size() - 1))});
}

TEST(Timeline, ItsSizeIsBoundedAndTheFileIsWholeAllTheSame) {
  Told told({.size = 1});
  told.timeline().engine("sync");
  EXPECT_EQ(told.events().size(), 0U);
}

TEST(Timeline, AFileThatIsThereIsNotWrittenOver) {
  const Folder folder;
  const std::string path = folder.write("t", "somebody's");
  const auto file = TraceFile::open({.path = path});
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().reason(), "cannot write a timeline to " + path + ": File exists");
}

class Traced : public program::Server {};
INSTANTIATE_TEST_SUITE_P(Engine, Traced, ::testing::ValuesIn(program::engines_that_run()), [](const auto& info) { return info.param; });

// A daemon that changes its engine: both are in the file, the time is told without gaps that matter, and no slice overlaps another one.
TEST_P(Traced, ADaemonTellsOfAllItsTime) {
  auto variables = environment({"tandem_api_socketpath=" + path("t.sock")});
  std::erase(variables, "tandem_api_cli=false");
  program::RunningTandem daemon({"server", "--trace", path("trace"), path("good.conf")}, variables);
  ASSERT_TRUE(daemon.wait_for(k_started)) << daemon.text();
  program::Control control(path("t.sock"));
  EXPECT_THAT(control.ask("show neighbor summary"), HasSubstr("done"));
  const std::string other = program::next_engine(GetParam());
  EXPECT_THAT(control.ask("engine " + other), HasSubstr("done"));
  EXPECT_THAT(control.ask("show neighbor summary"), HasSubstr("done"));
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait(), 0) << daemon.text();

  std::ifstream file(path("trace"));
  const json::array events = json::parse(std::string{std::istreambuf_iterator<char>(file), {}}).as_array();
  std::vector<std::string> engines;
  std::size_t commands = 0;
  double end = 0;
  double told = 0;
  for (const json::value& event : events) {
    const std::string_view kind = event.at("cat").as_string();
    if (kind == "engine") engines.emplace_back(event.at("args").at("name").as_string());
    if (kind == "work" && event.at("name") == "commands") ++commands;
    if (kind != "begin" && kind != "wait" && kind != "driver" && kind != "step") continue;
    const double begin = event.at("ts").to_number<double>();
    EXPECT_GE(begin, end - 0.001);
    end = begin + event.at("dur").to_number<double>();
    told += event.at("dur").to_number<double>();
  }
  EXPECT_EQ(engines, (std::vector<std::string>{"engine " + GetParam(), "engine " + other}));
  EXPECT_GE(commands, 3U);
  EXPECT_GT(told, 0.5 * end);
}

}  // namespace
}  // namespace tandem::trace
