// Programs that are processes: how they end, what they leave behind, and how they come back.
#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "conformance/contract/scene.hpp"

namespace tandem::conformance {
namespace {

class ProgramProcesses : public RealEngines {};
TANDEM_ON_REAL_ENGINES(ProgramProcesses);

// A shell script beside the configuration, and the numbers it has written into a file there, one a line.
struct Script {
  Script(Stage& stage, const std::string& text) : directory(dynamic_cast<RealStage&>(stage).directory()) {
    directory.write("p.sh", "#!/bin/sh\ncd " + directory.path() + "\n" + text);
    ::chmod((directory.path() + "/p.sh").c_str(), 0755);
    NeighborText neighbor;
    neighbor.statements = {"passive;"};
    neighbor.api = {"processes [ p ];"};
    stage.configuration(process_text("p", directory.path() + "/p.sh") + to_text(neighbor));
  }
  [[nodiscard]] std::vector<pid_t> numbers(const std::string& file) const {
    std::vector<pid_t> out;
    std::ifstream stream(directory.path() + "/" + file);
    for (pid_t pid = 0; stream >> pid;) out.push_back(pid);
    return out;
  }
  const TemporaryDirectory& directory;
};

// Runs; a zombie does not, and who has been orphaned may stay one for as long as nobody collects it.
bool runs(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string word;
  std::string state;
  return static_cast<bool>(file >> word >> word >> state) && state != "Z" && state != "X";
}

TEST_P(ProgramProcesses, OneThatDiesIsStartedAgainAlthoughItsChildKeepsThePipeOpen) {
  play([](Stage& stage) {
    const Script script(stage, "echo $$ >>starts\nsleep 1000 &\necho $! >>children\nexit 3\n");
    stage.start();
    ASSERT_TRUE(stage.run_until([&] { return script.numbers("starts").size() >= 2; }));
    const auto first_is_gone = [&] {
      const auto children = script.numbers("children");
      return !children.empty() && !runs(children.front());
    };
    EXPECT_TRUE(stage.run_until(first_is_gone)) << "its child has outlived it";
  });
}

TEST_P(ProgramProcesses, NothingOutlivesTheDaemonNotEvenWhatIgnoresTheRequestToEnd) {
  play([](Stage& stage) {
    const Script script(stage, "(trap '' TERM; echo child >>ready; sleep 1000; sleep 1000) &\necho $! >>children\necho $$ >>starts\nread -r line\nexit 0\n");
    stage.start();
    ASSERT_TRUE(stage.run_until([&] { return std::filesystem::exists(script.directory.path() + "/ready") && script.numbers("starts").size() == 1; }));
    EXPECT_TRUE(stage.stop());
    for (const char* file : {"starts", "children"}) {
      for (const pid_t pid : script.numbers(file)) EXPECT_FALSE(runs(pid)) << file;
    }
  });
}

// A check is a process group of its own, which the daemon does not know: its health checker ends it.
TEST_P(ProgramProcesses, AHealthCheckerWhoseCheckHangsEndsWithTheDaemonAndTakesTheCheckAlong) {
  play([](Stage& stage) {
    const TemporaryDirectory& directory = dynamic_cast<RealStage&>(stage).directory();
    NeighborText neighbor;
    neighbor.statements = {"passive;"};
    neighbor.api = {"processes [ watch ];"};
    const std::string check = "echo $$ >>" + directory.path() + "/checks; (trap '' TERM; sleep 1000) & echo $! >>" + directory.path() + "/checks; wait";
    stage.configuration(process_text("watch", std::string(TANDEM_PROGRAM) + " healthcheck --no-syslog --no-ip-setup --ip 192.0.2.1 --timeout 0 --command \"" + check + "\"") +
                        to_text(neighbor));
    stage.start();
    const auto checks = [&directory] {
      std::vector<pid_t> out;
      std::ifstream stream(directory.path() + "/checks");
      for (pid_t pid = 0; stream >> pid;) out.push_back(pid);
      return out;
    };
    ASSERT_TRUE(stage.run_until([&] { return checks().size() == 2; }));
    EXPECT_TRUE(stage.stop(within(stage, 4s)));
    const auto gone = [&] {
      const auto all = checks();
      return std::none_of(all.begin(), all.end(), runs);
    };
    EXPECT_TRUE(stage.run_until(gone)) << "a check has outlived the daemon";
  });
}

// The health checker as a program, with a service that is a file: what it says of it reaches the neighbor.
TEST_P(ProgramProcesses, TheHealthCheckerAnnouncesAndWithdraws) {
  play([](Stage& stage) {
    const TemporaryDirectory& directory = dynamic_cast<RealStage&>(stage).directory();
    const std::string well = directory.path() + "/well";
    const std::string pid = directory.path() + "/pid";
    std::ofstream(well) << "\n";
    NeighborText neighbor;
    neighbor.peer = k_far;
    neighbor.connect = stage.peer_at(k_far);
    neighbor.api = {"processes [ watch ];"};
    stage.configuration(process_text("watch", std::string(TANDEM_PROGRAM) + " healthcheck --no-syslog --no-ip-setup --ip 192.0.2.1 --ip 2001:db8::1 --command \"test -e " + well +
                                                  "\" --rise 2 --fall 2 --interval 0.1 --fast-interval 0.02 --withdraw-on-down --neighbor " + k_far + " --pid " + pid) +
                        to_text(neighbor));
    stage.start();
    ASSERT_TRUE(stage.run_until_established());
    const auto times = [&stage](const auto& changes) {
      const auto prefixes = changes(stage.peer()->transcript());
      return std::count(prefixes.begin(), prefixes.end(), "192.0.2.1/32");
    };
    ASSERT_TRUE(stage.run_until([&] { return times(announced) == 1; }));
    std::filesystem::remove(well);
    ASSERT_TRUE(stage.run_until([&] { return times(withdrawn) == 1; }));
    std::ofstream(well) << "\n";
    ASSERT_TRUE(stage.run_until([&] { return times(announced) == 2; }));
    pid_t number = 0;
    ASSERT_TRUE(std::ifstream(pid) >> number);
    ::kill(number, SIGTERM);
    EXPECT_TRUE(stage.run_until([&] { return times(withdrawn) == 2; })) << "its last word";
    EXPECT_TRUE(stage.run_until([&] { return times(announced) == 3; })) << "it was started again";
  });
}

}  // namespace
}  // namespace tandem::conformance
