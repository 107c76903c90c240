// `server --trace`: what a daemon's loop did stands in the file when it has ended.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>

#include "tandem/running_tandem.hpp"

namespace tandem::program {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;

class Traced : public Server {};
INSTANTIATE_TEST_SUITE_P(Engine, Traced, ::testing::ValuesIn(engines_that_run()), [](const auto& info) { return info.param; });

// A daemon that changes its engine: both are in the file, the time is told without gaps that matter, and no slice overlaps another one.
TEST_P(Traced, ADaemonTellsOfAllItsTime) {
  auto variables = environment({"tandem_api_socketpath=" + path("t.sock")});
  std::erase(variables, "tandem_api_cli=false");
  RunningTandem daemon({"server", "--trace", path("trace"), path("good.conf")}, variables);
  ASSERT_TRUE(daemon.wait_for(k_started)) << daemon.text();
  Control control(path("t.sock"));
  EXPECT_THAT(control.ask("show neighbor summary"), HasSubstr("done"));
  const std::string other = next_engine(GetParam());
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
}  // namespace tandem::program
