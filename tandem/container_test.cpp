// What is different around a daemon that nobody sits in front of: standard error of its programs goes to the log, and as process 1 of a
// container it collects what loses its parents. On every engine.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>

#include "harness/child_process.hpp"
#include "harness/loopback.hpp"
#include "harness/piped_process.hpp"
#include "tandem/engines/engines.hpp"

namespace tandem::program {
namespace {

namespace fs = std::filesystem;
using harness::ChildProcess;
using harness::PipedProcess;
using harness::read_text;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

class Detached : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "tandem-detached-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    fs::permissions(directory_, fs::perms::all);
  }
  void TearDown() override { fs::remove_all(directory_); }

  [[nodiscard]] std::string at(const std::string& name) const { return (directory_ / name).string(); }
  // A configuration with one program, this shell script.
  [[nodiscard]] std::string configuration(const std::string& script, const std::string& more = "") const {
    std::ofstream(at("p.sh")) << "#!/bin/sh\n" << script;
    ::chmod(at("p.sh").c_str(), 0755);
    std::ofstream(at("t.conf")) << "process watch { run " << at("p.sh") << "; encoder json; }\n"
                                << more << "neighbor 127.0.0.1 {\n  router-id 1.2.3.4;\n  local-address 127.0.0.1;\n  local-as 1;\n  peer-as 2;\n}\n";
    return at("t.conf");
  }
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> environment(std::vector<std::pair<std::string, std::string>> more = {}) const {
    more.insert(more.end(), {{"tandem_bgp_passive", "true"}, {"tandem_api_cli", "false"}, {"tandem_reactor_engine", GetParam()}});
    if (::geteuid() == 0) more.emplace_back("tandem_daemon_user", "root");
    return more;
  }
  static bool eventually(const std::function<bool()>& condition) { return harness::Loopback().run_until(condition, 20s); }
  [[nodiscard]] bool logged(const std::string& text) const {
    return eventually([&] { return read_text(at("log")).find(text) != std::string::npos; });
  }

  fs::path directory_;
};
INSTANTIATE_TEST_SUITE_P(Engine, Detached, ::testing::ValuesIn(engines_that_run()), [](const auto& info) { return info.param; });

TEST_P(Detached, StandardErrorOfProgramsGoesToTheLogFileUnderTheirName) {
  const std::string conf = configuration("echo one >&2\nprintf 'a\\033[2Jb\\n\\n' >&2\nprintf '%05000d\\n' 7 >&2\nprintf 'the last word' >&2\nexec 2>&-\ntouch " + at("said") + "\nread -r line\n");
  const ChildProcess daemon({TANDEM_PROGRAM, "server", conf}, environment({{"tandem_log_destination", at("log")}}), at("errors"));
  ASSERT_TRUE(logged("process watch: stderr: the last word")) << read_text(at("log"));
  const std::string log = read_text(at("log"));
  EXPECT_THAT(log, HasSubstr("process watch: stderr: one\n"));
  EXPECT_THAT(log, HasSubstr("process watch: stderr: a\\x1b[2Jb\n"));
  EXPECT_THAT(log, HasSubstr("process watch: stderr: " + std::string(1024, '0') + " ...\n"));
  EXPECT_EQ(read_text(at("errors")), "");
}

TEST_P(Detached, AProgramThatFillsItsStandardErrorIsNeitherWaitedForNorLoggedWithoutEnd) {
  // 3 MB: fifty times what a pipe holds.
  const std::string conf = configuration("i=0\nwhile [ $i -lt 30000 ]; do i=$((i+1)); echo \"line $i is one of a hundred octets ..............................................................\"; "
                                         "done >&2\ntouch " + at("said") + "\nexec 2>&-\nread -r line\n");
  const ChildProcess daemon({TANDEM_PROGRAM, "server", conf}, environment({{"tandem_log_destination", at("log")}}), at("errors"));
  ASSERT_TRUE(eventually([&] { return fs::exists(at("said")); })) << "it was never held up";
  ASSERT_TRUE(logged(" more lines in 10 s"));
  const std::string log = read_text(at("log"));
  EXPECT_THAT(log, HasSubstr("process watch: stderr: line 100 is"));
  EXPECT_THAT(log, Not(HasSubstr("process watch: stderr: line 101 is")));
}

