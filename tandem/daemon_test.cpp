// The program as a process: exit statuses, standard input, pid file, privileges, several configurations, the control socket.
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "common/base/unique_fd.hpp"
#include "common/process/control_socket.hpp"
#include "harness/configuration_text.hpp"
#include "harness/loopback.hpp"
#include "harness/scripted_peer.hpp"

extern char** environ;

namespace tandem::program {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// A running tandem. Its standard output and error come through one pipe.
class RunningTandem {
 public:
  RunningTandem(std::vector<std::string> arguments, std::vector<std::string> environment, const std::string& input = "/dev/null",
                const std::string& name = TANDEM_PROGRAM) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    output_.reset(ends[0]);
    base::UniqueFd theirs(ends[1]);
    arguments.insert(arguments.begin(), name);
    for (char** entry = environ; *entry != nullptr; ++entry) {
      if (!std::string_view(*entry).starts_with("exabgp") && !std::string_view(*entry).starts_with("tandem")) environment.emplace_back(*entry);
    }
    std::vector<char*> argv;
    for (std::string& text : arguments) argv.push_back(text.data());
    argv.push_back(nullptr);
    std::vector<char*> envp;
    for (std::string& text : environment) envp.push_back(text.data());
    envp.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 0, input.c_str(), O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, theirs.get(), 1);
    ::posix_spawn_file_actions_adddup2(&actions, theirs.get(), 2);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    EXPECT_EQ(::posix_spawn(&pid_, TANDEM_PROGRAM, &actions, &attributes, argv.data(), envp.data()), 0);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
  }
  ~RunningTandem() {
    if (pid_ > 0) {
      ::kill(-pid_, SIGKILL);  // several daemons are one group
      ::waitpid(pid_, nullptr, 0);
    }
  }
  RunningTandem(const RunningTandem&) = delete;
  RunningTandem& operator=(const RunningTandem&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  void signal(int number) const { ::kill(pid_, number); }

  // Reads until `text` has been printed; false when the output ends first, or nothing comes for a long time.
  bool wait_for(const std::string& text) {
    while (text_.find(text) == std::string::npos) {
      if (!read_more()) return false;
    }
    return true;
  }
  // The exit status once it has ended; -1 when a signal ended it.
  int wait() {
    while (read_more()) {
    }
    int status = 0;
    if (::waitpid(pid_, &status, 0) != pid_) return -2;
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  bool read_more() {
    pollfd entry{output_.get(), POLLIN, 0};
    if (::poll(&entry, 1, 20'000) != 1) return false;
    char buffer[4096];
    const ssize_t count = ::read(output_.get(), buffer, sizeof buffer);
    if (count <= 0) return false;
    text_.append(buffer, static_cast<std::size_t>(count));
    return true;
  }

  base::UniqueFd output_;
  std::string text_;
  pid_t pid_ = 0;
};

class Server : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "tandem-daemon-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    fs::permissions(directory_, fs::perms::all);
    write("good.conf", k_good);
  }
  void TearDown() override { fs::remove_all(directory_); }

  [[nodiscard]] std::string path(const std::string& name) const { return (directory_ / name).string(); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path(name)) << text; }
  // Passive, so that nothing is dialled.
  [[nodiscard]] std::vector<std::string> environment(std::vector<std::string> more = {}) const {
    more.insert(more.end(), {"tandem_bgp_passive=true", "tandem_api_cli=false", "tandem_daemon_user=root",
                             std::string("tandem_reactor_engine=") + GetParam()});
    return more;
  }

  static constexpr const char* k_good =
      "neighbor 127.0.0.1 {\n  router-id 1.2.3.4;\n  local-address 127.0.0.1;\n  local-as 1;\n  peer-as 2;\n}\n";
  static constexpr const char* k_started = "is running";
  fs::path directory_;
};

TEST_P(Server, EndsWithStatusZeroOnEverySignalThatStopsIt) {
  for (const int number : {SIGTERM, SIGHUP, SIGINT}) {
    RunningTandem program({path("good.conf")}, environment());
    ASSERT_TRUE(program.wait_for(k_started)) << program.text();
    program.signal(number);
    EXPECT_EQ(program.wait(), 0) << program.text();
  }
}

