// The program as a process: its control socket, who is served there, and what clients say and are told.
#include <errno.h>
#include <grp.h>
#include <sys/stat.h>

#include <algorithm>

#include "common/process/control_socket.hpp"
#include "tandem/running_tandem.hpp"

namespace tandem::program {
namespace {

using ::testing::HasSubstr;

class ServerControl : public Server {};

TEST_P(ServerControl, AnswersOnItsControlSocketAndRemovesIt) {
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
  const std::string other = next_engine(GetParam());
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
TEST_P(ServerControl, IsSpokenToUnderTheNamesOfExabgpWithItsWordsAndExitCodes) {
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

TEST_P(ServerControl, WithoutASpeakerExabgpsClientSaysWhatItLookedFor) {
  // Under its own name there may be one on this machine.
  RunningTandem lost({"--root", directory_.string(), "version"}, environment({"exabgp_api_socketname=nobody-is-here"}), "/dev/null", "exabgpcli");
  EXPECT_EQ(lost.wait(), 1);
  EXPECT_THAT(lost.text(), HasSubstr("could not find ExaBGP's Unix socket (nobody-is-here.sock) for the cli"));
  EXPECT_THAT(lost.text(), HasSubstr(directory_.string() + "/run/exabgp/")) << "--root says where else";
}

// Speakers of ExaBGP 4.2 have nothing else that tells one from another: a socket that is found is somebody else's.
TEST_P(ServerControl, IsToldApartByTheNameOfItsPipes) {
  fs::create_directories(path("run"));
  for (const char* end : {".in", ".out"}) ASSERT_EQ(::mkfifo(path(std::string("run/mine") + end).c_str(), 0600), 0);
  const auto other = process::make_control_socket(path("run/exabgp.sock"));
  ASSERT_TRUE(other);
  std::vector<std::string> variables = environment({"exabgp_api_pipename=mine", "exabgp_version=the one with pipes"});
  std::erase(variables, "tandem_api_cli=false");
  std::vector<std::string> of_daemon = variables;
  of_daemon.push_back("tandem_api_socketpath=" + path("t.sock"));
  RunningTandem program({"--root", directory_.string(), path("good.conf")}, of_daemon);
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  RunningTandem version({"--root", directory_.string(), "version", "text"}, variables, "/dev/null", "exabgpcli");
  EXPECT_EQ(version.wait(), 0);
  EXPECT_THAT(version.text(), HasSubstr("the one with pipes"));
}

TEST_P(ServerControl, AStaleControlSocketSaysThatNothingRuns) {
  {
    const auto left_behind = process::make_control_socket(path("t.sock"));
    ASSERT_TRUE(left_behind);
  }
  RunningTandem version({"run", "version"}, environment({"tandem_api_socketpath=" + path("t.sock")}));
  EXPECT_EQ(version.wait(), 1);
  EXPECT_THAT(version.text(), HasSubstr("tandem is not running"));
}

TEST_P(ServerControl, ItIsCalledAsTheClientIs) {
  RunningTandem lost({"--socketpath", path("none.sock"), "version"}, environment(), "/dev/null", "exabgpcli");
  EXPECT_EQ(lost.wait(), 1);
  EXPECT_THAT(lost.text(), HasSubstr("ExaBGP is not running: there is no socket " + path("none.sock")));
}

TEST_P(ServerControl, IsFoundByItsNameInTheFolderWhereTheClientIs) {
  std::vector<std::string> variables = environment({"tandem_api_socketpath=" + path("t.sock")});
  std::erase(variables, "tandem_api_cli=false");
  RunningTandem daemon({path("good.conf")}, variables);
  ASSERT_TRUE(daemon.wait_for(k_started)) << daemon.text();
  for (const std::string name : {"t.sock", "t", "./t.sock"}) {
    RunningTandem version({"-c", "cd " + directory_.string() + " && exec " + built_program() + " run --socket " + name + " version"}, environment(), "/dev/null", "sh", "/bin/sh");
    EXPECT_EQ(version.wait(), 0) << name << "\n" << version.text();
    EXPECT_THAT(version.text(), HasSubstr("version")) << name;
  }
  RunningTandem unnamed({"run", "--socket", "--socketpath", path("t.sock"), "version"}, environment());
  EXPECT_EQ(unnamed.wait(), 0) << "a word of a command is none";
}

// The folder belongs to whoever started the daemon, and privileges go with the first program.
TEST_P(ServerControl, HasItsControlSocketWithAProgramToo) {
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

// Who runs by then is another user, who could not open them; and so could not the program that goes on.
TEST_P(ServerControl, AnswersInNamedPipesOfWhoStartedItBehindAnUpgradeToo) {
  fs::create_directories(path("run"));
  for (const char* end : {".in", ".out"}) ASSERT_EQ(::mkfifo(path(std::string("run/t") + end).c_str(), 0600), 0);
  std::vector<std::string> variables = environment({"tandem_api_pipename=" + path("run/t"), "tandem_api_socketpath=" + path("t.sock")});
  std::erase(variables, "tandem_api_cli=false");
  std::erase(variables, "tandem_daemon_user=root");
  variables.emplace_back("tandem_daemon_user=nobody");
  RunningTandem program({path("good.conf")}, variables);
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  for (const std::string command : {"version", "upgrade", "version", "upgrade", "version"}) {
    RunningTandem client({"run", "--pipe", "--pipename", path("run/t"), command}, variables);
    EXPECT_EQ(client.wait(), 0) << command << ": " << client.text() << program.text();
  }
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0) << program.text();
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

TEST_P(ServerControl, ServesItsUserAndItsGroupAtTheControlSocketAndTellsOthersWhyNot) {
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

TEST_P(ServerControl, SaysWhatAReloadWouldDoAndDoesNothing) {
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

INSTANTIATE_TEST_SUITE_P(Engine, ServerControl, ::testing::ValuesIn(engines_that_run()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace tandem::program