TEST_P(Detached, StandardErrorIsInheritedWhileTheLogIsThere) {
  const std::string conf = configuration("echo plain words >&2\nread -r line\n");
  const ChildProcess daemon({TANDEM_PROGRAM, "server", conf}, environment(), at("log"));
  ASSERT_TRUE(logged("plain words\n"));
  EXPECT_THAT(read_text(at("log")), Not(HasSubstr("stderr:")));
}

TEST_P(Detached, ADaemonInTheBackgroundWithoutALogReadsItAllTheSame) {
  const std::string conf = configuration("echo \"$PPID\" >" + at("pid.part") + "\nmv " + at("pid.part") + " " + at("pid") +
                                         "\nhead -c 1000000 /dev/zero | tr '\\0' 'x' >&2\ntouch " + at("said") + "\nread -r line\n");
  ChildProcess starter({TANDEM_PROGRAM, "server", conf}, environment({{"tandem_daemon_daemonize", "true"}, {"tandem_log_enable", "false"}}), at("errors"));
  EXPECT_TRUE(eventually([&] { return fs::exists(at("said")); })) << read_text(at("errors"));
  pid_t pid = 0;
  std::ifstream(at("pid")) >> pid;
  ASSERT_GT(pid, 1);
  EXPECT_EQ(::kill(pid, SIGTERM), 0);
  EXPECT_TRUE(eventually([&] { return ::kill(pid, 0) != 0; }));
}

struct Process {
  pid_t pid = 0;
  pid_t parent = 0;
  char state = '?';
};
std::vector<Process> children_of(pid_t parent) {
  std::vector<Process> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "stat");
    std::string line;
    if (!std::getline(file, line)) continue;
    const std::string behind_name = line.substr(line.rfind(')') + 1);
    Process process;
    process.pid = std::atoi(line.c_str());
    if (std::sscanf(behind_name.c_str(), " %c %d", &process.state, &process.parent) == 2 && process.parent == parent) found.push_back(process);
  }
  return found;
}

TEST_P(Detached, AsProcessOneOfAContainerItCollectsWhatLosesItsParents) {
  const std::string conf = configuration("for i in 1 2 3 4 5; do (setsid true &); (sleep 0.1 &); done\necho $PPID >" + at("parent") + "\nread -r line\n",
                                         "process health { run " TANDEM_PROGRAM " healthcheck --no-syslog --no-ip-setup --ip 192.0.2.1 --rise 1 --up-execute \"touch " + at("up") + "\"; }\n");
  std::vector<std::string> words{"unshare", "--pid", "--fork", "--mount-proc"};
  if (::geteuid() != 0) words.insert(words.end(), {"--user", "--map-root-user"});
  words.insert(words.end(), {TANDEM_PROGRAM, "server", conf});
  PipedProcess container(words, environment({{"tandem_log_destination", at("log")}}));
  ASSERT_TRUE(eventually([&] { return read_text(at("parent")) == "1\n"; })) << read_text(at("log"));
  EXPECT_TRUE(eventually([&] { return fs::exists(at("up")); })) << "a health checker whose parent is process 1";
  const auto daemons = children_of(container.pid());
  ASSERT_EQ(daemons.size(), 1U);
  const pid_t daemon = daemons[0].pid;
  EXPECT_TRUE(eventually([&] { return children_of(daemon).size() == 2; })) << "its programs, and nobody else";
  for (const Process& child : children_of(daemon)) EXPECT_NE(child.state, 'Z');
  ASSERT_EQ(::kill(daemon, SIGTERM), 0);
  EXPECT_EQ(container.wait(), 0);
  EXPECT_THAT(read_text(at("log")), HasSubstr("tandem ends, status 0"));
}

}  // namespace
}  // namespace tandem::program
