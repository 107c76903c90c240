// tandem migrate without a part: the walk from one engine to the other on a running daemon.
#include "tandem/migration.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <optional>

#include "tandem/running_tandem.hpp"
#include "tandem/terminal.hpp"
#include "tandem/test_support.hpp"

namespace tandem::program {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;

class Migration : public Server {
 protected:
  void SetUp() override {
    Server::SetUp();
    variables_ = environment({socket()});
    std::erase(variables_, "tandem_api_cli=false");
    daemon_.emplace(std::vector<std::string>{path("good.conf")}, variables_);
    ASSERT_TRUE(daemon_->wait_for(k_started)) << daemon_->text();
  }
  void TearDown() override {
    daemon_.reset();
    Server::TearDown();
  }

  [[nodiscard]] std::string socket() const { return "tandem_api_socketpath=" + path("t.sock"); }
  // The daemon is passive, what it is compared with is not.
  RunningTandem migrate(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "migrate");
    arguments.insert(arguments.end(), {"--report", path("report")});
    return RunningTandem(std::move(arguments), {socket()});
  }
  [[nodiscard]] std::string runs() const {
    Control control(path("t.sock"));
    const std::string answer = control.ask("engine");
    return std::string(json::parse(answer.substr(0, answer.find('\n'))).at("engine").as_string());
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream file(path(name));
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] json::value report() const { return json::parse(read("report.json")); }
  [[nodiscard]] static std::string other() { return GetParam() == "sync" ? "async" : "sync"; }  // the first of the table that does not run

  std::vector<std::string> variables_;
  std::optional<RunningTandem> daemon_;
};
INSTANTIATE_TEST_SUITE_P(Engine, Migration, ::testing::ValuesIn(engines_that_run()), [](const auto& info) { return info.param; });

TEST_P(Migration, EveryStepPassesAndTheReportSaysSo) {
  RunningTandem walk = migrate({"--yes", "--shadow", "2s", "--time", "1s", "--unless", "sessions lost"});
  EXPECT_EQ(walk.wait(), k_exit_ok) << walk.text();
  for (const std::string& text : {"from engine " + GetParam() + " to engine " + other(), std::string("comparing " + path("good.conf")),
                                  std::string("verdict: identical"), fmt::format("shadow {} of {} since ", other(), GetParam()), std::string("has ended (it was told to stop): identical"), std::string("returned, 1."), std::string("loop lag, 99 %"),
                                  "engine " + other() + " runs. The way back: tandem run engine " + GetParam(), std::string("verdict: every step passed")}) {
    EXPECT_THAT(walk.text(), HasSubstr(text));
  }
  EXPECT_EQ(runs(), other());
  EXPECT_THAT(read("report.txt"), HasSubstr("verdict: every step passed"));
  const json::value said = report();
  EXPECT_EQ(said.at("passed"), true);
  EXPECT_EQ(said.at("from"), json::string(GetParam()));
  ASSERT_EQ(said.at("steps").as_array().size(), migration_steps().size());
  for (const json::value& step : said.at("steps").as_array()) EXPECT_EQ(step.at("result"), "passed");
  EXPECT_EQ(said.at("steps").at(1).at("details").at("verdict"), "identical");
  EXPECT_EQ(said.at("steps").at(2).at("details").at("result"), "returned");
  EXPECT_GT(said.at("steps").at(2).at("details").at("during").at("rounds").to_number<double>(), 0);
  EXPECT_GT(said.at("daemon").at("pid").to_number<int>(), 0);
}

TEST_P(Migration, ATrialThatIsRolledBackEndsTheWalk) {
  RunningTandem walk = migrate({"--yes", "--skip", "compare", "--skip", "shadow", "--time", "30s", "--unless", "lag 0.001ms"});
  EXPECT_EQ(walk.wait(), k_exit_failure) << walk.text();
  EXPECT_THAT(walk.text(), HasSubstr("rolled back"));
  EXPECT_THAT(walk.text(), HasSubstr("verdict: failed at trial: engine " + GetParam() + " goes on"));
  EXPECT_THAT(walk.text(), Not(HasSubstr("== switch")));
  EXPECT_EQ(runs(), GetParam());
  const json::value said = report();
  EXPECT_EQ(said.at("passed"), false);
  EXPECT_EQ(said.at("steps").at(0).at("result"), "skipped");
  EXPECT_EQ(said.at("steps").at(1).at("result"), "skipped");
  EXPECT_EQ(said.at("steps").at(2).at("result"), "failed");
  EXPECT_EQ(said.at("steps").at(2).at("details").at("unless").at(0).at("met"), true);
}