TEST_P(Server, TheBareInvocationTakesExabgpsOptions) {
  RunningTandem program({"-d", "-p", path("good.conf")}, environment());
  ASSERT_TRUE(program.wait_for(std::string("engine ") + GetParam() + " is running")) << program.text();
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

TEST_P(Server, TheOptionOfTheCommandLineWinsOverTheEnvironment) {
  RunningTandem program({"server", "--engine", "async", path("good.conf")}, environment());
  ASSERT_TRUE(program.wait_for("engine async is running")) << program.text();
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

TEST_P(Server, FailuresAtTheStartAreStatusOneAndSayWhy) {
  write("bad.conf", "neighbor 127.0.0.1 {\n  router-id 1.2.3.4;\n  hold-time 2;\n}\n");
  struct Case {
    std::vector<std::string> arguments;
    std::vector<std::string> environment;
    std::string expected;
  };
  const Case cases[] = {
      {{path("missing.conf")}, {}, "missing.conf"},
      {{path("bad.conf")}, {}, "bad.conf:3:"},
      {{path("good.conf")}, {"tandem_tcp_port=many"}, "tcp.port"},
      {{path("good.conf")}, {"tandem_daemon_user=nobody-of-this-name"}, "nobody-of-this-name"},
      {{path("good.conf")}, {"tandem_api_group=no-group-of-this-name"}, "api.group: there is no group 'no-group-of-this-name'"},
      {{path("good.conf")}, {"tandem_tcp_bind=192.0.2.77"}, "192.0.2.77"},
      {{path("good.conf")}, {"tandem_log_destination=" + path("logs/log")}, "there is no folder " + path("logs")},
      {{"-"}, {}, "empty"},
      {{"-", path("good.conf")}, {}, "only configuration"},
  };
  for (const Case& one : cases) {
    std::vector<std::string> variables = one.environment;
    for (std::string& variable : environment()) {
      const std::string name = variable.substr(0, variable.find('=') + 1);
      if (std::none_of(variables.begin(), variables.end(), [&](const std::string& given) { return given.starts_with(name); })) {
        variables.push_back(variable);
      }
    }
    RunningTandem program(one.arguments, variables);
    if (one.expected == "nobody-of-this-name" && ::getuid() != 0) continue;  // nobody asks for the user then
    EXPECT_EQ(program.wait(), 1) << one.expected;
    EXPECT_THAT(program.text(), HasSubstr(one.expected));
  }
}

TEST_P(Server, AConfigurationMayComeFromStandardInput) {
  RunningTandem program({"-"}, environment(), path("good.conf"));
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  program.signal(SIGUSR1);  // the same text again
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

TEST_P(Server, ThePidFileLivesAsLongAsTheDaemon) {
  RunningTandem program({path("good.conf")}, environment({"tandem_daemon_pid=" + path("t.pid")}));
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  std::string pid;
  std::getline(std::ifstream(path("t.pid")), pid);
  EXPECT_EQ(pid, std::to_string(program.pid()));
  RunningTandem second({path("good.conf")}, environment({"tandem_daemon_pid=" + path("t.pid")}));
  EXPECT_EQ(second.wait(), 1);
  EXPECT_THAT(second.text(), HasSubstr("is held by process " + pid));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
  EXPECT_FALSE(fs::exists(path("t.pid")));
}

TEST_P(Server, PrivilegesAreGivenUpBeforeTheFirstProgramStarts) {
  // The program writes who it is into a folder that everybody may write to.
  write("who.sh", "#!/bin/sh\nid -u >" + path("who") + "\nmv " + path("who") + " " + path("who.done") + "\nread -r line\n");
  ASSERT_EQ(::chmod(path("who.sh").c_str(), 0755), 0);
  write("program.conf", "process who { run " + path("who.sh") + "; encoder json; }\n" + k_good);
  std::vector<std::string> variables = environment();
  std::erase(variables, "tandem_daemon_user=root");
  variables.emplace_back("tandem_daemon_user=nobody");
  RunningTandem program({path("program.conf")}, variables);
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  for (int i = 0; i < 2000 && !fs::exists(path("who.done")); ++i) ::poll(nullptr, 0, 5);
  std::string user;
  std::getline(std::ifstream(path("who.done")), user);
  struct stat facts {};
  ASSERT_EQ(::stat(("/proc/" + std::to_string(program.pid())).c_str(), &facts), 0);
  EXPECT_EQ(user, std::to_string(facts.st_uid)) << "the program runs as the daemon does";
  if (::getuid() == 0) {
    EXPECT_NE(user, "0");
  }
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

TEST_P(Server, SaysAsWhomItCouldNotStartAProgram) {
  fs::create_directory(path("private"));
  ASSERT_EQ(::chmod(path("private").c_str(), 0700), 0);
  write("private/run.sh", "#!/bin/sh\ncat\n");
  ASSERT_EQ(::chmod(path("private/run.sh").c_str(), 0755), 0);
  write("program.conf", "process p { run " + path("private/run.sh") + "; }\n" + k_good);
  std::vector<std::string> variables = environment();
  std::erase(variables, "tandem_daemon_user=root");
  variables.emplace_back("tandem_daemon_user=nobody");
  RunningTandem program({path("program.conf")}, variables);
  // Only root becomes another user; everybody else may run what is theirs.
  const bool changes = ::getuid() == 0;
  EXPECT_TRUE(program.wait_for(changes ? "Permission denied (as user 'nobody', see the setting daemon.user)" : "process p: started")) << program.text();
}

TEST_P(Server, TheLogFileHasTheModeThatTheUmaskLeaves) {
  RunningTandem program({path("good.conf")}, environment({"tandem_daemon_umask=0137", "tandem_log_destination=" + path("log"),
                                                    "tandem_daemon_pid=" + path("t.pid")}));
  for (int i = 0; i < 2000 && !fs::exists(path("t.pid")); ++i) ::poll(nullptr, 0, 5);
  struct stat facts {};
  ASSERT_EQ(::stat(path("log").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0640U);
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

TEST_P(Server, SeveralConfigurationsAreSeveralDaemonsThatEndTogether) {
  write("other.conf", k_good);
  RunningTandem program({path("good.conf"), path("other.conf")}, environment());
  ASSERT_TRUE(program.wait_for(k_started));
  const std::size_t first = program.text().find(k_started);
  ASSERT_NE(first, std::string::npos);
  const std::string children = "/proc/" + std::to_string(program.pid()) + "/task/" + std::to_string(program.pid()) + "/children";
  // The first daemon may be running before the second one is forked. Kernels without CONFIG_PROC_CHILDREN have no such file.
  const auto count = [&children] {
    std::string list;
    std::getline(std::ifstream(children), list);
    return std::count(list.begin(), list.end(), ' ');
  };
  if (std::ifstream(children).is_open()) {
    for (int i = 0; i < 2000 && count() < 2; ++i) ::poll(nullptr, 0, 5);
    EXPECT_EQ(count(), 2);
  }
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0) << program.text();
}

TEST_P(Server, SeveralConfigurationsDoNotLogToOneFile) {
  RunningTandem program({path("good.conf"), path("good.conf")}, environment({"tandem_log_destination=file:" + path("log")}));
  EXPECT_EQ(program.wait(), 1);
  EXPECT_THAT(program.text(), HasSubstr("one file"));
}

TEST_P(Server, ADaemonThatLogsToTheTerminalStaysInTheForeground) {
  RunningTandem program({path("good.conf")}, environment({"tandem_daemon_daemonize=true"}));
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  EXPECT_THAT(program.text(), HasSubstr("does not go to the background"));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

TEST_P(Server, GoesToTheBackgroundAndCanBeStoppedByItsPidFile) {
  RunningTandem program({path("good.conf")}, environment({"tandem_daemon_daemonize=true", "tandem_log_destination=file:" + path("log"),
                                                    "tandem_daemon_pid=" + path("t.pid")}));
  EXPECT_EQ(program.wait(), 0) << program.text();
  std::string pid;
  for (int i = 0; i < 2000 && pid.empty(); ++i) {
    std::getline(std::ifstream(path("t.pid")), pid);
    ::poll(nullptr, 0, 5);
  }
  ASSERT_FALSE(pid.empty());
  ::kill(static_cast<pid_t>(std::stol(pid)), SIGTERM);
  int i = 0;
  while (fs::exists(path("t.pid")) && i++ < 2000) ::poll(nullptr, 0, 5);
  EXPECT_FALSE(fs::exists(path("t.pid")));
}

TEST_P(Server, AnswersOnItsControlSocketAndRemovesIt) {
  std::vector<std::string> variables = environment({"tandem_api_socketpath=" + path("run/t.sock")});
  std::erase(variables, "tandem_api_cli=false");
  RunningTandem program({path("good.conf")}, variables);
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  struct stat facts {};
  ASSERT_EQ(::stat(path("run/t.sock").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0666U);

  RunningTandem version({"run", "version"}, variables);
  EXPECT_EQ(version.wait(), 0);
  EXPECT_THAT(version.text(), HasSubstr("."));
  RunningTandem engine({"run", "engine"}, variables);
  EXPECT_EQ(engine.wait(), 0);
  EXPECT_THAT(engine.text(), HasSubstr(GetParam()));
  RunningTandem nonsense({"run", "no", "such", "command"}, variables);
  EXPECT_EQ(nonsense.wait(), 1);
  EXPECT_THAT(nonsense.text(), HasSubstr("error: unknown command 'no'")) << "with its reason";
  EXPECT_THAT(nonsense.text(), HasSubstr("tandem returns an error"));
  const std::string other = std::string(GetParam()) == "sync" ? "async" : "sync";
  RunningTandem change({"run", "engine", other}, variables);
  EXPECT_EQ(change.wait(), 0) << change.text();
  EXPECT_TRUE(program.wait_for("engine " + other + " is running")) << program.text();

  RunningTandem shutdown({"run", "daemon", "shutdown"}, variables);
  EXPECT_EQ(shutdown.wait(), 0);
  EXPECT_EQ(program.wait(), 0) << program.text();
  EXPECT_FALSE(fs::exists(path("run/t.sock")));
  RunningTandem late({"run", "version"}, variables);
  EXPECT_EQ(late.wait(), 1);
}

// Programs and roles that call ExaBGP's clients count on their exit codes.
TEST_P(Server, IsSpokenToUnderTheNamesOfExabgpWithItsWordsAndExitCodes) {
  std::vector<std::string> variables = environment({"tandem_api_socketpath=" + path("run/t.sock")});
  std::erase(variables, "tandem_api_cli=false");
  RunningTandem program({path("good.conf")}, variables);
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  for (const char* name : {"exabgpcli", "/usr/bin/exabgp-cli"}) {
    RunningTandem summary({"show", "neigh", "summ"}, variables, "/dev/null", name);
    EXPECT_EQ(summary.wait(), 0);
    EXPECT_THAT(summary.text(), HasSubstr("command: show neighbor summary\n"));
    EXPECT_THAT(summary.text(), HasSubstr("127.0.0.1"));
    RunningTandem nonsense({"no", "such", "command"}, variables, "/dev/null", name);
    EXPECT_EQ(nonsense.wait(), 0) << "it was sent";
    EXPECT_THAT(nonsense.text(), HasSubstr("ExaBGP returns an error (see ExaBGP's logs for more information)\n"));
    RunningTandem strict({"--strict", "no", "such", "command"}, variables, "/dev/null", name);
    EXPECT_EQ(strict.wait(), 1);
  }
  RunningTandem run({"run", "no", "such", "command"}, variables, "/dev/null", "exabgp");
  EXPECT_EQ(run.wait(), 0);
  RunningTandem helper({"--run", "cli", "version"}, variables, "/dev/null", "exabgp");
  EXPECT_EQ(helper.wait(), 0);
  EXPECT_THAT(helper.text(), HasSubstr("version"));
}

TEST_P(Server, WithoutASpeakerExabgpsClientSaysWhatItLookedFor) {
  RunningTandem lost({"--root", directory_.string(), "version"}, {}, "/dev/null", "exabgpcli");
  EXPECT_EQ(lost.wait(), 1);
  EXPECT_THAT(lost.text(), HasSubstr("could not find ExaBGP's Unix socket (exabgp.sock) for the cli"));
  EXPECT_THAT(lost.text(), HasSubstr(directory_.string() + "/run/exabgp/")) << "--root says where else";
}

TEST_P(Server, AStaleControlSocketSaysThatNothingRuns) {
  {
    const auto left_behind = process::make_control_socket(path("t.sock"));
    ASSERT_TRUE(left_behind);
  }
  RunningTandem version({"run", "version"}, environment({"tandem_api_socketpath=" + path("t.sock")}));
  EXPECT_EQ(version.wait(), 1);
  EXPECT_THAT(version.text(), HasSubstr("tandem is not running"));
}

// The folder belongs to whoever started the daemon, and privileges go with the first program.
TEST_P(Server, HasItsControlSocketWithAProgramToo) {
  write("program.conf", "process cat { run /bin/cat; encoder json; }\n" + std::string(k_good));
  std::vector<std::string> variables = environment({"tandem_api_socketpath=" + path("run/t.sock")});
  std::erase(variables, "tandem_api_cli=false");
  std::erase(variables, "tandem_daemon_user=root");
  variables.emplace_back("tandem_daemon_user=nobody");
  RunningTandem program({path("program.conf")}, variables);
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  RunningTandem version({"run", "version"}, variables);
  EXPECT_EQ(version.wait(), 0) << version.text() << program.text();
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

// What the control socket answers to a command of another user.
std::string ask_as(uid_t user, const std::vector<gid_t>& groups, const std::string& path) {
  int ends[2];
  EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const base::UniqueFd ours(ends[0]);
  base::UniqueFd theirs(ends[1]);
  const pid_t pid = ::fork();
  if (pid == 0) {
    constexpr std::string_view k_command = "# hello\n";
    const bool changed = ::getuid() == user || (::setgroups(groups.size(), groups.data()) == 0 && ::setgid(7777) == 0 && ::setuid(user) == 0);
    const auto socket = process::connect_control_socket(path, std::chrono::seconds(20));
    if (!changed || !socket) ::_exit(1);
    (void)::send(socket->get(), k_command.data(), k_command.size(), MSG_NOSIGNAL);
    (void)::shutdown(socket->get(), SHUT_WR);
    char buffer[4096];
    for (ssize_t count = 0; (count = ::read(socket->get(), buffer, sizeof buffer)) > 0;) (void)!::write(theirs.get(), buffer, static_cast<std::size_t>(count));
    ::_exit(0);
  }
  theirs.reset();
  std::string answer;
  char buffer[4096];
  for (ssize_t count = 0; (count = ::read(ours.get(), buffer, sizeof buffer)) > 0;) answer.append(buffer, static_cast<std::size_t>(count));
  int status = -1;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_EQ(status, 0) << "could not become the user, or connect";
  return answer;
}

TEST_P(Server, ServesItsUserAndItsGroupAtTheControlSocketAndTellsOthersWhyNot) {
  std::vector<std::string> variables = environment({"tandem_api_socketpath=" + path("run/t.sock"), "tandem_api_group=54321", "tandem_daemon_user=nobody"});
  std::erase(variables, "tandem_api_cli=false");
  std::erase(variables, "tandem_daemon_user=root");
  RunningTandem program({path("good.conf")}, variables);
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  EXPECT_EQ(ask_as(::getuid(), {}, path("run/t.sock")), "done\n");
  if (::getuid() == 0) {  // nobody else becomes another user
    struct stat facts {};
    ASSERT_EQ(::stat(("/proc/" + std::to_string(program.pid())).c_str(), &facts), 0);
    EXPECT_EQ(ask_as(facts.st_uid, {}, path("run/t.sock")), "done\n");
    EXPECT_EQ(ask_as(23456, {1, 54321}, path("run/t.sock")), "done\n");
    const std::string refusal = ask_as(23456, {1, 2}, path("run/t.sock"));
    EXPECT_THAT(refusal, ::testing::StartsWith("error: the control socket serves root, the user of the daemon (uid "));
    EXPECT_THAT(refusal, ::testing::EndsWith("and the group '54321' (api.group); not uid 23456\nerror\n"));
    ASSERT_TRUE(program.wait_for("control client refused")) << program.text();
  }
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

TEST_P(Server, SaysWhatAReloadWouldDoAndDoesNothing) {
  std::vector<std::string> variables = environment({"tandem_api_socketpath=" + path("t.sock")});
  std::erase(variables, "tandem_api_cli=false");
  RunningTandem program({path("good.conf")}, variables);
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  std::string other = k_good;
  other.insert(other.rfind('}'), "  hold-time 30;\n");
  write("a b.conf", other);
  RunningTandem dry({"reload", "--dry-run", path("a b.conf")}, variables);
  EXPECT_EQ(dry.wait(), 0) << dry.text();
  EXPECT_THAT(dry.text(), HasSubstr("family-allowed in-open: session restart (hold-time)\n"));
  write("bad.conf", other + "}");
  RunningTandem bad({"reload", "--dry-run", path("bad.conf")}, variables);
  EXPECT_EQ(bad.wait(), 1) << bad.text();
  EXPECT_THAT(bad.text(), HasSubstr("bad.conf:"));
  EXPECT_THAT(bad.text(), HasSubstr("nothing is changed"));
  RunningTandem same({"reload", "-n", "--json"}, variables);
  EXPECT_EQ(same.wait(), 0) << same.text();
  EXPECT_THAT(same.text(), HasSubstr("\"effect\": \"nothing\", \"keywords\": [  ]"));
  EXPECT_THAT(program.text(), ::testing::Not(HasSubstr("reload")));
  RunningTandem reload({"reload"}, variables);
  EXPECT_EQ(reload.wait(), 0) << reload.text();
  EXPECT_TRUE(program.wait_for("nothing has changed")) << program.text();
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

TEST_P(Server, ReloadsItselfOnceWhenAskedTo) {
  RunningTandem program({"server", "-v", "-s", "1", path("good.conf")}, environment());
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  EXPECT_TRUE(program.wait_for("reload")) << program.text();
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

// The number of the descriptor that /proc describes as `what`; -1 when there is none.
int descriptor_of(pid_t pid, std::string_view what) {
  for (const auto& entry : fs::directory_iterator("/proc/" + std::to_string(pid) + "/fd")) {
    std::error_code failure;
    if (fs::read_symlink(entry.path(), failure).string() == what) return std::stoi(entry.path().filename().string());
  }
  return -1;
}

// A connection to the control socket that stays.
class Control {
 public:
  explicit Control(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  std::string ask(const std::string& command) {
    const std::string line = command + "\n";
    EXPECT_EQ(::write(fd_.get(), line.data(), line.size()), static_cast<ssize_t>(line.size()));
    std::string answer;
    while (!answer.ends_with("done\n") && !answer.ends_with("error\n")) {
      char buffer[4096];
      pollfd entry{fd_.get(), POLLIN, 0};
      if (::poll(&entry, 1, 20'000) != 1) break;
      const ssize_t count = ::read(fd_.get(), buffer, sizeof buffer);
      if (count <= 0) break;
      answer.append(buffer, static_cast<std::size_t>(count));
    }
    return answer;
  }

 private:
  base::UniqueFd fd_;
};

// `tandem server 2>&1 | less`, paused: sessions and clients go on, and what was lost is told to whoever reads again.
TEST_P(Server, GoesOnWhenNobodyReadsItsLog) {
  harness::Loopback loopback;
  const auto peer = std::make_shared<harness::ScriptedPeer>();
  harness::NeighborText neighbor;
  neighbor.peer = "127.0.0.10";
  neighbor.connect = loopback.listen(neighbor.peer, [&](const base::Endpoint&, const base::Endpoint&) { return peer; });
  write("flood.conf", harness::to_text(neighbor));
  std::vector<std::string> variables = environment({"tandem_api_socketpath=" + path("t.sock"), "tandem_log_all=true"});
  std::erase(variables, "tandem_api_cli=false");
  std::erase(variables, "tandem_bgp_passive=true");
  RunningTandem program({path("flood.conf")}, variables);
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  ASSERT_TRUE(loopback.run_until([&] { return peer->ends_of_rib() == 1; }, std::chrono::seconds(20)));

  Control control(path("t.sock"));
  const std::string nonsense = "peer * announce route 10.0.0.0/99 " + std::string(8000, 'x');
  // 3 MB of warnings, each of its own: what is repeated is only counted.
  for (int i = 0; i < 400; ++i) ASSERT_THAT(control.ask(nonsense + std::to_string(i)), ::testing::EndsWith("error\n"));
  std::ifstream facts("/proc/" + std::to_string(program.pid()) + "/fdinfo/2");
  std::string word;
  while (facts >> word && word != "flags:") {
  }
  facts >> word;
  EXPECT_EQ(std::stoul(word, nullptr, 8) & static_cast<unsigned long>(O_NONBLOCK), 0U) << "standard error is shared with others";
  EXPECT_THAT(control.ask("peer * announce route 10.9.0.0/16 next-hop 10.0.0.1"), ::testing::EndsWith("done\n"));
  EXPECT_TRUE(loopback.run_until([&] { return peer->table().has("10.9.0.0/16"); }, std::chrono::seconds(20)));
  EXPECT_FALSE(peer->has_closed());

  EXPECT_TRUE(program.wait_for(" log lines were dropped, the log is read too slowly")) << program.text().size();
  EXPECT_THAT(control.ask(nonsense), ::testing::EndsWith("error\n"));
  program.signal(SIGTERM);
  EXPECT_TRUE(program.wait_for("tandem ends, status 0"));
  EXPECT_EQ(program.wait(), 0);
}

// The code block of the README that follows `text`.
std::string readme_block(const std::string& text) {
  std::ifstream file(std::string(TANDEM_SOURCE) + "/README.md");
  const std::string all(std::istreambuf_iterator<char>(file), {});
  const std::string fence = "```\n";
  const std::size_t begin = all.find(fence, all.find(text)) + fence.size();
  return all.substr(begin, all.find(fence, begin) - begin);
}

TEST_P(Server, RunsTheExampleOfTheReadmeAsItStands) {
  write("my.conf", readme_block("This is `my.conf`:"));
  write("announce.sh", readme_block("this is `announce.sh`"));
  ASSERT_EQ(::chmod(path("announce.sh").c_str(), 0755), 0);
  std::vector<std::string> variables = environment({"tandem_api_socketpath=" + path("t.sock")});
  std::erase(variables, "tandem_api_cli=false");
  std::erase(variables, "tandem_bgp_passive=true");
  RunningTandem program({"server", path("my.conf")}, variables);
  ASSERT_TRUE(program.wait_for("done")) << "the program hears the answer to its command: " << program.text();
  EXPECT_TRUE(program.wait_for("loaded " + path("my.conf") + ": 1 neighbors, 1 routes, 1 programs, ")) << program.text();
  EXPECT_TRUE(program.wait_for(path("announce.sh"))) << program.text();
  RunningTandem show({"run", "show", "adj-rib", "out"}, variables);
  EXPECT_EQ(show.wait(), 0);
  EXPECT_THAT(show.text(), ::testing::AllOf(HasSubstr("198.51.100.0/24"), HasSubstr("203.0.113.0/24")));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

// The start, as root, may look into folders that the reload, as nobody, may not.
TEST_P(Server, AReloadFindsTheProgramsThatTheStartFound) {
  fs::create_directory(path("private"));
  write("private/tool.sh", "#!/bin/sh\nread -r line\n");
  write("helper.sh", "#!/bin/sh\nread -r line\n");
  for (const char* name : {"private/tool.sh", "helper.sh"}) ASSERT_EQ(::chmod(path(name).c_str(), 0755), 0);
  ASSERT_EQ(::chmod(path("private").c_str(), 0700), 0);
  const std::string programs = "process h { run ./helper.sh; }\nprocess t { run tool.sh; }\n";
  write("program.conf", programs + k_good);
  std::vector<std::string> variables = environment({"PATH=" + path("private") + ":/usr/bin:/bin"});
  std::erase(variables, "tandem_daemon_user=root");
  variables.emplace_back("tandem_daemon_user=nobody");
  RunningTandem program({path("program.conf")}, variables);
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  write("program.conf", programs + k_good + "neighbor 127.0.0.3 {\n  router-id 1.2.3.4;\n  local-address 127.0.0.1;\n  local-as 1;\n  peer-as 2;\n}\n");
  program.signal(SIGUSR1);
  EXPECT_TRUE(program.wait_for("reloaded " + path("program.conf") + ": 1 neighbors added, ")) << program.text();
  program.signal(SIGUSR1);
  EXPECT_TRUE(program.wait_for("nothing has changed, ")) << program.text();
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

TEST_P(Server, APidFileThatItsUserMayNotMakeIsRefusedBeforeAnythingStarts) {
  fs::create_directory(path("closed"));
  ASSERT_EQ(::chmod(path("closed").c_str(), 0500), 0);
  write("p.sh", "#!/bin/sh\ntouch " + path("started") + "\nread -r line\n");
  ASSERT_EQ(::chmod(path("p.sh").c_str(), 0755), 0);
  write("program.conf", "process p { run " + path("p.sh") + "; }\n" + k_good);
  std::vector<std::string> variables = environment({"tandem_daemon_pid=" + path("closed/t.pid")});
  std::erase(variables, "tandem_daemon_user=root");
  variables.emplace_back("tandem_daemon_user=nobody");
  RunningTandem program({path("program.conf")}, variables);
  EXPECT_EQ(program.wait(), 1);
  EXPECT_THAT(program.text(), ::testing::AllOf(HasSubstr("daemon.pid " + path("closed/t.pid") + ": "), HasSubstr("may not make or remove files in " + path("closed"))));
  EXPECT_FALSE(fs::exists(path("started")));
}

// What old images, roles and test suites say on the command line.
TEST_P(Server, TakesTheOptionsAndNamesOfTheFourthVersion) {
  write("x.env", "[exabgp.daemon]\npid = " + path("from-env.pid") + "\n");
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{{"-t", path("good.conf")}, {"--test", path("good.conf")}, {"--validate", path("good.conf")}}) {
    RunningTandem program(arguments, environment());
    EXPECT_EQ(program.wait(), 0) << arguments[0] << program.text();
  }
  RunningTandem bad({"--test", path("missing.conf")}, environment());
  EXPECT_EQ(bad.wait(), 1);
  for (const char* option : {"--fi", "--di", "--fe", "--de"}) {
    RunningTandem program({option, "-e", path("x.env")}, environment());
    EXPECT_EQ(program.wait(), 0) << option;
    EXPECT_THAT(program.text(), HasSubstr(path("from-env.pid"))) << option;
    EXPECT_EQ(program.text().find("tcp_delay") != std::string::npos || program.text().find("delay = ") != std::string::npos, std::string(option)[2] == 'f') << option;
  }
  fs::create_directory(path("etc"));
  write("etc/exabgp.env", "[exabgp.daemon]\npid = " + path("from-folder.pid") + "\n");
  RunningTandem folder({"--folder", path("etc"), "--di"}, environment());
  EXPECT_EQ(folder.wait(), 0);
  EXPECT_THAT(folder.text(), HasSubstr("from-folder.pid"));
  write("etc/named.conf", k_good);
  RunningTandem named({"-f", path("etc"), "-t", "etc/exabgp/named.conf"}, environment());
  EXPECT_EQ(named.wait(), 0) << named.text();
  fs::create_directories(path("root/etc/exabgp"));
  write("root/etc/exabgp/rooted.conf", k_good);
  RunningTandem rooted({"--root", path("root"), "--validate", "etc/exabgp/rooted.conf"}, environment());
  EXPECT_EQ(rooted.wait(), 0) << rooted.text();
}

TEST_P(Server, OpensItsLogFileAgainByCommandAndAtAReload) {
  std::vector<std::string> variables = environment({"tandem_api_socketpath=" + path("t.sock"), "tandem_log_destination=" + path("log")});
  std::erase(variables, "tandem_api_cli=false");
  RunningTandem program({path("good.conf")}, variables);
  for (int i = 0; i < 2000 && !fs::exists(path("t.sock")); ++i) ::poll(nullptr, 0, 5);
  Control control(path("t.sock"));
  ASSERT_THAT(control.ask("engine"), HasSubstr("done"));
  fs::rename(path("log"), path("log.1"));
  EXPECT_EQ(control.ask("log rotate"), "done\n");
  EXPECT_TRUE(fs::exists(path("log")));
  fs::rename(path("log"), path("log.2"));
  fs::create_directory(path("log"));
  EXPECT_THAT(control.ask("daemon log rotate"), HasSubstr("error: log.destination " + path("log") + ": "));
  fs::remove(path("log"));
  EXPECT_THAT(control.ask("reload"), HasSubstr("done"));
  ASSERT_THAT(control.ask("engine"), HasSubstr("done"));  // the round behind it
  EXPECT_TRUE(fs::exists(path("log")));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
  std::ifstream file(path("log"));
  EXPECT_THAT(std::string(std::istreambuf_iterator<char>(file), {}), HasSubstr("tandem ends, status 0"));
}

TEST_P(Server, EndsAlthoughNobodyReadsItsLog) {
  std::vector<std::string> variables = environment({"tandem_api_socketpath=" + path("t.sock"), "tandem_log_all=true"});
  std::erase(variables, "tandem_api_cli=false");
  RunningTandem program({path("good.conf")}, variables);
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  Control control(path("t.sock"));
  const std::string nonsense = "peer * announce route 10.0.0.0/99 " + std::string(8000, 'x');
  for (int i = 0; i < 20; ++i) ASSERT_THAT(control.ask(nonsense), ::testing::EndsWith("error\n"));
  program.signal(SIGTERM);
  siginfo_t end{};
  int i = 0;
  while (i++ < 4000 && ::waitid(P_PID, static_cast<id_t>(program.pid()), &end, WEXITED | WNOHANG | WNOWAIT) == 0 && end.si_pid == 0) ::poll(nullptr, 0, 5);
  EXPECT_EQ(end.si_pid, program.pid()) << "it has not ended in 20 s";
  EXPECT_EQ(program.wait(), 0);
}

TEST_P(Server, StartsAProgramThatWantedForDescriptorsLater) {
  write("p.sh", "#!/bin/sh\necho $$ >>" + path("starts") + "\nread -r line\n");
  ASSERT_EQ(::chmod(path("p.sh").c_str(), 0755), 0);
  write("program.conf", "process p { run " + path("p.sh") + "; encoder json; }\n" + k_good);
  const auto starts = [this] {
    std::vector<pid_t> pids;
    std::ifstream file(path("starts"));
    for (pid_t pid = 0; file >> pid;) pids.push_back(pid);
    return pids;
  };
  RunningTandem program({path("program.conf")}, environment());
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  for (int i = 0; i < 2000 && starts().empty(); ++i) ::poll(nullptr, 0, 5);
  ASSERT_EQ(starts().size(), 1U);
  rlimit before{};
  ASSERT_EQ(::prlimit(program.pid(), RLIMIT_NOFILE, nullptr, &before), 0);
  const rlimit few{4, before.rlim_max};  // what is open stays open
  ASSERT_EQ(::prlimit(program.pid(), RLIMIT_NOFILE, &few, nullptr), 0);
  ::kill(starts()[0], SIGKILL);
  ASSERT_TRUE(program.wait_for("process p: cannot start: pipe2(): Too many open files")) << program.text();
  ASSERT_EQ(::prlimit(program.pid(), RLIMIT_NOFILE, &before, nullptr), 0);
  for (int i = 0; i < 4000 && starts().size() < 2; ++i) ::poll(nullptr, 0, 5);
  EXPECT_EQ(starts().size(), 2U) << program.text();
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0) << program.text();
}

// `run ./date` is the file beside the configuration and not the one of PATH; a bare name is searched in PATH last.
TEST_P(Server, ARelativeProgramIsTheOneBesideItsConfiguration) {
  fs::create_directories(path("etc/site"));
  const auto program_that_marks = [this](const std::string& name, const std::string& mark) {
    write(name, "#!/bin/sh\n: >" + path(mark) + "\nread -r line\n");
    fs::permissions(path(name), fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec | fs::perms::group_read | fs::perms::others_read);
  };
  program_that_marks("etc/site/date", "beside");
  program_that_marks("etc/sync", "above");
  program_that_marks("etc/site/uname", "bare");
  write("etc/site/x.conf", "process a { run ./date; encoder json; }\nprocess b { run ../sync; encoder json; }\nprocess c { run uname; encoder json; }\n" + std::string(k_good));
  RunningTandem program({path("etc/site/x.conf")}, environment());
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  const auto all_ran = [this] { return fs::exists(path("beside")) && fs::exists(path("above")) && fs::exists(path("bare")); };
  for (int i = 0; i < 2000 && !all_ran(); ++i) ::poll(nullptr, 0, 5);
  EXPECT_TRUE(fs::exists(path("beside"))) << program.text();
  EXPECT_TRUE(fs::exists(path("above"))) << program.text();
  EXPECT_TRUE(fs::exists(path("bare"))) << program.text();
  EXPECT_THAT(program.text(), HasSubstr(path("etc/site/uname"))) << "what a bare name became is said";
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

class ServerOnSync : public Server {};

// poll(2) needs one descriptor besides those of the sessions, Asio several: there is room for one.
TEST_P(ServerOnSync, GoesOnWhenTheOtherEngineCannotBegin) {
  std::vector<std::string> variables = environment({"tandem_api_socketpath=" + path("t.sock")});
  std::erase(variables, "tandem_api_cli=false");
  RunningTandem program({path("good.conf")}, variables);
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  Control control(path("t.sock"));
  ASSERT_THAT(control.ask("engine"), HasSubstr("done"));  // the loop runs, and its signalfd is there
  const int own = descriptor_of(program.pid(), "anon_inode:[signalfd]");
  ASSERT_GE(own, 0);
  const rlimit one_more{static_cast<rlim_t>(own) + 1, static_cast<rlim_t>(own) + 1};
  ASSERT_EQ(::prlimit(program.pid(), RLIMIT_NOFILE, &one_more, nullptr), 0);
  const std::string refusal = control.ask("engine async");
  EXPECT_THAT(refusal, HasSubstr("error: engine async cannot begin: "));
  EXPECT_THAT(refusal, HasSubstr("\nerror\n"));
  EXPECT_TRUE(program.wait_for("engine async cannot begin")) << program.text();
  EXPECT_THAT(control.ask("engine"), HasSubstr("\"sync\""));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0) << program.text();
}

INSTANTIATE_TEST_SUITE_P(Engine, ServerOnSync, ::testing::Values("sync"), [](const auto& info) { return std::string(info.param); });
INSTANTIATE_TEST_SUITE_P(Engine, Server, ::testing::Values("sync", "async"), [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace tandem::program