TEST_P(Migration, AShadowThatCannotBeginEndsTheWalk) {
  Control(path("t.sock")).ask("engine shadow " + other());
  RunningTandem walk = migrate({"--yes", "--skip", "compare", "--shadow", "1s"});
  EXPECT_EQ(walk.wait(), k_exit_failure) << walk.text();
  EXPECT_THAT(walk.text(), HasSubstr("engine " + other() + " is the shadow: 'engine shadow stop' ends it"));
  EXPECT_THAT(walk.text(), HasSubstr("verdict: failed at shadow: engine " + GetParam() + " goes on"));
  RunningTandem soon = migrate({"--yes", "--skip", "compare", "--shadow", "soon"});
  EXPECT_EQ(soon.wait(), k_exit_failure);
  EXPECT_THAT(soon.text(), HasSubstr("for 'soon': a time is expected, like 60s or 5m"));
  EXPECT_EQ(runs(), GetParam());
}

TEST_P(Migration, ATrialAloneGoesBack) {
  RunningTandem walk = migrate({"--yes", "--skip", "compare", "--skip", "shadow", "--skip", "switch", "--time", "1s", "--unless", "sessions lost"});
  EXPECT_EQ(walk.wait(), k_exit_ok) << walk.text();
  EXPECT_THAT(walk.text(), HasSubstr("every step that was asked for passed: engine " + GetParam() + " goes on"));
  EXPECT_EQ(runs(), GetParam());
}

TEST_P(Migration, WithoutATerminalNobodyCanAnswer) {
  RunningTandem walk = migrate({});
  EXPECT_EQ(walk.wait(), k_exit_usage);
  EXPECT_THAT(walk.text(), HasSubstr("each step asks a question: a terminal is needed, or --yes"));
  EXPECT_FALSE(fs::exists(path("report.txt")));
}

TEST_P(Migration, WhatTheDaemonRefusesIsShownAndNothingHasHappened) {
  for (const auto& [arguments, reason] : {
           std::pair<std::vector<std::string>, std::string>{{"--time", "60"}, "error: for '60': a time is expected, like 60s or 5m"},
           {{"--time", "5s", "--unless", "luck"}, "error: unless 'luck': a condition is expected, one of: lag, turn,"},
       }) {
    std::vector<std::string> all = arguments;
    all.insert(all.end(), {"--yes", "--skip", "compare", "--skip", "shadow"});
    RunningTandem walk = migrate(all);
    EXPECT_EQ(walk.wait(), k_exit_failure);
    EXPECT_THAT(walk.text(), HasSubstr(reason));
  }
  RunningTandem same = migrate({"--yes", "--to", GetParam()});
  EXPECT_EQ(same.wait(), k_exit_failure);
  EXPECT_THAT(same.text(), HasSubstr("engine " + GetParam() + " runs already"));
  EXPECT_EQ(runs(), GetParam());
}

TEST_P(Migration, OnATerminalEachStepIsAskedForAndNoIsAnAnswer) {
  test::Terminal terminal({built_program(), "migrate", "--skip", "compare", "--skip", "shadow", "--time", "1s", "--unless", "sessions lost", "--report", path("report"), "--socketpath", path("t.sock")}, {});
  terminal.wait_for("Let it lead for a while? [y/N] ");
  terminal.type("y\n");
  terminal.wait_for("returned");
  terminal.wait_for("Switch to it? [y/N] ");
  terminal.type("n\n");
  EXPECT_THAT(terminal.wait_for("goes on"), HasSubstr("verdict: declined at switch: engine " + GetParam() + " goes on"));
  EXPECT_EQ(terminal.status(), k_exit_failure);
  EXPECT_EQ(runs(), GetParam());
}

TEST_P(Migration, AConfigurationThatIsNotFoundFromHereIsNamedWithWhatToDo) {
  daemon_->signal(SIGTERM);  // one behind the other: it takes its socket along
  EXPECT_EQ(daemon_->wait(), 0) << daemon_->text();
  daemon_.emplace(std::vector<std::string>{fs::relative(path("good.conf")).string()}, variables_);
  ASSERT_TRUE(daemon_->wait_for(k_started)) << daemon_->text();
  const std::string deep = path("far/from/where/the/daemon/was/started");  // from where its name leads nowhere
  fs::create_directories(deep);
  RunningTandem walk({"-c", "cd " + deep + " && exec " + built_program() + " migrate --yes"}, {socket()}, "/dev/null", "/bin/sh", "/bin/sh");
  EXPECT_EQ(walk.wait(), k_exit_failure) << walk.text();
  EXPECT_THAT(walk.text(), HasSubstr("good.conf, which cannot be found from here: go to the folder that it was started in, or name the file with --configuration"));
  EXPECT_EQ(runs(), GetParam());
}

TEST(MigrationWalk, NeedsADaemon) {
  std::string errors;
  EXPECT_EQ(test::quietly({"migrate", "--yes", "--socketpath", "/no/such/socket"}, &errors), k_exit_failure);
  EXPECT_THAT(errors, HasSubstr("/no/such/socket"));
}

}  // namespace
}  // namespace tandem::program
